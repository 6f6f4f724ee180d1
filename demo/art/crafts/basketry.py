"""Baskets, mats, trays and other plaited goods."""

from demo.art.drawing.colours import dark, light
from demo.art.drawing.fabrics import fabric
from demo.art.drawing.finish import Look
from demo.art.drawing.labels import cloth, tag
from demo.art.drawing.pen import Pen
from demo.art.drawing.stage import shadow


def _shade(pen: Pen, d: str) -> None:
    pen.path(
        pen.fade((0, "#000", 0.16), (0.2, "#fff", 0.22), (0.45, "#fff", 0), (1, "#000", 0.38)), d
    )


def coasters(pen: Pen, look: Look) -> None:
    """Six round coasters: a stack of four, one leaning, one lying."""
    shadow(pen, 190, 322, 150, 20)

    def ring(x: float, y: float, across: float, down: float) -> None:
        pen.oval(dark(look.body, 44), x + 2, y + 7, across, down)
        pen.oval(look.body, x, y, across, down)
        for part in range(9, 0, -1):
            tone = light(look.body, 26) if part % 2 else dark(look.body, 22)
            pen.oval(
                "none",
                x,
                y,
                across * part / 9.6,
                down * part / 9.6,
                f'stroke="{tone}" stroke-width="3.4" stroke-dasharray="6 2.5"',
            )

    for y in (304, 290, 276, 262):
        ring(136, y, 88, 30)
    ring(262, 176, 88, 88)
    ring(288, 318, 84, 26)
    tag(pen, look, 122, 146, 156, -4)


def tray(pen: Pen, look: Look) -> None:
    """An oval tray with two cups of tea."""
    shadow(pen, 200, 322, 172, 20)
    for y, tone in (
        (274, dark(look.body, 40)),
        (266, dark(look.body, 10)),
        (258, look.body),
        (250, light(look.body, 10)),
    ):
        pen.oval(tone, 200, y, 168, 62)
    pen.line(dark(look.body, 36), 8, "M36 236Q14 250 36 270M364 236Q386 250 364 270")
    pen.oval(dark(look.body, 20), 200, 250, 154, 53)
    for ring in range(12, 0, -1):
        pen.oval(
            "none",
            200,
            250,
            12.6 * ring,
            4.3 * ring,
            f'stroke="{look.second if ring in (5, 9) else light(look.body, 14)}" stroke-width="5" stroke-dasharray="5 2"',
        )
    for x, y in ((142, 232), (258, 236)):
        pen.oval("#1d1006", x + 6, y + 26, 50, 15, 'opacity=".3"')
        pen.oval("#f6f1e6", x, y + 22, 50, 15)
        pen.oval("#e3dac6", x, y + 20, 34, 9)
        cup = f"M{x - 36} {y - 34}H{x + 36}Q{x + 34} {y + 22} {x} {y + 24}Q{x - 34} {y + 22} {x - 36} {y - 34}z"
        pen.line(
            "#f6f1e6",
            7,
            f"M{x + 34} {y - 22}Q{x + 58} {y - 20} {x + 46} {y - 2}Q{x + 40} {y + 6} {x + 28} {y + 4}",
        )
        pen.path("#fbf8f1", cup)
        _shade(pen, cup)
        pen.oval("#fbf8f1", x, y - 34, 36, 11)
        pen.oval("#b5651d", x, y - 33, 31, 8.5)
        pen.oval("#d98a3a", x - 6, y - 34, 14, 3.4)
        pen.line(
            "#fff",
            3,
            f"M{x - 8} {y - 54}q-8-12 0-22t0-22M{x + 10} {y - 56}q-8-12 0-22",
            'opacity=".7"',
        )
    tag(pen, look, 200, 284, 160, 0)


