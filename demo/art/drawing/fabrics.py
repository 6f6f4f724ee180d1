"""Woven and dyed surfaces. All patterns are simplified geometry of our own."""

from collections.abc import Callable, Mapping

from demo.art.drawing.colours import dark, light
from demo.art.drawing.pen import MOTIFS, Pen

Tile = tuple[int, str]
"""Side of the repeat and what is drawn in it."""


def fabric(
    pen: Pen, name: str, ground: str, colour: str, scale: float = 1.0, turn: float = 0
) -> str:
    """A fill of patterned cloth: ``ground`` with its pattern in ``colour``."""
    if name in MOTIFS:
        side, inner = 24, MOTIFS[name].replace("{c}", colour)
    else:
        side, inner = FABRICS[name](ground, colour)
    return pen.tile(side, f'<path fill="{ground}" d="M0 0h{side}v{side}H0z"/>{inner}', scale, turn)


def _feathers(_: str, c: str) -> Tile:
    barbs = "".join(f"M20 {y}q-9-5-13-1M20 {y}q9-5 13-1" for y in range(12, 38, 5))
    return 40, (
        f'<path d="M20 4V38{barbs}" stroke="{c}" stroke-width="1.8" fill="none"/>'
        f'<circle cx="20" cy="5" r="3" fill="{c}"/><path d="M0 20l4-4v8zM40 20l-4-4v8z" fill="{c}"/>'
    )


def _stars(g: str, c: str) -> Tile:
    return 40, (
        f'<circle cx="20" cy="20" r="15" fill="none" stroke="{c}" stroke-width="2"/>'
        f'<path fill="{c}" d="M20 6l4 10 10 4-10 4-4 10-4-10-10-4 10-4z"/>'
        f'<circle cx="20" cy="20" r="4" fill="{g}"/>'
        f'<path fill="{light(c, 40)}" d="M0 0h7L0 7zM40 0h-7l7 7zM0 40h7l-7-7zM40 40h-7l7-7z"/>'
    )


def _bouquet(_: str, c: str) -> Tile:
    petals = "".join(
        f'<ellipse cx="20" cy="12" rx="4.4" ry="7" transform="rotate({turn} 20 20)"/>'
        for turn in range(0, 360, 72)
    )
    return 52, (
        f'<g fill="{c}">{petals}</g><circle cx="20" cy="20" r="3.6" fill="#f4d27a"/>'
        '<path d="M22 30q6 12 18 14M30 40q2-8 10-8M26 36q-10 0-12 8" stroke="#6f9a6a" '
        'stroke-width="2" fill="none"/>'
        f'<circle cx="42" cy="44" r="4.500" fill="{light(c, 30)}"/><circle cx="13" cy="46" r="3.4" '
        f'fill="{light(c, 30)}"/><ellipse cx="44" cy="12" rx="6" ry="2.6" fill="#8db487" '
        'transform="rotate(-30 44 12)"/>'.replace("4.500", "4.5")
    )


def _plaid(g: str, c: str) -> Tile:
    return 48, (
        f'<path d="M0 0h16v48H0zM0 0h48v16H0z" fill="{dark(g, 24)}" opacity=".6"/>'
        f'<path d="M22 0v48M28 0v48M0 22h48M0 28h48" stroke="{c}" stroke-width="2" opacity=".8"/>'
        f'<path d="M38 0v48M0 38h48" stroke="{light(g, 50)}" stroke-width="1.4" opacity=".8"/>'
    )


def _swell(g: str, c: str) -> Tile:
    return 48, (
        f'<path d="M-4 26q12-26 24-4q4 8-4 10q-8 0-4-8M20 26q12-26 24-4q4 8-4 10q-8 0-4-8M44 26q12-26 24-4" '
        f'fill="none" stroke="{c}" stroke-width="3"/>'
        f'<path d="M0 40q6-5 12 0t12 0 12 0 12 0" fill="none" stroke="{light(g, 40)}" stroke-width="2.2"/>'
        f'<circle cx="24" cy="8" r="2" fill="{c}"/><circle cx="0" cy="8" r="2" fill="{c}"/><circle cx="48" cy="8" r="2" fill="{c}"/>'
    )


def _honeycomb(g: str, c: str) -> Tile:
    return 44, (
        f'<path d="M22 2 40 12V32L22 42 4 32V12z" fill="{dark(g, 22)}" stroke="{c}" stroke-width="2"/>'
        f'<path d="M22 12l9 10-9 10-9-10z" fill="{c}"/><path d="M22 17l4 5-4 5-4-5z" fill="{g}"/>'
        f'<path d="M0 0l6 0-6 6zM44 0h-6l6 6zM0 44h6l-6-6zM44 44h-6l6-6z" fill="{light(c, 30)}"/>'
    )


