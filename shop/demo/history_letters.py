"""Letters of the demo's year: they reached their readers long ago."""

from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from shop.outbox.actions import NOTICE_JOB
from shop.outbox.models import JobState, Notice, NoticeState, OutboxJob

FRESH = timedelta(hours=20)
"""What is younger is left to the worker, and to the lists "kirim lewat WhatsApp"."""


def settle_letters(session: Session, today: datetime) -> None:
    """Note that the letters of the past were sent when they were written."""
    until = today - FRESH
    session.execute(
        update(Notice)
        .where(Notice.state == NoticeState.WAITING, Notice.created_at < until)
        .values(state=NoticeState.SENT, sent_at=Notice.created_at)
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(OutboxJob)
        .where(OutboxJob.kind == NOTICE_JOB, OutboxJob.state == JobState.WAITING)
        .where(OutboxJob.created_at < until)
        .values(state=JobState.DONE, done_at=OutboxJob.created_at)
        .execution_options(synchronize_session=False)
    )
