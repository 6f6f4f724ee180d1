"""Bags, purses and nets."""

from demo.art.drawing.colours import dark, light, mix
from demo.art.drawing.fabrics import fabric
from demo.art.drawing.finish import Look
from demo.art.drawing.labels import tag
from demo.art.drawing.pen import Pen
from demo.art.drawing.stage import shadow


def _round_shade(pen: Pen, d: str) -> None:
    pen.path(
        pen.fade((0, "#fff", 0.2), (0.35, "#fff", 0), (0.7, "#000", 0.04), (1, "#000", 0.36)), d
    )


def pouch_purse(pen: Pen, look: Look) -> None:
    """A zipped purse with bright embroidery on black."""
    shadow(pen, 200, 330, 150, 15)
    body = "M62 134Q62 122 76 122H324Q338 122 338 134L350 300Q352 328 324 330H76Q48 328 50 300z"
    pen.path(look.body, body)
    pen.begin(pen.clip(body))
    tones = ("#e23d36", "#f2b01e", "#3fa35b", "#f4f0e2", "#e86ea0")
    for row, y in enumerate((182, 232, 282)):
        for column in range(7):
            x = 74 + column * 42 + (row % 2) * 21
            tone = tones[(column + row * 2) % 5]
            curl = f"M{x} {y}c-16-18 16-26 16-6c0 14-18 14-16 4"
            pen.line(tone, 4, curl)
            pen.line(tones[(column + row * 2 + 2) % 5], 3, f"M{x - 2} {y + 6}c14 18-16 26-16 6")
    pen.line("#f2b01e", 2.4, "M40 156H360M40 314H360", 'stroke-dasharray="7 4"')
    pen.line("#e23d36", 2.4, "M40 162H360M40 308H360", 'stroke-dasharray="7 4"')
    pen.end()
    _round_shade(pen, body)
    pen.path("#c8b26a", "M66 124H334V138H66z")
    pen.line("#7a6a34", 2, "M68 131H332", 'stroke-dasharray="3 2"')
    pen.path("#d9c47a", "M300 124h22v14h30q8 0 8 7t-8 7h-30v-14z")
    tag(pen, look, 132, 274, 168, -3)


def wallet(pen: Pen, look: Look) -> None:
    """A folded leather wallet, half open."""
    shadow(pen, 200, 318, 146, 18)
    back = "M74 142Q74 130 88 130H318Q332 130 332 144V286Q332 300 318 300H88Q74 300 74 288z"
    pen.path(dark(look.body, 36), back, 'transform="translate(12 -22) rotate(-3 200 200)"')
    pen.path("#e9dcc0", "M98 116h216v40H98z", 'transform="rotate(-3 200 200)"')
    pen.path("#c7b79a", "M108 124h196v30H108z", 'transform="rotate(-3 200 200)"')
    pen.path(look.body, back)
    _round_shade(pen, back)
    pen.line(
        light(look.body, 50),
        2.2,
        "M86 146Q86 140 92 140H314Q322 140 322 148V282Q322 290 314 290H92Q86 290 86 284z",
        'stroke-dasharray="7 5" opacity=".85"',
    )
    pen.path(dark(look.body, 14), "M332 186H366Q378 186 378 200V226Q378 240 366 240H332z")
    pen.oval("#d9b65a", 358, 213, 9, 9)
    pen.oval("#f4e2a4", 356, 211, 4, 4)
    for _ in range(90):
        x, y = pen.random.uniform(84, 322), pen.random.uniform(140, 290)
        pen.oval(dark(look.body, 30), round(x), round(y), 1.2, 1, 'opacity=".3"')
    tag(pen, look, 196, 214, 172, -3)