def _goldwork(g: str, c: str) -> Tile:
    return 40, (
        f'<path d="M0 3h40M0 37h40" stroke="{c}" stroke-width="2"/>'
        f'<path d="M20 8l9 12-9 12-9-12z" fill="none" stroke="{c}" stroke-width="2.4"/>'
        f'<path d="M20 15l4 5-4 5-4-5z" fill="{c}"/>'
        f'<path d="M0 12l5 8-5 8zM40 12l-5 8 5 8z" fill="{c}"/>'
        f'<path d="M6 8h5M29 8h5M6 32h5M29 32h5" stroke="{light(g, 36)}" stroke-width="1.600"/>'.replace(
            "1.600", "1.6"
        )
    )


def _barns(_: str, c: str) -> Tile:
    barn = "M10 20Q12 6 22 4Q32 6 34 20z M14 20h16l-2 14H16z M13 36h18v3H13z"
    return 48, (
        f'<path d="{barn}" fill="{c}"/><path d="M22 24v8" stroke="#fff2cf" stroke-width="2.4"/>'
        f'<path d="M40 8v34M36 14l4-5 4 5M36 24l4-5 4 5M36 34l4-5 4 5" stroke="{c}" fill="none" stroke-width="1.8"/>'
    )


def _elephants(g: str, c: str) -> Tile:
    return 56, (
        f'<path d="M0 3h56M0 53h56" stroke="{light(g, 36)}" stroke-width="2.4"/>'
        f'<path fill="{c}" d="M12 40v-12h-4v-8h4v-4h22v-4h10v4h4v16h-4v-10h-4v6h-4v12h-6v-8H18v8z"/>'
        f'<path fill="{g}" d="M38 18h3v3h-3z"/>'
        f'<path fill="{light(c, 30)}" d="M4 8l3 3-3 3-3-3zM52 8l3 3-3 3-3-3zM28 44l3 3-3 3-3-3z"/>'
    )


def _bands(g: str, c: str) -> Tile:
    return 56, (
        f'<path d="M0 4h56M0 52h56" stroke="{c}" stroke-width="3"/>'
        f'<path d="M0 9h56M0 47h56" stroke="{light(g, 46)}" stroke-width="1.4"/>'
        f'<path d="M0 28l14-14 14 14-14 14zM28 28l14-14 14 14-14 14z" fill="{c}"/>'
        f'<path d="M7 28l7-7 7 7-7 7zM35 28l7-7 7 7-7 7z" fill="{light(g, 60)}"/>'
        f'<path d="M11 28l3-3 3 3-3 3zM39 28l3-3 3 3-3 3z" fill="{g}"/>'
    )


def _zigzag(g: str, c: str) -> Tile:
    return 40, (
        f'<path d="M-4 12l12-10 12 10 12-10 12 10" fill="none" stroke="{c}" stroke-width="6"/>'
        f'<path d="M-4 24l12-10 12 10 12-10 12 10" fill="none" stroke="{light(g, 60)}" stroke-width="2"/>'
        f'<path d="M-4 36l12-10 12 10 12-10 12 10" fill="none" stroke="{dark(c, 24)}" stroke-width="3" stroke-dasharray="3 2"/>'
    )


def _clouds(g: str, c: str) -> Tile:
    return 56, (
        f'<path d="M6 24q0-10 10-8q4-10 14-4q10-4 10 6q8 2 4 10q-6 6-14 2q-8 6-14 0q-10 2-10-6z" fill="none" stroke="{c}" stroke-width="2.6"/>'
        f'<path d="M16 23q6-6 12-1q6-4 10 1" fill="none" stroke="{light(g, 50)}" stroke-width="1.8" stroke-dasharray="2 2"/>'
        f'<path d="M0 46q8-8 16 0t16 0 16 0 16 0" fill="none" stroke="{c}" stroke-width="2" stroke-dasharray="4 3"/>'
    )


def _figures(_: str, c: str) -> Tile:
    return 48, (
        f'<path d="M0 3h48M0 45h48" stroke="#c23a2a" stroke-width="3"/>'
        f'<path fill="{c}" d="M9 10h6v6H9zM6 17h12v3H14v8h4v9h-4v-7h-4v7H6v-9h4v-8H6z"/>'
        f'<path fill="#c23a2a" d="M27 30v-8h-3v-8h3v4h12v-4h3v8h-3v8h3v6h-5v-6h-6v6h-5v-6z"/>'
    )


