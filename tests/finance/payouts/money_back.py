"""Money goes back: by hand, to cards, to bank accounts, at the provider; moves of the search."""

from dataclasses import replace
from functools import partial

from hypothesis import strategies as st
from hypothesis.stateful import rule
from sqlalchemy import func, select

from shop.aftersales.refund_transfers import actions as refund_transfers
from shop.aftersales.refund_transfers.destinations import name_destination
from shop.aftersales.refunds.actions import give_back
from shop.aftersales.refunds.rules import REASONS, RefundSelection
from shop.core.values.money import Rupiah
from shop.fulfilment.orders.rules import Reason
from shop.payments.bills.models import Refund, RefundDestination, RefundState, RefundTransfer
from shop.payments.cards.gateway import RefundProgress, RefundTold
from shop.payments.cards.jobs import note_failed_refund
from shop.payments.cards.models import PaymentAttempt
from shop.sales.orders.models import Order, Purchase
from tests.finance.payouts.money_trade import Trade, which


class GivingBack(Trade):
    """The same town, in which money also goes back."""

    # ------------------------------------------------------------------ money back
    @rule(
        at=which,
        wanted=st.tuples(st.integers(-1, 3), st.integers(0, 3)),
        delivery=st.sampled_from([0, 0, -1, 1, 5_000, 12_000, 12_001]),
        flags=st.tuples(st.booleans(), st.booleans()),
        reason=st.sampled_from(REASONS),
        stale=st.booleans(),
    )
    def give_back(
        self,
        at: int,
        wanted: tuple[int, int],
        delivery: int,
        flags: tuple[bool, bool],
        reason: Reason,
        stale: bool,
    ) -> None:
        number = self.order(at)
        selection = RefundSelection(
            packs={
                line.id: n for line, n in zip(self.town.lines(number), wanted, strict=False) if n
            },
            delivery=delivery,
            reason=reason,
            is_back=flags[0],
            till_pays=flags[1],
        )
        [order] = self.town.found(select(Order).where(Order.number == number))
        seen = 0 if stale else order.refunded
        for _ in range(2):  # a double click
            self.town.on_order(
                number,
                partial(
                    give_back, selection=selection, seen=seen, person_id=None, now=self.town.now
                ),
            )

    @rule(at=which)
    def card_refund_comes_back(self, at: int) -> None:
        refs = self.town.found(
            select(Refund.gateway_ref)
            .where(Refund.gateway_ref.is_not(None), Refund.state == RefundState.DONE)
            .order_by(Refund.id)
        )
        if refs:
            ref = refs[at % len(refs)]
            assert ref is not None
            self.db.write(partial(note_failed_refund, gateway_ref=ref, now=self.town.now))

    @rule(at=which)
    def name_destination(self, at: int) -> None:
        purchase_id = self.bill(at).purchase_id
        [contact_id] = self.town.found(
            select(Purchase.contact_id).where(Purchase.id == purchase_id)
        )
        self.town.attempt(
            partial(
                name_destination,
                purchase_id=purchase_id,
                contact_id=contact_id,
                provider="Bank Contoh",
                number="12345678",
                holder="Sari",
                now=self.town.now,
            )
        )

    @rule(at=which)
    def send_to_destination(self, at: int) -> None:
        destinations = self.town.found(select(RefundDestination).order_by(RefundDestination.id))
        if not destinations:
            return
        chosen = destinations[at % len(destinations)]
        waits = self.town.found(
            select(func.coalesce(func.sum(Refund.amount), 0)).where(
                Refund.destination_id == chosen.id, Refund.transfer_id.is_(None)
            )
        )
        self.town.attempt(
            partial(
                refund_transfers.send,
                cooperative_id=None,
                destination_id=chosen.id,
                seen=int(waits[0]),
                reference=f"TRX{next(self.town.numbers)}",
                person_id=self.town.operator_id,
                now=self.town.now,
            )
        )

    @rule(at=which, allows=st.booleans(), person=st.booleans())
    def end_transfer(self, at: int, allows: bool, person: bool) -> None:
        transfers = self.town.found(select(RefundTransfer.id).order_by(RefundTransfer.id))
        if transfers:
            self.town.attempt(
                partial(
                    refund_transfers.allow if allows else refund_transfers.undo,
                    cooperative_id=None,
                    transfer_id=transfers[at % len(transfers)],
                    person_id=self.town.operator_id if person else self.town.wati_id,
                    now=self.town.now,
                )
            )

    @rule(at=which, part=st.sampled_from([1, 1, 2, 3]), progress=st.sampled_from(RefundProgress))
    def refund_outside(self, at: int, part: int, progress: RefundProgress) -> None:
        """Somebody sends money back in the gateway's pages, as far as the gateway lets them."""
        attempts = self._charged()
        if not attempts:
            return
        attempt = attempts[at % len(attempts)]
        known = [one for one in self.outside.values() if one.intent_ref == attempt.intent_ref]
        gone = sum(n for ref, n in self.town.gateway.refunds.values() if ref == attempt.intent_ref)
        gone += sum(one.amount or 0 for one in known if one.progress is not RefundProgress.FAILED)
        if f"dp_{attempt.intent_ref}" in self.disputes:
            gone = attempt.amount  # a gateway sends nothing back of what is disputed
        waiting = self.town.found(
            select(Refund.amount)
            .where(Refund.payment_id == attempt.payment_id, Refund.state != RefundState.DONE)
            .order_by(Refund.id)
        )
        amount = waiting[0] if part == 1 and waiting else (attempt.amount - gone) // part
        if known and part == 2:  # how one stands that was told before
            ended = replace(known[0], progress=progress)
        elif 0 < amount <= attempt.amount - gone:
            ref = f"re_{len(self.outside)}"
            ended = RefundTold(ref, attempt.intent_ref, Rupiah(amount), progress, None)
        else:
            return
        self.outside[ended.ref] = ended
        for _ in range(2):
            self.town.tell_refund(ended)

    def _charged(self) -> list[PaymentAttempt]:
        return self.town.found(
            select(PaymentAttempt)
            .where(PaymentAttempt.intent_ref.is_not(None))
            .order_by(PaymentAttempt.created_at, PaymentAttempt.id)
        )
