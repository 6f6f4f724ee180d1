"""Buying with a voucher: what it takes off, what its sponsor pays, and when it comes back."""

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.checkout.expiry.actions import cancel_unpaid, expire_due_payments
from shop.checkout.settlement.actions import settle_purchase
from shop.core.database.engine import Database
from shop.fulfilment.deadlines.completion import complete_due_orders
from shop.fulfilment.order_steps import actions as order_steps
from shop.fulfilment.orders.queries import order_to_work_on
from shop.fulfilment.orders.rules import Reason, Shortfall
from shop.payments.bills.models import Payment, Refund
from shop.payments.ledger.models import AccountKind
from shop.payments.ledger.queries import balance_of
from shop.payments.transfers.actions import match, record_receipt
from shop.sales.orders.models import Actor, Order, OrderLine, OrderState, Purchase
from shop.sales.vouchers.errors import VoucherRefused, Why
from shop.sales.vouchers.models import VoucherUse
from shop.web.http import app_state
from tests.checkout.conftest import Market
from tests.checkout.placed import browser, fill
from tests.checkout.shopping import pay_data, stand_at_checkout, value_of
from tests.checkout.vouchers import place_with, used, voucher
from tests.factories import DAY, NOON
from tests.support.books import broken
from tests.support.customer import Customer, InProcess
from tests.support.engines import PAGES
from tests.support.statements import statements

TWO = 2 * 45_000 + 12_000 + 65_000 + 15_000
"""Two of coffee, one of oranges, to Jatiwaringin."""


def buy(db: Database, market: Market, code: str, off: int, *, letter: str = "s") -> str:
    """A purchase over two cooperatives with this discount; its code."""
    key = browser(letter)
    token = fill(db, key, {market.gayo: 2, market.kintamani: 1})
    return place_with(db, key, token, TWO - off, code).code


def pay(db: Database, code: str, *, days: int = 0) -> None:
    """The money is seen on the account."""
    now = NOON + days * DAY
    with db.writing() as session:
        payment = session.scalars(select(Payment).join(Purchase).where(Purchase.code == code)).one()
        receipt = record_receipt(
            session,
            payee_id=payment.payee_id,
            received_on=now.date(),
            amount=payment.amount,
            source_key=f"mutasi:{code}",
            now=now,
        )
        match(session, receipt, payment, receipt.amount, person_id=None, now=now)
        settle_purchase(session, payment_id=payment.id, now=now)


def stands(db: Database, kind: AccountKind, cooperative_id: int | None = None) -> int:
    with db.reading() as session:
        return balance_of(session, kind, cooperative_id=cooperative_id)


def order_of(db: Database, code: str, position: int) -> Order:
    with db.reading() as session:
        return session.scalars(
            select(Order)
            .join(Purchase, Purchase.id == Order.purchase_id)
            .where(Purchase.code == code, Order.position == position)
        ).one()


@pytest.fixture
def sari(app: Flask) -> Customer:
    return Customer(InProcess(app))


def refuse(db: Database, order: Order) -> None:
    with db.writing() as session:
        found = order_to_work_on(session, order.cooperative_id, order.number)
        order_steps.refuse(session, found, reason=Reason.CLOSED, now=NOON)


def test_the_shares_of_a_discount_are_frozen_on_the_lines(db: Database, market: Market) -> None:
    voucher_id = voucher(db, percent_bp=777)
    code = buy(db, market, " panen 10", 12_044)
    with db.reading() as session:
        purchase = session.scalars(select(Purchase).where(Purchase.code == code)).one()
        lines = session.scalars(select(OrderLine).order_by(OrderLine.id)).all()
        assert purchase.discount_total == sum(line.discount for line in lines) == 12_044
        # Whoever gives the voucher pays for it: the member's share is of the whole price (R21).
        assert [line.member_share for line in lines] == [82_800, 59_800]
        assert [line.fee for line in lines] == [2_490, 1_798]  # of what is left after it (R22)
        assert session.scalars(select(VoucherUse.amount)).one() == 12_044
    assert used(db, voucher_id) == 1
    assert broken(db) == {}


def test_the_platform_pays_its_voucher_and_the_sellers_lose_nothing(
    db: Database, market: Market
) -> None:
    voucher(db)
    code = buy(db, market, "PANEN10", 15_500)
    pay(db, code)
    assert stands(db, AccountKind.VOUCHER_COST) == 15_500
    assert stands(db, AccountKind.ESCROW) == -TWO  # as if nobody had a voucher
    assert broken(db) == {}


