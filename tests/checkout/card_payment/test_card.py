"""Paying by card: one page at a time, one settlement, and whatever else comes goes back."""

import pytest
from sqlalchemy import select

from shop.catalog.inventory.queries import Shelf
from shop.checkout.card_payment.gateway_events import Taken
from shop.checkout.card_payment.pay_page import PageStatus, close_pay_page, poll_page
from shop.checkout.expiry import cancellation
from shop.core.database.engine import Database
from shop.payments.bills.models import PaymentState, Refund, RefundState
from shop.payments.cards.models import AttemptState, GatewayEvent, PaymentAttempt
from shop.payments.ledger.models import AccountKind
from shop.payments.ledger.queries import balance_of
from shop.sales.orders.models import OrderState, Purchase
from tests.checkout.cards import (
    MINUTE,
    as_card,
    count,
    make_gateway_payee,
    open_page,
    payment,
    states,
    take,
    work,
)
from tests.factories import (
    NOON,
    Goods,
    Placed,
    make_cooperative,
    make_goods,
    make_purchase,
    shelf,
)
from tests.support.books import broken
from tests.support.fake_gateway import FakeGateway


@pytest.fixture
def gayo(db: Database) -> Goods:
    return make_goods(db, make_cooperative(db), price=45_000, on_hand=5)


@pytest.fixture
def placed(db: Database, gayo: Goods) -> Placed:
    """Two packs, to be paid by card."""
    make_gateway_payee(db)
    return as_card(db, make_purchase(db, {gayo: 2}))


def test_a_paid_page_becomes_a_paid_order(
    db: Database, gateway: FakeGateway, placed: Placed, gayo: Goods
) -> None:
    found = open_page(db, gateway, placed)
    assert found.stands is PageStatus.OPEN
    assert found.url.startswith("https://pay.example/")
    assert take(db, gateway.pay()) is Taken.SETTLED
    assert states(db, placed) == [OrderState.NEW]
    assert shelf(db, gayo) == Shelf(on_hand=3, reserved=0)
    with db.reading() as session:
        assert balance_of(session, AccountKind.GATEWAY) == placed.orders_total
    assert broken(db) == {}


def test_the_real_cost_is_booked_once_the_gateway_tells_it(
    db: Database, gateway: FakeGateway, placed: Placed
) -> None:
    open_page(db, gateway, placed)
    take(db, gateway.pay())
    work(db)
    work(db)
    with db.reading() as session:
        assert balance_of(session, AccountKind.GATEWAY) == placed.orders_total - 1_000
        assert session.scalars(select(PaymentAttempt.cost)).all() == [1_000]
    assert broken(db) == {}


def test_an_event_told_five_times_settles_once(
    db: Database, gateway: FakeGateway, placed: Placed
) -> None:
    open_page(db, gateway, placed)
    event = gateway.pay()
    assert [take(db, event) for _ in range(5)] == [Taken.SETTLED, *[Taken.REPEAT] * 4]
    again = gateway.tell("checkout.session.async_payment_succeeded", event.page)
    assert take(db, again) is Taken.REPEAT
    assert count(db, GatewayEvent) == 2
    assert broken(db) == {}


def test_pressing_twice_leads_to_one_page(
    db: Database, gateway: FakeGateway, placed: Placed
) -> None:
    assert open_page(db, gateway, placed) == open_page(db, gateway, placed)
    assert gateway.asked == ["open"]
    assert count(db, PaymentAttempt) == 1


def test_completed_without_money_settles_nothing_until_the_money_is_there(
    db: Database, gateway: FakeGateway, placed: Placed
) -> None:
    open_page(db, gateway, placed)
    waiting = gateway.pay(is_paid=False)
    assert take(db, waiting) is Taken.WAITING
    assert states(db, placed) == [OrderState.UNPAID]
    assert open_page(db, gateway, placed).stands is PageStatus.OPEN
    late = gateway.pay()
    came = gateway.tell("checkout.session.async_payment_succeeded", late.page)
    assert take(db, came) is Taken.SETTLED
    assert broken(db) == {}


def test_money_that_fails_in_the_end_lets_the_shopper_try_again(
    db: Database, gateway: FakeGateway, placed: Placed
) -> None:
    first = open_page(db, gateway, placed)
    failed = gateway.pay(is_paid=False)
    gateway.tell("checkout.session.async_payment_failed", failed.page)
    assert take(db, gateway.told[-1]) is Taken.EXPIRED
    second = open_page(db, gateway, placed)
    assert second.stands is PageStatus.OPEN
    assert second.url != first.url


def test_a_new_page_is_opened_when_the_old_one_is_over_and_holds_the_goods_longer(
    db: Database, gateway: FakeGateway, placed: Placed
) -> None:
    first = open_page(db, gateway, placed)
    gateway.close_page("page-" + first.url.rpartition("page-")[2])
    second = open_page(db, gateway, placed, NOON + 32 * MINUTE)
    assert second.stands is PageStatus.OPEN
    assert second.url != first.url
    assert payment(db, placed).due_at == NOON + 73 * MINUTE
    with db.reading() as session:
        assert session.get_one(Purchase, placed.purchase_id).hold_until == NOON + 73 * MINUTE