def mat(pen: Pen, look: Look) -> None:
    """A folded sleeping mat with coloured stripes, its corner turned up."""
    shadow(pen, 200, 336, 166, 15)
    weave = fabric(pen, "weave", look.body, light(look.body, 26), 1.0)
    red = fabric(pen, "weave", look.second, light(look.second, 26), 1.0)
    green = fabric(pen, "weave", "#4f7a3a", "#7fa85f", 1.0)
    for place in range(4):
        y = 300 - place * 30
        d = f"M{40 + place * 4} {y}H{360 - place * 4}Q{374 - place * 4} {y + 16} {360 - place * 4} {y + 32}H{40 + place * 4}Q{26 + place * 4} {y + 16} {40 + place * 4} {y}z"
        pen.path("#1d1006", d, 'opacity=".22" transform="translate(0 4)"')
        pen.path(weave, d)
        pen.begin(pen.clip(d))
        for x in (84, 152, 228, 296):
            pen.path(red if x != 228 else green, f"M{x} {y - 2}h22v36h-22z")
        pen.end()
        pen.path(pen.fade((0, "#fff", 0.3), (0.5, "#fff", 0), (1, "#000", 0.34), down=True), d)
    back = "M66 88H334L350 212H50z"
    pen.path(weave, back)
    pen.begin(pen.clip(back))
    for x, lean in ((96, -10), (156, -5), (226, 4), (286, 9)):
        pen.path(red if x != 226 else green, f"M{x} 80h22l{lean} 140h-24z")
    pen.line(dark(look.second, 10), 3, "M60 104H340M58 122H342", 'stroke-dasharray="10 6"')
    pen.end()
    pen.path(pen.fade((0, "#fff", 0.2), (0.5, "#fff", 0), (1, "#000", 0.2), down=True), back)
    tag(pen, look, 206, 226, 172, -3)


def basket(pen: Pen, look: Look) -> None:
    """A bamboo basket with a lid and a handle."""
    shadow(pen, 200, 340, 132, 15)
    pen.line(dark(look.second, 10), 9, "M104 178C104 40 296 40 296 178")
    pen.line(light(look.second, 40), 3, "M101 178C101 36 299 36 299 178")
    body = "M84 196H316L298 320Q296 340 272 340H128Q104 340 102 320z"
    pen.path(fabric(pen, "weave", look.body, light(look.body, 30), 1.5), body)
    pen.begin(pen.clip(body))
    for y in (222, 300):
        pen.path(
            fabric(pen, "weave", look.second, light(look.second, 24), 1.5),
            f"M70 {y}H330V{y + 16}H70z",
        )
    pen.end()
    _shade(pen, body)
    lid = "M74 164Q74 136 120 130Q200 118 280 130Q326 136 326 164V198H74z"
    pen.path("#1d1006", lid, 'opacity=".24" transform="translate(0 6)"')
    pen.path(fabric(pen, "weave", look.body, light(look.body, 30), 1.5), lid)
    _shade(pen, lid)
    pen.line(look.second, 6, "M76 196H324")
    pen.line(light(look.second, 40), 2, "M76 194H324", 'stroke-dasharray="6 4"')
    pen.oval(look.second, 200, 124, 15, 8)
    tag(pen, look, 200, 240, 160, -3)


def tiered(pen: Pen, look: Look) -> None:
    """A painted square offering basket with a stepped lid."""
    shadow(pen, 200, 342, 122, 14)
    gold = look.second
    parts = (
        ("M92 232H308L300 332Q299 342 288 342H112Q101 342 100 332z", look.body),
        ("M80 162H320V240H80z", dark(look.body, 12)),
        ("M104 112H296V166H104z", look.body),
        ("M134 76H266V116H134z", dark(look.body, 12)),
    )
    for d, tone in parts:
        pen.path("#1d1006", d, 'opacity=".24" transform="translate(0 5)"')
        pen.path(fabric(pen, "weave", tone, light(tone, 14), 1.0), d)
        _shade(pen, d)
    pen.path(gold, "M182 52H218L226 78H174z")
    for y, left, right in ((168, 80, 320), (232, 80, 320), (118, 104, 296), (82, 134, 266)):
        pen.line(gold, 4, f"M{left + 2} {y}H{right - 2}")
    for x in (116, 158, 200, 242, 284):
        petals = "".join(
            f'<ellipse cx="{x}" cy="192" rx="4" ry="8.5" fill="{gold}" transform="rotate({turn} {x} 201)"/>'
            for turn in range(0, 360, 60)
        )
        pen.add(petals)
        pen.oval("#a3262a", x, 201, 4.5, 4.5)
    for x in (130, 165, 200, 235, 270):
        pen.path(gold, f"M{x - 12} 160l12-26 12 26z")
        pen.path("#a3262a", f"M{x - 5} 160l5-12 5 12z")
    tag(pen, look, 200, 254, 158, 0)


