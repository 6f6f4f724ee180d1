"""Whole rupiah: nothing is lost, nothing is invented, nothing is guessed."""

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.core.values.money import (
    BASIS_POINTS,
    MAX_RUPIAH,
    UnclearAmount,
    allocate,
    apply_basis_points,
    format_rupiah,
    parse_rupiah,
)
from tests.support.vectors import VECTORS

amounts = st.integers(-MAX_RUPIAH, MAX_RUPIAH)
weight_lists = st.lists(st.integers(0, 10**12), min_size=1, max_size=40).filter(any)


@given(total=amounts, weights=weight_lists)
def test_allocating_never_loses_a_rupiah(total: int, weights: list[int]) -> None:
    assert sum(allocate(total, weights)) == total


@given(total=amounts, weights=weight_lists)
def test_nobody_is_more_than_a_rupiah_away_from_the_exact_share(
    total: int, weights: list[int]
) -> None:
    whole = sum(weights)
    for part, weight in zip(allocate(total, weights), weights, strict=True):
        assert abs(part * whole - total * weight) < whole


@given(total=amounts, weights=weight_lists)
def test_a_refund_mirrors_the_sale_to_the_rupiah(total: int, weights: list[int]) -> None:
    assert allocate(-total, weights) == tuple(-part for part in allocate(total, weights))


@given(total=amounts, weights=weight_lists)
def test_who_weighs_nothing_gets_nothing(total: int, weights: list[int]) -> None:
    parts = zip(allocate(total, weights), weights, strict=True)
    assert all(part == 0 for part, weight in parts if weight == 0)


@given(total=st.integers(0, MAX_RUPIAH), weights=weight_lists)
def test_who_weighs_more_never_gets_less(total: int, weights: list[int]) -> None:
    parts = allocate(total, weights)
    by_weight = sorted(zip(weights, parts, strict=True))
    for (light, little), (heavy, much) in itertools.pairwise(by_weight):
        assert light == heavy or little <= much


@pytest.mark.parametrize("vector", VECTORS["shu"]["largest_remainder"])
def test_the_missing_rupiah_go_to_the_largest_fractions(vector: dict[str, Any]) -> None:
    assert list(allocate(vector["total"], vector["bobot"])) == vector["hasil"]


def test_equal_fractions_are_settled_by_position() -> None:
    assert allocate(100, (1, 1, 1)) == (34, 33, 33)
    assert allocate(-100, (1, 1, 1)) == (-34, -33, -33)


@pytest.mark.parametrize("weights", [(), (0,), (0, 0), (3, -1)])
def test_weights_that_mean_nothing_are_refused(weights: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="weight"):
        allocate(100, weights)


@given(amount=amounts, basis_points=st.integers(0, BASIS_POINTS))
def test_a_part_and_its_rest_make_the_whole(amount: int, basis_points: int) -> None:
    part = apply_basis_points(amount, basis_points)
    assert abs(part * BASIS_POINTS - amount * basis_points) < BASIS_POINTS
    assert min(0, amount) <= part <= max(0, amount)


def test_ten_per_cent_of_25_000_is_2_500() -> None:
    assert apply_basis_points(25_000, 1_000) == 2_500


@pytest.mark.parametrize("vector", VECTORS["rupiah_format"])
def test_amounts_are_written_without_a_space_and_with_dots(vector: dict[str, Any]) -> None:
    assert format_rupiah(vector["nilai"]) == vector["teks"]


@pytest.mark.parametrize("vector", VECTORS["rupiah_urai"])
def test_amounts_are_read_as_people_write_them(vector: dict[str, Any]) -> None:
    if vector["nilai"] is None:
        with pytest.raises(UnclearAmount):
            parse_rupiah(vector["teks"])
    else:
        assert parse_rupiah(vector["teks"]) == vector["nilai"]


@given(amount=st.integers(0, MAX_RUPIAH))
def test_what_the_shop_writes_it_can_read(amount: int) -> None:
    assert parse_rupiah(format_rupiah(amount)) == amount
    assert parse_rupiah(str(amount)) == amount
    assert parse_rupiah(f"{format_rupiah(amount)},-") == amount


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "Rp",
        "-5",
        "+5",
        "1e3",
        "0x10",
        "1.50",
        "1,5",
        "10.5",
        "12,500",
        "Rp 12,500",
        "1,250,500",
        "1.000,50",
        "25k",
        "25.0000",
        "1.234jt",
        "2.500rb0",
        "Rp1.000 Rp",
        "٢٥٠٠٠",
        "２５",
        "1 000",
        "9" * 400,
        "9" * 5_000,
        "0" * 200_000,
        "1000000000001",
    ],
)
def test_what_can_be_read_in_two_ways_or_none_is_refused(typed: str) -> None:
    with pytest.raises(UnclearAmount):
        parse_rupiah(typed)


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("IDR 12,500", 12_500),
        ("idr1,250,500", 1_250_500),
        ("12,500.00", 12_500),
        ("12.500,00", 12_500),
        ("12,5rb", 12_500),
    ],
)
def test_a_comma_is_read_where_something_says_what_it_parts(typed: str, amount: int) -> None:
    assert parse_rupiah(typed) == amount


@given(amount=st.integers(1_000, MAX_RUPIAH))
def test_thousands_parted_by_commas_need_the_currency_before_them(amount: int) -> None:
    with pytest.raises(UnclearAmount):
        parse_rupiah(f"{amount:,}")
    assert parse_rupiah(f"IDR {amount:,}") == amount


@given(st.text(max_size=30))
def test_no_text_breaks_the_reader(typed: str) -> None:
    try:
        amount = parse_rupiah(typed)
    except UnclearAmount:
        return
    assert 0 <= amount <= MAX_RUPIAH
