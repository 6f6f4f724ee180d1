"""Promising work, and taking it up: each job is done by one worker at a time."""

import random
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, delete, literal, or_, select, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from shop.core.database.schema import table_of
from shop.core.database.upserts import insert_if_absent
from shop.core.values.errors import NotFound
from shop.services.outbox.models import JobState, Notice, NoticeState, OutboxJob, Worker
from shop.services.outbox.rules import MAX_ATTEMPTS, back_off, is_spent, next_morning

LEASE = timedelta(seconds=60)
"""How long a job belongs to a worker that says nothing more; a killed one loses it then."""

NOTICE_JOB = "notice"
DIGEST_JOB = "digest"
_MAIL_FAULTS = ("MailUnavailable", "AnswerLost")
PERIODIC = "periodic:"


@dataclass(frozen=True, slots=True)
class Claim:
    """A job that is mine until its lease ends. ``attempt`` tells my claim from a later one."""

    job_id: int
    kind: str
    payload: dict[str, Any]
    attempt: int


def enqueue(
    session: Session,
    *,
    kind: str,
    key: str,
    payload: dict[str, Any],
    now: datetime,
    run_at: datetime | None = None,
) -> bool:
    """Promise work in the same transaction as its cause.

    :param key: what makes the job one and the same: the second time adds nothing.
    :param payload: ids and codes only; names and addresses are looked up when it is done.
    :return: whether it was new.
    """
    values = {
        "kind": kind,
        "key": key,
        "payload": payload,
        "state": JobState.WAITING,
        "run_at": run_at or now,
        "attempts": 0,
        "created_at": now,
    }
    return insert_if_absent(session, OutboxJob, values, key=["key"]) is not None


def notify(
    session: Session,
    *,
    key: str,
    kind: str,
    contact_id: int,
    now: datetime,
    cooperative_id: int | None = None,
    order_id: int | None = None,
    purchase_id: int | None = None,
) -> bool:
    """Tell one person one thing, once: by mail, or by hand where no e-mail is known (rule R26).

    :param key: event and reader, e.g. ``"purchase-paid:17:4"``.
    :param cooperative_id: whose manager sends it by hand; None: the operator.
    :return: whether it was new.
    """
    values = {
        "key": key,
        "kind": kind,
        "contact_id": contact_id,
        "cooperative_id": cooperative_id,
        "order_id": order_id,
        "purchase_id": purchase_id,
        "state": NoticeState.WAITING,
        "created_at": now,
    }
    job_key, payload = f"notice:{key}", {"key": key}
    if session.get_bind().dialect.name != "sqlite":
        named = {f"notice_{name}": value for name, value in values.items()}
        told = session.execute(_telling(), {**named, "job_key": job_key, "job_payload": payload})
        return told.first() is not None
    is_new = insert_if_absent(session, Notice, values, key=["key"]) is not None
    if is_new:
        enqueue(session, kind=NOTICE_JOB, key=job_key, payload=payload, now=now)
    return is_new


@cache
def _telling() -> Select[int]:
    """One trip to the server: the notice unless it is known, and with it the job that sends it."""
    notices, jobs = table_of(Notice), table_of(OutboxJob)
    names = ("key", "kind", "contact_id", "cooperative_id", "order_id", "purchase_id", "state")
    told = (
        postgresql.insert(notices)
        .values(
            {
                name: bindparam(f"notice_{name}", type_=notices.c[name].type)
                for name in (*names, "created_at")
            }
        )
        .on_conflict_do_nothing(index_elements=["key"])
        .returning(notices.c.id, notices.c.created_at)
        .cte("told")
    )
    job = {
        "kind": literal(NOTICE_JOB),
        "key": bindparam("job_key", type_=jobs.c.key.type),
        "payload": bindparam("job_payload", type_=jobs.c.payload.type),
        "state": literal(JobState.WAITING, jobs.c.state.type),
        "run_at": told.c.created_at,
        "attempts": literal(0),
        "created_at": told.c.created_at,
    }
    promised = (
        postgresql.insert(jobs)
        .from_select(list(job), select(*job.values()), include_defaults=False)
        .on_conflict_do_nothing(index_elements=["key"])
    )
    return select(told.c.id).add_cte(promised.cte("promised"))


patient: set[str] = set()
"""Kinds that let all others pass: nobody waits for a photo's sizes, but for a letter people do."""


