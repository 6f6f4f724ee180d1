"""Another way to pay, money on top and money that does not fit: what counts, and what goes back."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from shop.checkout.card_payment.change_method import ChangeOutcome, change_method
from shop.checkout.card_payment.gateway_events import Taken
from shop.checkout.expiry import cancellation
from shop.core.database.engine import Database
from shop.payments.bills.models import Method, Payment, PaymentState, Refund, RefundState
from shop.payments.cards.gateway import RefundProgress
from shop.payments.cards.models import AlertKind, GatewayAlert
from shop.payments.ledger.models import AccountKind
from shop.payments.ledger.queries import balance_of
from shop.sales.orders.models import OrderState, Purchase
from tests.checkout.cards import (
    MINUTE,
    as_card,
    confirm,
    count,
    make_gateway_payee,
    open_page,
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


def test_calling_off_closes_the_page_first_and_settles_what_was_paid(
    db: Database, gateway: FakeGateway, placed: Placed
) -> None:
    open_page(db, gateway, placed)
    gateway.pay()
    assert not cancellation.cancel_payment(db, gateway, placed.purchase_id, now=NOON)
    assert states(db, placed) == [OrderState.NEW]


def test_what_is_paid_on_a_page_that_could_not_be_closed_goes_back(
    db: Database, gateway: FakeGateway, placed: Placed
) -> None:
    open_page(db, gateway, placed)
    ref = next(iter(gateway.pages))
    gateway.is_silent = True
    assert cancellation.cancel_payment(db, gateway, placed.purchase_id, now=NOON)
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
    assert choose(db, gateway, placed, Method.TRANSFER) is ChangeOutcome.MADE
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
    assert choose(db, gateway, placed, Method.TRANSFER) is ChangeOutcome.PAID
    assert states(db, placed) == [OrderState.NEW]
    assert count(db, Payment) == 1


def test_from_transfer_to_card_and_back_holds_the_goods_no_longer(
    db: Database, gateway: FakeGateway, gayo: Goods
) -> None:
    make_gateway_payee(db)
    placed = make_purchase(db, {gayo: 2})
    hours = NOON + timedelta(hours=20)
    assert choose(db, gateway, placed, Method.CARD, hours) is ChangeOutcome.MADE
    with db.reading() as session:
        bill = session.scalars(select(Payment).order_by(Payment.id.desc())).first()
        assert bill is not None
        assert (bill.amount, bill.due_at) == (placed.orders_total, hours + 41 * MINUTE)
    again = change_method(
        db, gateway, payment_code=bill.code, method=Method.TRANSFER, now=hours + MINUTE
    )
    assert again is ChangeOutcome.MADE
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
    assert choose(db, gateway, placed, Method.TRANSFER) is ChangeOutcome.MADE
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
    cancellation.lapse_unpaid(db, NOON + 42 * MINUTE)
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
) -> ChangeOutcome:
    return change_method(db, gateway, payment_code=placed.payment_code, method=method, now=now)


def test_going_to_and_fro_asks_for_the_same_transfer_and_uses_up_no_code(
    db: Database, gateway: FakeGateway, gayo: Goods
) -> None:
    make_gateway_payee(db)
    placed = make_purchase(db, {gayo: 2})
    code = placed.payment_code
    for turn in range(4):
        method = Method.TRANSFER if turn % 2 else Method.CARD
        moment = NOON + turn * MINUTE
        assert (
            change_method(db, gateway, payment_code=code, method=method, now=moment)
            is ChangeOutcome.MADE
        )
        with db.reading() as session:
            code = session.scalars(
                select(Payment.code).where(Payment.state == PaymentState.OPEN)
            ).one()
    assert code == placed.payment_code
    with db.reading() as session:
        held = select(func.count()).select_from(Payment).where(Payment.code_held)
        assert session.scalar(held) == 1
    assert broken(db) == {}


def test_money_sent_back_from_outside_the_shop_is_put_before_a_person(
    db: Database, gateway: FakeGateway, placed: Placed
) -> None:
    open_page(db, gateway, placed)
    first = next(iter(gateway.pages))
    gateway.close_page(first)
    open_page(db, gateway, placed, NOON + 32 * MINUTE)
    take(db, gateway.pay(), NOON + 33 * MINUTE)
    take(db, gateway.pay(first), NOON + 34 * MINUTE)
    work(db, NOON + 35 * MINUTE)
    with db.reading() as session:
        ours = session.scalars(select(Refund.gateway_ref)).one() or ""
    assert take(db, gateway.tell("refund.created", object_ref=ours)) is Taken.WAITING
    outside = gateway.tell("refund.created", object_ref="re_outside")
    assert take(db, outside) is Taken.ALERT
    with db.reading() as session:
        assert session.scalars(select(GatewayAlert.kind)).all() == [AlertKind.REFUNDED_OUTSIDE]
