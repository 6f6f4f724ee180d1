"""Letters of the demo's year: they reached their readers long ago."""

from datetime import datetime, timedelta

from sqlalchemy import case, func, select, update
from sqlalchemy.orm import Session

from shop.accounts.models import Person
from shop.orders.models import Purchase
from shop.outbox.actions import NOTICE_JOB
from shop.outbox.models import JobState, Notice, NoticeState, OutboxJob

FRESH = timedelta(hours=20)
"""What is younger is left to the worker, and to the lists "kirim lewat WhatsApp"."""


READ = timedelta(days=3)
"""What is older was read by whoever has an account."""


def settle_letters(session: Session, today: datetime) -> None:
    """Note that the letters of the past were sent when they were written, and to whose list."""
    until = today - FRESH
    own = select(func.min(Person.id)).where(Person.contact_id == Notice.contact_id)
    bought = select(func.min(Purchase.person_id)).where(Purchase.contact_id == Notice.contact_id)
    session.execute(
        update(Notice)
        .where(Notice.state == NoticeState.WAITING, Notice.created_at < until)
        .values(
            state=NoticeState.SENT,
            sent_at=Notice.created_at,
            person_id=func.coalesce(own.scalar_subquery(), bought.scalar_subquery()),
            read_at=case((Notice.created_at < today - READ, Notice.created_at)),
        )
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(OutboxJob)
        .where(OutboxJob.kind == NOTICE_JOB, OutboxJob.state == JobState.WAITING)
        .where(OutboxJob.created_at < until)
        .values(state=JobState.DONE, done_at=OutboxJob.created_at)
        .execution_options(synchronize_session=False)
    )
