"""What a cooperative does with an order of the demo's year, each step by its own verb."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from demo.history.collecting import bring
from demo.history.outcomes import (
    fail_reason,
    first_packs,
    fit_packs,
    refuse_reason,
    sent_packs,
    short_reason,
)
from demo.history.payments import asked_for, into_drawer
from demo.history.plan import Fate, Part
from demo.history.schedule import Step, Verb
from shop.core.values.clock import day_in
from shop.fulfilment.deadlines.completion import close as close_order
from shop.fulfilment.order_steps import actions
from shop.fulfilment.order_steps.shortages import accept_or_ask
from shop.fulfilment.orders.queries import lines_to_work_on
from shop.fulfilment.orders.rules import Reason, Shortfall
from shop.fulfilment.parcels import actions as parcels
from shop.fulfilment.parcels import failed_deliveries
from shop.fulfilment.parcels.missing_parcels import report_missing
from shop.sales.orders.models import Actor, Order, OrderLine
from shop.sales.orders.parcels import parcels_under_way
from shop.sales.orders.rules import DeliveryKind

BROUGHT_AT_ONCE = 2
DELIVERED_BY_SHOPPER = 3
"""Every third parcel is marked as arrived by who bought it, the others by the cooperative."""

MADE_IN = timedelta(days=5)
"""When a shopper is asked: so long until all of it can be there."""

RECEIVERS = ("Bu Tini", "Pak Darmo", "Ibu sendiri", "Mas Eko", "Mbak Rini", "Satpam")

Variants = Mapping[tuple[str, int], int]
"""Variant ids by SKU and option."""


@dataclass(frozen=True, slots=True)
class Work:
    """An order in somebody's hands."""

    step: Step
    part: Part
    order: Order
    by: int
    """The manager's person id."""
    variants: Variants
    brings: bool = False
    """Whether its packs come with a code: lately, the cooperatives write them down."""

    def lines(self, session: Session) -> list[OrderLine]:
        """The order's lines in the order of the plan."""
        found = {line.variant_id: line for line in lines_to_work_on(session, self.order.id)}
        return [found[self.variants[item.sku, item.position]] for item in self.part.basket.items]


def work_on(session: Session, work: Work) -> None:
    """Do the step."""
    _STEPS[work.step.verb](session, work)


def _accept(session: Session, work: Work) -> None:
    lines = work.lines(session)
    counts = {line.id: packs for line, packs in zip(lines, sent_packs(work.part), strict=True)}
    shortfall = Shortfall(short_reason(work.step.purchase))
    actions.accept(
        session,
        work.order,
        counts=counts,
        shortfalls={line.id: shortfall for line in lines if counts[line.id] < line.packs},
        now=work.step.at,
        person_id=work.by,
    )


def _ask(session: Session, work: Work) -> None:
    lines, now = work.lines(session), work.step.at
    counts = {line.id: packs for line, packs in zip(lines, sent_packs(work.part), strict=True)}
    missing = [line.id for line in lines if counts[line.id] < line.packs]
    accept_or_ask(
        session,
        work.order,
        counts=counts,
        shortfalls=dict.fromkeys(missing, Shortfall(Reason.NOT_MADE)),
        complete_on=day_in(work.part.basket.zone, now) + MADE_IN,
        now=now,
        person_id=work.by,
    )


def _refuse(session: Session, work: Work) -> None:
    reason = refuse_reason(work.step.purchase)
    actions.refuse(session, work.order, reason=reason, now=work.step.at, person_id=work.by)


def _call_off(session: Session, work: Work) -> None:
    actions.cancel(
        session, work.order, reason=Reason.CANNOT_SEND, now=work.step.at, person_id=work.by
    )


def _pack(session: Session, work: Work) -> None:
    if work.brings:
        bring(session, work.order, work.by, work.step.at)
    actions.mark_ready(session, work.order, now=work.step.at, person_id=work.by)


