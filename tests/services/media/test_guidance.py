"""What guidance says of a photo, and which photos it takes for twins."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter

from shop.services.media import image_processing
from shop.services.media.guidance import Advice, Light, Look, Tip, advise, are_near_duplicates
from shop.services.media.rules import PreparedPhoto


def market_stall(side: int = 1200, *, seed: int = 3) -> Image.Image:
    """A lively, sharp, well-lit picture."""
    picture = Image.new("RGB", (side, side), "#c9b48e")
    draw = ImageDraw.Draw(picture)
    for number in range(60):
        across = (number * 197 + seed * 83) % side
        down = (number * 331 + seed * 59) % side
        shade = (40 + number * 3, 60 + (number * 37) % 150, (number * 71) % 200)
        draw.rectangle((across, down, across + side // 9, down + side // 7), fill=shade)
    return picture


def goods_on_cloth(size: int, *, at: int = 0) -> Image.Image:
    """One pack of ``size`` thousandths on a calm background, ``at`` thousandths off the middle."""
    picture = Image.new("RGB", (1200, 1200), "#d8d2c4")
    half, middle = size * 6 // 10, 600 + at * 12 // 10
    box = (middle - half, 600 - half, middle + half, 600 + half)
    draw = ImageDraw.Draw(picture)
    draw.rectangle(box, fill="#3a2415")
    for line in range(box[1], box[3], 24):
        draw.line((box[0], line, box[2], line), fill="#f4efe2", width=6)
    return picture


def taken(picture: Image.Image, quality: int = 90) -> Advice:
    return advise(prepared(picture, quality).look)


def prepared(picture: Image.Image, quality: int = 90) -> PreparedPhoto:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality)
    return image_processing.prepare(out.getvalue())


def test_a_good_photo_gets_green_and_no_tip() -> None:
    assert taken(market_stall()) == Advice(Light.GREEN)
    assert taken(goods_on_cloth(600)) == Advice(Light.GREEN)


@pytest.mark.parametrize(
    ("picture", "tip"),
    [
        (ImageEnhance.Brightness(market_stall()).enhance(0.25), Tip.DARK),
        (Image.blend(market_stall(), Image.new("RGB", (1200, 1200), "white"), 0.9), Tip.GLARING),
        (Image.blend(market_stall(), Image.new("RGB", (1200, 1200), "#888"), 0.8), Tip.FLAT),
        (market_stall().filter(ImageFilter.GaussianBlur(14)), Tip.BLURRED),
        (goods_on_cloth(200), Tip.FAR),
        (goods_on_cloth(450, at=250), Tip.OFF_CENTRE),
        (market_stall(700), Tip.SMALL),
    ],
    ids=lambda value: value.value if isinstance(value, Tip) else "",
)
def test_each_fault_has_its_own_tip_and_refuses_nothing(picture: Image.Image, tip: Tip) -> None:
    advice = taken(picture)
    assert advice.tip is tip
    assert advice.light is not Light.GREEN


def test_a_grave_fault_is_red_and_named_before_a_slight_one() -> None:
    assert advise(Look(brightness=40, sharpness=6)) == Advice(Light.RED, Tip.DARK)
    assert advise(Look(brightness=80, sharpness=6)) == Advice(Light.AMBER, Tip.BLURRED)
    assert advise(Look(side=700)) == Advice(Light.AMBER, Tip.SMALL)


levels = st.integers(0, 255)


@given(
    look=st.builds(
        Look,
        side=st.integers(600, 1600),
        brightness=levels,
        contrast=levels,
        sharpness=levels,
        fills=st.none() | st.integers(0, 100),
        off_centre=st.integers(0, 50),
    )
)
def test_there_is_a_tip_exactly_when_the_light_is_not_green(look: Look) -> None:
    advice = advise(look)
    assert (advice.tip is None) == (advice.light is Light.GREEN)


def test_the_same_photo_saved_anew_shrunk_or_lighter_is_a_twin() -> None:
    once = prepared(market_stall()).fingerprint
    assert are_near_duplicates(once, prepared(market_stall(), quality=40).fingerprint)
    assert are_near_duplicates(once, prepared(market_stall().resize((800, 800))).fingerprint)
    assert are_near_duplicates(
        once, prepared(ImageEnhance.Brightness(market_stall()).enhance(1.15)).fingerprint
    )


def test_other_goods_are_no_twins_and_plain_surfaces_say_nothing() -> None:
    once, other = prepared(market_stall()), prepared(market_stall(seed=40))
    assert not are_near_duplicates(once.fingerprint, other.fingerprint)
    plain = prepared(Image.new("RGB", (900, 900), "#7a4317")).fingerprint
    assert not are_near_duplicates(plain, plain)
    assert not are_near_duplicates("", once.fingerprint)