def fruit_bowl(pen: Pen, look: Look) -> None:
    """A dark bamboo bowl full of oranges."""
    shadow(pen, 200, 338, 138, 16)
    pen.oval(dark(look.body, 30), 200, 208, 142, 40)
    for x, y in (
        (124, 186),
        (176, 172),
        (232, 174),
        (282, 190),
        (150, 206),
        (206, 200),
        (258, 208),
        (204, 144),
    ):
        pen.oval("#1d1006", x + 3, y + 4, 35, 34, 'opacity=".3"')
        pen.oval("#ef8f1e", x, y, 35, 34)
        pen.oval(
            pen.glow(
                (0, "#ffd27a", 0.9),
                (0.5, "#ffb347", 0.1),
                (1, "#b85c00", 0.5),
                attributes='cx=".35" cy=".3" r=".8"',
            ),
            x,
            y,
            35,
            34,
        )
        pen.oval("#3f6b28", x + 2, y - 26, 4, 3)
    for x, y, turn in ((212, 112, -20), (190, 116, 200)):
        pen.path(
            "#4f8a45",
            "M0 0q22-22 50-6q-22 24-50 6z",
            f'transform="translate({x} {y}) rotate({turn})"',
        )
    body = "M58 210Q200 262 342 210C334 280 286 338 244 338H156C114 338 66 280 58 210z"
    pen.path(fabric(pen, "weave", look.body, light(look.body, 18), 1.4, 8), body)
    pen.begin(pen.clip(body))
    pen.line(look.second, 7, "M60 250Q200 300 340 250")
    pen.line(light(look.second, 30), 2, "M60 250Q200 300 340 250", 'stroke-dasharray="5 4"')
    pen.end()
    _shade(pen, body)
    pen.line(light(look.body, 24), 8, "M58 212Q200 264 342 212")
    pen.line(dark(look.body, 30), 2, "M58 212Q200 264 342 212", 'stroke-dasharray="6 5"')
    tag(pen, look, 206, 268, 160, -3)


def straws(pen: Pen, look: Look, *, many: bool) -> None:
    """Drinking straws tied up: six thick ones with a brush, or fifty thin ones."""
    shadow(pen, 200, 344, 104, 12)
    count, wide = (17, 9) if many else (6, 22)
    left = 200 - count * wide / 2
    for row in (8, 0) if many else (0,):
        for place in range(count):
            x = left + place * wide + row
            top = 64 + (place * 7) % 13 - row * 2
            tone = (look.body, light(look.body, 18), dark(look.body, 12))[place % 3]
            pen.path(tone, f"M{x} {top}h{wide - 1.5}V342h{1.5 - wide}z")
            pen.path(
                pen.fade((0, "#fff", 0.4), (0.4, "#fff", 0), (1, "#000", 0.4)),
                f"M{x} {top}h{wide - 1.5}V342h{1.5 - wide}z",
            )
            if not many:
                pen.line(
                    dark(tone, 34),
                    2.4,
                    f"M{x + 1} {170 + place % 2 * 26}h{wide - 4}M{x + 1} {296 - place % 3 * 18}h{wide - 4}",
                )
            pen.oval(light(tone, 36), x + wide / 2 - 0.7, top, wide / 2 - 1, wide / 5)
            pen.oval(dark(tone, 60), x + wide / 2 - 0.7, top, wide / 3.4, wide / 8)
    if not many:
        pen.line("#9aa0a5", 4, "M300 342V120")
        bristles = "".join(f"M300 {y}l-15-5M300 {y}l15-5" for y in range(74, 128, 5))
        pen.line("#f4f1ea", 3, bristles)
        pen.line("#9aa0a5", 4, "M300 128V66")
        pen.oval("none", 300, 332, 9, 11, 'stroke="#9aa0a5" stroke-width="4"')
    right = 200 + count * wide / 2 + 5
    cloth(pen, look, f"M{left - 5} 188H{right}v30H{left - 5}z", 1.1)
    pen.line(look.second, 5, f"M{left - 5} 224H{right}M{left - 5} 182H{right}")
    tag(pen, look, 204, 240, 158, -4)
