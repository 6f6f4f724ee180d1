"""What is still to be sent or done."""

from datetime import datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from shop.core.paging import PAGE_ROWS, Page, page_of
from shop.outbox.models import JobState, Notice, NoticeState, OutboxJob, Worker


def is_anything_due(session: Session, now: datetime) -> bool:
    """Whether a worker would find a job; asked without the write lock."""
    due = (
        select(OutboxJob.id)
        .where(OutboxJob.state == JobState.WAITING, OutboxJob.run_at <= now)
        .where(or_(OutboxJob.lease_until.is_(None), OutboxJob.lease_until <= now))
        .limit(1)
    )
    return session.scalar(due) is not None


def notices_by_hand(
    session: Session, cooperative_id: int | None, after: int | None = None, size: int = PAGE_ROWS
) -> Page[Notice]:
    """A page of the list "kirim lewat WhatsApp", oldest first.

    :param cooperative_id: None: the operator's list.
    :param after: id of the last notice of the page before.
    """
    query = _by_hand(cooperative_id).order_by(Notice.id).limit(size + 1)
    if after is not None:
        query = query.where(Notice.id > after)
    return page_of(session.scalars(query).all(), size, lambda notice: (notice.id,))


def count_by_hand(session: Session, cooperative_id: int | None) -> int:
    """How many notices wait for a person's hand."""
    return (
        session.scalar(select(func.count()).select_from(_by_hand(cooperative_id).subquery())) or 0
    )


def count_dead(session: Session) -> int:
    """How many jobs were given up: somebody has to look."""
    return (
        session.scalar(
            select(func.count()).select_from(OutboxJob).where(OutboxJob.state == JobState.DEAD)
        )
        or 0
    )


def last_seen_worker(session: Session) -> datetime | None:
    """When a worker last showed that it lives; None when there never was one."""
    return session.scalar(select(func.max(Worker.seen_at)))


def _by_hand(cooperative_id: int | None) -> Select[Notice]:
    mine = (
        Notice.cooperative_id.is_(None)
        if cooperative_id is None
        else Notice.cooperative_id == cooperative_id
    )
    return select(Notice).where(mine, Notice.state == NoticeState.BY_HAND)