def test_a_cooperatives_voucher_comes_out_of_its_own_part(db: Database, market: Market) -> None:
    gayo = market.gayo.cooperative.id
    voucher(db, cooperative_id=gayo)
    code = buy(db, market, "PANEN10", 9_000)
    pay(db, code)
    assert stands(db, AccountKind.VOUCHER_COST) == 0
    assert stands(db, AccountKind.COOPERATIVE_DUE, gayo) == 9_000
    number = order_of(db, code, 1).number

    def send(session: Session, order: Order) -> None:
        lines = session.scalars(select(OrderLine).where(OrderLine.order_id == order.id)).all()
        order_steps.accept(session, order, counts={one.id: one.packs for one in lines}, now=NOON)
        order_steps.mark_ready(session, order, now=NOON)
        order_steps.hand_over(session, order, tracking="JP12345678", now=NOON)
        order_steps.confirm_arrival(session, order, actor=Actor.SHOPPER, now=NOON)

    db.write(lambda session: send(session, order_to_work_on(session, gayo, number)))
    with db.writing() as session:
        assert complete_due_orders(session, NOON + 9 * DAY) == 1
    # 90.000 + 12.000, less the member's 82.800, the fee of 3 % on 81.000, and its voucher.
    assert stands(db, AccountKind.COOPERATIVE_DUE, gayo) == -(102_000 - 82_800 - 2_430 - 9_000)
    assert stands(db, AccountKind.MEMBER_DUE, gayo) == -82_800
    assert broken(db) == {}


def test_packs_that_are_not_sent_give_the_voucher_money_back_to_its_sponsor(
    db: Database, market: Market
) -> None:
    voucher_id = voucher(db, percent_bp=777)
    code = buy(db, market, "PANEN10", 12_044)
    pay(db, code)
    order = order_of(db, code, 1)

    def accept_one(session: Session, found: Order) -> None:
        line = session.scalars(select(OrderLine).where(OrderLine.order_id == found.id)).one()
        order_steps.accept(
            session,
            found,
            counts={line.id: 1},
            shortfalls={line.id: Shortfall(Reason.NOT_MADE)},
            now=NOON,
        )

    db.write(lambda s: accept_one(s, order_to_work_on(s, order.cooperative_id, order.number)))
    with db.reading() as session:
        line = session.scalars(select(OrderLine).where(OrderLine.order_id == order.id)).one()
        paid_back = session.scalars(select(Refund.amount)).one()
    second = line.discount // 2  # the odd rupiah went to the first pack
    assert paid_back == 45_000 - second
    assert stands(db, AccountKind.VOUCHER_COST) == 12_044 - second
    assert used(db, voucher_id) == 1  # the rest was bought with it (rule R10)
    assert broken(db) == {}


def test_a_use_comes_back_only_when_the_whole_purchase_is_called_off(
    db: Database, market: Market
) -> None:
    voucher_id = voucher(db)
    code = buy(db, market, "PANEN10", 15_500)
    pay(db, code)
    stood = []
    for position in (1, 2):
        refuse(db, order_of(db, code, position))
        stood.append(used(db, voucher_id))
    assert stood == [1, 0]
    with db.reading() as session:
        back = sum(session.scalars(select(Refund.amount).where(Refund.order_id.is_not(None))))
        payment = session.scalars(select(Payment)).one()
    assert back == payment.amount  # what was paid, the unique code included
    assert stands(db, AccountKind.VOUCHER_COST) == stands(db, AccountKind.ESCROW) == 0
    assert broken(db) == {}


@pytest.mark.parametrize("how", ["lapsed", "cancelled"])
def test_an_unpaid_purchase_that_ends_gives_its_use_back(
    db: Database, market: Market, how: str
) -> None:
    voucher_id = voucher(db, most_uses=1)
    code = buy(db, market, "PANEN10", 15_500)
    assert used(db, voucher_id) == 1
    with db.writing() as session:
        if how == "lapsed":
            assert expire_due_payments(session, NOON + 2 * DAY) == 1
        else:
            purchase = session.scalars(select(Purchase).where(Purchase.code == code)).one()
            assert cancel_unpaid(session, purchase, now=NOON)
    assert used(db, voucher_id) == 0
    assert buy(db, market, "PANEN10", 15_500, letter="b")
    assert broken(db) == {}


def test_paid_late_a_purchase_takes_its_use_again(db: Database, market: Market) -> None:
    voucher_id = voucher(db, most_uses=1, ends=DAY)
    code = buy(db, market, "PANEN10", 15_500)
    with db.writing() as session:
        expire_due_payments(session, NOON + 2 * DAY)
    pay(db, code, days=3)  # its dates are over, but it keeps its prices
    assert used(db, voucher_id) == 1
    assert order_of(db, code, 1).state is OrderState.NEW
    assert broken(db) == {}


