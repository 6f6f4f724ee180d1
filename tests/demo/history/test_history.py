"""A year of trade, made by the verbs of the pages: as full as promised, with the books in order."""

from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from demo.history.plan import SHOWN_AT
from demo.market.accounts import SHOPPERS
from demo.market.csv_lists import rows
from shop.catalog.inventory.models import StockItem
from shop.catalog.products.models import Product, Variant
from shop.cli.invariants import checks
from shop.core.database.engine import Database
from shop.core.database.schema import Base, UtcDateTime
from shop.core.values import clock
from shop.core.values.money import allocate
from shop.fulfilment.collecting.models import LineReceipt
from shop.fulfilment.collecting.queries import lines_to_collect
from shop.fulfilment.collecting.rules import LineState
from shop.fulfilment.deadlines.timeouts import (
    given_up,
    left_behind,
    long_on_the_way,
    unanswered,
    unfetched,
)
from shop.fulfilment.documents.models import IssuedDocument
from shop.fulfilment.documents.rules import DocumentKind
from shop.fulfilment.exceptions.queries import missed_orders
from shop.fulfilment.orders.rules import NOT_ARRIVED
from shop.payments.bills.models import Method, Payment, PaymentState, Refund, RefundState
from shop.payments.cards.models import AttemptState, PaymentAttempt
from shop.payments.cash.models import CashDue, CashState
from shop.payments.ledger.models import AccountKind, LedgerAccount, LedgerEntry, LedgerPosting
from shop.payments.ledger.queries import balance_of
from shop.people.accounts.models import Person
from shop.people.cooperatives.models import Cooperative
from shop.sales.orders.models import (
    Order,
    OrderEvent,
    OrderLine,
    OrderState,
    Parcel,
    Purchase,
    ShortOffer,
)
from shop.sales.orders.rules import SHORT_ASKED
from shop.services.outbox.models import JobState, OutboxJob
from shop.shipping.places.models import Address
from tests.demo.conftest import load_into
from tests.support.engines import BOOKS


@pytest.mark.only_on("sqlite", because=BOOKS)
def test_the_year_is_as_full_as_promised(lived: Database) -> None:
    with lived.reading() as session:
        parts = Counter(session.scalars(select(Order.purchase_id)))
        assert len(parts) >= 120
        assert sum(count > 1 for count in parts.values()) >= 20
        states = Counter(session.scalars(select(Order.state)))
        assert {state: states[state] for state in OrderState if states[state] < 3} == {}
        cash = Counter(session.scalars(select(CashDue.state)))
        moving = (state for state in CashState if state is not CashState.DROPPED)
        assert {state: cash[state] for state in moving if cash[state] < 3} == {}
        sellers = Counter(session.scalars(select(Order.cooperative_id)))
        assert len(sellers) == 12
        busy = set(
            session.scalars(select(Order.cooperative_id).where(Order.state == OrderState.NEW))
        )
        assert busy == set(sellers)
        places = set(
            session.scalars(
                select(Address.province).join(Purchase, Purchase.address_id == Address.id)
            )
        )
        assert len(places) >= 15
        months = {at.strftime("%Y-%m") for at in session.scalars(select(Purchase.placed_at))}
        assert len(months) in (12, 13)  # a year that begins inside a month touches thirteen


@pytest.mark.only_on("sqlite", because=BOOKS)
def test_the_year_shows_what_members_bring_a_batch_to_call_back_and_invoices(
    lived: Database,
) -> None:
    with lived.reading() as session:
        places = session.scalars(select(Cooperative.id)).all()
        lines = [line for one in places for line in lines_to_collect(session, one, clock.now())]
        assert {line.state for line in lines} == {LineState.ASKED, LineState.READY}
        assert any(line.received for line in lines)
        out = select(LineReceipt.batch_id).join(
            OrderLine, OrderLine.id == LineReceipt.order_line_id
        )
        out = out.join(Order).where(Order.state == OrderState.ON_THE_WAY)
        assert session.scalars(out).first() is not None
        accepted = select(func.count()).where(Order.accepted_at.is_not(None))
        invoices = select(func.count()).where(IssuedDocument.kind == DocumentKind.INVOICE)
        assert session.scalar(invoices) == session.scalar(accepted)


@pytest.mark.only_on("sqlite", because=BOOKS)
def test_the_year_shows_two_parcels_a_choice_and_a_missed_parcel_to_who_can_sign_in(
    lived: Database,
) -> None:
    with lived.reading() as session:
        mine = select(Order).join(Purchase).where(Purchase.person_id.is_not(None))
        gayo = mine.join(Cooperative, Cooperative.id == Order.cooperative_id)
        gayo = gayo.where(Cooperative.code == SHOWN_AT)
        on_the_way = session.scalars(gayo.where(Order.state == OrderState.ON_THE_WAY)).all()
        told = [
            [parcel.arrived_at is not None for parcel in session.scalars(parcels_of(order))]
            for order in on_the_way
        ]
        assert [True, False] in told
        asked = session.scalars(gayo.where(Order.needs == SHORT_ASKED)).one()
        assert session.get_one(ShortOffer, asked.id).answered_at is None
        assert [one.number for one in missed_orders(session)] == [
            session.scalars(gayo.where(Order.needs == NOT_ARRIVED)).one().number
        ]


