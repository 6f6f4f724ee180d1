"""When nobody says anything: each clock does its step once, and an act of people stops it."""

from datetime import UTC, datetime, timedelta
from functools import partial
from types import SimpleNamespace

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from shop.core.database.engine import Database
from shop.core.values import clock
from shop.fulfilment.deadlines import timeouts
from shop.fulfilment.deadlines.completion import close
from shop.fulfilment.deadlines.timeouts import (
    cancel_unanswered,
    given_up,
    run_timeouts,
    take_as_arrived,
)
from shop.fulfilment.order_desk import notices
from shop.fulfilment.order_steps import actions
from shop.fulfilment.order_steps.customer_cancellation import cancel_unshipped
from shop.fulfilment.orders.rules import NOT_ARRIVED, Reason
from shop.fulfilment.parcels.actions import send_another
from shop.fulfilment.parcels.missing_parcels import mark_found, paid_back, report_missing, settle
from shop.payments.bills.models import Refund
from shop.people.accounts.models import OperatorRight, OperatorSeat
from shop.people.cooperatives.rules import Role
from shop.people.working_days.actions import plan_closing
from shop.sales.orders.errors import MoveRefused
from shop.sales.orders.models import Actor, Order, OrderEvent, OrderState, Parcel
from shop.sales.orders.rules import DeliveryKind
from shop.services.outbox.models import Notice
from tests.factories import (
    DAY,
    NOON,
    Goods,
    make_cooperative,
    make_goods,
    make_person,
    make_seat,
    shelf,
)
from tests.fulfilment.paid import (
    Desk,
    books,
    broken,
    lines_of,
    make_paid,
    order_of,
    paid_by,
    refunds,
    state_of,
)

TUESDAY_MORNING = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
WEDNESDAY_ENDS = datetime(2026, 11, 25, 16, 59, 59, tzinfo=UTC)
"""The second working day after a Monday, in Jakarta."""
SECOND = timedelta(seconds=1)


@pytest.fixture
def kopi(db: Database) -> Goods:
    goods = make_goods(db, make_cooperative(db), price=45_000, on_hand=20)
    make_seat(db, goods.cooperative, make_person(db, "Wati", "wati@gayo.example"), Role.MANAJER)
    operator = make_person(db, "Rini", "rini@lumbung.example")
    with db.writing() as session:
        session.add(OperatorSeat(person_id=operator.id, right=OperatorRight.OPERATE, since=NOON))
    return goods


def silence_told(db: Database) -> list[str]:
    """Kinds of notices that clocks wrote, in order."""
    kinds = (
        "order_waiting",
        "order_unanswered",
        "order_missed",
        "order_unfetched",
        "order_refused",
        "order_not_fetched",
    )
    with db.reading() as session:
        return list(
            session.scalars(select(Notice.kind).where(Notice.kind.in_(kinds)).order_by(Notice.id))
        )


def look(db: Database, now: datetime) -> list[str]:
    """The worker looks twice: the second time nothing happens any more."""
    run_timeouts(db, now)
    once = silence_told(db)
    run_timeouts(db, now)
    assert silence_told(db) == once
    return once


def test_a_silent_cooperative_is_reminded_then_the_operator_called_then_the_money_returns(
    db: Database, kopi: Goods, gayo: Desk
) -> None:
    number = make_paid(db, {kopi: 2}).numbers[0]
    assert order_of(db, number).accept_by == WEDNESDAY_ENDS
    assert look(db, NOON + timedelta(hours=1)) == []
    assert look(db, TUESDAY_MORNING + DAY / 2) == ["order_waiting"]
    assert look(db, WEDNESDAY_ENDS) == ["order_waiting", "order_unanswered"]
    assert order_of(db, number).needs == "no_answer"
    look(db, WEDNESDAY_ENDS + DAY)
    assert state_of(db, number) is OrderState.NEW
    assert look(db, WEDNESDAY_ENDS + DAY + SECOND)[-1] == "order_refused"
    assert state_of(db, number) is OrderState.CANCELLED
    assert refunds(db)[0] == (Reason.NO_ANSWER, 2 * 45_000 + 12_000)
    assert shelf(db, kopi).reserved == 0
    assert shelf(db, kopi).on_hand == 20
    assert broken(db) == {}
    with db.reading() as session:
        event = session.scalars(select(OrderEvent).order_by(OrderEvent.id.desc())).first()
    assert event is not None
    assert (event.actor, event.reason) == (Actor.SHOP, Reason.NO_ANSWER)


