"""Packs are missing: the shopper chooses, and a day of silence chooses too (R9)."""

from datetime import date, timedelta
from functools import partial

import pytest
from sqlalchemy import select

from shop.core.database.engine import Database
from shop.core.values import clock
from shop.fulfilment.deadlines.timeouts import run_timeouts
from shop.fulfilment.order_steps import actions, shortages
from shop.fulfilment.order_steps.customer_cancellation import cancel_unshipped
from shop.fulfilment.orders.errors import NoSuchDay
from shop.fulfilment.orders.rules import Reason
from shop.fulfilment.suspension.actions import cancel_left_over, suspend
from shop.sales.orders.errors import AlreadyMoved, MoveRefused
from shop.sales.orders.models import Actor, OrderEvent, OrderState, ShortOffer
from shop.sales.orders.rules import SHORT_ASKED, ShortageChoice
from tests.factories import DAY, NOON, Goods, make_goods, shelf
from tests.fulfilment.asking import accepted, ask
from tests.fulfilment.paid import Desk, broken, make_paid, order_of, refunds, state_of, told

pytestmark = pytest.mark.usefixtures("noon")

SECOND = timedelta(seconds=1)


@pytest.fixture
def kopi(db: Database) -> Goods:
    """Ten packs, so that it is seen what of them is left."""
    return make_goods(db, price=45_000, on_hand=10)


def choose(desk: Desk, number: str, choice: ShortageChoice) -> None:
    desk.do(
        number,
        lambda s, order: shortages.choose(
            s, order, choice, actor=Actor.SHOPPER, now=NOON + DAY / 2
        ),
    )


def test_the_shopper_is_asked_and_nothing_is_accepted_or_paid_back_before(
    db: Database, gayo: Desk, number: str
) -> None:
    ask(gayo, number)
    order = order_of(db, number)
    assert (order.state, order.needs, order.accept_by) == (OrderState.NEW, SHORT_ASKED, NOON + DAY)
    assert (accepted(db, number), refunds(db), told(db)) == ([0], [], ["order_short"])
    assert broken(db) == {}


def test_send_what_there_is_gives_the_rest_back(
    db: Database, kopi: Goods, gayo: Desk, number: str
) -> None:
    ask(gayo, number)
    choose(gayo, number, ShortageChoice.SEND)
    assert (state_of(db, number), accepted(db, number)) == (OrderState.ACCEPTED, [3])
    assert refunds(db) == [(Reason.SHORT, 90_000)]
    assert shelf(db, kopi).on_hand == 5
    with db.reading() as session:
        last = session.scalars(select(OrderEvent).order_by(OrderEvent.id.desc())).first()
    assert last is not None
    assert (last.to_state, last.actor) == (OrderState.ACCEPTED, Actor.SHOPPER)
    assert broken(db) == {}


def test_wait_until_the_day_takes_all_of_it_and_promises_that_day(
    db: Database, gayo: Desk, number: str
) -> None:
    late = date(2026, 12, 11)
    ask(gayo, number, complete_on=late)
    choose(gayo, number, ShortageChoice.WAIT)
    order = order_of(db, number)
    assert (order.state, accepted(db, number), refunds(db)) == (OrderState.ACCEPTED, [5], [])
    assert order.ship_by is not None
    assert clock.in_zone(order.ship_by, "Asia/Jakarta").date() == late
    assert broken(db) == {}


@pytest.mark.parametrize("by", ["choice", "one tap"])
def test_cancelling_gives_all_of_it_back_and_the_shelf_what_is_really_there(
    db: Database, kopi: Goods, gayo: Desk, number: str, by: str
) -> None:
    ask(gayo, number, left=4)
    assert shelf(db, kopi).on_hand == 4
    if by == "choice":
        choose(gayo, number, ShortageChoice.CANCEL)
    else:
        gayo.do(number, lambda s, order: cancel_unshipped(s, order, now=NOON))
    assert state_of(db, number) is OrderState.CANCELLED
    assert sum(amount for _, amount in refunds(db)) >= 5 * 45_000
    assert shelf(db, kopi).on_hand == 7  # four that were counted, three that had been put aside
    assert broken(db) == {}


