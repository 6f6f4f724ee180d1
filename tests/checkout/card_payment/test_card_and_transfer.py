"""One purchase paid both ways: the card counted, the transfer goes back, a third is unknown."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from shop.checkout.card_payment.change_method import change_method
from shop.core.database.engine import Database
from shop.core.values import clock
from shop.payments.bills.models import Method, Payment, Refund
from shop.payments.ledger.models import AccountKind
from shop.payments.ledger.queries import balance_of
from shop.people.accounts.actions import give_operator_right
from shop.people.accounts.models import OperatorRight
from tests.checkout.cards import make_gateway_payee, open_page, take
from tests.factories import NOON, Placed, make_goods, make_person, make_purchase
from tests.support.books import broken
from tests.support.engines import PAGES
from tests.support.entering import sign_in
from tests.support.fake_gateway import FakeGateway
from tests.support.visitor import Visitor

pytestmark = pytest.mark.only_on("sqlite", because=PAGES)

LIST = "/operator/uang-masuk"
TODAY = "2026-11-23"


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with time_machine.travel(NOON + timedelta(hours=1), tick=True):
        yield


@pytest.fixture
def placed(db: Database) -> Placed:
    return make_purchase(db, {make_goods(db): 2})


@pytest.fixture
def operator(app: Flask, client: Visitor, db: Database) -> Visitor:
    person = make_person(db, "Dewi", "operator@lumbung.example")
    with db.writing() as session:
        give_operator_right(
            session, person_id=person.id, right=OperatorRight.CONFIRM_MONEY, now=NOON
        )
    sign_in(client, db, person)
    return client


def test_a_transfer_for_what_a_card_paid_goes_back_and_a_third_is_unknown(
    db: Database, operator: Visitor, placed: Placed
) -> None:
    make_gateway_payee(db)
    gateway = FakeGateway()
    change_method(
        db, gateway, payment_code=placed.payment_code, method=Method.CARD, now=clock.now()
    )
    with db.reading() as session:
        card = session.scalars(select(Payment).where(Payment.method == Method.CARD)).one()
    opened = replace(placed, payment_code=card.code)
    open_page(db, gateway, opened, clock.now())
    take(db, gateway.pay(), clock.now())
    page = operator.get(f"{LIST}/{placed.payment_code}").get_data(as_text=True)
    assert "Tagihan ini diganti" in page
    for token in ("a" * 22, "b" * 22):
        data = {
            "jumlah": str(placed.amount),
            "tanggal": TODAY,
            "formulir": token,
            "selisih": "",
        }
        answer = operator.post(f"{LIST}/{placed.payment_code}", data=data)
        assert answer.status_code == 303
    assert "Dibayar dua kali" in operator.get(f"{LIST}/{placed.payment_code}").get_data(
        as_text=True
    )
    with db.reading() as session:
        back = session.scalars(select(Refund)).one()
        assert (back.reason, back.amount) == ("twice", placed.amount)
        assert balance_of(session, AccountKind.UNRECOGNISED) == -placed.amount
    assert broken(db) == {}
