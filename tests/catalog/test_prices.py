"""Where the price of goods goes, to the last rupiah."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.catalog.rules import price_per_hundred, price_split, short_place, slugs_like
from shop.core.policy import DEFAULTS
from shop.core.tax import included_tax
from shop.orders.rules import freeze_line

PRICES = st.integers(min_value=1, max_value=100_000_000)
SHARES = st.integers(min_value=0, max_value=10_000)


@given(PRICES, SHARES, SHARES, SHARES)
def test_maker_and_cooperative_together_receive_the_price(
    price: int, contribution: int, fee: int, cost: int
) -> None:
    split = price_split(price, contribution, fee, cost)
    assert split.member + split.treasury == price
    assert split.kept == split.treasury - split.fee - split.cost


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
    assert split.kept == 6_000


def test_of_ten_thousand_with_eight_per_cent_the_maker_gets_9200() -> None:
    split = price_split(10_000, 800, 300, 0)
    assert (split.member, split.treasury, split.fee, split.kept) == (9_200, 800, 300, 500)


@pytest.mark.parametrize(
    ("price", "content", "unit", "per_hundred"),
    [
        (92_000, 200, "g", 46_000),
        (10_000, 300, "ml", 3_333),
        (10_000, 100, "g", None),
        (10_000, 1, "pcs", None),
        (10_000, None, None, None),
    ],
)
def test_a_price_per_hundred_is_told_where_it_says_something(
    price: int, content: int | None, unit: str | None, per_hundred: int | None
) -> None:
    assert price_per_hundred(price, content, unit) == per_hundred


def test_a_taken_name_gets_a_number() -> None:
    names = slugs_like("kopi")
    assert [next(names) for _ in range(3)] == ["kopi", "kopi-2", "kopi-3"]


def test_a_place_is_short_enough_for_a_card() -> None:
    assert short_place("Kota Administrasi Jakarta Barat") == "Jakarta Barat"
    assert short_place("Kotabaru") == "Kotabaru"
