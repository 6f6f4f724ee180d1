"""Paying in cash at checkout: which parcels may, and placing them (rules R2, R18)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session, joinedload

from shop.checkout.placing.review import NO_CASH, CashOffer
from shop.checkout.placing.rules import ParcelChoice
from shop.checkout.settlement.order_release import (
    count_packs,
    lock_shelves,
    notify_buyer,
    notify_managers,
    release_to_cooperatives,
)
from shop.payments.cash.actions import promise
from shop.payments.cash.queries import record_of, terms_of
from shop.payments.cash.rules import Asked, CashRefusal, Terms, why_not
from shop.sales.orders.models import Purchase
from shop.sales.orders.rules import DeliveryKind


def offer(
    session: Session,
    choices: Sequence[ParcelChoice],
    phone: str | None,
    *,
    maximum: int,
    most_open: int,
) -> CashOffer:
    """What of these parcels can be paid in cash; at most two statements.

    :param phone: E.164; None: not known yet.
    :param maximum: refusals of a phone from which on it gets none.
    :param most_open: the same for parcels whose cash is still asked.
    """
    bought = [choice for choice in choices if not choice.is_unreachable]
    if not bought or any(choice.chosen is None for choice in bought):
        return NO_CASH
    terms = terms_of(session, [choice.parcel.cooperative_id for choice in bought])
    payees, refusing = {}, []
    for choice in bought:
        mine = terms.get(choice.parcel.cooperative_id)
        no = _why_not(choice, mine)
        if no is not None:
            refusing.append((choice, no))
        elif mine is not None:
            payees[choice.parcel.cooperative_id] = mine.payee_id
    is_barred = False
    if payees and phone is not None:
        record = record_of(session, phone)
        is_barred = record.refused >= maximum or record.open >= most_open
    return CashOffer(payees, tuple(refusing), is_barred)


def set_aside(choices: Sequence[ParcelChoice], found: CashOffer) -> tuple[ParcelChoice, ...]:
    """The parcels, those that cannot be paid in cash left for a purchase of their own."""
    left = {choice.parcel.cooperative_id for choice, _ in found.refusing}
    return tuple(
        replace(choice, is_apart=choice.parcel.cooperative_id in left) for choice in choices
    )


def _why_not(choice: ParcelChoice, terms: Terms | None) -> CashRefusal | None:
    way = choice.chosen
    assert way is not None  # somebody has to stand at a door or a counter
    goods = [line.goods for line in choice.parcel.lines if line.goods]
    return why_not(
        Asked(
            kind=DeliveryKind(way.kind),
            total=choice.parcel.goods_total + way.fee,
            grams=way.scale_grams,
            round_most=way.cash_most,
            days_to_make=[one.days_to_make for one in goods],
            limits=[one.limit for one in goods],
        ),
        terms,
    )


def sell_for_cash(
    session: Session, purchase_id: int, payees: dict[int, int], *, now: datetime
) -> None:
    """Hand the orders to their cooperatives at once, each with a bill in cash of its own."""
    purchase = session.get_one(Purchase, purchase_id, options=[joinedload(Purchase.orders)])
    lock_shelves(session, purchase.orders)
    for order in purchase.orders:
        release_to_cooperatives(session, purchase, order, now, None, is_paid=False)
        promise(session, order, payee_id=payees[order.cooperative_id], now=now)
    purchase.settled_at = now
    count_packs(session, purchase.orders)
    notify_buyer(session, purchase, "purchase_cash", purchase.orders[0], now)
    notify_managers(session, purchase.orders, now)
    session.flush()
