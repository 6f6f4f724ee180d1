"""Food seen from above, on the cooperative's cloth."""

from demo.art.drawing.colours import dark, light, mix
from demo.art.drawing.finish import Look
from demo.art.drawing.pen import Pen
from demo.art.drawing.props import PROPS, garnish
from demo.art.drawing.stage import drop, napkin, table
from demo.art.food.heaps import disc, morsel, scatter, specks

_CORNERS = ((338, 66, 12), (344, 344, -16), (58, 352, 10))


def _pieces(pen: Pen, look: Look, radius: float, size: float = 1.35) -> None:
    """What lies in the vessel seen from above."""
    if look.fill.startswith("#"):
        pen.oval(look.fill, 200, 200, radius, radius)
        pen.begin(
            pen.clip(
                f"M{200 - radius} 200a{radius} {radius} 0 1 0 {2 * radius} 0a{radius} {radius} 0 1 0 {-2 * radius} 0z"
            )
        )
        pen.oval(
            pen.glow(
                (0, light(look.fill, 34), 0.9),
                (0.6, look.fill, 0.2),
                (1, dark(look.fill, 50), 0.6),
                attributes='cx=".4" cy=".36" r=".75"',
            ),
            200,
            200,
            radius,
            radius,
        )
        specks(pen, look.fill, (200 - radius, 200 - radius, 2 * radius, 2 * radius))
        pen.end()
    else:
        disc(pen, morsel(look.fill), 200, 200, radius, size)


def plate(pen: Pen, look: Look) -> None:
    """A white enamel plate with a blue rim."""
    table(pen, look.stage)
    napkin(pen, look.motif, look.dye)
    drop(pen, 204, 204, 152)
    pen.oval("#fbfaf6", 200, 200, 150, 150)
    pen.oval("none", 200, 200, 146, 146, f'stroke="{look.dye}" stroke-width="5"')
    pen.oval("#e9e6dc", 200, 202, 116, 116)
    pen.oval("#f6f4ec", 200, 200, 114, 114)
    pen.line("#fff", 7, "M84 128Q110 80 160 64", 'opacity=".9"')
    _pieces(pen, look, 110)
    garnish(pen, look, _CORNERS)


def tray(pen: Pen, look: Look) -> None:
    """A winnowing tray of woven bamboo."""
    table(pen, look.stage)
    napkin(pen, look.motif, look.dye)
    drop(pen, 204, 204, 170)
    pen.oval("#a87a3a", 200, 200, 168, 168)
    inner = '<path fill="#d9b878" d="M0 0h20v20H0z"/><path fill="#c79f58" d="M0 0h10v10H0zM10 10h10v10H10z"/><path d="M0 5h10M10 15h10M15 0v10M5 10v10" stroke="#b58a44" stroke-width="1.2"/>'
    pen.oval(pen.tile(20, inner, 1, 45), 200, 200, 154, 154)
    pen.oval(
        "none", 200, 200, 160, 160, 'stroke="#8a5f2c" stroke-width="3" stroke-dasharray="14 9"'
    )
    pen.oval("none", 200, 200, 152, 152, 'stroke="#1d1006" stroke-width="5" opacity=".16"')
    _pieces(pen, look, 118)
    if not look.fill.startswith("#"):
        kind = morsel(look.fill)
        loose = [
            (200 + x, 200 + y)
            for x, y in (
                (-128, 34),
                (-112, -62),
                (122, 48),
                (104, -84),
                (22, 134),
                (-44, 128),
                (132, -14),
            )
        ]
        scatter(pen, kind, loose, 1.2)
    garnish(pen, look, _CORNERS)


