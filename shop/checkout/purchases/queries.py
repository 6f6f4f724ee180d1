"""What a shopper sees of a purchase: its orders beside the bill, the photos and money back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, exists, func, select
from sqlalchemy.orm import Session

from shop.catalog.products.queries import Sellable, sellable
from shop.checkout.purchases.delivery_estimates import counted_on, delivery_estimates
from shop.core.database.schema import table_of
from shop.core.values import clock
from shop.core.values.clock import HOME_ZONE
from shop.core.values.money import Rupiah
from shop.payments.bills.models import CASH, Method, Payment, PaymentState, Refund, RefundState
from shop.payments.bills.queries import PaymentView, payments_of
from shop.payments.bills.refunds import SHORT_BACK, STRANGE
from shop.payments.cards.models import AttemptState, GatewayAlert, PaymentAttempt
from shop.payments.cash.queries import CashView, cash_of
from shop.people.accounts.models import Contact
from shop.sales.orders.models import Order, OrderLine, Purchase
from shop.sales.orders.queries import PurchaseView, order_view, purchase_view
from shop.sales.orders.rules import DeliveryKind, OrderState
from shop.sales.orders.shopper_orders import OrderView, ParcelView
from shop.shipping.places.rules import zone_of
from shop.shipping.rates.rules import tracking_page

SIDE = (PaymentState.REPLACED, PaymentState.RETURNED)
"""Bills that another stands for."""
NOTHING_SENT = (OrderState.CANCELLED, OrderState.REFUSED)
AT_WORK = (
    OrderState.NEW,
    OrderState.ACCEPTED,
    OrderState.READY,
    OrderState.ON_THE_WAY,
    OrderState.UNDELIVERED,
)
"""Paid, and its cooperative still has to do something for it to arrive."""


@dataclass(frozen=True, slots=True)
class PayPageView:
    """How far paying by card has come, as far as we were told."""

    is_silent: bool
    """The gateway was asked for a page and has not answered."""
    open_until: datetime | None
    """Until when somebody can pay on a page that stands open."""
    is_strange: bool = False
    """Money came that was not what was asked; a person looks at it."""


@dataclass(frozen=True, slots=True)
class RefundSummary:
    """A refund of money that never paid for an order."""

    amount: Rupiah
    state: RefundState
    method: Method
    is_strange: bool
    """It was not what had been asked; else all was paid already."""
    was_short: bool = False
    """It was too little for its bill, which is over."""


@dataclass(frozen=True, slots=True)
class PurchaseDetail:
    """A purchase with everything its pages show."""

    view: PurchaseView
    payments: tuple[PaymentView, ...]
    goods: Mapping[int, Sellable]
    """The goods as they are sold now, by variant: for photos and links."""
    refunds: Mapping[int, tuple[tuple[Rupiah, RefundState], ...]]
    """Money that goes back, by order id."""
    not_for_orders: tuple[RefundSummary, ...] = ()
    """Money that came on top of what had been paid, or that was not what was asked."""
    arrives: Mapping[int, tuple[date, date]] = field(default_factory=dict)
    """First and last day on which an order still to come can be there, by order id."""
    cash: Mapping[int, CashView] = field(default_factory=dict)
    """What is paid at the door or the counter, by order id."""
    counts_on: Mapping[int, datetime] = field(default_factory=dict)
    """Until when a courier's parcel is waited for, by parcel id; then it counts as arrived."""
    page: PayPageView | None = None
    """The latest pay page of the bill that waits, or that nobody paid, where it is by card."""

    @property
    def open_payment(self) -> PaymentView | None:
        """The bill that waits to be paid."""
        return next((one for one in self.payments if one.state is PaymentState.OPEN), None)

    @property
    def last_payment(self) -> PaymentView | None:
        """The bill that counts: what was paid, else the latest that no other took the place of."""
        counts = [one for one in self.payments if one.state not in SIDE]
        return counts[-1] if counts else None

    @property
    def is_by_card(self) -> bool:
        """Whether money that goes back goes to a card."""
        return self.last_payment is not None and self.last_payment.method is Method.CARD

    @property
    def is_in_cash(self) -> bool:
        """Whether each parcel is paid at its door or counter."""
        return _in_cash(self.payments)

    @property
    def asks_where(self) -> bool:
        """Whether money goes back that no gateway sends: its shopper says where to (R23)."""
        to_orders = [
            (state, self.is_by_card) for rows in self.refunds.values() for _, state in rows
        ]
        others = [(back.state, back.method is Method.CARD) for back in self.not_for_orders]
        return any(
            state is RefundState.FAILED or (state is not RefundState.DONE and not by_card)
            for state, by_card in (*to_orders, *others)
        )

    @property
    def is_paid(self) -> bool:
        """Whether the cooperatives got their orders."""
        return self.view.settled_at is not None

    @property
    def is_all_off(self) -> bool:
        """Paid, and nothing of it is sent: all the money goes back."""
        return self.is_paid and all(order.state in NOTHING_SENT for order in self.view.orders)

    @property
    def at_work(self) -> int:
        """How many cooperatives still work on it: not those called off, nor those that are done."""
        return sum(order.state in AT_WORK for order in self.view.orders)

    @property
    def is_over(self) -> bool:
        """Lapsed or called off before anything was paid."""
        return not self.is_paid and self.view.ended_at is not None

    @property
    def is_lapsed(self) -> bool:
        """Whether the time to pay ran out."""
        return self.is_over and self.view.state is OrderState.LAPSED

    @property
    def zone(self) -> str:
        """Where it arrives; where all of it is fetched; else WIB (rule R14)."""
        if self.view.recipient.village_code is not None:
            return zone_of(self.view.recipient.village_code)
        zones = {order.seller.zone for order in self.view.orders}
        return zones.pop() if len(zones) == 1 else HOME_ZONE

    def courier_page(self, box: ParcelView) -> str | None:
        """Where its courier lets anybody look the number up."""
        return tracking_page(box.courier) if box.tracking_number else None

    def zone_at(self, order: OrderView) -> str:
        """Whose clock an order's times are shown by: where it arrives, or where it is fetched."""
        village_code = self.view.recipient.village_code
        if order.delivery_kind is DeliveryKind.PICKUP or village_code is None:
            return order.seller.zone
        return zone_of(village_code)


