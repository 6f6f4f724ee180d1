"""Cloth as it is sold: folded under a paper band, hung, rolled, spread."""

from demo.art.drawing.colours import PAPER, dark, light
from demo.art.drawing.fabrics import fabric
from demo.art.drawing.finish import Look
from demo.art.drawing.labels import cloth, tag
from demo.art.drawing.pen import Pen
from demo.art.drawing.stage import shadow


def surface(look: Look, pen: Pen, scale: float = 1.0, turn: float = 0) -> str:
    """The product's own cloth: its pattern is its first prop."""
    return fabric(pen, look.props[0], look.body, look.second, scale, turn)


def folded(pen: Pen, look: Look) -> None:
    """Folded to a block, with the cooperative's band and name round it."""
    shadow(pen, 200, 338, 150, 16)
    fill = surface(look, pen, 1.25)
    for place, y in enumerate((306, 274)):
        d = f"M{58 - place * 2} {y + 16}Q{52 - place * 2} {y} {68} {y}H{330}Q{346 + place * 2} {y} {342} {y + 16}Q{346} {y + 33} 330 {y + 33}H68Q52 {y + 33} {58} {y + 16}z"
        pen.path(fill, d)
        pen.path("#000", d, f'opacity="{0.2 - place * 0.08}"')
        pen.line(dark(look.body, 50), 1.6, f"M66 {y + 31}H334", 'opacity=".5"')
    front = "M54 124Q54 108 70 108H330Q346 108 346 124V262Q346 278 330 278H70Q54 278 54 262z"
    pen.path("#1d1006", front, 'opacity=".22" transform="translate(0 5)"')
    pen.path(fill, front)
    pen.begin(pen.clip(front))
    pen.path(pen.fade((0, "#fff", 0.3), (0.5, "#fff", 0), (1, "#000", 0.22), down=True), front)
    pen.line(light(look.body, 46), 2, "M60 118Q200 112 340 118", 'opacity=".6"')
    pen.path("#000", "M300 108Q290 190 306 278H346V108z", 'opacity=".12"')
    pen.end()
    _band(pen, look, 51, 150, 298, 92)


def boxed(pen: Pen, look: Look) -> None:
    """Folded in tissue in its hard box; the name stands in the open lid."""
    shadow(pen, 200, 344, 164, 13)
    lid = "M64 34H336V206H64z"
    pen.path("#1d1006", lid, 'opacity=".16" transform="translate(6 5)"')
    pen.path(dark(look.dye, 16), lid)
    inner = "M76 46H324V206H76z"
    pen.path(PAPER, inner)
    cloth(pen, look, "M76 46H324V78H76z", 1.35)
    pen.words(
        look.title, (86, 82, 228, 74), ink=look.ink, maximum=36, small=look.small, small_maximum=13
    )
    tray = "M36 176H364L352 340Q351 344 346 344H54Q49 344 48 340z"
    pen.path(dark(look.dye, 30), tray)
    pen.path("#f7f3ea", "M46 178Q90 156 130 170T210 164T290 170T354 178L344 330H56z")
    fill = surface(look, pen, 1.15)
    goods = "M66 184Q200 174 334 184L330 330H70z"
    pen.path(fill, goods)
    pen.begin(pen.clip(goods))
    pen.path(pen.fade((0, "#fff", 0.26), (0.5, "#fff", 0), (1, "#000", 0.2), down=True), goods)
    pen.line("#000", 3, "M60 250Q200 242 340 250", 'opacity=".3"')
    pen.line("#fff", 2, "M60 254Q200 246 340 254", 'opacity=".4"')
    pen.end()
    pen.path("#fbf8f1", "M42 178Q92 174 88 216T52 310z", 'opacity=".88"')
    pen.path("#fbf8f1", "M358 178Q308 174 312 216T348 310z", 'opacity=".88"')
    front = "M42 302H358L352 340Q351 344 346 344H54Q49 344 48 340z"
    pen.path(look.dye, front)
    pen.path("#fff", "M42 302H358V306H42z", 'opacity=".28"')


def hung(pen: Pen, look: Look) -> None:
    """Over a bamboo pole, so that all of the pattern is seen."""
    pen.oval("#2a1606", 206, 352, 120, 8, 'opacity=".16"')
    pen.path("#2a1606", "M92 78H318V330H92z", 'opacity=".14" transform="translate(8 6)"')
    fill = surface(look, pen, 1.3)
    edge = fabric(
        pen,
        look.props[1] if len(look.props) > 1 else "bands",
        dark(look.body, 20),
        light(look.second, 20),
        0.7,
    )
    d = "M86 66H314V326H86z"
    pen.path(fill, d)
    pen.path(edge, "M86 276H314V326H86z")
    pen.line(dark(look.body, 40), 2, "M86 274H314", 'opacity=".6"')
    _drape(pen, 86, 314, 66, 326)
    fringe = "".join(f"M{x} 326l{(x * 7) % 5 - 2} 18" for x in range(89, 314, 6))
    pen.line(look.second if look.second != look.body else light(look.body, 30), 2.2, fringe)
    _pole(pen, 40, 360, 62)
    tag(pen, look, 292, 176, 158, 5)


