"""Cakes and sweets, piece by piece."""

from random import Random

from demo.art.drawing.colours import dark, light
from demo.art.food.piece import Morsel, fill, line, oval, piece


def cubes(colour: str, _: str = "") -> Morsel:
    """Cut dice with a lit top."""
    shape = (
        piece("M-14-6L0-13L14-6L14 8L0 15L-14 8z", dark(colour, 10))
        + fill(light(colour, 30), "M-14-6L0-13L14-6L0 1z")
        + fill(dark(colour, 18), "M0 1L14-6L14 8L0 15z", 0.6)
    )
    return Morsel((shape,), 26, dark(colour, 22))


def sweets(colour: str, twist: str = "#f7efe0") -> Morsel:
    """A soft sweet in clear film, twisted at both ends."""
    ends = fill(twist, "M-17 0L-28-8L-26 0L-28 8zM17 0L28-8L26 0L28 8z", 0.85)
    body = "M-18-8Q0-12 18-8Q21 0 18 8Q0 12-18 8Q-21 0-18-8z"
    gleam = fill("#fff", "M-14-6Q0-9 13-6L12-3Q0-6-13-3z", 0.5)
    return Morsel(
        (ends + piece(body, colour, gleam, line(light(colour, 40), 1, "M-10 5Q0 7 11 4", 0.7)),),
        34,
        dark(colour, 30),
        62,
    )


def rolls(colour: str, core: str = "") -> Morsel:
    """Rolled and lying with the spiral towards us."""
    spiral = core or dark(colour, 35)
    shape = (
        piece("M-24-9Q0-13 16-10Q26-8 26 0Q26 9 16 11Q0 14-24 10Q-30 0-24-9z", colour)
        + line(light(colour, 35), 2.4, "M-20-4Q0-8 12-6", 0.7)
        + fill(light(colour, 12), oval(18, 0.5, 8.5, 10.5))
        + line(spiral, 1.8, "M18-8C27-7 27 9 17 8C10 6 12-4 18-4C22-3 21 4 17 3")
    )
    return Morsel((shape,), 34, dark(colour, 40))


def balls(colour: str, _: str = "") -> Morsel:
    """Round and a little rough."""
    shape = piece(
        "M-15 1C-16-9-8-15 1-15C11-15 16-7 15 1C14 11 8 15-1 15C-10 15-14 9-15 1z",
        colour,
        fill(light(colour, 50), oval(-5, -6, 6, 4.5), 0.75),
        line(dark(colour, 20), 1.2, "M-4 10q7 2 12-5M5-9q4 2 5 6", 0.6),
    )
    return Morsel((shape,), 24, dark(colour, 26))


def cookies(colour: str, other: str = "") -> Morsel:
    """Small round cakes pressed with a pattern."""
    mark = other or dark(colour, 20)
    petals = "".join(
        line(mark, 1.8, "M0-4L0-11", 0.8).replace("<path", f'<path transform="rotate({turn})"')
        for turn in range(0, 360, 45)
    )
    shape = piece(
        oval(0, 0, 19, 18),
        colour,
        fill(light(colour, 30), oval(-1, -1.5, 15.5, 14.5)),
        petals,
        fill(mark, oval(0, 0, 2.2)),
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
            piece(
                "M-25 0Q-10-12 0-15Q10-12 25 0Q10 12 0 15Q-10 12-25 0z",
                colour,
                fill(light(colour, 20), "M-17 0Q-6-8 0-10Q6-8 17 0Q0-3-17 0z", 0.7),
                seeds,
            ),
        ),
        35,
        dark(colour, 40),
    )


def flowers(colour: str, _: str = "") -> Morsel:
    """Cakes baked in a flower mould."""
    petals = "".join(
        fill(colour, oval(0, -14, 9, 10)).replace("<path", f'<path transform="rotate({turn})"')
        for turn in range(0, 360, 60)
    )
    under = "".join(
        fill(dark(colour, 34), oval(0, -14, 10, 11)).replace(
            "<path", f'<path transform="translate(1.5 2.5) rotate({turn})"'
        )
        for turn in range(0, 360, 60)
    )
    crease = "".join(
        line(dark(colour, 26), 1.4, "M0-3L0-20", 0.6).replace(
            "<path", f'<path transform="rotate({turn})"'
        )
        for turn in range(30, 390, 60)
    )
    return Morsel(
        (
            under
            + petals
            + crease
            + fill(light(colour, 30), oval(0, 0, 8))
            + fill(dark(colour, 22), oval(0, 0, 3.4)),
        ),
        41,
        dark(colour, 40),
    )


def slabs(colour: str, _: str = "") -> Morsel:
    """Flat baked bars, scored by the mould."""
    lines = "".join(line(dark(colour, 28), 1.4, f"M{x}-11v22", 0.7) for x in (-16, -5, 6, 17))
    return Morsel(
        (
            piece(
                "M-27-12Q0-15 27-12Q29 0 27 12Q0 15-27 12Q-29 0-27-12z",
                colour,
                fill(light(colour, 24), "M-24-10Q0-12.5 24-10L24-5Q0-8-24-5z", 0.8),
                lines,
            ),
        ),
        36,
        dark(colour, 38),
        62,
    )


def bars(colour: str, _: str = "") -> Morsel:
    """Long soft pieces cut from a slab."""
    gleam = fill("#fff", "M-26-8L24-9L22-5L-25-4z", 0.32)
    return Morsel(
        (
            piece(
                "M-29-9Q-27-12 26-12Q31-11 30 8Q29 12-26 12Q-31 11-29-9z",
                colour,
                gleam,
                fill(dark(colour, 20), "M-29 6Q0 9 30 6L29 10Q0 13-27 11z", 0.5),
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
            piece(
                "M-15-11Q0-13 15-11Q17 0 15 11Q0 13-15 11Q-17 0-15-11z",
                tone,
                fill("#fff", "M-12-9Q0-11 12-9L10-2Q0-5-11-2z", 0.45),
                fill("#fff", oval(7, 5, 1.2) + oval(-6, 6, 1) + oval(0, 1, 1), 0.8),
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
        line("#fff", 1.6, f"M{x} {y}l4-3", 0.6)
        for x, y in ((-9, -3), (-3, -9), (4, -6), (8, 1), (-6, 5), (2, 8), (-1, 0))
    )
    return Morsel(
        tuple(piece(oval(0, 0, 17, 15.5), tone, rough, edge=16) for tone in tones), 29, "#d8c7ae"
    )
