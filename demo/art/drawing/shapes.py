"""Shapes that several ingredients share, as SVG around the origin."""

from demo.art.drawing.colours import dark, light


def path(fill: str, d: str, more: str = "") -> str:
    """A filled outline."""
    return f'<path fill="{fill}" d="{d}" {more.replace("opacity", "fill-opacity")}/>'


def line(stroke: str, width: float, d: str, more: str = "") -> str:
    """An open stroke with round ends."""
    return (
        f'<path fill="none" stroke="{stroke}" stroke-width="{width}" stroke-linecap="round" '
        f'stroke-linejoin="round" d="{d}" {more.replace("opacity", "stroke-opacity")}/>'
    )


def oval(fill: str, x: float, y: float, across: float, down: float, more: str = "") -> str:
    """An ellipse by its middle and half axes."""
    more = more.replace("opacity", "fill-opacity")
    return f'<ellipse fill="{fill}" cx="{x}" cy="{y}" rx="{across}" ry="{down}" {more}/>'


def leaf(tone: str, long: float = 46, wide: float = 15, turn: float = 0) -> str:
    """A pointed leaf lying to the right."""
    half = long / 2
    d = f"M0 0Q{half} {-wide * 1.5} {long} 0Q{half} {wide * 1.5} 0 0z"
    return (
        f'<g transform="rotate({turn})">'
        + path(tone, d)
        + line(light(tone, 36), 1.4, f"M4 0H{long - 5}")
        + "</g>"
    )


def chili(tone: str, turn: float = 0) -> str:
    """A chilli with its stalk."""
    return (
        f'<g transform="rotate({turn})">'
        + path(tone, "M-34 2C-22-14 10-16 34 2C14 6-16 12-34 2z")
        + line("#fff", 2, "M-22-3Q0-10 18-3", 'opacity=".5"')
        + line("#3f6b28", 5, "M-34 1Q-44 0-48-9")
        + "</g>"
    )


def bulb(tone: str) -> str:
    """Garlic or shallot."""
    return (
        path(tone, "M0-30C4-20 24-14 24 4C24 18 10 22 0 22C-10 22-24 18-24 4C-24-14-4-20 0-30z")
        + line(
            dark(tone, 20),
            1.5,
            "M0-28C-6-8-8 10-4 21M0-28C8-8 9 10 6 21M0-28C-14-8-18 6-13 18M0-28C14-8 18 6 14 18",
        )
        + path("#fff", "M-15-2C-14-9-8-13-5-14C-11-6-13 2-12 9z", 'opacity=".5"')
    )


def root(tone: str, flesh: str) -> str:
    """A knobbed root, cut at one end."""
    return (
        path(
            tone,
            "M-38 6C-40-8-24-12-14-8C-12-22 6-26 10-14C12-8 24-16 32-8C42 2 34 14 20 12C10 18-8 14-16 16C-28 20-36 16-38 6z",
        )
        + line(dark(tone, 28), 1.5, "M-26-8q-4 10 0 20M-6-12q-3 12 1 24M18-11q4 10 1 20")
        + oval(flesh, 34, 2, 7, 10)
        + oval(dark(flesh, 14), 34, 2, 4, 7)
    )


def citrus(skin: str, flesh: str) -> str:
    """Half a fruit, its cut side to us."""
    spokes = "".join(
        line(light(flesh, 66), 2, "M0 0L0-20", f'transform="rotate({turn})"')
        for turn in range(0, 360, 45)
    )
    return (
        oval(skin, 0, 0, 28, 28)
        + oval(light(flesh, 70), 0, 0, 25, 25)
        + oval(flesh, 0, 0, 22, 22)
        + spokes
    )


