"""Paying by card: one page at a time, one settlement, and whatever else comes goes back."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from shop.checkout import ending
from shop.checkout.card import PayPage, Stands, close_pay_page, look_at_page, open_pay_page
from shop.checkout.card_money import Taken, take_event
from shop.checkout.other_way import Choice, choose_other_way
from shop.core.database import Database
from shop.inventory.queries import Shelf
from shop.ledger.models import AccountKind
from shop.ledger.queries import balance_of
from shop.orders.models import Order, OrderState, Purchase
from shop.outbox.worker import run_once
from shop.payments import gateways
from shop.payments.gateway import EventSeen, RefundProgress
from shop.payments.models import (
    AlertKind,
    AttemptState,
    GatewayAlert,
    GatewayEvent,
    Method,
    Payment,
    PaymentAttempt,
    PaymentState,
    Refund,
    RefundState,
)
from tests.checkout.cards import as_card, confirm, make_gateway_payee
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

MINUTE = timedelta(minutes=1)


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch) -> FakeGateway:
    """The only gateway there is."""
    found = FakeGateway()
    monkeypatch.setattr(gateways, "gateway", lambda: found)
    return found


@pytest.fixture
def gayo(db: Database) -> Goods:
    return make_goods(db, make_cooperative(db), price=45_000, on_hand=5)


@pytest.fixture
def placed(db: Database, gayo: Goods) -> Placed:
    """Two packs, to be paid by card."""
    make_gateway_payee(db)
    return as_card(db, make_purchase(db, {gayo: 2}))


def open_page(db: Database, gateway: FakeGateway, placed: Placed, now: datetime = NOON) -> PayPage:
    return open_pay_page(
        db,
        gateway,
        payment_code=placed.payment_code,
        public_url="http://localhost",
        words=lambda count, language: f"{count} {language}",
        now=now,
    )


def take(db: Database, event: EventSeen, now: datetime = NOON) -> Taken:
    return db.write(lambda session: take_event(session, event, is_live=False, now=now))


def payment(db: Database, placed: Placed) -> Payment:
    with db.reading() as session:
        return session.get_one(Payment, placed.payment_id)


def states(db: Database, placed: Placed) -> list[OrderState]:
    with db.reading() as session:
        return list(session.scalars(select(Order.state).where(Order.id.in_(placed.order_ids))))


def work(db: Database, now: datetime = NOON + MINUTE) -> None:
    """What the worker does after a commit."""
    while run_once(db, now):
        pass


def count(db: Database, rows: type) -> int:
    with db.reading() as session:
        return session.scalar(select(func.count()).select_from(rows)) or 0


def test_a_paid_page_becomes_a_paid_order(
    db: Database, gateway: FakeGateway, placed: Placed, gayo: Goods
) -> None:
    found = open_page(db, gateway, placed)
    assert found.stands is Stands.OPEN
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
    assert open_page(db, gateway, placed).stands is Stands.OPEN
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
    assert second.stands is Stands.OPEN
    assert second.url != first.url


def test_a_new_page_is_opened_when_the_old_one_is_over_and_holds_the_goods_longer(
    db: Database, gateway: FakeGateway, placed: Placed
) -> None:
    first = open_page(db, gateway, placed)
    gateway.close_page("page-" + first.url.rpartition("page-")[2])
    second = open_page(db, gateway, placed, NOON + 32 * MINUTE)
    assert second.stands is Stands.OPEN
    assert second.url != first.url
    assert payment(db, placed).due_at == NOON + 73 * MINUTE
    with db.reading() as session:
        assert session.get_one(Purchase, placed.purchase_id).hold_until == NOON + 73 * MINUTE


def test_nobody_holds_goods_with_new_pages_for_ever(
    db: Database, gateway: FakeGateway, placed: Placed
) -> None:
    open_page(db, gateway, placed)
    gateway.close_page(next(iter(gateway.pages)))
    assert open_page(db, gateway, placed, NOON + 61 * MINUTE).stands is Stands.TOO_LATE


def test_an_old_page_that_was_paid_settles_instead_of_a_new_one(
    db: Database, gateway: FakeGateway, placed: Placed
) -> None:
    open_page(db, gateway, placed)
    gateway.pay()
    assert open_page(db, gateway, placed, NOON + 35 * MINUTE).stands is Stands.PAID
    assert states(db, placed) == [OrderState.NEW]
    assert count(db, PaymentAttempt) == 1


def test_the_way_back_asks_the_gateway_and_settles(
    db: Database, gateway: FakeGateway, placed: Placed
) -> None:
    open_page(db, gateway, placed)
    gateway.pay()
    seen = look_at_page(db, gateway, payment_code=placed.payment_code, now=NOON)
    assert seen is Stands.PAID
    assert states(db, placed) == [OrderState.NEW]
    assert take(db, gateway.told[-1]) is Taken.REPEAT
    assert broken(db) == {}


def test_a_gateway_that_does_not_answer_leaves_the_purchase_standing(
    db: Database, gateway: FakeGateway, placed: Placed
) -> None:
    gateway.is_silent = True
    assert open_page(db, gateway, placed).stands is Stands.SILENT
    assert payment(db, placed).state is PaymentState.OPEN
    gateway.is_silent = False
    assert open_page(db, gateway, placed).stands is Stands.OPEN
    # The same attempt with the same key: had the first call come through, it is its page.
    assert count(db, PaymentAttempt) == 1


def test_a_page_that_came_back_after_the_shopper_left_is_closed(
    db: Database, gateway: FakeGateway, placed: Placed
) -> None:
    gateway.is_silent = True
    open_page(db, gateway, placed)
    assert close_pay_page(db, gateway, placed.payment_id, NOON) is Stands.CLOSED
    gateway.is_silent = False
    with db.reading() as session:
        assert session.scalars(select(PaymentAttempt.state)).all() == [AttemptState.FAILED]


def test_time_over_closes_the_page_before_the_goods_go_free(
    db: Database, gateway: FakeGateway, placed: Placed, gayo: Goods
) -> None:
    open_page(db, gateway, placed)
    ending.lapse_unpaid(db, NOON + 42 * MINUTE)
    assert gateway.asked == ["open", "close"]
    assert states(db, placed) == [OrderState.LAPSED]
    assert shelf(db, gayo) == Shelf(on_hand=5, reserved=0)


def test_a_page_paid_in_the_last_minute_is_settled_instead_of_lapsing(
    db: Database, gateway: FakeGateway, placed: Placed
) -> None:
    open_page(db, gateway, placed)
    gateway.pay()
    ending.lapse_unpaid(db, NOON + 42 * MINUTE)
    assert states(db, placed) == [OrderState.NEW]
    assert broken(db) == {}


def test_goods_wait_an_hour_for_a_gateway_that_does_not_answer(
    db: Database, gateway: FakeGateway, placed: Placed
) -> None:
    open_page(db, gateway, placed)
    gateway.is_silent = True
    ending.lapse_unpaid(db, NOON + 42 * MINUTE)
    assert states(db, placed) == [OrderState.UNPAID]
    ending.lapse_unpaid(db, NOON + 102 * MINUTE)
    assert states(db, placed) == [OrderState.LAPSED]


def test_money_after_the_hold_takes_the_goods_again_while_they_are_there(
    db: Database, gateway: FakeGateway, placed: Placed
) -> None:
    open_page(db, gateway, placed)
    ref = next(iter(gateway.pages))
    ending.lapse_unpaid(db, NOON + 42 * MINUTE)
    assert take(db, gateway.pay(ref), NOON + 60 * MINUTE) is Taken.SETTLED
    assert states(db, placed) == [OrderState.NEW]
    assert broken(db) == {}


def test_money_after_the_hold_for_goods_that_are_gone_goes_back_to_the_card(
    db: Database, gateway: FakeGateway, placed: Placed, gayo: Goods
) -> None:
    open_page(db, gateway, placed)
    ref = next(iter(gateway.pages))
    ending.lapse_unpaid(db, NOON + 42 * MINUTE)
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


def test_calling_off_closes_the_page_first_and_settles_what_was_paid(
    db: Database, gateway: FakeGateway, placed: Placed
) -> None:
    open_page(db, gateway, placed)
    gateway.pay()
    assert not ending.call_off(db, gateway, placed.purchase_id, now=NOON)
    assert states(db, placed) == [OrderState.NEW]


def test_what_is_paid_on_a_page_that_could_not_be_closed_goes_back(
    db: Database, gateway: FakeGateway, placed: Placed
) -> None:
    open_page(db, gateway, placed)
    ref = next(iter(gateway.pages))
    gateway.is_silent = True
    assert ending.call_off(db, gateway, placed.purchase_id, now=NOON)
    assert states(db, placed) == [OrderState.CANCELLED]
    gateway.is_silent = False
    gateway.pay(ref)
    work(db)
    work(db, NOON + 3 * MINUTE)
    assert [amount for _, amount in gateway.refunds.values()] == [placed.orders_total]
    assert broken(db) == {}


def test_another_way_closes_the_page_and_opens_a_bill_over_the_same_orders(
    db: Database, gateway: FakeGateway, placed: Placed
) -> None:
    open_page(db, gateway, placed)
    assert choose(db, gateway, placed, Method.TRANSFER) is Choice.MADE
    assert gateway.asked == ["open", "close"]
    with db.reading() as session:
        bills = session.scalars(select(Payment).order_by(Payment.id)).all()
        assert [(bill.method, bill.state) for bill in bills] == [
            (Method.CARD, PaymentState.REPLACED),
            (Method.TRANSFER, PaymentState.OPEN),
        ]
        assert bills[1].due_at == NOON + timedelta(hours=24)
    assert broken(db) == {}


def test_another_way_settles_instead_when_the_card_was_paid(
    db: Database, gateway: FakeGateway, placed: Placed
) -> None:
    open_page(db, gateway, placed)
    gateway.pay()
    assert choose(db, gateway, placed, Method.TRANSFER) is Choice.PAID
    assert states(db, placed) == [OrderState.NEW]
    assert count(db, Payment) == 1


def test_from_transfer_to_card_and_back_holds_the_goods_no_longer(
    db: Database, gateway: FakeGateway, gayo: Goods
) -> None:
    make_gateway_payee(db)
    placed = make_purchase(db, {gayo: 2})
    hours = NOON + timedelta(hours=20)
    assert choose(db, gateway, placed, Method.CARD, hours) is Choice.MADE
    with db.reading() as session:
        bill = session.scalars(select(Payment).order_by(Payment.id.desc())).first()
        assert bill is not None
        assert (bill.amount, bill.due_at) == (placed.orders_total, hours + 41 * MINUTE)
    again = choose_other_way(
        db, gateway, payment_code=bill.code, method=Method.TRANSFER, now=hours + MINUTE
    )
    assert again is Choice.MADE
    with db.reading() as session:
        until = session.get_one(Purchase, placed.purchase_id).hold_until
    assert until == NOON + timedelta(hours=24)
    assert broken(db) == {}


def test_both_ways_paid_is_one_settlement_and_the_second_goes_back(
    db: Database, gateway: FakeGateway, placed: Placed
) -> None:
    open_page(db, gateway, placed)
    ref = next(iter(gateway.pages))
    gateway.is_silent = True  # the page cannot be closed now
    assert choose(db, gateway, placed, Method.TRANSFER) is Choice.MADE
    gateway.is_silent = False
    assert take(db, gateway.pay(ref)) is Taken.SETTLED
    with db.reading() as session:
        bills = session.scalars(select(Payment).order_by(Payment.id)).all()
    assert [bill.state for bill in bills] == [PaymentState.PAID, PaymentState.REPLACED]
    confirm(db, bills[1])
    with db.reading() as session:
        twice = session.scalars(select(Refund)).one()
        assert (twice.reason, twice.amount) == ("twice", bills[1].amount)
        assert session.get_one(Payment, bills[1].id).state is PaymentState.RETURNED
    assert states(db, placed) == [OrderState.NEW]
    assert broken(db) == {}


def test_two_pages_paid_is_one_settlement_and_the_second_goes_back(
    db: Database, gateway: FakeGateway, placed: Placed
) -> None:
    open_page(db, gateway, placed)
    first = next(iter(gateway.pages))
    gateway.close_page(first)
    open_page(db, gateway, placed, NOON + 32 * MINUTE)
    second = next(ref for ref in gateway.pages if ref != first)
    assert take(db, gateway.pay(second), NOON + 33 * MINUTE) is Taken.SETTLED
    assert take(db, gateway.pay(first), NOON + 34 * MINUTE) is Taken.RETURNED
    work(db, NOON + 35 * MINUTE)
    assert list(gateway.refunds.values()) == [(f"intent-{first}", placed.orders_total)]
    with db.reading() as session:
        assert balance_of(session, AccountKind.REFUND_DUE) == 0
    assert broken(db) == {}


@pytest.mark.parametrize(
    ("changed", "kind"),
    [
        ({"amount": 1_020}, AlertKind.WRONG_AMOUNT),
        ({"amount": 10_200_000}, AlertKind.WRONG_AMOUNT),
        ({"amount": None, "currency": "usd"}, AlertKind.WRONG_CURRENCY),
        ({"amount": None}, AlertKind.WRONG_CURRENCY),  # no whole number of rupiah
        ({"is_live": True}, AlertKind.OTHER_ENVIRONMENT),
        ({"reference": "another"}, AlertKind.UNKNOWN_PAGE),
        ({"ref": "page-unknown", "attempt_id": None}, AlertKind.UNKNOWN_PAGE),
    ],
)
def test_strange_money_settles_nothing_and_asks_a_person(
    db: Database,
    gateway: FakeGateway,
    placed: Placed,
    changed: dict[str, Any],
    kind: AlertKind,
) -> None:
    open_page(db, gateway, placed)
    event = gateway.pay(**changed)
    assert take(db, event) is Taken.ALERT
    assert take(db, event) is Taken.REPEAT
    assert states(db, placed) == [OrderState.UNPAID]
    with db.reading() as session:
        assert session.scalars(select(GatewayAlert.kind)).all() == [kind]
        unknown = -balance_of(session, AccountKind.UNRECOGNISED)
    # Rupiah that really came are owed to somebody, and never income.
    assert unknown == (changed["amount"] if kind is AlertKind.WRONG_AMOUNT else 0)
    assert broken(db) == {}


def test_a_refund_that_waits_or_fails_at_the_gateway_stays_owed(
    db: Database, gateway: FakeGateway, placed: Placed, gayo: Goods
) -> None:
    open_page(db, gateway, placed)
    ref = next(iter(gateway.pages))
    ending.lapse_unpaid(db, NOON + 42 * MINUTE)
    make_purchase(db, {gayo: 5})
    gateway.progress = RefundProgress.PENDING
    take(db, gateway.pay(ref), NOON + 60 * MINUTE)
    work(db, NOON + 61 * MINUTE)
    with db.reading() as session:
        refund = session.scalars(select(Refund)).one()
        assert refund.state is RefundState.SENT
        assert balance_of(session, AccountKind.REFUND_DUE) == -placed.orders_total
    take(db, gateway.tell("refund.failed", object_ref=refund.gateway_ref or ""))
    with db.reading() as session:
        assert session.get_one(Refund, refund.id).state is RefundState.FAILED
        assert session.scalars(select(GatewayAlert.kind)).all() == [AlertKind.REFUND_FAILED]
    assert broken(db) == {}


def choose(
    db: Database, gateway: FakeGateway, placed: Placed, method: Method, now: datetime = NOON
) -> Choice:
    return choose_other_way(db, gateway, payment_code=placed.payment_code, method=method, now=now)
