"""When nobody complained in time, an order is done and its money moves on, to the rupiah."""

from datetime import UTC, datetime
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as some

from shop.core.database.engine import Database
from shop.core.database.settings_by_date import DEFAULTS, Policy
from shop.fulfilment.deadlines import completion
from shop.fulfilment.order_steps import actions
from shop.fulfilment.orders.rules import Reason, Shortfall, divide
from shop.sales.orders.models import Actor, OrderLine, OrderState
from shop.sales.orders.rules import freeze_line
from shop.services.outbox import worker
from tests.factories import DAY, NOON, PICKUP, Goods, make_cooperative, make_goods
from tests.fulfilment.paid import (
    Desk,
    books,
    broken,
    lines_of,
    make_paid,
    order_of,
    refunds,
    state_of,
)

WEDNESDAY_ENDS = datetime(2026, 11, 25, 16, 59, 59, tzinfo=UTC)
"""Jakarta's last second of the second working day after a Monday."""


@pytest.fixture
def kopi(db: Database) -> Goods:
    return make_goods(db, make_cooperative(db, contribution_bp=1_000), price=45_000, on_hand=20)


def arrive(desk: Desk, number: str) -> None:
    desk.ship(number)
    desk.do(
        number, lambda s, order: actions.confirm_arrival(s, order, actor=Actor.SHOPPER, now=NOON)
    )


def close(db: Database, now: datetime) -> int:
    return db.write(partial(completion.complete_due_orders, now=now))


def test_an_order_is_done_when_two_working_days_for_complaints_are_over(
    db: Database, kopi: Goods, gayo: Desk
) -> None:
    number = make_paid(db, {kopi: 2}).numbers[0]
    arrive(gayo, number)
    assert close(db, WEDNESDAY_ENDS) == 0
    assert state_of(db, number) is OrderState.ARRIVED
    assert close(db, WEDNESDAY_ENDS + DAY) == 1
    assert close(db, WEDNESDAY_ENDS + DAY) == 0
    order = order_of(db, number)
    assert (order.state, order.ended_at) == (OrderState.DONE, WEDNESDAY_ENDS + DAY)


def test_the_money_of_a_done_order_goes_to_its_members_its_cooperative_and_the_platform(
    db: Database, kopi: Goods, gayo: Desk
) -> None:
    placed = make_paid(db, {kopi: 2})
    arrive(gayo, placed.numbers[0])
    close(db, NOON + 5 * DAY)
    # Goods 90,000: the maker 90 %, the platform 3 % out of the cooperative's 10 %, delivery 12,000.
    assert books(db) == {
        "bank": placed.amount,
        "unique_code": placed.orders_total - placed.amount,
        f"member_due:{kopi.member_id}": -81_000,
        "fee_income": -2_700,
        "cooperative_due": -(9_000 - 2_700 + 12_000),
    }
    assert broken(db) == {}


def test_members_of_one_order_each_get_their_own_share(
    db: Database, kopi: Goods, gayo: Desk
) -> None:
    madu = make_goods(db, kopi.cooperative, price=70_000, on_hand=4, name="Madu")
    placed = make_paid(db, {kopi: 1, madu: 1})
    arrive(gayo, placed.numbers[0])
    close(db, NOON + 5 * DAY)
    standing = books(db)
    assert standing[f"member_due:{kopi.member_id}"] == -40_500
    assert standing[f"member_due:{madu.member_id}"] == -63_000
    assert "escrow" not in standing
    assert broken(db) == {}


def test_packs_that_were_not_sent_pay_nobody(db: Database, kopi: Goods, gayo: Desk) -> None:
    placed = make_paid(db, {kopi: 3})
    number = placed.numbers[0]
    line = lines_of(db, number)[0]
    gayo.do(
        number,
        lambda s, order: actions.accept(
            s,
            order,
            counts={line.id: 2},
            shortfalls={line.id: Shortfall(Reason.SHORT)},
            now=NOON,
        ),
    )
    gayo.do(number, lambda s, order: actions.mark_ready(s, order, now=NOON))
    gayo.do(number, lambda s, order: actions.hand_over(s, order, tracking="JP12345678", now=NOON))
    gayo.do(
        number, lambda s, order: actions.confirm_arrival(s, order, actor=Actor.SHOPPER, now=NOON)
    )
    close(db, NOON + 5 * DAY)
    standing = books(db)
    assert refunds(db) == [("short", 45_000)]
    assert standing[f"member_due:{kopi.member_id}"] == -81_000
    assert standing["fee_income"] == -2_700
    assert standing["cooperative_due"] == -18_300
    assert "escrow" not in standing
    assert broken(db) == {}