@pytest.mark.only_on("sqlite", because=BOOKS)
def test_both_shoppers_with_accounts_find_past_orders_and_their_addresses(lived: Database) -> None:
    with lived.reading() as session:
        for mail, _name, _phone in SHOPPERS:
            mine = (
                select(Purchase.id)
                .join(Person, Person.id == Purchase.person_id)
                .where(Person.email_login == mail)
            )
            ids = session.scalars(mine).all()
            assert len(ids) >= 6
            states = session.scalars(select(Order.state).where(Order.purchase_id.in_(ids)))
            assert len(set(states)) >= 4


def test_the_books_of_the_year_are_in_order(lived: Database) -> None:
    with lived.reading() as session:
        assert {name: check for name, check in checks(session).items() if not check["ok"]} == {}
        assert balance_of(session, AccountKind.FEE_INCOME) < 0
        assert balance_of(session, AccountKind.MEMBER_DUE) < 0


def test_as_much_can_be_bought_as_the_file_says(lived: Database) -> None:
    wanted = {row["sku"]: int(row["stok"]) for row in rows("products")}
    found: dict[str, list[int]] = defaultdict(list)
    with lived.reading() as session:
        for sku, free in session.execute(
            select(Product.sku, StockItem.on_hand - StockItem.reserved)
            .join(Variant, Variant.product_id == Product.id)
            .join(StockItem, StockItem.variant_id == Variant.id)
            .order_by(Variant.product_id, Variant.position)
        ):
            found[sku].append(free)
    shared = {sku: list(allocate(wanted[sku], [1] * len(found[sku]))) for sku in wanted}
    assert dict(found) == shared


@pytest.mark.only_on("sqlite", because=BOOKS)
def test_order_numbers_have_no_gap_and_follow_time(lived: Database) -> None:
    with lived.reading() as session:
        series: dict[str, list[int]] = defaultdict(list)
        for number in session.scalars(select(Order.number).order_by(Order.placed_at, Order.id)):
            start, _, count = number.rpartition("-")
            series[start].append(int(count))
    assert all(counts == list(range(1, len(counts) + 1)) for counts in series.values())
    assert len({start.partition("-")[0] for start in series}) == 12


def test_nothing_lies_in_the_future_and_events_follow_time(lived: Database) -> None:
    now = clock.now()
    promises = {"due_at", "hold_until", "until", "accept_by", "answer_by", "ship_by"}
    promises |= {"expires_at", "run_at"}
    with lived.reading() as session:
        for table in Base.metadata.sorted_tables:
            for column in table.columns:
                if isinstance(column.type, UtcDateTime) and column.name not in promises:
                    latest: Any = session.scalar(select(func.max(column)))
                    assert latest is None or latest <= now, f"{table.name}.{column.name}"
        times = session.scalars(select(OrderEvent.at).order_by(OrderEvent.id)).all()
    assert times == sorted(times)


@pytest.mark.only_on("sqlite", because=BOOKS)
def test_the_first_worker_ends_nothing_and_finds_few_letters(lived: Database) -> None:
    now = clock.now()
    with lived.reading() as session:
        assert session.scalar(select(func.min(Payment.due_at)).where(Payment.closed_at.is_(None)))
        waits = Payment.state == PaymentState.OPEN
        due = select(func.count()).where(waits, Payment.due_at <= now)
        assert session.scalar(due) == 0
        waiting = select(func.count()).where(OutboxJob.state == JobState.WAITING)
        assert 0 < (session.scalar(waiting.where(OutboxJob.kind == "notice")) or 0) < 250


@pytest.mark.only_on("sqlite", because=BOOKS)
def test_cards_were_paid_at_the_double_and_went_back_to_it(lived: Database) -> None:
    with lived.reading() as session:
        paid = session.scalars(
            select(Payment).where(Payment.method == Method.CARD, Payment.state == PaymentState.PAID)
        ).all()
        assert len(paid) >= 40
        tries = session.scalars(select(PaymentAttempt)).all()
        assert {one.state for one in tries} == {AttemptState.PAID}
        # What a card cost is known, and stands in the books beside its payment.
        assert all(one.cost for one in tries)
        late = session.scalar(
            select(func.count())
            .select_from(LedgerPosting)
            .join(LedgerEntry, LedgerEntry.id == LedgerPosting.entry_id)
            .join(LedgerAccount, LedgerAccount.id == LedgerPosting.account_id)
            .where(LedgerEntry.kind == "payment-cost")
            .where(LedgerAccount.kind == AccountKind.COOPERATIVE_DUE)
        )
        assert late == 0, "a cost was learned after the order was done"
        back = session.scalars(
            select(Refund).where(Refund.payment_id.in_([one.id for one in paid]))
        ).all()
        assert back
        assert {one.state for one in back} == {RefundState.DONE}


def test_the_worker_ends_nothing_of_the_demo_when_it_opens(lived: Database) -> None:
    with lived.reading() as session:
        today = session.scalar(select(func.max(OrderEvent.at)))
        assert today is not None
        for find in (unanswered, given_up, long_on_the_way, unfetched, left_behind):
            assert find(session, today) == (), find.__name__


def parcels_of(order: Order) -> Any:
    """The parcels of an order as they left."""
    return select(Parcel).where(Parcel.order_id == order.id).order_by(Parcel.id)


def test_loading_the_year_again_adds_nothing(lived: Database, var_dir: Path) -> None:
    def content() -> dict[str, list[str]]:
        with lived.reading() as session:
            return {
                table.name: sorted(repr(tuple(row)) for row in session.execute(select(table)))
                for table in Base.metadata.sorted_tables
                if table.name != "regions"
            }

    before = content()
    load_into(lived, var_dir)
    after = content()
    assert {name for name in before if before[name] != after[name]} == set()
