"""Small things beside a pack that tell what it is made of; drawn around the origin."""

from collections.abc import Mapping

from shop.demo.art.colours import dark, light
from shop.demo.art.pen import Pen


def _path(fill: str, d: str, more: str = "") -> str:
    return f'<path fill="{fill}" d="{d}" {more.replace("opacity", "fill-opacity")}/>'


def _line(stroke: str, width: float, d: str, more: str = "") -> str:
    return (
        f'<path fill="none" stroke="{stroke}" stroke-width="{width}" stroke-linecap="round" '
        f'stroke-linejoin="round" d="{d}" {more.replace("opacity", "stroke-opacity")}/>'
    )


def _oval(fill: str, x: float, y: float, across: float, down: float, more: str = "") -> str:
    more = more.replace("opacity", "fill-opacity")
    return f'<ellipse fill="{fill}" cx="{x}" cy="{y}" rx="{across}" ry="{down}" {more}/>'


def _leaf(tone: str, long: float = 46, wide: float = 15, turn: float = 0) -> str:
    half = long / 2
    d = f"M0 0Q{half} {-wide * 1.5} {long} 0Q{half} {wide * 1.5} 0 0z"
    return (
        f'<g transform="rotate({turn})">'
        + _path(tone, d)
        + _line(light(tone, 36), 1.4, f"M4 0H{long - 5}")
        + "</g>"
    )


def _chili(tone: str, turn: float = 0) -> str:
    return (
        f'<g transform="rotate({turn})">'
        + _path(tone, "M-34 2C-22-14 10-16 34 2C14 6-16 12-34 2z")
        + _line("#fff", 2, "M-22-3Q0-10 18-3", 'opacity=".5"')
        + _line("#3f6b28", 5, "M-34 1Q-44 0-48-9")
        + "</g>"
    )


def _bulb(tone: str) -> str:
    return (
        _path(tone, "M0-30C4-20 24-14 24 4C24 18 10 22 0 22C-10 22-24 18-24 4C-24-14-4-20 0-30z")
        + _line(
            dark(tone, 20),
            1.5,
            "M0-28C-6-8-8 10-4 21M0-28C8-8 9 10 6 21M0-28C-14-8-18 6-13 18M0-28C14-8 18 6 14 18",
        )
        + _path("#fff", "M-15-2C-14-9-8-13-5-14C-11-6-13 2-12 9z", 'opacity=".5"')
    )


def _root(tone: str, flesh: str) -> str:
    return (
        _path(
            tone,
            "M-38 6C-40-8-24-12-14-8C-12-22 6-26 10-14C12-8 24-16 32-8C42 2 34 14 20 12C10 18-8 14-16 16C-28 20-36 16-38 6z",
        )
        + _line(dark(tone, 28), 1.5, "M-26-8q-4 10 0 20M-6-12q-3 12 1 24M18-11q4 10 1 20")
        + _oval(flesh, 34, 2, 7, 10)
        + _oval(dark(flesh, 14), 34, 2, 4, 7)
    )


def _citrus(skin: str, flesh: str) -> str:
    spokes = "".join(
        _line(light(flesh, 66), 2, "M0 0L0-20", f'transform="rotate({turn})"')
        for turn in range(0, 360, 45)
    )
    return (
        _oval(skin, 0, 0, 28, 28)
        + _oval(light(flesh, 70), 0, 0, 25, 25)
        + _oval(flesh, 0, 0, 22, 22)
        + spokes
    )


def _cup(drink: str, body: str = "#fbf8f1") -> str:
    return (
        _oval("#1d1006", 4, 26, 50, 10, 'opacity=".24"')
        + _oval(dark(body, 8), 0, 22, 48, 11)
        + _oval(dark(body, 18), 0, 20, 30, 6)
        + _line(body, 7, "M28-16Q52-16 44 2Q38 12 22 10")
        + _path(body, "M-34-30H34Q34 20 0 22Q-34 20-34-30z")
        + _path("#000", "M10-30H34Q34 16 6 22Q22 0 10-30z", 'opacity=".1"')
        + _oval(light(body, 30), 0, -30, 34, 9)
        + _oval(drink, 0, -29, 29, 7)
        + _line("#fff", 3, "M-8-46q-7-10 0-18t0-18M9-48q-7-10 0-18t0-18", 'opacity=".75"')
    )


