"""A card payment from the till to the bank's verdict, over HTTP and through the payment double."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from shop.core.database.engine import Database
from shop.core.values import clock
from shop.fulfilment.deadlines import completion
from shop.payments.cards.models import PaymentAttempt
from shop.people.accounts.actions import give_operator_right
from shop.people.accounts.models import OperatorRight
from shop.sales.orders.models import Order, OrderState
from shop.services.audit.models import AuditEvent
from tests.aftersales.giving import bring
from tests.checkout.cards import make_gateway_payee
from tests.checkout.conftest import Market
from tests.checkout.shopping import pay_data, stand_at_checkout
from tests.factories import NOON, make_person
from tests.fulfilment.documents.paper import sheets
from tests.fulfilment.paid import books, broken
from tests.support.customer import Customer, InProcess
from tests.support.engines import PAGES
from tests.support.entering import sign_in
from tests.support.sandbox import Double
from tests.support.visitor import Visitor

pytestmark = pytest.mark.only_on("sqlite", because=PAGES)

LIST = "/operator/sengketa"


@pytest.fixture
def numbers(
    app: Flask, client: Visitor, db: Database, market: Market, sandbox: Double
) -> list[str]:
    """Two orders that were paid by card and arrived, and an operator at the desk."""
    make_gateway_payee(db)
    sari = Customer(InProcess(app))
    page = stand_at_checkout(sari, {market.gayo: 1, market.kintamani: 1})
    answer = sari.send("/checkout", pay_data(page, cara="card"), follow=False)
    sandbox.press(answer.headers["location"], "bayar")
    sandbox.deliver(client)
    person = make_person(db, "Dewi", "operator@lumbung.example")
    with db.writing() as session:
        give_operator_right(
            session, person_id=person.id, right=OperatorRight.CONFIRM_MONEY, now=NOON
        )
        found = list(session.scalars(select(Order.number).order_by(Order.id)))
    for number in found:
        bring(db, number)
    sign_in(client, db, person)
    return found


def disputed(db: Database, sandbox: Double, client: Visitor, rupiah: int) -> str:
    """The bank takes so much of the payment; what the double calls it."""
    with db.reading() as session:
        intent = session.scalars(select(PaymentAttempt.intent_ref)).one()
    sandbox.control(f"payments/{intent}/disputed", amount=str(rupiah * 100))
    made = next(one for one in sandbox.waiting() if one["type"] == "charge.dispute.created")
    assert {answer.status_code for answer in sandbox.deliver(client, times=3)} == {204}
    ref: str = made["data"]["object"]["id"]
    return ref


@pytest.mark.parametrize("end", ["won", "lost"])
def test_a_dispute_is_seen_narrowed_answered_and_ends(
    db: Database, client: Visitor, sandbox: Double, numbers: list[str], end: str
) -> None:
    gayo, kintamani = numbers
    ref = disputed(db, sandbox, client, 60_000)
    listed = client.get(LIST).get_data(as_text=True)
    assert "Uang ditarik bank" in listed
    assert "Kirim bukti paling lambat" in listed
    assert gayo in listed
    assert kintamani in listed
    assert "Buka sengketanya" in client.get("/operator/kartu").get_data(as_text=True)
    answer = client.post(f"{LIST}/1", data={"pesanan": kintamani})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{LIST}/1")
    page = client.get(f"{LIST}/1").get_data(as_text=True)
    assert "Pesanan yang dipilih" in page
    assert "Tidak ikut disengketakan" in page
    paper = " ".join(sheet.text for sheet in sheets(client.get(f"{LIST}/1/bukti.pdf").data))
    for fact in (ref, kintamani, "JP12345678", "Sari Dewi", "Jl. Melati", "Rp60.000", "Jeruk"):
        assert fact in paper, fact
    assert gayo not in paper
    english = sheets(client.get(f"{LIST}/1/bukti.pdf?bahasa=en").data)
    assert "Evidence for dispute" in english[0].text
    # Only the order it is about waits.
    db.write(
        lambda session: completion.complete_due_orders(session, clock.now() + timedelta(days=30))
    )
    with db.reading() as session:
        states = dict(session.execute(select(Order.number, Order.state)).all())
    assert states == {gayo: OrderState.DONE, kintamani: OrderState.ARRIVED}
    sandbox.control(f"disputes/{ref}/{end}")
    sandbox.deliver(client, times=2)
    after = books(db)
    assert "dispute" not in after
    page = client.get(f"{LIST}/1").get_data(as_text=True)
    if end == "won":
        assert "Toko dibenarkan" in page
    else:
        assert "Ditanggung Lumbung" in page  # a tracking number shows that it got there
        assert after["payment_cost"] >= 60_000
    assert "Unduh bukti" not in page
    late = client.post(f"{LIST}/1", data={"pesanan": gayo})
    assert late.status_code == 422
    assert "Bank sudah memutuskan" in late.get_data(as_text=True)
    with db.reading() as session:
        acts = set(session.scalars(select(AuditEvent.action)))
    assert {"dispute.order_chosen", "dispute.evidence_printed"} <= acts
    assert broken(db) == {}


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Pilih salah satu pesanan"),
        ("GYO-26-999999", "Pilih salah satu pesanan"),
        ("tidak ada", "Pilih salah satu pesanan"),
        ("x" * 10_000, "Pilih salah satu pesanan"),
        ("{gayo}", "lebih dari harga pesanan itu"),
    ],
)
def test_an_order_that_cannot_be_the_one_gets_a_sentence(
    db: Database, client: Visitor, sandbox: Double, numbers: list[str], typed: str, words: str
) -> None:
    disputed(db, sandbox, client, 70_000)
    answer = client.post(f"{LIST}/1", data={"pesanan": typed.format(gayo=numbers[0])})
    assert answer.status_code == 422
    assert words in answer.get_data(as_text=True)


def test_nobody_but_who_confirms_money_sees_disputes(
    db: Database, client: Visitor, sandbox: Double, numbers: list[str]
) -> None:
    disputed(db, sandbox, client, 10_000)
    for path in (f"{LIST}/2", f"{LIST}/{2**63}", f"{LIST}/2/bukti.pdf"):
        assert client.get(path).status_code == 404
    sign_in(client, db, make_person(db, "Joko", "joko@contoh.id"))
    for path in (LIST, f"{LIST}/1", f"{LIST}/1/bukti.pdf"):
        assert client.get(path).status_code in (403, 404)
    assert client.post(f"{LIST}/1", data={"pesanan": numbers[0]}).status_code in (403, 404)
