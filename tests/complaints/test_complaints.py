"""The life of a complaint: what is taken, what answers it, what silence means (SPEC S7, R13)."""

from collections.abc import Iterator
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.complaints import actions, clocks, goods, money
from shop.complaints.errors import (
    AlreadyAnswered,
    AlreadyComplained,
    AppealOver,
    CountNotAsked,
    MoreThanBought,
    NoGoodsLeft,
    NoSuchComplaint,
    NothingToComplainOf,
    PaidBackMeanwhile,
    SecondLooks,
    WindowOver,
    WishDoesNotFit,
)
from shop.complaints.models import Actor, Complaint, ComplaintEvent
from shop.complaints.rules import (
    CURES,
    NEXT,
    OVER,
    No,
    State,
    Wished,
    Wrong,
    delivery_goes_back,
    packs_to_complain_of,
)
from shop.cooperatives.models import Closing
from shop.cooperatives.rules import Role
from shop.core.database import Database
from shop.fulfilment import actions as fulfilment
from shop.fulfilment import closing
from shop.fulfilment.missing import found_again, miss
from shop.fulfilment.rules import COMPLAINT, NOT_ARRIVED
from shop.inventory.models import HoldState, StockHold
from shop.inventory.queries import Shelf
from shop.orders.models import Order, OrderLine, OrderState, Parcel
from shop.outbox.models import Notice
from shop.packaging.breakages import broken_lately
from shop.payments.models import Refund
from shop.payouts.due import owed_for_orders
from shop.payouts.rules import Wait
from shop.refunds import actions as refunds_by_hand
from shop.refunds.errors import Disputed, NoSuchRefund
from shop.refunds.events import on_decided
from shop.refunds.models import RefundRequest
from tests.complaints.complaining import (
    broken,
    complaint_of,
    fall_silent,
    file,
    give,
    on_complaint,
    on_order,
    stands,
)
from tests.factories import (
    DAY,
    NOON,
    Goods,
    make_goods,
    make_person,
    make_seat,
    shelf,
)
from tests.fulfilment.paid import Desk, lines_of, make_paid, order_of, refunds, told
from tests.refunds.giving import arrived
from tests.refunds.giving import give as give_by_hand


@pytest.fixture
def kopi(db: Database) -> Goods:
    return make_goods(db, price=45_000, on_hand=60)


@pytest.fixture
def number(db: Database, kopi: Goods) -> str:
    return arrived(db, {kopi: 3})


def kinds(db: Database) -> list[str]:
    with db.reading() as session:
        return list(
            session.scalars(
                select(Notice.kind).where(Notice.kind.startswith("complaint_")).order_by(Notice.id)
            )
        )


# ------------------------------------------------------------------ what is taken


def test_an_open_complaint_keeps_the_order_from_ending_and_its_money_from_falling_due(
    db: Database, kopi: Goods, number: str
) -> None:
    make_seat(db, kopi.cooperative, make_person(db, "Bu Wati"), Role.MANAJER)
    file(db, number)
    assert order_of(db, number).needs == COMPLAINT
    db.write(partial(closing.close_done, now=NOON + 30 * DAY))
    assert order_of(db, number).state is OrderState.ARRIVED
    with db.reading() as session:
        waits = owed_for_orders(session, order_ids=[order_of(db, number).id])
    assert all(Wait.ATTENTION in one.waits for one in waits)
    assert kinds(db) == ["complaint_filed"]
    assert broken(db) == {}


def test_once_it_is_over_the_order_ends_by_its_clock(db: Database, number: str) -> None:
    file(db, number)
    give(db, number)
    assert stands(db, number) is State.GRANTED
    assert order_of(db, number).needs is None
    db.write(partial(closing.close_done, now=NOON + 30 * DAY))
    assert order_of(db, number).state is OrderState.DONE
    assert broken(db) == {}


def test_complaints_are_taken_until_the_end_of_the_second_working_day(
    db: Database, number: str
) -> None:
    with db.reading() as session:
        order = session.scalars(select(Order).where(Order.number == number)).one()
        assert order.arrived_at is not None
        until = closing.complaints_until(session, order.cooperative_id, order.arrived_at)
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
    db.write(partial(closing.close_done, now=NOON + 7 * DAY))
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
                wrong=Wrong.BROKEN,
                wished=Wished.REFUND,
                now=NOON,
            ),
        )


