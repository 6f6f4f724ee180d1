"""All morsels by name.

Each is made by a function that takes the main colour and, where there is one, a second.
"""

from collections.abc import Callable, Mapping

from demo.art.food import crisps, seeds, sweets
from demo.art.food.piece import Morsel

MORSELS: Mapping[str, Callable[..., Morsel]] = {
    made.__name__.replace("_", "-"): made
    for made in (
        seeds.beans,
        seeds.peaberries,
        crisps.chips,
        crisps.veined,
        crisps.waves,
        crisps.long_chips,
        crisps.curls,
        crisps.discs,
        crisps.grainy_discs,
        crisps.burnt_discs,
        crisps.squares,
        seeds.nuts,
        seeds.cashews,
        seeds.kernels,
        sweets.cubes,
        sweets.sweets,
        sweets.rolls,
        sweets.balls,
        crisps.puffs,
        crisps.sticks,
        crisps.lumps,
        crisps.floss,
        seeds.husks,
        seeds.twists,
        seeds.grains,
        seeds.crystals,
        seeds.nibs,
        seeds.granules,
        sweets.cookies,
        sweets.diamonds,
        sweets.flowers,
        sweets.slabs,
        sweets.bars,
        sweets.jellies,
        sweets.coconut_balls,
        seeds.pods,
    )
}
"""By the name that ``pictures.toml`` uses."""
