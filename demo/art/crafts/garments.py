"""Things to wear."""

from demo.art.crafts.cloths import surface
from demo.art.drawing.colours import dark, light
from demo.art.drawing.fabrics import fabric
from demo.art.drawing.finish import Look
from demo.art.drawing.labels import tag
from demo.art.drawing.pen import Pen
from demo.art.drawing.stage import shadow


def _hanger(pen: Pen, y: float = 58) -> None:
    pen.line("#8f8a80", 4, f"M200 {y}V{y - 12}C200 {y - 34} 226 {y - 30} 222 {y - 14}")
    pen.line("#9a6b3a", 9, f"M112 {y + 40}Q170 {y + 6} 200 {y}Q230 {y + 6} 288 {y + 40}")


def shirt(pen: Pen, look: Look, *, long: bool) -> None:
    """A shirt, folded as in a shop, or with short sleeves on a hanger."""
    fill = surface(look, pen, 1.15)
    shade = dark(look.body, 45)
    if long:
        shadow(pen, 200, 344, 122, 12)
        body = "M98 104Q120 84 164 74L200 98L236 74Q280 84 302 104L306 336Q306 342 298 342H102Q94 342 94 336z"
        pen.path("#1d1006", body, 'opacity=".18" transform="translate(5 4)"')
        pen.path(fill, body)
        sleeve = "M98 108C60 130 62 250 80 296L118 286C108 240 112 170 128 130z"
        pen.path(fill, sleeve)
        pen.path("#000", sleeve, 'opacity=".12"')
        other = "M302 108C340 130 338 250 320 296L282 286C292 240 288 170 272 130z"
        pen.path(fill, other)
        pen.path("#000", other, 'opacity=".24"')
        pen.path(light(look.body, 16), "M78 284l42-10 3 16-42 11zM322 284l-42-10-3 16 42 11z")
    else:
        pen.oval("#2a1606", 204, 350, 110, 9, 'opacity=".18"')
        _hanger(pen)
        body = "M138 84Q164 70 176 66L200 84L224 66Q236 70 262 84L282 334Q200 346 118 334z"
        pen.path("#1d1006", body, 'opacity=".16" transform="translate(6 5)"')
        for d, tone in (
            ("M142 82C104 94 78 128 64 176L116 196L136 150z", 0.06),
            ("M258 82C296 94 322 128 336 176L284 196L264 150z", 0.2),
        ):
            pen.path(fill, d)
            pen.path("#000", d, f'opacity="{tone}"')
        pen.path(fill, body)
    pen.path("#000", "M206 100L210 340H236L226 96z", 'opacity=".09"')
    pen.path(shade, "M164 74Q200 60 236 74L200 104z")
    pen.path(light(look.body, 22), "M162 72L150 98L184 122L200 98zM238 72L250 98L216 122L200 98z")
    pen.line(shade, 1.4, "M162 72L150 98L184 122L200 98L216 122L250 98L238 72", 'opacity=".6"')
    pen.line(shade, 1.8, "M200 104V340", 'opacity=".65"')
    buttons = "".join(f"M204 {y}h.1" for y in range(134, 330, 34))
    pen.line("#f6ead2", 6, buttons)
    pen.path(light(look.body, 10), "M230 160h46v44l-23 10-23-10z", 'opacity=".5"')
    pen.line(shade, 1.4, "M230 160h46v44l-23 10-23-10z", 'opacity=".6"')
    tag(pen, look, 200, 246, 158, -3)


def dress(pen: Pen, look: Look) -> None:
    """A wide house dress on a hanger."""
    pen.oval("#2a1606", 204, 356, 120, 9, 'opacity=".18"')
    _hanger(pen, 46)
    fill = surface(look, pen, 1.3)
    body = "M146 72Q170 60 182 62Q200 82 218 62Q230 60 254 72L300 138L268 164L262 150L312 342Q200 362 88 342L138 150L132 164L100 138z"
    pen.path("#1d1006", body, 'opacity=".16" transform="translate(6 5)"')
    pen.path(fill, body)
    pen.begin(pen.clip(body))
    for x, lean in ((150, -26), (188, -8), (226, 12), (258, 30)):
        pen.path("#000", f"M{x} 150L{x + lean - 8} 360H{x + lean + 12}z", 'opacity=".13"')
    pen.path(pen.fade((0, "#fff", 0.2), (0.4, "#fff", 0), (1, "#000", 0.2)), "M80 50H320V360H80z")
    pen.path(light(look.body, 30), "M88 326Q200 346 312 326V344Q200 364 88 344z", 'opacity=".6"')
    pen.end()
    pen.line(light(look.second, 30), 5, "M182 62Q200 82 218 62")
    pen.line(light(look.second, 20), 2, "M200 80V160")
    pen.line("#fff4dc", 7, "M200 96h.1M200 116h.1M200 136h.1M200 156h.1")
    pen.line(light(look.second, 20), 4, "M138 176Q200 190 262 176")
    tag(pen, look, 200, 238, 156, 3)