def tote(pen: Pen, look: Look, *, lid: bool = False) -> None:
    """A plaited shopping bag; with ``lid`` a flap and a wooden button."""
    shadow(pen, 200, 340, 138, 15)
    handle = "#8a5a24"
    pen.line(dark(handle, 30), 13, "M146 160Q146 54 208 54T270 160", 'opacity=".6"')
    pen.line(handle, 13, "M134 164Q134 46 200 46T266 164")
    pen.line(light(handle, 36), 3, "M131 162Q131 44 200 43")
    body = "M72 152H328L308 320Q306 340 284 340H116Q94 340 92 320z"
    weave = fabric(pen, "weave", look.body, light(look.body, 24), 1.15)
    pen.path(weave, body)
    pen.begin(pen.clip(body))
    stripe = fabric(pen, "weave", look.second, light(look.second, 30), 1.15)
    for y, high in ((184, 20), (214, 38), (262, 20)):
        pen.path(stripe, f"M60 {y}H340V{y + high}H60z")
    pen.end()
    _round_shade(pen, body)
    pen.path(dark(look.body, 26), "M68 146H332V160H68z")
    pen.line(light(look.body, 30), 2, "M70 153H330", 'stroke-dasharray="6 4"')
    if lid:
        flap = "M64 146H336L322 226Q200 256 78 226z"
        pen.path("#1d1006", flap, 'opacity=".24" transform="translate(0 6)"')
        pen.path(fabric(pen, "weave", light(look.body, 10), light(look.body, 34), 1.15), flap)
        pen.path(
            fabric(pen, "weave", look.second, light(look.second, 30), 1.15),
            "M72 194L328 194L324 212Q200 240 76 212z",
        )
        _round_shade(pen, flap)
        pen.line("#5a3716", 3, "M200 226v-18")
        pen.oval("#5a3716", 200, 232, 15, 15)
        pen.oval("#8f5f30", 198, 230, 12, 12)
        pen.line("#3a200a", 2.4, "M195 230h.1M203 230h.1")
    tag(pen, look, 226, 256, 156, 4)


def round_bag(pen: Pen, look: Look) -> None:
    """A round coiled bag on a leather strap."""
    shadow(pen, 200, 344, 112, 13)
    pen.line("#5a3316", 9, "M118 166C60 70 130 24 200 24S340 70 282 166")
    pen.line("#8f5a2c", 3, "M114 162C60 72 130 27 200 26")
    pen.oval(dark(look.body, 40), 210, 220, 126, 122)
    pen.oval(look.body, 200, 218, 126, 124)
    for ring in range(118, 8, -10):
        pen.oval(
            "none",
            200,
            218,
            ring,
            ring * 0.985,
            f'stroke="{dark(look.body, 24)}" stroke-width="2.2"',
        )
        pen.oval(
            "none",
            200,
            218,
            ring - 4,
            (ring - 4) * 0.985,
            f'stroke="{light(look.body, 26)}" stroke-width="4" stroke-dasharray="3 4"',
        )
    for turn in range(0, 360, 30):
        pen.path(look.second, "M200 132l9 18-9 18-9-18z", f'transform="rotate({turn} 200 218)"')
    pen.oval(
        pen.glow(
            (0, "#fff", 0.26),
            (0.6, "#fff", 0),
            (1, "#000", 0.3),
            attributes='cx=".36" cy=".3" r=".8"',
        ),
        200,
        218,
        126,
        124,
    )
    pen.path("#5a3316", "M186 92h28v56q0 8-14 8t-14-8z")
    pen.oval("#d9b65a", 200, 140, 7, 7)
    tag(pen, look, 200, 232, 156, -3)


def sling(pen: Pen, look: Look) -> None:
    """A shoulder bag with a panel of woven cloth."""
    shadow(pen, 200, 340, 128, 14)
    pen.line(dark(look.body, 30), 8, "M96 170C70 30 150 20 200 20S330 30 304 170")
    body = "M80 150H320V312Q320 338 294 338H106Q80 338 80 312z"
    pen.path(look.body, body)
    pen.path(dark(look.body, 26), "M80 296H320V312Q320 338 294 338H106Q80 338 80 312z")
    flap = "M76 144H324V232Q324 256 300 256H100Q76 256 76 232z"
    pen.path("#1d1006", flap, 'opacity=".26" transform="translate(0 6)"')
    pen.path(fabric(pen, look.props[0], look.second, "#f3dcae", 1.1), flap)
    _round_shade(pen, flap)
    pen.line(
        light(look.body, 40),
        4,
        "M78 150V232Q78 254 100 254H300Q322 254 322 232V150",
        'stroke-dasharray="6 4"',
    )
    _round_shade(pen, body)
    pen.path("#5a3316", "M188 228h24v40q0 8-12 8t-12-8z")
    pen.oval("#d9b65a", 200, 260, 6, 6)
    tag(pen, look, 278, 262, 150, 5)


