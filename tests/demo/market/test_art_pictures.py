"""Every product of the demo market has its own picture, and nobody takes it for another's."""

import io
from collections.abc import Mapping
from itertools import combinations

import pytest
from PIL import Image, ImageChops, ImageStat

from demo.art.crafts.shape_of_product import front_of, look_of, net_content, sketches
from demo.art.drawing.colours import DYES, STAGES
from demo.art.drawing.labels import SHAPES
from demo.art.drawing.pen import MOTIFS
from demo.art.drawing.props import PROPS
from demo.art.food.heaps import morsel
from demo.art.food.servings import SERVINGS
from demo.art.pictures import View, draw, name_of, views_for
from demo.market.csv_lists import rows
from demo.market.pictures import FOLDER, pictures
from shop.catalog.products.models import PhotoView
from shop.services.media.image_processing import prepare_first
from shop.services.media.rules import BUDGETS, PhotoFormat, PreparedPhoto
from tests.support.effort import SOAK

PRODUCTS = {row["sku"]: row for row in rows("products")}
COOPERATIVES = {row["kode"]: row for row in rows("cooperatives")}
Row = Mapping[str, str]
DRAWN = list(PRODUCTS)[:: 1 if SOAK else 10]

MAX_LOSS = 4
"""Mean difference of a colour, of 255, that WebP may leave; two products differ by tens."""
GRID = 16
MIN_APART = 24
"""Squares of 256 in which two fronts must differ plainly; the nearest two differ in more."""
PLAINLY = 60
"""Sum over red, green and blue, of 765."""


def cooperative_of(product: Row) -> Row:
    return COOPERATIVES[product["kode_koperasi"]]


@pytest.fixture(scope="module")
def taken_in() -> dict[tuple[str, PhotoView], PreparedPhoto]:
    """Pictures of the market, as the loader gets them: of every tenth product, in ``make soak``
    of all.
    """
    return {
        (picture.sku, picture.view): prepare_first(picture.file.read_bytes())
        for picture in pictures()
        if picture.sku in DRAWN
    }


def test_every_picture_of_the_goods_is_committed_and_no_other() -> None:
    wanted = {name_of(sku, view) for sku, row in PRODUCTS.items() for view in views_for(row)}
    found = {file.name: file.stat().st_size for file in FOLDER.iterdir()}
    assert set(found) == wanted
    assert sum(found.values()) <= 10_000_000


@pytest.mark.parametrize("sku", list(PRODUCTS)[:: 1 if SOAK else 50])
def test_what_is_committed_is_what_make_pictures_draws(sku: str) -> None:
    product = PRODUCTS[sku]
    for view in views_for(product):
        drawn = Image.open(io.BytesIO(draw(product, cooperative_of(product), view)))
        committed = Image.open(FOLDER / name_of(sku, view))
        apart = ImageStat.Stat(
            ImageChops.difference(drawn.convert("RGB"), committed.convert("RGB"))
        )
        assert max(apart.mean) < MAX_LOSS, view


@pytest.mark.soak
def test_every_product_has_a_front_and_every_food_shows_what_is_inside(
    taken_in: dict[tuple[str, PhotoView], PreparedPhoto],
) -> None:
    assert len(PRODUCTS) == 150
    assert {sku for sku, view in taken_in if view is PhotoView.FRONT} == set(DRAWN)
    food = {
        sku
        for sku, row in PRODUCTS.items()
        if sku in DRAWN and row["kategori"].startswith(("makanan", "minuman", "hasil-tani"))
    }
    assert food <= {sku for sku, view in taken_in if view is PhotoView.CONTENTS}


@pytest.mark.soak
def test_no_two_pictures_are_the_same_file(
    taken_in: dict[tuple[str, PhotoView], PreparedPhoto],
) -> None:
    assert len({photo.key for photo in taken_in.values()}) == len(taken_in)


@pytest.mark.soak
def test_no_two_fronts_look_alike_on_a_card(
    taken_in: dict[tuple[str, PhotoView], PreparedPhoto],
) -> None:
    seen = {
        sku: coarse(photo) for (sku, view), photo in taken_in.items() if view is PhotoView.FRONT
    }
    alike = [
        (one, other, apart)
        for one, other in combinations(seen, 2)
        if (apart := distance(seen[one], seen[other])) < MIN_APART
    ]
    assert alike == []


@pytest.mark.soak
def test_every_picture_keeps_the_budget_of_a_card_and_of_a_first_photo(
    taken_in: dict[tuple[str, PhotoView], PreparedPhoto],
) -> None:
    for name, photo in taken_in.items():
        assert {(one.format, one.width) for one in photo.renditions} == {
            (kind, width) for kind in (PhotoFormat.WEBP, PhotoFormat.JPEG) for width in (320, 800)
        }
        for one in photo.renditions:
            assert len(one.data) <= BUDGETS[one.width], name