def test_nobody_holds_goods_with_new_pages_for_ever(
    db: Database, gateway: FakeGateway, placed: Placed
) -> None:
    open_page(db, gateway, placed)
    gateway.close_page(next(iter(gateway.pages)))
    assert open_page(db, gateway, placed, NOON + 61 * MINUTE).stands is PageStatus.TOO_LATE


def test_an_old_page_that_was_paid_settles_instead_of_a_new_one(
    db: Database, gateway: FakeGateway, placed: Placed
) -> None:
    open_page(db, gateway, placed)
    gateway.pay()
    assert open_page(db, gateway, placed, NOON + 35 * MINUTE).stands is PageStatus.PAID
    assert states(db, placed) == [OrderState.NEW]
    assert count(db, PaymentAttempt) == 1


def test_the_way_back_asks_the_gateway_and_settles(
    db: Database, gateway: FakeGateway, placed: Placed
) -> None:
    open_page(db, gateway, placed)
    gateway.pay()
    seen = poll_page(db, gateway, payment_code=placed.payment_code, now=NOON)
    assert seen is PageStatus.PAID
    assert states(db, placed) == [OrderState.NEW]
    assert take(db, gateway.told[-1]) is Taken.REPEAT
    assert broken(db) == {}


def test_a_gateway_that_does_not_answer_leaves_the_purchase_standing(
    db: Database, gateway: FakeGateway, placed: Placed
) -> None:
    gateway.is_silent = True
    assert open_page(db, gateway, placed).stands is PageStatus.SILENT
    assert payment(db, placed).state is PaymentState.OPEN
    gateway.is_silent = False
    assert open_page(db, gateway, placed).stands is PageStatus.OPEN
    # The same attempt with the same key: had the first call come through, it is its page.
    assert count(db, PaymentAttempt) == 1


def test_a_page_that_came_back_after_the_shopper_left_is_closed(
    db: Database, gateway: FakeGateway, placed: Placed
) -> None:
    gateway.is_silent = True
    open_page(db, gateway, placed)
    assert close_pay_page(db, gateway, placed.payment_id, NOON) is PageStatus.CLOSED
    gateway.is_silent = False
    with db.reading() as session:
        assert session.scalars(select(PaymentAttempt.state)).all() == [AttemptState.FAILED]


def test_time_over_closes_the_page_before_the_goods_go_free(
    db: Database, gateway: FakeGateway, placed: Placed, gayo: Goods
) -> None:
    open_page(db, gateway, placed)
    cancellation.lapse_unpaid(db, NOON + 42 * MINUTE)
    assert gateway.asked == ["open", "close"]
    assert states(db, placed) == [OrderState.LAPSED]
    assert shelf(db, gayo) == Shelf(on_hand=5, reserved=0)


def test_a_page_paid_in_the_last_minute_is_settled_instead_of_lapsing(
    db: Database, gateway: FakeGateway, placed: Placed
) -> None:
    open_page(db, gateway, placed)
    gateway.pay()
    cancellation.lapse_unpaid(db, NOON + 42 * MINUTE)
    assert states(db, placed) == [OrderState.NEW]
    assert broken(db) == {}


def test_goods_wait_an_hour_for_a_gateway_that_does_not_answer(
    db: Database, gateway: FakeGateway, placed: Placed
) -> None:
    open_page(db, gateway, placed)
    gateway.is_silent = True
    cancellation.lapse_unpaid(db, NOON + 42 * MINUTE)
    assert states(db, placed) == [OrderState.UNPAID]
    cancellation.lapse_unpaid(db, NOON + 102 * MINUTE)
    assert states(db, placed) == [OrderState.LAPSED]


def test_money_after_the_hold_takes_the_goods_again_while_they_are_there(
    db: Database, gateway: FakeGateway, placed: Placed
) -> None:
    open_page(db, gateway, placed)
    ref = next(iter(gateway.pages))
    cancellation.lapse_unpaid(db, NOON + 42 * MINUTE)
    assert take(db, gateway.pay(ref), NOON + 60 * MINUTE) is Taken.SETTLED
    assert states(db, placed) == [OrderState.NEW]
    assert broken(db) == {}


def test_money_after_the_hold_for_goods_that_are_gone_goes_back_to_the_card(
    db: Database, gateway: FakeGateway, placed: Placed, gayo: Goods
) -> None:
    open_page(db, gateway, placed)
    ref = next(iter(gateway.pages))
    cancellation.lapse_unpaid(db, NOON + 42 * MINUTE)
    make_purchase(db, {gayo: 5})
    take(db, gateway.pay(ref), NOON + 60 * MINUTE)
    assert states(db, placed) == [OrderState.CANCELLED]
    work(db, NOON + 61 * MINUTE)
    with db.reading() as session:
        assert session.scalars(select(Refund.state)).all() == [RefundState.DONE]
        assert balance_of(session, AccountKind.REFUND_DUE) == 0
        assert balance_of(session, AccountKind.GATEWAY) == -1_000  # the gateway's own part
        assert balance_of(session, AccountKind.PAYMENT_COST) == 1_000
    assert list(gateway.refunds.values()) == [(f"intent-{ref}", placed.orders_total)]
    assert broken(db) == {}