def test_an_answer_in_the_last_moment_stands(db: Database, kopi: Goods, gayo: Desk) -> None:
    number = make_paid(db, {kopi: 2}).numbers[0]
    late = WEDNESDAY_ENDS + DAY + SECOND
    run_timeouts(db, WEDNESDAY_ENDS)
    with db.reading() as session:
        (order_id,) = given_up(session, late)
    gayo.accept_all(number, late)  # between the look and the step
    db.write(lambda session: cancel_unanswered(session, order_id, late))
    assert state_of(db, number) is OrderState.ACCEPTED
    assert order_of(db, number).needs is None
    assert refunds(db) == []


def test_without_looking_again_an_answered_order_would_be_ended(
    db: Database, kopi: Goods, gayo: Desk
) -> None:
    """The control: what was found a moment ago is ended without a second look."""
    number = make_paid(db, {kopi: 2}).numbers[0]
    late = WEDNESDAY_ENDS + DAY + SECOND
    run_timeouts(db, WEDNESDAY_ENDS)
    gayo.accept_all(number, late)
    gayo.do(
        number,
        lambda s, order: timeouts._cancel(s, order, Reason.NO_ANSWER, "order_refused", late),
    )
    assert state_of(db, number) is OrderState.CANCELLED
    assert refunds(db)[0][0] == Reason.NO_ANSWER


