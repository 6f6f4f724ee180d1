"""The operator's worklist about cards: what a person has to look at, and money on its way back."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.core.values.money import Rupiah
from shop.payments.bills.models import Method, Payment, Refund, RefundState
from shop.payments.cards.models import AlertKind, GatewayAlert, GatewayEvent
from shop.sales.orders.models import Order, Purchase

SHOWN = 50
LATEST = 20


@dataclass(frozen=True, slots=True)
class OpenAlert:
    """Something that a gateway told and the shop could not end alone."""

    id: int
    kind: AlertKind
    object_ref: str | None
    """What the gateway calls it."""
    amount: Rupiah | None
    at: datetime
    purchase_code: str | None


@dataclass(frozen=True, slots=True)
class RefundOnItsWay:
    """Money that is to go back to a card and is not there yet."""

    amount: Rupiah
    state: RefundState
    tries: int
    asked_at: datetime
    order_number: str | None
    purchase_code: str


def count_open_alerts(session: Session) -> int:
    """How many wait for somebody; one statement."""
    waiting = select(func.count()).where(GatewayAlert.resolved_at.is_(None))
    return session.scalar(waiting) or 0


def open_alerts(session: Session) -> tuple[OpenAlert, ...]:
    """What waits for somebody, oldest first."""
    rows = session.execute(
        select(GatewayAlert, Purchase.code)
        .outerjoin(Payment, Payment.id == GatewayAlert.payment_id)
        .outerjoin(Purchase, Purchase.id == Payment.purchase_id)
        .where(GatewayAlert.resolved_at.is_(None))
        .order_by(GatewayAlert.id)
        .limit(SHOWN)
    )
    return tuple(
        OpenAlert(
            alert.id,
            alert.kind,
            alert.object_ref,
            None if alert.amount is None else Rupiah(alert.amount),
            alert.at,
            code,
        )
        for alert, code in rows
    )


def refunds_on_their_way(session: Session) -> tuple[RefundOnItsWay, ...]:
    """Refunds to a card that did not arrive yet, oldest first."""
    rows = session.execute(
        select(Refund, Order.number, Purchase.code)
        .join(Payment, Payment.id == Refund.payment_id)
        .join(Purchase, Purchase.id == Payment.purchase_id)
        .outerjoin(Order, Order.id == Refund.order_id)
        .where(Payment.method == Method.CARD, Refund.state != RefundState.DONE)
        .order_by(Refund.id)
        .limit(SHOWN)
    )
    return tuple(
        RefundOnItsWay(
            Rupiah(refund.amount), refund.state, refund.tries, refund.asked_at, number, code
        )
        for refund, number, code in rows
    )


def latest_events(session: Session) -> tuple[tuple[datetime, str, str | None], ...]:
    """When the gateway told what about which of its things, newest first."""
    rows = session.execute(
        select(GatewayEvent.received_at, GatewayEvent.kind, GatewayEvent.object_ref)
        .order_by(GatewayEvent.id.desc())
        .limit(LATEST)
    )
    return tuple((at, kind, ref) for at, kind, ref in rows)
