"""What the shop takes as a photo, and in which sizes it gives it back. No pixels here."""

import base64
import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from shop.services.media.errors import PhotoFileTooLarge, PhotoTooSmall, TooManyPixels
from shop.services.media.guidance import Look

MAX_BYTES = 12_000_000
"""What a phone's camera writes, with room to spare."""
MAX_PIXELS = 30_000_000
"""Thirty million pixels unpack to 90 MB: the most one upload may cost us."""
MAX_PIXELS_BY_FORMAT: Mapping[str, int] = {"AVIF": 16_000_000, "WEBP": 13_000_000}
"""Unpacking these costs 14 and 18 bytes for each pixel, three times as much as JPEG and PNG. No
camera writes them; a phone's twelve million pixels still go in (record 0120)."""
MIN_SIDE_PIXELS = 600
"""Short side in pixels below which a photo looks poor on the product page."""
MIN_READABLE_PIXELS = 240
"""Short side below which nobody reads the figures on a photo of paper or of a screen."""
MASTER_SIDE = 1600
"""Nothing larger is ever served, so nothing larger is kept."""
FOREVER = "public, max-age=31536000, immutable"
"""How long browsers may keep a photo: its name says what is in it, so it never changes."""
TAKEN_FORMATS = ("JPEG", "PNG", "WEBP", "AVIF")
"""Told by decoding, never by the file's name or what the browser claims."""

WIDTHS = (160, 320, 480, 800, 1600)
BUDGETS: Mapping[int, int] = {160: 7_000, 320: 18_000, 480: 34_000, 800: 60_000, 1600: 240_000}
"""Bytes a rendition may weigh, by width in pixels: what a card and a first photo may cost."""


class PhotoFormat(StrEnum):
    """Formats we serve, lightest first: a browser takes the first it knows."""

    AVIF = "avif"
    WEBP = "webp"
    JPEG = "jpg"

    @property
    def mime_type(self) -> str:
        """The content type, as browsers name it."""
        return "image/jpeg" if self is PhotoFormat.JPEG else f"image/{self.value}"


FIRST_WIDTHS = (320, 800)
UPLOAD_WIDTHS = (320,)
"""What an upload waits for: enough for its card and for the page it was sent from."""
FIRST_FORMATS = (PhotoFormat.WEBP, PhotoFormat.JPEG)
"""Made at once: card and product page can show the photo before the worker has run."""


@dataclass(frozen=True)
class Centre:
    """The point of a photo that must stay when it is cut square, in thousandths."""

    across: int = 500
    down: int = 500


@dataclass(frozen=True)
class Square:
    """A cut of ``side`` by ``side`` pixels, counted from the upper left corner."""

    left: int
    top: int
    side: int

    @property
    def box(self) -> tuple[int, int, int, int]:
        """Left, top, right, bottom."""
        return self.left, self.top, self.left + self.side, self.top + self.side


def cut_square(width: int, height: int, centre: Centre) -> Square:
    """The largest square inside a photo whose middle is as near to ``centre`` as it can be.

    A centre outside the photo is drawn to its edge: the cut always lies inside.
    """
    side = min(width, height)
    left = width * centre.across // 1000 - side // 2
    top = height * centre.down // 1000 - side // 2
    return Square(max(0, min(left, width - side)), max(0, min(top, height - side)), side)


MAX_ASPECT_RATIO = 3
"""A panorama is kept up to so many times its height: no square is cut from beyond."""


def middle(width: int, height: int) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of what is kept of a photo: all of it, but for panoramas."""
    wide, high = min(width, MAX_ASPECT_RATIO * height), min(height, MAX_ASPECT_RATIO * width)
    left, top = (width - wide) // 2, (height - high) // 2
    return left, top, left + wide, top + high


def check_file_size(size: int) -> None:
    """Refuse an upload by its bytes, before anything looks into it.

    :raises PhotoTooHeavy: above 12 MB.
    """
    if size > MAX_BYTES:
        raise PhotoFileTooLarge(size, MAX_BYTES)


def check_pixels(
    width: int, height: int, maximum: int | None = None, minimum: int = MIN_SIDE_PIXELS
) -> None:
    """Refuse a photo by the size its header claims, before a pixel is unpacked.

    :param maximum: of the format, where it is not 30 million.
    :param minimum: pixels of the short side.
    :raises PhotoTooWide: above it.
    :raises PhotoTooSmall: with a short side below ``minimum``.
    """
    maximum = maximum or MAX_PIXELS
    if width * height > maximum:
        raise TooManyPixels(width * height, maximum)
    if min(width, height) < minimum:
        raise PhotoTooSmall(min(width, height), minimum)


def widths_for(side: int) -> tuple[int, ...]:
    """The widths a photo of ``side`` pixels is served in: it is never blown up.

    :return: ascending; at least the three smallest, because no photo is below 600 pixels.
    """
    return tuple(width for width in WIDTHS if width <= side)


@dataclass(frozen=True)
class RenditionBytes:
    """One size of a photo in one format, ready to be stored."""

    format: PhotoFormat
    width: int
    height: int
    data: bytes


@dataclass(frozen=True)
class PreparedPhoto:
    """An upload made safe: upright, square, sRGB, without anything but its pixels."""

    key: str
    master: bytes
    side: int
    renditions: tuple[RenditionBytes, ...] = ()
    whole: bytes | None = None
    """What lay around the square, to choose another centre from; None for a square upload."""
    centre: Centre = Centre()
    fingerprint: str = ""
    look: Look = field(default_factory=Look)


def missing_sizes(
    side: int, existing: Iterable[tuple[PhotoFormat, int]]
) -> dict[PhotoFormat, list[int]]:
    """Which widths are still to be made, by format."""
    have = set(existing)
    wanted = {
        kind: [width for width in widths_for(side) if (kind, width) not in have]
        for kind in PhotoFormat
    }
    return {kind: widths for kind, widths in wanted.items() if widths}


def photo_key(master: bytes) -> str:
    """The name of a photo: what is in it decides, so the same photo is stored once.

    130 bits of SHA-256, in letters and digits that no file system confuses, and nobody can guess
    it. The renditions share it: a page of 24 cards repeats each key, and repeats compress.

    :return: for example ``"ab/cdefghijklmnopqrstuvwxyz"``.
    """
    digest = base64.b32encode(hashlib.sha256(master).digest()).decode().lower()[:26]
    return f"{digest[:2]}/{digest[2:]}"


def whole_name(key: str) -> str:
    """Where the cleaned photo stands as it was before it was cut square."""
    return f"{key}/whole.jpg"


def master_name(key: str) -> str:
    """Where the cleaned photo stands from which all renditions are made."""
    return f"{key}/master.jpg"


def rendition_name(key: str, width: int, kind: PhotoFormat) -> str:
    """Where one rendition stands, for example ``"ab/cdef…/320.webp"``."""
    return f"{key}/{width}.{kind.value}"


_NAME = re.compile(r"[a-z2-7]{2}/[a-z2-7]{24}/(?:master|whole|[0-9]{2,4})\.(avif|webp|jpg)")


def format_of(name: str) -> PhotoFormat | None:
    """The format of a stored photo by its name; ``None`` if we never give such names."""
    match = _NAME.fullmatch(name)
    return PhotoFormat(match[1]) if match else None
