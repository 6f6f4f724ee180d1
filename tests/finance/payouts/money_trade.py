"""Money comes in and orders go their way: the first moves of a search over sequences."""

from datetime import timedelta
from functools import partial

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule
from sqlalchemy import select

from shop.checkout.card_payment.reconciliation import reconcile
from shop.checkout.confirmation.actions import Allowance
from shop.checkout.confirmation.underpayments import give_short_back
from shop.checkout.expiry import actions as expiry
from shop.core.database.engine import Database
from shop.fulfilment.deadlines import completion
from shop.fulfilment.order_steps import actions as order_steps
from shop.fulfilment.order_steps.customer_cancellation import cancel_unshipped
from shop.fulfilment.orders.rules import Reason, Shortfall
from shop.fulfilment.parcels import failed_deliveries
from shop.payments.bills.models import Method, Payment
from shop.payments.cards.gateway import DisputeSeen, RefundProgress, RefundTold
from shop.sales.orders.models import Actor, Order, Purchase
from tests.factories import Placed
from tests.finance.payouts.money_town import GAYO, PLATFORM, Town
from tests.support.databases import Templates

which = st.integers(0, 5)
packs = st.tuples(st.integers(0, 3), st.integers(0, 2), st.integers(0, 3)).filter(any)
amounts_off = st.sampled_from([0, 0, 0, 0, -356, 1, 70_000])
allowances = st.sampled_from([None, None, *Allowance])
vouchers = st.sampled_from([None, PLATFORM, GAYO])


class Trade(RuleBasedStateMachine):
    """One town in which shoppers pay and cooperatives work."""

    templates: Templates
    url: str
    db: Database

    def __init__(self) -> None:
        super().__init__()
        self.db.dispose()
        self.templates.renew(self.url, "money")
        self.town = Town(self.db)
        self.disputes: dict[str, DisputeSeen] = {}
        self.outside: dict[str, RefundTold] = {}

    def bill(self, at: int) -> Placed:
        return self.town.bills[at % len(self.town.bills)]

    def order(self, at: int) -> str:
        return self.town.orders[at % len(self.town.orders)]

    # ------------------------------------------------------------------ money in
    @rule(
        wanted=packs, code=vouchers, by_card=st.booleans(), pickup=st.booleans(), pays=st.booleans()
    )
    def buy(
        self,
        wanted: tuple[int, int, int],
        code: str | None,
        by_card: bool,
        pickup: bool,
        pays: bool,
    ) -> None:
        if self.town.buy(wanted, code, by_card=by_card, pickup=pickup) and pays:
            self.pay(len(self.town.bills) - 1, 0, None)

    @rule(at=which, off=amounts_off, allowance=allowances)
    def pay(self, at: int, off: int, allowance: Allowance | None) -> None:
        bill = self.bill(at)
        [method] = self.town.found(select(Payment.method).where(Payment.id == bill.payment_id))
        if method is Method.CARD:
            self.town.pay_card(bill, off=off)
        else:
            self.town.transfer(bill, off, allowance)

    @rule(at=which)
    def give_extra_back(self, at: int) -> None:
        self.town.give_extra_back(self.bill(at))

    @rule(at=which)
    def give_short_back(self, at: int) -> None:
        payment_id = self.bill(at).payment_id
        self.town.attempt(
            partial(give_short_back, payment_id=payment_id, person_id=None, now=self.town.now)
        )

    @rule(hours=st.sampled_from([1, 25, 24 * 8]))
    def time_passes(self, hours: int) -> None:
        self.town.now += timedelta(hours=hours)
        self.db.write(partial(expiry.expire_due_payments, now=self.town.now))
        self.db.write(partial(completion.complete_due_orders, now=self.town.now))

    @rule(progress=st.sampled_from(RefundProgress))
    def ask_the_gateway(self, progress: RefundProgress) -> None:
        self.town.gateway.progress = progress
        reconcile(
            self.db,
            self.town.gateway,
            since=self.town.now - timedelta(days=90),
            now=self.town.now + timedelta(minutes=5),
        )

    # ------------------------------------------------------------------ orders
    @rule(at=which)
    def call_off_unpaid(self, at: int) -> None:
        purchase_id = self.bill(at).purchase_id
        self.town.attempt(
            lambda session: expiry.cancel_unpaid(
                session, session.get_one(Purchase, purchase_id), now=self.town.now
            )
        )

    @rule(at=which)
    def call_off_paid(self, at: int) -> None:
        self.town.on_order(self.order(at), partial(cancel_unshipped, now=self.town.now))

    @rule(at=which, missing=st.tuples(st.integers(0, 3), st.integers(0, 3)))
    def accept(self, at: int, missing: tuple[int, int]) -> None:
        number = self.order(at)
        lines = self.town.lines(number)
        counts = {
            line.id: max(line.packs - less, 0) for line, less in zip(lines, missing, strict=False)
        }
        short = {line.id: Shortfall(Reason.SHORT) for line in lines if counts[line.id] < line.packs}
        self.town.on_order(
            number,
            partial(order_steps.accept, counts=counts, shortfalls=short, now=self.town.now),
        )

    @rule(at=which, refuses=st.booleans())
    def end(self, at: int, refuses: bool) -> None:
        verb = order_steps.refuse if refuses else order_steps.cancel
        self.town.on_order(
            self.order(at), partial(verb, reason=Reason.CANNOT_SEND, now=self.town.now)
        )

    @rule(at=which, arrives=st.booleans())
    def send(self, at: int, arrives: bool) -> None:
        """As far as it goes: accepted, packed, gone, there."""
        number, now = self.order(at), self.town.now
        counts = {line.id: line.packs for line in self.town.lines(number)}
        self.town.on_order(number, partial(order_steps.accept, counts=counts, now=now))
        self.town.on_order(number, partial(order_steps.mark_ready, now=now))
        [order] = self.town.found(select(Order).where(Order.number == number))
        if order.pickup_code is not None:
            code = order.pickup_code
            self.town.on_order(number, partial(order_steps.hand_over_pickup, code=code, now=now))
            return
        self.town.on_order(number, partial(order_steps.hand_over, tracking="JP1234567", now=now))
        if arrives:
            self.town.on_order(
                number, partial(order_steps.confirm_arrival, actor=Actor.SHOPPER, now=now)
            )

    @rule(at=which, lost=st.booleans(), fit=st.integers(0, 3))
    def comes_back(self, at: int, lost: bool, fit: int) -> None:
        number, now = self.order(at), self.town.now
        reason = Reason.LOST_ON_THE_WAY if lost else Reason.NOBODY_THERE
        self.town.on_order(
            number, partial(failed_deliveries.record_failed_delivery, reason=reason, now=now)
        )
        sellable = {line.id: min(fit, line.shipped) for line in self.town.lines(number)}
        self.town.on_order(
            number, partial(failed_deliveries.return_to_stock, fit=sellable, now=now)
        )