def test_paid_late_when_others_used_it_up_the_money_goes_back(db: Database, market: Market) -> None:
    voucher_id = voucher(db, most_uses=1)
    late = buy(db, market, "PANEN10", 15_500)
    with db.writing() as session:
        expire_due_payments(session, NOON + 2 * DAY)
    buy(db, market, "PANEN10", 15_500, letter="b")
    pay(db, late, days=3)
    assert order_of(db, late, 1).state is OrderState.CANCELLED
    assert used(db, voucher_id) == 1
    with db.reading() as session:
        paid = session.scalars(
            select(Payment.amount).join(Purchase).where(Purchase.code == late)
        ).one()
        assert sum(session.scalars(select(Refund.amount))) == paid
    assert broken(db) == {}


def test_a_voucher_that_ended_between_the_look_and_pay_places_nothing(
    db: Database, market: Market
) -> None:
    voucher(db, most_per_buyer=1)
    buy(db, market, "PANEN10", 15_500)
    with pytest.raises(VoucherRefused) as refused:
        buy(db, market, "PANEN10", 15_500, letter="b")  # the same phone, another browser
    assert refused.value.why is Why.ALREADY
    with db.reading() as session:
        assert len(session.scalars(select(Purchase)).all()) == 1


@pytest.mark.only_on("sqlite", because=PAGES)
def test_the_checkout_takes_a_code_and_shows_what_it_takes_off(
    db: Database, market: Market, sari: Customer
) -> None:
    voucher(db)
    page = stand_at_checkout(sari, {market.gayo: 2})
    page = sari.press("Pakai voucher", {"voucher": "panen 10"})
    assert page.status == 200
    assert "PANEN10 memotong Rp9.000" in page.words
    assert value_of(page, "lihat-total") == "93000"
    bought = sari.send("/checkout", pay_data(page))
    assert "Potongan voucher" in bought.words
    assert "-Rp9.000" in bought.words
    assert broken(db) == {}


@pytest.mark.only_on("sqlite", because=PAGES)
@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("BELUM-ADA", "tidak kami kenal"),
        ("7" * 400, "tidak kami kenal"),
        ("'; DROP TABLE", "tidak kami kenal"),
        ("LAMA", "berlaku sampai"),
        ("NANTI", "baru berlaku mulai"),
        ("BALI", "hanya untuk barang Kintamani"),
        ("BESAR", "Kurang Rp10.000: voucher ini berlaku mulai belanja Rp100.000"),
    ],
)
def test_a_voucher_that_gives_nothing_says_exactly_why(
    db: Database, market: Market, sari: Customer, typed: str, said: str
) -> None:
    voucher(db, "LAMA", starts=-40 * DAY, ends=-30 * DAY)
    voucher(db, "NANTI", starts=300 * DAY)
    voucher(db, "BALI", cooperative_id=market.kintamani.cooperative.id)
    voucher(db, "BESAR", least_goods=100_000)
    stand_at_checkout(sari, {market.gayo: 2})
    page = sari.press("Pakai voucher", {"voucher": typed})
    assert page.status == 422
    assert said in page.words
    assert value_of(page, "voucher").startswith(typed[:80])
    answer = sari.send("/checkout", pay_data(page))
    assert answer.status == 422
    assert said in answer.words
    with db.reading() as session:
        assert session.scalars(select(Purchase)).all() == []


@pytest.mark.only_on("sqlite", because=PAGES)
def test_posted_discounts_prices_and_voucher_ids_are_ignored(
    db: Database, market: Market, sari: Customer
) -> None:
    voucher_id = voucher(db, "RAHASIA", percent_bp=9_000)
    page = stand_at_checkout(sari, {market.gayo: 2})
    lies = {
        "voucher_id": str(voucher_id),
        "potongan": "90000",
        "discount": "90000",
        "fee": "0",
        "harga": "1",
        "total": "1",
        "lihat-potongan": "90000",
    }
    sari.send("/checkout", [*pay_data(page), *lies.items()])
    with db.reading() as session:
        purchase = session.scalars(select(Purchase)).one()
        assert (purchase.discount_total, purchase.orders_total) == (0, 102_000)


@pytest.mark.only_on("sqlite", because=PAGES)
def test_a_voucher_adds_three_statements_to_placing(
    db: Database, market: Market, sari: Customer, app: Flask
) -> None:
    with app.app_context():
        own = app_state.database()
    voucher(db, most_uses=10, most_per_buyer=5)
    costs = []
    for code in ("", "PANEN10"):
        for packs in ({market.gayo: 1}, {market.gayo: 1, market.kintamani: 2}):
            stand_at_checkout(sari, packs)
            page = sari.press("Pakai voucher", {"voucher": code})
            with statements(own) as told:
                answer = sari.send("/checkout", pay_data(page), follow=False)
            assert answer.status == 303
            costs.append(len(told))
            with db.writing() as session:  # at most three unpaid ones a phone
                for purchase in session.scalars(select(Purchase)):
                    cancel_unpaid(session, purchase, now=NOON)
    assert costs[0] == costs[1] == costs[2] - 3 == costs[3] - 3, costs
