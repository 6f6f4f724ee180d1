"""The card from the checkout to the paid purchase, page by page, at the payment double."""

import random
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from shop.checkout.card_payment import wrong_amounts
from shop.checkout.expiry import cancellation
from shop.core.database.engine import Database
from shop.core.database.settings_by_date import Policy
from shop.core.values import clock
from shop.payments.bills.models import Method, Payment, PaymentState
from shop.payments.cards import gateway_setup
from shop.payments.cards.models import PaymentAttempt
from shop.payments.ledger.models import LedgerEntry
from shop.sales.orders.models import Order, OrderState, Purchase
from shop.services.outbox.worker import run_once
from tests.checkout.cards import make_gateway_payee
from tests.checkout.conftest import Market
from tests.checkout.shopping import pay_data, stand_at_checkout
from tests.factories import make_person
from tests.support.books import broken
from tests.support.customer import Answer, Customer, InProcess
from tests.support.engines import PAGES
from tests.support.sandbox import Double

pytestmark = pytest.mark.only_on("sqlite", because=PAGES)


@pytest.fixture
def sari(app: Flask, db: Database, market: Market) -> Customer:
    """Stands before a shop that takes cards."""
    make_gateway_payee(db)
    return Customer(InProcess(app))


def place(sari: Customer, market: Market, way: str = "card") -> Answer:
    """Press Pay; where it leads, without following."""
    page = stand_at_checkout(sari, {market.gayo: 1, market.kintamani: 1})
    return sari.send("/checkout", pay_data(page, cara=way), follow=False)


def code_of(db: Database) -> str:
    with db.reading() as session:
        return session.scalars(select(Purchase.code).order_by(Purchase.id.desc())).first() or ""


def states(db: Database) -> list[OrderState]:
    with db.reading() as session:
        return list(session.scalars(select(Order.state).order_by(Order.id)))


def page_ref(db: Database) -> str:
    with db.reading() as session:
        return (
            session.scalars(
                select(PaymentAttempt.session_ref).order_by(PaymentAttempt.created_at.desc())
            ).first()
            or ""
        )


def test_a_guest_pays_by_card_and_the_signed_event_settles(
    sandbox: Double, sari: Customer, client: FlaskClient, db: Database, market: Market
) -> None:
    answer = place(sari, market)
    assert answer.status == 303
    pay_page = answer.headers["location"]
    assert pay_page.startswith(sandbox.url)
    status, back = sandbox.press(pay_page, "bayar")
    assert status == 303
    assert back is not None
    code = code_of(db)
    assert back.startswith(f"http://localhost/pembelian/{code}/kartu")
    assert {one.status_code for one in sandbox.deliver(client)} == {204}
    page = sari.go(f"/pembelian/{code}")
    assert "Terima kasih, sudah dibayar" in page.words
    assert states(db) == [OrderState.NEW, OrderState.NEW]
    assert broken(db) == {}


def test_the_way_back_settles_before_any_event_arrives(
    sandbox: Double, sari: Customer, client: FlaskClient, db: Database, market: Market
) -> None:
    answer = place(sari, market)
    sandbox.press(answer.headers["location"], "bayar")
    code = code_of(db)
    page = sari.go(f"/pembelian/{code}/kartu")
    assert page.path == f"/pembelian/{code}"
    assert "Terima kasih, sudah dibayar" in page.words
    sandbox.deliver(client, times=5, shuffle=random.Random(7))
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(LedgerEntry)) == 1
    assert broken(db) == {}


def test_the_way_back_proves_nothing(
    sandbox: Double, sari: Customer, db: Database, market: Market
) -> None:
    place(sari, market)
    page = sari.go(f"/pembelian/{code_of(db)}/kartu?payment_status=paid&session_id={page_ref(db)}")
    assert "Belum dibayar" in page.words
    assert states(db) == [OrderState.UNPAID, OrderState.UNPAID]


def test_the_checkout_lets_its_form_lead_to_the_pay_page_and_no_other_page_does(
    sandbox: Double, sari: Customer, db: Database, market: Market
) -> None:
    page = stand_at_checkout(sari, {market.gayo: 1})
    origin = gateway_setup.page_origin()
    assert page.headers["content-security-policy"].endswith(f"form-action 'self' {origin}")
    assert sari.go("/lacak").headers["content-security-policy"].endswith("form-action 'self'")
    sari.go("/checkout")
    sari.send("/checkout", pay_data(page, cara="card"), follow=False)
    own = sari.go(f"/pembelian/{code_of(db)}")
    assert own.headers["content-security-policy"].endswith(f"form-action 'self' {origin}")


