"""Fried, dried and shredded food, piece by piece."""

from random import Random

from demo.art.drawing.colours import dark, light, mix
from demo.art.food.piece import Morsel, fill, line, oval, piece


def chips(colour: str, spot: str = "") -> Morsel:
    """Round crisps with a rim."""
    rim, inner = dark(colour, 16), light(colour, 24)
    shapes = []
    for d in (
        "M-25 2C-24-12-8-19 6-17C20-15 27-6 25 4C23 15 8 19-6 18C-18 17-26 11-25 2z",
        "M-24-3C-19-15-4-18 9-16C22-13 26-2 23 7C19 16 2 18-10 16C-22 13-27 5-24-3z",
        "M-23 5C-26-7-13-17 2-17C17-18 27-8 24 3C22 14 11 16-1 18C-13 19-21 14-23 5z",
    ):
        over = [f'<g transform="scale(.74)">{fill(inner, d)}</g>']
        if spot:
            over.append(fill(spot, oval(3, 2, 4.6, 3.8), 0.75))
            over.append(fill(spot, oval(-8, -4, 2.2), 0.6))
        over.append(line("#fff", 1.6, "M-17-5q6-8 17-8", 0.5))
        shapes.append(piece(d, rim, *over))
    return Morsel(tuple(shapes), 31, dark(colour, 36))


def veined(colour: str, vein: str) -> Morsel:
    """Taro and yam: crisps with coloured threads."""
    base = chips(colour)
    threads = "".join(
        line(vein, 1.5, d, 0.85)
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
        marks = line(over, 3, "M-19 4C-12-5-4 4 4-4C10-9 16-2 21-4", 0.9)
        dots = fill(spot, oval(-6, 6, 2.4), 0.7) + fill(spot, oval(10, 4, 1.9), 0.7)
        shapes.append(piece(one, colour, marks, dots if spot else ""))
    return Morsel(tuple(shapes), 31, dark(colour, 34))


def long_chips(colour: str, spot: str = "") -> Morsel:
    """Cassava cut lengthwise."""
    d = "M-37 2C-30-10 8-14 31-9C38-6 38 4 31 6C8 11-22 13-34 9C-38 7-38 5-37 2z"
    e = "M-36-3C-22-12 14-9 33-4C38 0 36 8 28 9C6 12-28 9-36 4C-38 2-38-1-36-3z"
    shapes = []
    for one in (d, e):
        over = [line(light(colour, 40), 3.4, "M-27 0C-10-6 10-6 27-2", 0.8)]
        if spot:
            over += [fill(spot, oval(x, y, 1.8), 0.9) for x, y in ((-14, 3), (3, 4), (18, 1))]
            over.append(line("#fff", 1.8, "M-20-5q16-4 30-2", 0.6))
        shapes.append(piece(one, colour, *over))
    return Morsel(tuple(shapes), 34, dark(colour, 34))


def curls(colour: str, spot: str = "") -> Morsel:
    """Shavings that rolled up while frying."""
    dim = dark(colour, 30)
    shapes = [
        line(dim, 11, d) + line(colour, 8.4, d) + line(spot or light(colour, 36), 2, d, 0.9)
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
            fill(light(colour, 26), oval(0, 0, 21, 20)),
            line(dark(colour, 18), 1.2, "M-16-6q8-8 16-4M-10 12q12 4 20-4", 0.7),
        ]
        if nut:
            spots = ((-9, -6), (6, -9), (11, 6), (-3, 6), (-12, 8))
            over += [
                fill(dark(nut, 30), oval(x + 0.8, y + 1.2, 5, 4)) + fill(nut, oval(x, y, 5, 4))
                for x, y in spots
            ]
        shapes.append(
            f'<g transform="rotate({turn})">{piece(oval(0, 0, 27, 25.5), colour, *over)}</g>'
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
        shapes.append(piece(oval(0, 0, 25, 24), dark(colour, 6), *grains))
    return Morsel(tuple(shapes), 40, dark(colour, 34))


def burnt_discs(colour: str, spot: str = "#6b3d18") -> Morsel:
    """Rice cakes from the embers, with their scorched spots."""
    base = discs(colour)
    spots = "".join(
        fill(spot, oval(x, y, r, r * 0.8), 0.62)
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
    over = line(light(colour, 55), 2, "M-14-10Q0-13 14-11", 0.9)
    dots = "".join(
        fill(dark(colour, 14), oval(x, y, 1.3)) for x, y in ((-8, 0), (4, 6), (9, -3), (-3, 9))
    )
    return Morsel((piece(d, colour, over, dots),), 31, dark(colour, 24))


def puffs(colour: str, _: str = "") -> Morsel:
    """Fish puffs: long, light and blown up."""
    d = "M-19 3C-22-8-10-15 2-13C14-14 23-7 20 3C18 13 4 13-4 13C-12 15-18 11-19 3z"
    over = fill(light(colour, 60), "M-13-3C-10-10 2-11 10-8C2-8-7-6-13-3z", 0.9)
    return Morsel(
        (piece(d, colour, over, line(dark(colour, 16), 1.2, "M-8 8q9 3 17-2", 0.6)),),
        28,
        dark(colour, 22),
    )


def sticks(colour: str, _: str = "") -> Morsel:
    """Short fried fingers."""
    d = "M-25-3C-24-9-14-8-4-8C8-8 20-9 24-4C27 1 24 7 17 7C4 9-12 8-20 7C-25 6-27 2-25-3z"
    over = line(light(colour, 45), 2.6, "M-18-3C-6-5 6-5 16-3", 0.8)
    return Morsel((piece(d, colour, over),), 27, dark(colour, 36))


def lumps(colour: str, sauce: str = "") -> Morsel:
    """Chunks of meat in their dark seasoning."""
    gleam = sauce or light(colour, 30)
    shapes = []
    for d in (
        "M-22-4L-12-16L6-17L20-8L23 6L10 16L-10 17L-21 9z",
        "M-24 0L-16-13L2-12L14-17L24-3L18 12L0 14L-15 15z",
    ):
        over = (
            fill(light(colour, 14), "M-15-5L-8-12L5-12L13-6L2-1L-9 1z", 0.9),
            line(gleam, 2, "M-11-7q8-4 16-2", 0.8),
            line(dark(colour, 40), 1.4, "M-9 8l12-2l9 4M-14 4l7 2", 0.7),
        )
        shapes.append(piece(d, colour, *over))
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
                line(
                    rng.choice(tones),
                    2.1,
                    f"M{x:.1f} {y:.1f}q{dx / 2 + bend:.1f} {dy / 2 - bend:.1f} {dx:.1f} {dy:.1f}",
                )
            )
        if spot:
            threads.append(fill(spot, oval(rng.uniform(-9, 9), rng.uniform(-7, 7), 2)))
        shapes.append("".join(threads))
    return Morsel(tuple(shapes), 15, dark(colour, 26))
