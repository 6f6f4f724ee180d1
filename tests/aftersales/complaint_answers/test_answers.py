"""What answers a complaint: money, a refusal, the operator."""

from functools import partial

import pytest
from sqlalchemy import select

from shop.aftersales.complaint_answers import refunds as money
from shop.aftersales.complaints import actions
from shop.aftersales.complaints.errors import AlreadyAnswered, AppealOver, CountNotAsked
from shop.aftersales.complaints.rules import ComplaintReason, RefusalReason, State
from shop.core.database.engine import Database
from shop.finance.payouts.amounts_due import owed_for_orders
from shop.fulfilment.deadlines import completion
from shop.sales.orders.models import OrderLine
from tests.aftersales.complaining import (
    broken,
    complaint_of,
    fall_silent,
    file,
    give,
    kinds,
    on_complaint,
    stands,
)
from tests.aftersales.giving import arrived
from tests.factories import (
    DAY,
    NOON,
    Goods,
    make_person,
)
from tests.fulfilment.paid import order_of, refunds


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
    file(db, number, 1, wrong=ComplaintReason.BROKEN)
    fall_silent(db, NOON + 10 * DAY)
    db.write(partial(completion.complete_due_orders, now=NOON + 30 * DAY))
    with db.reading() as session:
        line = session.scalars(select(OrderLine)).one()
        (owed,) = owed_for_orders(session, order_ids=[order_of(db, number).id])
    assert owed.members == line.member_share
    assert broken(db) == {}


def test_what_the_goods_themselves_lack_is_no_sale(db: Database, number: str) -> None:
    file(db, number, 1, wrong=ComplaintReason.SPOILED)
    fall_silent(db, NOON + 10 * DAY)
    db.write(partial(completion.complete_due_orders, now=NOON + 30 * DAY))
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
                s, o, c, reason=RefusalReason.USED_UP, words="Sudah habis.", now=NOON
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
        lambda s, o, c: actions.refuse(
            s, o, c, reason=RefusalReason.AS_SAID, words="Cocok.", now=NOON
        ),
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