def test_a_wish_has_to_cure_what_is_wrong(db: Database, number: str) -> None:
    for wrong, wished in ((Wrong.MISSING, Wished.EXCHANGE), (Wrong.BROKEN, Wished.REST)):
        assert wished not in CURES[wrong]
        with pytest.raises(WishDoesNotFit):
            file(db, number, wrong=wrong, wished=wished)
    file(db, number, wrong=Wrong.MISSING, wished=Wished.REST)


def test_who_complains_of_goods_has_them_after_all(db: Database, number: str) -> None:
    on_order(db, number, lambda session, order: miss(session, order, NOON))
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
        part = partial(fulfilment.hand_over, tracking=tracking, packs=packs, now=NOON)
        desk.do(number, part)
    desk.do(number, partial(fulfilment.confirm_arrival, actor=Actor.COOPERATIVE, now=NOON))
    on_order(db, number, lambda session, order: miss(session, order, NOON))
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
    db.write(partial(closing.close_done, now=NOON + 30 * DAY))
    assert order_of(db, number).state is OrderState.ARRIVED
    assert on_order(db, number, found_again)
    file(db, number)
    give(db, number)
    assert order_of(db, number).needs is None
    assert broken(db) == {}


@pytest.mark.parametrize("actor", [Actor.SHOPPER, Actor.SHOP])
def test_what_was_sent_after_is_not_the_parcel_that_is_missed(
    db: Database, kopi: Goods, actor: Actor
) -> None:
    number = half_missed(db, kopi)
    file(db, number, wished=Wished.EXCHANGE)
    promise(db, number)
    send(db, number)
    on_complaint(db, number, lambda s, o, c: goods.arrived(s, o, c, actor=actor, now=NOON))
    assert stands(db, number) is State.GRANTED
    assert order_of(db, number).needs == NOT_ARRIVED
    assert broken(db) == {}


# ------------------------------------------------------------------ what answers it


def test_all_packs_of_the_order_bring_their_delivery_back_fewer_do_not(
    db: Database, kopi: Goods
) -> None:
    whole, part = arrived(db, {kopi: 2}), arrived(db, {kopi: 2})
    for number, packs, delivery in ((whole, 2, 12_000), (part, 1, 0)):
        file(db, number, packs)
        fall_silent(db, NOON + 10 * DAY)
        assert refunds(db)[-1][1] == 45_000 * packs + delivery
    assert broken(db) == {}


def test_the_till_bears_what_broke_and_the_maker_keeps_what_was_promised(
    db: Database, kopi: Goods, number: str
) -> None:
    file(db, number, 1, wrong=Wrong.BROKEN)
    fall_silent(db, NOON + 10 * DAY)
    db.write(partial(closing.close_done, now=NOON + 30 * DAY))
    with db.reading() as session:
        line = session.scalars(select(OrderLine)).one()
        (owed,) = owed_for_orders(session, order_ids=[order_of(db, number).id])
    assert owed.members == line.member_share
    assert broken(db) == {}


def test_what_the_goods_themselves_lack_is_no_sale(db: Database, number: str) -> None:
    file(db, number, 1, wrong=Wrong.SPOILED)
    fall_silent(db, NOON + 10 * DAY)
    db.write(partial(closing.close_done, now=NOON + 30 * DAY))
    with db.reading() as session:
        line = session.scalars(select(OrderLine)).one()
        (owed,) = owed_for_orders(session, order_ids=[order_of(db, number).id])
    assert owed.members == line.member_share * 2 // 3
    assert broken(db) == {}


