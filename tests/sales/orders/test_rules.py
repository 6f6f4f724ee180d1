"""The life of an order, and how a sale is divided to the last rupiah."""

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.core.database.settings_by_date import DEFAULTS
from shop.core.values.money import BASIS_POINTS, included_tax
from shop.sales.orders.rules import (
    ALLOWED_TRANSITIONS,
    ENDS,
    NOT_FROM_QUANTITIES,
    REST,
    DeliveryKind,
    OrderState,
    Quantities,
    advance_quantities,
    freeze_line,
    refund_of,
    state_of,
    unit_shares,
)
from shop.sales.orders.timeline import latest, steps_of
from tests.factories import NOON

figures = st.fixed_dictionaries(
    {
        "platform_fee_bp": st.integers(0, 1_000),
        "platform_is_pkp": st.booleans(),
        "ppn_rate_bp": st.just(1_200),
        "ppn_base_numerator": st.just(11),
        "ppn_base_denominator": st.just(12),
        "pph22_bp": st.sampled_from([0, 50]),
    }
)


@dataclass
class Line:
    """A sold line, as far as its money goes."""

    packs: int
    unit_price: int
    discount: int
    member_share: int
    parts: dict[str, Any] = field(default_factory=dict)


def test_every_state_has_its_ways_and_ends_have_none() -> None:
    assert set(ALLOWED_TRANSITIONS) == set(OrderState)
    assert {state for state, ways in ALLOWED_TRANSITIONS.items() if not ways} == set(ENDS)


def test_nothing_leads_back_to_unpaid() -> None:
    assert all(OrderState.UNPAID not in ways for ways in ALLOWED_TRANSITIONS.values())


def walks() -> st.SearchStrategy[list[OrderState]]:
    """Lives of orders, step by step along ``ALLOWED_TRANSITIONS``."""

    def walk(choices: list[int]) -> list[OrderState]:
        life = [OrderState.UNPAID]
        for choice in choices:
            ways = sorted(ALLOWED_TRANSITIONS[life[-1]])
            if not ways:
                break
            life.append(ways[choice % len(ways)])
        return life

    return st.lists(st.integers(0, 5), max_size=12).map(walk)


@given(life=walks(), packs=st.lists(st.integers(1, 9), min_size=1, max_size=4), data=st.data())
def test_along_every_life_the_state_follows_from_the_packs(
    life: list[OrderState], packs: list[int], data: st.DataObject
) -> None:
    lines = [Quantities(count) for count in packs]
    for before, to in pairwise(life):
        if to is OrderState.ACCEPTED and before is OrderState.NEW:
            for line in lines:
                line.accepted = data.draw(st.integers(0, line.packs))
            if not any(line.accepted for line in lines):
                lines[0].accepted = 1
        for line in lines:
            advance_quantities(line, to, reason="habis")
            assert 0 <= line.returned <= line.shipped <= line.packed <= line.accepted
            assert line.delivered <= line.shipped
        assert (
            state_of(lines, confirmed=True, beside=to if to in NOT_FROM_QUANTITIES else None) is to
        )


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ([Quantities(2)], OrderState.NEW),
        ([Quantities(2, refusal="habis")], OrderState.REFUSED),
        ([Quantities(2, refusal="habis"), Quantities(1)], OrderState.NEW),
        ([Quantities(2, accepted=1), Quantities(1, refusal="habis")], OrderState.ACCEPTED),
        ([Quantities(2, accepted=2, packed=1)], OrderState.ACCEPTED),
        ([Quantities(2, accepted=2, packed=2)], OrderState.READY),
        ([Quantities(2, 2, 2, 2), Quantities(1, 1, 1, 0)], OrderState.READY),
        ([Quantities(2, 2, 2, 2)], OrderState.ON_THE_WAY),
        ([Quantities(2, 2, 2, 2, 1)], OrderState.ON_THE_WAY),
        ([Quantities(2, 2, 2, 2, 2)], OrderState.ARRIVED),
        ([Quantities(2, 2, 2, 2, 0, 2)], OrderState.RETURNED),
        ([Quantities(2, 2, 2, 2, 2, 2)], OrderState.ARRIVED),
    ],
)
def test_the_state_is_the_least_that_is_true_of_all_lines(
    lines: list[Quantities], told: OrderState
) -> None:
    assert state_of(lines, confirmed=True) is told
    assert state_of(lines, confirmed=False) is OrderState.UNPAID


@pytest.mark.parametrize(("price", "before", "ppn"), [(111_000, 100_000, 11_000)])
def test_tax_inside_a_price(price: int, before: int, ppn: int) -> None:
    base, tax = included_tax(price, DEFAULTS)
    assert (price - tax, tax) == (before, ppn)
    assert base == 91_667  # 11/12 of the unrounded price before tax, half up


@pytest.mark.parametrize(("price", "ppn"), [(100_000, 9_910), (27_000, 2_676), (0, 0), (1, 0)])
def test_tax_inside_a_price_is_rounded_half_up(price: int, ppn: int) -> None:
    assert included_tax(price, DEFAULTS)[1] == ppn