def _tumbler(drink: str) -> str:
    return (
        _oval("#1d1006", 5, 30, 36, 9, 'opacity=".24"')
        + _path("#fff", "M-31-58H31L25 26Q24 32 18 32H-18Q-24 32-25 26z", 'opacity=".6"')
        + _path(drink, "M-28-38H28L23 24Q22 29 17 29H-17Q-22 29-23 24z", 'opacity=".92"')
        + _oval(light(drink, 40), 0, -38, 28, 6)
        + _line("#fff", 4, "M-22-50L-18 20", 'opacity=".7"')
        + _line("#fff", 3, "M-6-66q-6-9 0-16t0-16M10-66q-6-9 0-16t0-16", 'opacity=".7"')
    )


def _shell(inside: str) -> str:
    return (
        _path("#5a3a20", "M-46-14Q0 4 46-14Q44 34 0 36Q-44 34-46-14z")
        + _line(
            "#7a5430", 1.6, "M-36 4q10 16 20 22M-14 10q6 14 10 20M16 10q4 12-2 20M36 4q-4 14-14 22"
        )
        + _oval("#f7f3e8", 0, -14, 46, 15)
        + _oval(inside, 0, -13, 36, 10)
    )


def _spoon(load: str) -> str:
    return (
        _line("#8a5f34", 9, "M14 4L74-26")
        + _line("#b98852", 3, "M16 1L72-27")
        + _oval("#8a5f34", 0, 8, 28, 15, 'transform="rotate(-18)"')
        + _oval(load, 0, 4, 23, 12, 'transform="rotate(-18)"')
        + _path(light(load, 26), "M-16 2Q-4-12 14-4Q2 0-16 2z", 'opacity=".8"')
    )


def _flower(tone: str, heart: str) -> str:
    petals = "".join(
        _oval(tone, 0, -15, 8, 14, f'transform="rotate({turn})"') for turn in range(0, 360, 60)
    )
    return petals + _oval(heart, 0, 0, 6, 6)


def _shrimp(tone: str) -> str:
    return (
        _path(tone, "M-26-14C-6-32 30-22 30 6C30 24 14 32-4 28C8 22 14 12 8 4C2-4-14-2-26-14z")
        + _line(
            light(tone, 50),
            2,
            "M-4-21q0 10-6 17M10-20q2 10-4 20M22-12q0 10-11 18M28 4q-8 6-16 6M22 19q-6-2-12-5",
        )
        + _line(tone, 2, "M-26-14q-14-4-20-14M-26-14q-16 2-24-4")
        + _path(dark(tone, 20), "M-4 28l-14 8 4-12z")
        + _oval("#1b1b1b", -16, -15, 2, 2)
    )


def _fish(tone: str) -> str:
    return (
        _path(tone, "M-48 0C-30-22 10-24 30-6L50-18V18L30 6C10 24-30 22-48 0z")
        + _path(light(tone, 60), "M-44 3C-26 20 8 20 28 6C8 12-20 12-44 3z", 'opacity=".8"')
        + _line(dark(tone, 34), 1.6, "M-28-11Q-22 0-28 11M-12-12l34 5")
        + _oval("#1b1b1b", -36, -3, 2.6, 2.6)
    )


