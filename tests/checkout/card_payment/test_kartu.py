"""The operator's page about cards: what nobody else can end, in words, with what to do."""

import pytest
from flask import Flask
from sqlalchemy import select

from shop.checkout.card_payment.gateway_events import process_event
from shop.checkout.card_payment.pay_page import open_pay_page
from shop.core.database.engine import Database
from shop.payments.bills.models import Refund, RefundState
from shop.payments.cards import actions as cards
from shop.payments.cards import gateway_setup
from shop.payments.cards.models import AlertKind, GatewayAlert
from shop.payments.ledger.models import AccountKind
from shop.payments.ledger.queries import balance_of
from shop.people.accounts.actions import give_operator_right
from shop.people.accounts.models import OperatorRight
from shop.services.audit.models import AuditEvent
from shop.services.outbox.worker import run_once
from tests.checkout.cards import as_card, make_gateway_payee
from tests.factories import NOON, Placed, make_goods, make_person, make_purchase
from tests.support.books import broken
from tests.support.engines import PAGES
from tests.support.entering import sign_in
from tests.support.fake_gateway import FakeGateway
from tests.support.visitor import Visitor

pytestmark = pytest.mark.only_on("sqlite", because=PAGES)

PAGE = "/operator/kartu"


@pytest.fixture
def placed(db: Database) -> Placed:
    make_gateway_payee(db)
    return as_card(db, make_purchase(db, {make_goods(db): 2}))


@pytest.fixture
def operator(app: Flask, client: Visitor, db: Database) -> Visitor:
    person = make_person(db, "Dewi", "operator@lumbung.example")
    with db.writing() as session:
        give_operator_right(
            session, person_id=person.id, right=OperatorRight.CONFIRM_MONEY, now=NOON
        )
    sign_in(client, db, person)
    return client


def tell(db: Database, gateway: FakeGateway, placed: Placed, **changed: object) -> None:
    """Somebody pays, and what the gateway tells does not fit."""
    open_pay_page(
        db,
        gateway,
        payment_code=placed.payment_code,
        public_url="http://localhost",
        words=lambda count, language: f"{count} {language}",
        now=NOON,
    )
    event = gateway.pay(**changed)  # type: ignore[arg-type]
    db.write(lambda session: process_event(session, event, is_live=False, now=NOON))


def test_every_kind_of_alert_has_words_and_something_to_do(db: Database, operator: Visitor) -> None:
    assert "Tidak ada yang perlu dilihat" in operator.get(PAGE).get_data(as_text=True)
    with db.writing() as session:
        for kind in AlertKind:
            cards.raise_alert(session, kind, subject=kind.value, object_ref="cs_1", now=NOON)
    page = operator.get(PAGE).get_data(as_text=True)
    assert page.count("Sudah dibereskan") == len(AlertKind)


@pytest.mark.parametrize("act", ["", "/kembalikan"])
def test_a_number_that_no_alert_can_have_is_not_found(operator: Visitor, act: str) -> None:
    for number in (2**63, 10**30):
        assert operator.post(f"{PAGE}/{number}{act}").status_code == 404


def test_an_alert_is_ticked_off_once_and_it_is_known_by_whom(
    db: Database, operator: Visitor
) -> None:
    with db.writing() as session:
        cards.raise_alert(session, AlertKind.DISPUTE, subject="dp_1", object_ref="dp_1", now=NOON)
    for _ in range(2):
        assert operator.post(f"{PAGE}/1").status_code == 303
    with db.reading() as session:
        assert session.get_one(GatewayAlert, 1).resolved_by_id is not None
        acts = session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all()
    assert acts[-2:] == ["gateway.dispute", "gateway.alert_resolved"]


def test_money_of_a_wrong_amount_goes_back_to_the_card_from_here(
    db: Database, operator: Visitor, placed: Placed, monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway = FakeGateway()
    monkeypatch.setattr(gateway_setup, "gateway", lambda: gateway)
    tell(db, gateway, placed, amount=1_020)
    assert "Kembalikan Rp1.020 ke kartu" in operator.get(PAGE).get_data(as_text=True)
    assert "1.020" not in operator.get("/operator/uang-masuk").get_data(as_text=True)
    for _ in range(2):
        operator.post(f"{PAGE}/1/kembalikan")
    while run_once(db, NOON):
        pass
    assert [amount for _, amount in gateway.refunds.values()] == [1_020]
    with db.reading() as session:
        assert session.scalars(select(Refund.state)).all() == [RefundState.DONE]
        assert balance_of(session, AccountKind.UNRECOGNISED) == 0
        assert balance_of(session, AccountKind.GATEWAY) == 0
    assert broken(db) == {}


def test_who_has_no_right_sees_none_of_it(db: Database, client: Visitor) -> None:
    assert client.get(PAGE).status_code in (302, 303, 403, 404)
    sign_in(client, db, make_person(db, "Joko", "joko@contoh.id"))
    for answer in (client.get(PAGE), client.post(f"{PAGE}/1"), client.post(f"{PAGE}/1/kembalikan")):
        assert answer.status_code in (403, 404)
