"""From any upload to clean squares: the only file that opens pictures.

Everything here is plain bytes to bytes, costs processor time and touches no database: callers do it
before they open a transaction, or in another process.
"""

import io
from collections.abc import Mapping, Sequence
from dataclasses import replace

from PIL import Image, ImageCms, UnidentifiedImageError

from shop.services.media.errors import HeicPhoto, MovingPhoto, NotAPhoto, TooManyPixels
from shop.services.media.image_stats import fingerprint, measured
from shop.services.media.rules import (
    BUDGETS,
    FIRST_FORMATS,
    FIRST_WIDTHS,
    MASTER_SIDE,
    MAX_PIXELS,
    MAX_PIXELS_BY_FORMAT,
    MIN_READABLE_PIXELS,
    MIN_SIDE_PIXELS,
    TAKEN_FORMATS,
    UPLOAD_WIDTHS,
    Centre,
    PhotoFormat,
    PreparedPhoto,
    RenditionBytes,
    check_file_size,
    check_pixels,
    cut_square,
    middle,
    photo_key,
)

# Pillow's own alarm, set to our limit: it warns above and refuses at twice as much.
Image.MAX_IMAGE_PIXELS = MAX_PIXELS

HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1")
MOVING_FORMATS = ("PNG", "WEBP", "AVIF")
ORIENTATION = 0x0112
TURNS: Mapping[int, Image.Transpose] = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""How a camera was held, and what sets the picture upright."""
PLAIN_MODES = ("RGB", "L", "CMYK")
MAX_PROGRESSIVE_PIXELS = 16_000_000
STRIP, SEAM = 128, 16
"""Rows made at once while a large upload becomes a small one, and rows read beyond them."""
MASTER_QUALITY = 92
READABLE_SIDE, READABLE_QUALITY = 1_600, 80
"""Longer side of a photo that is read and not admired, and how well it is kept."""
PROGRESSIVE_FROM = 480
"""Pixels from which a JPEG is written to appear coarse first."""
QUALITIES: Mapping[PhotoFormat, tuple[int, ...]] = {
    PhotoFormat.AVIF: (55, 45, 35, 25, 15, 5),
    PhotoFormat.WEBP: (80, 68, 54, 40, 26, 12, 2),
    PhotoFormat.JPEG: (82, 72, 60, 46, 32, 18, 6),
}
"""Tried from the first until the rendition keeps its budget; nearly every photo stops there."""

Weights = Mapping[int, int]
"""Bytes of one rendition by the quality it was written in."""

_SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


def prepare(data: bytes, *, centre: Centre = Centre()) -> PreparedPhoto:
    """Make an upload safe and square.

    What comes out was written by us pixel by pixel: position of the photographer, camera, previews
    and whatever hid behind the picture stay outside.

    :param centre: the point that stays in the middle of the square, as far as the edges allow.
    :raises PhotoRefused: too heavy, not a photo, HEIC, too small, too many pixels, moving.
    """
    whole = _cleaned(data)
    return _prepare(_cut(whole, centre), whole, centre)


def prepare_first(
    data: bytes, *, centre: Centre = Centre(), widths: Sequence[int] = FIRST_WIDTHS
) -> PreparedPhoto:
    """An upload made safe, with the sizes that pages need before the worker has run.

    :param widths: those sizes, in pixels.
    :raises PhotoRefused: as :func:`prepare` does.
    """
    whole = _cleaned(data)
    return _with_sizes(_cut(whole, centre), whole, centre, widths)


def readable(data: bytes) -> bytes:
    """A photo of paper or of a screen made safe, whole and not square, as JPEG.

    :raises PhotoRefused: as :func:`prepare` does, but smaller ones are taken.
    """
    picture = _cleaned(data, minimum=MIN_READABLE_PIXELS)
    picture.thumbnail((READABLE_SIDE, READABLE_SIDE), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=READABLE_QUALITY, optimize=True)
    return out.getvalue()


def cut_again(whole: bytes, centre: Centre) -> PreparedPhoto:
    """The same photo with another centre; a photo of its own, as its square is another.

    :param whole: what was kept of the upload beside its square.
    """
    with Image.open(io.BytesIO(whole), formats=("JPEG",)) as kept:
        picture = kept.convert("RGB")
    picture.info.clear()
    # The same bytes again: written anew each time, a photo would wear out.
    return replace(_with_sizes(_cut(picture, centre), picture, centre, UPLOAD_WIDTHS), whole=whole)


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


def _cleaned(data: bytes, minimum: int = MIN_SIDE_PIXELS) -> Image.Image:
    """The whole picture: upright, in the colours of screens, no larger than we serve."""
    check_file_size(len(data))
    if data[4:8] == b"ftyp" and data[8:12] in HEIC_BRANDS and b"avif" not in data[8:32]:
        raise HeicPhoto
    try:
        with Image.open(io.BytesIO(data), formats=TAKEN_FORMATS) as upload:
            maximum = MAX_PIXELS_BY_FORMAT.get(upload.format or "")
            check_pixels(*upload.size, maximum=maximum, minimum=minimum)
            # Phones write a JPEG of several pictures (MPO), the photo first: that does not move.
            if upload.format in MOVING_FORMATS and getattr(upload, "is_animated", False):
                raise MovingPhoto
            # JPEG can be read at a half, a quarter or an eighth: less memory, less time.
            upload.draft("RGB", (_least_read(upload),) * 2)
            profile = upload.info.get("icc_profile")
            plain = _shrunk(upload)
            turned = upload.getexif().get(ORIENTATION, 1)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise TooManyPixels(2 * MAX_PIXELS, MAX_PIXELS) from bomb
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, MemoryError) as broken:
        # Pillow's decoders say "broken" in all these ways.
        raise NotAPhoto from broken
    if turned in TURNS:
        plain = plain.transpose(TURNS[turned])
    return _in_srgb(plain, profile)


def _least_read(upload: Image.Image) -> int:
    """Pixels of the shorter side that have to be read.

    A JPEG that appears coarse first is unpacked whole before its first line is known: six bytes
    for each pixel. The largest of them are read at half their size.
    """
    is_costly = (
        "progressive" in upload.info and upload.width * upload.height > MAX_PROGRESSIVE_PIXELS
    )
    return MASTER_SIDE // 2 if is_costly else MASTER_SIDE


def _shrunk(upload: Image.Image) -> Image.Image:
    """The upload's middle with a shorter side of at most :data:`MASTER_SIDE`, on white."""
    upload.load()
    box = middle(*upload.size)
    wide, high = box[2] - box[0], box[3] - box[1]
    short = min(wide, high, MASTER_SIDE)
    size = (wide * short // min(wide, high), high * short // min(wide, high))
    if upload.mode in PLAIN_MODES and "transparency" not in upload.info:
        return upload.resize(size, Image.Resampling.HAMMING, box=box, reducing_gap=2.0)
    return _strip_by_strip(upload, box, size)


def _strip_by_strip(
    upload: Image.Image, box: tuple[int, int, int, int], size: tuple[int, int]
) -> Image.Image:
    """Part of an upload that is partly clear, indexed or deep, made plain and small.

    Three full copies of thirty million pixels would cost a third of a gigabyte; a strip costs
    nothing. Each is cut with some rows more than it needs, so that none shows a seam.
    """
    left, top, right, bottom = box
    out, high = Image.new("RGB", size), bottom - top
    for row in range(0, size[1], STRIP):
        rows = min(STRIP, size[1] - row)
        begins, ends = (top + high * at / size[1] for at in (row, row + rows))
        above, below = max(top, int(begins) - SEAM), min(bottom, int(ends) + SEAM)
        strip = _on_white(upload.crop((left, above, right, below))).convert("RGB")
        part = (0, begins - above, strip.width, ends - above)
        out.paste(strip.resize((size[0], rows), Image.Resampling.HAMMING, box=part), (0, row))
    return out


def _on_white(picture: Image.Image) -> Image.Image:
    """Plain colours; white where it was clear."""
    if picture.mode in ("P", "LA", "PA", "La", "RGBa") or "transparency" in picture.info:
        picture = picture.convert("RGBA")
    if picture.mode == "RGBA" and picture.getchannel("A").getextrema() != (255, 255):
        ground = Image.new("RGBA", picture.size, "white")
        return Image.alpha_composite(ground, picture).convert("RGB")
    if picture.mode.startswith("I"):
        # Sixteen bits of grey: the upper eight are what a screen can show.
        return picture.point(lambda grey: grey / 257).convert("L")
    return picture


def _in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """The same colours in the one space that every screen assumes, and nothing but them."""
    if profile:
        try:
            seen = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            picture = ImageCms.profileToProfile(picture, seen, _SRGB, outputMode="RGB") or picture
        except (ImageCms.PyCMSError, OSError):
            pass  # a broken profile is no reason to refuse a photo: shown as if it had none
    picture = picture.convert("RGB")
    # Pillow would carry comments, profile and position over to whatever is written from it.
    picture.info.clear()
    return picture


def _cut(whole: Image.Image, centre: Centre) -> Image.Image:
    return whole.crop(cut_square(*whole.size, centre).box)


def _prepare(square: Image.Image, whole: Image.Image, centre: Centre) -> PreparedPhoto:
    master = _as_master(square)
    return PreparedPhoto(
        photo_key(master),
        master,
        square.width,
        # A square upload has nothing to choose from.
        whole=_as_master(whole) if whole.size != square.size else None,
        centre=centre,
        fingerprint=fingerprint(square),
        look=measured(square),
    )


def _with_sizes(
    square: Image.Image, whole: Image.Image, centre: Centre, widths: Sequence[int]
) -> PreparedPhoto:
    made = _sizes(square, widths, FIRST_FORMATS)
    return replace(_prepare(square, whole, centre), renditions=made)


def _as_master(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=MASTER_QUALITY, subsampling="4:4:4")
    return out.getvalue()


def _sizes(
    photo: Image.Image, widths: Sequence[int], formats: Sequence[PhotoFormat]
) -> tuple[RenditionBytes, ...]:
    side, current = photo.width, photo
    shrunk: dict[int, Image.Image] = {}
    for width in sorted(set(widths), reverse=True):
        if width > side:
            continue
        # From the next larger one: a chain of short steps is faster and as sharp.
        current = current.resize((width, width), Image.Resampling.LANCZOS, reducing_gap=3.0)
        shrunk[width] = current
    made: dict[tuple[int, PhotoFormat], RenditionBytes] = {}
    for kind in formats:
        side, weights = 1, dict[int, int]()
        # The smallest first: it costs little, and tells of the larger what is not worth trying.
        for width, picture in sorted(shrunk.items()):
            likely = {one: weights[one] * width * width // (side * side) for one in weights}
            data, weighed = _written(picture, kind, _worth_trying(kind, width, likely))
            made[width, kind] = RenditionBytes(kind, width, width, data)
            side, weights = width, {**likely, **weighed}
    return tuple(made[width, kind] for width in shrunk for kind in formats)


def _worth_trying(kind: PhotoFormat, width: int, likely: Weights) -> Sequence[int]:
    """The qualities of a format, but for those that would surely break the budget.

    A picture of four times the points weighs about four times as much. Fine drawings do so within
    a tenth, photographs weigh less; what would be half as heavy again is not written to find out.

    :param likely: what the next smaller rendition makes expect.
    """
    *better, last = QUALITIES[kind]
    maximum = BUDGETS[width] * 3 // 2
    return [*(one for one in better if likely.get(one, 0) <= maximum), last]


def _written(
    picture: Image.Image, kind: PhotoFormat, qualities: Sequence[int]
) -> tuple[bytes, Weights]:
    """The rendition in the best quality that keeps its budget, and what each weighed."""
    weights: dict[int, int] = {}
    for quality in qualities:
        data = _encoded(picture, kind, quality)
        weights[quality] = len(data)
        if len(data) <= BUDGETS[picture.width]:
            return data, weights
    # Only a picture of pure noise gets here. Half its detail is still more than the eye takes in.
    half = picture.resize((picture.width // 2,) * 2, Image.Resampling.BOX)
    coarse = half.resize(picture.size, Image.Resampling.BILINEAR)
    # What broke the budget at its worst will not keep it at its best.
    return _written(coarse, kind, QUALITIES[kind][len(QUALITIES[kind]) // 2 :])[0], weights


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
