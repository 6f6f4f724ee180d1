"""Disputes as the operator sees them: which are open until when, what each is about."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from shop.aftersales.refunds.errors import NoSuchDispute
from shop.core.values.money import Rupiah
from shop.payments.bills.models import Payment, PaymentOrder
from shop.payments.cards.disputes import shows_delivery
from shop.payments.cards.models import Dispute, DisputePart, DisputeState
from shop.people.cooperatives.models import Cooperative
from shop.sales.orders.models import Order, OrderState, Purchase
from shop.sales.orders.rules import DeliveryKind

OPEN_SHOWN, ENDED_SHOWN = 100, 20


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list."""

    id: int
    ref: str
    """What the gateway calls it."""
    amount: Rupiah
    state: DisputeState
    respond_by: datetime | None
    """Until when evidence is taken."""
    opened_at: datetime
    took_money: bool
    """The bank has the money; a mere question takes none."""
    purchase_code: str
    numbers: tuple[str, ...]
    """Orders that it is about."""


@dataclass(frozen=True, slots=True)
class Disputed:
    """An order of the disputed payment."""

    order_id: int
    number: str
    cooperative: str
    total: Rupiah
    state: OrderState
    kind: DeliveryKind
    part: Rupiah
    """What of the dispute is about it; nothing where another was chosen."""
    bearer: str | None
    shows_delivery: bool
    """That it got there can be shown: the platform would bear what is lost."""
    can_be_chosen: bool


@dataclass(frozen=True, slots=True)
class Case:
    """A dispute with the orders of its payment."""

    row: Row
    payment_id: int
    orders: tuple[Disputed, ...]

    @property
    def is_open(self) -> bool:
        """Whether the bank has not decided."""
        return self.row.state is DisputeState.OPEN


def disputes(session: Session) -> tuple[Row, ...]:
    """Open ones first, the most urgent on top, then what ended lately; three statements."""
    wanted = _with_purchase()
    open_ones = session.execute(
        wanted.where(Dispute.state == DisputeState.OPEN)
        .order_by(Dispute.respond_by.is_(None), Dispute.respond_by, Dispute.id)
        .limit(OPEN_SHOWN)
    ).all()
    ended = session.execute(
        wanted.where(Dispute.state != DisputeState.OPEN)
        .order_by(Dispute.closed_at.desc(), Dispute.id.desc())
        .limit(ENDED_SHOWN)
    ).all()
    found = [(dispute, code) for dispute, code in (*open_ones, *ended)]
    numbers: dict[int, list[str]] = {}
    for dispute_id, number in session.execute(
        select(DisputePart.dispute_id, Order.number)
        .join(Order, Order.id == DisputePart.order_id)
        .where(DisputePart.dispute_id.in_([dispute.id for dispute, _ in found]))
        .order_by(Order.position)
    ):
        numbers.setdefault(dispute_id, []).append(number)
    return tuple(_row(dispute, code, numbers.get(dispute.id, ())) for dispute, code in found)


def case(session: Session, dispute_id: int) -> Case:
    """One dispute.

    :raises NoSuchDispute: when there is none.
    """
    found = session.execute(_with_purchase().where(Dispute.id == dispute_id)).one_or_none()
    if found is None:
        raise NoSuchDispute(dispute_id)
    dispute, code = found
    parts = {
        part.order_id: part
        for part in session.scalars(select(DisputePart).where(DisputePart.dispute_id == dispute.id))
    }
    orders = session.execute(
        select(Order, Cooperative.short_name)
        .join(Cooperative, Cooperative.id == Order.cooperative_id)
        .join(PaymentOrder, PaymentOrder.order_id == Order.id)
        .where(PaymentOrder.payment_id == dispute.payment_id)
        .order_by(Order.position)
    ).all()
    is_open = dispute.state is DisputeState.OPEN
    return Case(
        _row(dispute, code, [order.number for order, _ in orders if order.id in parts]),
        dispute.payment_id,
        tuple(
            Disputed(
                order.id,
                order.number,
                name,
                Rupiah(order.total),
                order.state,
                order.delivery_kind,
                Rupiah(parts[order.id].amount if order.id in parts else 0),
                parts[order.id].bearer if order.id in parts else None,
                shows_delivery(session, order),
                is_open and dispute.amount <= order.total,
            )
            for order, name in orders
        ),
    )


def _with_purchase() -> Select[Dispute, str]:
    return (
        select(Dispute, Purchase.code)
        .join(Payment, Payment.id == Dispute.payment_id)
        .join(Purchase, Purchase.id == Payment.purchase_id)
    )


def _row(dispute: Dispute, code: str, numbers: Sequence[str]) -> Row:
    return Row(
        dispute.id,
        dispute.dispute_ref,
        Rupiah(dispute.amount),
        dispute.state,
        dispute.respond_by,
        dispute.opened_at,
        dispute.withdrawn_at is not None,
        code,
        tuple(numbers),
    )
