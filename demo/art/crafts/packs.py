"""Packs of film and foil: pouches, pillow bags, vacuum bags."""

from demo.art.drawing.colours import dark, light
from demo.art.drawing.finish import Look
from demo.art.drawing.labels import cloth, label
from demo.art.drawing.pen import Pen
from demo.art.drawing.stage import shadow
from demo.art.food.heaps import heap, morsel, pour, specks

POUCH = (
    "M104 58H296Q299 58 299 62L300 92C306 150 311 230 309 316C309 331 300 338 284 341"
    "C240 347 160 347 116 341C100 338 91 331 91 316C89 230 94 150 100 92L101 62Q101 58 104 58z"
)


def pouch(pen: Pen, look: Look, *, valve: bool = False, kraft: bool = False) -> None:
    """A standing pouch of foil or lined kraft paper; with ``fill`` it has a window."""
    shadow(pen, 200, 340, 122, 15)
    ground = look.body
    pen.path(ground, POUCH)
    pen.begin(pen.clip(POUCH))
    if kraft:
        _flecks(pen, ground)
    pen.path(dark(ground, 12), "M60 300C140 330 260 330 340 300V360H60z", 'opacity=".55"')
    pen.line(light(ground, 30), 1.6, "M92 303C150 326 250 326 308 303", 'opacity=".6"')
    if look.second:
        _accent(pen, look)
    window = bool(look.fill)
    if window:
        _window(pen, look)
    shine = pen.fade(
        (0, "#000", 0.2), (0.1, "#000", 0.04), (0.17, "#fff", 0.42), (0.25, "#fff", 0.06),
        (0.62, "#000", 0), (0.86, "#000", 0.2), (0.93, "#000", 0.1), (1, "#000", 0.34),
    )  # fmt: skip
    pen.path(shine, "M88 50H312V350H88z", 'opacity=".78"' if kraft else "")
    pen.path("#fff", "M96 58H304V88H96z", 'opacity=".26"')
    ribs = "".join(f"M100 {y}H300" for y in range(63, 88, 5))
    pen.line("#000", 0.8, ribs, 'opacity=".16"')
    pen.line("#000", 2.2, "M98 104H302", 'opacity=".22"')
    pen.line("#fff", 1.4, "M98 107H302", 'opacity=".4"')
    pen.path("#fff", "M121 112L108 288L114 292C116 230 122 170 131 112z", 'opacity=".24"')
    pen.path("#000", "M299 92L278 150L286 128z", 'opacity=".14"')
    pen.path("#000", "M101 92L116 140L108 124z", 'opacity=".12"')
    pen.end()
    pen.path("#fff", "M101 72l6 4-6 4zM299 72l-6 4 6 4z", 'opacity=".7"')
    if valve:
        pen.oval("#000", 200, 125, 9.5, 9.5, 'opacity=".34"')
        pen.oval(light(ground, 26), 200, 124, 8.5, 8.5)
        pen.oval(dark(ground, 30), 200, 124, 5, 5, 'opacity=".6"')
        pen.line("#000", 1.6, "M197 124h.1M203 124h.1M200 121h.1M200 127h.1", 'opacity=".6"')
    top = 140.0 if valve else 122.0
    height = (262 if valve else 246) - top - 12 if window else 268 - top
    if look.shape == "sash":
        _full_width(pen, look, top, height)
    else:
        label(pen, look, (109, top, 182, height))


def clear_pouch(pen: Pen, look: Look) -> None:
    """A standing pouch one can look into."""
    shadow(pen, 200, 340, 122, 15)
    pen.path("#ffffff", POUCH, 'opacity=".42"')
    pen.begin(pen.clip(POUCH))
    pen.begin(pen.clip("M60 132C120 118 160 140 210 126C260 114 300 134 340 124V350H60z"))
    pour(pen, morsel(look.fill), (84, 112, 232, 236), 1.25)
    pen.end()
    _film(pen)
    pen.path(look.dye, "M96 58H304V100H96z")
    cloth(pen, look, "M96 58H304V96H96z", 1.1)
    pen.line("#fff", 2, "M96 112H304", 'opacity=".75"')
    pen.line("#000", 1.2, "M96 115H304", 'opacity=".2"')
    pen.end()
    label(pen, look, (113, 158, 174, 116))


PILLOW = (
    "M96 66H304Q300 90 305 120C314 190 312 270 304 332Q300 344 288 342C230 336 170 336 112 342"
    "Q100 344 96 332C88 270 86 190 95 120Q100 90 96 66z"
)


