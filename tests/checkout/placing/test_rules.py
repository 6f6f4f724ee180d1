"""Decisions of the checkout, over invented carts: nothing is lost, nothing is counted twice."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.checkout.cart.rules import Line, LineWarning, Parcel, by_cooperative
from shop.checkout.placing.rules import (
    Draft,
    choose,
    is_village,
    path_of,
    split_by_cooperative,
    totals,
)
from shop.core.values.money import Rupiah
from shop.core.values.units import Grams
from shop.sales.orders.rules import DeliveryKind
from shop.shipping.places.rules import zone_of
from shop.shipping.rates.rules import Kind, Quote
from tests.checkout.goods import GOODS


def quote(cooperative_id: int, kind: Kind, fee: int) -> Quote:
    return Quote(
        cooperative_id, kind, f"{kind}:1", kind, Rupiah(fee), 1, 2, Grams(250), Grams(1_000)
    )


@st.composite
def carts(draw: st.DrawFn) -> tuple[Line, ...]:
    """Lines over up to six cooperatives, in any order."""
    rows = draw(
        st.lists(
            st.tuples(st.integers(1, 6), st.integers(1, 999), st.integers(1, 10**9)), max_size=30
        )
    )
    return tuple(
        Line(
            number,
            packs,
            Rupiah(price),
            replace(
                GOODS,
                variant_id=number,
                cooperative_id=cooperative,
                cooperative_code=f"K{cooperative}X",
                price=Rupiah(price),
            ),
        )
        for number, (cooperative, packs, price) in enumerate(rows, start=1)
    )


@given(lines=carts(), fee=st.integers(0, 10**7))
def test_the_orders_hold_every_line_once_and_sum_to_the_total(
    lines: tuple[Line, ...], fee: int
) -> None:
    choices = [
        choose(
            parcel,
            number,
            [quote(parcel.cooperative_id, "courier", fee)],
            Rupiah(fee),
            wanted=None,
            is_placed=True,
        )
        for number, parcel in enumerate(by_cooperative(lines), start=1)
    ]
    drafts = split_by_cooperative(choices, {})
    sold = [line.variant_id for draft in drafts for line in draft.lines]
    assert sorted(sold) == [line.variant_id for line in lines]
    parts = [sum(line.goods_total for line in draft.lines) + draft.quote.fee for draft in drafts]
    assert sum(parts) == totals(choices).total
    met = list(dict.fromkeys(line.goods.cooperative_id for line in lines if line.goods))
    assert [draft.cooperative_id for draft in drafts] == met


@given(lines=carts())
def test_a_parcel_that_cannot_be_brought_counts_nowhere(lines: tuple[Line, ...]) -> None:
    parcels = by_cooperative(lines)
    choices = [
        choose(
            parcel,
            number,
            [quote(parcel.cooperative_id, "pickup", 0)] if number % 2 else [],
            Rupiah(9_000),
            wanted="courier:1",
            is_placed=True,
        )
        for number, parcel in enumerate(parcels, start=1)
    ]
    assert all(choice.is_unreachable for choice in choices)
    assert totals(choices).goods == totals(choices).total == 0
    assert split_by_cooperative(choices, {}) == ()


def test_nobody_is_sent_to_fetch_unasked_where_it_could_be_brought() -> None:
    parcel = Parcel(GOODS, (Line(1, 1, Rupiah(45_000), GOODS),))
    ways = [quote(1, "pickup", 0), quote(1, "own", 5_000), quote(1, "courier", 12_000)]
    both = choose(parcel, 1, ways, Rupiah(5_000), wanted=None, is_placed=True)
    assert both.chosen == ways[1]
    only = choose(parcel, 1, ways[:1], None, wanted=None, is_placed=False)
    assert only.chosen == ways[0]
    asked = choose(parcel, 1, ways, Rupiah(5_000), wanted="pickup:1", is_placed=True)
    assert asked.chosen == ways[0]
    assert split_by_cooperative([asked], {1: "Titip"})[0].quote.kind is DeliveryKind.PICKUP


def test_before_the_place_is_known_there_is_no_total_but_a_least_one() -> None:
    parcel = Parcel(GOODS, (Line(1, 2, Rupiah(45_000), GOODS),))
    unknown = choose(parcel, 1, [], Rupiah(9_000), wanted="kirim", is_placed=False)
    found = totals([unknown])
    assert found.total is None
    assert found.at_least == 99_000


@pytest.mark.parametrize(
    ("line", "marks", "accepted"),
    [
        (Line(1, 2, Rupiah(45_000), GOODS), (), 2),
        (Line(1, 2, Rupiah(45_000), None), (LineWarning.GONE,), 0),
        (Line(1, 2, Rupiah(45_000), replace(GOODS, is_published=False)), (LineWarning.GONE,), 0),
        (Line(1, 2, Rupiah(45_000), replace(GOODS, available=0)), (LineWarning.SOLD_OUT,), 0),
        (Line(1, 5, Rupiah(45_000), replace(GOODS, available=3)), (LineWarning.SHORT,), 3),
        (
            Line(1, 2, Rupiah(45_000), replace(GOODS, least_packs=6)),
            (LineWarning.BELOW_MINIMUM,),
            6,
        ),
        (Line(1, 2, Rupiah(40_000), GOODS), (LineWarning.REPRICED,), 2),
        (
            Line(1, 5, Rupiah(45_000), replace(GOODS, least_packs=6, available=3)),
            (LineWarning.SOLD_OUT,),
            0,
        ),
        (Line(1, 5, Rupiah(45_000), replace(GOODS, available=-2)), (LineWarning.SOLD_OUT,), 0),
    ],
)
def test_what_happened_to_a_line_is_marked_and_accepting_it_never_asks_for_more_than_there_is(
    line: Line, marks: tuple[LineWarning, ...], accepted: int
) -> None:
    assert line.marks == marks
    assert line.accepted == accepted


@given(
    draft=st.builds(
        Draft,
        name=st.text(max_size=20),
        street=st.text(max_size=20),
        village_code=st.none() | st.text(min_size=1, max_size=13),
        address_id=st.none() | st.integers(0, 10**6),
        ways=st.dictionaries(st.integers(1, 10**6), st.text(max_size=10), max_size=5),
        notes=st.dictionaries(st.integers(1, 10**6), st.text(min_size=1, max_size=10), max_size=5),
    )
)
def test_a_draft_comes_back_from_the_cart_as_it_was(draft: Draft) -> None:
    assert Draft.from_json(draft.to_json()) == draft
    assert Draft.from_json({}) == Draft()


def test_every_province_has_its_zone() -> None:
    wib = ("11", "12", "13", "14", "15", "16", "17", "18", "19", "21", "31", "32", "33", "34")
    wita = ("51", "52", "53", "63", "64", "65", "71", "72", "73", "74", "75", "76")
    wit = ("81", "82", "91", "92", "93", "94", "95", "96")
    for zone, provinces in (
        ("Asia/Jakarta", (*wib, "35", "36", "61", "62")),
        ("Asia/Makassar", wita),
        ("Asia/Jayapura", wit),
    ):
        for province in provinces:
            assert zone_of(f"{province}.01.01.2001") == zone
    assert zone_of(None) == zone_of("") == "Asia/Jakarta"


def test_only_a_regions_own_code_is_taken_for_one() -> None:
    assert path_of("32.75.08.1001") == ("32", "32.75", "32.75.08", "32.75.08.1001")
    assert is_village("32.75.08.1001")
    for nonsense in ("", None, "3", "32.7", "32.75.08.", "٣٢", "32\x00", "32.75.08.10011", "aa"):
        assert path_of(nonsense) == ()
