"""Beans, nuts, leaves, grains and crystals, piece by piece."""

from demo.art.drawing.colours import dark, light, mix
from demo.art.food.piece import Morsel, fill, line, oval, piece


def beans(colour: str, groove: str = "") -> Morsel:
    """Coffee: an oval with the seam that bends."""
    seam = groove or light(colour, 42)
    shapes = []
    for bend in (4, 7, -4):
        outline = oval(0, 0, 13, 9.4)
        shapes.append(
            piece(
                outline,
                colour,
                fill(light(colour, 22), "M-9 -3q5-6 14-4q-6 0-14 4z", 0.8),
                line(dark(colour, 45), 2.6, f"M-11.5 1q11 {bend} 23-1"),
                line(seam, 1.1, f"M-11 .2q11 {bend} 22-1", 0.9),
            )
        )
    return Morsel(tuple(shapes), 19, dark(colour, 45))


def peaberries(colour: str, groove: str = "") -> Morsel:
    """Round coffee: one seed in a cherry."""
    seam = groove or light(colour, 40)
    shape = piece(
        oval(0, 0, 9.4, 8.4),
        colour,
        fill(light(colour, 26), oval(-3, -3, 3, 2), 0.8),
        line(dark(colour, 40), 2, "M-6 2q6 3 12-1"),
        line(seam, 0.9, "M-6 1.500q6 3 12-1"),
    )
    return Morsel((shape,), 15, dark(colour, 45))


def nuts(colour: str, skin: str = "") -> Morsel:
    """Peanuts in their skin."""
    other = skin or dark(colour, 20)
    return Morsel(
        tuple(
            piece(
                oval(0, 0, 12, 8.6),
                tone,
                fill(light(tone, 40), "M-8-3q5-5 12-3q-6 0-12 3z", 0.8),
                line(dark(tone, 24), 0.9, "M-6 4q7 2 13-1", 0.6),
            )
            for tone in (colour, other, mix(colour, other, 50))
        ),
        18,
        dark(colour, 42),
    )


def cashews(colour: str, _: str = "") -> Morsel:
    """Half moons, roasted."""
    d = "M-17 6C-20-8-8-16 4-14C15-12 20-4 16 4C13 9 7 7 7 1C6-5-2-5-5 1C-7 7-5 11-9 12C-13 13-16 11-17 6z"
    over = line(light(colour, 50), 2, "M-13 0C-12-8-2-11 7-9", 0.8)
    toast = fill(dark(colour, 24), oval(11, 1, 3, 2.2), 0.5)
    return Morsel((piece(d, colour, over, toast),), 23, dark(colour, 34))


def kernels(colour: str, spot: str = "#b4451c") -> Morsel:
    """Fried maize: plump, with a pale tip."""
    d = "M-11 3C-12-7-2-12 6-10C14-8 14 4 8 9C0 14-10 12-11 3z"
    return Morsel(
        (
            piece(
                d,
                colour,
                fill(light(colour, 55), "M-8 6q3-6 8-2q-2 6-7 5z", 0.9),
                fill(spot, oval(5, -3, 1.6), 0.7),
            ),
            piece(d, dark(colour, 8), line("#fff", 2, "M-3-6q5-3 9 0", 0.6)),
        ),
        18,
        dark(colour, 42),
    )


def husks(colour: str, other: str = "") -> Morsel:
    """Dried fruit skins and leaves, curled."""
    tones = (colour, other or dark(colour, 28), light(colour, 14))
    return Morsel(
        tuple(
            piece(d, tone, line(light(tone, 34), 1.3, "M-10 0Q0-5 11-1", 0.8))
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
            line(dark(tone, 34), 5, d) + line(tone, 3.4, d) + line(light(tone, 40), 0.9, d, 0.8)
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
            piece(oval(0, 0, 8.6, 3.2), tone, line(light(tone, 50), 1, "M-5-1q5-1.5 9 0", 0.8))
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
            piece("M-8-5L2-8L9-1L4 8L-7 6z", colour, fill(tone, "M2-8L9-1L4 8L0 0z", 0.6), edge=14),
            piece("M-6-8L7-6L8 5L-3 9L-9 1z", colour, fill(tone, "M-9 1L0 0L-3 9z", 0.6), edge=14),
            piece("M-5-4L4-6L6 3L-3 5z", light(colour, 40), edge=12),
        ),
        13,
        mix(colour, tone, 60),
    )


def nibs(colour: str, other: str = "") -> Morsel:
    """Broken bits with a dull and a shining side."""
    gleam = other or light(colour, 30)
    return Morsel(
        (
            piece("M-10 2L-3-8L8-6L11 3L1 8z", colour, fill(gleam, "M-3-8L8-6L2 0z", 0.8)),
            piece(
                "M-8-4L5-8L10 1L0 7L-9 4z", dark(colour, 16), fill(gleam, "M-8-4L5-8L-1 1z", 0.6)
            ),
        ),
        15,
        dark(colour, 46),
    )


def granules(colour: str, other: str = "") -> Morsel:
    """Palm sugar: tiny uneven grains."""
    tones = (colour, other or light(colour, 24), dark(colour, 16), light(colour, 40))
    return Morsel(
        tuple(fill(tone, "M-3-2L1-3.500L4 0L1 3.500L-3 2.5z") for tone in tones),
        5.4,
        dark(colour, 14),
    )


def pods(colour: str, _: str = "") -> Morsel:
    """Vanilla: long, thin and shining."""
    shapes = []
    for bend in (9, -8, 5):
        d = f"M-96 2C-50 {-bend} 40 {bend} 96-4"
        stem = line(dark(colour, 40), 5, "M96-4q9-2 11-8")
        gleam = line(light(colour, 40), 1.6, f"M-90 0C-50 {-bend - 2} 40 {bend - 2} 90-6")
        shapes.append(stem + line(dark(colour, 45), 12, d) + line(colour, 9, d) + gleam)
    return Morsel(tuple(shapes), 33, light(colour, 80), 200)