def test_fewer_packs_than_complained_of_leave_the_way_to_the_operator_open(
    db: Database, number: str
) -> None:
    file(db, number, 3)
    give(db, number, 1)
    found = complaint_of(db, number)
    assert (found.state, found.granted) == (State.ANSWERED, 1)
    assert found.refusal is not None
    on_complaint(
        db, number, lambda s, o, c: actions.appeal(s, o, c, words="Dua lagi juga.", now=NOON)
    )
    dewi = make_person(db, "Dewi").id

    def decide(packs: int) -> None:
        on_complaint(
            db,
            number,
            lambda s, o, c: money.decide(
                s, o, c, packs=packs, till_pays=True, words="Ya.", person_id=dewi, now=NOON
            ),
        )

    with pytest.raises(CountNotAsked):
        decide(3)
    decide(2)
    found = complaint_of(db, number)
    assert (found.state, found.granted) == (State.GRANTED, 3)
    assert [amount for _, amount in refunds(db)] == [45_000, 90_000 + 12_000]
    with pytest.raises(AlreadyAnswered):
        decide(1)
    assert kinds(db)[-1] == "complaint_decided"
    assert broken(db) == {}


def test_a_refusal_is_appealed_once_and_in_time(db: Database, kopi: Goods) -> None:
    late, in_time = arrived(db, {kopi: 1}), arrived(db, {kopi: 1})
    for number in (late, in_time):
        file(db, number)
        on_complaint(
            db,
            number,
            lambda s, o, c: actions.refuse(
                s, o, c, reason=No.USED_UP, words="Sudah habis.", now=NOON
            ),
        )

    def appeal(number: str, days: int) -> None:
        on_complaint(
            db,
            number,
            lambda s, o, c: actions.appeal(s, o, c, words="Belum!", now=NOON + days * DAY),
        )

    with pytest.raises(AppealOver):
        appeal(late, 10)
    appeal(in_time, 1)
    with pytest.raises(AlreadyAnswered):
        appeal(in_time, 1)
    fall_silent(db, NOON + 30 * DAY)
    assert stands(db, late) is State.DECLINED
    assert stands(db, in_time) is State.APPEALED  # the operator has no clock
    assert refunds(db) == []
    assert broken(db) == {}


def test_the_operator_may_give_nothing_and_says_why(db: Database, number: str) -> None:
    file(db, number)
    on_complaint(
        db,
        number,
        lambda s, o, c: actions.refuse(s, o, c, reason=No.AS_SAID, words="Cocok.", now=NOON),
    )
    on_complaint(db, number, lambda s, o, c: actions.appeal(s, o, c, words="Tidak.", now=NOON))
    dewi = make_person(db, "Dewi").id
    on_complaint(
        db,
        number,
        lambda s, o, c: money.decide(
            s, o, c, packs=0, till_pays=True, words="Sesuai foto.", person_id=dewi, now=NOON
        ),
    )
    assert stands(db, number) is State.DECLINED
    assert complaint_of(db, number).decision_words == "Sesuai foto."
    assert order_of(db, number).needs is None


@pytest.fixture
def heard() -> Iterator[None]:
    """Complaints hear of second looks, as they do once the shop is put together."""
    on_decided.append(money.hear_second)
    yield
    on_decided.remove(money.hear_second)


def ask(db: Database, number: str, packs: int = 30) -> int:
    """Bu Wati wants to give more back than one person may; the request's id."""
    request = give(db, number, packs, person_id=make_person(db, "Bu Wati").id)
    assert isinstance(request, RefundRequest)
    assert complaint_of(db, number).request_id == request.id
    return request.id


def say(db: Database, number: str, request_id: int, *, is_allowed: bool) -> None:
    """Pak Made looks at it."""
    made = make_person(db, "Pak Made").id
    on_order(
        db,
        number,
        lambda s, o: refunds_by_hand.decide(
            s, o, request_id=request_id, is_allowed=is_allowed, person_id=made, now=NOON
        ),
    )


@pytest.mark.usefixtures("heard")
def test_above_a_limit_a_second_person_answers(db: Database, kopi: Goods) -> None:
    number = arrived(db, {kopi: 30})
    file(db, number, 30)
    for is_allowed in (False, True):
        say(db, number, ask(db, number), is_allowed=is_allowed)
        found = complaint_of(db, number)
        assert found.request_id is None
        assert found.state is (State.GRANTED if is_allowed else State.OPEN)
        assert is_allowed or found.due_at is not None
    assert broken(db) == {}


