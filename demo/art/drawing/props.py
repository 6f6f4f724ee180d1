"""Small things beside a pack that tell what it is made of."""

from collections.abc import Mapping

from demo.art.drawing import ingredients, shapes
from demo.art.drawing.finish import Look
from demo.art.drawing.pen import Pen

PROPS: Mapping[str, str] = {
    "leaf": shapes.leaf("#4f8a45", 62, 20, -14) + shapes.leaf("#3f7438", 54, 17, 18),
    "lime-leaf": shapes.leaf("#3f7a45", 40, 14, -10) + shapes.leaf("#4f9150", 34, 12, 172),
    "chili": shapes.chili("#c2261f", -8)
    + f'<g transform="translate(10 16)">{shapes.chili("#d8432c", 10)}</g>',
    "dry-chili": shapes.chili("#6b1d16", -14)
    + f'<g transform="translate(6 18)">{shapes.chili("#7f261c", 6)}</g>',
    "garlic": ingredients.GARLIC,
    "shallot": ingredients.SHALLOT,
    "ginger": shapes.root("#c9a05a", "#f0d98a"),
    "turmeric": shapes.root("#c98a2c", "#f09a1a"),
    "lemongrass": ingredients.LEMONGRASS,
    "strawberry": ingredients.STRAWBERRY,
    "potato": ingredients.POTATO,
    "cassava": ingredients.CASSAVA,
    "taro": ingredients.TARO,
    "banana": ingredients.BANANA,
    "corn": ingredients.CORN,
    "orange": shapes.citrus("#e8891a", "#f7a93a"),
    "lime": shapes.citrus("#6b9a3a", "#b9d67a"),
    "roots": ingredients.ROOTS,
    "cocoa": ingredients.COCOA,
    "cherries": ingredients.COFFEE_CHERRIES,
    "dry-cherries": ingredients.DRY_CHERRIES,
    "dipper": ingredients.DIPPER,
    "hive": ingredients.HIVE,
    "honey-pots": ingredients.POT_HONEY,
    "egg": ingredients.EGG,
    "melinjo": ingredients.MELINJO,
    "coconut": ingredients.COCONUT,
    "candlenut": ingredients.CANDLENUT,
    "eggplant": ingredients.EGGPLANT,
    "fat-chili": ingredients.FAT_CHILI,
    "bamboo": ingredients.BAMBOO,
    "palm-sugar": ingredients.PALM_SUGAR,
    "rice-ear": ingredients.RICE_EAR,
    "sago": ingredients.SAGO,
    "salt-spoon": ingredients.BONE_SPOON,
    "pandan": ingredients.PANDAN,
    "moringa": ingredients.MORINGA,
    "avocado": ingredients.AVOCADO,
    "vanilla": ingredients.VANILLA,
    "sugar-spoon": ingredients.COCONUT_SPOON,
    "brick-spoon": shapes.spoon("#b5482a"),
    "purple-spoon": shapes.spoon("#7a5068"),
    "fish": shapes.fish("#6f8fa8"),
    "lake-fish": shapes.fish("#7a7a58"),
    "shrimp": shapes.shrimp("#e8845a"),
    "flower": shapes.flower("#f4efe4", "#e9b44a"),
    "frangipani": shapes.flower("#fbf6ea", "#f2c14c"),
    "coffee": shapes.cup("#4a2a16"),
    "green-tea": shapes.cup("#b5b84a"),
    "cocoa-cup": shapes.cup("#6b3d22"),
    "copper-glass": shapes.tumbler("#c0602a"),
    "uwuh-glass": shapes.tumbler("#b0232f"),
    "coffee-glass": shapes.tumbler("#2f1c12"),
    "kawa-shell": shapes.shell("#a8703a"),
}
"""By the name that ``pictures.toml`` uses."""

PLACES = ((62, 344, 1.0), (340, 350, 1.0), (330, 300, 0.86))
"""Where props stand: left in front, right in front, right behind the first two."""

TALL = frozenset(
    {
        "coffee",
        "green-tea",
        "cocoa-cup",
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


def garnish(pen: Pen, look: Look, spots: tuple[tuple[float, float, float], ...]) -> None:
    """Lay the named things round a plate; a spot is left, top and turn in degrees."""
    drawn = [name for name in look.props if name in PROPS]
    for name, (x, y, turn) in zip(drawn, spots, strict=False):
        pen.oval("#2a1606", x + 6, y + 10, 44, 30, 'opacity=".16"')
        pen.add(f'<g transform="translate({x} {y}) rotate({turn}) scale(1.15)">{PROPS[name]}</g>')
