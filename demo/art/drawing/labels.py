"""Labels: every cooperative has its own form, filled with its motif, its dye and the name."""

from collections.abc import Callable, Mapping

from demo.art.drawing.colours import MUTED, PAPER, dark, light, mix
from demo.art.drawing.finish import Look
from demo.art.drawing.pen import Pen

Box = tuple[float, float, float, float]
"""Left, top, width, height."""


def label(pen: Pen, look: Look, box: Box) -> None:
    """The cooperative's label on the front of a pack."""
    SHAPES[look.shape](pen, look, box)


def seal(pen: Pen, look: Look, x: float, y: float, radius: float = 24) -> None:
    """A round sticker with the motif, where a pack has room for one."""
    pen.oval(PAPER, x, y, radius, radius)
    pen.oval(look.dye, x, y, radius - 2.5, radius - 2.5)
    fill = pen.motif(look.motif, light(look.dye, 78), radius / 30)
    pen.oval(fill, x, y, radius - 2.5, radius - 2.5)


def cloth(pen: Pen, look: Look, d: str, scale: float = 1.0, strength: int = 70) -> None:
    """A strip of the cooperative's cloth inside an outline."""
    pen.path(look.dye, d)
    over = dark(look.dye, 70) if look.dye_name == "kunyit" else light(look.dye, strength)
    pen.path(pen.motif(look.motif, over, scale), d)


def _paper(pen: Pen, d: str, ground: str = PAPER) -> None:
    pen.path("#1d1006", d, 'opacity=".16" transform="translate(2 3)"')
    pen.path(ground, d)


def _text(pen: Pen, look: Look, box: Box, ink: str = "", small_ink: str = MUTED) -> None:
    left, top, width, height = box
    pen.words(
        look.title,
        (left, top, width, height),
        ink=ink or look.ink,
        maximum=height * 0.42,
        small=look.small,
        small_ink=small_ink,
        small_maximum=height * 0.18,
    )


def _card(pen: Pen, look: Look, box: Box) -> None:
    left, top, wide, high = box
    _paper(pen, f"M{left} {top}h{wide}v{high}h{-wide}z")
    cloth(pen, look, f"M{left} {top}h{wide}v{high * 0.24:.1f}h{-wide}z")
    _text(pen, look, (left + 8, top + high * 0.29, wide - 16, high * 0.66))


def _arch(pen: Pen, look: Look, box: Box) -> None:
    left, top, wide, high = box
    rise = high * 0.3
    d = (
        f"M{left} {top + high}V{top + rise}C{left} {top - 4} {left + wide} {top - 4} "
        f"{left + wide} {top + rise}V{top + high}z"
    )
    _paper(pen, d)
    pen.begin(pen.clip(d))
    cloth(pen, look, f"M{left} {top}h{wide}v{rise + 2:.1f}h{-wide}z")
    pen.end()
    _text(pen, look, (left + 8, top + rise + 7, wide - 16, high - rise - 14))


def _sash(pen: Pen, look: Look, box: Box) -> None:
    left, top, wide, high = box
    pen.path("#1d1006", f"M{left} {top}h{wide}v{high + 4}h{-wide}z", 'opacity=".16"')
    pen.path(look.dye, f"M{left} {top}h{wide}v{high}h{-wide}z")
    strip = high * 0.16
    for y in (top, top + high - strip):
        pen.path(PAPER, f"M{left} {y}h{wide}v{strip}h{-wide}z")
        pen.path(
            pen.motif(look.motif, look.dye, strip / 24), f"M{left} {y}h{wide}v{strip}h{-wide}z"
        )
    inner = (left + 9, top + strip + 6, wide - 18, high - 2 * strip - 12)
    _text(pen, look, inner, look.on_dye, mix(look.on_dye, look.dye, 12))


def _leaf(pen: Pen, look: Look, box: Box) -> None:
    left, top, wide, high = box
    r = high * 0.34
    d = (
        f"M{left} {top + r}Q{left} {top} {left + r} {top}H{left + wide}V{top + high - r}"
        f"Q{left + wide} {top + high} {left + wide - r} {top + high}H{left}z"
    )
    _paper(pen, d)
    pen.begin(pen.clip(d))
    cloth(pen, look, f"M{left} {top}h{wide}v{high * 0.23:.1f}h{-wide}z")
    pen.path(look.dye, f"M{left} {top + high - 5}h{wide}v6h{-wide}z")
    pen.end()
    _text(pen, look, (left + 9, top + high * 0.28, wide - 18, high * 0.65))


