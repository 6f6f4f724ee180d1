"""What is taken as a complaint, of which packs, and until when (rule R13)."""

from functools import partial

import pytest
from sqlalchemy import select

from shop.aftersales.complaint_answers import replacements
from shop.aftersales.complaints import actions
from shop.aftersales.complaints.errors import (
    AlreadyComplained,
    MoreThanBought,
    NoSuchComplaint,
    NothingToComplainOf,
    RemedyNotAllowed,
    WindowOver,
)
from shop.aftersales.complaints.models import Actor
from shop.aftersales.complaints.rules import CURES, ComplaintReason, RequestedRemedy, State
from shop.core.database.engine import Database
from shop.finance.payouts.amounts_due import owed_for_orders
from shop.finance.payouts.rules import HoldReason
from shop.fulfilment.deadlines import completion
from shop.fulfilment.order_steps import actions as order_steps
from shop.fulfilment.orders.rules import COMPLAINT, NOT_ARRIVED
from shop.fulfilment.parcels.missing_parcels import mark_found, report_missing
from shop.people.cooperatives.rules import Role
from shop.sales.orders.models import Order, OrderState
from tests.aftersales.complaining import (
    broken,
    file,
    give,
    kinds,
    on_complaint,
    on_order,
    promise,
    send,
    stands,
)
from tests.aftersales.giving import arrived
from tests.aftersales.giving import give as give_by_hand
from tests.factories import (
    DAY,
    NOON,
    Goods,
    make_goods,
    make_person,
    make_seat,
)
from tests.fulfilment.paid import Desk, lines_of, make_paid, order_of


def test_an_open_complaint_keeps_the_order_from_ending_and_its_money_from_falling_due(
    db: Database, kopi: Goods, number: str
) -> None:
    make_seat(db, kopi.cooperative, make_person(db, "Bu Wati"), Role.MANAJER)
    file(db, number)
    assert order_of(db, number).needs == COMPLAINT
    db.write(partial(completion.complete_due_orders, now=NOON + 30 * DAY))
    assert order_of(db, number).state is OrderState.ARRIVED
    with db.reading() as session:
        waits = owed_for_orders(session, order_ids=[order_of(db, number).id])
    assert all(HoldReason.ATTENTION in one.waits for one in waits)
    assert kinds(db) == ["complaint_filed"]
    assert broken(db) == {}


def test_once_it_is_over_the_order_ends_by_its_clock(db: Database, number: str) -> None:
    file(db, number)
    give(db, number)
    assert stands(db, number) is State.GRANTED
    assert order_of(db, number).needs is None
    db.write(partial(completion.complete_due_orders, now=NOON + 30 * DAY))
    assert order_of(db, number).state is OrderState.DONE
    assert broken(db) == {}


def test_complaints_are_taken_until_the_end_of_the_second_working_day(
    db: Database, number: str
) -> None:
    with db.reading() as session:
        order = session.scalars(select(Order).where(Order.number == number)).one()
        assert order.arrived_at is not None
        until = completion.complaints_until(session, order.cooperative_id, order.arrived_at)
    with pytest.raises(WindowOver) as told:
        file(db, number, now=until + DAY / 86_400)
    assert told.value.until == until
    file(db, number, now=until)


def test_what_has_not_arrived_or_is_done_takes_no_complaint(
    db: Database, kopi: Goods, number: str
) -> None:
    on_the_way = make_paid(db, {kopi: 1}).numbers[0]
    with pytest.raises(NothingToComplainOf):
        file(db, on_the_way)
    db.write(partial(completion.complete_due_orders, now=NOON + 7 * DAY))
    with pytest.raises(WindowOver):
        file(db, number, now=NOON)


def test_a_line_is_complained_of_once_and_again_after_it_was_withdrawn(
    db: Database, number: str
) -> None:
    file(db, number)
    with pytest.raises(AlreadyComplained):
        file(db, number)
    on_complaint(db, number, lambda s, _o, c: actions.withdraw(s, c, now=NOON))
    assert stands(db, number) is State.WITHDRAWN
    assert order_of(db, number).needs is None
    file(db, number, 2)
    assert stands(db, number) is State.OPEN
    assert broken(db) == {}


