"""Fewer packs are there than were ordered: the shopper chooses, and silence chooses too (R9)."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from shop.catalog.inventory import actions as inventory
from shop.catalog.inventory.errors import BelowHeld
from shop.core.database import settings_by_date
from shop.core.values import clock
from shop.fulfilment.order_steps import actions
from shop.fulfilment.order_steps.shortage_offers import all_back, shelf_told
from shop.fulfilment.orders.errors import NoSuchDay, ShelfBelowHeld
from shop.fulfilment.orders.notifications import notify_shopper, tell_called_off
from shop.fulfilment.orders.order_refunds import refund_order
from shop.fulfilment.orders.queries import lines_to_work_on, zone_of
from shop.fulfilment.orders.restocking import movement_of, put_back
from shop.fulfilment.orders.rules import Shortfall
from shop.payments.cards.disputes import has_open_dispute, is_disputed
from shop.sales.orders.actions import advance
from shop.sales.orders.errors import AlreadyMoved, MoveRefused
from shop.sales.orders.models import Actor, Order, OrderLine, OrderState, ShortOffer
from shop.sales.orders.parcels import note
from shop.sales.orders.rules import SHORT_ASKED, ShortageChoice

MAX_DAYS = 60
"""How far off a cooperative may promise that all of it is there."""


def accept_or_ask(
    session: Session,
    order: Order,
    *,
    counts: Mapping[int, int],
    shortfalls: Mapping[int, Shortfall],
    now: datetime,
    complete_on: date | None = None,
    person_id: int | None = None,
) -> None:
    """Accept what was counted; where some packs are missing, ask the shopper first.

    The shelf is set right at once, so that nobody else buys what is not there.

    :param complete_on: a day on which all of it can be there; None: no waiting is offered.
    :raises NoSuchDay: when that day has passed or is too far off.
    :raises CountsMissing, WrongCount, ReasonMissing, NotConfirmed, ShelfBelowHeld: as accepting.
    """
    if order.state is not OrderState.NEW:
        raise MoveRefused(order.number, order.state, OrderState.ACCEPTED)
    lines = lines_to_work_on(session, order.id)
    actions.check_counts(lines, counts, shortfalls)
    short = [line for line in lines if counts[line.id] < line.packs]
    if not short or not any(counts.values()):
        actions.accept(
            session, order, counts=counts, shortfalls=shortfalls, person_id=person_id, now=now
        )
        return
    actions.require_confirmed(session, order)
    today = clock.day_in(zone_of(session, order.cooperative_id), now)
    if complete_on is not None and not 0 < (complete_on - today).days <= MAX_DAYS:
        raise NoSuchDay(complete_on)
    until = now + timedelta(hours=_hours(session, now))
    _mark(session, order, until)
    session.add(
        ShortOffer(
            order_id=order.id,
            lines={
                str(line.id): {
                    "packs": counts[line.id],
                    "reason": shortfalls[line.id].reason.value,
                    "counted": shortfalls[line.id].left_on_shelf is not None,
                }
                for line in short
            },
            complete_on=complete_on,
            asked_at=now,
            asked_by_id=person_id,
            answer_by=until,
        )
    )
    session.flush()
    for line in short:
        _set_right(session, order, line, shortfalls[line.id], person_id, now)
    note(session, order, SHORT_ASKED, actor=Actor.COOPERATIVE, now=now, person_id=person_id)
    notify_shopper(session, order, "order_short", now)


def choose(
    session: Session,
    order: Order,
    choice: ShortageChoice,
    *,
    actor: Actor,
    now: datetime,
    person_id: int | None = None,
) -> None:
    """What the shopper chose, or their silence: send what is there, wait for all of it, or end it.

    :raises MoveRefused: when nobody asked, or no day to wait for was offered.
    :raises AlreadyMoved: when it was answered before.
    """
    offer = session.get(ShortOffer, order.id, with_for_update=True, populate_existing=True)
    if offer is None or (choice is ShortageChoice.WAIT and offer.complete_on is None):
        raise MoveRefused(order.number, order.state, OrderState.ACCEPTED)
    _answer(session, order, choice, actor, now)
    if choice is ShortageChoice.CANCEL:
        _end(session, order, offer, actor, now, person_id)
        return
    lines = lines_to_work_on(session, order.id)
    is_part = choice is ShortageChoice.SEND
    counts = {
        line.id: int(offer.lines[str(line.id)]["packs"])
        if is_part and str(line.id) in offer.lines
        else line.packs
        for line in lines
    }
    actions.accept(
        session,
        order,
        counts=counts,
        shortfalls=shelf_told(session, lines, offer) if is_part else {},
        actor=actor,
        person_id=person_id,
        now=now,
    )


def unanswered_offers(session: Session, now: datetime) -> tuple[int, ...]:
    """Orders whose shopper was asked a day ago and said nothing, oldest first; a bank that
    decides goes first (R24).
    """
    return tuple(
        session.scalars(
            select(ShortOffer.order_id)
            .join(Order, Order.id == ShortOffer.order_id)
            .where(ShortOffer.answered_at.is_(None), ShortOffer.answer_by <= now)
            .where(Order.state == OrderState.NEW, Order.needs == SHORT_ASKED)
            .where(~has_open_dispute(Order.id))
            .order_by(ShortOffer.answer_by, ShortOffer.order_id)
            .limit(200)
        )
    )


def expire_offer(session: Session, order_id: int, now: datetime) -> None:
    """After a day without an answer, ship what is in stock and refund the rest (rule R9)."""
    order = session.scalars(select(Order).where(Order.id == order_id).with_for_update()).one()
    is_asked = order.state is OrderState.NEW and order.needs == SHORT_ASKED
    if is_asked and not is_disputed(session, order.id):
        choose(session, order, ShortageChoice.SEND, actor=Actor.SHOP, now=now)


def _mark(session: Session, order: Order, until: datetime) -> None:
    # The test sits inside the UPDATE: of two managers who count, one asks.
    marked = session.scalar(
        update(Order)
        .where(Order.id == order.id, Order.state == OrderState.NEW)
        .where(Order.needs.is_(None) | (Order.needs != SHORT_ASKED))
        # Its cooperative has answered: the clock of silence is the shopper's now.
        .values(needs=SHORT_ASKED, accept_by=until)
        .returning(Order.id)
        .execution_options(synchronize_session=False)
    )
    session.refresh(order, ["state", "needs", "accept_by"])
    if marked is None:
        raise AlreadyMoved(order.number, order.state)


def _answer(
    session: Session, order: Order, choice: ShortageChoice, actor: Actor, now: datetime
) -> None:
    answered = session.scalar(
        update(ShortOffer)
        .where(ShortOffer.order_id == order.id, ShortOffer.answered_at.is_(None))
        .values(answered_at=now, answer=choice, answered_by=actor)
        .returning(ShortOffer.order_id)
        .execution_options(synchronize_session=False)
    )
    if answered is None:
        raise AlreadyMoved(order.number, order.state)


def _set_right(
    session: Session,
    order: Order,
    line: OrderLine,
    found: Shortfall,
    person_id: int | None,
    now: datetime,
) -> None:
    if found.left_on_shelf is None:
        return
    try:
        inventory.adjust(
            session,
            variant_id=line.variant_id,
            cooperative_id=order.cooperative_id,
            counted=found.left_on_shelf,
            reason=movement_of(found.reason),
            person_id=person_id,
            reference=order.number,
            now=now,
        )
    except BelowHeld as refusal:
        raise ShelfBelowHeld(line.id, refusal.counted, refusal.held) from refusal


def _end(
    session: Session,
    order: Order,
    offer: ShortOffer,
    actor: Actor,
    now: datetime,
    person_id: int | None,
) -> None:
    lines = lines_to_work_on(session, order.id)
    found = all_back(session, lines, offer)
    reason = next(found[line.id].reason for line in lines if str(line.id) in offer.lines)
    advance(
        session,
        order,
        OrderState.CANCELLED,
        actor=actor,
        person_id=person_id,
        now=now,
        reason=reason,
    )
    packs = {line.id: line.packs - line.refunded for line in lines}
    put_back(session, order, lines, packs, found, now=now, person_id=person_id)
    refund_order(session, order, lines, reason, now=now, person_id=person_id)
    tell_called_off(session, order, now)


def _hours(session: Session, now: datetime) -> int:
    return settings_by_date.settings_on(session, clock.day_in(clock.HOME_ZONE, now))[
        "short_answer_hours"
    ]
