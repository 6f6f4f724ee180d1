"""Bills that nobody paid: their packs go back to the shelf and their orders end."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.catalog.inventory import holds
from shop.checkout.confirmation.underpayments import give_short_back
from shop.checkout.settlement.duplicate_payments import lock_purchase
from shop.payments.bills import actions as bills
from shop.payments.bills import queries
from shop.payments.bills.models import Payment, PaymentState
from shop.sales.orders.actions import advance
from shop.sales.orders.models import Actor, OrderLine, OrderState, Purchase
from shop.sales.vouchers.actions import release
from shop.services.outbox.actions import notify


def expire_due_payments(session: Session, now: datetime) -> int:
    """Expire every payment that is past its due time; returns how many.

    The worker ends them one by one in transactions of their own (``cancellation.lapse_unpaid``), so
    that it never holds the shelves of two purchases at once, and closes their pay pages before.
    """
    return sum(
        expire_payment(session, payment_id, now) for payment_id in due_payments(session, now)
    )


def due_payments(session: Session, now: datetime) -> tuple[int, ...]:
    """Open bills whose time is over, oldest first."""
    return tuple(
        session.scalars(
            select(Payment.id)
            .where(Payment.state == PaymentState.OPEN, Payment.due_at <= now)
            .order_by(Payment.id)
        )
    )


def expire_payment(session: Session, payment_id: int, now: datetime) -> bool:
    """Expire one unpaid payment: release its packs, lapse its orders, notify the shopper.

    :return: False when somebody paid, cancelled or extended it meanwhile.
    """
    payment = session.get_one(Payment, payment_id)
    # Purchase before payment, as whoever settles takes them: else each could wait for the other.
    lock_purchase(session, payment.purchase_id)
    session.refresh(payment)
    if payment.due_at > now:
        return False
    purchase = _end(session, payment, PaymentState.LAPSED, OrderState.LAPSED, Actor.SHOP, now)
    if purchase is None:
        return False
    notify(
        session,
        key=f"purchase-lapsed:{payment.id}",
        kind="purchase_lapsed",
        contact_id=purchase.contact_id,
        purchase_id=purchase.id,
        now=now,
    )
    return True


def cancel_unpaid(
    session: Session, purchase: Purchase, *, now: datetime, person_id: int | None = None
) -> bool:
    """Call off a purchase that nothing was paid for yet (rule R3).

    :return: False when no bill of it is open any more.
    """
    lock_purchase(session, purchase.id)
    open_ones = session.scalars(
        select(Payment)
        .where(Payment.purchase_id == purchase.id, Payment.state == PaymentState.OPEN)
        .order_by(Payment.id)
    ).all()
    ended = [
        payment.id
        for payment in open_ones
        if _end(
            session,
            payment,
            PaymentState.CANCELLED,
            OrderState.CANCELLED,
            Actor.SHOPPER,
            now,
            person_id,
        )
    ]
    # Only of bills that ended here: another's row must not be waited for with shelves in hand.
    for payment_id in ended:
        give_short_back(session, payment_id, person_id=None, now=now)
    return bool(ended)


def _end(
    session: Session,
    payment: Payment,
    to: PaymentState,
    order_state: OrderState,
    actor: Actor,
    now: datetime,
    person_id: int | None = None,
) -> Purchase | None:
    """Close an open bill with its orders and give the packs free; None when it is not open."""
    if bills.move(session, payment, to, expected=(PaymentState.OPEN,), now=now) is None:
        return None
    purchase = session.get_one(Purchase, payment.purchase_id)
    unpaid = [
        order
        for order in queries.orders_of(session, payment.id)
        if order.state is OrderState.UNPAID
    ]
    variants = session.scalars(
        select(OrderLine.variant_id).where(OrderLine.order_id.in_([order.id for order in unpaid]))
    ).all()
    holds.release(session, holder=purchase.code, variant_ids=variants)
    for order in unpaid:
        advance(session, order, order_state, actor=actor, person_id=person_id, now=now)
    if purchase.settled_at is None and not queries.is_open(session, purchase.id):
        purchase.ended_at = now
        release(session, purchase.id, now=now)
    session.flush()
    return purchase
