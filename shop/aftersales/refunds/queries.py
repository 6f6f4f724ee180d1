"""What went back of an order, what is left, and what waits for a second person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.aftersales.refunds.models import RefundRequest
from shop.aftersales.refunds.rules import REFUNDABLE, SENT, UNSENT, RefundSelection
from shop.core.values.money import Rupiah
from shop.fulfilment.orders.queries import lines_to_work_on
from shop.fulfilment.orders.rules import goods_name
from shop.payments.bills.models import (
    Method,
    Payment,
    PaymentOrder,
    PaymentState,
    Refund,
    RefundState,
)
from shop.people.accounts.models import Contact, Person
from shop.sales.orders.errors import NoSuchOrder
from shop.sales.orders.models import Order, OrderState, Purchase


@dataclass(frozen=True, slots=True)
class Line:
    """So many packs of one kind of goods that can still go back. ``position`` names it."""

    line_id: int
    position: int
    name: str
    packs: int
    """As many were ordered."""
    left: int
    """As many did not go back."""
    unit_price: Rupiah


@dataclass(frozen=True, slots=True)
class Back:
    """One refund of the order."""

    amount: Rupiah
    reason: str
    state: RefundState
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """A refund that another person has to allow."""

    request_id: int
    amount: Rupiah
    selection: RefundSelection
    asked_by_id: int
    asked_by: str
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class Refundable:
    """An order as far as its money can go back."""

    number: str
    state: OrderState
    total: Rupiah
    refunded: Rupiah
    lines: tuple[Line, ...]
    delivery_left: Rupiah
    is_by_card: bool
    has_voucher: bool
    backs: tuple[Back, ...]
    waiting: Waiting | None

    @property
    def left(self) -> Rupiah:
        """Rupiah that can still go back."""
        return Rupiah(self.total - self.refunded)

    @property
    def can_go_back(self) -> bool:
        """Whether anything can be given back by hand."""
        return self.state in REFUNDABLE and self.left > 0

    @property
    def is_unsent(self) -> bool:
        """The packs lie at the cooperative still."""
        return self.state in UNSENT

    @property
    def asks_for_shelf(self) -> bool:
        """Whether packs can lie on the shelf again; none does while the parcel is on its way."""
        return self.state not in SENT


def refundable(session: Session, cooperative_id: int, number: str) -> Refundable:
    """An order of this cooperative; a fixed number of statements.

    :raises NoSuchOrder: for another cooperative's too.
    """
    order = order_at(session, cooperative_id, number)
    backs = session.scalars(
        select(Refund).where(Refund.order_id == order.id).order_by(Refund.id.desc())
    ).all()
    method = session.scalar(
        select(Payment.method)
        .join(PaymentOrder, PaymentOrder.payment_id == Payment.id)
        .where(PaymentOrder.order_id == order.id, Payment.state == PaymentState.PAID)
    )
    return Refundable(
        number=order.number,
        state=order.state if method is not None else OrderState.UNPAID,
        total=Rupiah(order.total),
        refunded=Rupiah(order.refunded),
        lines=tuple(
            Line(
                line.id,
                line.position,
                goods_name(line.name, line.variant_name, line.net_label),
                line.packs,
                line.packs - line.refunded,
                Rupiah(line.unit_price),
            )
            for line in lines_to_work_on(session, order.id)
        ),
        delivery_left=_left(order, backs),
        is_by_card=method is Method.CARD,
        has_voucher=bool(order.discount_total),
        backs=tuple(
            Back(Rupiah(back.amount), back.reason, back.state, back.asked_at) for back in backs
        ),
        waiting=_waiting(session, order.id),
    )


def order_at(session: Session, cooperative_id: int, number: str) -> Order:
    """An order of this cooperative, only to look at.

    :raises NoSuchOrder: for another cooperative's too.
    """
    order = session.scalars(
        select(Order).where(Order.number == number, Order.cooperative_id == cooperative_id)
    ).one_or_none()
    if order is None:
        raise NoSuchOrder(number)
    return order


def delivery_left(session: Session, order: Order) -> Rupiah:
    """What did not go back by hand of what was paid for delivery."""
    given = session.scalar(select(func.sum(Refund.delivery)).where(Refund.order_id == order.id))
    return Rupiah(order.delivery_fee - int(given or 0))


def _left(order: Order, backs: Sequence[Refund]) -> Rupiah:
    return Rupiah(order.delivery_fee - sum(back.delivery for back in backs))


def _waiting(session: Session, order_id: int) -> Waiting | None:
    row = session.execute(
        select(RefundRequest, Contact.name)
        .join(Person, Person.id == RefundRequest.asked_by_id)
        .join(Contact, Contact.id == Person.contact_id)
        .where(RefundRequest.order_id == order_id, RefundRequest.decided_at.is_(None))
    ).one_or_none()
    if row is None:
        return None
    request, name = row
    return Waiting(
        request.id,
        Rupiah(request.amount),
        RefundSelection.from_json(request.wish),
        request.asked_by_id,
        name,
        request.asked_at,
    )


def contact_of(session: Session, purchase_id: int) -> int:
    """Who is told about a purchase."""
    return session.scalars(select(Purchase.contact_id).where(Purchase.id == purchase_id)).one()