def scarf(pen: Pen, look: Look) -> None:
    """A narrow cloth over a pole, its two ends at different heights."""
    pen.oval("#2a1606", 200, 352, 110, 8, 'opacity=".16"')
    fill = surface(look, pen, 1.05)
    for left, right, foot, shade in ((176, 262, 258, 0.16), (96, 196, 330, 0)):
        pen.path(
            "#2a1606",
            f"M{left} 72H{right}V{foot}H{left}z",
            'opacity=".14" transform="translate(7 5)"',
        )
        d = f"M{left} 64H{right}L{right + 4} {foot}H{left - 4}z"
        pen.path(fill, d)
        if "fade" in look.props:
            pen.path(
                pen.fade(
                    (0, light(look.body, 70), 0.85),
                    (0.5, look.body, 0.2),
                    (1, dark(look.body, 50), 0.6),
                    down=True,
                ),
                d,
            )
        pen.path("#000", d, f'opacity="{shade}"')
        _drape(pen, left - 4, right + 4, 64, foot)
        fringe = "".join(f"M{x} {foot}l{(x * 7) % 7 - 3} 22" for x in range(left - 2, right + 4, 6))
        pen.line(
            dark(look.body, 14) if "fade" in look.props else light(look.second, 20), 2.4, fringe
        )
    _pole(pen, 36, 364, 60)
    tag(pen, look, 282, 236, 158, -4)


def rolled(pen: Pen, look: Look) -> None:
    """Rolled up, two deep, tied with a ribbon."""
    shadow(pen, 200, 336, 160, 16)
    fill = surface(look, pen, 1.1)
    for y, push in ((206, 14), (276, 0)):
        left, right = 58 + push, 326 + push
        d = f"M{left} {y - 38}H{right}V{y + 38}H{left}Q{left - 16} {y} {left} {y - 38}z"
        pen.path(fill, d)
        pen.path(
            pen.fade(
                (0, "#fff", 0.34),
                (0.3, "#fff", 0.04),
                (0.65, "#000", 0.06),
                (1, "#000", 0.42),
                down=True,
            ),
            d,
        )
        pen.oval(dark(look.body, 20), right, y, 17, 38)
        for ring in (14, 10, 6, 2):
            pen.oval(
                "none",
                right,
                y,
                ring,
                ring * 2.3,
                f'stroke="{light(look.body, 36)}" stroke-width="1.6"',
            )
    band = "M120 168H152V246H120zM106 238H138V316H106z"
    cloth(pen, look, band, 1.0)
    tag(pen, look, 232, 196, 168, -3)


def spread(pen: Pen, look: Look) -> None:
    """Over a round table, hanging down in folds."""
    pen.oval("#2a1606", 204, 366, 130, 12, 'opacity=".2"')
    pen.path("#6b4526", "M180 300h40v66h-40z")
    fill = surface(look, pen, 1.1)
    skirt = "M52 196C48 250 56 300 62 336Q84 318 104 338Q126 320 150 342Q176 322 200 342Q226 322 250 342Q274 320 298 338Q318 318 338 336C344 300 352 250 348 196z"
    pen.path(fill, skirt)
    folds = "".join(
        f"M{x} 214C{x + 3} 260 {x - 3} 300 {x} 332" for x in (84, 128, 174, 226, 274, 318)
    )
    pen.line("#000", 7, folds, 'opacity=".14"')
    pen.line("#fff", 4, folds, 'opacity=".2" transform="translate(-12 0)"')
    pen.oval(fill, 200, 190, 150, 54)
    pen.oval("#fff", 200, 190, 150, 54, 'opacity=".16"')
    pen.oval(
        "none",
        200,
        190,
        138,
        47,
        f'stroke="{light(look.second, 40)}" stroke-width="4" stroke-dasharray="2 5"',
    )
    pen.path("#e9ded0", "M176 132q0 46 6 54h36q6-8 6-54z")
    pen.path(
        "#3f7a4a", "M200 134Q186 96 160 92Q176 118 200 134zM200 134Q204 86 232 74Q230 110 200 134z"
    )
    for x, y, tone in ((160, 90, "#e9b44a"), (232, 72, "#d8605a"), (198, 84, "#f3e3c0")):
        pen.oval(tone, x, y, 13, 12)
        pen.oval(dark(tone, 24), x, y, 4, 4)
    tag(pen, look, 200, 248, 160, 0)


