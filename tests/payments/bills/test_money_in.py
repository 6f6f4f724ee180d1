"""Bills, unique codes, receipts: money in is a fact of its own."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from shop.core.database.engine import Database
from shop.payments.bills.actions import add_payee, move, open_payment, release_codes
from shop.payments.bills.errors import NoFreeCode, NoSuchPayment, OverMatched, ReceiptUsed
from shop.payments.bills.models import (
    Method,
    PayeeKind,
    Payment,
    PaymentState,
    Receipt,
    ReceiptText,
    Refund,
)
from shop.payments.bills.payment_costs import divide_cost
from shop.payments.bills.queries import (
    left_of,
    operator_payee,
    payment_by_code,
    payments_of,
    received_for,
)
from shop.payments.bills.refunds import PLATFORM, request_refund
from shop.payments.ledger.models import AccountKind
from shop.payments.ledger.queries import balance_of
from shop.payments.transfers.actions import match, record_receipt, set_aside, void
from shop.payments.transfers.queries import waiting
from shop.sales.orders.models import Order
from tests.factories import (
    DAY,
    NOON,
    Goods,
    Placed,
    make_cooperative,
    make_goods,
    make_payee,
    make_purchase,
)
from tests.support.books import broken

TODAY = date(2026, 11, 23)


@pytest.fixture
def gayo(db: Database) -> Goods:
    return make_goods(db, make_cooperative(db), on_hand=90)


@pytest.fixture
def placed(db: Database, gayo: Goods) -> Placed:
    return make_purchase(db, {gayo: 2})


def receive(db: Database, amount: int, key: str = "mutasi:1") -> int:
    payee_id = make_payee(db)
    with db.writing() as session:
        return record_receipt(
            session,
            payee_id=payee_id,
            received_on=TODAY,
            amount=amount,
            source_key=key,
            text="TRSF SARI",
            now=NOON,
        ).id


def test_a_transfer_asks_for_the_orders_and_a_code_on_top(db: Database, placed: Placed) -> None:
    with db.reading() as session:
        (bill,) = payments_of(session, placed.purchase_id)
    assert 1 <= bill.unique_code <= 999
    assert bill.amount == bill.orders_total + bill.unique_code == placed.amount
    assert (bill.provider, bill.number, bill.holder) == ("Bank Contoh", "0012345678", "Lumbung")
    assert (bill.received, bill.missing) == (0, placed.amount)


def test_other_methods_carry_no_code(db: Database, placed: Placed) -> None:
    payee_id = make_payee(db)
    with db.writing() as session:
        payment = open_payment(
            session,
            purchase_id=placed.purchase_id,
            method=Method.CARD,
            payee_id=payee_id,
            orders={placed.order_ids[0]: 5_000},
            due_at=NOON,
            now=NOON,
        )
        assert (payment.unique_code, payment.amount) == (0, 5_000)
        assert not session.get_one(Payment, payment.id).code_held


def test_bills_of_one_amount_never_ask_for_the_same(db: Database, gayo: Goods) -> None:
    amounts = {make_purchase(db, {gayo: 2}).amount for _ in range(30)}
    assert len(amounts) == 30


def fill(db: Database, placed: Placed, leave: set[int]) -> None:
    """Take every code of this total except a few."""
    payee_id = make_payee(db)
    total = placed.orders_total
    with db.writing() as session:
        taken = set(session.scalars(select(Payment.amount - total)))
        session.add_all(
            Payment(
                code=f"isi-{code}",
                purchase_id=placed.purchase_id,
                payee_id=payee_id,
                method=Method.TRANSFER,
                state=PaymentState.OPEN,
                orders_total=total,
                unique_code=code,
                amount=total + code,
                code_held=True,
                due_at=NOON,
                created_at=NOON,
            )
            for code in range(1, 1_000)
            if code not in taken | leave
        )


def test_the_last_free_code_is_found_and_then_there_is_none(
    db: Database, gayo: Goods, placed: Placed
) -> None:
    fill(db, placed, leave={477})
    taken = placed.amount - placed.orders_total
    if taken != 477:
        assert make_purchase(db, {gayo: 2}).amount == placed.orders_total + 477
    with pytest.raises(NoFreeCode):
        make_purchase(db, {gayo: 2})
    assert make_purchase(db, {gayo: 3}).amount > 0


def test_a_code_rests_for_seven_days_after_its_bill_closed(db: Database, placed: Placed) -> None:
    with db.writing() as session:
        payment = session.get_one(Payment, placed.payment_id)
        move(session, payment, PaymentState.LAPSED, expected=(PaymentState.OPEN,), now=NOON)
        assert release_codes(session, NOON + 7 * DAY - timedelta(seconds=1)) == 0
        assert release_codes(session, NOON + 7 * DAY) == 1
        session.refresh(payment)
        assert not payment.code_held


def test_the_database_refuses_the_same_amount_twice(db: Database, gayo: Goods) -> None:
    first, second = make_purchase(db, {gayo: 2}), make_purchase(db, {gayo: 2})
    with pytest.raises(IntegrityError), db.writing() as session:
        session.execute(
            update(Payment)
            .where(Payment.id == second.payment_id)
            .values(amount=first.amount, unique_code=first.amount - first.orders_total)
        )


def test_a_payment_moves_only_from_where_it_is_expected(db: Database, placed: Placed) -> None:
    with db.writing() as session:
        payment = session.get_one(Payment, placed.payment_id)
        open_, lapsed = PaymentState.OPEN, PaymentState.LAPSED
        assert move(session, payment, lapsed, expected=(open_,), now=NOON) is open_
        assert move(session, payment, PaymentState.CANCELLED, expected=(open_,), now=NOON) is None
        paid = PaymentState.PAID
        assert move(session, payment, paid, expected=(open_, lapsed), now=NOON) is lapsed
        assert (payment.paid_at, payment.closed_at) == (NOON, NOON)


def test_the_same_line_of_a_statement_is_one_receipt(db: Database) -> None:
    assert receive(db, 5_000) == receive(db, 5_000)
    assert receive(db, 5_000, "mutasi:2") != receive(db, 5_000)
    with pytest.raises(ReceiptUsed) as used:
        receive(db, 6_000)
    assert used.value.amount == 5_000
    with db.reading() as session:
        assert session.scalars(select(ReceiptText.text)).first() == "TRSF SARI"


def test_a_receipt_pays_several_bills_but_never_more_than_came(db: Database, gayo: Goods) -> None:
    one, two = make_purchase(db, {gayo: 1}), make_purchase(db, {gayo: 1})
    receipt_id = receive(db, one.amount + two.amount)
    with db.writing() as session:
        receipt = session.get_one(Receipt, receipt_id)
        for placed in (one, two):
            payment = session.get_one(Payment, placed.payment_id)
            match(session, receipt, payment, placed.amount, person_id=None, now=NOON)
            assert received_for(session, placed.payment_id) == placed.amount
        assert left_of(session, receipt_id) == 0
        first = session.get_one(Payment, one.payment_id)
        with pytest.raises(OverMatched):
            match(session, receipt, first, 1, person_id=None, now=NOON)
    assert broken(db) == {}


def test_a_receipt_can_be_taken_back_while_nothing_leans_on_it(
    db: Database, placed: Placed
) -> None:
    receipt_id = receive(db, 5_000)
    with db.writing() as session:
        receipt = session.get_one(Receipt, receipt_id)
        payment = session.get_one(Payment, placed.payment_id)
        match(session, receipt, payment, 5_000, person_id=None, now=NOON)
        set_aside(session, receipt, now=NOON)
        assert balance_of(session, AccountKind.UNRECOGNISED) == -5_000
        assert void(session, receipt, now=NOON, person_id=None)
        assert not void(session, receipt, now=NOON, person_id=None)
        assert balance_of(session, AccountKind.UNRECOGNISED) == 0
        assert received_for(session, payment.id) == 0
        assert left_of(session, receipt_id) == 0
    assert broken(db) == {}


@pytest.mark.parametrize("table", ["receipts", "receipt_matches", "receipt_voids"])
def test_receipts_are_never_edited(db: Database, placed: Placed, table: str) -> None:
    receipt_id = receive(db, 5_000)
    with db.writing() as session:
        receipt = session.get_one(Receipt, receipt_id)
        payment = session.get_one(Payment, placed.payment_id)
        match(session, receipt, payment, 5_000, person_id=None, now=NOON)
        set_aside(session, receipt, now=NOON)
        void(session, receipt, now=NOON, person_id=None)
    with pytest.raises(DBAPIError, match="only grows"), db.writing() as session:
        session.execute(text(f"DELETE FROM {table}"))


def test_a_refund_is_promised_once_for_each_cause(db: Database, placed: Placed) -> None:
    for _ in range(2):
        with db.writing() as session:
            request_refund(
                session,
                key="ditolak:GYO-26-000001",
                payment_id=placed.payment_id,
                order=session.get_one(Order, placed.order_ids[0]),
                amount=102_000,
                reason="refused",
                bearer=PLATFORM,
                now=NOON,
            )
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Refund)) == 1
        assert balance_of(session, AccountKind.REFUND_DUE) == -102_000


def test_only_a_verified_open_account_of_the_operator_is_paid_to(db: Database) -> None:
    gayo = make_cooperative(db)
    with db.writing() as session:
        assert operator_payee(session, PayeeKind.BANK) is None
        for verified_at, cooperative_id in ((None, None), (NOON, gayo.id)):
            add_payee(
                session,
                kind=PayeeKind.BANK,
                provider="Bank Contoh",
                number="1",
                holder="Lumbung",
                verified_at=verified_at,
                cooperative_id=cooperative_id,
            )
        assert operator_payee(session, PayeeKind.BANK) is None
    payee_id = make_payee(db)
    with db.reading() as session:
        found = operator_payee(session, PayeeKind.QRIS)
        assert found is None
    assert payee_id > 0


def test_the_worklist_goes_on_page_by_page(db: Database, gayo: Goods) -> None:
    codes = [make_purchase(db, {gayo: 1}).payment_code for _ in range(26)]
    with db.reading() as session:
        first = waiting(session)
        second = waiting(session, after=first.next_cursor)
        assert waiting(session, after="ngawur").rows == first.rows
    assert [row.code for row in (*first.rows, *second.rows)] == codes
    assert first.rows[0].cooperatives == ("Gayo",)


def test_an_unknown_code_is_no_payment(db: Database) -> None:
    with db.reading() as session, pytest.raises(NoSuchPayment):
        payment_by_code(session, "tidak-ada")


@given(
    parts=st.lists(
        st.tuples(st.integers(1, 10**7), st.integers(0, 10**5)), min_size=1, max_size=12
    ),
    cost=st.integers(0, 10**6),
    ours=st.booleans(),
)
def test_dividing_the_cost_loses_no_rupiah(
    parts: list[tuple[int, int]], cost: int, ours: bool
) -> None:
    divided = divide_cost(parts, cost, delivery_is_ours=ours)
    assert sum(goods + delivery for goods, delivery in divided) == cost
    assert all(share >= 0 for pair in divided for share in pair)
    assert ours or all(delivery == 0 for _, delivery in divided)


def test_the_worked_division_of_a_gateway_fee() -> None:
    parts = [(90_000, 12_000), (65_000, 15_000)]
    assert divide_cost(parts, 5_460, delivery_is_ours=False) == ((3_060, 0), (2_400, 0))
    assert divide_cost(parts, 5_460, delivery_is_ours=True) == ((2_700, 360), (1_950, 450))