def prayer_set(pen: Pen, look: Look) -> None:
    """A white prayer veil with openwork, on a stand."""
    pen.oval("#2a1606", 206, 354, 124, 10, 'opacity=".2"')
    veil = "M200 48C144 48 132 108 128 150C120 214 92 280 76 338Q138 356 200 356Q262 356 324 338C308 280 280 214 272 150C268 108 256 48 200 48z"
    pen.path("#1d1006", veil, 'opacity=".14" transform="translate(6 5)"')
    pen.path(look.body, veil)
    pen.begin(pen.clip(veil))
    lace = fabric(pen, "lace", look.body, dark(look.body, 26), 0.95)
    pen.path(lace, "M60 262Q200 306 340 262V360H60z")
    pen.line(dark(look.body, 22), 1.8, "M60 262Q200 306 340 262", 'stroke-dasharray="5 3"')
    for x, lean in ((160, -40), (200, 0), (242, 42)):
        pen.path(
            "#6b6152",
            f"M{x} 150Q{x + lean * 0.4} 250 {x + lean - 8} 360H{x + lean + 10}z",
            'opacity=".13"',
        )
    pen.path(
        pen.fade((0, "#fff", 0.5), (0.5, "#fff", 0), (1, "#8c8070", 0.36)), "M70 40H330V360H70z"
    )
    pen.end()
    pen.path(
        dark(look.body, 46),
        "M200 74C172 74 164 98 168 122C172 146 186 158 200 158C214 158 228 146 232 122C236 98 228 74 200 74z",
    )
    pen.path(
        fabric(pen, "lace", look.body, dark(look.body, 30), 0.5),
        "M200 62C162 62 152 96 156 126C162 158 180 172 200 172C220 172 238 158 244 126C248 96 238 62 200 62zM200 76C226 76 232 100 229 122C224 146 212 156 200 156C188 156 176 146 171 122C168 100 174 76 200 76z",
        'fill-rule="evenodd"',
    )
    tag(pen, look, 200, 206, 164, -2)


def jacket(pen: Pen, look: Look) -> None:
    """A leather jacket on a stand."""
    pen.oval("#2a1606", 204, 356, 96, 9, 'opacity=".24"')
    pen.path("#8a5f34", "M192 330h16v24h-16z")
    pen.path("#c9a97a", "M172 50Q200 40 228 50L222 80H178z")
    leather = pen.fade(
        (0, light(look.body, 26), 1), (0.4, look.body, 1), (1, dark(look.body, 60), 1)
    )
    for d in (
        "M134 86C92 104 76 180 72 262Q70 284 88 288L112 288L136 170z",
        "M266 86C308 104 324 180 328 262Q330 284 312 288L288 288L264 170z",
    ):
        pen.path(leather, d)
        pen.line(light(look.body, 34), 2, d, 'opacity=".4"')
    body = "M134 86Q160 72 178 70L200 92L222 70Q240 72 266 86L286 318Q286 332 272 332H128Q114 332 114 318z"
    pen.path(leather, body)
    pen.path("#000", "M200 92L204 332H272Q286 332 286 318L266 86z", 'opacity=".2"')
    pen.path(
        dark(look.body, 20), "M178 70L140 110L168 158L200 104zM222 70L260 110L232 158L200 104z"
    )
    pen.line(
        light(look.body, 40),
        1.8,
        "M178 70L140 110L168 158L200 104L232 158L260 110L222 70",
        'opacity=".6"',
    )
    pen.line("#cfcac0", 3.2, "M200 106V328", 'stroke-dasharray="3 2"')
    pen.line(light(look.body, 40), 2, "M136 236l40-14M264 236l-40-14M116 312H284", 'opacity=".6"')
    pen.line("#cfcac0", 2.4, "M140 232l30-10M260 232l-30-10")
    pen.path("#fff", "M146 100Q128 180 130 300L142 300Q140 190 160 110z", 'opacity=".14"')
    tag(pen, look, 200, 252, 156, -4)


