"""Orders that somebody complains of."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.aftersales.complaint_answers import refunds, replacements
from shop.aftersales.complaint_answers.timeouts import act, due
from shop.aftersales.complaints import actions
from shop.aftersales.complaints import invariants as complaints
from shop.aftersales.complaints.models import Complaint
from shop.aftersales.complaints.queries import complaint_at
from shop.aftersales.complaints.rules import ComplaintReason, RequestedRemedy, State
from shop.aftersales.refunds.models import RefundRequest
from shop.core.database.engine import Database
from shop.core.database.invariants import Check
from shop.payments.bills.models import Refund
from shop.sales.orders.models import Order
from shop.services.outbox.models import Notice
from tests.factories import NOON
from tests.fulfilment import paid
from tests.fulfilment.paid import lines_of

T = TypeVar("T")
Work = Callable[[Session, Order, Complaint], T]


def on_order(db: Database, number: str, work: Callable[[Session, Order], T]) -> T:
    """Work in one transaction that holds the order's row."""

    def do(session: Session) -> T:
        return work(
            session,
            session.scalars(select(Order).where(Order.number == number).with_for_update()).one(),
        )

    return db.write(do)


def file(
    db: Database,
    number: str,
    packs: int = 1,
    *,
    place: int = 1,
    wrong: ComplaintReason = ComplaintReason.BROKEN,
    wished: RequestedRemedy = RequestedRemedy.REFUND,
    now: datetime = NOON,
    words: str = "Bungkusnya sobek.",
) -> int:
    """Complain of packs of a line; the complaint's id."""
    line_id = lines_of(db, number)[place - 1].id
    return on_order(
        db,
        number,
        lambda session, order: (
            actions.file(
                session,
                order,
                line_id=line_id,
                packs=packs,
                wrong=wrong,
                wished=wished,
                words=words,
                now=now,
            ).id
        ),
    )


def on_complaint(db: Database, number: str, work: Work[T], place: int = 1) -> T:
    """One verb on the complaint about a line."""
    return on_order(
        db,
        number,
        lambda session, order: work(session, order, complaint_at(session, order.id, place)),
    )


def give(
    db: Database,
    number: str,
    packs: int = 1,
    *,
    delivery: int = 0,
    till_pays: bool = True,
    person_id: int | None = None,
    now: datetime = NOON,
) -> Refund | RefundRequest:
    """The cooperative gives the price of packs back."""
    return on_complaint(
        db,
        number,
        lambda session, order, complaint: refunds.give_money(
            session,
            order,
            complaint,
            packs=packs,
            delivery=delivery,
            till_pays=till_pays,
            person_id=person_id,
            now=now,
        ),
    )


def complaint_of(db: Database, number: str, place: int = 1) -> Complaint:
    """The complaint as it stands."""
    with db.reading() as session:
        order_id = session.scalars(select(Order.id).where(Order.number == number)).one()
        return complaint_at(session, order_id, place)


def stands(db: Database, number: str) -> State:
    """Where the complaint about the first line stands."""
    return complaint_of(db, number).state


def fall_silent(db: Database, now: datetime) -> None:
    """The worker looks at every clock once."""
    with db.reading() as session:
        found = due(session, now)
    for complaint_id in found:
        db.write(partial(act, complaint_id=complaint_id, now=now))


def broken(db: Database) -> dict[str, Check]:
    """Every invariant that does not hold."""
    with db.reading() as session:
        found = complaints.verify(session)
    return paid.broken(db) | {name: check for name, check in found.items() if not check.ok}


def kinds(db: Database) -> list[str]:
    """What was told of complaints, in order."""
    with db.reading() as session:
        return list(
            session.scalars(
                select(Notice.kind).where(Notice.kind.startswith("complaint_")).order_by(Notice.id)
            )
        )


def promise(db: Database, number: str) -> None:
    """The cooperative promises the packs."""
    on_complaint(
        db,
        number,
        lambda s, o, c: replacements.reserve_replacement(s, o, c, words="Maaf.", now=NOON),
    )


def send(db: Database, number: str) -> None:
    """They leave with a courier."""
    on_complaint(
        db, number, lambda s, o, c: replacements.send(s, o, c, tracking="JP87654321", now=NOON)
    )
