"""Orders that go on only when somebody looks into them: missed parcels, cash that stays outside."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from shop.core.values.money import Rupiah
from shop.fulfilment.orders.rules import NOT_ARRIVED
from shop.payments.cash.models import CashDue, CashState
from shop.people.cooperatives.models import Cooperative
from shop.sales.orders.models import Order, OrderState, Purchase

MAX_ORDERS = 100
CASH_DAYS = 3
"""After so many days the treasurer should have the cash of a parcel."""


@dataclass(frozen=True, slots=True)
class Stuck:
    """An order that waits for people, and whom to call."""

    number: str
    purchase_code: str
    state: OrderState
    cooperative: str
    slug: str
    phone: str | None
    zone: str
    since: datetime | None
    cash: Rupiah
    """What was taken for it, where that is what is missing."""


def missed_orders(session: Session) -> tuple[Stuck, ...]:
    """Orders whose shopper says that they did not come, the longest on their way first."""
    return _read(
        session,
        select(Order, Purchase, Cooperative, CashDue)
        .join(Purchase, Purchase.id == Order.purchase_id)
        .join(Cooperative, Cooperative.id == Order.cooperative_id)
        .outerjoin(CashDue, CashDue.order_id == Order.id)
        .where(Order.needs == NOT_ARRIVED)
        .order_by(Order.handed_over_at, Order.id)
        .limit(MAX_ORDERS),
    )


def cash_outside(session: Session, now: datetime) -> tuple[Stuck, ...]:
    """Orders whose cash was taken days ago and is not with the treasurer, the oldest first."""
    return _read(
        session,
        select(Order, Purchase, Cooperative, CashDue)
        .join(Purchase, Purchase.id == Order.purchase_id)
        .join(Cooperative, Cooperative.id == Order.cooperative_id)
        .join(CashDue, CashDue.order_id == Order.id)
        .where(CashDue.state == CashState.COLLECTED)
        .where(CashDue.collected_at <= now - timedelta(days=CASH_DAYS))
        .order_by(CashDue.collected_at, Order.id)
        .limit(MAX_ORDERS),
    )


# Any: a row of cash, or none where the order is paid otherwise.
def _read(session: Session, rows: Select[Order, Purchase, Cooperative, Any]) -> tuple[Stuck, ...]:
    return tuple(
        Stuck(
            number=order.number,
            purchase_code=purchase.code,
            state=order.state,
            cooperative=cooperative.name,
            slug=cooperative.slug,
            phone=cooperative.phone,
            zone=cooperative.zone,
            since=cash.collected_at if cash and cash.collected_at else order.handed_over_at,
            cash=Rupiah(cash.asked if cash else 0),
        )
        for order, purchase, cooperative, cash in session.execute(rows)
    )
