"""From any upload to clean squares: the only file that opens pictures.

Everything here is plain bytes to bytes, costs processor time and touches no database: callers do it
before they open a transaction, or in another process.
"""

import io
from collections.abc import Mapping, Sequence
from dataclasses import replace

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from shop.media.errors import HeicPhoto, NotAPhoto, PhotoTooWide
from shop.media.rules import (
    BUDGETS,
    FIRST_FORMATS,
    FIRST_WIDTHS,
    MASTER_SIDE,
    MOST_PIXELS,
    TAKEN_FORMATS,
    Centre,
    PhotoFormat,
    PreparedPhoto,
    RenditionBytes,
    check_pixels,
    check_weight,
    cut_square,
    photo_key,
)

# Pillow's own alarm, set to our limit: it warns above and refuses at twice as much.
Image.MAX_IMAGE_PIXELS = MOST_PIXELS

HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1")
MASTER_QUALITY = 92
PROGRESSIVE_FROM = 480
"""Pixels from which a JPEG is written to appear coarse first."""
QUALITIES: Mapping[PhotoFormat, tuple[int, ...]] = {
    PhotoFormat.AVIF: (55, 45, 35, 25, 15, 5),
    PhotoFormat.WEBP: (80, 68, 54, 40, 26, 12, 2),
    PhotoFormat.JPEG: (82, 72, 60, 46, 32, 18, 6),
}
"""Tried from the first until the rendition keeps its budget; nearly every photo stops there."""

_SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


def prepare(data: bytes, *, centre: Centre = Centre()) -> PreparedPhoto:
    """Make an upload safe and square.

    What comes out was written by us pixel by pixel: position of the photographer, camera, previews
    and whatever hid behind the picture stay outside.

    :param centre: the point that stays in the middle of the square, as far as the edges allow.
    :raises PhotoRefused: too heavy, not a photo, HEIC, too small, too many pixels.
    """
    return _kept(_cleaned(data, centre))


def prepare_first(data: bytes, *, centre: Centre = Centre()) -> PreparedPhoto:
    """An upload made safe, with the sizes that pages need before the worker has run.

    :raises PhotoRefused: as :func:`prepare` does.
    """
    clean = _cleaned(data, centre)
    return replace(_kept(clean), renditions=_sizes(clean, FIRST_WIDTHS, FIRST_FORMATS))


def render(
    master: bytes, *, widths: Sequence[int], formats: Sequence[PhotoFormat]
) -> tuple[RenditionBytes, ...]:
    """The asked-for sizes of a prepared photo, each within its budget.

    :param widths: pixels; those above the master's side are left out.
    :return: largest first, every width in every format.
    """
    with Image.open(io.BytesIO(master), formats=("JPEG",)) as photo:
        photo.draft("RGB", (max(widths), max(widths)))
        return _sizes(photo.convert("RGB"), widths, formats)


def _cleaned(data: bytes, centre: Centre) -> Image.Image:
    check_weight(len(data))
    if data[4:8] == b"ftyp" and data[8:12] in HEIC_BRANDS and b"avif" not in data[8:32]:
        raise HeicPhoto
    try:
        with Image.open(io.BytesIO(data), formats=TAKEN_FORMATS) as upload:
            check_pixels(*upload.size)
            # JPEG can be read at a half, a quarter or an eighth: less memory, less time.
            upload.draft("RGB", (MASTER_SIDE, MASTER_SIDE))
            upright = ImageOps.exif_transpose(upload)
            plain = _in_srgb(upright)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise PhotoTooWide(2 * MOST_PIXELS, MOST_PIXELS) from bomb
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, MemoryError) as broken:
        # Pillow's decoders say "broken" in all these ways.
        raise NotAPhoto from broken
    square = cut_square(*plain.size, centre)
    side = min(square.side, MASTER_SIDE)
    clean = plain.resize((side, side), Image.Resampling.LANCZOS, box=square.box, reducing_gap=3.0)
    # Pillow would carry comments, profile and position over to whatever is written from it.
    clean.info.clear()
    return clean


def _kept(clean: Image.Image) -> PreparedPhoto:
    out = io.BytesIO()
    clean.save(out, "JPEG", quality=MASTER_QUALITY, subsampling="4:4:4")
    master = out.getvalue()
    return PreparedPhoto(photo_key(master), master, clean.width)


def _sizes(
    photo: Image.Image, widths: Sequence[int], formats: Sequence[PhotoFormat]
) -> tuple[RenditionBytes, ...]:
    made: list[RenditionBytes] = []
    side, current = photo.width, photo
    for width in sorted(set(widths), reverse=True):
        if width > side:
            continue
        # From the next larger one: a chain of short steps is faster and as sharp.
        current = current.resize((width, width), Image.Resampling.LANCZOS, reducing_gap=3.0)
        made += [RenditionBytes(kind, width, width, _written(current, kind)) for kind in formats]
    return tuple(made)


def _in_srgb(picture: Image.Image) -> Image.Image:
    """The same colours in the one space that every screen assumes, on white where it was clear."""
    profile = picture.info.get("icc_profile")
    if picture.mode in ("P", "LA", "PA") or "transparency" in picture.info:
        picture = picture.convert("RGBA")
    if picture.mode == "RGBA" and picture.getchannel("A").getextrema() != (255, 255):
        ground = Image.new("RGBA", picture.size, "white")
        picture = Image.alpha_composite(ground, picture).convert("RGB")
    if picture.mode.startswith("I"):
        # Sixteen bits of grey: the upper eight are what a screen can show.
        picture = picture.point(lambda grey: grey / 257).convert("L")
    if profile and picture.mode in ("RGB", "CMYK", "L"):
        try:
            seen = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            return ImageCms.profileToProfile(picture, seen, _SRGB, outputMode="RGB") or picture
        except (ImageCms.PyCMSError, OSError):
            pass  # a broken profile is no reason to refuse a photo: shown as if it had none
    return picture.convert("RGB")


def _written(picture: Image.Image, kind: PhotoFormat) -> bytes:
    """The rendition in the best quality that keeps its budget."""
    for quality in QUALITIES[kind]:
        data = _encoded(picture, kind, quality)
        if len(data) <= BUDGETS[picture.width]:
            return data
    # Only a picture of pure noise gets here. Half its detail is still more than the eye takes in.
    half = picture.resize((picture.width // 2,) * 2, Image.Resampling.BOX)
    return _written(half.resize(picture.size, Image.Resampling.BILINEAR), kind)


def _encoded(picture: Image.Image, kind: PhotoFormat, quality: int) -> bytes:
    out = io.BytesIO()
    if kind is PhotoFormat.AVIF:
        picture.save(out, "AVIF", quality=quality, speed=8)
    elif kind is PhotoFormat.WEBP:
        # Method 2 takes half the time of 3 and 4 for a twentieth more bytes.
        picture.save(out, "WEBP", quality=quality, method=2)
    else:
        progressive = picture.width >= PROGRESSIVE_FROM
        picture.save(out, "JPEG", quality=quality, optimize=True, progressive=progressive)
    return out.getvalue()
