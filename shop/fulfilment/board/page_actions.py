"""The step each stage of the board leads to, as a page asks for it: one order, one answer."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy.orm import Session
from wtforms import ValidationError

from shop.fulfilment.board.answer_words import (
    asked_words,
    cash_on_page_words,
    code_words,
    left_words,
    missed_words,
    moved_words,
    no_code_words,
    not_confirmed_words,
    too_many_words,
    tracking_words,
)
from shop.fulfilment.board.forms import receiver_of
from shop.fulfilment.board.queries import Card
from shop.fulfilment.collecting.errors import UnfitGoods
from shop.fulfilment.collecting.words import unfit_words
from shop.fulfilment.order_steps import actions
from shop.fulfilment.order_steps.packing import undo_packing
from shop.fulfilment.orders.errors import NotATrackingNumber, WrongCode
from shop.fulfilment.orders.queries import lines_to_work_on, order_to_work_on, state_of
from shop.fulfilment.orders.rules import NOT_ARRIVED, STATES, Stage
from shop.payments.cash.errors import NotConfirmed, WrongCash
from shop.sales.orders.errors import AlreadyMoved, MoveRefused
from shop.sales.orders.models import Actor, Order, OrderState
from shop.sales.orders.rules import SHORT_ASKED, DeliveryKind
from shop.web.http.app_state import database
from shop.web.security.rate_limits import RateLimitExceeded, hit

HOUR = 3_600
TRIES_A_CODE = 5

FOLLOWING: dict[Stage, tuple[OrderState, ...]] = {
    Stage.NEW: (OrderState.ACCEPTED,),
    Stage.PACK: (OrderState.READY,),
    Stage.READY: (OrderState.ON_THE_WAY, OrderState.ARRIVED),
    Stage.ON_THE_WAY: (OrderState.ARRIVED,),
}
"""Where a stage's step leads: an order that is there already was moved by the first click."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one order of a batch."""

    number: str
    fault: str = ""
    """Why it did not move, in words; empty: it moved, or had moved before."""
    warning: str = ""
    is_repeat: bool = False


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody typed for an order, who it was, and when."""

    typed: str
    person_id: int
    now: datetime


def run_step(
    cooperative_id: int, card: Card, stage: Stage, typed: str, *, person_id: int, now: datetime
) -> Outcome:
    """Do a stage's step for one order, in a transaction of its own.

    :param typed: what its one field holds: tracking number, pick-up code or receiver.
    """
    if card.state not in STATES[stage]:
        return _elsewhere(card.number, card.state, card.kind, stage)
    try:
        if stage is Stage.READY and card.kind is DeliveryKind.PICKUP:
            if not typed.strip():
                return Outcome(card.number, no_code_words())  # nobody guessed
            count_code(card.number)
        work = partial(_STEPS[stage], act=Act(typed, person_id, now))
        return Outcome(card.number, warning=_write(cooperative_id, card.number, work))
    except (MoveRefused, AlreadyMoved):
        return _elsewhere(card.number, _state_of(cooperative_id, card.number), card.kind, stage)
    except _REFUSALS as refusal:
        return Outcome(card.number, _refusal_words(refusal))


def take_back(cooperative_id: int, card: Card, *, person_id: int, now: datetime) -> Outcome:
    """Put one packed order back among those to pack, in a transaction of its own."""

    def work(session: Session, order: Order) -> str:
        undo_packing(session, order, now=now, person_id=person_id)
        return ""

    try:
        return Outcome(card.number, warning=_write(cooperative_id, card.number, work))
    except (MoveRefused, AlreadyMoved):
        state = _state_of(cooperative_id, card.number)
    if state is OrderState.ACCEPTED:
        return Outcome(card.number, is_repeat=True)
    if state is OrderState.READY:
        return Outcome(card.number, left_words())
    return Outcome(card.number, moved_words(state, card.kind))


_REFUSALS = (
    NotATrackingNumber,
    WrongCode,
    RateLimitExceeded,
    ValidationError,
    NotConfirmed,
    WrongCash,
    UnfitGoods,
)


def _refusal_words(refusal: Exception) -> str:
    """What is wrong with what was typed, or what has to be done before."""
    match refusal:
        case NotATrackingNumber():
            return tracking_words()
        case WrongCode():
            return code_words()
        case RateLimitExceeded():
            return too_many_words(refusal.wait_minutes)
        case NotConfirmed():
            return not_confirmed_words()
        case UnfitGoods():
            return unfit_words(refusal)
        case WrongCash():
            return cash_on_page_words(refusal.asked)
    return str(refusal)


def count_code(number: str) -> None:
    """Count a try of an order's pick-up code.

    :raises RateLimitExceeded: after five in an hour.
    """
    hit("pickup-code", number, TRIES_A_CODE, HOUR)


def _write(cooperative_id: int, number: str, work: Callable[[Session, Order], str]) -> str:
    return database().write(
        lambda session: work(session, order_to_work_on(session, cooperative_id, number))
    )


def _state_of(cooperative_id: int, number: str) -> OrderState:
    with database().reading() as session:
        return state_of(session, cooperative_id, number)


def _elsewhere(number: str, state: OrderState, kind: DeliveryKind, stage: Stage) -> Outcome:
    if state in FOLLOWING[stage]:
        return Outcome(number, is_repeat=True)
    return Outcome(number, moved_words(state, kind))


def _accept(session: Session, order: Order, act: Act) -> str:
    if order.state is OrderState.NEW and order.needs == SHORT_ASKED:
        raise ValidationError(asked_words())
    counts = {line.id: line.packs for line in lines_to_work_on(session, order.id)}
    actions.accept(session, order, counts=counts, person_id=act.person_id, now=act.now)
    return ""


def _pack(session: Session, order: Order, act: Act) -> str:
    actions.mark_ready(session, order, person_id=act.person_id, now=act.now)
    return ""


def _hand_over(session: Session, order: Order, act: Act) -> str:
    if order.delivery_kind is DeliveryKind.OWN:
        actions.own_delivery_out(session, order, person_id=act.person_id, now=act.now)
        return ""
    if order.delivery_kind is DeliveryKind.PICKUP:
        actions.hand_over_pickup(
            session, order, code=act.typed, person_id=act.person_id, now=act.now
        )
        return ""
    left = actions.hand_over(
        session, order, tracking=act.typed, person_id=act.person_id, now=act.now
    )
    return ", ".join(left.same_number)


def _arrive(session: Session, order: Order, act: Act) -> str:
    if order.delivery_kind is DeliveryKind.OWN:
        actions.own_delivery_done(
            session, order, receiver=receiver_of(act.typed), person_id=act.person_id, now=act.now
        )
        return ""
    if order.needs == NOT_ARRIVED:
        raise ValidationError(missed_words())
    actions.confirm_arrival(
        session, order, actor=Actor.COOPERATIVE, person_id=act.person_id, now=act.now
    )
    return ""


_STEPS = {
    Stage.NEW: _accept,
    Stage.PACK: _pack,
    Stage.READY: _hand_over,
    Stage.ON_THE_WAY: _arrive,
}