def test_no_more_packs_than_arrived_and_were_not_paid_back(db: Database, number: str) -> None:
    give_by_hand(db, number, 2)
    for packs in (2, 3, 0, -1):
        with pytest.raises(MoreThanBought) as told:
            file(db, number, packs)
        assert told.value.left == 1
    file(db, number, 1)


def test_nothing_is_left_to_complain_of_where_all_of_it_went_back(
    db: Database, number: str
) -> None:
    give_by_hand(db, number, 3)
    with pytest.raises(NothingToComplainOf):
        file(db, number)


def test_a_line_of_another_order_is_none_of_this_one(
    db: Database, kopi: Goods, number: str
) -> None:
    other = arrived(db, {kopi: 1})
    foreign = lines_of(db, other)[0].id
    with pytest.raises(NoSuchComplaint):
        on_order(
            db,
            number,
            lambda session, order: actions.file(
                session,
                order,
                line_id=foreign,
                packs=1,
                wrong=ComplaintReason.BROKEN,
                wished=RequestedRemedy.REFUND,
                now=NOON,
            ),
        )


def test_a_wish_has_to_cure_what_is_wrong(db: Database, number: str) -> None:
    for wrong, wished in (
        (ComplaintReason.MISSING, RequestedRemedy.EXCHANGE),
        (ComplaintReason.BROKEN, RequestedRemedy.REST),
    ):
        assert wished not in CURES[wrong]
        with pytest.raises(RemedyNotAllowed):
            file(db, number, wrong=wrong, wished=wished)
    file(db, number, wrong=ComplaintReason.MISSING, wished=RequestedRemedy.REST)


def test_who_complains_of_goods_has_them_after_all(db: Database, number: str) -> None:
    on_order(db, number, lambda session, order: report_missing(session, order, NOON))
    assert order_of(db, number).needs == NOT_ARRIVED
    file(db, number)
    assert order_of(db, number).needs == COMPLAINT


def half_missed(db: Database, kopi: Goods) -> str:
    """An order in two parcels that count as arrived; its shopper says that one did not come."""
    tenun = make_goods(db, kopi.cooperative, name="Tenun")
    number = make_paid(db, {kopi: 3, tenun: 1}).numbers[0]
    desk = Desk(db, order_of(db, number).cooperative_id)
    desk.make_ready(number)
    packed = {line.packs: line.id for line in lines_of(db, number)}
    parts = ("JP12345671", {packed[3]: 2, packed[1]: 1}), ("JP12345672", {packed[3]: 1})
    for tracking, packs in parts:
        part = partial(order_steps.hand_over, tracking=tracking, packs=packs, now=NOON)
        desk.do(number, part)
    desk.do(number, partial(order_steps.confirm_arrival, actor=Actor.COOPERATIVE, now=NOON))
    on_order(db, number, lambda session, order: report_missing(session, order, NOON))
    return number


def test_a_parcel_that_is_missed_stays_missed_when_another_was_complained_of(
    db: Database, kopi: Goods
) -> None:
    number = half_missed(db, kopi)
    for place in (1, 2):
        file(db, number, place=place)
    for place, needs in ((1, COMPLAINT), (2, NOT_ARRIVED)):  # the second one carries it on
        on_complaint(db, number, lambda s, _o, c: actions.withdraw(s, c, now=NOON), place=place)
        assert order_of(db, number).needs == needs
    db.write(partial(completion.complete_due_orders, now=NOON + 30 * DAY))
    assert order_of(db, number).state is OrderState.ARRIVED
    assert on_order(db, number, mark_found)
    file(db, number)
    give(db, number)
    assert order_of(db, number).needs is None
    assert broken(db) == {}


@pytest.mark.parametrize("actor", [Actor.SHOPPER, Actor.SHOP])
def test_what_was_sent_after_is_not_the_parcel_that_is_missed(
    db: Database, kopi: Goods, actor: Actor
) -> None:
    number = half_missed(db, kopi)
    file(db, number, wished=RequestedRemedy.EXCHANGE)
    promise(db, number)
    send(db, number)
    on_complaint(db, number, lambda s, o, c: replacements.arrived(s, o, c, actor=actor, now=NOON))
    assert stands(db, number) is State.GRANTED
    assert order_of(db, number).needs == NOT_ARRIVED
    assert broken(db) == {}
