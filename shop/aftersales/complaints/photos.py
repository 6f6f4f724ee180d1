"""Photos of what is wrong: kept with the form first, with the complaint then, and forgotten."""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from shop.aftersales.complaints.errors import TooManyPhotos
from shop.aftersales.complaints.models import Complaint, ComplaintPhoto
from shop.aftersales.complaints.rules import MAX_PHOTOS
from shop.core.database.upserts import insert_if_absent
from shop.people.accounts.models import Contact
from shop.sales.orders.models import Order, Purchase

DRAFT_KEPT = timedelta(days=1)
"""How long a photo waits for its form to be sent again."""
KEPT = timedelta(days=180)
"""How long after its complaint is over a photo may still be asked for."""


def keep_draft(session: Session, order: Order, draft: str, photo: bytes, *, now: datetime) -> None:
    """Keep a photo of a form that may be refused; the same twice is one.

    :param order: its row is held: two uploads at once are counted one after the other.
    :param photo: written anew by us (``image_processing.readable``).
    :raises TooManyPhotos: when as many lie there as may.
    """
    digest = hashlib.sha256(photo).hexdigest()
    there = session.scalars(
        select(ComplaintPhoto.digest).where(
            ComplaintPhoto.order_id == order.id, ComplaintPhoto.draft == draft
        )
    ).all()
    if digest in there:
        return
    if len(there) >= MAX_PHOTOS:
        raise TooManyPhotos(MAX_PHOTOS)
    values = {
        "order_id": order.id,
        "draft": draft,
        "digest": digest,
        "photo": photo,
        "sent_at": now,
    }
    insert_if_absent(session, ComplaintPhoto, values, key=["order_id", "draft", "digest"])


def drop_drafts(session: Session, order: Order, draft: str, photo_ids: list[int]) -> None:
    """Take photos out of a form again."""
    session.execute(
        delete(ComplaintPhoto)
        .where(ComplaintPhoto.order_id == order.id, ComplaintPhoto.draft == draft)
        .where(ComplaintPhoto.complaint_id.is_(None), ComplaintPhoto.id.in_(photo_ids))
        .execution_options(synchronize_session=False)
    )


def drafts(session: Session, order_id: int, draft: str) -> tuple[int, ...]:
    """The photos that wait with a form."""
    return tuple(
        session.scalars(
            select(ComplaintPhoto.id)
            .where(ComplaintPhoto.order_id == order_id, ComplaintPhoto.draft == draft)
            .where(ComplaintPhoto.complaint_id.is_(None))
            .order_by(ComplaintPhoto.id)
        )
    )


def attach(session: Session, complaint: Complaint, draft: str) -> None:
    """Give a complaint the photos of its form."""
    if draft:
        session.execute(
            update(ComplaintPhoto)
            .where(ComplaintPhoto.order_id == complaint.order_id, ComplaintPhoto.draft == draft)
            .where(ComplaintPhoto.complaint_id.is_(None))
            .values(complaint_id=complaint.id)
            .execution_options(synchronize_session=False)
        )


def photo_of_order(session: Session, order_id: int, photo_id: int) -> bytes | None:
    """The bytes of a photo for whom the order belongs to; None where it has no such photo."""
    return session.scalar(
        select(ComplaintPhoto.photo).where(
            ComplaintPhoto.id == photo_id, ComplaintPhoto.order_id == order_id
        )
    )


def photo_of_complaint(session: Session, order_id: int, photo_id: int) -> bytes | None:
    """The same for the other side, which sees what was filed alone."""
    return session.scalar(
        select(ComplaintPhoto.photo).where(
            ComplaintPhoto.id == photo_id,
            ComplaintPhoto.order_id == order_id,
            ComplaintPhoto.complaint_id.is_not(None),
        )
    )


def purge(session: Session, now: datetime) -> int:
    """Delete photos that nobody needs, and empty words of shoppers who are forgotten.

    :return: how many photos went.
    """
    erased = (
        select(Order.id)
        .join(Purchase, Purchase.id == Order.purchase_id)
        .join(Contact, Contact.id == Purchase.contact_id)
        .where(Contact.erased_at.is_not(None))
    )
    over = select(Complaint.id).where(Complaint.closed_at <= now - KEPT)
    is_left_behind = ComplaintPhoto.complaint_id.is_(None) & (
        ComplaintPhoto.sent_at <= now - DRAFT_KEPT
    )
    gone = session.scalars(
        delete(ComplaintPhoto)
        .where(
            or_(
                is_left_behind,
                ComplaintPhoto.complaint_id.in_(over),
                ComplaintPhoto.order_id.in_(erased),
            )
        )
        .returning(ComplaintPhoto.id)
        .execution_options(synchronize_session=False)
    ).all()
    session.execute(
        update(Complaint)
        .where(Complaint.order_id.in_(erased))
        .where(
            or_(
                Complaint.words != "",
                Complaint.answer_words != "",
                Complaint.appeal_words != "",
                Complaint.decision_words != "",
            )
        )
        .values(words="", answer_words="", appeal_words="", decision_words="")
        .execution_options(synchronize_session=False)
    )
    return len(gone)
