"""What a morsel is, and the strokes that all of them are drawn with."""

from dataclasses import dataclass

from demo.art.drawing.colours import dark


@dataclass(frozen=True)
class Morsel:
    """What lies in a heap.

    :param shapes: variants of one piece, as SVG around the origin.
    :param across: distance between neighbours in a heap, in units of the field.
    :param ground: what shows between the pieces.
    """

    shapes: tuple[str, ...]
    across: float
    ground: str
    long: float = 0
    """Length of pieces that are laid out in rows, where it differs much from their width."""


def piece(d: str, colour: str, *over: str, edge: int = 22) -> str:
    """A piece with its own small shadow and a darker edge."""
    return (
        f'<path d="{d}" fill="#1d1006" fill-opacity=".26" transform="translate(1.6 2.4)"/>'
        f'<path d="{d}" fill="{colour}" stroke="{dark(colour, edge)}" stroke-width="1"/>'
        + "".join(over)
    )


def oval(x: float, y: float, across: float, down: float | None = None) -> str:
    """The outline of an oval."""
    down = across if down is None else down
    return (
        f"M{x - across} {y}a{across} {down} 0 1 0 {2 * across} 0a{across} {down} 0 1 0 "
        f"{-2 * across} 0z"
    )


def line(colour: str, width: float, d: str, opacity: float = 1) -> str:
    """An open stroke with round ends."""
    return (
        f'<path d="{d}" fill="none" stroke="{colour}" stroke-width="{width}" '
        f'stroke-linecap="round" stroke-opacity="{opacity}"/>'
    )


def fill(colour: str, d: str, opacity: float = 1) -> str:
    """A filled outline."""
    return f'<path d="{d}" fill="{colour}" fill-opacity="{opacity}"/>'
