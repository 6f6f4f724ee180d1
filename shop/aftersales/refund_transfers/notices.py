"""What shoppers are told about money that goes back, and reminders to say where to (R23)."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session

from shop.aftersales.refund_transfers.destinations import BY_HAND
from shop.core.database.engine import Database
from shop.payments.bills.models import Payment, Refund, RefundDestination, RefundTransfer
from shop.sales.orders.models import Purchase
from shop.services.outbox.actions import notify
from shop.services.outbox.mailer import post
from shop.services.outbox.models import Notice
from shop.services.outbox.notices import describes
from shop.services.outbox.worker import periodic

REMINDED_AFTER = (0, 3, 7, 14, 30, 60, 90, 180, 365)
"""Days since money began to wait; afterwards it stays owed, and nobody is pressed any more."""
BATCH = 500


@describes("refund_where")
def about_waiting_money(
    session: Session, notices: Sequence[Notice]
) -> Mapping[int, Mapping[str, object]]:
    """How much waits for a destination; in one statement."""
    ids = {notice.purchase_id for notice in notices if notice.purchase_id is not None}
    waits = and_(BY_HAND, Refund.destination_id.is_(None))
    rows = session.execute(
        select(
            Purchase.id,
            Purchase.code,
            Purchase.language,
            # A letter that is read late still names a sum; its page tells what is left of it.
            func.coalesce(
                func.sum(case((waits, Refund.amount), else_=None)), func.sum(Refund.amount)
            ),
        )
        .join(Payment, Payment.purchase_id == Purchase.id)
        .join(Refund, Refund.payment_id == Payment.id)
        .where(Purchase.id.in_(ids))
        .group_by(Purchase.id, Purchase.code, Purchase.language)
    )
    facts = {
        purchase_id: {
            "refund": int(amount),
            "link": post().link(f"/pembelian/{code}/uang-kembali"),
            "language": language,
        }
        for purchase_id, code, language, amount in rows
    }
    return {
        notice.id: facts[notice.purchase_id]
        for notice in notices
        if notice.purchase_id is not None and notice.purchase_id in facts
    }


@describes("refund_sent", "refund_came_back")
def about_transfers(
    session: Session, notices: Sequence[Notice]
) -> Mapping[int, Mapping[str, object]]:
    """Amount, way and reference of transfers; in one statement."""
    ids = {notice.id: int(notice.key.rpartition(":")[2]) for notice in notices}
    rows = session.execute(
        select(RefundTransfer, RefundDestination, Purchase.code, Purchase.language)
        .join(RefundDestination, RefundDestination.id == RefundTransfer.destination_id)
        .join(Purchase, Purchase.id == RefundDestination.purchase_id)
        .where(RefundTransfer.id.in_(set(ids.values())))
    )
    facts = {
        transfer.id: {
            "refund": transfer.amount,
            "to": f"{destination.provider} ••{destination.number[-4:]}",
            "reference": transfer.reference,
            "link": post().link(f"/pembelian/{code}/uang-kembali"),
            "language": language,
        }
        for transfer, destination, code, language in rows
    }
    return {
        notice_id: facts[transfer_id]
        for notice_id, transfer_id in ids.items()
        if transfer_id in facts
    }


def remind(session: Session, now: datetime) -> int:
    """Ask shoppers where their money goes: at once, and again more and more rarely.

    :return: how many were asked now.
    """
    since = func.min(Refund.asked_at)
    rows = session.execute(
        select(Purchase.id, Purchase.contact_id, since)
        .join(Payment, Payment.purchase_id == Purchase.id)
        .join(Refund, Refund.payment_id == Payment.id)
        .where(BY_HAND, Refund.destination_id.is_(None))
        .group_by(Purchase.id, Purchase.contact_id)
        .order_by(since, Purchase.id)
    ).all()
    asked = 0
    for purchase_id, contact_id, began in rows:
        waited = now - began
        turns = sum(waited >= timedelta(days=days) for days in REMINDED_AFTER)
        if turns and asked < BATCH:
            asked += notify(
                session,
                key=f"refund_where:{purchase_id}:{turns}",
                kind="refund_where",
                contact_id=contact_id,
                purchase_id=purchase_id,
                now=now,
            )
    return asked


@periodic("remind-refunds", every_seconds=3_600)
def remind_refunds(db: Database, now: datetime) -> None:
    """Once an hour, whose money waits is asked where it goes."""
    db.write(lambda session: remind(session, now))
