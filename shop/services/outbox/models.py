"""Work that is to be done after a commit, once."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Date, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column

from shop.core.database.schema import Base, BigId, UtcDateTime, states


class JobState(StrEnum):
    """The life of a job."""

    WAITING = "waiting"
    DONE = "done"
    DEAD = "dead"


class OutboxJob(Base):
    """A row written in the same transaction as its cause; a worker leases and does it."""

    __tablename__ = "outbox_jobs"
    __table_args__ = (
        Index(
            "ix_outbox_jobs_due",
            "run_at",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(String(60))
    key: Mapped[str] = mapped_column(String(160), unique=True)
    """What makes the job one and the same, for example ``notice:paid:17``."""
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Ids and codes only: a person's name or address is looked up when the work is done."""
    state: Mapped[JobState] = mapped_column(states(JobState, "state"), default=JobState.WAITING)
    run_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    fault: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class NoticeState(StrEnum):
    """How far a message to a person has come."""

    WAITING = "waiting"
    SENDING = "sending"
    """Being handed to the mail server; stays so where its answer was lost (record 0340)."""
    COLLECTED = "collected"
    """Kept for the reader's mail of one morning."""
    SENT = "sent"
    BY_HAND = "by_hand"
    """No e-mail known: it stands in the manager's list "kirim lewat WhatsApp" (rule R26)."""


class Notice(Base):
    """One thing one person is to be told. The words are made when it is sent or shown."""

    __tablename__ = "notices"
    __table_args__ = (
        Index("ix_notices_by_hand", "cooperative_id", "state", "id"),
        Index("ix_notices_order", "order_id", "kind"),
        Index("ix_notices_person", "person_id", "id"),
        Index(
            "ix_notices_unread",
            "person_id",
            sqlite_where=text("read_at IS NULL"),
            postgresql_where=text("read_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    key: Mapped[str] = mapped_column(String(160), unique=True)
    """Event and reader: every event reaches each person once, also after a crash."""
    kind: Mapped[str] = mapped_column(String(40))
    contact_id: Mapped[int] = mapped_column(BigId)
    """Whom; ``contacts.id``, without a foreign key since this room lies below accounts."""
    cooperative_id: Mapped[int | None] = mapped_column(BigId)
    """Whose manager sends it by hand; none: the operator."""
    order_id: Mapped[int | None] = mapped_column(BigId)
    purchase_id: Mapped[int | None] = mapped_column(BigId)
    state: Mapped[NoticeState] = mapped_column(
        states(NoticeState, "state"), default=NoticeState.WAITING
    )
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sent_by_id: Mapped[int | None] = mapped_column(BigId)
    person_id: Mapped[int | None] = mapped_column(BigId)
    """In whose list it stands; found when it is taken up. None: its reader has no account."""
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    digest_on: Mapped[date | None] = mapped_column(Date)
    """For the mail of which morning it was kept, on the reader's own calendar."""


class Worker(Base):
    """A heartbeat of each running worker, so that /readyz and doctor can tell that one lives."""

    __tablename__ = "outbox_workers"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
