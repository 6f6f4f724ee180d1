"""A shopper at the pay page may ask for a moment more, within limits (rule R12)."""

import pytest
from sqlalchemy import select

from shop.catalog.inventory.models import StockHold
from shop.checkout.card_payment.extend_hold import held_longer_until, leave_page
from shop.checkout.card_payment.pay_page import PageStatus
from shop.checkout.expiry.actions import expire_due_payments
from shop.core.database.engine import Database
from shop.sales.orders.models import Purchase
from tests.checkout.cards import HOLD, MINUTE, as_card, count, open_page, payment
from tests.factories import NOON, Goods, Placed, make_goods, make_purchase, shelf
from tests.support.books import broken
from tests.support.fake_gateway import FakeGateway


@pytest.fixture
def gayo(db: Database) -> Goods:
    return make_goods(db, on_hand=20)


@pytest.fixture
def placed(db: Database, gayo: Goods) -> Placed:
    return as_card(db, make_purchase(db, {gayo: 2}))


def offered(db: Database, placed: Placed, minute: int) -> bool:
    with db.reading() as session:
        at = NOON + minute * MINUTE
        until = held_longer_until(session, placed.payment_code, now=at)
    assert until in (None, at + HOLD)
    return until is not None


def hold_on(db: Database, gateway: FakeGateway, placed: Placed, minute: int) -> PageStatus:
    at = NOON + minute * MINUTE
    stands = leave_page(db, gateway, payment_code=placed.payment_code, now=at)
    return open_page(db, gateway, placed, at).stands if stands is PageStatus.CLOSED else stands


def test_more_time_is_offered_five_minutes_before_the_page_is_over_and_for_an_hour(
    db: Database, gateway: FakeGateway, placed: Placed
) -> None:
    assert not offered(db, placed, 0), "no page was opened yet"
    open_page(db, gateway, placed)
    assert [minute for minute in range(70) if offered(db, placed, minute)] == [*range(26, 61)]


def test_holding_on_closes_the_page_and_holds_bill_purchase_and_packs_as_long(
    db: Database, gateway: FakeGateway, placed: Placed, gayo: Goods
) -> None:
    open_page(db, gateway, placed)
    assert hold_on(db, gateway, placed, 28) is PageStatus.OPEN
    until = NOON + 28 * MINUTE + HOLD
    with db.reading() as session:
        assert session.get_one(Purchase, placed.purchase_id).hold_until == until
        assert set(session.scalars(select(StockHold.until))) == {until}
    assert payment(db, placed).due_at == until
    assert sorted(page.url is None for page in gateway.pages.values()) == [False, True]
    with db.writing() as session:
        assert expire_due_payments(session, NOON + HOLD) == 0
        assert expire_due_payments(session, until) == 1
    assert shelf(db, gayo).reserved == 0
    assert broken(db) == {}


def test_nobody_holds_goods_for_longer_by_asking_early_often_or_late(
    db: Database, gateway: FakeGateway, placed: Placed
) -> None:
    open_page(db, gateway, placed)
    assert hold_on(db, gateway, placed, 10) is PageStatus.TOO_LATE
    assert hold_on(db, gateway, placed, 28) is PageStatus.OPEN
    assert hold_on(db, gateway, placed, 28) is PageStatus.TOO_LATE
    assert hold_on(db, gateway, placed, 56) is PageStatus.OPEN
    assert hold_on(db, gateway, placed, 90) is PageStatus.TOO_LATE
    assert payment(db, placed).due_at == NOON + 56 * MINUTE + HOLD
    assert len(gateway.pages) == 3


def test_while_the_gateway_is_silent_nothing_is_held_longer(
    db: Database, gateway: FakeGateway, placed: Placed
) -> None:
    open_page(db, gateway, placed)
    gateway.is_silent = True
    assert hold_on(db, gateway, placed, 28) is PageStatus.SILENT
    assert payment(db, placed).due_at == NOON + HOLD


def test_a_bill_that_is_paid_or_no_cards_is_not_held_longer(
    db: Database, gateway: FakeGateway, gayo: Goods
) -> None:
    by_transfer = make_purchase(db, {gayo: 1})
    assert hold_on(db, gateway, by_transfer, 28) is PageStatus.TOO_LATE
    assert count(db, StockHold) == 1