def pillow(pen: Pen, look: Look) -> None:
    """A heat-sealed bag of clear film under a folded card."""
    shadow(pen, 200, 340, 122, 15)
    pen.path("#fff", PILLOW, 'opacity=".5"')
    pen.begin(pen.clip(PILLOW))
    pen.begin(pen.clip("M60 122Q200 106 340 122V331Q200 325 60 331z"))
    if look.fill.startswith("#"):
        pen.path(look.fill, "M82 106h236v232h-236z")
        specks(pen, look.fill, (88, 110, 224, 220))
    else:
        pour(pen, morsel(look.fill), (82, 106, 236, 232), 1.3)
    pen.end()
    _film(pen)
    seal_lines = "".join(f"M90 {y}H310" for y in (332, 336, 340))
    pen.line("#fff", 1.5, seal_lines, 'opacity=".7"')
    pen.end()
    pen.path("#1d1006", "M90 60H310V118H90z", 'opacity=".18" transform="translate(1 4)"')
    pen.path(look.dye, "M90 56H310V116H90z")
    cloth(pen, look, "M90 62H310V110H90z", 1.25)
    pen.oval("#fff", 200, 70, 15, 5.5, 'opacity=".92"')
    pen.line("#d8d8d8", 3, "M150 84h12M238 84h12")
    label(pen, look, (110, 168, 180, 116))


VACUUM = (
    "M84 70H316Q320 70 320 74L316 110C322 180 322 250 316 300L320 336Q320 341 316 341H84Q80 341 80 "
    "336L84 300C78 250 78 180 84 110L80 74Q80 70 84 70z"
)


def vacuum(pen: Pen, look: Look) -> None:
    """A vacuum bag: the film lies on the goods and draws creases."""
    shadow(pen, 200, 342, 128, 13)
    pen.path("#eef2f3", VACUUM, 'opacity=".8"')
    inner = (
        "M104 104C150 92 250 92 296 104C306 160 306 240 298 304C250 318 150 318 102 304"
        "C94 240 94 160 104 104z"
    )
    pen.begin(pen.clip(inner))
    if look.fill.startswith("fish"):
        pen.path(light(look.fill_colour, 40), "M80 80h240v250H80z")
        for y, turn in ((150, -4), (214, 3), (276, -2)):
            _fish(pen, look.fill_colour, 200, y, turn)
    elif look.fill.startswith("pods"):
        pen.path("#f4efe4", "M80 80h240v250H80z")
        for place, bend in enumerate((6, -5, 8, -7, 4)):
            x = 132 + place * 34
            d = f"M{x} 104C{x + bend} 170 {x - bend} 240 {x + bend / 2} 312"
            pen.line(dark(look.fill_colour, 40), 13, d)
            pen.line(look.fill_colour, 9, d)
            pen.line(light(look.fill_colour, 36), 1.4, d, 'opacity=".8"')
    else:
        pour(pen, morsel(look.fill), (90, 90, 220, 230), 1.15)
    pen.end()
    creases = (
        "M84 110L112 128M316 110L288 130M84 300L110 286M316 300L290 284M140 74L146 104M256 74L250 104"
        "M136 338L144 310M262 338L254 310M200 72L198 98M80 200L98 204M320 204L302 200"
    )
    pen.line("#fff", 3.2, creases, 'opacity=".75"')
    pen.line("#3b4a55", 1, creases, 'opacity=".3" transform="translate(2 2)"')
    pen.path(
        "#fff", "M112 112C106 180 108 240 114 292L124 292C118 240 118 180 126 112z", 'opacity=".36"'
    )
    frost = "".join(f"M{x} 74V84M{x} 326V337" for x in range(92, 316, 8))
    pen.line("#9fb0ba", 1, frost, 'opacity=".7"')
    if "frost" in look.props:
        for _ in range(60):
            spot = pen.random.randrange(96, 304), pen.random.randrange(98, 312)
            pen.oval("#fff", *spot, 2.4, 2, 'opacity=".7"')
    label(pen, look, (112, 146, 176, 116))