def purchase_detail(session: Session, code: str) -> PurchaseDetail:
    """The purchase behind a code, in a fixed number of statements.

    :raises NoSuchOrder: when no purchase answers to it.
    """
    return _followed(session, purchase_view(session, code))


def follow_order(session: Session, number: str) -> tuple[PurchaseDetail, OrderView]:
    """An order by its number, with its purchase.

    :raises NoSuchOrder: when no order answers to it.
    """
    purchase, order = order_view(session, number)
    return _followed(session, purchase), order


def phone_of_order(session: Session, number: str) -> tuple[str, str] | None:
    """Purchase code and phone behind an order number."""
    found = session.execute(
        select(Purchase.code, Contact.phone)
        .join(Order, Order.purchase_id == Purchase.id)
        .join(Contact, Contact.id == Purchase.contact_id)
        .where(Order.number == number, Contact.erased_at.is_(None), Contact.phone.is_not(None))
    ).one_or_none()
    return None if found is None else (found[0], found[1] or "")


def packs_of_purchase(session: Session, purchase_id: int) -> dict[int, int]:
    """Packs by variant of everything that was ordered."""
    rows = session.execute(
        select(OrderLine.variant_id, func.sum(OrderLine.packs))
        .join(Order, Order.id == OrderLine.order_id)
        .where(Order.purchase_id == purchase_id)
        .group_by(OrderLine.variant_id)
    ).all()
    return {variant_id: int(packs) for variant_id, packs in rows}


def _followed(session: Session, view: PurchaseView) -> PurchaseDetail:
    bills = payments_of(session, view.id)
    variants = [line.variant_id for order in view.orders for line in order.lines]
    refunds: dict[int, tuple[tuple[Rupiah, RefundState], ...]] = {}
    others = []
    for order_id, amount, state, method, reason in session.execute(_refunds(), {"id": view.id}):
        if order_id is not None:
            refunds[order_id] = (*refunds.get(order_id, ()), (Rupiah(amount), state))
        else:
            others.append(
                RefundSummary(
                    Rupiah(amount),
                    state,
                    method,
                    is_strange=reason == STRANGE,
                    was_short=reason == SHORT_BACK,
                )
            )
    goods = sellable(session, variants)
    return PurchaseDetail(
        view,
        bills,
        goods,
        refunds,
        tuple(others),
        delivery_estimates(session, view.orders, goods, clock.now()),
        cash_of(session, [order.id for order in view.orders]) if _in_cash(bills) else {},
        counted_on(session, view.orders, clock.now()),
        _page(session, bills),
    )


@cache
def _refunds() -> Select[*tuple[Any, ...]]:
    refunds, payments = table_of(Refund), table_of(Payment)
    return (
        select(
            refunds.c.order_id,
            refunds.c.amount,
            refunds.c.state,
            payments.c.method,
            refunds.c.reason,
        )
        .join_from(refunds, payments, payments.c.id == refunds.c.payment_id)
        .where(payments.c.purchase_id == bindparam("id"))
        .order_by(refunds.c.id)
    )


def _in_cash(bills: tuple[PaymentView, ...]) -> bool:
    return any(bill.method in CASH for bill in bills)


def _page(session: Session, bills: tuple[PaymentView, ...]) -> PayPageView | None:
    unpaid = [one for one in bills if one.state not in (PaymentState.PAID, *SIDE)]
    if not unpaid or unpaid[-1].method is not Method.CARD:
        return None
    looked_at = exists().where(
        GatewayAlert.payment_id == Payment.id, GatewayAlert.resolved_at.is_(None)
    )
    latest = session.execute(
        select(PaymentAttempt.state, PaymentAttempt.expires_at, looked_at)
        .join(Payment, Payment.id == PaymentAttempt.payment_id)
        .where(Payment.code == unpaid[-1].code)
        .order_by(PaymentAttempt.created_at.desc())
        .limit(1)
    ).one_or_none()
    if latest is None:
        return PayPageView(is_silent=False, open_until=None)
    state, expires_at, is_strange = latest
    return PayPageView(
        is_silent=state is AttemptState.STARTED,
        open_until=expires_at if state is AttemptState.OPEN else None,
        is_strange=bool(is_strange),
    )