def _wave(pen: Pen, look: Look, box: Box) -> None:
    left, top, wide, high = box
    step = wide / 4
    bottom = "".join(f"q{-step / 2} {8 if place % 2 else -8} {-step} 0" for place in range(4))
    d = f"M{left} {top}h{wide}v{high - 4}{bottom}z"
    _paper(pen, d)
    pen.begin(pen.clip(d))
    cloth(pen, look, f"M{left} {top + high * 0.74}h{wide}v{high * 0.4:.1f}h{-wide}z")
    pen.path(look.dye, f"M{left} {top}h{wide}v5h{-wide}z")
    pen.end()
    _text(pen, look, (left + 8, top + high * 0.09, wide - 16, high * 0.61))


def _side(pen: Pen, look: Look, box: Box) -> None:
    left, top, wide, high = box
    strip = wide * 0.15
    _paper(pen, f"M{left} {top}h{wide}v{high}h{-wide}z")
    for x in (left, left + wide - strip):
        cloth(pen, look, f"M{x} {top}h{strip}v{high}h{-strip}z", strip / 24)
    _text(pen, look, (left + strip + 5, top + 8, wide - 2 * strip - 10, high - 16))


def _tumpal(pen: Pen, look: Look, box: Box) -> None:
    left, top, wide, high = box
    teeth = 9
    step = wide / teeth
    saw = f"l{step / 2} 9l{step / 2}-9" * teeth
    _paper(pen, f"M{left} {top}h{wide}v{high}h{-wide}z")
    cloth(pen, look, f"M{left} {top}h{wide}v{high * 0.18:.1f}h{-wide}z", 0.9)
    pen.path(look.dye, f"M{left} {top + high * 0.18}{saw}z")
    low = f"l{step / 2}-9l{step / 2} 9" * teeth
    pen.path(look.dye, f"M{left} {top + high}{low}z")
    _text(pen, look, (left + 8, top + high * 0.3, wide - 16, high * 0.59))


def _notch(pen: Pen, look: Look, box: Box) -> None:
    left, top, wide, high = box
    c = 12
    d = (
        f"M{left + c} {top}H{left + wide - c}Q{left + wide - c} {top + c} {left + wide} {top + c}"
        f"V{top + high - c}Q{left + wide - c} {top + high - c} {left + wide - c} {top + high}"
        f"H{left + c}Q{left + c} {top + high - c} {left} {top + high - c}V{top + c}"
        f"Q{left + c} {top + c} {left + c} {top}z"
    )
    _paper(pen, d)
    pen.begin(pen.clip(d))
    cloth(pen, look, f"M{left} {top}h{wide}v{high * 0.25:.1f}h{-wide}z")
    pen.end()
    pen.line(
        look.dye,
        1.6,
        d,
        f'transform="translate({left + wide / 2} {top + high / 2}) scale(.955 .93) translate({-left - wide / 2} {-top - high / 2})" opacity=".75"',
    )
    _text(pen, look, (left + 10, top + high * 0.3, wide - 20, high * 0.6))


def _roof(pen: Pen, look: Look, box: Box) -> None:
    left, top, wide, high = box
    dip = high * 0.24
    roof = (
        f"M{left - 8} {top - 6}Q{left + wide / 2} {top + dip} {left + wide + 8} {top - 6}"
        f"L{left + wide} {top + dip + 4}H{left}z"
    )
    _paper(pen, f"M{left} {top + dip * 0.5}h{wide}v{high - dip * 0.5}h{-wide}z")
    pen.path("#1d1006", roof, 'opacity=".18" transform="translate(1 3)"')
    cloth(pen, look, roof)
    pen.path(dark(look.dye, 25), f"M{left} {top + high - 5}h{wide}v5h{-wide}z")
    _text(pen, look, (left + 8, top + dip + 10, wide - 16, high - dip - 21))