def test_a_declined_card_can_be_tried_again_on_the_same_page(
    sandbox: Double, sari: Customer, client: FlaskClient, db: Database, market: Market
) -> None:
    pay_page = place(sari, market).headers["location"]
    sandbox.press(pay_page, "tolak")
    sandbox.deliver(client)
    assert states(db) == [OrderState.UNPAID, OrderState.UNPAID]
    page = sari.go(f"/pembelian/{code_of(db)}")
    assert "Halaman kartunya masih terbuka" in page.words
    again = sari.send(
        f"/pembelian/{code_of(db)}/kartu",
        [("csrf_token", page.markup.all("input", name="csrf_token")[0].attrs["value"])],
        follow=False,
    )
    assert again.headers["location"] == pay_page
    sandbox.press(pay_page, "bayar")
    sandbox.deliver(client)
    assert states(db) == [OrderState.NEW, OrderState.NEW]
    assert broken(db) == {}


def test_who_leaves_the_pay_page_finds_the_purchase_waiting(
    sandbox: Double, sari: Customer, db: Database, market: Market
) -> None:
    _, back = sandbox.press(place(sari, market).headers["location"], "batal")
    assert back == f"http://localhost/pembelian/{code_of(db)}"
    page = sari.go(f"/pembelian/{code_of(db)}")
    assert "Tinggal bayar" in page.words
    assert "Pilih cara bayar lain" in page.words


def test_the_checkout_submitted_again_after_paying_leads_to_the_paid_purchase(
    sandbox: Double, sari: Customer, client: FlaskClient, db: Database, market: Market
) -> None:
    page = stand_at_checkout(sari, {market.gayo: 1})
    first = sari.send("/checkout", pay_data(page, cara="card"), follow=False)
    second = sari.send("/checkout", pay_data(page, cara="card"), follow=False)
    assert first.headers["location"] == second.headers["location"]
    sandbox.press(first.headers["location"], "bayar")
    sandbox.deliver(client)
    third = sari.send("/checkout", pay_data(page, cara="card"), follow=False)
    assert third.headers["location"] == f"/pembelian/{code_of(db)}"


def test_choosing_a_transfer_closes_the_pay_page_first(
    sandbox: Double, sari: Customer, db: Database, market: Market
) -> None:
    pay_page = place(sari, market).headers["location"]
    page = sari.go(f"/pembelian/{code_of(db)}")
    page = sari.press("Ganti ke transfer bank")
    assert "Transfer tepat sampai 3 angka terakhir" in page.words
    status, _ = _press_closed(sandbox, pay_page)
    assert status != 303
    assert broken(db) == {}


def test_a_transfer_can_become_a_card(
    sandbox: Double, sari: Customer, client: FlaskClient, db: Database, market: Market
) -> None:
    place(sari, market, "transfer")
    page = sari.go(f"/pembelian/{code_of(db)}")
    form = next(form for form in page.forms if form.action.endswith("/cara"))
    answer = sari.send(form.action, form.data(), follow=False)
    sandbox.press(answer.headers["location"], "bayar")
    sandbox.deliver(client)
    assert states(db) == [OrderState.NEW, OrderState.NEW]
    with db.reading() as session:
        bills = session.execute(select(Payment.method, Payment.state).order_by(Payment.id)).all()
    assert [tuple(bill) for bill in bills] == [
        (Method.TRANSFER, PaymentState.REPLACED),
        (Method.CARD, PaymentState.PAID),
    ]
    assert broken(db) == {}


def test_calling_off_closes_the_pay_page(
    sandbox: Double, sari: Customer, db: Database, market: Market
) -> None:
    pay_page = place(sari, market).headers["location"]
    sari.go(f"/pembelian/{code_of(db)}")
    page = sari.press("Batalkan belanja ini")
    assert "Belanja ini dibatalkan" in page.words
    status, _ = _press_closed(sandbox, pay_page)
    assert status != 303
    assert broken(db) == {}


