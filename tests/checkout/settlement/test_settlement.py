"""One payment becomes one order for each cooperative, or money that is promised back."""

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from shop.catalog.inventory.queries import Shelf
from shop.catalog.products.models import Product
from shop.checkout.confirmation.actions import Allowance, allow_difference
from shop.checkout.expiry import actions as expiry
from shop.checkout.expiry import cancellation
from shop.checkout.expiry.actions import cancel_unpaid, expire_due_payments
from shop.checkout.settlement.actions import Settlement, settle_purchase
from shop.core.database.engine import Database
from shop.core.database.settings_by_date import Policy
from shop.payments.bills import queries as bills
from shop.payments.bills.errors import NoSuchPayment, WrongAmount
from shop.payments.bills.models import Payment, PaymentState, Refund
from shop.payments.cards.attempt_costs import post_attempt_cost
from shop.payments.ledger import queries as ledger
from shop.payments.ledger.models import AccountKind, LedgerEntry
from shop.payments.transfers.actions import match, record_receipt
from shop.people.cooperatives.models import Role
from shop.sales.orders.models import Order, OrderLine, OrderState, Purchase
from shop.services.outbox.models import Notice
from shop.services.outbox.notices import contacts, worded
from tests.checkout.cards import as_card, paid_attempt
from tests.factories import (
    DAY,
    NOON,
    PICKUP,
    Goods,
    Placed,
    make_cooperative,
    make_goods,
    make_payee,
    make_person,
    make_purchase,
    make_seat,
    quote,
    shelf,
)
from tests.support.books import broken
from tests.support.engines import PAGES


def pay(db: Database, placed: Placed, amount: int | None = None, *, key: str = "mutasi:1") -> None:
    """Money for a purchase is seen on the account and matched, and settled when it is enough."""
    with db.writing() as session:
        payment = session.get_one(Payment, placed.payment_id)
        receipt = record_receipt(
            session,
            payee_id=payment.payee_id,
            received_on=date(2026, 11, 23),
            amount=amount or placed.amount,
            source_key=key,
            now=NOON,
        )
        match(session, receipt, payment, receipt.amount, person_id=None, now=NOON)


def settle(db: Database, placed: Placed, *, days: int = 0) -> Settlement:
    with db.writing() as session:
        return settle_purchase(session, payment_id=placed.payment_id, now=NOON + days * DAY)


def states(db: Database, placed: Placed) -> list[OrderState]:
    with db.reading() as session:
        return list(
            session.scalars(
                select(Order.state).where(Order.id.in_(placed.order_ids)).order_by(Order.id)
            )
        )


@pytest.fixture
def gayo(db: Database) -> Goods:
    return make_goods(db, make_cooperative(db), price=45_000, on_hand=5)


@pytest.fixture
def kintamani(db: Database) -> Goods:
    other = make_cooperative(db, "KPS", "Koperasi Kintamani", zone="Asia/Makassar")
    return make_goods(db, other, price=65_000, on_hand=3)


@pytest.fixture
def placed(db: Database, gayo: Goods, kintamani: Goods) -> Placed:
    quotes = {gayo.cooperative.id: quote(12_000), kintamani.cooperative.id: quote(15_000)}
    return make_purchase(db, {gayo: 2, kintamani: 1}, quotes=quotes)


def test_a_paid_purchase_becomes_one_new_order_for_each_cooperative(
    db: Database, placed: Placed, gayo: Goods, kintamani: Goods
) -> None:
    pay(db, placed)
    assert settle(db, placed).new_orders == placed.order_ids
    assert states(db, placed) == [OrderState.NEW, OrderState.NEW]
    assert shelf(db, gayo) == Shelf(on_hand=3, reserved=0)
    assert shelf(db, kintamani) == Shelf(on_hand=2, reserved=0)
    with db.reading() as session:
        purchase = session.get_one(Purchase, placed.purchase_id)
        assert purchase.settled_at == NOON
        assert ledger.held_for_orders(session, placed.order_ids) == dict(
            zip(placed.order_ids, (102_000, 80_000), strict=True)
        )
        assert ledger.balance_of(session, AccountKind.UNIQUE_CODE) == -(placed.amount - 182_000)
        assert ledger.balance_of(session, AccountKind.BANK) == placed.amount
    assert broken(db) == {}