def sandals(pen: Pen, look: Look) -> None:
    """A pair of woven leather sandals on cement tiles."""
    for x, y, turn in ((128, 196, -12), (262, 200, 10)):
        pen.begin(f'transform="translate({x} {y}) rotate({turn})"')
        sole = "M0-136C38-136 52-96 46-46C42-10 44 20 46 60C48 104 30 134 0 134C-30 134-48 104-46 60C-44 20-42-10-46-46C-52-96-38-136 0-136z"
        pen.path("#1d1006", sole, 'opacity=".26" transform="translate(8 8)"')
        pen.path(dark(look.body, 40), sole, 'transform="translate(3 4)"')
        pen.path(light(look.second, 10), sole)
        pen.line(
            dark(look.second, 30),
            1.6,
            sole,
            'stroke-dasharray="4 3" transform="scale(.9)" opacity=".8"',
        )
        strap = "M-54-84Q0-120 54-84L56-10Q0-44-56-10z"
        pen.path("#1d1006", strap, 'opacity=".3" transform="translate(2 6)"')
        pen.path(fabric(pen, "weave", look.body, light(look.body, 20), 1.15, 45), strap)
        pen.line(dark(look.body, 40), 2.4, strap)
        pen.path(look.body, "M-50 64Q0 36 50 64L50 84Q0 56-50 84z")
        pen.line(dark(look.body, 40), 1.6, "M-50 64Q0 36 50 64M-50 84Q0 56 50 84")
        pen.end()
    tag(pen, look, 196, 290, 166, 0)


def headcloth(pen: Pen, look: Look) -> None:
    """A folded batik head-dress on its block."""
    shadow(pen, 200, 340, 104, 14)
    pen.path("#b98a52", "M150 262H250L266 334Q266 342 256 342H144Q134 342 134 334z")
    pen.path(
        pen.fade((0, "#fff", 0.26), (0.4, "#fff", 0), (1, "#000", 0.3)), "M134 262H266V342H134z"
    )
    dome = "M92 240C84 142 140 84 204 84C268 84 318 142 308 240Q200 268 92 240z"
    fill = fabric(pen, "ceplok", look.body, look.second, 1.2)
    pen.path(fill, dome)
    pen.begin(pen.clip(dome))
    for shift in range(6):
        pen.line(
            "#000",
            3,
            f"M{70 + shift * 14} 250C{120 + shift * 18} 150 {210 + shift * 14} 100 {330 + shift * 6} {120 + shift * 18}",
            'opacity=".28"',
        )
        pen.line(
            light(look.second, 30),
            1.4,
            f"M{66 + shift * 14} 250C{116 + shift * 18} 146 {206 + shift * 14} 96 {326 + shift * 6} {116 + shift * 18}",
            'opacity=".6"',
        )
    pen.path(pen.fade((0, "#fff", 0.24), (0.4, "#fff", 0), (1, "#000", 0.42)), "M80 80H320V270H80z")
    pen.end()
    brim = "M88 224Q200 256 312 224L314 262Q200 296 86 262z"
    pen.path(fabric(pen, "kawung", dark(look.body, 20), look.second, 0.8), brim)
    pen.line(light(look.second, 30), 2, "M88 224Q200 256 312 224M86 262Q200 296 314 262")
    pen.path(dark(look.body, 30), "M286 214C322 204 340 224 330 250C318 270 290 262 284 240z")
    pen.line(look.second, 1.6, "M292 220C314 212 328 226 322 246", 'opacity=".7"')
    tag(pen, look, 150, 276, 164, -4)


def necklace(pen: Pen, look: Look) -> None:
    """A bead necklace on a dark bust."""
    shadow(pen, 200, 346, 112, 11)
    bust = "M164 52H236L240 112C250 142 316 152 322 214C326 268 296 330 282 346H118C104 330 74 268 78 214C84 152 150 142 160 112z"
    pen.path("#33291f", bust)
    pen.path(pen.fade((0, "#fff", 0.16), (0.4, "#fff", 0), (1, "#000", 0.36)), bust)
    tones = (look.body, look.second, "#f6efe0", "#26211d", "#e07b2a")
    place = 0
    for drop, count, size in ((118, 25, 6.2), (146, 29, 6.8), (176, 33, 7.4)):
        for step in range(count + 1):
            share = step / count
            x = 152 - drop * 0.16 + (96 + drop * 0.32) * share
            y = 104 + 4 * drop * share * (1 - share)
            tone = tones[(place // 2) % len(tones)]
            place += 1
            pen.oval("#000", x + 1.5, y + 2.5, size, size, 'opacity=".4"')
            pen.oval(tone, x, y, size, size)
            pen.oval("#fff", x - 2, y - 2, size * 0.3, size * 0.3, 'opacity=".7"')
    star = "M200 262l13 22 26 5-18 19 4 27-25-11-25 11 4-27-18-19 26-5z"
    pen.path("#000", star, 'opacity=".4" transform="translate(2 4)"')
    pen.path(look.body, star)
    pen.path(look.second, star, 'transform="translate(200 300) scale(.56) translate(-200 -300)"')
    pen.oval("#f6efe0", 200, 300, 6, 6)
    tag(pen, look, 296, 294, 150, 5)