def leaf(pen: Pen, look: Look) -> None:
    """On a banana leaf."""
    table(pen, look.stage)
    napkin(pen, look.motif, look.dye, -24)
    outline = "M18 236C60 96 236 44 388 92C372 236 240 356 60 336C30 320 16 280 18 236z"
    pen.path("#2a1606", outline, 'opacity=".28" transform="translate(7 10)"')
    pen.path("#3f7a3e", outline)
    pen.begin(pen.clip(outline))
    veins = "".join(
        f"M{30 + step * 18} {300 - step * 11}l40-150M{30 + step * 18} {300 - step * 11}l140 70"
        for step in range(20)
    )
    pen.line("#4f9150", 3, veins, 'opacity=".8"')
    pen.line("#8fbf7a", 6, "M20 306C140 240 260 160 388 92")
    pen.end()
    pen.oval("#1d1006", 208, 212, 122, 112, 'opacity=".24"')
    _pieces(pen, look, 112)
    garnish(pen, look, _CORNERS)


def board(pen: Pen, look: Look) -> None:
    """In rows on a wooden board."""
    table(pen, look.stage)
    napkin(pen, look.motif, look.dye)
    d = "M62 74H346Q358 74 358 86V318Q358 330 346 330H62Q50 330 50 318V86Q50 74 62 74z"
    pen.path("#2a1606", d, 'opacity=".3" transform="translate(7 10)"')
    pen.path("#b5824a", d)
    pen.begin(pen.clip(d))
    for _ in range(16):
        y = pen.random.uniform(78, 326)
        pen.line(
            "#8f5f30",
            1.4,
            f"M40 {y:.0f}C140 {y - 9:.0f} 260 {y + 9:.0f} 370 {y - 4:.0f}",
            'opacity=".5"',
        )
    pen.path("#fff", "M40 70h120L60 340H40z", 'opacity=".12"')
    pen.end()
    kind = morsel(look.fill)
    names = [pen.define("g", "", shape) for shape in kind.shapes]
    size = 1.35 if kind.long else 1.75
    step = (kind.long or kind.across * 1.06) * size
    down = kind.across * size * (0.98 if kind.long else 0.95)
    rows, columns = max(2, int(226 / down)), max(1, int(290 / step))
    for row in range(rows):
        for column in range(columns):
            x = 204 + (column - (columns - 1) / 2) * step
            y = 202 + (row - (rows - 1) / 2) * down
            turn = pen.random.uniform(-4, 4) if kind.long else pen.random.uniform(-9, 9)
            name = names[(row + column) % len(names)]
            pen.oval(
                "#2a1606",
                round(x + 5),
                round(y + 9),
                (kind.long or kind.across) * 0.62,
                kind.across * 0.4,
                'opacity=".28"',
            )
            pen.add(
                f'<use href="#{name}" transform="translate({x:.1f} {y:.1f}) rotate({turn:.0f}) scale({size})"/>'
            )
    garnish(pen, look, _CORNERS)


def rice(pen: Pen, look: Look) -> None:
    """Strewn over a plate of hot rice."""
    table(pen, look.stage)
    napkin(pen, look.motif, look.dye)
    drop(pen, 204, 204, 152)
    pen.oval("#8f4a2c" if look.second == "clay" else "#fbfaf6", 200, 200, 150, 150)
    pen.oval("none", 200, 200, 144, 144, f'stroke="{look.dye}" stroke-width="4"')
    pen.oval("#1d1006", 203, 205, 112, 112, 'opacity=".18"')
    disc(pen, morsel("grains #fbf8ee #efe9d8"), 196, 204, 114, 1.5)
    disc(pen, morsel(look.fill), 214, 190, 72, 1.3)
    pen.add('<g transform="translate(132 268) rotate(24)">' + PROPS["lime-leaf"] + "</g>")
    garnish(pen, look, _CORNERS)


