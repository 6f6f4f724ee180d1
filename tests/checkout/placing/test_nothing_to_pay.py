"""A total of Rp0 needs no payment: it is settled as it is placed, from its sponsor's money (R3)."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from shop.catalog.inventory.queries import Shelf
from shop.core.database.engine import Database
from shop.fulfilment.order_steps import actions as order_steps
from shop.fulfilment.orders.queries import order_to_work_on
from shop.fulfilment.orders.rules import Reason
from shop.payments.bills.models import Payment, PaymentState, Refund
from shop.payments.ledger.models import AccountKind, LedgerEntry
from shop.payments.ledger.queries import balance_of
from shop.sales.orders.models import Order, OrderState, Purchase
from shop.sales.vouchers.models import Voucher
from shop.services.outbox.models import Notice
from tests.checkout.conftest import Market
from tests.checkout.shopping import pay_data, stand_at_checkout
from tests.checkout.vouchers import used, voucher
from tests.factories import NOON, shelf
from tests.support.books import broken
from tests.support.customer import Answer, Customer, InProcess
from tests.support.engines import PAGES

pytestmark = pytest.mark.only_on("sqlite", because=PAGES)

GOODS = 30_000
"""One pack of tempe, fetched at Sari Bumi: the only way there is."""


@pytest.fixture
def sari(app: Flask) -> Customer:
    return Customer(InProcess(app))


def buy_for_nothing(sari: Customer, market: Market, code: str = "SEMUA") -> Answer:
    stand_at_checkout(sari, {market.sari_bumi: 1})
    page = sari.press("Pakai voucher", {"voucher": code})
    assert "Tidak ada yang perlu ditransfer" in page.words
    assert "Bayar Rp0" not in page.words
    return sari.send("/checkout", pay_data(page))


@pytest.mark.parametrize("is_own", [False, True])
def test_what_costs_nothing_is_an_order_at_once_and_no_bill_is_shown(
    db: Database, market: Market, sari: Customer, is_own: bool
) -> None:
    sponsor = market.sari_bumi.cooperative.id if is_own else None
    voucher(db, "SEMUA", amount=GOODS, cooperative_id=sponsor)
    page = buy_for_nothing(sari, market)
    assert page.path.startswith("/pembelian/")
    assert "Transfer tepat" not in page.words
    with db.reading() as session:
        purchase, order = (
            session.scalars(select(Purchase)).one(),
            session.scalars(select(Order)).one(),
        )
        payment = session.scalars(select(Payment)).one()
        assert order.state is OrderState.NEW
        assert (payment.state, payment.amount, payment.unique_code) == (PaymentState.PAID, 0, 0)
        assert not payment.code_held
        assert purchase.settled_at == purchase.placed_at
        assert session.scalars(select(LedgerEntry.kind)).all() == ["voucher"]
        kinds = session.scalars(select(Notice.kind)).all()
        assert "purchase_paid" in kinds
        assert "purchase_placed" not in kinds
    assert shelf(db, market.sari_bumi) == Shelf(on_hand=19, reserved=0)
    assert broken(db) == {}


def test_called_off_afterwards_only_the_sponsors_money_moves(
    db: Database, market: Market, sari: Customer
) -> None:
    voucher_id = voucher(db, "SEMUA", amount=GOODS)
    buy_for_nothing(sari, market)
    with db.reading() as session:
        assert balance_of(session, AccountKind.VOUCHER_COST) == GOODS
        order = session.scalars(select(Order)).one()
    with db.writing() as session:
        found = order_to_work_on(session, order.cooperative_id, order.number)
        order_steps.refuse(session, found, reason=Reason.CLOSED, now=NOON)
    with db.reading() as session:
        assert balance_of(session, AccountKind.VOUCHER_COST) == 0
        assert session.scalar(select(func.count(Refund.id))) == 0
    assert used(db, voucher_id) == 0
    assert broken(db) == {}


def test_two_bills_of_nothing_stand_beside_each_other(
    db: Database, market: Market, app: Flask
) -> None:
    voucher(db, "SEMUA", amount=GOODS)
    for _turn in range(2):
        buy_for_nothing(Customer(InProcess(app)), market)
    with db.reading() as session:
        assert session.scalar(select(Voucher.used)) == 2
        assert session.scalars(select(Order.state)).all() == [OrderState.NEW] * 2
    assert broken(db) == {}
