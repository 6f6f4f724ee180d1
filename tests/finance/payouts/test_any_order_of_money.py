"""Whatever is paid, called off, given back, disputed and paid out in whatever order: books hold.

A search over sequences of the real actions. After each step the ledger is at zero, no more went
back than came, no cooperative was paid more than it was owed; at the end it asks all that
``lumbung verify`` asks, and whether each voucher's money stands where it belongs.

``MONEY_SEQUENCES`` says how many; many need ``-o faulthandler_timeout=0``, too.
"""

from functools import partial
from typing import Any

import hypothesis
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule
from sqlalchemy import func, select, union_all
from sqlalchemy.orm import Session

from shop.cli.invariants import checks
from shop.core.database.engine import Database
from shop.core.values.money import Rupiah
from shop.finance.payouts import actions as payouts
from shop.finance.payouts import invariants as payouts_verified
from shop.finance.payouts.models import Payout, PayoutBatch
from shop.payments.bills.models import Payment, ReceiptMatch, ReceiptReturn, Refund, RefundState
from shop.payments.bills.voucher_money import KINDS as VOUCHERS
from shop.payments.cards.actions import HAS_MONEY
from shop.payments.cards.disputes import choose_order
from shop.payments.cards.gateway import DisputeProgress, DisputeSeen
from shop.payments.cards.models import Dispute, PaymentAttempt
from shop.payments.ledger.models import AccountKind, LedgerAccount, LedgerEntry, LedgerPosting
from shop.payments.ledger.queries import balance_of
from shop.sales.orders.models import Order, OrderLine, OrderState
from shop.sales.orders.rules import ENDS, discount_of
from tests.finance.payouts.money_back import GivingBack
from tests.finance.payouts.money_town import build
from tests.finance.payouts.money_trade import packs, vouchers, which
from tests.support.databases import Templates
from tests.support.effort import effort
from tests.support.engines import Engine

SEQUENCES = effort("MONEY_SEQUENCES", short=0, soak=300)
FEW = {"sqlite": 12, "postgresql": 2}
"""Sequences of a run where nothing is said."""
STEPS = 12