def _hand_over(session: Session, work: Work) -> None:
    order, now, by = work.order, work.step.at, work.by
    if order.delivery_kind is DeliveryKind.PICKUP:
        code = order.pickup_code or ""
        cash = asked_for(session, order)
        actions.hand_over_pickup(session, order, code=code, cash=cash, now=now, person_id=by)
        _to_treasurer(session, work)
    elif order.delivery_kind is DeliveryKind.OWN:
        actions.own_delivery_out(session, order, now=now, person_id=by)
    else:
        packs = None
        if work.part.fate is Fate.IN_PARTS:
            counted = zip(work.lines(session), first_packs(work.part), strict=True)
            packs = {line.id: some for line, some in counted}
        tracking = _tracking(work)
        actions.hand_over(session, order, tracking=tracking, packs=packs, now=now, person_id=by)


def _send_rest(session: Session, work: Work) -> None:
    """The first parcel is there, and the others leave."""
    order, now, by = work.order, work.step.at, work.by
    first = parcels_under_way(session, order)
    parcels.arrive(session, order, first, actor=Actor.COOPERATIVE, now=now, person_id=by)
    actions.hand_over(session, order, tracking=f"{_tracking(work)}B", now=now, person_id=by)


def _tracking(work: Work) -> str:
    """A number of no courier: a tracked parcel of the demo would be somebody's."""
    return f"DEMO{work.step.purchase:04d}{work.order.id:06d}"


def _fail(session: Session, work: Work) -> None:
    failed_deliveries.record_failed_delivery(
        session,
        work.order,
        reason=fail_reason(work.step.purchase, work.part),
        now=work.step.at,
        person_id=work.by,
    )


def _try_again(session: Session, work: Work) -> None:
    failed_deliveries.try_again(session, work.order, now=work.step.at, person_id=work.by)


def _take_back(session: Session, work: Work) -> None:
    counted = zip(work.lines(session), fit_packs(work.part), strict=True)
    failed_deliveries.return_to_stock(
        session,
        work.order,
        fit={line.id: packs for line, packs in counted},
        now=work.step.at,
        person_id=work.by,
    )


def _arrive(session: Session, work: Work) -> None:
    order, now = work.order, work.step.at
    if order.delivery_kind is DeliveryKind.OWN:
        receiver = RECEIVERS[work.step.purchase % len(RECEIVERS)]
        cash = asked_for(session, order)
        actions.own_delivery_done(
            session, order, receiver=receiver, cash=cash, now=now, person_id=work.by
        )
        _to_treasurer(session, work)
        return
    is_missed = work.part.fate is Fate.MISSED
    by_shopper = not is_missed and work.step.purchase % DELIVERED_BY_SHOPPER == 0
    actions.confirm_arrival(
        session,
        order,
        actor=Actor.SHOPPER if by_shopper else Actor.COOPERATIVE,
        now=now,
        person_id=None if by_shopper else work.by,
    )
    if is_missed:
        report_missing(session, order, now)


def _to_treasurer(session: Session, work: Work) -> None:
    """Some bring the money on the same day, others by the time the order is over."""
    if work.step.purchase % BROUGHT_AT_ONCE == 0:
        into_drawer(session, work.order, now=work.step.at)


def _close(session: Session, work: Work) -> None:
    into_drawer(session, work.order, now=work.step.at)
    close_order(session, work.order.id, work.step.at)


_STEPS: Mapping[Verb, Callable[[Session, Work], None]] = {
    Verb.ASK: _ask,
    Verb.ACCEPT: _accept,
    Verb.REFUSE: _refuse,
    Verb.CALL_OFF: _call_off,
    Verb.PACK: _pack,
    Verb.HAND_OVER: _hand_over,
    Verb.SEND_REST: _send_rest,
    Verb.FAIL: _fail,
    Verb.TRY_AGAIN: _try_again,
    Verb.TAKE_BACK: _take_back,
    Verb.ARRIVE: _arrive,
    Verb.CLOSE: _close,
}
