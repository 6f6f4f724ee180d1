"""Category, weight and size are guessed well enough that most makers need not type them."""

import csv

from hypothesis import given
from hypothesis import strategies as st

from config import ROOT
from shop.catalog.listings.category_suggestion import suggest_category
from shop.catalog.packaging.weight_estimate import (
    Measures,
    PackTile,
    Weighed,
    estimate,
    tile_of,
    weighed_packs,
)
from shop.catalog.products.rules import CATEGORY_NAMES
from shop.core.values.units import Grams, Millimetres
from shop.shipping.rates.rules import Unit, WeightRule, billable_weight, load_of

COURIER = WeightRule(divisor=6_000, tolerance=Grams(300), minimum=Grams(1_000))
PACKS = weighed_packs()


def without(one: Weighed) -> tuple[Weighed, ...]:
    """All packs but this one: nothing may be learned from the answer."""
    return tuple(pack for pack in PACKS if pack is not one)


def kilograms(grams: int, length: int, width: int, height: int) -> int:
    """What a courier charges for one pack."""
    unit = Unit(1, Grams(grams), Millimetres(length), Millimetres(width), Millimetres(height))
    return billable_weight(load_of([unit]), COURIER) // 1_000


def test_the_learned_table_is_what_the_demo_goods_say() -> None:
    with (ROOT / "demo" / "data" / "products.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [(p.name, p.category_path, p.content, p.grams, p.space) for p in PACKS] == [
        (
            row["nama_id"],
            row["kategori"],
            int(row["isi_bersih"]),
            int(row["berat_kotor_g"]),
            int(row["panjang_mm"]) * int(row["lebar_mm"]) * int(row["tinggi_mm"]),
        )
        for row in rows
    ]
    assert [pack.tile for pack in PACKS] == [tile_of(row["kemasan"]) for row in rows]


def test_nine_of_ten_categories_are_guessed_from_the_name_alone() -> None:
    right = sum(suggest_category(one.name, without(one)) == one.category_path for one in PACKS)
    assert right >= 0.9 * len(PACKS), right


def test_nine_of_ten_parcels_cost_the_kilograms_that_were_guessed() -> None:
    right = 0
    for one in PACKS:
        known = without(one)
        found = estimate(
            name=one.name,
            category_path=suggest_category(one.name, known) or "",
            tile=one.tile,
            content=one.content,
            unit=one.unit,
            known=known,
        )
        assert found is not None
        guessed = kilograms(found.grams, found.length, found.width, found.height)
        right += guessed == kilograms(one.grams, one.length, one.width, one.height)
    assert right >= 0.9 * len(PACKS), right


def test_words_that_say_nothing_lead_nowhere() -> None:
    assert suggest_category("Zzz Qqq", PACKS) is None
    assert suggest_category("", PACKS) is None
    assert suggest_category("KRIPIK singkong", ()) == "makanan-olahan/keripik-kerupuk"


def test_where_nothing_was_weighed_nothing_is_guessed() -> None:
    assert (
        estimate(
            name="Kopi",
            category_path="minuman/kopi",
            tile=PackTile.POUCH,
            content=200,
            unit="g",
            known=(),
        )
        is None
    )


@given(
    name=st.text(max_size=60),
    path=st.sampled_from(sorted(CATEGORY_NAMES)),
    tile=st.sampled_from(PackTile),
    content=st.integers(1, 50_000),
    unit=st.sampled_from(["g", "ml", "pcs", "lembar", "set", "pasang"]),
)
def test_a_guess_is_never_lighter_than_its_contents_and_has_three_sides(
    name: str, path: str, tile: PackTile, content: int, unit: str
) -> None:
    found = estimate(
        name=name, category_path=path, tile=tile, content=content, unit=unit, known=PACKS
    )
    assert isinstance(found, Measures)
    assert min(found.grams, found.length, found.width, found.height) > 0
    if unit == "g":
        assert found.grams >= content