def claim(session: Session, now: datetime) -> Claim | None:
    """Take the job that is longest due, patient kinds last; None when there is none."""
    due = (
        select(OutboxJob.id)
        .where(OutboxJob.state == JobState.WAITING, OutboxJob.run_at <= now)
        .where(or_(OutboxJob.lease_until.is_(None), OutboxJob.lease_until <= now))
        .order_by(OutboxJob.kind.in_(sorted(patient)), OutboxJob.run_at, OutboxJob.id)
        .limit(1)
        .with_for_update(skip_locked=True)  # SQLite has one writer at a time and leaves it out
    )
    row = session.execute(
        update(OutboxJob)
        .where(OutboxJob.id == due.scalar_subquery())
        .values(lease_until=now + LEASE, attempts=OutboxJob.attempts + 1)
        .returning(OutboxJob.id, OutboxJob.kind, OutboxJob.payload, OutboxJob.attempts)
    ).one_or_none()
    return None if row is None else Claim(*row)


def renew(session: Session, mine: Claim, now: datetime) -> bool:
    """Keep a job a little longer; False when it was given to another worker meanwhile."""
    return _change(session, mine, lease_until=now + LEASE)


def finish(session: Session, mine: Claim, now: datetime) -> bool:
    """Note that a job is done."""
    return _change(session, mine, state=JobState.DONE, lease_until=None, done_at=now, fault=None)


def fail(session: Session, mine: Claim, fault: str, now: datetime) -> bool:
    """Note that a job failed: it comes back later, or rests when it has failed too often.

    :param fault: what kind of fault; without a person's data, since it stays in the table.
    """
    if mine.kind.startswith(PERIODIC) or is_spent(mine.attempt):
        # The next period brings a periodic job anew; trying the old one again adds nothing.
        return _change(session, mine, state=JobState.DEAD, lease_until=None, fault=fault[:200])
    run_at = now + back_off(mine.attempt, random.random())
    return _change(session, mine, run_at=run_at, lease_until=None, fault=fault[:200])


def mark_dead(session: Session, now: datetime) -> None:
    """Mark jobs dead whose worker died at every attempt."""
    session.execute(
        update(OutboxJob)
        .where(OutboxJob.state == JobState.WAITING, OutboxJob.lease_until <= now)
        .where(OutboxJob.attempts >= MAX_ATTEMPTS)
        .values(state=JobState.DEAD, lease_until=None, fault="the worker ended while doing it")
    )


def sweep(session: Session, now: datetime) -> None:
    """Forget what only grew: periodic jobs of past days and workers that are gone."""
    session.execute(
        delete(OutboxJob)
        .where(OutboxJob.state != JobState.WAITING, OutboxJob.run_at < now - timedelta(days=1))
        .where(OutboxJob.key.startswith(PERIODIC, autoescape=True))
    )
    session.execute(delete(Worker).where(Worker.seen_at < now - timedelta(days=1)))


def heartbeat(session: Session, name: str, now: datetime) -> None:
    """Let others see that this worker lives."""
    session.merge(Worker(name=name, seen_at=now))


def begin_sending(session: Session, notice_id: int, person_id: int | None) -> bool:
    """Note that a notice is about to be handed to the mail server; False when it was told.

    Also says in whose list it stands, so that a silent server keeps nobody from reading it there.
    """
    return _move(
        session, notice_id, NoticeState.SENDING, from_=(NoticeState.SENDING,), person_id=person_id
    )


def take_back(session: Session, notice_id: int) -> bool:
    """Note that the server has no mail of a notice: it waits as before."""
    return _move(session, notice_id, NoticeState.WAITING, from_=(NoticeState.SENDING,))


def collect(session: Session, notice_id: int, person_id: int, *, zone: str, now: datetime) -> bool:
    """Keep a notice for its reader's next daily mail, and promise that mail."""
    day, at = next_morning(now, zone)
    if not _move(session, notice_id, NoticeState.COLLECTED, person_id=person_id, digest_on=day):
        return False
    payload = {"person_id": person_id, "day": day.isoformat()}
    enqueue(
        session,
        kind=DIGEST_JOB,
        key=f"digest:{person_id}:{day.isoformat()}",
        payload=payload,
        now=now,
        run_at=at,
    )
    return True


def mark_sent(
    session: Session, notice_id: int, now: datetime, person_id: int | None = None
) -> bool:
    """Note that a notice was mailed; False when it was told already."""
    return _move(
        session,
        notice_id,
        NoticeState.SENT,
        from_=(NoticeState.SENDING,),
        sent_at=now,
        **({} if person_id is None else {"person_id": person_id}),
    )