@pytest.mark.parametrize(("gross", "held_back"), [(100_000, 500), (125_345, 626), (1_999, 9)])
def test_pph_22_is_rounded_down(gross: int, held_back: int) -> None:
    frozen = freeze_line(
        gross, contribution_bp=800, is_pkp=False, figures={**DEFAULTS, "pph22_bp": 50}
    )
    assert frozen.pph22 == held_back


def test_the_worked_example_of_a_line() -> None:
    """Two packs of coffee at 45,000, 8 % for the cooperative, a fee of 3 %."""
    frozen = freeze_line(90_000, contribution_bp=800, is_pkp=False, figures=DEFAULTS)
    assert frozen.member_share == 82_800
    assert (frozen.fee_bp, frozen.fee) == (300, 2_700)
    assert (frozen.tax_base, frozen.ppn) == (90_000, 0)
    assert frozen.parts == {
        "platform_fee": 2_700,
        "platform_fee_ppn": 0,
        "ppn": 0,
        "pph22": 0,
        "cooperative": 4_500,
    }


def test_the_fee_is_not_taken_on_tax() -> None:
    frozen = freeze_line(111_000, contribution_bp=900, is_pkp=True, figures=DEFAULTS)
    assert (frozen.ppn, frozen.fee) == (11_000, 3_000)


@given(
    net=st.integers(0, 10**9),
    contribution_bp=st.integers(0, BASIS_POINTS),
    is_pkp=st.booleans(),
    figures=figures,
)
def test_the_member_and_the_parts_sum_to_the_net(
    net: int, contribution_bp: int, is_pkp: bool, figures: dict[str, int]
) -> None:
    frozen = freeze_line(net, contribution_bp=contribution_bp, is_pkp=is_pkp, figures=figures)
    assert frozen.member_share + sum(frozen.parts.values()) == net
    assert 0 <= frozen.member_share <= net
    shared = (net - frozen.ppn) * (BASIS_POINTS - contribution_bp)
    assert abs(frozen.member_share * BASIS_POINTS - shared) <= BASIS_POINTS // 2
    assert all(amount >= 0 for name, amount in frozen.parts.items() if name != REST)
    assert is_pkp or frozen.ppn == 0


@given(
    packs=st.integers(1, 60),
    unit_price=st.integers(1, 5_000_000),
    data=st.data(),
    figures=figures,
)
def test_the_shares_of_all_units_give_the_line_back(
    packs: int, unit_price: int, data: st.DataObject, figures: dict[str, int]
) -> None:
    discount = data.draw(st.integers(0, packs * unit_price))
    net = packs * unit_price - discount
    frozen = freeze_line(net, contribution_bp=870, is_pkp=True, figures=figures)
    line = Line(packs, unit_price, discount, frozen.member_share, dict(frozen.parts))
    shares = [unit_shares(line, unit) for unit in range(1, packs + 1)]
    assert sum(share.net for share in shares) == net
    assert sum(share.member_share for share in shares) == line.member_share
    for name, amount in line.parts.items():
        assert sum(share.parts[name] for share in shares) == amount
    for share in shares:
        assert share.member_share + sum(share.parts.values()) == share.net
    some = data.draw(st.sets(st.integers(1, packs)))
    others = set(range(1, packs + 1)) - some
    assert refund_of(line, some) + refund_of(line, others) == net


@pytest.mark.parametrize("unit", [0, 4, -1])
def test_a_line_has_no_other_units(unit: int) -> None:
    with pytest.raises(ValueError, match="no unit"):
        unit_shares(Line(3, 1_000, 0, 0, {REST: 3_000}), unit)


def test_what_is_picked_up_is_never_on_its_way() -> None:
    kinds = {
        kind: [step.state for step in steps_of(kind, OrderState.UNPAID, {OrderState.UNPAID: NOON})]
        for kind in DeliveryKind
    }
    assert OrderState.ON_THE_WAY not in kinds[DeliveryKind.PICKUP]
    assert OrderState.ON_THE_WAY in kinds[DeliveryKind.COURIER]


def test_steps_tell_what_was_reached_and_where_it_stands() -> None:
    reached = {OrderState.UNPAID: NOON, OrderState.NEW: NOON, OrderState.ACCEPTED: NOON}
    steps = steps_of(DeliveryKind.COURIER, OrderState.ACCEPTED, reached)
    assert [step.state for step in steps if step.is_done] == list(reached)
    assert [step.state for step in steps if step.is_current] == [OrderState.ACCEPTED]
    assert steps[-1].state is OrderState.DONE


def test_an_order_that_left_the_way_promises_nothing_after_it() -> None:
    reached = {OrderState.UNPAID: NOON, OrderState.LAPSED: NOON}
    steps = steps_of(DeliveryKind.COURIER, OrderState.LAPSED, reached)
    assert [step.state for step in steps] == [OrderState.UNPAID, OrderState.LAPSED]
    assert steps[-1].is_current


def test_a_purchase_is_as_far_as_its_slowest_order() -> None:
    states = [OrderState.READY, OrderState.REFUSED, OrderState.NEW]
    assert latest(states) is OrderState.NEW
    assert latest([OrderState.LAPSED, OrderState.LAPSED]) is OrderState.LAPSED