def _oval(pen: Pen, look: Look, box: Box) -> None:
    left, top, wide, high = box
    d = (
        f"M{left} {top + high / 2}C{left} {top + high * 0.08} {left + wide * 0.1} {top} "
        f"{left + wide / 2} {top}C{left + wide * 0.9} {top} {left + wide} {top + high * 0.08} "
        f"{left + wide} {top + high / 2}C{left + wide} {top + high * 0.92} {left + wide * 0.9} "
        f"{top + high} {left + wide / 2} {top + high}C{left + wide * 0.1} {top + high} {left} "
        f"{top + high * 0.92} {left} {top + high / 2}z"
    )
    _paper(pen, d)
    pen.begin(pen.clip(d))
    cloth(pen, look, f"M{left} {top}h{wide}v{high * 0.22:.1f}h{-wide}z")
    cloth(pen, look, f"M{left} {top + high * 0.86}h{wide}v{high * 0.2:.1f}h{-wide}z")
    pen.end()
    _text(pen, look, (left + 12, top + high * 0.27, wide - 24, high * 0.54))


def _both(pen: Pen, look: Look, box: Box) -> None:
    left, top, wide, high = box
    _paper(pen, f"M{left} {top}h{wide}v{high}h{-wide}z", light(look.dye, 91))
    strip = high * 0.15
    for y in (top, top + high - strip):
        cloth(pen, look, f"M{left} {y}h{wide}v{strip}h{-wide}z", strip / 24 * 1.1)
    _text(pen, look, (left + 8, top + strip + 6, wide - 16, high - 2 * strip - 12))


def _round(pen: Pen, look: Look, box: Box) -> None:
    left, top, wide, high = box
    x, radius = left + wide / 2, high * 0.21
    y = top + radius * 0.72
    low = top + radius * 0.72
    d = f"M{left} {low}h{wide}V{top + high}h{-wide}z"
    _paper(pen, d)
    pen.path(look.dye, f"M{left} {low}h{wide}v5h{-wide}zM{left} {top + high - 5}h{wide}v5h{-wide}z")
    seal(pen, look, x, y, radius)
    _text(pen, look, (left + 8, y + radius + 5, wide - 16, top + high - 12 - y - radius))


SHAPES: Mapping[str, Callable[[Pen, Look, Box], None]] = {
    "card": _card, "arch": _arch, "sash": _sash, "leaf": _leaf, "wave": _wave, "side": _side,
    "tumpal": _tumpal, "notch": _notch, "roof": _roof, "oval": _oval, "both": _both,
    "round": _round,
}  # fmt: skip


def pork_notice(pen: Pen) -> None:
    """The words the law asks for on food with pork, in a red frame on the pack's foot."""
    pen.path("#fff", "M118 308H282V338H118z")
    pen.path("none", "M121 311H279V335H121z", 'stroke="#c4161c" stroke-width="3"')
    pen.words(("MENGANDUNG BABI",), (126, 314, 148, 18), ink="#c4161c", maximum=20)


def tag(pen: Pen, look: Look, x: float, y: float, width: float = 152, turn: float = -4) -> None:
    """A hanging card with a string: what goods without a pack carry.

    :param x: middle of the card, ``y`` its upper edge.
    """
    height = width * (0.56 if len(look.title) > 1 else 0.46)
    left = x - width / 2
    pen.begin(f'transform="rotate({turn} {x} {y + height / 2})"')
    body = f"M{left + 6} {y}h{width - 12}q6 0 6 6v{height - 12}q0 6-6 6h{12 - width}q-6 0-6-6v{12 - height}q0-6 6-6z"
    pen.path("#1d1006", body, 'opacity=".24" transform="translate(3 5)"')
    pen.path(PAPER, body)
    pen.begin(pen.clip(body))
    cloth(pen, look, f"M{left} {y}h{width}v{height * 0.23:.1f}h{-width}z")
    pen.path(look.dye, f"M{left} {y + height - 4}h{width}v5h{-width}z")
    pen.end()
    pen.end()
    pen.words(
        look.title,
        (left + 8, y + height * 0.28, width - 16, height * 0.6),
        ink=look.ink,
        maximum=height * 0.36,
        small=look.small,
        small_maximum=height * 0.145,
        turn=turn,
    )