def leave_by_hand(session: Session, notice_id: int, person_id: int | None = None) -> bool:
    """Put a notice on the list "kirim lewat WhatsApp": no e-mail is known, or it is refused."""
    return _move(
        session,
        notice_id,
        NoticeState.BY_HAND,
        from_=(NoticeState.SENDING, NoticeState.COLLECTED),
        **({} if person_id is None else {"person_id": person_id}),
    )


def mark_digest_sent(session: Session, notice_ids: Collection[int], now: datetime) -> None:
    """Note that one mail told all of these."""
    session.execute(
        update(Notice)
        .where(Notice.id.in_(notice_ids), Notice.state == NoticeState.COLLECTED)
        .values(state=NoticeState.SENT, sent_at=now)
    )


def fall_back_to_whatsapp(session: Session) -> int:
    """Put notices whose mail was given up on the list "kirim lewat WhatsApp": nothing is lost.

    Those whose mail may have come are told once more by that; the list is read by people.

    :return: how many.
    """
    given_up = (
        select(OutboxJob.id)
        .where(OutboxJob.key == literal("notice:") + Notice.key)
        .where(OutboxJob.state == JobState.DEAD, OutboxJob.fault.in_(_MAIL_FAULTS))
        .exists()
    )
    handed = session.scalars(
        update(Notice)
        .where(Notice.state.in_((NoticeState.WAITING, NoticeState.SENDING)), given_up)
        .values(state=NoticeState.BY_HAND)
        .returning(Notice.id)
        .execution_options(synchronize_session=False)
    )
    return len(handed.all())


def mark_read(
    session: Session,
    person_id: int,
    now: datetime,
    *,
    only: int | None = None,
    until: int | None = None,
) -> int:
    """Note what a person has read in their list; a second tap changes nothing.

    :param only: one notice; else all up to ``until``, the newest that the person saw.
    :return: how many were unread.
    """
    which = Notice.id == only if only is not None else Notice.id <= (until or 0)
    read = session.scalars(
        update(Notice)
        .where(Notice.person_id == person_id, Notice.read_at.is_(None), which)
        .values(read_at=now)
        .returning(Notice.id)
    )
    return len(read.all())


def mark_sent_by_hand(
    session: Session,
    cooperative_id: int | None,
    notice_ids: Collection[int],
    *,
    person_id: int,
    now: datetime,
) -> int:
    """Tick notices of one list as sent; a second tap changes nothing.

    :param cooperative_id: whose list; None: the operator's.
    :return: how many were still to be sent.
    :raises NotFound: when any of them is not on this list, and then none is ticked.
    """
    mine = (
        Notice.cooperative_id.is_(None)
        if cooperative_id is None
        else Notice.cooperative_id == cooperative_id
    )
    wanted = Notice.id.in_(notice_ids)
    if len(session.scalars(select(Notice.id).where(mine, wanted)).all()) != len(set(notice_ids)):
        raise NotFound
    ticked = session.scalars(
        update(Notice)
        .where(mine, wanted, Notice.state == NoticeState.BY_HAND)
        .values(state=NoticeState.SENT, sent_at=now, sent_by_id=person_id)
        .returning(Notice.id)
    )
    return len(ticked.all())


def mark_read_about(session: Session, person_id: int, prefix: str, now: datetime) -> None:
    """Note that a person was where some notices lead, and needs them no more.

    :param prefix: how their keys begin; ours, without signs that mean something to LIKE.
    """
    session.execute(
        update(Notice)
        .where(Notice.person_id == person_id, Notice.read_at.is_(None))
        .where(Notice.key.startswith(prefix))
        .values(read_at=now)
        .execution_options(synchronize_session=False)
    )


def _move(
    session: Session,
    notice_id: int,
    to: NoticeState,
    *,
    from_: tuple[NoticeState, ...] = (),
    **values: Any,
) -> bool:
    """One step of a notice that still waits, or is in one of the other states named."""
    moved = session.scalar(
        update(Notice)
        .where(Notice.id == notice_id, Notice.state.in_((NoticeState.WAITING, *from_)))
        .values(state=to, **values)
        .returning(Notice.id)
    )
    return moved is not None


def _change(session: Session, mine: Claim, **values: Any) -> bool:
    """Write to a job only while it is still this claim's."""
    changed = session.scalar(
        update(OutboxJob)
        .where(OutboxJob.id == mine.job_id, OutboxJob.attempts == mine.attempt)
        .where(OutboxJob.state == JobState.WAITING)
        .values(**values)
        .returning(OutboxJob.id)
    )
    return changed is not None