def test_acceptance_is_promised_by_the_end_of_the_second_working_day_of_each_zone(
    db: Database, placed: Placed
) -> None:
    pay(db, placed)
    settle(db, placed)
    with db.reading() as session:
        by = session.scalars(
            select(Order.accept_by).where(Order.id.in_(placed.order_ids)).order_by(Order.id)
        ).all()
    assert [moment and moment.strftime("%a %H:%M") for moment in by] == ["Wed 16:59", "Wed 15:59"]


def test_a_second_delivery_of_the_same_payment_changes_nothing(
    db: Database, placed: Placed
) -> None:
    pay(db, placed)
    settle(db, placed)
    assert settle(db, placed).is_repeat
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(LedgerEntry)) == 1
        # What "terlaris" counts was counted once, too.
        assert session.scalar(select(func.sum(Product.popularity))) == session.scalar(
            select(func.sum(OrderLine.packs))
        )
    assert broken(db) == {}


@pytest.mark.parametrize("off_by", [-1, 1, -1_000, 100_000])
def test_a_wrong_amount_moves_nothing(db: Database, placed: Placed, off_by: int) -> None:
    pay(db, placed, placed.amount + off_by)
    with pytest.raises(WrongAmount) as refusal:
        settle(db, placed)
    assert refusal.value.difference == off_by
    assert states(db, placed) == [OrderState.UNPAID, OrderState.UNPAID]


def test_a_small_difference_can_be_accepted_and_stands_in_the_books(
    db: Database, placed: Placed
) -> None:
    pay(db, placed, placed.amount - 356)
    with db.writing() as session:
        settle_purchase(session, payment_id=placed.payment_id, now=NOON, accept_difference=True)
    with db.reading() as session:
        assert ledger.balance_of(session, AccountKind.ROUNDING) == 356
    assert broken(db) == {}


def test_a_difference_above_the_limit_is_not_accepted(db: Database, placed: Placed) -> None:
    pay(db, placed, placed.amount - 1_000)
    with pytest.raises(WrongAmount), db.writing() as session:
        settle_purchase(session, payment_id=placed.payment_id, now=NOON, accept_difference=True)


def test_the_shopper_and_each_manager_are_told_once(
    db: Database, placed: Placed, gayo: Goods
) -> None:
    wati = make_person(db, "Bu Wati", "wati@gyo.koperasi.example")
    make_seat(db, gayo.cooperative, wati, Role.MANAJER)
    pay(db, placed)
    settle(db, placed)
    settle(db, placed)
    with db.reading() as session:
        kinds = session.execute(select(Notice.kind, Notice.contact_id).order_by(Notice.id)).all()
    assert [kind for kind, _ in kinds] == ["purchase_paid", "order_new"]
    assert kinds[1].contact_id == wati.contact_id


def test_an_unpaid_purchase_lapses_and_gives_its_packs_back(
    db: Database, placed: Placed, gayo: Goods
) -> None:
    with db.writing() as session:
        assert expire_due_payments(session, NOON + DAY - timedelta(seconds=1)) == 0
    assert shelf(db, gayo).reserved == 2
    with db.writing() as session:
        assert expire_due_payments(session, NOON + DAY) == 1
        assert expire_due_payments(session, NOON + DAY) == 0
    assert states(db, placed) == [OrderState.LAPSED, OrderState.LAPSED]
    assert shelf(db, gayo) == Shelf(on_hand=5, reserved=0)
    with db.reading() as session:
        assert session.scalars(select(Notice.kind)).all() == ["purchase_lapsed"]
        assert session.get_one(Purchase, placed.purchase_id).ended_at == NOON + DAY
    assert broken(db) == {}


def test_a_paid_purchase_does_not_lapse(db: Database, placed: Placed) -> None:
    pay(db, placed)
    settle(db, placed)
    with db.writing() as session:
        assert expire_due_payments(session, NOON + 2 * DAY) == 0


