"""Cash in the demo's year: who takes it, who said yes, what was counted, what the treasurer has."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.cash.actions import confirm, hand_over, set_terms
from shop.cash.models import CashDue, CashState, CashTerms
from shop.cooperatives.models import Cooperative, Role, Seat
from shop.core.money import Rupiah
from shop.core.units import Grams
from shop.orders.models import Order

PICKUP_MOST = Rupiah(300_000)
GRAMS_MOST = Grams(10_000)


def load_terms(session: Session, *, now: datetime) -> None:
    """Let every cooperative of the demo take cash; its rounds say where and up to what."""
    known = set(session.scalars(select(CashTerms.cooperative_id)))
    for cooperative_id in session.scalars(select(Cooperative.id).order_by(Cooperative.id)):
        if cooperative_id not in known:
            set_terms(
                session,
                cooperative_id=cooperative_id,
                at_door=True,
                pickup_most=PICKUP_MOST,
                grams_most=GRAMS_MOST,
                person_id=None,
                now=now,
            )


def say_yes(session: Session, purchase_id: int, *, person_id: int, now: datetime) -> None:
    """The shopper answered every cooperative's message; an interrupted load asks once more."""
    orders = session.scalars(
        select(Order)
        .join(CashDue, CashDue.order_id == Order.id)
        .where(Order.purchase_id == purchase_id, CashDue.confirmed_at.is_(None))
        .where(CashDue.state == CashState.ASKED)
        .order_by(Order.id)
    )
    for order in orders.all():
        confirm(session, order, person_id=person_id, now=now)


def asked_for(session: Session, order: Order) -> int | None:
    """What is counted for an order at the door; None: it is paid otherwise."""
    return session.scalar(select(CashDue.asked).where(CashDue.order_id == order.id))


def into_drawer(session: Session, order: Order, *, now: datetime) -> None:
    """The treasurer gets what was taken for an order, if it was paid in cash."""
    wanted = select(CashDue.order_id).where(
        CashDue.order_id == order.id, CashDue.state == CashState.COLLECTED
    )
    if session.scalar(wanted) is None:
        return
    treasurer = session.scalars(
        select(Seat.person_id)
        .where(Seat.cooperative_id == order.cooperative_id, Seat.role == Role.BENDAHARA)
        .order_by(Seat.id)
        .limit(1)
    ).one()
    hand_over(
        session,
        cooperative_id=order.cooperative_id,
        number=order.number,
        person_id=treasurer,
        now=now,
    )
