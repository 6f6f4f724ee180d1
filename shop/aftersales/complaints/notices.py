"""Who is told of a complaint, and what the messages say: each event once for each reader."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.aftersales.complaints.models import Complaint
from shop.people.accounts.models import OperatorRight, OperatorSeat, Person
from shop.people.cooperatives.models import Cooperative
from shop.people.cooperatives.queries import managers_to_tell
from shop.sales.orders.models import Order, OrderLine, Purchase
from shop.services.outbox.actions import notify
from shop.services.outbox.mailer import post
from shop.services.outbox.models import Notice
from shop.services.outbox.notices import describes

MANAGERS = ("complaint_filed", "complaint_ended")
SHOPPER = ("complaint_answered", "complaint_decided")
OPERATOR = ("complaint_appealed",)

Facts = Mapping[int, Mapping[str, object]]
"""By notice id."""


def tell_managers(session: Session, complaint: Complaint, kind: str, now: datetime) -> None:
    """Tell those who answer for the cooperative."""
    for cooperative_id, contact_id in managers_to_tell(session, [complaint.cooperative_id]):
        _tell(session, complaint, kind, contact_id, now, cooperative_id=cooperative_id)


def tell_operators(session: Session, complaint: Complaint, kind: str, now: datetime) -> None:
    """Tell whoever decides what the two sides do not agree about."""
    operators = select(OperatorSeat.person_id).where(OperatorSeat.right == OperatorRight.OPERATE)
    wanted = select(Person.contact_id).where(Person.id.in_(operators)).order_by(Person.id)
    for contact_id in session.scalars(wanted):
        _tell(session, complaint, kind, contact_id, now)


def tell_shopper(
    session: Session, order: Order, complaint: Complaint, kind: str, now: datetime
) -> None:
    """Tell whoever complained."""
    contact_id = session.scalars(
        select(Purchase.contact_id).where(Purchase.id == order.purchase_id)
    ).one()
    _tell(session, complaint, kind, contact_id, now, cooperative_id=order.cooperative_id)


def _tell(
    session: Session,
    complaint: Complaint,
    kind: str,
    contact_id: int,
    now: datetime,
    *,
    cooperative_id: int | None = None,
) -> None:
    notify(
        session,
        key=f"{kind}:{complaint.id}:{contact_id}",
        kind=kind,
        contact_id=contact_id,
        cooperative_id=cooperative_id,
        order_id=complaint.order_id,
        now=now,
    )


@describes(*MANAGERS, *SHOPPER, *OPERATOR)
def about_complaints(session: Session, notices: Sequence[Notice]) -> Facts:
    """Which goods of which order, how it stands, until when; in one statement."""
    ids = {notice.id: int(notice.key.split(":")[1]) for notice in notices}
    kinds = {notice.id: notice.kind for notice in notices}
    rows = session.execute(
        select(Complaint, Order.number, OrderLine, Cooperative, Purchase.language)
        .join(Order, Order.id == Complaint.order_id)
        .join(OrderLine, OrderLine.id == Complaint.line_id)
        .join(Cooperative, Cooperative.id == Complaint.cooperative_id)
        .join(Purchase, Purchase.id == Order.purchase_id)
        .where(Complaint.id.in_(set(ids.values())))
    )
    found = {row[0].id: row for row in rows}
    facts: dict[int, Mapping[str, object]] = {}
    for notice_id, complaint_id in ids.items():
        if complaint_id not in found:
            continue
        complaint, number, line, cooperative, language = found[complaint_id]
        kind = kinds[notice_id]
        here = f"{number}/keluhan/{line.position}"
        way = (
            f"/pesanan/{here}"
            if kind in SHOPPER
            else f"/operator/keluhan/{number}/{line.position}"
            if kind in OPERATOR
            else f"/kelola/{cooperative.slug}/pesanan/{here}"
        )
        mine: dict[str, object] = {
            "number": number,
            "goods": line.name,
            "packs": complaint.packs,
            "granted": complaint.granted,
            "state": complaint.state.value,
            "cooperative": cooperative.short_name,
            "zone": cooperative.zone,
            "until": complaint.due_at,
            "link": post().link(way),
        }
        if kind in SHOPPER:
            mine["language"] = language
        facts[notice_id] = mine
    return facts
