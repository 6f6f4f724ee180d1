"""Paying by QRIS: the code, the amount to type, and the person who sees the money."""

from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from shop.catalog.products.models import Variant
from shop.core.database.engine import Database
from shop.core.formats.barcodes import picture
from shop.core.values.money import format_rupiah
from shop.payments.bills.actions import add_payee
from shop.payments.bills.models import Method, Payee, PayeeKind, Payment, PaymentState
from shop.payments.bills.qris import with_amount
from shop.people.accounts.actions import give_operator_right
from shop.people.accounts.models import OperatorRight
from tests.checkout.conftest import Market
from tests.checkout.shopping import pay_data, stand_at_checkout
from tests.factories import NOON, make_person
from tests.support.books import broken
from tests.support.customer import Answer, Customer, InProcess
from tests.support.engines import PAGES
from tests.support.entering import sign_in
from tests.support.vectors import VECTORS
from tests.support.visitor import Visitor

pytestmark = pytest.mark.only_on("sqlite", because=PAGES)

STATIC: str = VECTORS["qris"]["statis"]


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with time_machine.travel(NOON, tick=True):
        yield


@pytest.fixture
def sari(app: Flask) -> Customer:
    return Customer(InProcess(app))


@pytest.fixture
def payee_id(db: Database) -> int:
    with db.writing() as session:
        return add_payee(
            session,
            kind=PayeeKind.QRIS,
            provider="QRIS",
            number="ID1020000000001",
            holder="KOPERASI CONTOH DEMO",
            verified_at=NOON,
            qris=STATIC,
        ).id


def ways(page: Answer) -> list[str]:
    return [one.attrs["value"] for one in page.markup.all("input", name="cara")]


def buy(sari: Customer, market: Market) -> Answer:
    page = stand_at_checkout(sari, {market.gayo: 1})
    return sari.send("/checkout", pay_data(page, cara="qris"))


def bill_of(db: Database, method: Method = Method.QRIS) -> Payment:
    with db.reading() as session:
        return session.scalars(
            select(Payment).where(Payment.method == method).order_by(Payment.id.desc()).limit(1)
        ).one()


def pictures(page: Answer) -> list[str]:
    return [one.attrs["src"] for one in page.markup.all("img") if "svg+xml" in one.attrs["src"]]


@pytest.mark.usefixtures("payee_id")
def test_the_page_shows_the_code_and_the_amount_to_type(
    db: Database, market: Market, sari: Customer
) -> None:
    page = buy(sari, market)
    bill = bill_of(db)
    assert bill.amount == bill.orders_total + bill.unique_code
    assert 1 <= bill.unique_code <= 999
    assert pictures(page) == [picture(STATIC)]
    assert f"ketik jumlahnya sendiri: {format_rupiah(bill.amount)}" in page.words
    assert "KOPERASI CONTOH DEMO" in page.words
    assert page.markup.mistakes == []


def test_the_amount_stands_in_the_code_only_where_its_owner_wants_it(
    db: Database, market: Market, sari: Customer, payee_id: int
) -> None:
    with db.writing() as session:
        session.execute(update(Payee).where(Payee.id == payee_id).values(qris_with_amount=True))
    page = buy(sari, market)
    assert pictures(page) == [picture(with_amount(STATIC, bill_of(db).amount))]
    assert "Jumlahnya sudah ada di dalam kode" in page.words
    assert "ketik jumlahnya sendiri" not in page.words


@pytest.mark.usefixtures("payee_id")
def test_above_ten_million_qris_is_not_offered_and_the_page_says_so(
    db: Database, market: Market, sari: Customer, app: Flask
) -> None:
    with db.writing() as session:
        session.execute(update(Variant).values(price=9_900_000))
    page = stand_at_checkout(sari, {market.gayo: 1})
    assert ways(page) == ["transfer", "qris"]
    with db.writing() as session:
        session.execute(update(Variant).values(price=9_990_000))
    page = stand_at_checkout(Customer(InProcess(app)), {market.gayo: 1})
    assert ways(page) == ["transfer"]
    assert "sampai Rp10.000.000 sekali bayar" in page.words


@pytest.mark.usefixtures("payee_id")
def test_a_bill_changes_to_transfer_and_back_with_the_same_amount(
    db: Database, market: Market, sari: Customer
) -> None:
    page = buy(sari, market)
    first = bill_of(db)
    sari.press("Ganti ke transfer bank")
    assert bill_of(db, Method.TRANSFER).state is PaymentState.OPEN
    sari.press("Ganti ke QRIS")
    again = bill_of(db)
    assert (again.id, again.amount, again.state) == (first.id, first.amount, PaymentState.OPEN)
    assert page.path == sari.page.path
    assert broken(db) == {}


@pytest.mark.usefixtures("payee_id")
def test_who_confirms_money_sees_the_bill_and_settles_it(
    db: Database, market: Market, sari: Customer, client: Visitor
) -> None:
    buy(sari, market)
    bill = bill_of(db)
    person = make_person(db, "Dewi", "operator@lumbung.example")
    with db.writing() as session:
        give_operator_right(session, person.id, OperatorRight.CONFIRM_MONEY, NOON)
    sign_in(client, db, person)
    listed = client.get("/operator/uang-masuk").text
    assert bill.code in listed
    assert "QRIS" in listed
    typed = {
        "jumlah": str(bill.amount),
        "tanggal": "2026-11-23",
        "formulir": "a" * 22,
        "selisih": "",
    }
    assert client.post(f"/operator/uang-masuk/{bill.code}", data=typed).status_code == 303
    assert bill_of(db).state is PaymentState.PAID
    assert broken(db) == {}
