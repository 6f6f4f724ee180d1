"""Drinks and heaps seen from the side of the table."""

from demo.art.drawing.colours import dark, light
from demo.art.drawing.finish import Look
from demo.art.drawing.pen import Pen
from demo.art.drawing.props import garnish
from demo.art.drawing.stage import room, shadow
from demo.art.food.heaps import heap, morsel, powder


def bowl(pen: Pen, look: Look) -> None:
    """A heap in a bowl, seen from the side of the table."""
    tone = look.second or "#fbf8f1"
    room(pen, look.stage)
    _runner(pen, look)
    shadow(pen, 200, 338, 140, 18)
    pen.oval(dark(tone, 40), 200, 214, 148, 40)
    if look.fill.startswith("#"):
        powder(pen, look.fill, 200, 216, 132, 96)
    else:
        heap(pen, morsel(look.fill), 200, 208, 128, 104, 1.4)
    body = "M48 206Q200 268 352 206C344 284 288 330 250 338H150C112 330 56 284 48 206z"
    pen.path(tone, body)
    pen.path(
        pen.fade(
            (0, "#000", 0.08),
            (0.16, "#fff", 0.5),
            (0.34, "#fff", 0),
            (0.76, "#000", 0.08),
            (1, "#000", 0.3),
        ),
        body,
    )
    pen.begin(pen.clip(body))
    pen.path(look.dye, "M40 214Q200 278 360 214V224Q200 290 40 224z")
    pen.end()
    pen.path(dark(tone, 20), "M150 334h100l5 9H145z")
    garnish(pen, look, ((350, 352, 0), (52, 350, 0)))


def glass(pen: Pen, look: Look) -> None:
    """A clear glass of the drink, what it is made from beside it."""
    room(pen, look.stage)
    _runner(pen, look)
    drink = look.second
    shadow(pen, 176, 338, 92, 14)
    pen.oval("#f7f3ea", 176, 330, 112, 20)
    pen.oval("#e3dac6", 176, 327, 84, 13)
    body = "M98 84H254L238 312Q236 326 222 326H130Q116 326 114 312z"
    pen.path("#fff", body, 'opacity=".55"')
    inside = "M105 128H247L233 308Q231 318 220 318H132Q121 318 119 308z"
    pen.path(drink, inside, 'opacity=".94"')
    pen.path(
        pen.fade(
            (0, dark(drink, 30), 0.5),
            (0.3, light(drink, 50), 0.5),
            (0.6, drink, 0),
            (1, dark(drink, 50), 0.6),
        ),
        inside,
    )
    pen.oval(light(drink, 36), 176, 128, 71, 12)
    if "foam" in look.props:
        pen.oval(light(drink, 50), 176, 127, 66, 10)
        for x in range(118, 238, 13):
            pen.oval("#fff", x, 126 + x % 3, 4, 3, 'opacity=".6"')
    pen.line("#fff", 8, "M112 98L128 300", 'opacity=".6"')
    pen.line("#fff", 3, "M238 110L226 290", 'opacity=".5"')
    pen.oval("none", 176, 84, 78, 12, 'stroke="#fff" stroke-width="3" opacity=".9"')
    steam = "M150 66q-14-20 0-36t0-32M182 62q-14-20 0-36t0-32M212 66q-14-20 0-36t0-32"
    if "cold" not in look.props:
        pen.line("#fff", 5, steam, 'opacity=".6"')
    _heap_beside(pen, look)


def cup(pen: Pen, look: Look) -> None:
    """A cup of the drink on its saucer."""
    room(pen, look.stage)
    _runner(pen, look)
    shadow(pen, 172, 338, 122, 16)
    tone, drink = "#fbf8f1", look.second
    pen.oval(dark(tone, 8), 172, 320, 132, 24)
    pen.oval(tone, 172, 315, 132, 23)
    pen.oval("none", 172, 315, 122, 20, f'stroke="{look.dye}" stroke-width="3"')
    pen.line(tone, 18, "M250 204C306 196 314 260 250 276")
    pen.line(dark(tone, 14), 4, "M252 214C292 210 298 254 252 266", 'opacity=".5"')
    body = "M80 172H264C264 262 232 306 208 314H136C112 306 80 262 80 172z"
    pen.path(tone, body)
    pen.path(
        pen.fade((0, "#000", 0.1), (0.2, "#fff", 0.3), (0.5, "#000", 0), (1, "#000", 0.22)), body
    )
    pen.begin(pen.clip(body))
    pen.path(pen.motif(look.motif, look.dye, 1.1), "M70 226H280V258H70z")
    pen.end()
    pen.oval(tone, 172, 172, 92, 24)
    pen.oval(drink, 172, 173, 82, 19)
    pen.oval(light(drink, 40), 150, 169, 36, 7, 'opacity=".7"')
    pen.line(
        "#fff",
        6,
        "M146 140q-16-24 0-42t0-40M186 136q-16-24 0-42t0-40M220 144q-14-20 0-36t0-34",
        'opacity=".6"',
    )
    _heap_beside(pen, look)


def shell(pen: Pen, look: Look) -> None:
    """A coconut shell of the drink on a ring of bamboo."""
    room(pen, look.stage)
    _runner(pen, look)
    shadow(pen, 180, 336, 116, 15)
    pen.path("#c9a765", "M112 300H248L240 338H120z")
    pen.line("#8a6a34", 3, "M112 308H248M116 328H244")
    body = "M64 172Q180 212 296 172C296 262 246 316 180 318C114 316 64 262 64 172z"
    pen.path("#5a3a20", body)
    pen.begin(pen.clip(body))
    for _ in range(60):
        x, y = pen.random.uniform(70, 290), pen.random.uniform(180, 316)
        pen.line("#7a5430", 1.8, f"M{x:.0f} {y:.0f}q6 10 4 20", 'opacity=".8"')
    pen.path(pen.fade((0, "#fff", 0.2), (0.4, "#fff", 0), (1, "#000", 0.4)), "M60 160H300V320H60z")
    pen.end()
    pen.oval("#f2ead8", 180, 172, 116, 30)
    pen.oval(look.second, 180, 174, 102, 24)
    pen.oval(light(look.second, 40), 150, 168, 44, 8, 'opacity=".7"')
    pen.line("#fff", 6, "M150 136q-16-24 0-42t0-40M196 134q-16-24 0-42t0-40", 'opacity=".6"')
    _heap_beside(pen, look)


def _heap_beside(pen: Pen, look: Look) -> None:
    """A small heap of the dry goods to the right of a drink."""
    shadow(pen, 316, 344, 62, 12)
    if look.fill.startswith("#"):
        powder(pen, look.fill, 318, 348, 62, 62)
    elif look.fill:
        heap(pen, morsel(look.fill), 318, 342, 58, 46, 1.05)
    garnish(pen, look, ((54, 354, 0),))


def _runner(pen: Pen, look: Look) -> None:
    """The cooperative's cloth across the table's front."""
    over = dark(look.dye, 70) if look.dye_name == "kunyit" else light(look.dye, 62)
    pen.path(look.dye, "M0 366H400V400H0z")
    pen.path(pen.motif(look.motif, over, 1.4), "M0 366H400V400H0z", 'opacity=".7"')
    pen.path(light(look.dye, 30), "M0 363H400V366H0z")