def test_the_reminder_names_the_day_on_which_it_ends_however_late_it_is_read(
    db: Database, kopi: Goods, gayo: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = paid_by(db, kopi, DeliveryKind.PICKUP)
    gayo.make_ready(number)
    run_timeouts(db, NOON + 7 * DAY)
    monkeypatch.setattr(notices, "post", lambda: SimpleNamespace(link=str))
    monkeypatch.setattr(clock, "now", lambda: NOON + 10 * DAY)
    with db.reading() as session:
        notice = session.scalars(select(Notice).where(Notice.kind == "order_unfetched")).one()
        facts = notices.about_steps(session, [notice])[notice.id]
    assert facts["until"] == NOON + 14 * DAY
    run_timeouts(db, NOON + 14 * DAY)
    assert state_of(db, number) is OrderState.CANCELLED


def test_other_orders_of_the_purchase_go_on(db: Database, kopi: Goods, gayo: Desk) -> None:
    madu = make_goods(db, make_cooperative(db, "KPS", "Koperasi Kintamani"), on_hand=5)
    quiet, quick = make_paid(db, {kopi: 1, madu: 1}).numbers
    Desk(db, madu.cooperative.id).ship(quick)
    for now in (WEDNESDAY_ENDS, WEDNESDAY_ENDS + DAY + SECOND):
        run_timeouts(db, now)
    assert state_of(db, quiet) is OrderState.CANCELLED
    assert state_of(db, quick) is OrderState.ON_THE_WAY
    assert broken(db) == {}


def test_a_parcel_counts_as_arrived_three_working_days_after_its_rate_said_so(
    db: Database, kopi: Goods, gayo: Desk
) -> None:
    number = paid_by(db, kopi)
    gayo.ship(number)  # on Monday, four days at most: Friday, then Monday to Wednesday
    due = datetime(2026, 12, 2, 16, 59, 59, tzinfo=UTC)
    run_timeouts(db, due)
    assert state_of(db, number) is OrderState.ON_THE_WAY
    run_timeouts(db, due + SECOND)
    assert state_of(db, number) is OrderState.ARRIVED


def parcel_of(session: Session, number: str) -> int:
    return session.scalars(
        select(Parcel.id).join(Order, Order.id == Parcel.order_id).where(Order.number == number)
    ).one()


def test_each_parcel_of_an_order_counts_as_arrived_by_its_own_clock(
    db: Database, kopi: Goods, gayo: Desk
) -> None:
    number = paid_by(db, kopi)
    gayo.make_ready(number)
    one = {lines_of(db, number)[0].id: 1}
    for packs, day in ((one, NOON), (None, NOON + 7 * DAY)):
        send = partial(actions.hand_over, tracking="JP12345678", packs=packs, now=day)
        gayo.do(number, send)
    due = datetime(2026, 12, 2, 16, 59, 59, tzinfo=UTC)
    run_timeouts(db, due + SECOND)
    assert [line.delivered for line in lines_of(db, number)] == [1]
    assert state_of(db, number) is OrderState.ON_THE_WAY
    run_timeouts(db, due + 8 * DAY)  # Wednesday is a day off
    assert [line.delivered for line in lines_of(db, number)] == [2]
    assert state_of(db, number) is OrderState.ARRIVED
    assert broken(db) == {}


def test_what_went_on_top_of_an_order_counts_as_arrived_too(
    db: Database, kopi: Goods, gayo: Desk
) -> None:
    number = paid_by(db, kopi)
    gayo.ship(number)
    gayo.do(
        number, lambda s, order: actions.confirm_arrival(s, order, actor=Actor.SHOPPER, now=NOON)
    )
    gayo.do(number, lambda s, order: report_missing(s, order, NOON))
    one = {lines_of(db, number)[0].id: 1}
    reason = Reason.LOST_ON_THE_WAY
    gayo.do(number, lambda s, order: send_another(s, order, packs=one, reason=reason, now=NOON))
    assert order_of(db, number).needs == NOT_ARRIVED
    due = datetime(2026, 12, 2, 16, 59, 59, tzinfo=UTC)
    run_timeouts(db, due)
    assert order_of(db, number).needs == NOT_ARRIVED
    run_timeouts(db, due + SECOND)
    order = order_of(db, number)
    assert (order.needs, order.arrived_at) == (None, due + SECOND)


def test_money_that_went_back_whole_settles_what_was_missed(
    db: Database, kopi: Goods, gayo: Desk
) -> None:
    number = paid_by(db, kopi)
    gayo.ship(number)
    gayo.do(number, lambda s, order: report_missing(s, order, NOON))
    with db.writing() as session:
        order = session.scalars(select(Order).where(Order.number == number)).one()
        order.refunded = order.total
        paid_back(session, Refund(), order, order.total, NOON)
    assert order_of(db, number).needs is None


def test_only_the_operator_settles_what_arrived_and_is_missed(
    db: Database, kopi: Goods, gayo: Desk
) -> None:
    number = paid_by(db, kopi)
    gayo.ship(number)
    gayo.do(number, lambda s, order: report_missing(s, order, NOON))
    with pytest.raises(MoveRefused):
        gayo.do(number, lambda s, order: settle(s, order, now=NOON, person_id=None))
    gayo.do(
        number,
        lambda s, order: actions.confirm_arrival(s, order, actor=Actor.COOPERATIVE, now=NOON),
    )
    gayo.do(number, lambda s, order: settle(s, order, now=NOON, person_id=None))
    assert order_of(db, number).needs is None


def test_what_a_shopper_misses_waits_for_people(db: Database, kopi: Goods, gayo: Desk) -> None:
    number = paid_by(db, kopi)
    gayo.ship(number)
    assert gayo.do(number, lambda s, order: report_missing(s, order, NOON + DAY))
    assert not gayo.do(number, lambda s, order: report_missing(s, order, NOON + DAY))
    assert order_of(db, number).needs == NOT_ARRIVED
    run_timeouts(db, NOON + 60 * DAY)
    db.write(lambda s: take_as_arrived(s, parcel_of(s, number), NOON + 60 * DAY))
    assert state_of(db, number) is OrderState.ON_THE_WAY
    assert silence_told(db) == ["order_missed"]
    gayo.do(
        number,
        lambda s, order: actions.confirm_arrival(s, order, actor=Actor.COOPERATIVE, now=NOON + DAY),
    )
    assert order_of(db, number).needs == NOT_ARRIVED, "the seller's word alone ends no claim"
    assert db.write(lambda s: close(s, order_of(db, number).id, NOON + 90 * DAY)) is False
    assert gayo.do(number, mark_found)
    assert order_of(db, number).needs is None
    assert db.write(lambda s: close(s, order_of(db, number).id, NOON + 90 * DAY)) is True


def test_what_counts_as_arrived_can_still_be_missed(db: Database, kopi: Goods, gayo: Desk) -> None:
    number = paid_by(db, kopi)
    gayo.ship(number)
    run_timeouts(db, NOON + 30 * DAY)
    assert state_of(db, number) is OrderState.ARRIVED
    assert gayo.do(number, lambda s, order: report_missing(s, order, NOON + 30 * DAY))
    assert order_of(db, number).needs == NOT_ARRIVED


def test_what_nobody_fetches_is_said_again_after_a_week_and_ends_after_two(
    db: Database, kopi: Goods, gayo: Desk
) -> None:
    number = paid_by(db, kopi, DeliveryKind.PICKUP)
    gayo.make_ready(number)
    assert look(db, NOON + 7 * DAY - SECOND) == []
    assert look(db, NOON + 7 * DAY) == ["order_unfetched"]
    assert look(db, NOON + 14 * DAY - SECOND) == ["order_unfetched"]
    assert look(db, NOON + 14 * DAY) == ["order_unfetched", "order_not_fetched"]
    assert state_of(db, number) is OrderState.CANCELLED
    assert refunds(db)[0] == (Reason.NOT_FETCHED, 90_000)
    assert shelf(db, kopi).on_hand == 20
    assert broken(db) == {}


def test_a_closed_counter_pauses_what_nobody_fetches(db: Database, kopi: Goods, gayo: Desk) -> None:
    number = paid_by(db, kopi, DeliveryKind.PICKUP)
    gayo.make_ready(number)
    first = clock.day_in("Asia/Jakarta", NOON)
    with db.writing() as session:
        plan_closing(
            session,
            cooperative_id=kopi.cooperative.id,
            last_sending=first + 2 * DAY,
            reopens=first + 8 * DAY,  # five whole days
            note=None,
            person_id=1,
            now=NOON,
        )
    assert look(db, NOON + 12 * DAY - SECOND) == []
    assert look(db, NOON + 12 * DAY) == ["order_unfetched"]
    assert look(db, NOON + 19 * DAY) == ["order_unfetched", "order_not_fetched"]


def test_nobody_is_cancelled_who_was_not_reminded(db: Database, kopi: Goods, gayo: Desk) -> None:
    number = paid_by(db, kopi, DeliveryKind.PICKUP)
    gayo.make_ready(number)
    assert look(db, NOON + 30 * DAY) == ["order_unfetched"]  # the worker stood still for a month
    assert state_of(db, number) is OrderState.READY
    assert look(db, NOON + 37 * DAY - SECOND) == ["order_unfetched"]
    assert look(db, NOON + 37 * DAY) == ["order_unfetched", "order_not_fetched"]
    assert state_of(db, number) is OrderState.CANCELLED


@pytest.mark.parametrize("is_ready", [False, True])
def test_a_shopper_ends_what_was_promised_and_did_not_leave(
    db: Database, kopi: Goods, gayo: Desk, *, is_ready: bool
) -> None:
    number = paid_by(db, kopi)
    (gayo.make_ready if is_ready else gayo.accept_all)(number)
    promised = order_of(db, number).ship_by
    assert promised is not None
    with pytest.raises(MoveRefused):
        gayo.do(number, lambda s, order: cancel_unshipped(s, order, now=promised + 3 * DAY))
    late = promised + 3 * DAY + SECOND
    gayo.do(number, lambda s, order: cancel_unshipped(s, order, now=late))
    assert state_of(db, number) is OrderState.CANCELLED
    assert refunds(db)[0][0] == Reason.NOT_SENT
    assert books(db)
    assert broken(db) == {}


def test_what_stands_ready_at_the_counter_is_not_overdue(
    db: Database, kopi: Goods, gayo: Desk
) -> None:
    number = paid_by(db, kopi, DeliveryKind.PICKUP)
    gayo.make_ready(number)
    with db.writing() as session:
        session.execute(update(Order).values(ship_by=NOON - 30 * DAY))
    with pytest.raises(MoveRefused):
        gayo.do(number, lambda s, order: cancel_unshipped(s, order, now=NOON))
