"""What comes in as a photo, and what of it stays."""

import io
import struct
import zlib
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from shop.services.media import image_processing
from shop.services.media.errors import (
    HeicPhoto,
    MovingPhoto,
    NotAPhoto,
    PhotoFileTooLarge,
    PhotoRefused,
    PhotoTooSmall,
    TooManyPixels,
)
from shop.services.media.rules import (
    BUDGETS,
    MAX_BYTES,
    WIDTHS,
    Centre,
    PhotoFormat,
    cut_square,
    format_of,
    master_name,
    missing_sizes,
    photo_key,
    rendition_name,
)

RED, BLUE = (200, 30, 30), (30, 30, 200)


def written(picture: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def halves(width: int = 800, height: int = 600) -> Image.Image:
    """Red on the left, blue on the right."""
    picture = Image.new("RGB", (width, height), RED)
    picture.paste(BLUE, (width // 2, 0, width, height))
    return picture


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def is_near(seen: object, wanted: tuple[int, int, int]) -> bool:
    assert isinstance(seen, tuple)
    return all(abs(one - other) < 12 for one, other in zip(seen, wanted, strict=True))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_the_four_formats_of_cameras_and_screens_are_taken(kind: str) -> None:
    photo = image_processing.prepare(written(halves(), kind))
    assert photo.side == 600
    assert opened(photo.master).format == "JPEG"


def test_the_same_upload_gets_the_same_key_and_another_gets_another() -> None:
    once, again = (
        image_processing.prepare(written(halves())),
        image_processing.prepare(written(halves())),
    )
    assert once == again
    assert image_processing.prepare(written(halves(900, 700))).key != once.key


def gps_photo(orientation: int) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "Kamera Bu Wati"
    exif.get_ifd(0x8825).update({1: "S", 2: (6.0, 52.0, 1.0), 3: "E", 4: (107.0, 2.0, 3.0)})
    return written(halves(), exif=exif)


def test_where_a_photo_was_taken_never_leaves_the_phone() -> None:
    upload = gps_photo(1)
    assert dict(opened(upload).getexif().get_ifd(0x8825))
    photo = image_processing.prepare_first(upload)
    assert photo.whole is not None
    for data in (photo.master, photo.whole, *(one.data for one in photo.renditions)):
        assert not dict(opened(data).getexif())
        assert b"Bu Wati" not in data
        assert b"Exif" not in data
        assert "icc_profile" not in opened(data).info


def test_a_photo_held_sideways_comes_out_upright() -> None:
    # Orientation 6: the camera was turned, its left edge is the top.
    photo = opened(image_processing.prepare(gps_photo(6)).master)
    assert is_near(photo.getpixel((300, 20)), RED)
    assert is_near(photo.getpixel((300, 580)), BLUE)


def test_the_square_keeps_the_chosen_centre() -> None:
    left = opened(
        image_processing.prepare(written(halves(1600, 600)), centre=Centre(0, 500)).master
    )
    right = opened(
        image_processing.prepare(written(halves(1600, 600)), centre=Centre(1000, 500)).master
    )
    assert is_near(left.getpixel((590, 300)), RED)
    assert is_near(right.getpixel((10, 300)), BLUE)


@given(
    width=st.integers(1, 9000),
    height=st.integers(1, 9000),
    across=st.integers(-500, 1500),
    down=st.integers(-500, 1500),
)
def test_the_square_always_lies_inside_the_photo(
    width: int, height: int, across: int, down: int
) -> None:
    left, top, right, bottom = cut_square(width, height, Centre(across, down)).box
    assert 0 <= left < right <= width
    assert 0 <= top < bottom <= height
    assert right - left == bottom - top == min(width, height)


def test_what_was_clear_becomes_white() -> None:
    clear = Image.new("RGBA", (640, 640), (255, 0, 0, 0))
    photo = opened(image_processing.prepare(written(clear, "PNG")).master)
    assert is_near(photo.getpixel((300, 300)), (255, 255, 255))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_grey_indexed_and_deep_pictures_are_taken(mode: str) -> None:
    picture = Image.new(mode, (640, 640)) if mode == "I;16" else halves(640, 640).convert(mode)
    photo = opened(image_processing.prepare(written(picture, "PNG")).master)
    assert photo.mode == "RGB"


def test_printers_colours_are_turned_into_screen_colours() -> None:
    photo = opened(image_processing.prepare(written(halves().convert("CMYK"))).master)
    assert photo.mode == "RGB"


def test_a_broken_colour_profile_is_no_reason_to_refuse() -> None:
    assert image_processing.prepare(written(halves(), icc_profile=b"no profile at all")).side == 600


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(1)</script>"
GIF = b"GIF89a" + bytes(40)


@pytest.mark.parametrize(
    "data",
    [b"", b"x", SVG, HTML, GIF, b"%PDF-1.7\n", b"PK\x03\x04" + bytes(60), bytes(4096)],
    ids=["empty", "one-byte", "svg", "html", "gif", "pdf", "zip", "zeros"],
)
def test_what_is_no_photo_is_refused(data: bytes) -> None:
    with pytest.raises(NotAPhoto):
        image_processing.prepare(data)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_a_photo_cut_short_on_the_way_is_refused(kind: str) -> None:
    whole = written(halves(), kind)
    for kept in (len(whole) // 2, len(whole) - len(whole) // 4, 60):
        with pytest.raises(PhotoRefused):
            image_processing.prepare(whole[:kept])


@given(noise=st.binary(max_size=400))
def test_noise_behind_a_photos_first_bytes_is_refused_in_words(noise: bytes) -> None:
    for start in (b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"RIFF\x00\x01\x00\x00WEBPVP8 "):
        with pytest.raises(PhotoRefused):
            image_processing.prepare(start + noise)


def test_a_photo_that_is_also_a_page_keeps_only_its_pixels() -> None:
    both = written(halves(), comment=b"<script>alert(1)</script>") + HTML
    photo = image_processing.prepare_first(both)
    for data in (photo.master, *(one.data for one in photo.renditions)):
        assert b"script" not in data


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims a size and holds next to nothing."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(bytes(1000)))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("side", [5_500, 7_000, 9_000, 50_000])
def test_a_bomb_is_told_by_its_header_before_it_unpacks(side: int) -> None:
    with pytest.raises(TooManyPixels):
        image_processing.prepare(png_header(side, side))


def test_twelve_megabytes_are_the_most() -> None:
    with pytest.raises(PhotoFileTooLarge) as refused:
        image_processing.prepare(bytes(MAX_BYTES + 1))
    assert (refused.value.size, refused.value.maximum) == (MAX_BYTES + 1, MAX_BYTES)


def test_a_small_photo_is_refused_with_its_size_and_what_is_needed() -> None:
    with pytest.raises(PhotoTooSmall) as refused:
        image_processing.prepare(written(halves(900, 300)))
    assert (refused.value.short_side, refused.value.minimum) == (300, 600)


def test_an_iphones_own_format_is_named_so_that_the_camera_can_be_switched() -> None:
    with pytest.raises(HeicPhoto):
        image_processing.prepare(
            struct.pack(">I", 24) + b"ftypheic" + bytes(4) + b"mif1heic" + bytes(900)
        )


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "AVIF"])
def test_a_moving_picture_is_refused_by_that_name(kind: str) -> None:
    frames = [halves(700, 700), halves(700, 700).transpose(Image.Transpose.FLIP_LEFT_RIGHT)]
    with pytest.raises(MovingPhoto):
        image_processing.prepare(written(frames[0], kind, save_all=True, append_images=frames[1:]))


def test_a_phones_jpeg_with_a_second_picture_behind_it_is_a_photo() -> None:
    frames = [halves(700, 700), halves(700, 700).transpose(Image.Transpose.FLIP_LEFT_RIGHT)]
    photo = image_processing.prepare(
        written(frames[0], "MPO", save_all=True, append_images=frames[1:])
    )
    assert is_near(opened(photo.master).getpixel((50, 50)), RED)


@pytest.mark.parametrize("turned", range(1, 9))
def test_every_way_of_holding_the_camera_comes_out_upright(turned: int) -> None:
    corner = Image.new("RGB", (800, 600), "white")
    corner.paste(RED, (0, 0, 300, 300))
    exif = Image.Exif()
    exif[0x0112] = turned
    back = {1: None, 2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}[turned]
    held = corner if back is None else corner.transpose(Image.Transpose(back))
    photo = opened(image_processing.prepare(written(held, exif=exif), centre=Centre(0, 0)).master)
    assert is_near(photo.getpixel((100, 100)), RED)
    assert is_near(photo.getpixel((500, 500)), (255, 255, 255))


def test_the_whole_picture_is_kept_so_that_another_centre_can_be_chosen() -> None:
    first = image_processing.prepare(written(halves(1600, 600)), centre=Centre(0, 500))
    assert first.whole is not None
    again = image_processing.cut_again(first.whole, Centre(1000, 500))
    assert is_near(opened(again.master).getpixel((300, 300)), BLUE)
    assert again.key != first.key
    # Chosen back and forth, a photo does not wear out.
    assert again.whole == first.whole
    assert image_processing.cut_again(again.whole or b"", Centre(0, 500)).whole == first.whole


def test_a_square_upload_keeps_no_second_copy() -> None:
    assert image_processing.prepare(written(halves(700, 700))).whole is None


def test_of_a_panorama_the_middle_is_kept() -> None:
    whole = image_processing.prepare(written(halves(6000, 600))).whole
    assert whole is not None
    assert opened(whole).size == (1800, 600)


@pytest.mark.parametrize("mode", ["RGBA", "P"])
def test_a_large_upload_made_small_in_strips_shows_no_seam(mode: str) -> None:
    """A slope from black to white stays one: each row as bright as the row above, or brighter."""
    slope = Image.linear_gradient("L").resize((1800, 3300)).convert("RGBA")
    slope.putalpha(254)
    data = written(slope if mode == "RGBA" else slope.convert("RGB").quantize(256), "PNG")
    whole = image_processing.prepare(data).whole
    assert whole is not None
    grey = opened(whole).convert("L")
    rows = [grey.getpixel((800, row)) for row in range(grey.height)]
    steps = [int(str(below)) - int(str(above)) for above, below in pairwise(rows)]
    assert max(map(abs, steps)) <= 3


def busy() -> bytes:
    """The hardest photo for any format: noise in every pixel."""
    return written(Image.effect_noise((820, 820), 120).convert("RGB"), quality=60)


@pytest.mark.parametrize("data", [busy(), written(halves(1700, 1700))], ids=["noise", "flat"])
def test_every_rendition_keeps_its_budget(data: bytes) -> None:
    photo = image_processing.prepare(data)
    made = image_processing.render(photo.master, widths=WIDTHS, formats=tuple(PhotoFormat))
    assert len(made) >= 12
    for one in made:
        assert len(one.data) <= BUDGETS[one.width], (one.format, one.width, len(one.data))
        assert opened(one.data).size == (one.width, one.height)


def test_a_photo_is_never_blown_up() -> None:
    photo = image_processing.prepare(written(halves(700, 700)))
    made = image_processing.render(photo.master, widths=WIDTHS, formats=(PhotoFormat.WEBP,))
    assert [one.width for one in made] == [480, 320, 160]
    assert missing_sizes(700, [(PhotoFormat.WEBP, 160), (PhotoFormat.JPEG, 320)]) == {
        PhotoFormat.AVIF: [160, 320, 480],
        PhotoFormat.WEBP: [320, 480],
        PhotoFormat.JPEG: [160, 480],
    }


def test_thin_lines_survive_the_smallest_card() -> None:
    picture = Image.new("RGB", (1000, 1000), "white")
    ImageDraw.Draw(picture).line((0, 500, 1000, 500), fill="black", width=20)
    photo = image_processing.prepare(written(picture, "PNG"))
    (small,) = image_processing.render(photo.master, widths=(160,), formats=(PhotoFormat.WEBP,))
    seen = opened(small.data).convert("L").getpixel((80, 80))
    assert isinstance(seen, int)
    assert seen < 60


def test_names_are_told_by_their_look_alone() -> None:
    key = photo_key(b"anything")
    assert format_of(rendition_name(key, 320, PhotoFormat.AVIF)) is PhotoFormat.AVIF
    assert format_of(master_name(key)) is PhotoFormat.JPEG
    for strange in ("../shop.db", "ab/../../etc/passwd", key, f"{key}/320.html", f"{key}/x.jpg\n"):
        assert format_of(strange) is None
