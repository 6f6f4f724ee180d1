"""What a voucher gives, when it gives nothing, and how a discount is divided."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.core.values.money import Rupiah
from shop.core.values.units import NotAPercentage, read_percent, write_percent
from shop.sales.vouchers.errors import VoucherRefused, Why
from shop.sales.vouchers.rules import Goods, Terms, check, discount_of, eligible, fold_code, shares

NOW = datetime(2026, 11, 23, 5, tzinfo=UTC)
GAYO, KINTAMANI = 1, 2
CART = (Goods(GAYO, Rupiah(90_000)), Goods(KINTAMANI, Rupiah(65_000)))


def terms(**changed: object) -> Terms:
    """Ten per cent off everything, this week."""
    usual: dict[str, object] = {
        "voucher_id": 1,
        "code": "PANEN10",
        "cooperative_id": None,
        "cooperative_name": "",
        "percent_bp": 1000,
        "amount": None,
        "least_goods": 0,
        "most_discount": None,
        "starts_at": NOW - timedelta(days=1),
        "ends_at": NOW + timedelta(days=6),
        "most_uses": None,
        "most_per_buyer": None,
        "used": 0,
        "stopped_at": None,
    }
    return Terms(**{**usual, **changed})  # type: ignore[arg-type]


@pytest.mark.parametrize("typed", ["panen10", " PANEN 10 ", "Pa nEn\t10", "PANEN10"])
def test_a_code_is_the_same_in_other_case_and_with_spaces(typed: str) -> None:
    assert fold_code(typed) == "PANEN10"


@pytest.mark.parametrize("typed", ["", "AB", "A" * 25, "1" * 400, "PANEN_10", "٣٣٣٣", "%'--"])
def test_what_can_be_no_code_is_no_code(typed: str) -> None:
    assert fold_code(typed) is None


@pytest.mark.parametrize(
    ("changed", "used", "why", "missing"),
    [
        ({"stopped_at": NOW}, 0, Why.STOPPED, 0),
        ({"starts_at": NOW + timedelta(seconds=1)}, 0, Why.NOT_YET, 0),
        ({"ends_at": NOW}, 0, Why.EXPIRED, 0),
        ({"most_uses": 3, "used": 3}, 0, Why.USED_UP, 0),
        ({"most_per_buyer": 1}, 1, Why.ALREADY, 0),
        ({"cooperative_id": 9}, 0, Why.FOREIGN, 0),
        ({"least_goods": 160_000}, 0, Why.BELOW, 5_000),
        ({"least_goods": 100_000, "cooperative_id": GAYO}, 0, Why.BELOW, 10_000),
    ],
)
def test_it_is_refused_with_the_exact_reason_and_what_is_missing(
    changed: dict[str, object], used: int, why: Why, missing: int
) -> None:
    with pytest.raises(VoucherRefused) as refused:
        check(terms(**changed), CART, used_by_buyer=used, now=NOW)
    assert (refused.value.why, refused.value.missing) == (why, missing)


def test_a_cooperatives_voucher_counts_its_own_goods_alone() -> None:
    assert eligible(terms(cooperative_id=KINTAMANI), CART) == (0, 65_000)


@pytest.mark.parametrize(
    ("changed", "off"),
    [
        ({}, 15_500),
        ({"most_discount": 10_000}, 10_000),
        ({"percent_bp": None, "amount": 20_000}, 20_000),
        ({"percent_bp": None, "amount": 500_000}, 155_000),
        ({"percent_bp": 10_000}, 155_000),
    ],
)
def test_it_never_takes_more_than_the_goods_cost_or_the_cap_allows(
    changed: dict[str, object], off: int
) -> None:
    assert discount_of(terms(**changed), 155_000) == off


@given(
    amounts=st.lists(st.integers(1, 10**9), min_size=1, max_size=40),
    percent=st.integers(1, 10_000),
    cap=st.none() | st.integers(1, 10**7),
)
def test_shares_sum_to_the_discount_and_no_line_gives_more_than_it_costs(
    amounts: list[int], percent: int, cap: int | None
) -> None:
    off = discount_of(terms(percent_bp=percent, most_discount=cap), sum(amounts))
    parts = shares(off, amounts)
    assert sum(parts) == off
    assert all(0 <= part <= amount for part, amount in zip(parts, amounts, strict=True))


@given(basis_points=st.integers(0, 10_000))
def test_a_percentage_reads_as_it_is_written(basis_points: int) -> None:
    assert read_percent(write_percent(basis_points)) == basis_points


@pytest.mark.parametrize("typed", ["", "-1", "100,01", "7,555", "1e3", "٥", "9" * 400, "sepuluh"])
def test_a_wrong_percentage_is_refused(typed: str) -> None:
    with pytest.raises(NotAPercentage):
        read_percent(typed)