_STRAWBERRY = (
    _path("#d42f3c", "M0 30C-24 16-26-12-10-16C-4-18 4-18 10-16C26-12 24 16 0 30z")
    + _line("#f9d98a", 2.4, "M-9-4h.1M2-6h.1M11-2h.1M-5 7h.1M7 8h.1M0 18h.1")
    + _path("#4f8a45", "M0-14L-16-22L-6-22L0-32L6-22L16-22z")
)
_POTATO = _path("#c9a05a", "M-34 4C-36-16-12-24 6-20C30-18 38-2 32 12C24 28-28 24-34 4z") + _line(
    "#9a7638", 2.4, "M-14-8h4M6-2h4M-4 10h4M18-8h3"
)
_CASSAVA = (
    _path("#8a5a38", "M-52 8C-46-12 20-16 52-4C56 0 54 6 48 8C20 18-40 22-52 8z")
    + _oval("#f6efdc", -48, 5, 8, 12)
    + _line("#5f3a20", 1.5, "M-24-6q6 8 2 18M4-9q6 8 2 20M28-8q5 7 2 16")
)
_TARO = (
    _path("#7a5a48", "M-30 6C-32-18-8-28 8-24C30-18 34 2 28 16C18 30-26 28-30 6z")
    + _line("#5a3e30", 1.6, "M-26-6q24 10 52 0M-28 8q28 10 56 0")
    + _oval("#e9dff0", 24, 4, 9, 16)
    + _line("#8a5a9a", 1.4, "M22-4v2M26 2v2M22 8v2M26 12v2")
)
_BANANA = (
    _path("#e9c33a", "M-42-10C-30 22 24 30 46-6L50-12L42-14C26 6-16 6-34-18z")
    + _line("#b8912a", 1.6, "M-36-10C-18 12 22 16 42-8")
    + _path("#5a4420", "M-42-10L-34-18L-40-26L-47-20z")
)
_CORN = (
    _path("#f0c03a", "M-40 0C-34-18 24-18 38 0C24 18-34 18-40 0z")
    + "".join(_line("#c98f1c", 1.4, f"M{x}-12V12") for x in range(-28, 32, 8))
    + _line("#c98f1c", 1.4, "M-34-5H32M-34 5H32")
    + _path("#7fa348", "M-44 8C-30 26 6 24 20 10C0 10-24 8-44 8z")
    + _path("#6b8f38", "M-44-8C-30-26 6-24 20-10C0-10-24-8-44-8z")
)
_GARLIC = _bulb("#f4efe4")
_SHALLOT = _bulb("#b5476a")
_LEMONGRASS = "".join(
    _line("#b7c27a", 7, f"M-50 {y}L46 {y - 22}") + _line("#e9ecc6", 3, f"M-50 {y - 1}L0 {y - 13}")
    for y in (14, 4, -6)
) + _line("#a3262a", 5, "M-6 16L-12-16")
_ROOTS = (
    "".join(
        _line(tone, 3, f"M-4 0C{x * 0.3:.0f} 14 {x} 18 {x * 1.3:.0f} {34 + abs(x) // 4}")
        for x, tone in (
            (-38, "#7a5230"),
            (-24, "#9a6e42"),
            (-10, "#7a5230"),
            (6, "#9a6e42"),
            (20, "#7a5230"),
            (36, "#9a6e42"),
        )
    )
    + _line("#5f8a3e", 5, "M-6-2L-16-40M-4-2L0-46M-2-2L16-38")
    + _line("#c9a765", 7, "M-12 1H6")
)
_COCOA = (
    _path("#a85a24", "M-46 0C-34-24 20-26 44-4C48 0 48 2 44 6C20 26-34 24-46 0z")
    + _line("#7a3a12", 2.4, "M-40-2C-20-14 16-15 40-2M-40 2C-20 14 16 15 40 4M-44 0H44")
    + _line("#7a5230", 6, "M-46 0l-12-5")
)
_COFFEE_CHERRIES = (
    _leaf("#3f7a45", 50, 15, -34)
    + _leaf("#4f8a4f", 46, 14, 16)
    + "".join(
        _oval(tone, x, y, 12, 11.5) + _oval("#fff", x - 4, y - 4, 3, 2.4, 'opacity=".6"')
        for x, y, tone in (
            (-14, 2, "#b5283a"),
            (6, 12, "#d13f45"),
            (-4, -14, "#8f1f33"),
            (20, -2, "#c23040"),
        )
    )
)
_DRY_CHERRIES = "".join(
    _oval(tone, x, y, 11, 9) + _line(light(tone, 34), 1.3, f"M{x - 7} {y - 2}q7-5 14 1")
    for x, y, tone in (
        (-20, 6, "#5a1f2a"),
        (4, 10, "#6b2733"),
        (-6, -8, "#4a1822"),
        (22, 0, "#5f2330"),
    )
)
_DIPPER = (
    _line("#a87444", 7, "M12-10L64-58")
    + _path("#c98f4e", "M-26 8C-22-14 2-30 20-18C30-4 14 22-6 28C-20 30-28 22-26 8z")
    + _line("#7a4a20", 2.4, "M-22-4L2 24M-14-12L12 16M-4-18L18 6M-24 8L-8 26")
    + _path("#e09a1a", "M-26 10C-18 26-10 30-6 28C-8 40-16 44-20 36C-22 30-26 22-26 10z")
)
_HIVE = (
    _path("#a87a44", "M-44-30H44V30H-44z")
    + _path("#c69a5c", "M-50-38H50V-26H-50z")
    + _line("#7a5428", 1.6, "M-44-8H44M-44 12H44")
    + _oval("#2a1a10", 0, 18, 9, 5)
    + _oval("#c98f1c", 0, 18, 13, 8, 'opacity=".4"')
    + "".join(
        _oval("#2a1a10", x, y, 4, 2.6) + _oval("#fff", x, y - 3, 3, 1.6, 'opacity=".8"')
        for x, y in ((24, 4), (-20, -2), (34, -14), (-34, 20))
    )
)
_POT_HONEY = "".join(
    _oval(dark("#b5813a", 26), x + 1, y + 2, 12, 11)
    + _oval("#b5813a", x, y, 12, 11)
    + _oval("#5a2f10", x, y - 3, 7, 4.6)
    for x, y in ((-22, 10), (0, 14), (22, 10), (-11, -6), (11, -6), (0, 2))
)
_EGG = _oval("#e9c9a0", 0, 0, 24, 31) + _oval("#fff", -8, -12, 6, 9, 'opacity=".5"')
_MELINJO = _leaf("#3f7a45", 46, 14, -150) + "".join(
    _oval(tone, x, y, 9, 13, f'transform="rotate(20 {x} {y})"')
    + _oval("#fff", x - 3, y - 5, 2, 3, 'opacity=".6"')
    for x, y, tone in ((-6, 4, "#d1532c"), (14, 8, "#e39a2c"), (28, -4, "#b5332a"))
)
_COCONUT = (
    _path("#6b4526", "M-44-6C-44 30 44 30 44-6z")
    + _oval("#8a5f38", 0, -6, 44, 18)
    + _oval("#fbf8ef", 0, -6, 38, 14.5)
    + _oval("#e9e2d0", 0, -4, 26, 9)
    + _line("#8a6238", 1.6, "M-34 6l6 8M-16 13l4 9M6 14l2 9M26 9l-2 9")
)
_CANDLENUT = "".join(
    _oval(dark(tone, 30), x + 1, y + 2, 13, 11.5)
    + _oval(tone, x, y, 13, 11.5)
    + _oval("#fff", x - 4, y - 4, 3.6, 2.6, 'opacity=".5"')
    for x, y, tone in (
        (-18, 6, "#d9c29a"),
        (8, 10, "#4a3222"),
        (-2, -8, "#6b4a30"),
        (24, -2, "#e3d0aa"),
    )
)
_EGGPLANT = (
    _path(
        "#5f2f6b", "M-42 8C-46-12-18-20 0-16C22-14 44-10 46 2C46 16 20 20 0 20C-20 22-40 20-42 8z"
    )
    + _path("#fff", "M-30-4C-16-12 8-10 22-7C6-6-14-4-30-4z", 'opacity=".35"')
    + _path("#5f8a3e", "M40-8L54-12L60-2L54 10L40 12Q34 2 40-8z")
)
_FAT_CHILI = "".join(
    _path(
        tone,
        f"M{x - 17} {y}C{x - 20} {y - 20} {x - 6} {y - 20} {x} {y - 15}C{x + 6} {y - 20} {x + 20} {y - 20} {x + 17} {y}C{x + 14} {y + 16} {x + 5} {y + 22} {x} {y + 22}C{x - 5} {y + 22} {x - 14} {y + 16} {x - 17} {y}z",
    )
    + _line("#3f6b28", 4, f"M{x} {y - 15}q2-8 8-12")
    + _path("#fff", f"M{x - 11} {y - 9}q2-6 6-5q-4 5-4 12z", 'opacity=".55"')
    for x, y, tone in ((-20, 4, "#e8641e"), (20, 8, "#d1331e"))
)
_BAMBOO = (
    _path("#7fa04a", "M-52-14H44V16H-52z")
    + _oval("#93b45c", -52, 1, 7, 15)
    + _oval("#dfe3b4", 44, 1, 8, 15)
    + _oval("#b9c07a", 44, 1, 5, 10.5)
    + _line("#5f7f34", 3, "M-6-14V16")
    + _line("#c9dc96", 3, "M-46-8H38", 'opacity=".7"')
)
_PALM_SUGAR = (
    _path("#5a2f10", "M-34 0q0-12 34-12t34 12v18q0 13-34 13t-34-13z")
    + _path("#7a4318", "M-34 0q0-12 34-12t34 12v12q0 13-34 13t-34-13z")
    + _oval("#9a5f28", 0, 0, 34, 12)
)
_RICE_EAR = _line("#a8832e", 3, "M-40 26C-20-6 14-22 44-20") + "".join(
    _oval("#d9a93a", x, y, 8, 3.6, f'transform="rotate({turn} {x} {y})"')
    for x, y, turn in (
        (44, -22, -8),
        (30, -30, -34),
        (32, -14, 30),
        (16, -28, -40),
        (18, -8, 34),
        (2, -20, -44),
        (6, 0, 40),
        (-10, -10, -48),
        (-6, 10, 46),
    )
)
_SAGO = (
    _path("#4f8a45", "M-56 12C-20-16 30-20 58-8C30-4-10 6-56 12z")
    + _path("#3f7438", "M-50 20C-14 2 30 2 56 12C26 14-14 18-50 20z")
    + _line("#9fc38a", 1.5, "M-50 11C-16-6 24-12 54-8M-46 19C-12 8 26 8 52 12")
)
_BONE_SPOON = _spoon("#f7fafb")
_PANDAN = "".join(
    _path(tone, f"M-50 {y}C-10 {y - 18} 30 {y - 16} 56 {y - 4}C30 {y - 4}-10 {y + 2}-50 {y}z")
    for y, tone in ((-6, "#3f7a45"), (6, "#4f9150"), (16, "#35683b"))
)
_MORINGA = _line("#5f8a3e", 2.6, "M-46 16C-16 6 14-6 46-22") + "".join(
    _oval("#4f9150" if place % 2 else "#64a35f", x, y, 9, 7)
    for place, (x, y) in enumerate(
        (
            (-34, 2),
            (-30, 22),
            (-16, -4),
            (-10, 18),
            (4, -14),
            (10, 12),
            (22, -24),
            (30, 2),
            (46, -24),
            (-46, 18),
        )
    )
)
_AVOCADO = (
    _path(
        "#3f5a2c", "M-40 4C-44-16-20-26 2-20C24-18 44-10 44 2C44 18 20 28-6 26C-28 26-38 18-40 4z"
    )
    + _path(
        "#c9d67a", "M-34 4C-37-12-18-20 2-15C22-13 38-8 38 2C38 14 18 22-6 21C-26 21-33 14-34 4z"
    )
    + _path("#e9eca8", "M-26 4C-28-8-14-14 2-10C18-9 28-5 28 2C28 10 14 15-6 15C-20 15-26 10-26 4z")
    + _oval("#8a5a2c", -8, 3, 13, 12)
    + _oval("#b5824a", -11, 0, 6, 5)
)
_VANILLA = "".join(
    _line("#2f1c10", 6, f"M-50 {y}C-16 {y - 14} 20 {y + 10} 54 {y - 8}")
    + _line("#6b4a30", 1.4, f"M-48 {y - 1}C-16 {y - 15} 20 {y + 9} 52 {y - 9}")
    for y in (12, 2, -8)
) + _line("#c9a765", 5, "M0 14V-10")
_COCONUT_SPOON = _spoon("#8a5424")

