"""Paying by card in a browser, through the double's pay page and back again."""

import re
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from shop.core.database.engine import Database
from shop.core.values import clock
from shop.payments.bills.models import Payment, Refund, RefundState
from shop.payments.cards.models import PaymentAttempt
from shop.sales.orders.models import Order, OrderState, Purchase
from tests.journeys.people import Shopper
from tests.support.browser import PHONE, Window
from tests.support.live import LiveShop
from tests.support.sandbox import Double

GOODS = "opak-ketan-bakar-arang"
PATIENCE = 30

with_and_without_script = pytest.mark.parametrize(
    "javascript", [False, True], ids=["no-script", "script"]
)


@pytest.fixture
def books(live_market: LiveShop) -> Iterator[Database]:
    """The same database, looked at from outside."""
    database = Database(live_market.database_url)
    yield database
    database.dispose()


def at_the_pay_page(shop: LiveShop, window: Window, *, javascript: bool = False) -> Shopper:
    """A guest with one parcel, from the catalogue to the gateway's page; ≤ 3 page loads."""
    window.base_url = shop.url
    sari = Shopper(window.open(f"/produk/{GOODS}", size=PHONE, javascript=javascript))
    sari.press("Keranjang")
    sari.go("/checkout")
    sari.give_address()
    sari.press("Lihat ongkir")
    sari.page.get_by_role("button", name=re.compile("^Bayar Rp")).wait_for()
    sari.choose_to_pay("card")
    sari.press(re.compile("^Bayar Rp"))
    sari.page.wait_for_url("**/pay/**")
    return sari


def pay(sari: Shopper) -> None:
    sari.press(re.compile("^Bayar Rp"))
    sari.page.wait_for_url("**/pembelian/**")


def purchase_path(books: Database) -> str:
    with books.reading() as session:
        code = session.scalars(select(Purchase.code).order_by(Purchase.id.desc())).first()
    return f"/pembelian/{code}"


def eventually(books: Database, look: Callable[[Session], object]) -> None:
    """Wait for what the gateway's event or the worker brings."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with books.reading() as session:
            if look(session):
                return
        time.sleep(0.1)
    raise AssertionError("it did not come")


def is_new(session: Session) -> bool:
    return set(session.scalars(select(Order.state))) == {OrderState.NEW}


@with_and_without_script
def test_a_guest_pays_by_card(
    sandbox: Double, live_market: LiveShop, window: Window, books: Database, javascript: bool
) -> None:
    sari = at_the_pay_page(live_market, window, javascript=javascript)
    pay(sari)
    assert "Terima kasih, sudah dibayar" in sari.reads
    sari.page.go_back()  # the pay page, which is over
    sari.go(purchase_path(books))
    assert "Terima kasih, sudah dibayar" in sari.reads
    eventually(books, is_new)
    assert live_market.broken() == []


@with_and_without_script
def test_a_declined_card_is_tried_again(
    sandbox: Double, live_market: LiveShop, window: Window, books: Database, javascript: bool
) -> None:
    sari = at_the_pay_page(live_market, window, javascript=javascript)
    sari.press("Tolak kartunya")
    assert "Kartu ditolak" in sari.reads
    sari.press("Batal")
    sari.page.wait_for_url("**/pembelian/**")
    assert "Belum dibayar" in sari.reads
    sari.press(re.compile("dengan kartu"))
    sari.page.wait_for_url("**/pay/**")
    pay(sari)
    assert "Terima kasih, sudah dibayar" in sari.reads
    assert live_market.broken() == []


def test_who_leaves_the_pay_page_may_pay_another_way(
    sandbox: Double, live_market: LiveShop, window: Window, books: Database
) -> None:
    sari = at_the_pay_page(live_market, window)
    page = sari.page.url
    sari.press("Batal")
    sari.page.get_by_text("Pilih cara bayar lain").click()
    sari.press("Ganti ke transfer bank")
    assert "Transfer tepat sampai 3 angka terakhir" in sari.reads
    sari.page.goto(page)
    assert "Halaman bayar ini sudah ditutup" in sari.reads
    assert live_market.broken() == []


def test_money_that_comes_after_the_hold_brings_the_order_back(
    sandbox: Double, live_market: LiveShop, window: Window, books: Database
) -> None:
    sari = at_the_pay_page(live_market, window)
    with books.reading() as session:
        ref = session.scalars(select(PaymentAttempt.session_ref)).one()
    assert ref is not None
    sandbox.outcome(ref, "later")
    sari.go(f"{purchase_path(books)}/kartu")
    assert "Kami sedang memastikan pembayaran" in sari.reads
    with books.writing() as session:
        session.execute(update(Payment).values(due_at=clock.now() - timedelta(minutes=1)))
    eventually(books, lambda session: session.scalars(select(Order.state)).one() == "lapsed")
    sari.go(purchase_path(books))
    assert "Waktu bayar sudah lewat" in sari.reads
    sandbox.outcome(ref, "later-paid")
    eventually(books, is_new)
    sari.go(purchase_path(books))
    assert "Terima kasih, sudah dibayar" in sari.reads
    assert live_market.broken() == []


def test_two_tabs_are_one_page_and_one_payment(
    sandbox: Double, live_market: LiveShop, window: Window, books: Database
) -> None:
    sari = at_the_pay_page(live_market, window)
    other = Shopper(sari.page.context.new_page())
    other.go(purchase_path(books))
    other.press(re.compile("dengan kartu"))
    assert other.page.url == sari.page.url
    pay(sari)
    other.press(re.compile("^Bayar Rp"))  # it was paid already, and leads back
    other.page.wait_for_url("**/pembelian/**")
    assert "Terima kasih, sudah dibayar" in other.reads
    with books.reading() as session:
        assert len(session.scalars(select(PaymentAttempt.id)).all()) == 1
    assert live_market.broken() == []


def test_an_order_that_is_called_off_sends_the_money_back_to_the_card(
    sandbox: Double, live_market: LiveShop, window: Window, books: Database
) -> None:
    sari = at_the_pay_page(live_market, window)
    pay(sari)
    sari.page.get_by_text("Batalkan pesanan ini").click()
    sari.press("Ya, batalkan")
    assert "kembali" in sari.reads
    eventually(
        books, lambda session: session.scalars(select(Refund.state)).all() == [RefundState.DONE]
    )
    sari.go(purchase_path(books))
    assert "sudah kami kembalikan ke kartu" in sari.reads
    assert live_market.broken() == []