def chair(pen: Pen, look: Look) -> None:
    """A quilt over the back of a rattan chair."""
    shadow(pen, 200, 352, 120, 11)
    cane = "#b98545"
    pen.line(cane, 11, "M96 352V98Q96 60 140 56H260Q304 60 304 98V352")
    pen.line(light(cane, 34), 3, "M93 350V98Q93 58 140 53H260")
    pen.line(cane, 9, "M96 262H304M96 318H304")
    pen.path(light(cane, 20), "M78 244H322Q328 244 326 262H74Q72 244 78 244z")
    pen.path(dark(cane, 20), "M76 262H324V270H76z")
    fill = surface(look, pen, 0.94)
    d = "M82 62Q200 40 318 62L326 236Q296 250 266 238Q230 252 200 240Q166 252 136 238Q104 250 74 236z"
    pen.path("#1d1006", d, 'opacity=".2" transform="translate(4 6)"')
    pen.path(fill, d)
    pen.begin(pen.clip(d))
    _drape(pen, 74, 326, 50, 250)
    pen.line("#fff6e2", 5, d, 'opacity=".7"')
    pen.end()
    tag(pen, look, 200, 264, 168, 0)


def masks(pen: Pen, look: Look) -> None:
    """Three masks, three cloths."""
    shadow(pen, 200, 330, 140, 18)
    cloths = (
        ("kawung", look.body, light(look.body, 70), 126, 136, -10),
        ("bouquet", "#f3e6cf", look.second, 268, 150, 9),
        ("swell", "#a3262a", "#f4dcc0", 196, 250, -2),
    )
    for name, ground, mark, x, y, turn in cloths:
        pen.begin(f'transform="translate({x} {y}) rotate({turn})"')
        pen.line("#f7f3ea", 4, "M-72-26C-118-30-118 34-70 28M72-26C118-30 118 34 70 28")
        d = "M-78-34C-40-46-12-44 0-52C12-44 40-46 78-34C82 0 74 26 64 36C34 54 14 58 0 60C-14 58-34 54-64 36C-74 26-82 0-78-34z"
        pen.path("#1d1006", d, 'opacity=".24" transform="translate(3 5)"')
        pen.path(fabric(pen, name, ground, mark, 0.8), d)
        pen.line(dark(ground, 50), 1.8, "M0-50C8-10 8 20 0 58", 'opacity=".5"')
        pen.line(
            "#fff",
            1.6,
            "M-70-28C-40-38-12-36 0-44C12-36 40-38 70-28",
            'opacity=".6" stroke-dasharray="4 3"',
        )
        pen.end()
    tag(pen, look, 200, 302, 176, 0)


def _band(pen: Pen, look: Look, left: float, top: float, wide: float, high: float) -> None:
    """A paper band with motif edges and the name."""
    d = f"M{left} {top}h{wide}v{high}h{-wide}z"
    pen.path("#1d1006", d, 'opacity=".2" transform="translate(0 4)"')
    pen.path(PAPER, d)
    for y in (top, top + high - 16):
        cloth(pen, look, f"M{left} {y}h{wide}v16h{-wide}z", 0.667)
    pen.words(
        look.title,
        (left + 20, top + 21, wide - 40, high - 42),
        ink=look.ink,
        maximum=30,
        small=look.small,
        small_maximum=13,
    )
    pen.path(pen.fade((0, "#000", 0.16), (0.08, "#000", 0), (0.9, "#000", 0), (1, "#000", 0.2)), d)


def _pole(pen: Pen, left: float, right: float, y: float) -> None:
    d = f"M{left} {y - 7}H{right}V{y + 7}H{left}z"
    pen.path("#c9a765", d)
    pen.path(pen.fade((0, "#fff", 0.4), (0.4, "#fff", 0), (1, "#000", 0.36), down=True), d)
    joints = "".join(f"M{x} {y - 7}v14" for x in range(int(left) + 26, int(right), 74))
    pen.line("#8a6a34", 2.4, joints)


def _drape(pen: Pen, left: float, right: float, top: float, foot: float) -> None:
    """Soft folds that hang down."""
    wide = right - left
    for share, strength in ((0.16, 0.16), (0.42, 0.12), (0.68, 0.15), (0.9, 0.18)):
        x = left + wide * share
        pen.path(
            "#000",
            f"M{x - 7} {top}Q{x} {(top + foot) / 2} {x - 5} {foot}H{x + 7}Q{x + 3} {(top + foot) / 2} {x + 5} {top}z",
            f'opacity="{strength}"',
        )
        pen.path(
            "#fff",
            f"M{x - 22} {top}Q{x - 16} {(top + foot) / 2} {x - 20} {foot}h9Q{x - 9} {(top + foot) / 2} {x - 12} {top}z",
            'opacity=".2"',
        )