PROPS: Mapping[str, str] = {
    "leaf": _leaf("#4f8a45", 62, 20, -14) + _leaf("#3f7438", 54, 17, 18),
    "lime-leaf": _leaf("#3f7a45", 40, 14, -10) + _leaf("#4f9150", 34, 12, 172),
    "banana-leaf": _path("#4f8a45", "M-66 16Q-10-34 68-18Q24 30-66 16z") + _line("#8fbf7a", 2, "M-62 15Q0-12 64-17"),
    "chili": _chili("#c2261f", -8) + f'<g transform="translate(10 16)">{_chili("#d8432c", 10)}</g>',
    "dry-chili": _chili("#6b1d16", -14) + f'<g transform="translate(6 18)">{_chili("#7f261c", 6)}</g>',
    "garlic": _GARLIC, "shallot": _SHALLOT, "ginger": _root("#c9a05a", "#f0d98a"),
    "turmeric": _root("#c98a2c", "#f09a1a"), "lemongrass": _LEMONGRASS, "strawberry": _STRAWBERRY,
    "potato": _POTATO, "cassava": _CASSAVA, "taro": _TARO, "banana": _BANANA, "corn": _CORN,
    "orange": _citrus("#e8891a", "#f7a93a"), "lime": _citrus("#6b9a3a", "#b9d67a"), "roots": _ROOTS,
    "cocoa": _COCOA, "cherries": _COFFEE_CHERRIES, "dry-cherries": _DRY_CHERRIES, "dipper": _DIPPER,
    "hive": _HIVE, "honey-pots": _POT_HONEY, "egg": _EGG, "melinjo": _MELINJO, "coconut": _COCONUT,
    "candlenut": _CANDLENUT, "eggplant": _EGGPLANT, "fat-chili": _FAT_CHILI, "bamboo": _BAMBOO,
    "palm-sugar": _PALM_SUGAR, "rice-ear": _RICE_EAR, "sago": _SAGO, "salt-spoon": _BONE_SPOON,
    "pandan": _PANDAN, "moringa": _MORINGA, "avocado": _AVOCADO, "vanilla": _VANILLA,
    "sugar-spoon": _COCONUT_SPOON, "brick-spoon": _spoon("#b5482a"), "cocoa-spoon": _spoon("#7a4526"),
    "purple-spoon": _spoon("#7a5068"), "yellow-spoon": _spoon("#e0a82a"), "fish": _fish("#6f8fa8"),
    "lake-fish": _fish("#7a7a58"), "shrimp": _shrimp("#e8845a"), "flower": _flower("#f4efe4", "#e9b44a"),
    "frangipani": _flower("#fbf6ea", "#f2c14c"), "coffee": _cup("#4a2a16"), "tea": _cup("#b8893a"),
    "green-tea": _cup("#b5b84a"), "cocoa-cup": _cup("#6b3d22"), "red-glass": _tumbler("#b5452a"),
    "copper-glass": _tumbler("#c0602a"), "uwuh-glass": _tumbler("#b0232f"), "coffee-glass": _tumbler("#2f1c12"),
    "kawa-shell": _shell("#a8703a"),
}  # fmt: skip
"""By the name that ``pictures.toml`` uses."""

PLACES = ((62, 344, 1.0), (340, 350, 1.0), (330, 300, 0.86))
"""Where props stand: left in front, right in front, right behind the first two."""
TALL = frozenset(
    {
        "coffee",
        "tea",
        "green-tea",
        "cocoa-cup",
        "red-glass",
        "copper-glass",
        "uwuh-glass",
        "coffee-glass",
        "kawa-shell",
        "hive",
    }
)


def beside(pen: Pen, names: tuple[str, ...]) -> None:
    """Lay the named things beside what stands in the middle."""
    drawn = [name for name in names if name in PROPS]
    for name, (x, y, size) in zip(drawn, PLACES, strict=False):
        big = 1.12 if name in TALL else 1.0
        pen.oval("#2a1606", x + 5, y + (30 if name in TALL else 17), 42, 8, 'opacity=".2"')
        pen.add(f'<g transform="translate({x} {y}) scale({size * big:.2f})">{PROPS[name]}</g>')