def lidded(pen: Pen, look: Look) -> None:
    """A small stiff bag of palm leaf with a lid and a cord."""
    shadow(pen, 200, 340, 108, 14)
    pen.line("#7a5a2c", 5, "M112 150C70 40 140 28 200 28S330 40 288 150")
    body = "M112 178H288V326Q288 340 274 340H126Q112 340 112 326z"
    pen.path(fabric(pen, "weave", look.body, light(look.body, 24), 1.3), body)
    pen.begin(pen.clip(body))
    for y in (212, 262, 312):
        pen.path(
            fabric(pen, "weave", look.second, dark(look.body, 4), 1.3),
            f"M100 {y}H300V{y + 21}H100z",
        )
    pen.end()
    _round_shade(pen, body)
    lid = "M102 120Q102 104 118 104H282Q298 104 298 120V192H102z"
    pen.path("#1d1006", lid, 'opacity=".24" transform="translate(0 6)"')
    pen.path(fabric(pen, "weave", look.body, light(look.body, 24), 1.3), lid)
    pen.begin(pen.clip(lid))
    diamonds = "".join(f"M{x} 148l20-22 20 22-20 22z" for x in range(98, 300, 44))
    pen.path(look.second, diamonds)
    pen.end()
    _round_shade(pen, lid)
    pen.line(look.second, 4, "M104 190H296")
    tag(pen, look, 200, 236, 150, -4)


def backpack(pen: Pen, look: Look) -> None:
    """A rucksack with a pocket of woven cloth."""
    shadow(pen, 200, 346, 114, 13)
    pen.line(dark(look.body, 50), 10, "M172 62Q172 34 200 34T228 62")
    for d in ("M104 130Q76 200 92 310", "M296 130Q324 200 308 310"):
        pen.line(dark(look.body, 40), 16, d)
    body = "M104 120Q104 56 200 56T296 120V318Q296 344 270 344H130Q104 344 104 318z"
    pen.path(look.body, body)
    _round_shade(pen, body)
    pen.line(dark(look.body, 34), 2, "M118 128Q118 72 200 72T282 128", 'stroke-dasharray="6 4"')
    flap = "M104 120Q104 92 128 84H272Q296 92 296 120V178Q296 196 278 196H122Q104 196 104 178z"
    pen.path("#1d1006", flap, 'opacity=".2" transform="translate(0 5)"')
    pen.path(light(look.body, 14), flap)
    pen.path("#6b4020", "M138 150h18v64h-18zM244 150h18v64h-18z")
    pen.path("#d9b65a", "M136 192h22v12h-22zM242 192h22v12h-22z")
    pocket = "M120 222H280V306Q280 324 262 324H138Q120 324 120 306z"
    pen.path("#1d1006", pocket, 'opacity=".2" transform="translate(0 4)"')
    pen.path(fabric(pen, look.props[0], look.second, "#f6e5c2", 1.0), pocket)
    _round_shade(pen, pocket)
    pen.line(dark(look.body, 30), 2, "M126 228H274", 'stroke-dasharray="5 3"')
    tag(pen, look, 284, 262, 152, 6)


