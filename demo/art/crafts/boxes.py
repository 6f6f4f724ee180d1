"""Cartons and wraps."""

from demo.art.drawing.colours import PAPER, dark, light
from demo.art.drawing.finish import Look
from demo.art.drawing.labels import cloth, label, tag
from demo.art.drawing.pen import Pen
from demo.art.drawing.stage import shadow
from demo.art.food.heaps import morsel, pour


def _faces(
    pen: Pen, look: Look, left: float, top: float, wide: float, high: float, deep: float
) -> str:
    """A carton seen a little from the right and above.

    :return: its front face as an outline.
    """
    lift = deep * 0.42
    shadow(pen, left + (wide + deep) / 2, top + high, (wide + deep) * 0.56, 13)
    front = f"M{left} {top}h{wide}v{high}h{-wide}z"
    side = f"M{left + wide} {top}l{deep} {-lift}v{high - lift * 0.25}l{-deep} {lift * 1.25}z"
    lid = f"M{left} {top}l{deep} {-lift}h{wide}l{-deep} {lift}z"
    pen.path(look.body, front)
    pen.path(dark(look.body, 34), side)
    pen.begin(pen.clip(side))
    cloth(pen, look, f"M{left + wide} {top + high * 0.74}l{deep} {-lift}v{high}h{-deep}z", 1.0)
    pen.path("#000", side, 'opacity=".22"')
    pen.end()
    pen.path(light(look.body, 30), lid)
    pen.line(light(look.body, 50), 1.4, f"M{left} {top}h{wide}l{deep} {-lift}", 'opacity=".8"')
    return front


def carton(pen: Pen, look: Look) -> None:
    """A flat carton of sweets standing on its edge, with the goods printed on it."""
    left, top, wide, high = 66, 122, 232, 218
    front = _faces(pen, look, left, top, wide, high, 50)
    pen.begin(pen.clip(front))
    cloth(pen, look, f"M{left} {top + high - 34}h{wide}v34h{-wide}z", 1.3)
    pen.line(PAPER, 2, f"M{left} {top + high - 36}h{wide}", 'opacity=".85"')
    if look.second:
        pen.oval(look.second, left + wide / 2, top + high - 56, wide * 0.62, 54)
    pen.end()
    if look.fill:
        dish = f"M{left + 26} {top + 146}H{left + wide - 26}Q{left + wide - 30} {top + 184} {left + wide / 2} {top + 184}Q{left + 30} {top + 184} {left + 26} {top + 146}z"
        pen.begin(pen.clip(dish))
        pour(pen, morsel(look.fill), (left + 20, top + 136, wide - 40, 56), 1.05)
        pen.end()
        pen.line(light(look.body, 60), 1.8, dish, 'opacity=".85"')
    height = 112 if look.fill else 150
    label(pen, look, (left + 16, top + 18, wide - 32, height))
    pen.path(
        pen.fade((0, "#fff", 0.18), (0.3, "#fff", 0), (0.8, "#000", 0), (1, "#000", 0.12)), front
    )


def tall_carton(pen: Pen, look: Look) -> None:
    """An upright folding box: tea bags, powders, sachets."""
    left, top, wide, high = 94, 84, 186, 256
    front = _faces(pen, look, left, top, wide, high, 46)
    pen.begin(pen.clip(front))
    if look.second:
        d = f"M{left} {top + 176}Q{left + wide / 2} {top + 138} {left + wide} {top + 176}V{top + high}H{left}z"
        pen.path(look.second, d)
        pen.line(light(look.second, 50), 2, d, 'opacity=".6"')
    cloth(pen, look, f"M{left} {top}h{wide}v30h{-wide}z", 1.2)
    pen.end()
    if look.fill:
        d = f"M{left + 93} {top + 166}a40 40 0 1 1-.1 0z"
        pen.begin(pen.clip(d))
        pour(pen, morsel(look.fill), (left + 46, top + 160, 96, 92), 0.95)
        pen.end()
        pen.line(PAPER, 3, d)
    label(pen, look, (left + 12, top + 46, wide - 24, 110))
    pen.path(
        pen.fade((0, "#fff", 0.18), (0.3, "#fff", 0), (0.8, "#000", 0), (1, "#000", 0.12)), front
    )


