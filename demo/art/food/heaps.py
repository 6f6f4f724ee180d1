"""Putting pieces together: scattered, heaped, or filling a shape."""

from collections.abc import Iterable
from math import cos, sin, tau

from demo.art.drawing.colours import dark, light
from demo.art.drawing.pen import Pen
from demo.art.food.piece import Morsel
from demo.art.food.pieces import MORSELS


def morsel(text: str) -> Morsel:
    """The pieces that a line of ``pictures.toml`` names: ``"chips #f0c878 #b97b2a"``."""
    name, *colours = text.split()
    return MORSELS[name](*colours)


def pour(pen: Pen, kind: Morsel, box: tuple[float, float, float, float], size: float = 1.0) -> None:
    """Fill a box with pieces; the caller has clipped it to a shape."""
    left, top, width, height = box
    names = _keep(pen, kind)
    pen.path(kind.ground, f"M{left} {top}h{width}v{height}h{-width}z")
    step = kind.across * size * 0.86
    down = step * 0.82
    rows = int(height / down) + 2
    columns = int(width / step) + 2
    spots = [
        (left + (column + (row % 2) / 2) * step, top + row * down)
        for row in range(rows)
        for column in range(columns)
    ]
    _lay(pen, names, _shaken(pen, spots, step * 0.26), size)


def heap(
    pen: Pen, kind: Morsel, x: float, base: float, half: float, height: float, size: float = 1.0
) -> None:
    """A dome of pieces seen a little from above, back to front.

    :param base: where its front edge lies; ``half`` its half width.
    """
    names = _keep(pen, kind)
    step = kind.across * size * 0.8
    rows = max(2, int((height + half * 0.3) / (step * 0.6)))
    spots = []
    for row in range(rows + 1):
        share = row / rows  # 0 at the top of the dome, 1 at its front
        wide = half * (1 - (1 - share) ** 2.2) ** 0.5
        y = base - height + (height + half * 0.16) * share
        count = max(1, int(2 * wide / step))
        spots += [(x - wide + 2 * wide * (place + 0.5) / count, y) for place in range(count)]
    flat = half * 0.96
    pen.path(
        kind.ground,
        f"M{x - flat} {base}C{x - flat} {base - height * 1.2} {x + flat} {base - height * 1.2} "
        f"{x + flat} {base}C{x + flat * 0.6} {base + half * 0.2} {x - flat * 0.6} "
        f"{base + half * 0.2} {x - flat} {base}z",
    )
    _lay(pen, names, _shaken(pen, spots, step * 0.2), size)


def disc(pen: Pen, kind: Morsel, x: float, y: float, radius: float, size: float = 1.0) -> None:
    """A round layer of pieces seen from above; the middle ones lie highest."""
    names = _keep(pen, kind)
    pen.oval(kind.ground, x, y, radius * 0.95, radius * 0.95)
    step = kind.across * size * 0.84
    spots: list[tuple[float, float]] = []
    rings = max(1, int(radius / step))
    for ring in range(rings, -1, -1):
        reach = radius * 0.92 * ring / rings
        count = max(1, int(6.2 * reach / step))
        spots += [_on_circle(x, y, reach, place, count) for place in range(count)]
    _lay(pen, names, _shaken(pen, spots, step * 0.22), size)


def scatter(
    pen: Pen, kind: Morsel, spots: Iterable[tuple[float, float]], size: float = 1.0
) -> None:
    """Single pieces where they are wanted, each with its shadow on the table."""
    names = _keep(pen, kind)
    placed = list(spots)
    for x, y in placed:
        pen.oval("#2a1606", x + 4, y + 5 * size, 17 * size, 8 * size, 'opacity=".2"')
    _lay(pen, names, placed, size)


def powder(pen: Pen, colour: str, x: float, base: float, half: float, height: float) -> None:
    """A smooth heap with grain in it."""
    d = (
        f"M{x - half} {base}C{x - half * 0.55} {base - height * 0.4} {x - half * 0.4} {base - height} "
        f"{x} {base - height}C{x + half * 0.4} {base - height} {x + half * 0.55} "
        f"{base - height * 0.4} {x + half} {base}C{x + half * 0.6} {base + half * 0.16} "
        f"{x - half * 0.6} {base + half * 0.16} {x - half} {base}z"
    )
    pen.path(colour, d)
    pen.begin(pen.clip(d))
    pen.path(
        pen.fade((0, light(colour, 60), 0.5), (0.45, colour, 0), (1, dark(colour, 60), 0.55)), d
    )
    specks(pen, colour, (x - half, base - height, half * 2, height + half * 0.16))
    pen.end()


def specks(pen: Pen, colour: str, box: tuple[float, float, float, float]) -> None:
    """Grain on a powder: light and dark dots."""
    left, top, width, height = box
    for tone in (light(colour, 34), dark(colour, 30)):
        dots = "".join(
            f"M{left + pen.random.random() * width:.1f} {top + pen.random.random() * height:.1f}h.1"
            for _ in range(int(width * height / 90))
        )
        pen.line(tone, 1.7, dots, 'opacity=".55"')


def _on_circle(x: float, y: float, reach: float, place: int, count: int) -> tuple[float, float]:
    angle = tau * place / count + reach
    return x + reach * cos(angle), y + reach * sin(angle)


def _keep(pen: Pen, kind: Morsel) -> list[str]:
    return [pen.define("g", "", shape) for shape in kind.shapes]


def _shaken(pen: Pen, spots: Iterable[tuple[float, float]], by: float) -> list[tuple[float, float]]:
    shake = pen.random.uniform
    return [(x + shake(-by, by), y + shake(-by, by)) for x, y in spots]


def _lay(pen: Pen, names: list[str], spots: list[tuple[float, float]], size: float) -> None:
    for x, y in spots:
        turn = pen.random.randrange(360)
        grow = size * pen.random.uniform(0.9, 1.1)
        pen.add(
            f'<use href="#{pen.random.choice(names)}" '
            f'transform="translate({x:.1f} {y:.1f}) rotate({turn}) scale({grow:.2f})"/>'
        )