def test_money_that_does_not_fit_is_told_to_the_shopper_until_it_is_back(
    sandbox: Double, sari: Customer, client: FlaskClient, db: Database, market: Market
) -> None:
    sandbox.press(place(sari, market).headers["location"], "bayar")
    event = next(one for one in sandbox.waiting() if one["type"] == "checkout.session.completed")
    event["data"]["object"]["amount_total"] = 102_000
    body, signature = sandbox.letter(event)
    told = client.post("/webhooks/stripe", data=body, headers={"Stripe-Signature": signature})
    assert told.status_code == 204
    own = f"/pembelian/{code_of(db)}"
    page = sari.go(own)
    assert "Pembayaran sedang diperiksa" in page.words
    assert "Jangan bayar lagi" in page.words
    assert not [form for form in page.forms if form.action.endswith(("/kartu", "/cara"))]
    cancellation.lapse_unpaid(db, clock.now() + timedelta(minutes=42))
    page = sari.go(own)
    assert "Waktu bayar sudah lewat" in page.words
    assert "Pembayaran sedang diperiksa" in page.words
    assert "belum dibayar sampai batas waktunya" not in page.words
    now, operator = clock.now(), make_person(db, "Dewi")
    with db.writing() as session:
        assert wrong_amounts.send_back(session, 1, person_id=operator.id, now=now)
    page = sari.go(own)
    assert "Rp1.020 dari kartu Anda tidak cocok dengan tagihannya dan kembali" in page.words
    assert "dua kali" not in page.words
    while run_once(db, now):
        pass
    assert "tidak cocok dengan tagihannya dan sudah kami kembalikan ke kartu" in sari.go(own).words
    assert broken(db) == {}


def test_below_the_least_no_card_is_offered_and_the_page_says_so(
    sandbox: Double, sari: Customer, db: Database, market: Market
) -> None:
    with db.writing() as session:
        session.add(Policy(name="card_least_total", since=date(2026, 1, 1), value=1_000_000))
    page = stand_at_checkout(sari, {market.gayo: 1})
    assert "Kartu bisa dipakai mulai belanja Rp1.000.000." in page.words
    answer = sari.send("/checkout", pay_data(page, cara="card"), follow=False)
    assert answer.status == 422
    assert "Cara bayar ini sedang tidak bisa dipakai" in answer.words


def _press_closed(sandbox: Double, url: str) -> tuple[int, str | None]:
    try:
        return sandbox.press(url, "bayar")
    except AssertionError:
        return 404, None  # no form any more


def test_nobody_pays_changes_or_ends_the_purchase_of_another(
    sandbox: Double, sari: Customer, app: Flask, db: Database, market: Market
) -> None:
    place(sari, market)
    code = code_of(db)
    joko = Customer(InProcess(app))
    page = joko.go("/lacak")
    token = ("csrf_token", page.markup.all("input", name="csrf_token")[0].attrs["value"])
    for path, more in (
        ("kartu", []),
        ("cara", [("cara", "transfer")]),
        ("batal", []),
        ("lagi", []),
    ):
        answer = joko.send(f"/pembelian/{code}/{path}", [token, *more], follow=False)
        assert answer.status == 404, path
    # Looking whether it was paid tells a stranger nothing and changes nothing.
    assert "Sari Dewi" not in joko.go(f"/pembelian/{code}/kartu").words
    with db.reading() as session:
        assert session.scalars(select(Payment.state)).all() == [PaymentState.OPEN]


def test_who_needs_a_moment_more_is_led_to_another_page_and_nobody_else_is(
    sandbox: Double, sari: Customer, app: Flask, db: Database, market: Market
) -> None:
    first = place(sari, market).headers["location"]
    path = f"/pembelian/{code_of(db)}"
    assert "Tahan lebih lama" not in sari.go(path).words
    with db.writing() as session:
        session.execute(
            update(PaymentAttempt).values(expires_at=clock.now() + timedelta(minutes=4))
        )
    page = sari.go(path)
    form = next(form for form in page.forms if form.action == f"{path}/tahan")
    answer = sari.send(form.action, form.data(), follow=False)
    assert answer.status == 303
    assert answer.headers["location"].startswith(sandbox.url)
    assert answer.headers["location"] != first
    assert sari.send(form.action, form.data(), follow=False).headers["location"] == path
    joko = Customer(InProcess(app))
    token = joko.go("/lacak").markup.all("input", name="csrf_token")[0].attrs["value"]
    assert joko.send(form.action, {"csrf_token": token}.items(), follow=False).status == 404
