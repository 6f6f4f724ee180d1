"""Tools, bark, light and scent."""

from demo.art.crafts.clay import turned
from demo.art.drawing.colours import dark, light
from demo.art.drawing.fabrics import fabric
from demo.art.drawing.finish import Look
from demo.art.drawing.labels import tag
from demo.art.drawing.pen import Pen
from demo.art.drawing.stage import shadow


def wax_pens(pen: Pen, look: Look) -> None:
    """Copper wax pens, a small pan on its stove, and a trial piece of cloth."""
    shadow(pen, 200, 336, 160, 16)
    pen.path(fabric(pen, "truntum", "#f4ead2", look.dye, 1.5), "M40 296L120 254H372L332 344H28z")
    pen.line("#cdbb94", 2, "M40 296L120 254H372L332 344H28z")
    pen.path("#b5623a", "M64 190H184L170 276H78z")
    pen.path(
        pen.fade((0, "#fff", 0.2), (0.4, "#fff", 0), (1, "#000", 0.36)), "M64 190H184L170 276H78z"
    )
    pen.path("#2a1a12", "M108 226h32v40h-32z")
    pen.path("#f2932a", "M112 266Q112 240 124 232Q136 242 136 266z")
    pen.line("#34302c", 10, "M184 174L232 158")
    pen.path("#34302c", "M50 166Q124 186 198 166Q192 212 124 212Q56 212 50 166z")
    pen.oval("#4a4540", 124, 166, 74, 17)
    pen.oval("#c98a2c", 124, 168, 62, 12)
    pen.oval("#f0c05a", 108, 165, 22, 4)
    for x, y, turn in ((262, 96, 24), (312, 110, 34), (352, 140, 46)):
        pen.begin(f'transform="translate({x} {y}) rotate({turn})"')
        pen.path("#a87444", "M-6-64H6L8 60H-8z")
        pen.path(pen.fade((0, "#fff", 0.4), (0.5, "#fff", 0), (1, "#000", 0.36)), "M-8-64H8V60H-8z")
        pen.path(look.body, "M-13 58H13Q16 92 0 94Q-16 92-13 58z")
        pen.path(light(look.body, 40), "M-9 62H-3Q-6 84-4 90Q-10 84-9 62z")
        pen.line(look.body, 5, "M0 92Q0 112 14 116")
        pen.end()
    tag(pen, look, 214, 258, 164, -2)


def painting(pen: Pen, look: Look) -> None:
    """A bark painting of spirals, its cardboard tube beside it."""
    shadow(pen, 200, 346, 140, 10)
    pen.path("#1d1006", "M52 48L262 40L268 342L58 346z", 'opacity=".2" transform="translate(7 5)"')
    sheet = "M52 48Q120 40 160 46T262 40Q268 120 262 200T268 342Q210 350 160 342T58 346Q50 260 56 190T52 48z"
    pen.path(look.body, sheet)
    pen.begin(pen.clip(sheet))
    for _ in range(150):
        x, y = pen.random.uniform(50, 268), pen.random.uniform(40, 346)
        pen.line(
            dark(look.body, 24),
            1,
            f"M{x:.0f} {y:.0f}l{pen.random.uniform(-2, 2):.0f} {pen.random.uniform(8, 20):.0f}",
            'opacity=".4"',
        )
    curl = "M0 0C-8-14 16-20 22-2C28 20-6 34-24 18C-44-2-28-42 8-42C44-42 58-2 44 26"
    for x, y, turn, tone in (
        (112, 110, 0, "#201510"),
        (206, 112, 180, look.second),
        (112, 206, 90, look.second),
        (208, 208, 270, "#201510"),
        (116, 296, 180, "#201510"),
        (208, 300, 0, look.second),
    ):
        pen.begin(f'transform="translate({x} {y}) rotate({turn}) scale(.94)"')
        pen.line(tone, 9, curl)
        pen.line("#f6ead0", 2.4, curl, 'stroke-dasharray="1 7"')
        pen.end()
    for y in (160, 254):
        pen.line("#201510", 4, f"M50 {y}q14-10 28 0t28 0 28 0 28 0 28 0 28 0 28 0 28 0")
    pen.end()
    pen.path(dark(look.body, 30), "M58 346Q160 342 268 342L268 336Q160 336 58 340z")
    body = "M292 92H356V330Q324 344 292 330z"
    pen.path("#1d1006", body, 'opacity=".2" transform="translate(8 6)"')
    pen.path("#c49a6c", body)
    pen.path(fabric(pen, look.motif, look.dye, light(look.dye, 66), 0.9), "M292 118H356V168H292z")
    turned(pen, body)
    pen.path("#2b2723", "M288 76Q324 66 360 76V98Q324 108 288 98z")
    tag(pen, look, 268, 252, 162, -3)


