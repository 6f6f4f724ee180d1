"""Single pieces of what is in the packs, drawn around the origin and about 40 units wide.

Each function takes the main colour and, where there is one, a second; it returns a few variants,
so that a heap of them does not look stamped.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random

from shop.demo.art.colours import dark, light, mix


@dataclass(frozen=True)
class Morsel:
    """What lies in a heap.

    :param shapes: variants of one piece, as SVG around the origin.
    :param across: distance between neighbours in a heap, in units of the field.
    :param ground: what shows between the pieces.
    """

    shapes: tuple[str, ...]
    across: float
    ground: str
    long: float = 0
    """Length of pieces that are laid out in rows, where it differs much from their width."""


def _piece(d: str, colour: str, *over: str, edge: int = 22) -> str:
    """A piece with its own small shadow and a darker edge."""
    return (
        f'<path d="{d}" fill="#1d1006" fill-opacity=".26" transform="translate(1.6 2.4)"/>'
        f'<path d="{d}" fill="{colour}" stroke="{dark(colour, edge)}" stroke-width="1"/>'
        + "".join(over)
    )


def _round(x: float, y: float, across: float, down: float | None = None) -> str:
    down = across if down is None else down
    return (
        f"M{x - across} {y}a{across} {down} 0 1 0 {2 * across} 0a{across} {down} 0 1 0 "
        f"{-2 * across} 0z"
    )


def _line(colour: str, width: float, d: str, opacity: float = 1) -> str:
    return (
        f'<path d="{d}" fill="none" stroke="{colour}" stroke-width="{width}" '
        f'stroke-linecap="round" stroke-opacity="{opacity}"/>'
    )


def _fill(colour: str, d: str, opacity: float = 1) -> str:
    return f'<path d="{d}" fill="{colour}" fill-opacity="{opacity}"/>'


def beans(colour: str, groove: str = "") -> Morsel:
    """Coffee: an oval with the seam that bends."""
    seam = groove or light(colour, 42)
    shapes = []
    for bend in (4, 7, -4):
        oval = _round(0, 0, 13, 9.4)
        shapes.append(
            _piece(
                oval,
                colour,
                _fill(light(colour, 22), "M-9 -3q5-6 14-4q-6 0-14 4z", 0.8),
                _line(dark(colour, 45), 2.6, f"M-11.5 1q11 {bend} 23-1"),
                _line(seam, 1.1, f"M-11 .2q11 {bend} 22-1", 0.9),
            )
        )
    return Morsel(tuple(shapes), 19, dark(colour, 45))


def peaberries(colour: str, groove: str = "") -> Morsel:
    """Round coffee: one seed in a cherry."""
    seam = groove or light(colour, 40)
    shape = _piece(
        _round(0, 0, 9.4, 8.4),
        colour,
        _fill(light(colour, 26), _round(-3, -3, 3, 2), 0.8),
        _line(dark(colour, 40), 2, "M-6 2q6 3 12-1"),
        _line(seam, 0.9, "M-6 1.500q6 3 12-1"),
    )
    return Morsel((shape,), 15, dark(colour, 45))


def chips(colour: str, spot: str = "") -> Morsel:
    """Round crisps with a rim."""
    rim, inner = dark(colour, 16), light(colour, 24)
    shapes = []
    for d in (
        "M-25 2C-24-12-8-19 6-17C20-15 27-6 25 4C23 15 8 19-6 18C-18 17-26 11-25 2z",
        "M-24-3C-19-15-4-18 9-16C22-13 26-2 23 7C19 16 2 18-10 16C-22 13-27 5-24-3z",
        "M-23 5C-26-7-13-17 2-17C17-18 27-8 24 3C22 14 11 16-1 18C-13 19-21 14-23 5z",
    ):
        over = [f'<g transform="scale(.74)">{_fill(inner, d)}</g>']
        if spot:
            over.append(_fill(spot, _round(3, 2, 4.6, 3.8), 0.75))
            over.append(_fill(spot, _round(-8, -4, 2.2), 0.6))
        over.append(_line("#fff", 1.6, "M-17-5q6-8 17-8", 0.5))
        shapes.append(_piece(d, rim, *over))
    return Morsel(tuple(shapes), 31, dark(colour, 36))


def veined(colour: str, vein: str) -> Morsel:
    """Taro and yam: crisps with coloured threads."""
    base = chips(colour)
    threads = "".join(
        _line(vein, 1.5, d, 0.85)
        for d in ("M-14-6l8 5", "M-4-10l9 3", "M6 4l9 5", "M-10 7l9-2", "M10-7l6 2", "M-2 1l6 2")
    )
    return Morsel(tuple(shape + threads for shape in base.shapes), 31, base.ground)


def waves(colour: str, spot: str = "") -> Morsel:
    """Thin crisps that curled in the oil."""
    over = light(colour, 30)
    d = "M-27 3C-22-13-9-2 0-12C10-20 20-8 27-9C30 2 20 14 8 11C-2 8-8 20-19 16C-25 13-29 9-27 3z"
    e = "M-26-6C-16-17-8-7 3-13C13-17 27-13 26-2C25 9 14 7 6 15C-3 19-12 9-20 11C-28 9-29 0-26-6z"
    shapes = []
    for one in (d, e):
        marks = _line(over, 3, "M-19 4C-12-5-4 4 4-4C10-9 16-2 21-4", 0.9)
        dots = _fill(spot, _round(-6, 6, 2.4), 0.7) + _fill(spot, _round(10, 4, 1.9), 0.7)
        shapes.append(_piece(one, colour, marks, dots if spot else ""))
    return Morsel(tuple(shapes), 31, dark(colour, 34))


def long_chips(colour: str, spot: str = "") -> Morsel:
    """Cassava cut lengthwise."""
    d = "M-37 2C-30-10 8-14 31-9C38-6 38 4 31 6C8 11-22 13-34 9C-38 7-38 5-37 2z"
    e = "M-36-3C-22-12 14-9 33-4C38 0 36 8 28 9C6 12-28 9-36 4C-38 2-38-1-36-3z"
    shapes = []
    for one in (d, e):
        over = [_line(light(colour, 40), 3.4, "M-27 0C-10-6 10-6 27-2", 0.8)]
        if spot:
            over += [_fill(spot, _round(x, y, 1.8), 0.9) for x, y in ((-14, 3), (3, 4), (18, 1))]
            over.append(_line("#fff", 1.8, "M-20-5q16-4 30-2", 0.6))
        shapes.append(_piece(one, colour, *over))
    return Morsel(tuple(shapes), 34, dark(colour, 34))


def curls(colour: str, spot: str = "") -> Morsel:
    """Shavings that rolled up while frying."""
    dim = dark(colour, 30)
    shapes = [
        _line(dim, 11, d) + _line(colour, 8.4, d) + _line(spot or light(colour, 36), 2, d, 0.9)
        for d in (
            "M-20 6C-14-14 12-14 10 2C8 12-6 8-3 0",
            "M-22-4C-8 10 6-12 20 2",
            "M-14-12C10-14 16 4 2 10C-8 13-14 4-6 0",
        )
    ]
    return Morsel(tuple(shapes), 27, dark(colour, 45))


def discs(colour: str, nut: str = "") -> Morsel:
    """Large round crackers; ``nut`` sits in them."""
    shapes = []
    for turn in (0, 40):
        over = [
            _fill(light(colour, 26), _round(0, 0, 21, 20)),
            _line(dark(colour, 18), 1.2, "M-16-6q8-8 16-4M-10 12q12 4 20-4", 0.7),
        ]
        if nut:
            spots = ((-9, -6), (6, -9), (11, 6), (-3, 6), (-12, 8))
            over += [
                _fill(dark(nut, 30), _round(x + 0.8, y + 1.2, 5, 4))
                + _fill(nut, _round(x, y, 5, 4))
                for x, y in spots
            ]
        shapes.append(
            f'<g transform="rotate({turn})">{_piece(_round(0, 0, 27, 25.5), colour, *over)}</g>'
        )
    return Morsel(tuple(shapes), 39, dark(colour, 30))


def grainy_discs(colour: str, grain: str = "") -> Morsel:
    """Rice crackers: every grain can be seen."""
    rng = Random(7)
    shapes = []
    for _ in range(2):
        grains = []
        for _ in range(64):
            x, y = rng.uniform(-23, 23), rng.uniform(-22, 22)
            if x * x + y * y > 520:
                continue
            tone = (
                light(colour, rng.choice((30, 45, 60)))
                if not grain
                else mix(light(colour, 40), grain, rng.choice((0, 0, 0, 80)))
            )
            turn = rng.randrange(180)
            grains.append(
                f'<ellipse cx="{x:.1f}" cy="{y:.1f}" rx="4.2" ry="2.5" fill="{tone}" '
                f'stroke="{dark(colour, 22)}" stroke-width=".6" transform="rotate({turn} {x:.1f} {y:.1f})"/>'
            )
        shapes.append(_piece(_round(0, 0, 25, 24), dark(colour, 6), *grains))
    return Morsel(tuple(shapes), 40, dark(colour, 34))


def burnt_discs(colour: str, spot: str = "#6b3d18") -> Morsel:
    """Rice cakes from the embers, with their scorched spots."""
    base = discs(colour)
    spots = "".join(
        _fill(spot, _round(x, y, r, r * 0.8), 0.62)
        for x, y, r in (
            (-10, -8, 5),
            (8, -12, 3),
            (12, 6, 5.5),
            (-4, 9, 4),
            (-15, 4, 2.5),
            (3, 0, 2),
        )
    )
    return Morsel(tuple(shape + spots for shape in base.shapes), 40, base.ground)


def squares(colour: str, _: str = "") -> Morsel:
    """Thin square crackers, still raw."""
    d = "M-20-16Q0-21 21-17Q18 0 20 17Q0 14-20 18Q-17 0-20-16z"
    over = _line(light(colour, 55), 2, "M-14-10Q0-13 14-11", 0.9)
    dots = "".join(
        _fill(dark(colour, 14), _round(x, y, 1.3)) for x, y in ((-8, 0), (4, 6), (9, -3), (-3, 9))
    )
    return Morsel((_piece(d, colour, over, dots),), 31, dark(colour, 24))


def nuts(colour: str, skin: str = "") -> Morsel:
    """Peanuts in their skin."""
    other = skin or dark(colour, 20)
    return Morsel(
        tuple(
            _piece(
                _round(0, 0, 12, 8.6),
                tone,
                _fill(light(tone, 40), "M-8-3q5-5 12-3q-6 0-12 3z", 0.8),
                _line(dark(tone, 24), 0.9, "M-6 4q7 2 13-1", 0.6),
            )
            for tone in (colour, other, mix(colour, other, 50))
        ),
        18,
        dark(colour, 42),
    )


def cashews(colour: str, _: str = "") -> Morsel:
    """Half moons, roasted."""
    d = "M-17 6C-20-8-8-16 4-14C15-12 20-4 16 4C13 9 7 7 7 1C6-5-2-5-5 1C-7 7-5 11-9 12C-13 13-16 11-17 6z"
    over = _line(light(colour, 50), 2, "M-13 0C-12-8-2-11 7-9", 0.8)
    toast = _fill(dark(colour, 24), _round(11, 1, 3, 2.2), 0.5)
    return Morsel((_piece(d, colour, over, toast),), 23, dark(colour, 34))


def kernels(colour: str, spot: str = "#b4451c") -> Morsel:
    """Fried maize: plump, with a pale tip."""
    d = "M-11 3C-12-7-2-12 6-10C14-8 14 4 8 9C0 14-10 12-11 3z"
    return Morsel(
        (
            _piece(
                d,
                colour,
                _fill(light(colour, 55), "M-8 6q3-6 8-2q-2 6-7 5z", 0.9),
                _fill(spot, _round(5, -3, 1.6), 0.7),
            ),
            _piece(d, dark(colour, 8), _line("#fff", 2, "M-3-6q5-3 9 0", 0.6)),
        ),
        18,
        dark(colour, 42),
    )


def cubes(colour: str, _: str = "") -> Morsel:
    """Cut dice with a lit top."""
    shape = (
        _piece("M-14-6L0-13L14-6L14 8L0 15L-14 8z", dark(colour, 10))
        + _fill(light(colour, 30), "M-14-6L0-13L14-6L0 1z")
        + _fill(dark(colour, 18), "M0 1L14-6L14 8L0 15z", 0.6)
    )
    return Morsel((shape,), 26, dark(colour, 22))


def sweets(colour: str, twist: str = "#f7efe0") -> Morsel:
    """A soft sweet in clear film, twisted at both ends."""
    ends = _fill(twist, "M-17 0L-28-8L-26 0L-28 8zM17 0L28-8L26 0L28 8z", 0.85)
    body = "M-18-8Q0-12 18-8Q21 0 18 8Q0 12-18 8Q-21 0-18-8z"
    gleam = _fill("#fff", "M-14-6Q0-9 13-6L12-3Q0-6-13-3z", 0.5)
    return Morsel(
        (ends + _piece(body, colour, gleam, _line(light(colour, 40), 1, "M-10 5Q0 7 11 4", 0.7)),),
        34,
        dark(colour, 30),
        62,
    )


def rolls(colour: str, core: str = "") -> Morsel:
    """Rolled and lying with the spiral towards us."""
    spiral = core or dark(colour, 35)
    shape = (
        _piece("M-24-9Q0-13 16-10Q26-8 26 0Q26 9 16 11Q0 14-24 10Q-30 0-24-9z", colour)
        + _line(light(colour, 35), 2.4, "M-20-4Q0-8 12-6", 0.7)
        + _fill(light(colour, 12), _round(18, 0.5, 8.5, 10.5))
        + _line(spiral, 1.8, "M18-8C27-7 27 9 17 8C10 6 12-4 18-4C22-3 21 4 17 3")
    )
    return Morsel((shape,), 34, dark(colour, 40))


def balls(colour: str, _: str = "") -> Morsel:
    """Round and a little rough."""
    shape = _piece(
        "M-15 1C-16-9-8-15 1-15C11-15 16-7 15 1C14 11 8 15-1 15C-10 15-14 9-15 1z",
        colour,
        _fill(light(colour, 50), _round(-5, -6, 6, 4.5), 0.75),
        _line(dark(colour, 20), 1.2, "M-4 10q7 2 12-5M5-9q4 2 5 6", 0.6),
    )
    return Morsel((shape,), 24, dark(colour, 26))


def puffs(colour: str, _: str = "") -> Morsel:
    """Fish puffs: long, light and blown up."""
    d = "M-19 3C-22-8-10-15 2-13C14-14 23-7 20 3C18 13 4 13-4 13C-12 15-18 11-19 3z"
    over = _fill(light(colour, 60), "M-13-3C-10-10 2-11 10-8C2-8-7-6-13-3z", 0.9)
    return Morsel(
        (_piece(d, colour, over, _line(dark(colour, 16), 1.2, "M-8 8q9 3 17-2", 0.6)),),
        28,
        dark(colour, 22),
    )


def sticks(colour: str, _: str = "") -> Morsel:
    """Short fried fingers."""
    d = "M-25-3C-24-9-14-8-4-8C8-8 20-9 24-4C27 1 24 7 17 7C4 9-12 8-20 7C-25 6-27 2-25-3z"
    over = _line(light(colour, 45), 2.6, "M-18-3C-6-5 6-5 16-3", 0.8)
    return Morsel((_piece(d, colour, over),), 27, dark(colour, 36))


def lumps(colour: str, sauce: str = "") -> Morsel:
    """Chunks of meat in their dark seasoning."""
    gleam = sauce or light(colour, 30)
    shapes = []
    for d in (
        "M-22-4L-12-16L6-17L20-8L23 6L10 16L-10 17L-21 9z",
        "M-24 0L-16-13L2-12L14-17L24-3L18 12L0 14L-15 15z",
    ):
        over = (
            _fill(light(colour, 14), "M-15-5L-8-12L5-12L13-6L2-1L-9 1z", 0.9),
            _line(gleam, 2, "M-11-7q8-4 16-2", 0.8),
            _line(dark(colour, 40), 1.4, "M-9 8l12-2l9 4M-14 4l7 2", 0.7),
        )
        shapes.append(_piece(d, colour, *over))
    return Morsel(tuple(shapes), 32, dark(colour, 40))


def floss(colour: str, spot: str = "") -> Morsel:
    """Shredded meat or fish: a tangle of short threads."""
    rng = Random(11)
    tones = (colour, light(colour, 22), dark(colour, 18), light(colour, 38))
    shapes = []
    for _ in range(3):
        threads = []
        for _ in range(17):
            x, y = rng.uniform(-15, 15), rng.uniform(-12, 12)
            dx, dy = rng.uniform(-13, 13), rng.uniform(-7, 7)
            bend = rng.uniform(-8, 8)
            threads.append(
                _line(
                    rng.choice(tones),
                    2.1,
                    f"M{x:.1f} {y:.1f}q{dx / 2 + bend:.1f} {dy / 2 - bend:.1f} {dx:.1f} {dy:.1f}",
                )
            )
        if spot:
            threads.append(_fill(spot, _round(rng.uniform(-9, 9), rng.uniform(-7, 7), 2)))
        shapes.append("".join(threads))
    return Morsel(tuple(shapes), 15, dark(colour, 26))


def husks(colour: str, other: str = "") -> Morsel:
    """Dried fruit skins and leaves, curled."""
    tones = (colour, other or dark(colour, 28), light(colour, 14))
    return Morsel(
        tuple(
            _piece(d, tone, _line(light(tone, 34), 1.3, "M-10 0Q0-5 11-1", 0.8))
            for d, tone in zip(
                (
                    "M-16 2C-10-12 8-12 16-2C10 2 2-2-2 6C-6 10-14 9-16 2z",
                    "M-15-4C-4-14 14-8 15 3C8 9 3 1-4 6C-11 9-16 3-15-4z",
                    "M-14 5C-14-7 4-14 15-6C13 3 3 1 0 8C-5 12-12 11-14 5z",
                ),
                tones,
                strict=True,
            )
        ),
        20,
        dark(colour, 46),
    )


def twists(colour: str, other: str = "") -> Morsel:
    """Rolled tea leaves: short dark squiggles."""
    tones = (colour, other or light(colour, 28), dark(colour, 24))
    return Morsel(
        tuple(
            _line(dark(tone, 34), 5, d) + _line(tone, 3.4, d) + _line(light(tone, 40), 0.9, d, 0.8)
            for d, tone in zip(
                ("M-14 3C-8-8 2 6 13-4", "M-12-5C-4 5 4-6 12 4", "M-10 6C-10-6 6-9 11 2"),
                tones,
                strict=True,
            )
        ),
        14,
        dark(colour, 40),
    )


def grains(colour: str, other: str = "") -> Morsel:
    """Rice and the like."""
    tones = (colour, other or dark(colour, 18), light(colour, 18))
    return Morsel(
        tuple(
            _piece(_round(0, 0, 8.6, 3.2), tone, _line(light(tone, 50), 1, "M-5-1q5-1.5 9 0", 0.8))
            for tone in tones
        ),
        10,
        dark(colour, 40),
    )


def crystals(colour: str, other: str = "") -> Morsel:
    """Salt: small, sharp, and see-through at the edges."""
    tone = other or "#c9d6df"
    return Morsel(
        (
            _piece(
                "M-8-5L2-8L9-1L4 8L-7 6z", colour, _fill(tone, "M2-8L9-1L4 8L0 0z", 0.6), edge=14
            ),
            _piece(
                "M-6-8L7-6L8 5L-3 9L-9 1z", colour, _fill(tone, "M-9 1L0 0L-3 9z", 0.6), edge=14
            ),
            _piece("M-5-4L4-6L6 3L-3 5z", light(colour, 40), edge=12),
        ),
        13,
        mix(colour, tone, 60),
    )


def nibs(colour: str, other: str = "") -> Morsel:
    """Broken bits with a dull and a shining side."""
    gleam = other or light(colour, 30)
    return Morsel(
        (
            _piece("M-10 2L-3-8L8-6L11 3L1 8z", colour, _fill(gleam, "M-3-8L8-6L2 0z", 0.8)),
            _piece(
                "M-8-4L5-8L10 1L0 7L-9 4z", dark(colour, 16), _fill(gleam, "M-8-4L5-8L-1 1z", 0.6)
            ),
        ),
        15,
        dark(colour, 46),
    )


def granules(colour: str, other: str = "") -> Morsel:
    """Palm sugar: tiny uneven grains."""
    tones = (colour, other or light(colour, 24), dark(colour, 16), light(colour, 40))
    return Morsel(
        tuple(_fill(tone, "M-3-2L1-3.500L4 0L1 3.500L-3 2.5z") for tone in tones),
        5.4,
        dark(colour, 14),
    )


def cookies(colour: str, other: str = "") -> Morsel:
    """Small round cakes pressed with a pattern."""
    mark = other or dark(colour, 20)
    petals = "".join(
        _line(mark, 1.8, "M0-4L0-11", 0.8).replace("<path", f'<path transform="rotate({turn})"')
        for turn in range(0, 360, 45)
    )
    shape = _piece(
        _round(0, 0, 19, 18),
        colour,
        _fill(light(colour, 30), _round(-1, -1.5, 15.5, 14.5)),
        petals,
        _fill(mark, _round(0, 0, 2.2)),
    )
    return Morsel((shape,), 31, dark(colour, 28))


def diamonds(colour: str, seed: str = "#f6e7c1") -> Morsel:
    """Lozenge cakes with sesame."""
    rng = Random(5)
    seeds = "".join(
        f'<ellipse cx="{x}" cy="{y}" rx="2.2" ry="1.2" fill="{seed}" transform="rotate({rng.randrange(180)} {x} {y})"/>'
        for x, y in (
            (-12, 0),
            (-5, -5),
            (3, -7),
            (10, -2),
            (14, 1),
            (4, 4),
            (-4, 5),
            (-9, -2),
            (0, 0),
            (7, 6),
            (-1, 9),
        )
    )
    return Morsel(
        (
            _piece(
                "M-25 0Q-10-12 0-15Q10-12 25 0Q10 12 0 15Q-10 12-25 0z",
                colour,
                _fill(light(colour, 20), "M-17 0Q-6-8 0-10Q6-8 17 0Q0-3-17 0z", 0.7),
                seeds,
            ),
        ),
        35,
        dark(colour, 40),
    )


def flowers(colour: str, _: str = "") -> Morsel:
    """Cakes baked in a flower mould."""
    petals = "".join(
        _fill(colour, _round(0, -14, 9, 10)).replace("<path", f'<path transform="rotate({turn})"')
        for turn in range(0, 360, 60)
    )
    under = "".join(
        _fill(dark(colour, 34), _round(0, -14, 10, 11)).replace(
            "<path", f'<path transform="translate(1.5 2.5) rotate({turn})"'
        )
        for turn in range(0, 360, 60)
    )
    crease = "".join(
        _line(dark(colour, 26), 1.4, "M0-3L0-20", 0.6).replace(
            "<path", f'<path transform="rotate({turn})"'
        )
        for turn in range(30, 390, 60)
    )
    return Morsel(
        (
            under
            + petals
            + crease
            + _fill(light(colour, 30), _round(0, 0, 8))
            + _fill(dark(colour, 22), _round(0, 0, 3.4)),
        ),
        41,
        dark(colour, 40),
    )


def slabs(colour: str, _: str = "") -> Morsel:
    """Flat baked bars, scored by the mould."""
    lines = "".join(_line(dark(colour, 28), 1.4, f"M{x}-11v22", 0.7) for x in (-16, -5, 6, 17))
    return Morsel(
        (
            _piece(
                "M-27-12Q0-15 27-12Q29 0 27 12Q0 15-27 12Q-29 0-27-12z",
                colour,
                _fill(light(colour, 24), "M-24-10Q0-12.5 24-10L24-5Q0-8-24-5z", 0.8),
                lines,
            ),
        ),
        36,
        dark(colour, 38),
        62,
    )


def bars(colour: str, _: str = "") -> Morsel:
    """Long soft pieces cut from a slab."""
    gleam = _fill("#fff", "M-26-8L24-9L22-5L-25-4z", 0.32)
    return Morsel(
        (
            _piece(
                "M-29-9Q-27-12 26-12Q31-11 30 8Q29 12-26 12Q-31 11-29-9z",
                colour,
                gleam,
                _fill(dark(colour, 20), "M-29 6Q0 9 30 6L29 10Q0 13-27 11z", 0.5),
            ),
        ),
        34,
        dark(colour, 34),
        68,
    )


def jellies(colour: str, _: str = "") -> Morsel:
    """Clear sweets in several colours, dusted with sugar."""
    tones = ("#d8483f", "#f0b32f", "#7fb04b", "#e98aa6", colour)
    return Morsel(
        tuple(
            _piece(
                "M-15-11Q0-13 15-11Q17 0 15 11Q0 13-15 11Q-17 0-15-11z",
                tone,
                _fill("#fff", "M-12-9Q0-11 12-9L10-2Q0-5-11-2z", 0.45),
                _fill("#fff", _round(7, 5, 1.2) + _round(-6, 6, 1) + _round(0, 1, 1), 0.8),
            )
            for tone in tones
        ),
        29,
        "#efe3d0",
    )


def coconut_balls(colour: str, _: str = "") -> Morsel:
    """Grated coconut in bright sugar colours."""
    tones = ("#f1ead8", "#e88fa4", "#8fbf6b", "#f2c14c", colour)
    rough = "".join(
        _line("#fff", 1.6, f"M{x} {y}l4-3", 0.6)
        for x, y in ((-9, -3), (-3, -9), (4, -6), (8, 1), (-6, 5), (2, 8), (-1, 0))
    )
    return Morsel(
        tuple(_piece(_round(0, 0, 17, 15.5), tone, rough, edge=16) for tone in tones), 29, "#d8c7ae"
    )


def pods(colour: str, _: str = "") -> Morsel:
    """Vanilla: long, thin and shining."""
    shapes = []
    for bend in (9, -8, 5):
        d = f"M-96 2C-50 {-bend} 40 {bend} 96-4"
        stem = _line(dark(colour, 40), 5, "M96-4q9-2 11-8")
        gleam = _line(light(colour, 40), 1.6, f"M-90 0C-50 {-bend - 2} 40 {bend - 2} 90-6")
        shapes.append(stem + _line(dark(colour, 45), 12, d) + _line(colour, 9, d) + gleam)
    return Morsel(tuple(shapes), 33, light(colour, 80), 200)


MORSELS: Mapping[str, Callable[..., Morsel]] = {
    made.__name__.replace("_", "-"): made
    for made in (
        beans, peaberries, chips, veined, waves, long_chips, curls, discs, grainy_discs, burnt_discs,
        squares, nuts, cashews, kernels, cubes, sweets, rolls, balls, puffs, sticks, lumps, floss,
        husks, twists, grains, crystals, nibs, granules, cookies, diamonds, flowers, slabs, bars,
        jellies, coconut_balls, pods,
    )
}  # fmt: skip
"""By the name that ``pictures.toml`` uses."""
