"""The real box at packing: cheaper goes back to the shopper, dearer is the cooperative's (R17)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.core.database.upserts import insert_if_absent
from shop.core.values.money import Rupiah
from shop.fulfilment.orders.errors import AlreadyWeighed, NoRate, WrongWay
from shop.fulfilment.orders.held_money import payment_of, top_up
from shop.fulfilment.orders.notifications import notify_shopper
from shop.fulfilment.orders.queries import lines_to_work_on
from shop.fulfilment.orders.rules import Reason, Settled, settle_freight
from shop.payments.bills.models import Refund
from shop.payments.bills.refunds import COOPERATIVE, request_refund
from shop.payments.ledger import actions as ledger
from shop.payments.ledger.actions import Posting
from shop.payments.ledger.models import AccountKind
from shop.sales.orders.actions import advance
from shop.sales.orders.errors import MoveRefused
from shop.sales.orders.models import Actor, Order, OrderState, PackedBox
from shop.sales.orders.rules import DeliveryKind
from shop.services.audit import actions as audit
from shop.shipping.quotes.queries import rate_behind
from shop.shipping.rates.rules import Unit, billable_weight, courier_fee, load_of

PACKING = (OrderState.ACCEPTED, OrderState.READY)
"""While the parcel stands at the cooperative, open or closed."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """What a real box costs beside what was charged."""

    charged: Rupiah
    paid: Rupiah
    settled: Settled


def weigh(
    session: Session, order: Order, box: Unit, *, now: datetime, person_id: int | None = None
) -> Weighed:
    """Record the real weight and size of a parcel, once, and settle what it changes.

    :param box: the whole parcel as one unit.
    :raises WrongWay: where no courier takes it.
    :raises MoveRefused: when it is not being packed.
    :raises NoRate: when the price it was sold at is not known any more.
    :raises AlreadyWeighed: with the fee of the box that was recorded before.
    """
    if order.delivery_kind is not DeliveryKind.COURIER:
        raise WrongWay(order.number, order.delivery_kind)
    if order.state not in PACKING:
        raise MoveRefused(order.number, order.state, OrderState.READY)
    rate = rate_behind(session, order.rate_code or "")
    if rate is None:
        raise NoRate(order.number)
    rule, price_per_kg = rate
    billable = billable_weight(load_of([box]), rule)
    paid = courier_fee(price_per_kg, billable)
    _record(session, order, box, billable, paid, now, person_id)
    order.delivery_paid = paid
    settled = settle_freight(_charged(session, order), paid)
    if settled.refund:
        _give_back(session, order, settled.refund, now, person_id)
    elif settled.booked:
        _book(session, order, settled.booked, now, person_id)
    audit.record(
        session,
        action="order.weighed",
        subject=f"order:{order.id}",
        actor_id=person_id,
        cooperative_id=order.cooperative_id,
        before={"fee": order.delivery_fee, "grams": order.billable_grams},
        after={"fee": paid, "grams": billable, "refund": settled.refund},
        now=now,
    )
    session.flush()
    return Weighed(Rupiah(order.delivery_fee), paid, settled)


def _record(
    session: Session,
    order: Order,
    box: Unit,
    billable: int,
    paid: int,
    now: datetime,
    person_id: int | None,
) -> None:
    # The order's own key decides: of two managers at once, one packs.
    made = insert_if_absent(
        session,
        PackedBox,
        {
            "order_id": order.id,
            "grams": box.grams,
            "length_mm": box.length,
            "width_mm": box.width,
            "height_mm": box.height,
            "billable_grams": billable,
            "fee": paid,
            "packed_at": now,
            "packed_by_id": person_id,
        },
        key=["order_id"],
    )
    if made is None:
        before = session.scalars(select(PackedBox).where(PackedBox.order_id == order.id)).one()
        raise AlreadyWeighed(order.number, before.fee)


def _charged(session: Session, order: Order) -> Rupiah:
    """What the shopper still pays for delivery: no more than that can go back."""
    given = session.scalar(select(func.sum(Refund.delivery)).where(Refund.order_id == order.id))
    left = min(order.delivery_fee - int(given or 0), order.total - order.refunded)
    return Rupiah(max(left, 0))


def _give_back(
    session: Session, order: Order, amount: Rupiah, now: datetime, person_id: int | None
) -> None:
    payment = payment_of(session, order)
    if payment is None:
        return
    seen = order.refunded
    top_up(session, order, amount, now, cause=f"freight:{order.number}")
    request_refund(
        session,
        key=f"freight:{order.number}",
        payment_id=payment.id,
        order=order,
        amount=amount,
        delivery=amount,
        reason=Reason.LESS_FREIGHT,
        bearer=COOPERATIVE,
        person_id=person_id,
        now=now,
    )
    notify_shopper(session, order, "order_refunded", now, turn=seen + 1)


def _book(
    session: Session, order: Order, amount: Rupiah, now: datetime, person_id: int | None
) -> None:
    """So little that sending it back would cost more: *selisih ongkir*."""
    escrow = ledger.account(session, AccountKind.ESCROW, cooperative_id=order.cooperative_id)
    rest = ledger.account(session, AccountKind.SHIPPING_DIFFERENCE)
    ledger.post(
        session,
        kind="freight-difference",
        reason=f"freight-difference:{order.number}",
        postings=[Posting(escrow, amount, order.id), Posting(rest, -amount, order.id)],
        now=now,
        actor_id=person_id,
    )


def undo_packing(
    session: Session, order: Order, *, now: datetime, person_id: int | None = None
) -> None:
    """Move an order that was marked as packed by mistake back to packing.

    Acceptance is not taken back: it issued an invoice, and that ends by calling the order off,
    with a credit note (rule R25).

    :raises MoveRefused: when a parcel of it has left, or its shopper was told to come for it.
    """
    is_told = order.delivery_kind is DeliveryKind.PICKUP
    has_left = any(line.shipped for line in lines_to_work_on(session, order.id))
    if order.state is not OrderState.READY or is_told or has_left:
        raise MoveRefused(order.number, order.state, OrderState.ACCEPTED)
    advance(
        session,
        order,
        OrderState.ACCEPTED,
        actor=Actor.COOPERATIVE,
        person_id=person_id,
        now=now,
    )
    order.ready_at = None
    session.flush()