@pytest.mark.usefixtures("heard")
def test_a_no_of_the_second_person_unsays_the_yes_and_gives_no_new_days(
    db: Database, kopi: Goods
) -> None:
    number = arrived(db, {kopi: 30})
    file(db, number, 30)
    before, wati = complaint_of(db, number).due_at, make_person(db, "Bu Wati").id
    request = on_complaint(
        db,
        number,
        lambda s, o, c: money.give_money(
            s,
            o,
            c,
            packs=29,
            delivery=0,
            till_pays=True,
            refusal=No.USED_UP,
            words="Kami kembalikan.",
            person_id=wati,
            now=NOON + DAY,
        ),
    )
    assert complaint_of(db, number).due_at == before
    say(db, number, request.id, is_allowed=False)
    found = complaint_of(db, number)
    assert (found.due_at, found.refusal, found.answer_words) == (before, None, "")


@pytest.mark.usefixtures("heard")
def test_a_second_person_who_says_nothing_leaves_it_to_the_operator(
    db: Database, kopi: Goods
) -> None:
    number = arrived(db, {kopi: 30})
    file(db, number, 30)
    request_id = ask(db, number)
    fall_silent(db, NOON + 2 * DAY)
    assert stands(db, number) is State.OPEN
    fall_silent(db, NOON + 10 * DAY)
    found = complaint_of(db, number)
    assert (found.state, found.request_id) == (State.APPEALED, None)
    with pytest.raises(NoSuchRefund):
        say(db, number, request_id, is_allowed=True)
    give_by_hand(db, number, 30)  # no question stands in the way of another refund
    assert len(refunds(db)) == 1
    assert broken(db) == {}


@pytest.mark.usefixtures("heard")
def test_while_a_second_person_looks_nothing_else_answers(db: Database, kopi: Goods) -> None:
    number = arrived(db, {kopi: 30})
    file(db, number, 30, wished=Wished.EXCHANGE)
    request_id = ask(db, number)

    def withdraw(session: Session, _order: Order, complaint: Complaint) -> None:
        actions.withdraw(session, complaint, now=NOON)

    def refuse(session: Session, order: Order, complaint: Complaint) -> None:
        actions.refuse(session, order, complaint, reason=No.AS_SAID, words="", now=NOON)

    for work in (withdraw, refuse):
        with pytest.raises(SecondLooks):
            on_complaint(db, number, work)
    for other in (partial(promise, db, number), partial(give, db, number)):
        with pytest.raises(SecondLooks):
            other()
    say(db, number, request_id, is_allowed=True)
    assert stands(db, number) is State.GRANTED
    assert len(refunds(db)) == 1
    assert broken(db) == {}


# ------------------------------------------------------------------ packs sent after


def promise(db: Database, number: str) -> None:
    on_complaint(db, number, lambda s, o, c: goods.promise(s, o, c, words="Maaf.", now=NOON))


def send(db: Database, number: str) -> None:
    on_complaint(db, number, lambda s, o, c: goods.send(s, o, c, tracking="JP87654321", now=NOON))


def test_an_exchange_takes_packs_from_the_shelf_and_goes_as_a_second_parcel(
    db: Database, kopi: Goods, number: str
) -> None:
    before = shelf(db, kopi).on_hand
    file(db, number, 2, wished=Wished.EXCHANGE)
    promise(db, number)
    assert stands(db, number) is State.PROMISED
    assert shelf(db, kopi) == Shelf(on_hand=before, reserved=2)
    send(db, number)
    assert shelf(db, kopi) == Shelf(on_hand=before - 2, reserved=0)
    assert stands(db, number) is State.SENT
    on_complaint(db, number, lambda s, o, c: goods.arrived(s, o, c, actor=Actor.SHOPPER, now=NOON))
    assert stands(db, number) is State.GRANTED
    with db.reading() as session:
        parcels = session.scalars(select(Parcel).order_by(Parcel.id)).all()
    assert [parcel.tracking_number for parcel in parcels][-1] == "JP87654321"
    assert len(parcels) == 2
    assert refunds(db) == []
    assert kinds(db) == ["complaint_answered"]
    assert told(db).count("order_shipped") == 2
    assert broken(db) == {}


def test_a_shelf_that_cannot_replace_them_keeps_what_it_has(db: Database, kopi: Goods) -> None:
    number = arrived(db, {kopi: 58})
    assert shelf(db, kopi).on_hand == 2
    file(db, number, 3, wished=Wished.EXCHANGE)
    with pytest.raises(NoGoodsLeft) as told:
        promise(db, number)
    assert told.value.left == 2
    assert shelf(db, kopi).on_hand == 2
    assert stands(db, number) is State.OPEN