@pytest.mark.parametrize(
    ("reason", "left", "there"),
    [
        (Reason.SHORT, None, 5),
        (Reason.SHORT, 4, 4),
        (Reason.NOT_MADE, None, 7),
        (Reason.NOT_MADE, 6, 6),
    ],
)
def test_the_shelf_is_right_whichever_way_it_was_counted(
    db: Database, kopi: Goods, gayo: Desk, number: str, reason: Reason, left: int | None, there: int
) -> None:
    ask(gayo, number, reason=reason, left=left)
    choose(gayo, number, ShortageChoice.SEND)
    assert shelf(db, kopi).on_hand == there
    assert broken(db) == {}


def test_a_day_of_silence_sends_what_there_is(db: Database, gayo: Desk, number: str) -> None:
    ask(gayo, number)
    run_timeouts(db, NOON + DAY - SECOND)
    assert state_of(db, number) is OrderState.NEW
    run_timeouts(db, NOON + DAY)
    run_timeouts(db, NOON + DAY)
    assert (state_of(db, number), accepted(db, number)) == (OrderState.ACCEPTED, [3])
    assert refunds(db) == [(Reason.SHORT, 90_000)]
    assert "order_waiting" not in told(db), "its cooperative has answered"
    assert broken(db) == {}


def test_a_cooperative_that_finds_the_rest_accepts_all_and_the_question_is_closed(
    db: Database, gayo: Desk, number: str
) -> None:
    ask(gayo, number)
    gayo.accept_all(number)
    assert (state_of(db, number), accepted(db, number), refunds(db)) == (
        OrderState.ACCEPTED,
        [5],
        [],
    )
    with pytest.raises(AlreadyMoved):
        choose(gayo, number, ShortageChoice.CANCEL)
    run_timeouts(db, NOON + 2 * DAY)
    assert accepted(db, number) == [5]


def test_what_was_not_offered_or_asked_cannot_be_chosen(
    db: Database, gayo: Desk, number: str
) -> None:
    with pytest.raises(MoveRefused):
        choose(gayo, number, ShortageChoice.SEND)
    ask(gayo, number, complete_on=None)
    with pytest.raises(MoveRefused):
        choose(gayo, number, ShortageChoice.WAIT)
    with pytest.raises(AlreadyMoved):
        ask(gayo, number)
    choose(gayo, number, ShortageChoice.SEND)
    for choice in ShortageChoice:
        with pytest.raises((AlreadyMoved, MoveRefused)):
            choose(gayo, number, choice)
    assert refunds(db) == [(Reason.SHORT, 90_000)]


@pytest.mark.parametrize("day", [date(2026, 11, 23), date(2020, 1, 1), date(2027, 3, 1)])
def test_a_day_that_is_over_or_far_off_is_not_offered(
    db: Database, gayo: Desk, number: str, day: date
) -> None:
    with pytest.raises(NoSuchDay):
        ask(gayo, number, complete_on=day)
    assert order_of(db, number).needs is None


def test_all_or_nothing_asks_nobody(db: Database, gayo: Desk, kopi: Goods) -> None:
    none, full = (make_paid(db, {kopi: 2}).numbers[0] for _ in range(2))
    ask(gayo, none, there=0)
    ask(gayo, full, there=2)
    assert (state_of(db, none), state_of(db, full)) == (OrderState.REFUSED, OrderState.ACCEPTED)


@pytest.mark.parametrize("by", ["refused", "refused as short", "suspended"])
def test_an_order_that_ends_another_way_leaves_on_the_shelf_what_was_counted(
    db: Database, kopi: Goods, gayo: Desk, number: str, by: str
) -> None:
    ask(gayo, number, left=4)
    if by == "suspended":
        db.write(
            partial(
                suspend, cooperative_id=kopi.cooperative.id, reason="Kosong", now=NOON, person_id=1
            )
        )
        gayo.do(number, partial(cancel_left_over, now=NOON, person_id=1))
    else:
        reason = Reason.CLOSED if by == "refused" else Reason.SHORT
        gayo.do(number, partial(actions.refuse, reason=reason, now=NOON))
    assert shelf(db, kopi).on_hand == 7  # four that were counted, three that had been put aside
    with db.reading() as session:
        assert session.get_one(ShortOffer, order_of(db, number).id).answered_at == NOON
    assert broken(db) == {}
