"""Where everything stands: a lit wall, a table, shadows."""

from demo.art.drawing.colours import STAGES, dark, light
from demo.art.drawing.pen import Pen

HORIZON = 286


def room(pen: Pen, stage: str) -> None:
    """Wall and table, with the light of a window falling from the upper left."""
    wall, table = STAGES[stage]
    pen.path(wall, "M0 0h400v400H0z")
    pen.path("#fff", "M0 0h168L34 290H0z", 'opacity=".34"')
    pen.path("#fff", "M196 0h54L116 290H62z", 'opacity=".26"')
    pen.path(table, f"M0 {HORIZON}h400V400H0z")
    pen.path(light(table, 35), f"M0 {HORIZON}h400v3H0z")
    pen.path("#fff", f"M34 {HORIZON}h82l-46 114H-30z", 'opacity=".14"')


def table(pen: Pen, stage: str) -> None:
    """The table alone, seen from above."""
    wall, top = STAGES[stage]
    pen.path(light(top, 22), "M0 0h400v400H0z")
    pen.path("#fff", "M0 0h210L0 330z", 'opacity=".16"')
    pen.path("#fff", "M262 0h64L0 500V410z", 'opacity=".1"')
    pen.path(wall, "M0 0h400v400H0z", 'opacity=".12"')


def shadow(
    pen: Pen, x: float, y: float, across: float, down: float = 15, depth: float = 0.34
) -> None:
    """What a thing throws on the table: dark where it touches, soft further out."""
    soft = pen.glow((0.0, "#2a1606", depth), (0.55, "#2a1606", depth * 0.7), (1.0, "#2a1606", 0))
    pen.oval(soft, x + 10, y, across * 1.14, down * 1.5)


def drop(pen: Pen, x: float, y: float, radius: float, depth: float = 0.36) -> None:
    """The shadow of a flat thing seen from above."""
    soft = pen.glow((0.0, "#2a1606", depth), (0.86, "#2a1606", depth), (1.0, "#2a1606", 0))
    pen.oval(soft, x + 7, y + 9, radius * 1.06, radius * 1.06)


def napkin(pen: Pen, motif: str, dye: str, turn: float = -18) -> None:
    """A corner of the cooperative's cloth under a plate."""
    cloth = pen.motif(motif, light(dye, 62), 1.5, turn)
    pen.begin(f'transform="rotate({turn} 200 200)"')
    pen.path("#2a1606", "M-60 66h300v286H-60z", 'opacity=".16"')
    pen.path(dye, "M-66 58h300v286H-66z")
    pen.path(cloth, "M-66 58h300v286H-66z", 'opacity=".62"')
    pen.path(dark(dye, 25), "M222 58h12v286h-12z")
    fringe = "".join(f"M234 {y}h10" for y in range(62, 342, 7))
    pen.line(dye, 2.4, fringe)
    pen.end()
