"""Two at once, and fifty at once: the last pack, the last code, one settlement.

Each guard has a control beside it that takes the guard away and shows the race; without it
nobody would know that these tests test anything.
"""

from collections import Counter

import pytest
from sqlalchemy import func, select

from shop.catalog.inventory.models import HoldState, StockHold, StockItem
from shop.core.database.engine import Database
from shop.payments.bills.models import Payment, PaymentState, Receipt
from shop.payments.ledger.models import AccountKind, LedgerEntry
from shop.payments.ledger.queries import balance_of
from shop.payments.transfers.actions import match, record_receipt
from shop.sales.orders.models import Order, OrderState
from tests.factories import (
    NOON,
    Goods,
    Placed,
    make_contact,
    make_cooperative,
    make_goods,
    make_payee,
    make_purchase,
    shelf,
)
from tests.races.crowd import Crowd
from tests.races.unguarded import Unguarded
from tests.support.books import broken
from tests.support.effort import effort

BUYERS = 50
ROUNDS = effort("RACE_ROUNDS", short=3, soak=20)
DELIVERIES = 22


@pytest.fixture
def gayo(db: Database) -> Goods:
    return make_goods(db, make_cooperative(db), on_hand=90)


@pytest.fixture
def kintamani(db: Database) -> Goods:
    other = make_cooperative(db, "KPS", "Koperasi Kintamani")
    return make_goods(db, other, price=65_000, on_hand=90)


def paid_for(db: Database, placed: Placed) -> None:
    """The money is on the account; nobody has settled it yet."""
    with db.writing() as session:
        payment = session.get_one(Payment, placed.payment_id)
        receipt = record_receipt(
            session,
            payee_id=payment.payee_id,
            received_on=NOON.date(),
            amount=payment.amount,
            source_key=f"mutasi:{payment.id}",
            now=NOON,
        )
        match(session, receipt, payment, payment.amount, person_id=None, now=NOON)


# ------------------------------------------------------------------ the last pack


@pytest.mark.soak
def test_fifty_buyers_of_the_last_pack_are_one_winner(
    db: Database, database_url: str, crowd: Crowd
) -> None:
    for _ in range(ROUNDS):
        last = make_goods(db, on_hand=1)
        acts = [
            {"do": "hold", "variant_id": last.variant_id, "holder": f"pembeli-{buyer}"}
            for buyer in range(BUYERS)
        ]
        assert Counter(crowd.together(database_url, acts)) == {"held": 1, "short": BUYERS - 1}
        assert shelf(db, last).reserved == 1
    assert broken(db) == {}


def test_exactly_the_stock_is_sold(db: Database, database_url: str, crowd: Crowd) -> None:
    few = make_goods(db, on_hand=7)
    acts = [
        {"do": "hold", "variant_id": few.variant_id, "holder": f"pembeli-{buyer}"}
        for buyer in range(BUYERS)
    ]
    assert Counter(crowd.together(database_url, acts)) == {"held": 7, "short": BUYERS - 7}
    assert shelf(db, few).available == 0
    assert broken(db) == {}


def test_without_the_guard_the_last_pack_is_promised_many_times(
    db: Database, database_url: str
) -> None:
    """The control: look first, write afterwards, no condition in the UPDATE, no IMMEDIATE."""
    last = make_goods(db, on_hand=1)

    def buy(unguarded: Unguarded, buyer: int) -> None:
        with unguarded.session() as session:
            item = session.get_one(StockItem, last.variant_id)
            free, reserved = item.on_hand - item.reserved, item.reserved
        unguarded.all_have_looked.wait()
        if free >= 1:
            with unguarded.session() as session, session.begin():
                session.get_one(StockItem, last.variant_id).reserved = reserved + 1
                hold = StockHold(
                    variant_id=last.variant_id, packs=1, holder=f"pembeli-{buyer}", until=NOON
                )
                session.add(hold)

    Unguarded(database_url).race(buy)
    with db.reading() as session:
        held = select(func.count()).where(StockHold.state == HoldState.HELD)
        assert session.scalar(held) == Unguarded.RACERS
    assert "stock_reserved_is_its_holds" in broken(db)


# ------------------------------------------------------------------ placing


def test_carts_in_opposite_order_never_wait_for_each_other(
    db: Database, database_url: str, crowd: Crowd, gayo: Goods, kintamani: Goods
) -> None:
    contact_id, payee_id = make_contact(db), make_payee(db)
    there = [gayo.variant_id, kintamani.variant_id]
    acts = [
        {
            "do": "place",
            "variant_ids": there if buyer % 2 else there[::-1],
            "contact_id": contact_id,
            "payee_id": payee_id,
        }
        for buyer in range(40)
    ]
    answers = crowd.together(database_url, acts)
    assert [answer for answer in answers if answer.startswith("fault")] == []
    amounts = {answer.split()[0] for answer in answers}
    numbers = [number for answer in answers for number in answer.split()[1:]]
    assert len(amounts) == 40  # unique codes
    assert sorted(numbers) == sorted(
        f"{code}-26-{count:06d}" for code in ("GYO", "KPS") for count in range(1, 41)
    )
    assert shelf(db, gayo).reserved == shelf(db, kintamani).reserved == 40
    assert broken(db) == {}


# ------------------------------------------------------------------ settling


