"""Where a person is signed in, and ending it from elsewhere."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from shop.accounts.errors import NotOwnDevice
from shop.accounts.models import Person, SignInSession
from shop.audit.actions import record

SHOWN = 30
"""The list names so many; the rest can be ended all at once."""
_CODE = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class OwnDevice:
    """A browser in which a person is signed in."""

    code: str
    """What a form names it by; nothing can be signed in with it."""
    browser: str | None
    system: str | None
    is_borrowed: bool
    is_here: bool
    since: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class OwnDevices:
    """The devices that were used last, and how many there are."""

    shown: Sequence[OwnDevice]
    count: int


def devices_of(session: Session, person_id: int, *, here: int | None, now: datetime) -> OwnDevices:
    """Where a person is signed in, the present device first, then the latest. One statement.

    :param here: id of the session that asks.
    """
    # Counted in the same statement, before it is cut: two reads could tell two stories.
    count = func.count().over()
    rows = session.execute(
        select(SignInSession, count)
        .where(*_alive(person_id, now))
        .order_by(
            (SignInSession.id == here).desc(),
            SignInSession.seen_at.desc(),
            SignInSession.id.desc(),
        )
        .limit(SHOWN)
    ).all()
    found = [
        OwnDevice(
            code=signed.token_hash[:16],
            browser=signed.browser,
            system=signed.system,
            is_borrowed=signed.is_borrowed,
            is_here=signed.id == here,
            since=signed.created_at,
            seen_at=signed.seen_at,
        )
        for signed, _count in rows
    ]
    return OwnDevices(found, rows[0][1] if rows else 0)


def end_device(
    session: Session, person_id: int, code: str, *, now: datetime, address: str | None = None
) -> int:
    """Sign a person out of one device; twice is as good as once.

    :return: id of the session that ended.
    :raises NotOwnDevice: when it is somebody else's or never was.
    """
    if not _CODE.fullmatch(code):
        raise NotOwnDevice
    found = session.execute(
        select(SignInSession.id, SignInSession.revoked_at)
        .where(SignInSession.person_id == person_id)
        .where(SignInSession.token_hash.startswith(code))
    ).one_or_none()
    if found is None:
        raise NotOwnDevice
    if found.revoked_at is None:
        _end(session, person_id, SignInSession.id == found.id, now, address)
    ended: int = found.id
    return ended


def end_other_devices(
    session: Session, person_id: int, *, here: int, now: datetime, address: str | None = None
) -> int:
    """Sign a person out everywhere but here.

    :return: how many sessions ended.
    """
    return _end(session, person_id, SignInSession.id != here, now, address)


def _alive(person_id: int, now: datetime) -> tuple[ColumnElement[bool], ...]:
    generation = select(Person.generation).where(Person.id == person_id).scalar_subquery()
    return (
        SignInSession.person_id == person_id,
        SignInSession.revoked_at.is_(None),
        SignInSession.expires_at > now,
        SignInSession.generation == generation,
    )


def _end(
    session: Session,
    person_id: int,
    which: ColumnElement[bool],
    now: datetime,
    address: str | None,
) -> int:
    ended = session.scalars(
        update(SignInSession)
        .where(*_alive(person_id, now), which)
        .values(revoked_at=now)
        .returning(SignInSession.id)
    ).all()
    if ended:
        record(
            session,
            action="person.devices-signed-out",
            subject=f"person:{person_id}",
            actor_id=person_id,
            after={"sessions": sorted(ended)},
            now=now,
            address=address,
        )
    return len(ended)