def block_carton(pen: Pen, look: Look) -> None:
    """A small low carton, the sleeve half off so that the goods can be seen."""
    shadow(pen, 200, 340, 150, 14)
    tray = "M210 224H344V330Q344 338 336 338H210z"
    pen.path(dark(look.body, 18), tray)
    pen.begin(pen.clip("M210 232H334V328H210z"))
    pen.path(light(look.fill_colour, 60), "M200 220h150v120h-150z")
    pour(pen, morsel(look.fill), (206, 230, 132, 100), 1.35)
    pen.path("#000", "M210 224h16v120h-16z", 'opacity=".24"')
    pen.end()
    pen.line(light(look.body, 30), 2, "M210 232H334V328H210")
    front = "M52 160H252V340H52z"
    pen.path("#1d1006", front, 'opacity=".2" transform="translate(5 3)"')
    pen.path(look.body, front)
    lid = "M52 160L86 136H286L252 160z"
    pen.path(light(look.body, 30), lid)
    pen.path(dark(look.body, 30), "M252 160L286 136V224H252z")
    pen.begin(pen.clip(front))
    cloth(pen, look, "M52 306h200v34h-200z", 1.2)
    pen.end()
    label(pen, look, (66, 176, 172, 118))


def bar(pen: Pen, look: Look) -> None:
    """A bar of chocolate out of its sleeve and gold paper."""
    shadow(pen, 196, 342, 128, 13)
    pen.begin('transform="rotate(-7 200 210)"')
    pen.path(
        "#d8a93a",
        "M112 62l12 8 12-9 14 9 12-8 14 9 14-9 12 8 14-8 12 9 14-9 12 8 14-8 12 8 12-8 6 6v110H106V68z",
    )
    pen.path(
        pen.fade((0, "#fff", 0.5), (0.4, "#fff", 0), (1, "#7a4c00", 0.5)), "M106 62h182v120H106z"
    )
    pen.path(look.fill_colour, "M122 44h152v110H122z")
    for column in range(4):
        for row in range(3):
            x, y = 122 + column * 38, 44 + row * 38
            pen.path(light(look.fill_colour, 16), f"M{x + 4} {y + 4}h30v30h-30z")
            pen.line(
                light(look.fill_colour, 40),
                1.6,
                f"M{x + 5} {y + 33}V{y + 5}H{x + 33}",
                'opacity=".7"',
            )
    pen.path(dark(look.fill_colour, 20), "M236 44h38v38l-14-8-10 6-14-12z")
    sleeve = "M104 136H292V342H104z"
    pen.path("#1d1006", sleeve, 'opacity=".24" transform="translate(4 3)"')
    pen.path(look.body, sleeve)
    pen.begin(pen.clip(sleeve))
    cloth(pen, look, "M104 136H292V166H104z", 1.2)
    cloth(pen, look, "M104 300H292V342H104z", 1.5)
    pen.end()
    pen.path(pen.fade((0, "#fff", 0.2), (0.3, "#fff", 0), (1, "#000", 0.2)), sleeve)
    pen.end()
    pen.words(
        look.title, (112, 178, 172, 112), ink="#fcfbf7", maximum=50, small=look.small,
        small_ink="#f3e6d0", small_maximum=16, turn=-7,
    )  # fmt: skip


def leaf_wrap(pen: Pen, look: Look) -> None:
    """Rounds of palm sugar in dried leaf, tied with a string."""
    shadow(pen, 200, 324, 128, 17)
    for x, y in ((138, 250), (262, 250), (200, 168)):
        pen.path(dark(look.fill, 24), f"M{x - 60} {y}q0-20 60-20t60 20v54q0 24-60 24t-60-24z")
        pen.path(look.fill, f"M{x - 60} {y}q0-20 60-20t60 20v44q0 24-60 24t-60-24z")
        pen.oval(light(look.fill, 26), x, y, 60, 21)
        pen.oval(light(look.fill, 12), x, y + 2, 50, 15)
        leaf = f"M{x - 62} {y + 14}q62 26 124 0l-2 30q-60 26-120 0z"
        pen.path(look.body, leaf)
        veins = "".join(f"M{x + k} {y + 24}v26" for k in range(-50, 54, 9))
        pen.line(dark(look.body, 30), 1.2, veins, 'opacity=".5"')
        pen.line("#efe0bd", 3, f"M{x - 61} {y + 34}q61 26 122 0")
    leaf = "M92 118Q160 60 320 96Q280 150 236 152Q160 150 92 118z"
    pen.path(dark(look.body, 10), leaf)
    pen.line(light(look.body, 30), 2, "M98 118Q190 92 314 98")
    veins = "M140 104l14 30M176 96l12 46M216 92l8 54M254 90l2 50"
    pen.line(dark(look.body, 34), 1.4, veins, 'opacity=".5"')
    tag(pen, look, 204, 276, 168, -3)