def test_late_money_takes_the_goods_again_while_they_are_there(
    db: Database, placed: Placed, gayo: Goods
) -> None:
    with db.writing() as session:
        expire_due_payments(session, NOON + DAY)
    pay(db, placed)
    settle(db, placed, days=2)
    assert states(db, placed) == [OrderState.NEW, OrderState.NEW]
    assert shelf(db, gayo) == Shelf(on_hand=3, reserved=0)
    assert broken(db) == {}


def test_late_money_for_goods_that_are_gone_is_promised_back_for_that_order_only(
    db: Database, placed: Placed, gayo: Goods, kintamani: Goods
) -> None:
    with db.writing() as session:
        expire_due_payments(session, NOON + DAY)
    make_purchase(db, {kintamani: 3})
    pay(db, placed)
    settlement = settle(db, placed, days=2)
    assert settlement.refunded_orders == placed.order_ids[1:]
    assert states(db, placed) == [OrderState.NEW, OrderState.CANCELLED]
    assert shelf(db, gayo) == Shelf(on_hand=3, reserved=0)
    with db.reading() as session:
        refund = session.scalars(select(Refund)).one()
        assert (refund.order_id, refund.amount) == (placed.order_ids[1], 80_000)
        assert ledger.balance_of(session, AccountKind.REFUND_DUE) == -80_000
        assert "order_sold_out" in session.scalars(select(Notice.kind)).all()
    assert broken(db) == {}


def test_the_unique_code_goes_back_when_nothing_of_the_purchase_is_left(
    db: Database, placed: Placed, gayo: Goods, kintamani: Goods
) -> None:
    with db.writing() as session:
        expire_due_payments(session, NOON + DAY)
    make_purchase(db, {kintamani: 3, gayo: 5})
    pay(db, placed)
    settle(db, placed, days=2)
    with db.reading() as session:
        assert session.scalar(select(func.sum(Refund.amount))) == placed.amount
        assert ledger.balance_of(session, AccountKind.REFUND_DUE) == -placed.amount
    assert broken(db) == {}


def test_an_unpaid_purchase_can_be_called_off_and_a_paid_one_cannot(
    db: Database, placed: Placed, gayo: Goods, kintamani: Goods
) -> None:
    with db.writing() as session:
        purchase = session.get_one(Purchase, placed.purchase_id)
        assert cancel_unpaid(session, purchase, now=NOON)
        assert not cancel_unpaid(session, purchase, now=NOON)
    assert states(db, placed) == [OrderState.CANCELLED, OrderState.CANCELLED]
    assert shelf(db, gayo) == Shelf(on_hand=5, reserved=0)
    paid = make_purchase(db, {gayo: 1})
    pay(db, paid)
    settle(db, paid)
    with db.writing() as session:
        assert not cancel_unpaid(session, session.get_one(Purchase, paid.purchase_id), now=NOON)
    assert broken(db) == {}


def test_money_for_a_purchase_that_was_called_off_is_promised_back(
    db: Database, placed: Placed
) -> None:
    with db.writing() as session:
        cancel_unpaid(session, session.get_one(Purchase, placed.purchase_id), now=NOON)
    pay(db, placed)
    assert settle(db, placed).new_orders == ()
    with db.reading() as session:
        assert session.scalar(select(func.sum(Refund.amount))) == placed.amount
    assert broken(db) == {}


def paid_by_card(db: Database, placed: Placed) -> str:
    """Turn the bill into one whose money came to a gateway; by which attempt."""
    return paid_attempt(db, as_card(db, placed))


def test_the_worked_figures_of_one_payment_over_two_orders(db: Database, placed: Placed) -> None:
    """Gayo 90,000 + 12,000, Kintamani 65,000 + 15,000: a fee of 5,460 leaves 98,940 and 77,600."""
    assert placed.orders_total == 182_000
    attempt_id = paid_by_card(db, placed)
    settle(db, placed)
    with db.writing() as session:
        session.add(Policy(name="delivery_cost_on_platform", since=date(2026, 1, 1), value=0))
        session.flush()
        post_attempt_cost(session, attempt_id, 5_460, NOON)
        post_attempt_cost(session, attempt_id, 5_460, NOON)
    with db.reading() as session:
        owed = ledger.held_for_orders(session, placed.order_ids)
        assert list(owed.values()) == [98_940, 77_600]
        assert ledger.balance_of(session, AccountKind.GATEWAY) == 182_000 - 5_460
    assert broken(db) == {}