def retort(pen: Pen, look: Look) -> None:
    """A flat pouch that was cooked closed: printed front, silver rim."""
    shadow(pen, 200, 342, 130, 12)
    rim = "M88 58H312Q316 58 316 62V338Q316 342 312 342H88Q84 342 84 338V62Q84 58 88 58z"
    pen.path("#c9cdd0", rim)
    pen.path(
        pen.fade((0, "#fff", 0.7), (0.3, "#fff", 0), (0.7, "#000", 0.1), (1, "#000", 0.3)), rim
    )
    front = "M100 84H300V322H100z"
    pen.path(look.body, front)
    cloth(pen, look, "M100 84H300V112H100z", 1.15)
    cloth(pen, look, "M100 296H300V322H100z", 1.15)
    pen.begin(pen.clip(front))
    pen.oval("#fff", 200, 276, 84, 42, 'opacity=".14"')
    pen.oval("#fcfbf7", 200, 284, 78, 34)
    pen.oval("#4f8a45", 200, 281, 68, 26)
    pen.end()
    pen.begin(pen.clip("M132 250H268V300Q200 314 132 300z"))
    heap(pen, morsel(look.fill), 200, 286, 54, 34, 0.72)
    pen.end()
    pen.path(
        pen.fade(
            (0, "#000", 0.16),
            (0.14, "#fff", 0.34),
            (0.3, "#fff", 0),
            (0.8, "#000", 0.04),
            (1, "#000", 0.26),
        ),
        "M84 58H316V342H84z",
    )
    pen.path("#fff", "M84 74l6 4-6 4zM316 74l-6 4 6 4z")
    pen.words(
        look.title, (108, 122, 184, 108), ink="#fcfbf7", maximum=48, small=look.small,
        small_ink="#f3e6d0", small_maximum=16,
    )  # fmt: skip


def _window(pen: Pen, look: Look) -> None:
    """An opening in the print through which the goods are seen."""
    shape = {
        "leaf": "M118 304Q118 256 166 256H282V262Q282 310 234 310H118z",
        "sash": "M112 258H288V306H112z",
        "wave": "M112 262q22-14 44 0t44 0 44 0 44 0V308H112z",
        "roof": "M112 254Q200 282 288 254L280 310H120z",
        "tumpal": "M112 310L134 256L156 290L178 256L200 290L222 256L244 290L266 256L288 310z",
    }.get(look.shape, "M112 310V288C112 246 288 246 288 288V310z")
    pen.path("#000", shape, 'opacity=".24" transform="translate(0 -2.5)"')
    pen.begin(pen.clip(shape))
    pour(pen, morsel(look.fill), (108, 246, 184, 70), 1.0)
    pen.path("#fff", "M108 246h70l-40 70h-30z", 'opacity=".2"')
    pen.end()
    pen.line(light(look.body, 50), 1.6, shape, 'opacity=".8"')


def _accent(pen: Pen, look: Look) -> None:
    """A second colour at the foot of the print."""
    pen.path(look.second, "M60 252C140 226 260 282 340 244V350H60z")
    pen.line(light(look.second, 40), 2, "M60 252C140 226 260 282 340 244", 'opacity=".7"')


def _full_width(pen: Pen, look: Look, top: float, height: float) -> None:
    """A sash goes round the whole pack; light and shade lie on it too."""
    pen.begin(pen.clip(POUCH))
    label(pen, look, (93, top, 214, height))
    pen.end()


def _flecks(pen: Pen, ground: str) -> None:
    marks = "".join(
        f"M{pen.random.uniform(92, 308):.0f} {pen.random.uniform(60, 340):.0f}"
        f"l{pen.random.uniform(-4, 4):.0f} {pen.random.uniform(-2, 2):.0f}"
        for _ in range(150)
    )
    pen.line(dark(ground, 26), 0.9, marks, 'opacity=".5"')
    pen.line(light(ground, 34), 0.9, marks, 'opacity=".5" transform="translate(7 9)"')


def _film(pen: Pen) -> None:
    """Light on clear film."""
    pen.path(
        pen.fade(
            (0, "#fff", 0.55),
            (0.08, "#fff", 0.1),
            (0.8, "#fff", 0),
            (0.92, "#000", 0.05),
            (1, "#000", 0.22),
        ),
        "M84 50H316V350H84z",
    )
    pen.line("#fff", 7, "M112 128Q102 220 110 316", 'opacity=".62"')
    pen.line("#fff", 3, "M291 140Q299 220 293 300", 'opacity=".5"')
    pen.line(
        "#fff", 2.4, "M130 124l18 26M268 122l-20 20M130 330l22-24M268 330l-16-20", 'opacity=".5"'
    )


def _fish(pen: Pen, colour: str, x: float, y: float, turn: float) -> None:
    pen.begin(f'transform="translate({x} {y}) rotate({turn})"')
    d = "M-92 0C-76-30-10-36 44-14L78-26Q70 0 80 24L44 14C-10 34-76 30-92 0z"
    pen.path(dark(colour, 30), d, 'transform="translate(2 4)"')
    pen.path(colour, d)
    pen.path(light(colour, 40), "M-84 4C-60 24-10 26 40 10C-10 16-60 16-84 4z", 'opacity=".7"')
    pen.line(
        dark(colour, 40), 1.5, "M-62-14Q-54 2-62 16M-40-22l40 4M-30-6h50M-30 8h46", 'opacity=".6"'
    )
    pen.path(dark(colour, 20), "M-30-26Q0-46 24-22z")
    pen.oval("#1b1b1b", -74, -6, 3, 3)
    pen.end()