def _patchwork(g: str, c: str) -> Tile:
    tones = (g, c, "#e9b44a", "#5f8f7a", "#7a4f8a", "#f1e2c6", "#c8553d", "#3f6fa0", "#dfa6a0")
    parts = []
    for place, tone in enumerate(tones):
        x, y = place % 3 * 30, place // 3 * 30
        parts.append(f'<path d="M{x} {y}h30v30h-30z" fill="{tone}"/>')
        mark = light(tone, 45)
        parts.append(
            (
                f'<circle cx="{x + 15}" cy="{y + 15}" r="8" fill="none" stroke="{mark}" stroke-width="2"/>',
                f'<path d="M{x + 5} {y + 5}l20 20M{x + 25} {y + 5}l-20 20" stroke="{mark}" stroke-width="2"/>',
                f'<path d="M{x + 15} {y + 5}l10 10-10 10-10-10z" fill="{mark}" opacity=".8"/>',
                f'<path d="M{x + 3} {y + 10}h24M{x + 3} {y + 20}h24" stroke="{mark}" stroke-width="2"/>',
            )[place % 4]
        )
        parts.append(
            f'<path d="M{x} {y}h30v30h-30z" fill="none" stroke="#fff8e8" stroke-width="1" stroke-dasharray="3 2" opacity=".8"/>'
        )
    return 90, "".join(parts)


def _shore(g: str, c: str) -> Tile:
    leaves = "".join(
        f'<ellipse cx="28" cy="14" rx="3.6" ry="8" fill="{c}" transform="rotate({turn} 28 28)"/>'
        for turn in range(0, 360, 60)
    )
    return 56, (
        f'{leaves}<circle cx="28" cy="28" r="4" fill="#f3e3b0"/>'
        f'<path d="M0 28q6-7 12-2M44 26q6-5 12 2M28 0q-6 6 0 10M28 56q6-6 0-10" stroke="{light(g, 50)}" stroke-width="2" fill="none"/>'
        f'<path d="M0 0l8 0q-2 6-8 8zM56 0h-8q2 6 8 8zM0 56h8q-2-6-8-8zM56 56h-8q2-6 8-8z" fill="{light(c, 25)}"/>'
    )


def _plain(g: str, c: str) -> Tile:
    return (
        12,
        f'<path d="M0 3h12M0 9h12" stroke="{c}" stroke-width="1" opacity=".5"/><path d="M3 0v12M9 0v12" stroke="{dark(g, 20)}" stroke-width=".8" opacity=".4"/>',
    )


def _lace(_: str, c: str) -> Tile:
    holes = "".join(
        f'<ellipse cx="18" cy="9" rx="3" ry="5" fill="{c}" transform="rotate({turn} 18 18)"/>'
        for turn in range(0, 360, 60)
    )
    return (
        36,
        f'{holes}<circle cx="18" cy="18" r="2.600" fill="{c}"/><circle cx="0" cy="0" r="2.4" fill="{c}"/><circle cx="36" cy="0" r="2.4" fill="{c}"/><circle cx="0" cy="36" r="2.4" fill="{c}"/><circle cx="36" cy="36" r="2.4" fill="{c}"/>'.replace(
            "2.600", "2.6"
        ),
    )


def _weave(g: str, c: str) -> Tile:
    return 16, (
        f'<path d="M0 0h8v8H0zM8 8h8v8H8z" fill="{c}"/>'
        f'<path d="M1 2h6M1 5h6M9 10h6M9 13h6" stroke="{light(c, 40)}" stroke-width="1"/>'
        f'<path d="M10 1v6M13 1v6M2 9v6M5 9v6" stroke="{dark(g, 26)}" stroke-width="1"/>'
    )


def _coil(g: str, c: str) -> Tile:
    return 14, (
        f'<path d="M0 3.5h14M0 10.5h14" stroke="{dark(g, 30)}" stroke-width="1"/>'
        f'<path d="M1 0l3 3.5-3 3.500M8 0l3 3.500-3 3.500M4 7l3 3.500-3 3.500M11 7l3 3.500-3 3.500" stroke="{c}" stroke-width="1.8" fill="none"/>'.replace(
            "3.500", "3.5"
        )
    )


FABRICS: Mapping[str, Callable[[str, str], Tile]] = {
    made.__name__.strip("_"): made
    for made in (
        _feathers, _stars, _bouquet, _plaid, _swell, _honeycomb, _goldwork, _barns, _elephants,
        _bands, _zigzag, _clouds, _figures, _patchwork, _shore, _plain, _lace, _weave, _coil,
    )
}  # fmt: skip
"""By the name that ``pictures.toml`` uses."""
