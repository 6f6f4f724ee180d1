"""Packs that are sent after: an exchange, or the rest."""

import pytest
from sqlalchemy import select

from shop.aftersales.complaint_answers import refunds as money
from shop.aftersales.complaint_answers import replacements
from shop.aftersales.complaints import actions
from shop.aftersales.complaints.errors import AlreadyAnswered, NoGoodsLeft, PaidBackMeanwhile
from shop.aftersales.complaints.models import Actor
from shop.aftersales.complaints.rules import ComplaintReason, RequestedRemedy, State
from shop.aftersales.refunds.errors import Disputed
from shop.catalog.inventory.queries import Shelf
from shop.core.database.engine import Database
from shop.sales.orders.models import Parcel
from tests.aftersales.complaining import (
    broken,
    fall_silent,
    file,
    kinds,
    on_complaint,
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
    make_person,
    shelf,
)
from tests.fulfilment.paid import refunds, told


def test_an_exchange_takes_packs_from_the_shelf_and_goes_as_a_second_parcel(
    db: Database, kopi: Goods, number: str
) -> None:
    before = shelf(db, kopi).on_hand
    file(db, number, 2, wished=RequestedRemedy.EXCHANGE)
    promise(db, number)
    assert stands(db, number) is State.PROMISED
    assert shelf(db, kopi) == Shelf(on_hand=before, reserved=2)
    send(db, number)
    assert shelf(db, kopi) == Shelf(on_hand=before - 2, reserved=0)
    assert stands(db, number) is State.SENT
    on_complaint(
        db, number, lambda s, o, c: replacements.arrived(s, o, c, actor=Actor.SHOPPER, now=NOON)
    )
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
    file(db, number, 3, wished=RequestedRemedy.EXCHANGE)
    with pytest.raises(NoGoodsLeft) as told:
        promise(db, number)
    assert told.value.left == 2
    assert shelf(db, kopi).on_hand == 2
    assert stands(db, number) is State.OPEN


def test_nobody_has_packs_and_their_price_too(db: Database, kopi: Goods) -> None:
    early, late = arrived(db, {kopi: 3}), arrived(db, {kopi: 3})
    for number in (early, late):
        file(db, number, 2, wished=RequestedRemedy.EXCHANGE)
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
    file(db, number, wished=RequestedRemedy.EXCHANGE)
    with monkeypatch.context() as bank:
        bank.setattr(replacements, "is_disputed", lambda *_: True)
        with pytest.raises(Disputed):
            promise(db, number)
    promise(db, number)
    monkeypatch.setattr(replacements, "is_disputed", lambda *_: True)
    with pytest.raises(Disputed):
        send(db, number)
    assert stands(db, number) is State.PROMISED


def test_a_second_parcel_that_does_not_leave_comes_before_the_operator(
    db: Database, kopi: Goods, number: str
) -> None:
    before = shelf(db, kopi).on_hand
    file(db, number, 1, wrong=ComplaintReason.MISSING, wished=RequestedRemedy.REST)
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
        file(db, number, wished=RequestedRemedy.EXCHANGE)
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