def lamp(pen: Pen, look: Look) -> None:
    """A bent bamboo lamp, glowing."""
    pen.oval(
        pen.glow((0, "#ffd98a", 0.95), (0.5, "#ffcf6a", 0.4), (1, "#ffcf6a", 0)), 232, 168, 190, 180
    )
    shadow(pen, 190, 342, 104, 13)
    pen.path(
        dark(look.body, 20),
        "M96 318H284Q292 318 292 328V336Q292 342 284 342H96Q88 342 88 336V328Q88 318 96 318z",
    )
    pen.path(look.body, "M92 316H288V328H92z")
    for shift, tone in ((0, dark(look.body, 24)), (-9, look.body), (-18, light(look.body, 24))):
        pen.line(
            tone,
            11,
            f"M{134 + shift * 0.4:.0f} 318C{84 + shift} 190 {104 + shift} 74 {206 + shift * 0.5:.0f} {60 + shift * 0.5:.0f}C{226} {56 + shift * 0.5:.0f} 238 {70 + shift * 0.3:.0f} 238 92",
        )
    shade = "M186 96H286L312 204Q236 226 160 204z"
    pen.path("#ffe7ae", shade)
    pen.begin(pen.clip(shade))
    for x in range(160, 320, 13):
        pen.line("#c98a3a", 2, f"M{236 + (x - 236) * 0.66:.0f} 92L{x} 222", 'opacity=".8"')
    for y in range(112, 214, 17):
        pen.line("#c98a3a", 2.6, f"M150 {y}Q236 {y + 16} 320 {y}", 'opacity=".8"')
    pen.oval(pen.glow((0, "#fff8dc", 0.95), (1, "#fff8dc", 0)), 236, 170, 74, 70)
    pen.end()
    pen.line(dark(look.body, 20), 5, "M186 96H286M160 204Q236 226 312 204")
    pen.path("#fff3c9", "M162 208Q236 230 310 208L338 316H134z", 'opacity=".34"')
    tag(pen, look, 252, 258, 158, -3)


def incense(pen: Pen, look: Look) -> None:
    """A bundle of incense with cananga flowers and one stick burning."""
    shadow(pen, 200, 338, 150, 14)
    pen.path("#8a5f34", "M60 322H340L328 342H72z")
    pen.path("#b98852", "M56 314H344V326H56z")
    for place in range(22):
        x = 104 + place * 6.4
        top = 96 + (place * 5) % 17
        tone = (look.body, light(look.body, 16), dark(look.body, 18))[place % 3]
        pen.line(tone, 5, f"M{x} {top}V248")
        pen.line("#c43b52", 3, f"M{x} 248V316")
    pen.path(fabric(pen, look.motif, look.dye, light(look.dye, 66), 0.9), "M96 206H248V246H96z")
    pen.line(look.second, 4, "M96 204H248M96 248H248")
    pen.line(look.body, 5, "M300 318L316 150")
    pen.oval("#ff8a3a", 316, 150, 4, 5)
    pen.line("#fff", 5, "M317 142C300 118 336 104 318 78C304 56 332 44 322 22", 'opacity=".75"')
    for x, y, turn in ((66, 300, 0), (276, 304, 40), (110, 320, 80)):
        for petal in range(0, 360, 60):
            pen.path(
                "#d9d24a" if petal % 120 else "#c0bd3a",
                "M0 0C12-8 14-30 2-44C-8-30-10-10 0 0z",
                f'transform="translate({x} {y}) rotate({petal + turn}) scale(.9)"',
            )
        pen.oval("#8a7a1e", x, y, 5, 5)
    tag(pen, look, 200, 258, 158, -3)