def test_twenty_two_deliveries_of_one_payment_are_one_settlement(
    db: Database, database_url: str, crowd: Crowd, gayo: Goods, kintamani: Goods
) -> None:
    placed = make_purchase(db, {gayo: 2, kintamani: 1})
    paid_for(db, placed)
    acts = [{"do": "settle", "payment_id": placed.payment_id}] * DELIVERIES
    assert Counter(crowd.together(database_url, acts)) == {"settled": 1, "repeat": DELIVERIES - 1}
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(LedgerEntry)) == 1
    assert shelf(db, gayo).on_hand == 88
    assert broken(db) == {}


def test_without_the_guard_a_payment_is_posted_by_everybody_who_looks(
    db: Database, database_url: str, gayo: Goods
) -> None:
    """The control: the state is looked at before writing, and the cause is not unique."""
    placed = make_purchase(db, {gayo: 2})

    def settle(unguarded: Unguarded, delivery: int) -> None:
        with unguarded.session() as session:
            is_open = session.get_one(Payment, placed.payment_id).state is PaymentState.OPEN
        unguarded.all_have_looked.wait()
        if is_open:
            with unguarded.session() as session, session.begin():
                session.get_one(Payment, placed.payment_id).state = PaymentState.PAID
                session.add(
                    LedgerEntry(reason=f"{placed.code}:{delivery}", kind="payment", at=NOON)
                )

    Unguarded(database_url).race(settle)
    with db.reading() as session:
        posted = session.scalar(select(func.count()).select_from(LedgerEntry))
    assert posted == Unguarded.RACERS


def test_one_form_sent_many_times_at_once_is_one_receipt(
    db: Database, database_url: str, crowd: Crowd, gayo: Goods
) -> None:
    placed = make_purchase(db, {gayo: 1})
    act = {
        "do": "confirm",
        "payment_code": placed.payment_code,
        "amount": placed.amount,
        "token": "a" * 22,
    }
    assert Counter(crowd.together(database_url, [act] * DELIVERIES)) == {"paid": DELIVERIES}
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Receipt)) == 1
        assert balance_of(session, AccountKind.BANK) == placed.amount
    assert broken(db) == {}


def test_two_people_confirming_the_same_money_leave_the_second_unknown(
    db: Database, database_url: str, crowd: Crowd, gayo: Goods
) -> None:
    placed = make_purchase(db, {gayo: 1})
    acts = [
        {
            "do": "confirm",
            "payment_code": placed.payment_code,
            "amount": placed.amount,
            "token": str(one) * 22,
        }
        for one in range(8)
    ]
    assert Counter(crowd.together(database_url, acts)) == {"paid": 1, "twice": 7}
    with db.reading() as session:
        assert balance_of(session, AccountKind.UNRECOGNISED) == -7 * placed.amount
    assert broken(db) == {}


@pytest.mark.parametrize("other", ["lapse", "cancel"])
def test_money_that_is_typed_while_its_bill_ends_waits_for_nobody(
    db: Database, database_url: str, crowd: Crowd, gayo: Goods, kintamani: Goods, other: str
) -> None:
    bills = [make_purchase(db, {gayo: 1, kintamani: 1}) for _ in range(10)]
    key = {"lapse": "payment_id", "cancel": "purchase_id"}[other]
    acts: list[dict[str, object]] = []
    for number, placed in enumerate(bills):
        typed = {"payment_code": placed.payment_code, "amount": placed.amount}
        acts.append({"do": "confirm", **typed, "token": f"{number:022d}"})
        acts.append({"do": other, key: getattr(placed, key)})
    answers = Counter(crowd.together(database_url, acts))
    assert not [one for one in answers if one.startswith("fault")], answers
    assert answers["paid"] + answers["returned"] == len(bills), answers
    assert broken(db) == {}


@pytest.mark.parametrize("other", ["lapse", "cancel"])
def test_money_and_the_end_of_a_bill_at_once_never_lose_either(
    db: Database, database_url: str, crowd: Crowd, gayo: Goods, kintamani: Goods, other: str
) -> None:
    bills = [make_purchase(db, {gayo: 1, kintamani: 1}) for _ in range(10)]
    acts: list[dict[str, object]] = []
    for placed in bills:
        paid_for(db, placed)
        acts.append({"do": "settle", "payment_id": placed.payment_id})
        key = {"lapse": "payment_id", "cancel": "purchase_id"}[other]
        acts.append({"do": other, key: getattr(placed, key)})
    answers = Counter(crowd.together(database_url, acts))
    assert answers["settled"] == len(bills)
    ended = answers["lapsed"] + answers["cancelled"]
    assert ended + answers["left"] == len(bills)
    with db.reading() as session:
        states = Counter(session.scalars(select(Order.state)))
        refunds = -balance_of(session, AccountKind.REFUND_DUE)
        escrow = -balance_of(session, AccountKind.ESCROW)
        codes = -balance_of(session, AccountKind.UNIQUE_CODE)
    # Late money takes the goods again; money for what was called off goes back.
    called_off = answers["cancelled"]
    assert states == Counter(
        {OrderState.NEW: 2 * (len(bills) - called_off)}
        | ({OrderState.CANCELLED: 2 * called_off} if called_off else {})
    )
    assert refunds + escrow + codes == sum(placed.amount for placed in bills)
    assert shelf(db, gayo).on_hand == 90 - (len(bills) - called_off)
    assert shelf(db, gayo).reserved == 0
    assert broken(db) == {}
