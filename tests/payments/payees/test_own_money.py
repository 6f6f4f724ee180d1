"""Money on a cooperative's own account: who is paid there, who confirms, what it owes (R1)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import select

from shop.aftersales.refund_transfers.actions import send
from shop.aftersales.refund_transfers.destinations import name_destination
from shop.aftersales.refunds.queries import contact_of
from shop.checkout.confirmation.actions import confirm_money
from shop.core.database.engine import Database
from shop.finance.payouts.amounts_due import due_by_cooperative
from shop.payments.bills.models import Payment, PaymentState, Receipt, Refund
from shop.people.cooperatives.rules import Role
from shop.sales.orders.models import Order, OrderState, Purchase
from tests.aftersales.giving import bring, finish, give
from tests.checkout.conftest import Market
from tests.factories import NOON
from tests.fulfilment.paid import books, broken
from tests.payments.owned import bought, home, operator, seated
from tests.support.engines import PAGES

TODAY = "2026-11-23"

pytestmark = pytest.mark.usefixtures("noon")


def number_of(db: Database, payment: Payment) -> str:
    with db.reading() as session:
        wanted = select(Order.number).where(Order.purchase_id == payment.purchase_id)
        return session.scalars(wanted).one()


def pay(db: Database, payment: Payment, mine: int, person_id: int = 9) -> None:
    with db.writing() as session:
        confirm_money(
            session,
            payment_code=payment.code,
            cooperative_id=mine,
            amount=payment.amount,
            received_on=NOON.date(),
            source_key=f"form:{person_id}",
            person_id=person_id,
            now=NOON,
        )


@pytest.mark.only_on("sqlite", because=PAGES)
def test_several_cooperatives_are_paid_at_the_operators(
    app: Flask, db: Database, market: Market, account: int
) -> None:
    assert bought(app, db, {market.gayo: 1}).payee_id == account
    several = bought(app, db, {market.gayo: 1, market.kintamani: 1})
    assert several.payee_id != account
    assert bought(app, db, {market.kintamani: 1}).payee_id == several.payee_id


@pytest.mark.only_on("sqlite", because=PAGES)
def test_its_treasurer_confirms_and_nobody_elses_finds_the_bill(
    app: Flask, db: Database, market: Market, account: int
) -> None:
    payment = bought(app, db, {market.gayo: 2})
    made = seated(app, db, market.kintamani.cooperative, Role.BENDAHARA)
    assert made.go(home(market.gayo, "uang-masuk")).status == 404
    assert made.go(home(market.kintamani, f"uang-masuk/{payment.code}")).status == 404
    assert operator(app, db).go(f"/operator/uang-masuk/{payment.code}").status == 404
    ketua = seated(app, db, market.gayo.cooperative, Role.MANAJER)
    assert ketua.go(home(market.gayo, f"uang-masuk/{payment.code}")).status == 403

    wati = seated(app, db, market.gayo.cooperative, Role.BENDAHARA)
    assert payment.code in wati.go(home(market.gayo, "uang-masuk")).text
    wati.go(home(market.gayo, f"uang-masuk/{payment.code}"))
    page = wati.press("Catat", {"jumlah": str(payment.amount), "tanggal": TODAY})
    assert "Lunas. Pesanan sudah diteruskan ke koperasi." in page.text
    assert broken(db) == {}


@pytest.mark.only_on("sqlite", because=PAGES)
def test_what_it_owes_is_the_fee_and_the_next_payout_nets_it(
    app: Flask, db: Database, market: Market, account: int
) -> None:
    mine = market.gayo.cooperative.id
    payment = bought(app, db, {market.gayo: 2})
    pay(db, payment, mine)
    bring(db, number_of(db, payment))
    finish(db)
    stands = books(db)
    # 3 % of Rp90.000; the code lies on the account and goes back with a wholly cancelled purchase.
    assert stands["cooperative_due"] == 2_700
    assert stands["fee_income"] == -2_700
    assert stands["cash_drawer"] == 82_800
    assert stands["bank"] == payment.unique_code == -stands["unique_code"]
    with db.reading() as session:
        (due,) = due_by_cooperative(session, NOON + timedelta(days=9), mine)
    assert due.amount == -2_700
    assert broken(db) == {}


@pytest.mark.only_on("sqlite", because=PAGES)
def test_a_refund_after_the_end_is_paid_by_the_cooperative_itself(
    app: Flask, db: Database, market: Market, account: int
) -> None:
    mine = market.gayo.cooperative.id
    payment = bought(app, db, {market.gayo: 2})
    pay(db, payment, mine)
    number = number_of(db, payment)
    bring(db, number)
    finish(db)
    give(db, number, 1)
    with db.writing() as session:
        purchase = session.get_one(Purchase, payment.purchase_id)
        name_destination(
            session,
            purchase_id=purchase.id,
            contact_id=contact_of(session, purchase.id),
            provider="BCA",
            number="12345678",
            holder="Sari Dewi",
            now=NOON,
        )
        send(
            session,
            cooperative_id=mine,
            destination_id=session.scalars(select(Refund.destination_id)).one() or 0,
            seen=45_000,
            reference="TRX-1",
            person_id=9,
            now=NOON,
        )
    stands = books(db)
    # One pack stays sold: its member's share, its fee; the platform gave the other's back.
    assert stands["fee_income"] == -1_350
    assert stands["bank"] == payment.unique_code
    assert "refund_due" not in stands
    with db.reading() as session:
        (due,) = due_by_cooperative(session, NOON + timedelta(days=9), mine)
    assert due.amount == -1_350
    assert broken(db) == {}


@pytest.mark.only_on("sqlite", because=PAGES)
def test_two_who_confirm_at_once_settle_it_once(
    app: Flask, db: Database, market: Market, account: int
) -> None:
    mine = market.gayo.cooperative.id
    payment = bought(app, db, {market.gayo: 2})
    together = Barrier(3)

    def confirm(person_id: int) -> None:
        together.wait()
        pay(db, payment, mine, person_id)

    with ThreadPoolExecutor(3) as hands:
        list(hands.map(confirm, range(3)))
    with db.reading() as session:
        assert session.get_one(Payment, payment.id).state is PaymentState.PAID
        assert session.scalars(select(Order.state)).all() == [OrderState.NEW]
        assert len(session.scalars(select(Receipt.id)).all()) == 3
    # What came twice waits as *belum dikenali*; nothing was settled twice.
    assert books(db)["unrecognised"] == -2 * payment.amount
    assert broken(db) == {}