def cup(drink: str, body: str = "#fbf8f1") -> str:
    """A steaming cup on its saucer."""
    return (
        oval("#1d1006", 4, 26, 50, 10, 'opacity=".24"')
        + oval(dark(body, 8), 0, 22, 48, 11)
        + oval(dark(body, 18), 0, 20, 30, 6)
        + line(body, 7, "M28-16Q52-16 44 2Q38 12 22 10")
        + path(body, "M-34-30H34Q34 20 0 22Q-34 20-34-30z")
        + path("#000", "M10-30H34Q34 16 6 22Q22 0 10-30z", 'opacity=".1"')
        + oval(light(body, 30), 0, -30, 34, 9)
        + oval(drink, 0, -29, 29, 7)
        + line("#fff", 3, "M-8-46q-7-10 0-18t0-18M9-48q-7-10 0-18t0-18", 'opacity=".75"')
    )


def tumbler(drink: str) -> str:
    """A steaming glass."""
    return (
        oval("#1d1006", 5, 30, 36, 9, 'opacity=".24"')
        + path("#fff", "M-31-58H31L25 26Q24 32 18 32H-18Q-24 32-25 26z", 'opacity=".6"')
        + path(drink, "M-28-38H28L23 24Q22 29 17 29H-17Q-22 29-23 24z", 'opacity=".92"')
        + oval(light(drink, 40), 0, -38, 28, 6)
        + line("#fff", 4, "M-22-50L-18 20", 'opacity=".7"')
        + line("#fff", 3, "M-6-66q-6-9 0-16t0-16M10-66q-6-9 0-16t0-16", 'opacity=".7"')
    )


def shell(inside: str) -> str:
    """Half a coconut shell with a drink."""
    return (
        path("#5a3a20", "M-46-14Q0 4 46-14Q44 34 0 36Q-44 34-46-14z")
        + line(
            "#7a5430", 1.6, "M-36 4q10 16 20 22M-14 10q6 14 10 20M16 10q4 12-2 20M36 4q-4 14-14 22"
        )
        + oval("#f7f3e8", 0, -14, 46, 15)
        + oval(inside, 0, -13, 36, 10)
    )


def spoon(load: str) -> str:
    """A wooden spoon with its load."""
    return (
        line("#8a5f34", 9, "M14 4L74-26")
        + line("#b98852", 3, "M16 1L72-27")
        + oval("#8a5f34", 0, 8, 28, 15, 'transform="rotate(-18)"')
        + oval(load, 0, 4, 23, 12, 'transform="rotate(-18)"')
        + path(light(load, 26), "M-16 2Q-4-12 14-4Q2 0-16 2z", 'opacity=".8"')
    )


def flower(tone: str, heart: str) -> str:
    """Six petals round a heart."""
    petals = "".join(
        oval(tone, 0, -15, 8, 14, f'transform="rotate({turn})"') for turn in range(0, 360, 60)
    )
    return petals + oval(heart, 0, 0, 6, 6)


def shrimp(tone: str) -> str:
    """A curled shrimp."""
    return (
        path(tone, "M-26-14C-6-32 30-22 30 6C30 24 14 32-4 28C8 22 14 12 8 4C2-4-14-2-26-14z")
        + line(
            light(tone, 50),
            2,
            "M-4-21q0 10-6 17M10-20q2 10-4 20M22-12q0 10-11 18M28 4q-8 6-16 6M22 19q-6-2-12-5",
        )
        + line(tone, 2, "M-26-14q-14-4-20-14M-26-14q-16 2-24-4")
        + path(dark(tone, 20), "M-4 28l-14 8 4-12z")
        + oval("#1b1b1b", -16, -15, 2, 2)
    )


def fish(tone: str) -> str:
    """A small fish."""
    return (
        path(tone, "M-48 0C-30-22 10-24 30-6L50-18V18L30 6C10 24-30 22-48 0z")
        + path(light(tone, 60), "M-44 3C-26 20 8 20 28 6C8 12-20 12-44 3z", 'opacity=".8"')
        + line(dark(tone, 34), 1.6, "M-28-11Q-22 0-28 11M-12-12l34 5")
        + oval("#1b1b1b", -36, -3, 2.6, 2.6)
    )