@pytest.mark.parametrize(
    ("sku", "view"),
    [
        ("GYO-001", "front"),
        ("PAY-008", "contents"),
        *((bottle, "front") for bottle in ("GYO-006", "GRT-008", "BGL-004")),
    ],
)
def test_the_same_rows_draw_the_same_bytes(sku: str, view: View) -> None:
    product = PRODUCTS[sku]
    once = draw(product, cooperative_of(product), view)
    assert draw(dict(reversed(product.items())), cooperative_of(product), view) == once
    assert Image.open(io.BytesIO(once)).size == (800, 800)


def test_every_line_of_the_sketches_names_things_that_exist() -> None:
    assert set(sketches()) == set(PRODUCTS)
    for sku, line in sketches().items():
        assert line["stage"] in STAGES, sku
        assert line.get("serve", "plate") in SERVINGS, sku
        for fill in (line.get("fill", ""), line.get("inside", "")):
            if fill and not fill.startswith(("#", "fish")):
                assert morsel(fill).shapes, sku
        front_of(PRODUCTS[sku])


def test_dye_and_motif_come_from_the_cooperative_and_each_has_its_own_label() -> None:
    assert {row["pewarna"] for row in COOPERATIVES.values()} <= set(DYES)
    assert {row["motif"] for row in COOPERATIVES.values()} <= set(MOTIFS)
    looks = [look_of(row, cooperative_of(row)) for row in PRODUCTS.values()]
    marks = {look.code[:3]: (look.motif, look.dye_name, look.shape) for look in looks}
    assert len(set(marks.values())) == len(COOPERATIVES)
    assert {shape for _, _, shape in marks.values()} == set(SHAPES)


def test_only_food_with_pork_carries_the_notice() -> None:
    noticed = {
        sku
        for sku, row in PRODUCTS.items()
        if "contains-pork" in look_of(row, cooperative_of(row)).props
    }
    assert noticed == {"TRT-007"}


@pytest.mark.parametrize(
    ("amount", "unit", "written"),
    [("200", "g", "200 g"), ("1000", "g", "1 kg"), ("350", "ml", "350 ml"), ("1", "pcs", "")],
)
def test_net_content_is_written_as_a_label_writes_it(amount: str, unit: str, written: str) -> None:
    assert net_content({"isi_bersih": amount, "satuan_isi": unit}) == written


@pytest.mark.parametrize("kemasan", sorted({row["kemasan"] for row in PRODUCTS.values()}))
def test_goods_that_nobody_sketched_are_drawn_by_their_pack(kemasan: str) -> None:
    stranger = {
        **PRODUCTS["GYO-001"], "sku": "XYZ-001", "nama_id": "Sirup <Pala> & 'Madu'",
        "kemasan": kemasan,
    }  # fmt: skip
    elsewhere = {**COOPERATIVES["GYO"], "kode": "XYZ"}
    assert views_for(stranger) == ("front",)
    assert draw(stranger, elsewhere, "front").startswith(b"\x89PNG")


def test_props_are_drawn_by_the_names_of_the_sketches() -> None:
    """A mistyped prop would silently be missing; words that steer a drawing are listed here."""
    steering = {
        "bands", "bouquet", "ceplok", "clouds", "cloud", "cold", "comb", "contains-pork", "drops",
        "elephants", "fade", "feathers", "figures", "foam", "frost", "goldwork", "honeycomb",
        "ikat", "barns", "kawung", "oil", "patchwork", "petai", "plaid", "plain", "seeds", "shore",
        "smooth", "soy", "stars", "swell", "tassels", "terong", "zest", "zigzag",
    }  # fmt: skip
    for sku, line in sketches().items():
        for name in f"{line.get('props', '')} {line.get('with', '')}".split():
            assert name in PROPS or name in steering, (sku, name)


def coarse(photo: PreparedPhoto) -> list[tuple[int, int, int]]:
    """What the eye keeps of a card of 160 px: sixteen by sixteen coloured squares."""
    (small,) = (
        one.data for one in photo.renditions if (one.format, one.width) == (PhotoFormat.WEBP, 320)
    )
    grid = Image.open(io.BytesIO(small)).convert("RGB").resize((160, 160)).resize((GRID, GRID))
    return [grid.getpixel((x, y)) for y in range(GRID) for x in range(GRID)]  # type: ignore[misc]


def distance(one: list[tuple[int, int, int]], other: list[tuple[int, int, int]]) -> int:
    return sum(
        sum(abs(a - b) for a, b in zip(left, right, strict=True)) > PLAINLY
        for left, right in zip(one, other, strict=True)
    )
