"""What photos may cost: the processor's time, memory, and the bytes of what shoppers load.

Time is the process's own, not the clock's, so that a busy machine does not fail it.
"""

import json
import statistics
import subprocess
import sys
from io import BytesIO
from itertools import chain
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from demo.market.pictures import pictures
from shop.services.media import image_processing
from shop.services.media.image_processing import render
from shop.services.media.rules import BUDGETS, MAX_BYTES, MAX_PIXELS, WIDTHS, PhotoFormat

ROOT = Path(__file__).parents[3]
PHONE = (4000, 3000)
"""Twelve million pixels."""
LARGEST = (3199, 9377)
"""Just below thirty million, in the shape that is made small last."""
SAMPLED = 12
"""Every twelfth of the demo's pictures is looked at, of all cooperatives."""


def like_a_photo(size: tuple[int, int]) -> Image.Image:
    """Soft shapes with the grain of a small lens over them: as heavy as a phone's photo."""
    width, height = size
    picture = Image.linear_gradient("L").resize(size).convert("RGB")
    draw = ImageDraw.Draw(picture)
    for n in range(60):
        x, y = n * 7919 % width, n * 6007 % height
        colour = (n * 67 % 256, n * 41 % 256, n * 29 % 256)
        draw.ellipse((x - 300, y - 200, x + 300, y + 200), fill=colour, outline="white", width=9)
    grain = Image.effect_noise((width // 2, height // 2), 14).resize(size, Image.Resampling.BICUBIC)
    soft = picture.filter(ImageFilter.GaussianBlur(2))
    return ImageChops.overlay(soft, Image.merge("RGB", (grain, grain, grain)))


def fine_drawing(side: int) -> Image.Image:
    """Hundreds of thin coloured arcs on white: far heavier than any photo."""
    picture = Image.new("RGB", (side, side), "white")
    draw = ImageDraw.Draw(picture)
    for n in range(side * side // 1600):
        x, y = n * 7919 % side, n * 6007 % side
        colour = (n * 67 % 256, n * 41 % 256, n * 29 % 256)
        draw.arc((x - 40, y - 40, x + 40, y + 40), n * 37, n * 37 + 200, fill=colour, width=2)
    return picture


def cost(upload: Path) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.services.media.costs", str(upload)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def phone_photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("photos") / "phone.jpg"
    like_a_photo(PHONE).save(path, quality=92)
    assert 2_000_000 < path.stat().st_size < MAX_BYTES
    return path


@pytest.mark.soak_only
def test_a_phones_photo_costs_half_a_second_until_its_page_and_two_and_a_half_in_all(
    phone_photo: Path,
) -> None:
    found = cost(phone_photo)
    assert found["first"] <= 0.5, found
    assert found["rest"] <= 2.5, found


def test_a_fine_drawing_is_not_written_in_every_quality_to_find_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    written: list[tuple[PhotoFormat, int]] = []
    encoded = image_processing._encoded

    def counted(picture: Image.Image, kind: PhotoFormat, quality: int) -> bytes:
        written.append((kind, picture.width))
        return encoded(picture, kind, quality)

    monkeypatch.setattr(image_processing, "_encoded", counted)
    master = BytesIO()
    fine_drawing(800).save(master, "JPEG", quality=92)
    made = render(master.getvalue(), widths=WIDTHS, formats=tuple(PhotoFormat))
    assert len(made) == 12
    assert all(len(one.data) <= BUDGETS[one.width] for one in made)
    # Tried one after the other, seven qualities of 800 pixels would be written.
    assert max(written.count((kind, 800)) for kind in PhotoFormat) <= 3


@pytest.mark.parametrize("how", ["progressive", "cmyk", "png"])
def test_the_largest_upload_costs_at_most_250_megabytes(how: str, tmp_path: Path) -> None:
    path = tmp_path / "largest"
    whole = like_a_photo((800, 2345)).resize(LARGEST)
    if how == "png":
        # What is drawn packs well: thirty million pixels stay below twelve megabytes.
        whole = Image.linear_gradient("L").resize(LARGEST)
        Image.merge("RGBA", (whole, whole, whole, whole)).save(path, "PNG", compress_level=1)
    elif how == "cmyk":
        whole.convert("CMYK").save(path, "JPEG", quality=75)
    else:
        whole.save(path, "JPEG", quality=80, progressive=True, subsampling="4:4:4")
    assert LARGEST[0] * LARGEST[1] <= MAX_PIXELS
    assert path.stat().st_size <= MAX_BYTES
    found = cost(path)
    assert found["megabytes"] <= 250, found


@pytest.fixture(scope="module")
def weights() -> dict[int, list[int]]:
    """Bytes of the AVIF of some of the demo's pictures, by width."""
    made = chain.from_iterable(
        render(
            image_processing.prepare_first(picture.file.read_bytes()).master,
            widths=(320, 800),
            formats=(PhotoFormat.AVIF,),
        )
        for picture in pictures()[::SAMPLED]
    )
    found: dict[int, list[int]] = {320: [], 800: []}
    for one in made:
        found[one.width].append(len(one.data))
    return found


@pytest.mark.parametrize(("width", "maximum"), [(800, 60_000), (320, 18_000)])
def test_the_demos_pictures_weigh_little(
    weights: dict[int, list[int]], width: int, maximum: int
) -> None:
    assert len(weights[width]) >= 20
    assert statistics.median(weights[width]) <= maximum