def dish(pen: Pen, look: Look) -> None:
    """Something that flows, in a small bowl seen from above, with a spoon."""
    table(pen, look.stage)
    napkin(pen, look.motif, look.dye)
    drop(pen, 204, 204, 136)
    tone = look.second or "#f7f3ea"
    pen.oval(tone, 200, 200, 134, 134)
    pen.oval(dark(tone, 24), 200, 203, 114, 114)
    pen.begin(pen.clip("M90 200a110 110 0 1 0 220 0a110 110 0 1 0 -220 0z"))
    colour = look.fill_colour
    pen.oval(colour, 200, 200, 112, 112)
    pen.oval(
        pen.glow(
            (0, light(colour, 40), 0.9),
            (0.55, colour, 0.3),
            (1, dark(colour, 50), 0.7),
            attributes='cx=".38" cy=".34" r=".8"',
        ),
        200,
        200,
        112,
        112,
    )
    _surface(pen, look, colour)
    pen.path("#fff", "M118 168Q136 116 192 102Q150 128 138 176z", 'opacity=".5"')
    pen.end()
    pen.oval(
        "none", 200, 200, 122, 122, f'stroke="{look.dye}" stroke-width="4" stroke-dasharray="10 6"'
    )
    pen.line("#2a1606", 13, "M256 262L352 352", 'opacity=".24" transform="translate(5 8)"')
    pen.line("#8a5f34", 13, "M256 262L352 352")
    pen.line("#b98852", 5, "M258 260L352 348")
    pen.oval("#8a5f34", 236, 242, 35, 27, 'transform="rotate(43 236 242)"')
    pen.oval(light(colour, 8), 236, 240, 29, 21, 'transform="rotate(43 236 240)"')
    pen.oval("#fff", 228, 232, 9, 5, 'opacity=".5" transform="rotate(43 228 232)"')
    garnish(pen, look, ((338, 64, 12), (58, 352, 10)))


def _surface(pen: Pen, look: Look, colour: str) -> None:
    """What swims on it: oil, seeds, peel; smooth things have nothing."""
    if "smooth" in look.props:
        for d in ("M110 220Q160 190 210 226T310 214", "M120 258Q170 236 214 262T300 256"):
            pen.line(light(colour, 34), 5, d, 'opacity=".4"')
        return
    if "oil" in look.props:
        for _ in range(22):
            x, y = pen.random.uniform(96, 304), pen.random.uniform(96, 304)
            size = pen.random.uniform(5, 14)
            pen.oval(
                mix(colour, "#f08a2a", 60), round(x), round(y), size, size * 0.9, 'opacity=".6"'
            )
    for name, inner, count in (
        (
            "petai",
            '<ellipse rx="15" ry="12" fill="#7fa348" stroke="#4f6f26" stroke-width="1.5"/><ellipse cx="-4" cy="-3" rx="6" ry="4" fill="#b4cf7c"/>',
            11,
        ),
        (
            "terong",
            '<path d="M-16-10L8-15L18 4L-2 15L-17 6z" fill="#6d3a78" stroke="#3f1d49" stroke-width="1.5"/><path d="M-10-6L5-10L12 3L-2 9z" fill="#e9dcc0"/>',
            11,
        ),
        (
            "zest",
            '<path d="M-24 2Q0-20 24-2L20 6Q0-10-20 10z" fill="#f7a21f" stroke="#c96a08" stroke-width="1.2"/>',
            18,
        ),
        (
            "soy",
            '<ellipse rx="11" ry="8" fill="#c08a4a" stroke="#7a4a1c" stroke-width="1.2"/><ellipse cx="-3" cy="-2" rx="4" ry="2.500" fill="#e0b478"/>',
            18,
        ),
        ("seeds", '<ellipse rx="3.4" ry="2.6" fill="#f7dc8e"/>', 60),
        (
            "comb",
            '<path d="M-14 0L-7-12H7L14 0L7 12H-7z" fill="none" stroke="#f7d27a" stroke-width="2.4" opacity=".6"/>',
            20,
        ),
    ):
        if name in look.props:
            kept = pen.define("g", "", inner.replace("2.500", "2.5"))
            for _ in range(count):
                x, y = pen.random.uniform(108, 292), pen.random.uniform(108, 292)
                pen.add(
                    f'<use href="#{kept}" transform="translate({x:.0f} {y:.0f}) rotate({pen.random.randrange(360)})"/>'
                )