def net(pen: Pen, look: Look) -> None:
    """A knotted string bag on a long band, as worn on the head or shoulder."""
    shadow(pen, 200, 342, 120, 14)
    strap = "M92 176C112 118 168 74 196 36M308 176C288 118 232 74 204 36"
    pen.line("#2a1606", 13, strap, 'opacity=".14" transform="translate(9 7)"')
    pen.line(dark(look.body, 26), 14, strap)
    pen.line(light(look.body, 22), 5, strap, 'stroke-dasharray="4 5"')
    pen.path("#8a5f34", "M188 18h24v30q-12 8-24 0z")
    pen.oval("#b98852", 200, 20, 14, 9)
    body = "M88 164Q200 186 312 164C332 220 330 290 290 324Q200 356 110 324C70 290 68 220 88 164z"
    pen.path(dark(look.body, 46), body)
    pen.begin(pen.clip(body))
    for y in range(150, 356, 11):
        zig = "".join(f"l7 {9 if (x // 7) % 2 else -9}" for x in range(60, 344, 7))
        tone = (
            look.second
            if (y // 11) % 4 == 0
            else (look.body if (y // 11) % 2 else light(look.body, 22))
        )
        pen.line(tone, 5, f"M60 {y}{zig}")
    _round_shade(pen, "M60 140H340V360H60z")
    pen.end()
    pen.line(light(look.body, 10), 10, "M88 166Q200 188 312 166")
    pen.line(dark(look.body, 30), 2, "M88 166Q200 188 312 166", 'stroke-dasharray="4 4"')
    if "tassels" in look.props:
        for x in (118, 158, 200, 242, 282):
            pen.line(look.second, 3, f"M{x} 334l-4 22M{x} 334l0 24M{x} 334l4 22")
    tag(pen, look, 206, 240, 158, -4)


def tiny_nets(pen: Pen, look: Look) -> None:
    """Three small nets on key rings."""
    shadow(pen, 200, 342, 128, 12)
    for x, y, tone, edge in (
        (112, 130, "#c43b32", "#f2b01e"),
        (286, 120, "#2f7d4f", "#f3e7c8"),
        (200, 176, look.body, look.second),
    ):
        pen.oval("none", x, y - 74, 19, 19, 'stroke="#a7a39a" stroke-width="5"')
        pen.oval("none", x - 1, y - 75, 19, 19, 'stroke="#e6e3dc" stroke-width="2"')
        pen.line(
            tone,
            6,
            f"M{x} {y - 54}C{x - 44} {y - 30} {x - 44} {y + 10} {x - 40} {y + 20}M{x} {y - 54}C{x + 44} {y - 30} {x + 44} {y + 10} {x + 40} {y + 20}",
        )
        body = f"M{x - 46} {y + 14}Q{x} {y + 26} {x + 46} {y + 14}Q{x + 60} {y + 84} {x + 30} {y + 106}Q{x} {y + 118} {x - 30} {y + 106}Q{x - 60} {y + 84} {x - 46} {y + 14}z"
        pen.path("#1d1006", body, 'opacity=".22" transform="translate(5 5)"')
        pen.path(dark(tone, 40), body)
        pen.begin(pen.clip(body))
        for row, high in enumerate(range(int(y) + 8, int(y) + 122, 9)):
            zig = "".join(f"l6 {7 if step % 2 else -7}" for step in range(22))
            pen.line(edge if row % 4 == 1 else tone, 4, f"M{x - 62} {high}{zig}")
        pen.end()
        pen.line(edge, 5, f"M{x - 46} {y + 14}Q{x} {y + 26} {x + 46} {y + 14}")
        for lean in (-16, 0, 16):
            pen.line(edge, 2.4, f"M{x + lean} {y + 110}l-3 16M{x + lean} {y + 110}l3 16")
    tag(pen, look, 300, 268, 154, 4)


def bark_bag(pen: Pen, look: Look) -> None:
    """A bag of beaten bark with painted fish."""
    shadow(pen, 200, 340, 126, 14)
    pen.line(dark(look.body, 40), 7, "M104 150C90 40 150 26 200 26S310 40 296 150")
    body = "M76 140H324L316 318Q315 340 292 340H108Q85 340 84 318z"
    pen.path(look.body, body)
    pen.begin(pen.clip(body))
    for _ in range(130):
        x, y = pen.random.uniform(76, 324), pen.random.uniform(140, 340)
        pen.line(
            dark(look.body, 26),
            1.2,
            f"M{x:.0f} {y:.0f}l{pen.random.uniform(-3, 3):.0f} {pen.random.uniform(8, 22):.0f}",
            'opacity=".4"',
        )
    for x, y, turn, tone in (
        (136, 196, -16, look.second),
        (262, 206, 12, "#f2e3c2"),
        (140, 288, 10, "#f2e3c2"),
        (258, 290, -12, look.second),
    ):
        pen.begin(f'transform="translate({x} {y}) rotate({turn})"')
        fish = "M-46 0C-30-26 10-26 26-4L46-18V18L26 4C10 26-30 26-46 0z"
        pen.path(tone, fish)
        pen.line(look.body, 2.4, "M-24-8Q-16 0-24 8M-10-12Q0 0-10 12M4-12Q14 0 4 12")
        pen.oval(look.body, -32, -3, 3.4, 3.4)
        pen.end()
    pen.line(
        look.second, 5, "M60 158q12-10 24 0t24 0 24 0 24 0 24 0 24 0 24 0 24 0 24 0 24 0 24 0 24 0"
    )
    pen.end()
    _round_shade(pen, body)
    pen.path(mix(look.body, "#3a200a", 50), "M72 132H328V146H72z")
    tag(pen, look, 204, 224, 158, 3)