class Money(GivingBack):
    """The same town, with banks that take money back and payouts."""

    seen: set[str]
    """States and ends that the whole search came to."""

    def teardown(self) -> None:
        with self.db.reading() as session:
            wrong = {name: found for name, found in checks(session).items() if not found["ok"]}
            self.seen.update(one.value for one in session.scalars(select(Order.state).distinct()))
            for word, column in (
                ("payout", Payout.state),
                ("refund", Refund.state),
                ("dispute", Dispute.state),
            ):
                self.seen.update(f"{word} {one.value}" for one in session.scalars(select(column)))
            self._what_is_promised_back_is_owed(session)
            self._vouchers_pay_for_what_was_sold_and_nothing_else(session)
        assert wrong == {}

    @initialize(
        wanted=packs,
        code=vouchers,
        by_card=st.booleans(),
        pickup=st.booleans(),
        far=st.integers(0, 3),
    )
    def begin(
        self, wanted: tuple[int, int, int], code: str | None, by_card: bool, pickup: bool, far: int
    ) -> None:
        """A purchase that was paid, sent, done or paid out already."""
        self.buy(wanted, code, by_card, pickup, True)
        if far > 0:
            for at in range(len(self.town.orders)):
                self.send(at, True)
        if far > 1:
            self.time_passes(24 * 8)
        if far > 2:
            self.prepare(None, True)
            self.end_payout(0, False)

    # ------------------------------------------------------------------ disputes
    @rule(at=which, part=st.sampled_from([1, 2, 3]), takes=st.booleans(), chosen=which)
    def dispute(self, at: int, part: int, takes: bool, chosen: int) -> None:
        attempts = self._charged()
        if not attempts:
            return
        attempt = attempts[at % len(attempts)]
        ref = f"dp_{attempt.intent_ref}"
        if ref in self.disputes:
            return
        self.disputes[ref] = DisputeSeen(
            ref,
            attempt.intent_ref,
            Rupiah(attempt.amount // part),
            DisputeProgress.OPEN,
            takes,
            None,
        )
        self.town.tell_dispute(self.disputes[ref])
        found = self.town.found(select(Dispute.id).where(Dispute.dispute_ref == ref))
        order_ids = self.town.found(select(Order.id).order_by(Order.id))
        if found:
            self.town.attempt(
                partial(
                    choose_order,
                    dispute_id=found[0],
                    order_id=order_ids[chosen % len(order_ids)],
                    now=self.town.now,
                )
            )

    @precondition(lambda self: self.disputes)
    @rule(at=which, progress=st.sampled_from([DisputeProgress.WON, DisputeProgress.LOST]))
    def dispute_ends(self, at: int, progress: DisputeProgress) -> None:
        ref = sorted(self.disputes)[at % len(self.disputes)]
        ended = self.disputes[ref]
        self.town.tell_dispute(
            DisputeSeen(ref, ended.intent_ref, ended.amount, progress, True, None)
        )

    # ------------------------------------------------------------------ money out
    @rule(of_members=st.sampled_from([None, None, 0, 1]), approves=st.booleans())
    def prepare(self, of_members: int | None, approves: bool) -> None:
        town = self.town
        if of_members is None:
            batch = town.attempt(partial(payouts.prepare, now=town.now, person_id=town.wati_id))
        else:
            owner = town.goods[2 * of_members].cooperative.id
            batch = town.attempt(
                partial(
                    payouts.prepare_members,
                    cooperative_id=owner,
                    now=town.now,
                    person_id=town.wati_id,
                )
            )
        if batch is not None and approves:
            town.attempt(
                partial(
                    payouts.approve,
                    code=batch.code,
                    now=town.now,
                    person_id=town.operator_id,
                    cooperative_id=batch.cooperative_id,
                )
            )

    @rule(at=which, keeps=st.booleans())
    def decide(self, at: int, keeps: bool) -> None:
        batches = self.town.found(select(PayoutBatch).order_by(PayoutBatch.id))
        if batches:
            batch = batches[at % len(batches)]
            self.town.attempt(
                partial(
                    payouts.approve if keeps else payouts.drop,
                    code=batch.code,
                    now=self.town.now,
                    person_id=self.town.operator_id,
                    cooperative_id=batch.cooperative_id,
                )
            )

    @rule(at=which, fails=st.sampled_from([False, False, True]))
    def end_payout(self, at: int, fails: bool) -> None:
        found = self.town.found(select(Payout).order_by(Payout.id))
        if not found:
            return
        payout = found[at % len(found)]
        [batch] = self.town.found(select(PayoutBatch).where(PayoutBatch.id == payout.batch_id))
        who: dict[str, Any] = {
            "batch_code": batch.code,
            "payout_code": payout.code,
            "now": self.town.now,
            "person_id": self.town.operator_id,
            "cooperative_id": batch.cooperative_id,
        }
        if fails:
            self.town.attempt(partial(payouts.mark_failed, **who))
            return
        for _ in range(2):  # a double click
            self.town.attempt(
                partial(
                    payouts.mark_paid,
                    reference=f"TRX{payout.id}",
                    paid_on=self.town.now.date(),
                    **who,
                )
            )
            self._nobody_is_paid_more_than_was_owed()

    # ------------------------------------------------------------------ what always holds
    @invariant()
    def the_ledger_is_at_zero_and_no_more_goes_back_than_came(self) -> None:
        by_card = select(PaymentAttempt.payment_id, PaymentAttempt.amount.label("amount")).where(
            PaymentAttempt.state.in_(HAS_MONEY)
        )
        by_bank = select(ReceiptMatch.payment_id, ReceiptMatch.amount)
        short = select(ReceiptReturn.payment_id, ReceiptReturn.amount)
        came, back = union_all(by_card, by_bank, short).subquery(), Refund.payment_id == Payment.id
        over = (
            select(Payment.code)
            .outerjoin(came, came.c.payment_id == Payment.id)
            .group_by(Payment.id, Payment.code)
            .having(
                func.coalesce(func.sum(came.c.amount), 0)
                < select(func.coalesce(func.sum(Refund.amount), 0)).where(back).scalar_subquery()
            )
        )
        with self.db.reading() as session:
            assert not session.scalar(select(func.sum(LedgerPosting.amount)))
            assert session.scalars(over).all() == []
            too_much = select(Order.number).where(Order.refunded > Order.total)
            assert session.scalars(too_much).all() == []

    def _nobody_is_paid_more_than_was_owed(self) -> None:
        with self.db.reading() as session:
            found = payouts_verified.verify(session)
        assert {name: check.wrong for name, check in found.items() if not check.ok} == {}

    def _what_is_promised_back_is_owed(self, session: Session) -> None:
        promised = session.scalar(
            select(func.sum(Refund.amount)).where(Refund.state != RefundState.DONE)
        )
        assert -balance_of(session, AccountKind.REFUND_DUE) == (promised or 0)

    def _vouchers_pay_for_what_was_sold_and_nothing_else(self, session: Session) -> None:
        gave: dict[int | None, int] = {
            order_id: int(amount)
            for order_id, amount in session.execute(
                select(LedgerPosting.order_id, func.sum(LedgerPosting.amount))
                .join(LedgerEntry, LedgerEntry.id == LedgerPosting.entry_id)
                .join(LedgerAccount, LedgerAccount.id == LedgerPosting.account_id)
                .where(LedgerEntry.kind.in_(VOUCHERS))
                .where(LedgerAccount.kind != AccountKind.ESCROW)
                .group_by(LedgerPosting.order_id)
            )
        }
        sold: dict[int, int] = {}
        for line, state in session.execute(
            select(OrderLine, Order.state)
            .join(Order, Order.id == OrderLine.order_id)
            .where(Order.state.in_(ENDS), Order.discount_total > 0)
        ):
            left = line.packs - line.refunded if state is OrderState.DONE else 0
            kept = discount_of(line, range(1, left + 1))
            sold[line.order_id] = sold.get(line.order_id, 0) + kept
        assert {order_id: gave.get(order_id, 0) for order_id in sold} == sold


@pytest.mark.soak
def test_no_order_of_events_makes_money_or_loses_it(templates: Templates, engine: Engine) -> None:
    with templates.copy(engine, "money", build) as url:
        Money.templates, Money.url, Money.db, Money.seen = templates, url, Database(url), set()
        try:
            hypothesis.stateful.run_state_machine_as_test(
                Money,
                settings=hypothesis.settings(
                    max_examples=SEQUENCES or FEW[engine],
                    stateful_step_count=STEPS,
                    derandomize=not SEQUENCES,
                ),
            )
        finally:
            Money.db.dispose()
    if engine == "sqlite":  # a search that never gets there shows nothing
        assert {"done", "payout paid", "dispute open"} <= Money.seen