def test_nobody_has_packs_and_their_price_too(db: Database, kopi: Goods) -> None:
    early, late = arrived(db, {kopi: 3}), arrived(db, {kopi: 3})
    for number in (early, late):
        file(db, number, 2, wished=Wished.EXCHANGE)
    give_by_hand(db, early, 2)
    with pytest.raises(PaidBackMeanwhile) as told:
        promise(db, early)
    assert told.value.left == 1
    promise(db, late)
    give_by_hand(db, late, 2)
    with pytest.raises(PaidBackMeanwhile):
        send(db, late)
    assert (stands(db, early), stands(db, late)) == (State.OPEN, State.PROMISED)
    assert broken(db) == {}


def test_what_a_bank_decides_about_is_not_sent_after(
    db: Database, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    file(db, number, wished=Wished.EXCHANGE)
    with monkeypatch.context() as bank:
        bank.setattr(goods, "is_disputed", lambda *_: True)
        with pytest.raises(Disputed):
            promise(db, number)
    promise(db, number)
    monkeypatch.setattr(goods, "is_disputed", lambda *_: True)
    with pytest.raises(Disputed):
        send(db, number)
    assert stands(db, number) is State.PROMISED


def test_a_second_parcel_that_does_not_leave_comes_before_the_operator(
    db: Database, kopi: Goods, number: str
) -> None:
    before = shelf(db, kopi).on_hand
    file(db, number, 1, wrong=Wrong.MISSING, wished=Wished.REST)
    promise(db, number)
    fall_silent(db, NOON + 20 * DAY)
    assert stands(db, number) is State.APPEALED
    assert shelf(db, kopi) == Shelf(on_hand=before, reserved=0)
    with pytest.raises(AlreadyAnswered):
        send(db, number)
    assert broken(db) == {}


def test_a_second_parcel_arrives_by_the_days_of_its_way_or_is_complained_of(
    db: Database, kopi: Goods
) -> None:
    silent, bad = arrived(db, {kopi: 1}), arrived(db, {kopi: 1})
    for number in (silent, bad):
        file(db, number, wished=Wished.EXCHANGE)
        promise(db, number)
        send(db, number)
    on_complaint(db, bad, lambda s, o, c: actions.appeal(s, o, c, words="Rusak lagi.", now=NOON))
    fall_silent(db, NOON + 30 * DAY)
    assert stands(db, silent) is State.GRANTED
    assert stands(db, bad) is State.APPEALED
    dewi = make_person(db, "Dewi").id
    on_complaint(
        db,
        bad,
        lambda s, o, c: money.decide(
            s, o, c, packs=1, till_pays=True, words="Kembali.", person_id=dewi, now=NOON
        ),
    )
    assert len(refunds(db)) == 1
    assert broken(db) == {}


# ------------------------------------------------------------------ silence


def test_silence_grants_a_small_wish_in_money_and_hands_a_large_one_up(
    db: Database, kopi: Goods
) -> None:
    small, large = arrived(db, {kopi: 6}), arrived(db, {kopi: 6})
    file(db, small, 5, wished=Wished.EXCHANGE)  # Rp225.000
    file(db, large, 6)  # Rp270.000 and the delivery
    fall_silent(db, NOON + 2 * DAY)
    assert (stands(db, small), stands(db, large)) == (State.OPEN, State.OPEN)
    fall_silent(db, NOON + 10 * DAY)
    fall_silent(db, NOON + 10 * DAY)
    assert (stands(db, small), stands(db, large)) == (State.GRANTED, State.APPEALED)
    assert [amount for _, amount in refunds(db)] == [225_000]
    assert broken(db) == {}


def test_what_went_back_by_hand_meanwhile_comes_before_the_operator(
    db: Database, number: str
) -> None:
    file(db, number, 2)
    give_by_hand(db, number, 2)
    fall_silent(db, NOON + 10 * DAY)
    assert stands(db, number) is State.APPEALED
    assert len(refunds(db)) == 1


def test_a_closing_that_is_planned_meanwhile_moves_the_answer(
    db: Database, kopi: Goods, number: str
) -> None:
    file(db, number)
    before = complaint_of(db, number).due_at
    with db.writing() as session:
        session.add(
            Closing(
                cooperative_id=kopi.cooperative.id,
                last_sending=NOON.date(),
                reopens=(NOON + 14 * DAY).date(),
                planned_at=NOON,
            )
        )
        session.flush()
        clocks.set_clocks_anew(session, kopi.cooperative.id, NOON)
    after = complaint_of(db, number).due_at
    assert before is not None
    assert after is not None
    assert after >= before + 7 * DAY


def test_promised_packs_are_held_as_long_as_a_closing_lasts(
    db: Database, kopi: Goods, number: str
) -> None:
    file(db, number, wished=Wished.EXCHANGE)
    promise(db, number)
    before = complaint_of(db, number).due_at
    with db.writing() as session:
        session.add(
            Closing(
                cooperative_id=kopi.cooperative.id,
                last_sending=NOON.date(),
                reopens=(NOON + 14 * DAY).date(),
                planned_at=NOON,
            )
        )
        session.flush()
        clocks.set_clocks_anew(session, kopi.cooperative.id, NOON)
    after = complaint_of(db, number).due_at
    assert before is not None
    assert after is not None
    assert after >= before + 7 * DAY
    with db.reading() as session:
        held = select(StockHold.until).where(StockHold.state == HoldState.HELD)
        assert session.scalars(held).one() == after
    fall_silent(db, before + DAY)
    assert stands(db, number) is State.PROMISED


def test_what_came_broken_is_told_to_its_maker_once_and_for_half_a_year(
    db: Database, kopi: Goods
) -> None:
    broke, stale = arrived(db, {kopi: 3}), arrived(db, {kopi: 3})
    file(db, broke, 2)
    file(db, stale, 1, wrong=Wrong.SPOILED)
    for number, packs in ((broke, 2), (stale, 1)):
        give(db, number, packs)
    with db.reading() as session:
        for days, packs in ((0, 2), (179, 2), (181, 0)):
            assert broken_lately(session, kopi.product_id, NOON + days * DAY) == packs


# ------------------------------------------------------------------ rules


def test_every_way_of_a_complaint_leads_to_an_end() -> None:
    reached, waiting = {State.OPEN}, [State.OPEN]
    while waiting:
        for state in NEXT[waiting.pop()] - reached:
            reached.add(state)
            waiting.append(state)
    assert reached == set(State)
    assert {state for state in State if not NEXT[state]} == OVER


class Counted:
    def __init__(self, line_id: int, packs: int, delivered: int, refunded: int) -> None:
        self.id, self.packs, self.delivered, self.refunded = line_id, packs, delivered, refunded


@given(
    lines=st.lists(
        st.integers(1, 9).flatmap(
            lambda packs: st.tuples(st.just(packs), st.integers(0, packs), st.integers(0, packs))
        ),
        min_size=1,
        max_size=4,
    ),
    left=st.integers(0, 50_000),
    data=st.data(),
)
def test_delivery_goes_back_once_with_the_last_pack_of_all(
    lines: list[tuple[int, int, int]], left: int, data: st.DataObject
) -> None:
    counted = [Counted(place, *counts) for place, counts in enumerate(lines)]
    for line in counted:
        assert 0 <= packs_to_complain_of(line) <= min(line.delivered, line.packs - line.refunded)
    line = data.draw(st.sampled_from(counted))
    packs = data.draw(st.integers(0, line.packs - line.refunded))
    back = delivery_goes_back(counted, line.id, packs, left)
    line.refunded += packs
    is_all = all(one.refunded == one.packs for one in counted)
    assert back == (left if is_all else 0)


def test_no_step_of_a_complaint_is_forgotten(db: Database, number: str) -> None:
    file(db, number)
    give(db, number)
    with db.reading() as session:
        steps = session.execute(
            select(ComplaintEvent.from_state, ComplaintEvent.to_state, ComplaintEvent.packs)
        ).all()
        assert session.scalar(select(func.count()).select_from(Refund)) == 1
    assert [tuple(step) for step in steps] == [
        (None, State.OPEN, 0),
        (State.OPEN, State.GRANTED, 1),
    ]
