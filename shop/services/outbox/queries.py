"""What is still to be sent or done."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, ScalarSelect, Select, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from shop.core.database.pagination import PAGE_ROWS, Page, page_of
from shop.services.outbox.models import JobState, Notice, NoticeState, OutboxJob, Worker

MAX_COUNTED = 100
"""Unread notices are counted up to here: nobody tells 120 from 130 on a badge."""


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


def collected(session: Session, person_id: int, day: date) -> Sequence[Notice]:
    """What a person's mail of one morning tells, oldest first."""
    return session.scalars(
        select(Notice)
        .where(Notice.person_id == person_id, Notice.digest_on == day)
        .where(Notice.state == NoticeState.COLLECTED)
        .order_by(Notice.id)
    ).all()


def notices_of(
    session: Session, person_id: int, before: int | None = None, size: int = PAGE_ROWS
) -> Page[Notice]:
    """A page of a person's list, newest first.

    :param before: id of the last notice of the page before.
    """
    query = select(Notice).where(Notice.person_id == person_id).order_by(Notice.id.desc())
    if before is not None:
        query = query.where(Notice.id < before)
    rows = session.scalars(query.limit(size + 1)).all()
    return page_of(rows, size, lambda notice: (notice.id,))


def notice_of(session: Session, person_id: int, notice_id: int) -> Notice | None:
    """One notice of a person's list; None where it is not theirs."""
    return session.scalar(
        select(Notice).where(Notice.id == notice_id, Notice.person_id == person_id)
    )


def unread_of(person_id: ColumnElement[int] | InstrumentedAttribute[int]) -> ScalarSelect[int]:
    """How many a person has not read, up to a hundred, to be asked beside something else."""
    unread = (
        select(Notice.id)
        .where(Notice.person_id == person_id, Notice.read_at.is_(None))
        .correlate_except(Notice)
        .limit(MAX_COUNTED)
        .subquery()
    )
    return select(func.count()).select_from(unread).scalar_subquery()


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
