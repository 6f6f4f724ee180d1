"""What a courier charges, and which goods may travel how."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.core.formats.indonesia import areas_of
from shop.core.values.money import Rupiah
from shop.core.values.units import Grams, Millimetres
from shop.shipping.rates.rules import (
    CM,
    Kind,
    Load,
    Quote,
    Unit,
    WeightRule,
    billable_weight,
    courier_fee,
    in_order,
    load_of,
    lower_box,
    may_travel,
    shipping_fee,
    volumetric_weight,
)
from tests.support.vectors import VECTORS

USUAL = WeightRule(divisor=6000, tolerance=Grams(300), minimum=Grams(1000))
loads = st.builds(
    Load,
    grams=st.integers(0, 100_000),
    volume=st.integers(0, 2_000_000_000),
    limits=st.just(frozenset()),
)
rules = st.builds(
    WeightRule,
    divisor=st.integers(1_000, 9_000),
    tolerance=st.integers(0, 999),
    minimum=st.integers(1, 20).map(lambda kg: kg * 1000),
)


def _unit(packs: int, grams: int, *sides: int, limit: str | None = None) -> Unit:
    length, width, height = (Millimetres(side) for side in sides or (0, 0, 0))
    return Unit(packs, Grams(grams), length, width, height, limit)


@pytest.mark.parametrize("vector", VECTORS["berat_ditagih"])
def test_couriers_charge_what_the_sources_say(vector: dict[str, Any]) -> None:
    sides = [side * 10 for side in vector["dimensi_cm"] or (0, 0, 0)]
    load = load_of([_unit(1, vector["aktual_g"], *sides)])
    rule = WeightRule(vector["pembagi"], Grams(vector["toleransi_g"]), Grams(1000))
    assert billable_weight(load, rule) == vector["ditagih_kg"] * 1000


@pytest.mark.parametrize(
    ("grams", "kilograms"),
    [(0, 1), (1, 1), (700, 1), (1_300, 1), (1_301, 2), (2_300, 2), (2_310, 3), (5_250, 5)],
)
def test_three_hundred_grams_over_are_free(grams: int, kilograms: int) -> None:
    assert billable_weight(load_of([_unit(1, grams)]), USUAL) == kilograms * 1000


def test_a_tenth_of_a_gram_over_the_tolerance_counts() -> None:
    # 7,800,001 mm3 at 6000 weigh 1300.0002 g: dearer than 1300, by the letter.
    assert billable_weight(Load(Grams(1), 7_800_000, frozenset()), USUAL) == 1000
    assert billable_weight(Load(Grams(1), 7_800_001, frozenset()), USUAL) == 2000


def test_a_truck_charges_its_minimum() -> None:
    trucking = WeightRule(divisor=5000, tolerance=Grams(300), minimum=Grams(10_000))
    assert billable_weight(load_of([_unit(1, 2_000)]), trucking) == 10_000
    assert billable_weight(load_of([_unit(1, 12_400)]), trucking) == 13_000


@given(load=loads, rule=rules)
def test_nobody_is_charged_less_than_weight_and_space_allow(load: Load, rule: WeightRule) -> None:
    billable = billable_weight(load, rule)
    assert billable % 1000 == 0
    assert billable >= max(rule.minimum, 1000)
    assert billable + rule.tolerance >= load.grams
    assert (billable + rule.tolerance) * rule.divisor >= load.volume
    assert billable < max(load.grams, volumetric_weight(load.volume, rule.divisor)) + 1000 or (
        billable in (1000, rule.minimum)
    )


@given(load=loads, more=st.integers(0, 5_000), rule=rules)
def test_a_heavier_parcel_never_costs_less(load: Load, more: int, rule: WeightRule) -> None:
    heavier = Load(Grams(load.grams + more), load.volume, load.limits)
    assert billable_weight(heavier, rule) >= billable_weight(load, rule)


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(1, 3_000)), max_size=6))
def test_a_parcel_weighs_what_its_packs_weigh(units: list[tuple[int, int]]) -> None:
    load = load_of(_unit(packs, grams, 100, 50, 20) for packs, grams in units)
    assert load.grams == sum(packs * grams for packs, grams in units)
    assert load.volume == sum(packs for packs, _ in units) * 100_000


def test_a_parcel_keeps_every_limit_of_its_goods() -> None:
    load = load_of([_unit(1, 5, limit="dingin"), _unit(1, 5), _unit(2, 5, limit="darat-laut")])
    assert load.limits == {"dingin", "darat-laut"}


@given(price=st.integers(0, 200_000), kilograms=st.integers(1, 60))
def test_the_fee_is_kilograms_times_the_price(price: int, kilograms: int) -> None:
    assert courier_fee(price, Grams(kilograms * 1000)) == price * kilograms


@pytest.mark.parametrize(
    ("limit", "days", "by_air", "allowed"),
    [
        ("darat-laut", 9, False, True),
        ("darat-laut", 2, True, False),
        ("dingin", 2, True, True),
        ("dingin", 3, False, False),
        ("lokal-beku", 1, False, False),
        ("lokal-hari-sama", 1, False, False),
        ("sesuatu-yang-baru", 1, False, False),
    ],
)
def test_a_courier_takes_only_what_may_travel(
    limit: str, days: int, by_air: bool, allowed: bool
) -> None:
    assert may_travel([limit], "courier", days_most=days, by_air=by_air) is allowed


@pytest.mark.parametrize("kind", ["pickup", "own"])
def test_what_is_handed_over_at_home_has_no_limit(kind: Kind) -> None:
    assert may_travel(["lokal-beku", "dingin"], kind)


def test_the_strictest_goods_decide_for_the_parcel() -> None:
    assert may_travel(["dingin"], "courier", days_most=2, by_air=True)
    assert not may_travel(["dingin", "darat-laut"], "courier", days_most=2, by_air=True)
    assert may_travel([], "courier", days_most=9, by_air=True)


def test_a_round_is_free_from_its_sum_on() -> None:
    assert shipping_fee(8_000, 150_000, 149_999) == 8_000
    assert shipping_fee(8_000, 150_000, 150_000) == 0
    assert shipping_fee(8_000, None, 9_999_999) == 8_000
    assert shipping_fee(8_000, 150_000, None) == 8_000


def test_a_village_lies_in_its_district_regency_and_province() -> None:
    assert areas_of("32.05.07.2007") == ("32", "32.05", "32.05.07")


def _quote(kind: Kind, fee: int, days: int | None = None, code: str = "x") -> Quote:
    return Quote(1, kind, code, "", Rupiah(fee), days, days, Grams(1), Grams(1))


def test_the_cheapest_way_comes_first_and_home_before_couriers() -> None:
    pickup, own = _quote("pickup", 0), _quote("own", 9_000, 4)
    quick, slow = _quote("courier", 9_000, 2), _quote("courier", 9_000, 5)
    assert in_order([slow, quick, own, pickup]) == (pickup, own, quick, slow)


def test_a_choice_outlives_a_new_rate_card() -> None:
    old = _quote("courier", 9_000, code="courier:jne-reg:12:32")
    new = _quote("courier", 9_500, code="courier:jne-reg:57:32.05")
    assert old.choice == new.choice == "courier:jne-reg"
    assert _quote("pickup", 0, code="pickup:3").choice == "pickup:3"


@given(
    sides=st.tuples(*[st.integers(10, 1_500)] * 3),
    grams=st.integers(1, 5_000),
    rule=rules,
)
def test_a_lower_box_costs_what_is_said_and_one_centimetre_more_does_not(
    sides: tuple[int, int, int], grams: int, rule: WeightRule
) -> None:
    length, width, height = (Millimetres(side) for side in sides)
    unit = Unit(1, Grams(grams), length, width, height)
    lower = lower_box(unit, rule)
    if lower is None:
        return
    assert lower.height < height
    fits = replace(unit, height=lower.height)
    assert billable_weight(load_of([fits]), rule) <= lower.billable
    higher = replace(unit, height=Millimetres(lower.height + CM))
    assert billable_weight(load_of([higher]), rule) > lower.billable
    assert lower.billable < billable_weight(load_of([unit]), rule)


def test_where_the_scale_decides_no_box_saves_anything() -> None:
    unit = Unit(1, Grams(4_000), Millimetres(200), Millimetres(100), Millimetres(60))
    assert lower_box(unit, USUAL) is None
