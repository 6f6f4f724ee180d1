"""From a drawing to pixels: the only file here that knows typst."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from demo.art.drawing.pen import SIDE, Pen

if TYPE_CHECKING:
    from typst import Compiler

HERE = Path(__file__).parent
FONTS = HERE.parent / "fonts"
PIXELS = 800
"""Side of a picture: the widest rendition that pages show, so nothing is drawn to be thrown away."""
POINTS_PER_INCH = 72


def develop(pen: Pen) -> bytes:
    """The drawing as PNG, ``PIXELS`` across and down."""
    picture = _compiler().compile(
        str(HERE / "picture.typ"),
        format="png",
        ppi=POINTS_PER_INCH * PIXELS / SIDE,
        sys_inputs={"layers": pen.layers()},
    )
    if not isinstance(picture, bytes):
        raise TypeError("one picture is one page")
    return picture


@cache
def _compiler() -> "Compiler":
    # Reading fonts takes longer than a drawing: one compiler for each process.
    import typst

    return typst.Compiler(root=str(HERE), font_paths=[str(FONTS)], ignore_system_fonts=True)
