"""Pots, bowls and cups."""

from demo.art.drawing.colours import dark, light
from demo.art.drawing.fabrics import fabric
from demo.art.drawing.finish import Look
from demo.art.drawing.labels import tag
from demo.art.drawing.pen import Pen
from demo.art.drawing.stage import shadow


def turned(pen: Pen, d: str, strength: float = 1) -> None:
    """Shade of a body turned on a wheel."""
    pen.path(
        pen.fade((0, "#000", 0.2), (0.22, "#fff", 0.32), (0.42, "#fff", 0), (0.75, "#000", 0.16), (1, "#000", 0.46)),
        d, f'opacity="{strength}"',
    )  # fmt: skip


def vase(pen: Pen, look: Look) -> None:
    """A tall terracotta vase wound with rattan."""
    shadow(pen, 200, 344, 92, 14)
    body = "M164 50H236C240 92 226 102 236 128C262 164 290 190 288 244C286 300 252 330 244 344H156C148 330 114 300 112 244C110 190 138 164 164 128C174 102 160 92 164 50z"
    pen.path(look.body, body)
    pen.begin(pen.clip(body))
    for y in range(176, 262, 10):
        pen.line(look.second, 8, f"M96 {y}Q200 {y + 22} 304 {y}")
        pen.line(dark(look.second, 34), 1.4, f"M96 {y + 5}Q200 {y + 27} 304 {y + 5}")
        pen.line(
            light(look.second, 40),
            1.6,
            f"M96 {y - 2}Q200 {y + 20} 304 {y - 2}",
            'stroke-dasharray="12 8"',
        )
    pen.line(dark(look.body, 26), 2, "M120 290Q200 312 280 290M130 304Q200 324 270 304")
    pen.end()
    turned(pen, body)
    pen.oval(light(look.body, 20), 200, 50, 37, 9)
    pen.oval(dark(look.body, 60), 200, 51, 28, 6)
    for d in (
        "M196 50C180 20 160 10 140 8",
        "M200 50C200 22 206 8 214 2",
        "M206 50C226 26 244 20 262 22",
    ):
        pen.line("#9a7a3f", 2.4, d)
    for x, y in (
        (140, 8),
        (152, 12),
        (214, 4),
        (211, 14),
        (262, 22),
        (250, 22),
        (166, 20),
        (234, 28),
    ):
        pen.oval("#e3c37a", x, y, 6, 4)
    tag(pen, look, 292, 262, 152, 5)


def water_jug(pen: Pen, look: Look) -> None:
    """A round clay jug with a spout, wet on the outside."""
    shadow(pen, 200, 342, 116, 15)
    spout = "M282 226C316 210 322 178 346 160L358 174C340 200 338 244 296 264z"
    pen.path(dark(look.body, 16), spout)
    body = "M180 58H220V128C290 140 322 190 316 246C310 306 264 342 200 342C136 342 90 306 84 246C78 190 110 140 180 128z"
    pen.path(look.body, body)
    pen.begin(pen.clip(body))
    pen.line(light(look.body, 26), 3, "M80 214Q200 240 320 214M84 228Q200 254 316 228")
    pen.line(
        dark(look.body, 34),
        4,
        "M90 222l10 8 10-8 10 10 10-8 10 10 10-8 10 9 10-8 10 9 10-8 10 9 10-9 10 8 10-9 10 8 10-10 10 8 10-10 10 8 10-10 10 8 10-8",
    )
    turned(pen, "M80 50H320V350H80z")
    for _ in range(70):
        x, y = pen.random.uniform(96, 306), pen.random.uniform(150, 334)
        size = pen.random.choice((1.8, 2.6, 3.6))
        pen.oval("#fff", round(x), round(y), size, size * 1.25, 'opacity=".55"')
    pen.end()
    pen.oval(light(look.body, 18), 200, 58, 26, 8)
    pen.oval(dark(look.body, 60), 200, 59, 17, 5)
    pen.path(dark(look.body, 10), "M168 112Q200 124 232 112V128Q200 142 168 128z")
    pen.oval(dark(look.body, 50), 352, 167, 9, 8)
    tag(pen, look, 140, 256, 152, -4)