def test_taxes_that_were_withheld_are_owed_to_the_state(
    db: Database, kopi: Goods, gayo: Desk
) -> None:
    with db.writing() as session:
        for name, value in (("platform_is_pkp", 1), ("pph22_bp", 50)):
            session.add(Policy(name=name, since=NOON.date(), value=value))
    placed = make_paid(db, {kopi: 2})
    arrive(gayo, placed.numbers[0])
    close(db, NOON + 5 * DAY)
    standing = books(db)
    # PPN 11 % on the fee of 2,700 and PPh 22 of 0.5 % on 90,000: out of the cooperative's part.
    assert standing["tax_due"] == -(297 + 450)
    assert standing["fee_income"] == -2_700
    assert standing[f"member_due:{kopi.member_id}"] == -81_000
    assert standing["cooperative_due"] == -(9_000 - 2_700 - 297 - 450 + 12_000)
    assert broken(db) == {}


def test_what_the_payment_cost_is_the_cooperatives_and_never_the_members(
    db: Database, kopi: Goods, gayo: Desk
) -> None:
    from shop.payments.bills.payment_costs import post_payment_cost

    placed = make_paid(db, {kopi: 2})
    with db.writing() as session:
        post_payment_cost(session, payment_id=placed.payment_id, cost=1_020, now=NOON)
    arrive(gayo, placed.numbers[0])
    close(db, NOON + 5 * DAY)
    standing = books(db)
    assert standing[f"member_due:{kopi.member_id}"] == -81_000
    assert standing["cooperative_due"] == -(18_300 - 900)
    assert standing["payment_cost"] == 120
    assert broken(db) == {}


def test_what_was_picked_up_waits_for_complaints_like_all_else(
    db: Database, kopi: Goods, gayo: Desk
) -> None:
    number = make_paid(db, {kopi: 1}, quotes={kopi.cooperative.id: PICKUP}).numbers[0]
    gayo.make_ready(number)
    code = order_of(db, number).pickup_code or ""
    gayo.do(number, lambda s, order: actions.hand_over_pickup(s, order, code=code, now=NOON))
    assert close(db, NOON + DAY) == 0
    assert close(db, NOON + 5 * DAY) == 1


def test_an_order_that_needs_somebody_is_not_closed(db: Database, kopi: Goods, gayo: Desk) -> None:
    number = make_paid(db, {kopi: 1}).numbers[0]
    arrive(gayo, number)
    with db.writing() as session:
        session.merge(order_of(db, number)).needs = "complaint"
    assert close(db, NOON + 30 * DAY) == 0
    assert state_of(db, number) is OrderState.ARRIVED


def test_the_worker_closes_what_is_due(db: Database, kopi: Goods, gayo: Desk) -> None:
    number = make_paid(db, {kopi: 1}).numbers[0]
    arrive(gayo, number)
    completion.close_orders(db, NOON + 5 * DAY)
    assert state_of(db, number) is OrderState.DONE
    assert "close-orders" in worker._periodic


@given(
    packs=some.integers(1, 40),
    price=some.integers(1, 3_000_000),
    back=some.data(),
    contribution=some.integers(0, 5_000),
    is_pkp=some.booleans(),
    delivery=some.integers(0, 200_000),
)
def test_dividing_an_order_never_loses_a_rupiah_and_keeps_the_promise_to_the_member(
    packs: int,
    price: int,
    back: some.DataObject,
    contribution: int,
    is_pkp: bool,
    delivery: int,
) -> None:
    refunded = back.draw(some.integers(0, packs))
    frozen = freeze_line(
        packs * price, contribution_bp=contribution, is_pkp=is_pkp, figures=DEFAULTS
    )
    line = OrderLine(
        packs=packs,
        unit_price=price,
        discount=0,
        member_id=1,
        member_share=frozen.member_share,
        parts=dict(frozen.parts),
        refunded=refunded,
    )
    held = (packs - refunded) * price + delivery
    division = divide([line], held)
    assert (
        sum(division.members.values()) + division.fee + division.tax + division.cooperative == held
    )
    if not refunded:
        assert division.members[1] == frozen.member_share
    assert division.members[1] >= 0
    assert division.fee >= 0
