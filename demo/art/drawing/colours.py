"""Colours as ``#rrggbb``: the dyes of the design guide, and mixing."""

from collections.abc import Mapping

DYES: Mapping[str, str] = {
    "nila": "#1d3a6e",
    "soga": "#7a4317",
    "kunyit": "#e3a416",
    "daun": "#23663b",
    "mengkudu": "#a3262a",
    "manggis": "#5b2a58",
}
ON_DYE: Mapping[str, str] = {"kunyit": "#2b2015"}
"""Ink on a dye; where none is named, paper white."""
TEXT_DYES: Mapping[str, str] = {"kunyit": "#8a5a00"}
"""The dye as a text colour, where the dye itself would be too light on paper."""
PAPER, INK, MUTED = "#fcfbf7", "#1b2330", "#545b66"

STAGES: Mapping[str, tuple[str, str]] = {
    "butter": ("#f8ead0", "#e2c58d"),
    "peach": ("#fae3d3", "#e4b28f"),
    "rose": ("#f6dfdc", "#d9a59d"),
    "lilac": ("#ebe2ef", "#bfa9c9"),
    "sky": ("#dfe9f3", "#a9bfd6"),
    "mint": ("#e2efe2", "#adc9ae"),
    "sage": ("#eceedb", "#c3c694"),
    "sand": ("#f1e8da", "#cfb692"),
    "clay": ("#f2ddcb", "#c9946c"),
    "mist": ("#e9ebea", "#b9c0bd"),
    "dusk": ("#d9d3dd", "#8f839b"),
    "honey": ("#fbeac2", "#e3b75a"),
}
"""Wall and table by name."""


def mix(one: str, other: str, share: int) -> str:
    """``share`` percent of the way from ``one`` to ``other``."""
    pairs = zip(_parts(one), _parts(other), strict=True)
    return "#" + "".join(f"{(a * (100 - share) + b * share) // 100:02x}" for a, b in pairs)


def light(colour: str, share: int) -> str:
    """Nearer to warm white by ``share`` percent."""
    return mix(colour, "#fffaf0", share)


def dark(colour: str, share: int) -> str:
    """Nearer to a warm black by ``share`` percent."""
    return mix(colour, "#1d130a", share)


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