def test_the_cost_on_the_delivery_part_is_the_platforms(db: Database, placed: Placed) -> None:
    attempt_id = paid_by_card(db, placed)
    settle(db, placed)
    with db.writing() as session:
        post_attempt_cost(session, attempt_id, 5_460, NOON)
    with db.reading() as session:
        owed = ledger.held_for_orders(session, placed.order_ids)
        assert list(owed.values()) == [102_000 - 2_700, 80_000 - 1_950]
        assert ledger.balance_of(session, AccountKind.PAYMENT_COST) == 360 + 450
    assert broken(db) == {}


def test_only_the_operators_account_is_paid_to(db: Database, placed: Placed) -> None:
    with db.reading() as session:
        (bill,) = bills.payments_of(session, placed.purchase_id)
    assert bill.is_escrow
    assert bill.amount == placed.amount
    assert make_payee(db) > 0


def test_the_worker_ends_bills_one_by_one_and_rests_codes(
    db: Database, placed: Placed, gayo: Goods
) -> None:
    later = make_purchase(db, {gayo: 1}, now=NOON + DAY)
    cancellation.lapse_unpaid(db, NOON + DAY)
    assert states(db, placed) == [OrderState.LAPSED, OrderState.LAPSED]
    assert states(db, later) == [OrderState.UNPAID]
    cancellation.rest_codes(db, NOON + 8 * DAY)
    with db.reading() as session:
        assert not session.get_one(Payment, placed.payment_id).code_held
        assert session.get_one(Payment, later.payment_id).code_held


@pytest.mark.only_on("sqlite", because=PAGES)
def test_who_paid_too_late_reads_what_happened_and_how_much_goes_back(
    app: Flask, db: Database, placed: Placed, kintamani: Goods
) -> None:
    with db.writing() as session:
        expire_due_payments(session, NOON + DAY)
    make_purchase(db, {kintamani: 3})
    pay(db, placed)
    settle(db, placed, days=2)
    with db.reading() as session:
        notice = session.scalars(select(Notice).where(Notice.kind == "order_sold_out")).one()
        words = worded(session, [notice], contacts(session, [notice.contact_id]))[notice.id]
    assert placed.numbers[1] in words.subject
    assert "Rp80.000" in words.body
    assert f"/pembelian/{placed.code}" in words.body


def test_a_bill_that_was_extended_between_look_and_act_does_not_lapse(
    db: Database, placed: Placed
) -> None:
    with db.writing() as session:
        session.get_one(Payment, placed.payment_id).due_at = NOON + 2 * DAY
        session.flush()
        assert not expiry.expire_payment(session, placed.payment_id, NOON + DAY)


def test_an_unknown_payment_is_not_settled(db: Database) -> None:
    with pytest.raises(NoSuchPayment), db.writing() as session:
        settle_purchase(session, payment_id=404, now=NOON)


def test_postings_that_were_never_made_are_found(db: Database, placed: Placed) -> None:
    with db.writing() as session:
        payment = session.get_one(Payment, placed.payment_id)
        payment.state, payment.paid_at = PaymentState.PAID, NOON
        session.get_one(Order, placed.order_ids[0]).paid_at = NOON
        session.get_one(Order, placed.order_ids[0]).state = OrderState.NEW
    assert {"paid_means_posted", "escrow_is_what_was_paid_and_not_yet_released"} <= set(broken(db))


def test_a_bill_of_a_few_rupiah_is_not_paid_by_letting_all_of_it_go(db: Database) -> None:
    cheap = make_goods(db, make_cooperative(db), price=300, on_hand=5)
    bill = make_purchase(db, {cheap: 1}, quotes={cheap.cooperative.id: PICKUP})
    with db.writing() as session:
        payment = session.get_one(Payment, bill.payment_id)
        payment.unique_code, payment.amount = 7, 307
    with pytest.raises(WrongAmount), db.writing() as session:
        allow_difference(
            session,
            payment_code=bill.payment_code,
            allowance=Allowance.ROUNDED,
            person_id=None,
            now=NOON,
        )
    assert states(db, bill) == [OrderState.UNPAID]
