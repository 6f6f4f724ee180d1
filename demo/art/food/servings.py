"""What is inside: food and drink out of the pack, by how they are served."""

from collections.abc import Callable, Mapping

from demo.art.drawing.finish import Look
from demo.art.drawing.pen import Pen
from demo.art.food import cups, plates

SERVINGS: Mapping[str, Callable[[Pen, Look], None]] = {
    "plate": plates.plate,
    "tray": plates.tray,
    "leaf": plates.leaf,
    "board": plates.board,
    "bowl": cups.bowl,
    "rice": plates.rice,
    "dish": plates.dish,
    "glass": cups.glass,
    "cup": cups.cup,
    "shell": cups.shell,
}
"""By the name that ``pictures.toml`` uses."""
