"""Whatever happens in whatever order: no pack is sold twice, no rupiah is lost.

A search over placements, money (right, short, late, twice), lapses and recounts; in the end it
asks what `lumbung verify` asks.
"""

import hypothesis
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy import func, select

from shop.catalog.inventory.actions import adjust
from shop.catalog.inventory.errors import BelowHeld, InsufficientStock
from shop.catalog.inventory.models import MovementReason
from shop.checkout.confirmation.actions import Allowance, Outcome, confirm_money, use_receipt
from shop.checkout.expiry import actions as expiry
from shop.core.database.engine import Database
from shop.payments.bills.actions import release_codes
from shop.payments.bills.models import Receipt
from shop.payments.ledger.models import AccountKind, LedgerPosting
from shop.payments.ledger.queries import balance_of
from shop.payments.transfers.queries import unrecognised
from shop.sales.orders.models import Order, OrderLine, OrderState, Purchase
from tests.conftest import STEPS
from tests.factories import (
    DAY,
    NOON,
    Placed,
    make_contact,
    make_cooperative,
    make_goods,
    make_payee,
    place,
    shelf,
)
from tests.support.books import broken
from tests.support.databases import Templates
from tests.support.engines import Engine

amounts_off = st.sampled_from([0, 0, 0, -356, -5_000, 1, 70_000])
allowances = st.sampled_from([None, None, *Allowance])


class Market(RuleBasedStateMachine):
    """Two cooperatives with few goods, shoppers who pay or do not, one person who confirms."""

    bills: Bundle[Placed] = Bundle("bills")
    templates: Templates
    engine: Engine

    def __init__(self) -> None:
        super().__init__()
        self._copy = self.templates.copy(self.engine)
        self.db = Database(self._copy.__enter__())
        self.now = NOON
        self.receipts = 0
        self.goods = [
            make_goods(self.db, make_cooperative(self.db), on_hand=3),
            make_goods(self.db, make_cooperative(self.db, "KPS", "Koperasi Kintamani"), on_hand=2),
        ]
        self.contact_id, self.payee_id = make_contact(self.db), make_payee(self.db)

    def teardown(self) -> None:
        try:
            # Books only grow: what broke at any step is still broken at the end.
            assert broken(self.db) == {}
        finally:
            self.db.dispose()
            self._copy.__exit__(None, None, None)

    @rule(target=bills, packs=st.tuples(st.integers(0, 2), st.integers(0, 2)))
    def buy(self, packs: tuple[int, int]) -> Placed | hypothesis.stateful.MultipleResults[Placed]:
        wanted = {goods: count for goods, count in zip(self.goods, packs, strict=True) if count}
        if not wanted:
            return hypothesis.stateful.multiple()
        enough = all(shelf(self.db, goods).available >= wanted[goods] for goods in wanted)
        try:
            with self.db.writing() as session:
                purchase, payment = place(
                    session,
                    wanted,
                    contact_id=self.contact_id,
                    payee_id=self.payee_id,
                    now=self.now,
                )
        except InsufficientStock:
            assert not enough
            return hypothesis.stateful.multiple()
        assert enough
        return Placed(
            purchase.id,
            purchase.code,
            payment.id,
            payment.code,
            payment.amount,
            purchase.orders_total,
            tuple(order.id for order in purchase.orders),
            tuple(order.number for order in purchase.orders),
        )

    @rule(bill=bills, off=amounts_off, allowance=allowances, again=st.booleans())
    def money(self, bill: Placed, off: int, allowance: Allowance | None, again: bool) -> None:
        self.receipts += 1
        outcomes = []
        for _ in range(1 + again):
            with self.db.writing() as session:
                outcomes.append(
                    confirm_money(
                        session,
                        payment_code=bill.payment_code,
                        amount=bill.amount + off,
                        received_on=NOON.date(),
                        source_key=f"form:{self.receipts}",
                        allowance=allowance,
                        person_id=None,
                        now=self.now,
                    ).outcome
                )
        if Outcome.PAID in outcomes:
            with self.db.reading() as session:
                states = session.scalars(
                    select(Order.state).where(Order.id.in_(bill.order_ids))
                ).all()
            assert set(states) <= {OrderState.NEW, OrderState.CANCELLED}

    @rule(bill=bills, allowance=allowances)
    def find_a_bill_for_unknown_money(self, bill: Placed, allowance: Allowance | None) -> None:
        with self.db.writing() as session:
            unknown = unrecognised(session)
            if unknown:
                use_receipt(
                    session,
                    payment_code=bill.payment_code,
                    source_key=unknown[0].source_key,
                    allowance=allowance,
                    person_id=None,
                    now=self.now,
                )

    @rule(hours=st.integers(1, 30))
    def time_passes(self, hours: int) -> None:
        self.now += hours * DAY / 24
        with self.db.writing() as session:
            expiry.expire_due_payments(session, self.now)
            release_codes(session, self.now)

    @rule(bill=bills)
    def call_off(self, bill: Placed) -> None:
        with self.db.writing() as session:
            purchase = session.get_one(Purchase, bill.purchase_id)
            expiry.cancel_unpaid(session, purchase, now=self.now)

    @rule(which=st.integers(0, 1), counted=st.integers(0, 6))
    def recount(self, which: int, counted: int) -> None:
        goods = self.goods[which]
        reserved = shelf(self.db, goods).reserved
        try:
            with self.db.writing() as session:
                adjust(
                    session,
                    variant_id=goods.variant_id,
                    cooperative_id=goods.cooperative.id,
                    counted=counted,
                    reason=MovementReason.COUNTED,
                    person_id=None,
                    now=self.now,
                )
        except BelowHeld:
            assert counted < reserved
        else:
            assert counted >= reserved

    @precondition(lambda self: self.receipts)
    @invariant()
    def every_rupiah_that_came_stands_somewhere(self) -> None:
        with self.db.reading() as session:
            came = session.scalar(select(func.sum(Receipt.amount)))
            assert balance_of(session, AccountKind.BANK) == came
            assert session.scalar(select(func.sum(LedgerPosting.amount))) == 0
            held = -balance_of(session, AccountKind.ESCROW)
            to_do = session.scalar(
                select(func.sum(Order.total)).where(Order.state == OrderState.NEW)
            )
            assert held == (to_do or 0)

    @invariant()
    def held_packs_are_those_of_unpaid_orders(self) -> None:
        with self.db.reading() as session:
            rows = session.execute(
                select(OrderLine.variant_id, func.sum(OrderLine.packs))
                .join(Order, Order.id == OrderLine.order_id)
                .where(Order.state == OrderState.UNPAID)
                .group_by(OrderLine.variant_id)
            ).all()
        waiting = {row[0]: row[1] for row in rows}
        for goods in self.goods:
            assert shelf(self.db, goods).reserved == waiting.get(goods.variant_id, 0)


@pytest.mark.soak
def test_no_order_of_events_breaks_the_books(templates: Templates, engine: Engine) -> None:
    Market.templates, Market.engine = templates, engine
    share = 45 if engine == "sqlite" else 400  # each engine's part of the steps
    hypothesis.stateful.run_state_machine_as_test(
        Market, settings=hypothesis.settings(max_examples=max(STEPS // share, 5))
    )
