"""What shoppers of the demo's year complained of, and what came of it."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from demo.history.schedule import Step
from shop.aftersales.complaint_answers import refunds, replacements
from shop.aftersales.complaints import actions
from shop.aftersales.complaints.models import Complaint
from shop.aftersales.complaints.rules import ComplaintReason, RefusalReason, RequestedRemedy
from shop.catalog.inventory.actions import change_by
from shop.catalog.inventory.models import MovementReason
from shop.fulfilment.orders.queries import lines_to_work_on
from shop.sales.orders.models import Actor, Order, OrderLine, OrderState

EVERY, FIRST = 37, 5
"""Of the past, every so manieth purchase, from this one on."""
UNDER_WAY: Mapping[int, str] = {0: "open", 1: "refused", 9: "appealed"}
"""What becomes of those that arrived just now, by the last digits of twenty."""
PAST = ("refunded", "exchanged", "refused for good", "granted by the operator")
SLOWLY, QUICKLY = timedelta(hours=3), timedelta(minutes=9)
"""Between two steps; of what is under way none may lie in the future (``QUIET``)."""


def complain(
    session: Session, step: Step, order: Order, *, is_past: bool, manager: int, operator: int
) -> None:
    """Somebody is not content with what arrived, now and then."""
    fate = _fate(step.purchase, is_past=is_past)
    if not fate or order.state is not OrderState.ARRIVED or order.paid_at is None:
        return
    line = lines_to_work_on(session, order.id)[0]
    if not line.delivered:
        return
    wished = RequestedRemedy.EXCHANGE if fate == "exchanged" else RequestedRemedy.REFUND
    one = actions.file(
        session,
        order,
        line_id=line.id,
        packs=1,
        wrong=ComplaintReason.BROKEN,
        wished=wished,
        words="Kardusnya penyok, satu bungkus sobek dan isinya tumpah.",
        now=step.at,
    )
    gap = SLOWLY if is_past else QUICKLY
    later = step.at + gap
    if fate == "refunded":
        refunds.give_money(
            session,
            order,
            one,
            packs=1,
            delivery=0,
            till_pays=True,
            words="Maaf ya. Uangnya kami kembalikan.",
            now=later,
        )
    elif fate == "exchanged":
        _exchange(session, order, one, line, manager, step.at)
    elif fate != "open":
        _refuse(session, order, one, manager, later)
        if fate != "refused":
            words = "Fotonya jelas, sobekannya dari dalam."
            actions.appeal(session, order, one, words=words, now=later + gap)
        if is_past:
            is_granted = fate == "granted by the operator"
            refunds.decide(
                session,
                order,
                one,
                packs=int(is_granted),
                till_pays=True,
                words="Sobekannya terlihat di foto." if is_granted else "Dipakai sebelum mengeluh.",
                person_id=operator,
                now=later + 2 * gap,
            )


def _fate(purchase: int, *, is_past: bool) -> str:
    if not is_past:
        return UNDER_WAY.get(purchase % 20, "")
    turn, rest = divmod(purchase, EVERY)
    return PAST[turn % len(PAST)] if rest == FIRST else ""


def _exchange(
    session: Session,
    order: Order,
    one: Complaint,
    line: OrderLine,
    manager: int,
    now: datetime,
) -> None:
    # Made for this, so that the shelf stays as the file says.
    change_by(
        session,
        variant_id=line.variant_id,
        cooperative_id=order.cooperative_id,
        change=1,
        reason=MovementReason.PRODUCED,
        person_id=manager,
        now=now,
    )
    replacements.reserve_replacement(
        session, order, one, words="Kami kirim gantinya.", person_id=manager, now=now
    )
    replacements.send(session, order, one, tracking="JP8800012345", person_id=manager, now=now)
    replacements.arrived(session, order, one, actor=Actor.SHOPPER, now=now)


def _refuse(session: Session, order: Order, one: Complaint, manager: int, now: datetime) -> None:
    actions.refuse(
        session,
        order,
        one,
        reason=RefusalReason.NOT_SHOWN,
        words="Di foto kemasannya masih utuh. Mohon kirim foto yang lebih dekat.",
        person_id=manager,
        now=now,
    )
