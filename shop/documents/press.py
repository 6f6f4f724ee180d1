"""From facts to paper: the only file of this room that knows typst.

A document is a ``.typ`` file of this room. What it shows comes as JSON and is never part of its
source, so nothing that a person typed can become a command.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Final

from shop.documents.errors import DoesNotFit

if TYPE_CHECKING:
    from typst import Compiler

HERE: Final = Path(__file__).parent
FONTS: Final = HERE / "fonts"
NO_ROOM: Final = "does-not-fit"
"""What a document panics with when its text has no room at the smallest size it may have."""

_one_at_a_time = Lock()


def pdf(document: str, data: Mapping[str, object]) -> bytes:
    """A document of this room, filled in, as PDF.

    :param document: name of its file, ``label.typ``.
    :param data: all that it shows, as JSON can say it; it reads ``sys.inputs.data``.
    :raises DoesNotFit: when the document says that its text has no room.
    """
    from typst import TypstError

    written = json.dumps(data, ensure_ascii=False)
    try:
        # A compiler belongs to one thread at a time; a page of labels takes it for some 50 ms.
        with _one_at_a_time:
            made = _compiler().compile(
                str(HERE / document), format="pdf", sys_inputs={"data": written}
            )
    except TypstError as fault:
        if NO_ROOM in fault.message:
            raise DoesNotFit(document) from fault
        raise
    if not isinstance(made, bytes):
        raise TypeError("a document is one file")
    return made


@cache
def _compiler() -> "Compiler":
    # Reading fonts takes longer than a document: one compiler for each process.
    import typst

    return typst.Compiler(root=str(HERE), font_paths=[str(FONTS)], ignore_system_fonts=True)