def leaf_bowl(pen: Pen, look: Look) -> None:
    """A glazed bowl with the veins of a leaf."""
    shadow(pen, 200, 338, 128, 16)
    body = "M54 190Q200 236 346 190C338 272 276 326 238 336H162C124 326 62 272 54 190z"
    pen.path(dark(look.body, 22), body)
    turned(pen, body)
    pen.path(light(look.body, 10), "M160 326h80l6 14h-92z")
    pen.oval(light(look.body, 34), 200, 188, 146, 62)
    pen.oval(look.body, 200, 190, 136, 54)
    leaf = "M78 196C120 140 270 136 326 186C276 244 124 246 78 196z"
    pen.path(light(look.body, 22), leaf)
    pen.line(dark(look.body, 26), 3.4, "M78 196C160 188 250 184 326 186")
    veins = "M120 191L146 164M162 188L194 152M206 186L242 154M250 185L282 164M126 193L156 222M168 192L206 232M212 190L254 226M256 188L288 208"
    pen.line(dark(look.body, 26), 2, veins)
    pen.oval(
        pen.glow((0, "#fff", 0.6), (1, "#fff", 0), attributes='cx=".3" cy=".25" r=".4"'),
        200,
        190,
        136,
        54,
    )
    tag(pen, look, 208, 262, 158, -3)


def cups(pen: Pen, look: Look) -> None:
    """Two stoneware cups on a board."""
    shadow(pen, 200, 338, 164, 12)
    pen.path(
        "#9a6b3a",
        "M36 304H364Q372 304 370 314L366 334Q364 340 356 340H44Q36 340 34 334L30 314Q28 304 36 304z",
    )
    pen.path("#b98852", "M30 300H370V318H30z")
    pen.line("#8a5a2c", 1.4, "M44 308H300M120 313H360", 'opacity=".6"')
    for x, top in ((124, 170), (262, 150)):
        cup = f"M{x - 60} {top}H{x + 60}L{x + 52} 288Q{x + 50} 304 {x + 34} 304H{x - 34}Q{x - 50} 304 {x - 52} 288z"
        pen.oval("#1d1006", x + 8, 306, 60, 9, 'opacity=".3"')
        pen.line(
            dark(look.body, 14),
            13,
            f"M{x + 56} {top + 32}Q{x + 92} {top + 34} {x + 84} {top + 70}Q{x + 76} {top + 94} {x + 52} {top + 88}",
        )
        pen.path(look.body, cup)
        pen.begin(pen.clip(cup))
        dip = f"M{x - 70} {top - 8}H{x + 70}V{top + 52}q-14 16-28 2t-30 4-30-2-30 6-30-6z"
        pen.path(look.second, dip)
        for _ in range(40):
            px, py = pen.random.uniform(x - 56, x + 56), pen.random.uniform(top, 300)
            pen.oval(dark(look.body, 50), round(px), round(py), 1.3, 1.1, 'opacity=".5"')
        pen.end()
        turned(pen, cup)
        pen.oval(light(look.second, 30), x, top, 60, 15)
        pen.oval(dark(look.second, 40), x, top + 1, 51, 11)
    tag(pen, look, 186, 250, 156, -3)


def great_jar(pen: Pen, look: Look) -> None:
    """A blackened water jar with cut patterns."""
    shadow(pen, 200, 344, 124, 15)
    body = "M138 74H262C258 106 264 112 286 130C338 172 334 252 300 300C282 326 262 344 244 344H156C138 344 118 326 100 300C66 252 62 172 114 130C136 112 142 106 138 74z"
    pen.path(look.body, body)
    pen.begin(pen.clip(body))
    carve = light(look.body, 40)
    pen.path(fabric(pen, "ikat", look.body, carve, 1.1), "M60 160H340V212H60z", 'opacity=".8"')
    pen.line(carve, 2.4, "M60 156Q200 168 340 156M60 216Q200 228 340 216M60 300H340")
    zig = "".join("l14 22l14-22" for _ in range(12))
    pen.line(carve, 2.6, f"M40 240{zig}")
    pen.line(look.second, 2, f"M40 252{zig}", 'opacity=".8"')
    pen.end()
    turned(pen, body)
    pen.oval(light(look.body, 24), 200, 74, 64, 15)
    pen.oval(dark(look.body, 60), 200, 76, 52, 10)
    tag(pen, look, 206, 250, 158, -3)
