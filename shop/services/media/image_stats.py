"""How a photo looks, in a few numbers: what guidance and the search for twins go by."""

from itertools import pairwise

from PIL import Image, ImageChops, ImageFilter, ImageStat

from shop.services.media.guidance import Look

SHARPNESS_SIDE = 640
"""Blur is judged at one size, about that of a phone's screen."""
TILES, CRISP_TILES = 8, 3
"""Of 64 parts of the square three have to be crisp: the goods may be small in it."""
FRAME_SIDE = 64
CALM_GROUND = 24
"""Spread of grey along the four edges up to which they count as one background."""
DIFFERS = 28
"""Steps of grey from the background from which a point belongs to the goods."""
PRINT = 16
_EDGES = ImageFilter.Kernel((3, 3), (0, 1, 0, 1, -4, 1, 0, 1, 0), scale=1, offset=128)


def measured(square: Image.Image) -> Look:
    """Brightness, contrast, sharpness and framing of a cleaned square."""
    grey = _grey(square, SHARPNESS_SIDE, SHARPNESS_SIDE)
    light = ImageStat.Stat(grey)
    contrast = int(light.stddev[0])
    fills, off_centre = _framing(grey.resize((FRAME_SIDE,) * 2, Image.Resampling.BOX))
    return Look(
        side=square.width,
        brightness=int(light.mean[0]),
        contrast=contrast,
        sharpness=_sharpness(grey) * 100 // max(contrast, 1),
        fills=fills,
        off_centre=off_centre,
    )


def fingerprint(square: Image.Image) -> str:
    """256 bits that hardly change when a photo is saved anew, shrunk or made lighter.

    Each bit says whether a point is darker than its right neighbour, on a grid of 17 by 16.
    """
    grey = _grey(square, PRINT + 1, PRINT).tobytes()
    bits = 0
    for row in range(PRINT):
        line = grey[row * (PRINT + 1) : (row + 1) * (PRINT + 1)]
        for left, right in pairwise(line):
            bits = bits << 1 | (left < right)
    return f"{bits:064x}"


def _grey(square: Image.Image, wide: int, high: int) -> Image.Image:
    return square.convert("L").resize((wide, high), Image.Resampling.BILINEAR, reducing_gap=3.0)


def _sharpness(grey: Image.Image) -> int:
    """How crisp the crispest parts are: goods before a soft background are a sharp photo."""
    # Without the outermost points, which the filter leaves as they are.
    last = SHARPNESS_SIDE - 1
    edges = grey.filter(_EDGES).crop((1, 1, last, last))
    step = edges.width // TILES
    spreads = sorted(
        ImageStat.Stat(edges.crop((x, y, x + step, y + step))).stddev[0]
        for x in range(0, TILES * step, step)
        for y in range(0, TILES * step, step)
    )
    return int(spreads[-CRISP_TILES])


def _framing(grey: Image.Image) -> tuple[int | None, int]:
    """Percent of the square that the goods' box fills, and how far it stands from the middle.

    Only a calm background tells where the goods are; before any other nothing is said.
    """
    side = grey.width
    last = side - 2
    edges = ((0, 0, side, 2), (0, last, side, side), (0, 0, 2, side), (last, 0, side, side))
    rim = b"".join(grey.crop(box).tobytes() for box in edges)
    ordered = sorted(rim)
    if ordered[len(ordered) * 9 // 10] - ordered[len(ordered) // 10] > CALM_GROUND:
        return None, 0
    ground = Image.new("L", grey.size, ordered[len(ordered) // 2])
    box = ImageChops.difference(grey, ground).point(lambda step: 255 * (step > DIFFERS)).getbbox()
    if box is None:
        return None, 0
    left, top, right, bottom = box
    off = max(abs(left + right - side), abs(top + bottom - side)) * 50 // side
    return (right - left) * (bottom - top) * 100 // (side * side), off
