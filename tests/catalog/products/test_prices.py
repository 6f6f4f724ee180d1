"""Where the price of goods goes, to the last rupiah."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.catalog.packaging.measures import MAX_NET
from shop.catalog.products.rules import (
    net_of_pack,
    price_per_hundred,
    price_split,
    short_place,
    slugs_like,
)
from shop.core.database.settings_by_date import DEFAULTS
from shop.core.values.money import included_tax
from shop.sales.orders.rules import freeze_line

PRICES = st.integers(min_value=1, max_value=100_000_000)
SHARES = st.integers(min_value=0, max_value=10_000)


@given(PRICES, SHARES, SHARES, SHARES)
def test_maker_and_cooperative_together_receive_the_price(
    price: int, contribution: int, fee: int, cost: int
) -> None:
    split = price_split(price, contribution, fee, cost)
    assert split.member + split.treasury == price
    assert split.margin == split.treasury - split.fee - split.cost


@given(PRICES, SHARES, SHARES, SHARES)
def test_what_the_sale_costs_never_touches_the_makers_part(
    price: int, contribution: int, fee: int, cost: int
) -> None:
    free = price_split(price, contribution, 0, 0)
    assert price_split(price, contribution, fee, cost).member == free.member


@given(PRICES, SHARES, st.integers(min_value=0, max_value=500))
def test_the_page_promises_what_the_sale_freezes(price: int, contribution: int, fee: int) -> None:
    figures = {**DEFAULTS, "platform_fee_bp": fee}
    for is_pkp in (False, True):
        ppn = included_tax(price, figures)[1] if is_pkp else 0
        shown = price_split(price, contribution, fee, 0, ppn)
        frozen = freeze_line(price, contribution_bp=contribution, is_pkp=is_pkp, figures=figures)
        assert (shown.member, shown.fee, shown.ppn) == (
            frozen.member_share,
            frozen.fee,
            frozen.ppn,
        )


def test_a_seller_that_charges_ppn_shares_what_is_left_without_it() -> None:
    split = price_split(111_000, 900, 300, 0, 11_000)
    assert (split.member, split.treasury, split.fee, split.ppn) == (91_000, 9_000, 3_000, 11_000)
    assert split.margin == 6_000


def test_of_ten_thousand_with_eight_per_cent_the_maker_gets_9200() -> None:
    split = price_split(10_000, 800, 300, 0)
    assert (split.member, split.treasury, split.fee, split.margin) == (9_200, 800, 300, 500)


@pytest.mark.parametrize(
    ("price", "content", "unit", "per_hundred"),
    [
        (92_000, 200, "g", 46_000),
        (10_000, 300, "ml", 3_333),
        (20_000, 300, "ml", 6_667),
        (16_000, 80, "g", 20_000),
        (110_000, 1_000, "ml", 11_000),
        (10_000, 100, "g", None),
        (10_000, 49, "g", None),
        (10_000, 250, "lembar", None),
        (10_000, 1, "pcs", None),
        (10_000, None, None, None),
    ],
)
def test_a_price_per_hundred_is_told_where_it_says_something(
    price: int, content: int | None, unit: str | None, per_hundred: int | None
) -> None:
    assert price_per_hundred(price, content, unit) == per_hundred


@given(PRICES, st.integers(min_value=50, max_value=MAX_NET), st.sampled_from(["g", "ml"]))
def test_the_price_per_hundred_is_the_nearest_rupiah(price: int, content: int, unit: str) -> None:
    per_hundred = price_per_hundred(price, content, unit)
    if content == 100:
        assert per_hundred is None
    else:
        assert per_hundred is not None
        assert abs(2 * (per_hundred * content - price * 100)) <= content


@dataclass(frozen=True)
class OnePack:
    option: str
    other_option: str = ""
    gross_grams: int = 250


def test_each_pack_holds_what_its_option_says() -> None:
    small, large = OnePack("halus", "250 g", 280), OnePack("halus", "1 kg", 1_060)
    packs = (small, large)
    assert net_of_pack(small, packs, 250, "g") == (250, "g")
    assert net_of_pack(large, packs, 250, "g") == (1_000, "g")
    assert price_per_hundred(100_000, *net_of_pack(large, packs, 250, "g")) == 10_000


def test_packs_of_one_weight_hold_what_the_label_says() -> None:
    packs = (OnePack("biji"), OnePack("halus"))
    assert [net_of_pack(pack, packs, 200, "g") for pack in packs] == [(200, "g")] * 2


def test_nobody_guesses_what_packs_of_different_weights_hold() -> None:
    packs = (OnePack("kecil", gross_grams=120), OnePack("besar", gross_grams=420))
    assert [net_of_pack(pack, packs, 100, "g") for pack in packs] == [(None, None)] * 2
    assert net_of_pack(packs[0], packs, 1, "pcs") == (1, "pcs"), "a shirt is one in every size"


@given(st.text(max_size=30), st.text(max_size=30), st.integers(min_value=1, max_value=MAX_NET))
def test_whatever_makers_call_their_packs_one_pack_holds_something(
    option: str, other: str, content: int
) -> None:
    pack = OnePack(option, other)
    found, unit = net_of_pack(pack, (pack,), content, "g")
    assert found is not None
    assert found > 0
    assert unit in ("g", "ml")


def test_a_taken_name_gets_a_number() -> None:
    names = slugs_like("kopi")
    assert [next(names) for _ in range(3)] == ["kopi", "kopi-2", "kopi-3"]


def test_a_place_is_short_enough_for_a_card() -> None:
    assert short_place("Kota Administrasi Jakarta Barat") == "Jakarta Barat"
    assert short_place("Kotabaru") == "Kotabaru"
