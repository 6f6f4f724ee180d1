"""What would make a photo sell better: a traffic light and one tip. It never refuses one."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Light(StrEnum):
    """How good a photo is, as three lights."""

    GREEN = "hijau"
    AMBER = "kuning"
    RED = "merah"


class Tip(StrEnum):
    """The one thing to do better, the most helpful first."""

    BLURRED = "buram"
    DARK = "gelap"
    GLARING = "silau"
    FLAT = "pudar"
    FAR = "jauh"
    OFF_CENTRE = "miring"
    SMALL = "kecil"


@dataclass(frozen=True, slots=True)
class Look:
    """How a photo looks, in numbers."""

    side: int = 1600
    """Pixels across its square."""
    brightness: int = 128
    """Mean grey, 0 black to 255 white."""
    contrast: int = 60
    """Spread of grey around it."""
    sharpness: int = 40
    """Spread at the edges of its crispest parts, in percent of the contrast."""
    fills: int | None = None
    """Percent of the square that the goods fill; None: the background is not calm enough."""
    off_centre: int = 0
    """How far they stand from the middle, in percent of the side."""


@dataclass(frozen=True, slots=True)
class Advice:
    """A light, and the tip that helps most; none when it is green."""

    light: Light
    tip: Tip | None = None


STANDS_OUT = 30
GOOD_SIDE = 1000
"""Pixels from which zooming in shows more."""

# (tip, a little, much): from where on a photo earns a yellow and a red light.
DARK, GLARING = (85, 50), (230, 240)
FLAT = (22, 8)
BLURRED = (8, 4)
FAR = (18, 6)
OFF_CENTRE = (16, 30)


def advise(look: Look) -> Advice:
    """The light a photo gets, and the one tip that would change it."""
    found = list(_faults(look))
    if not found:
        return Advice(Light.GREEN)
    # A grave fault is named before a slight one; among equals the order of the tips decides.
    grave, tip = max(found, key=lambda one: (one[0], -list(Tip).index(one[1])))
    return Advice(Light.RED if grave else Light.AMBER, tip)


def _faults(look: Look) -> Iterable[tuple[bool, Tip]]:
    for tip, value, (slight, grave) in (
        (Tip.BLURRED, look.sharpness, BLURRED),
        (Tip.DARK, look.brightness, DARK),
        (Tip.FLAT, look.contrast, FLAT),
        (Tip.FAR, 100 if look.fills is None else look.fills, FAR),
    ):
        if value < slight:
            yield value < grave, tip
    for tip, value, (slight, grave) in (
        # Goods on white are bright as well, but stand out from it.
        (Tip.GLARING, look.brightness if look.contrast < STANDS_OUT else 0, GLARING),
        (Tip.OFF_CENTRE, look.off_centre, OFF_CENTRE),
    ):
        if value > slight:
            yield value > grave, tip
    if look.side < GOOD_SIDE:
        yield False, Tip.SMALL


TWIN_BITS = 20
"""Of 256 bits: photos that differ in no more look alike to a shopper."""
PLAIN_BITS = 24
"""A print with fewer ones (or fewer noughts) is of a plain surface and says nothing."""


def are_near_duplicates(one: str, other: str) -> bool:
    """Whether two perceptual hashes are of the same or nearly the same photo."""
    if not one or not other:
        return False
    first, second = int(one, 16), int(other, 16)
    bits = 4 * len(one)
    if any(not PLAIN_BITS <= print_.bit_count() <= bits - PLAIN_BITS for print_ in (first, second)):
        return False
    return (first ^ second).bit_count() <= TWIN_BITS
