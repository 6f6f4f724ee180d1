"""Where a person is signed in, and ending it from elsewhere."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shop.people.accounts.errors import LastLogin, NotOwnDevice
from shop.people.accounts.models import Contact, Person, SignInSession
from shop.services.audit.actions import record

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


def change_contact(
    session: Session,
    person_id: int,
    *,
    name: str,
    phone: str | None,
    now: datetime,
    address: str | None = None,
) -> None:
    """Change how a person is called and reached.

    A number signs in as well. One that signs somebody else in stays theirs and is only how to
    call; the old one then goes on to sign in. The caller is not told which of the two happened:
    else anybody with an account could ask who else has one.

    :param phone: E.164, or None to be reached by e-mail alone.
    :raises LastLogin: when nothing would be left to sign in with.
    """
    person = session.get_one(Person, person_id, with_for_update={"key_share": True})
    contact = session.get_one(Contact, person.contact_id)
    if phone is None and person.email_login is None:
        raise LastLogin
    changed = [
        field
        for field, is_other in (("name", contact.name != name), ("phone", contact.phone != phone))
        if is_other
    ]
    if not changed:
        return
    contact.name = name
    if contact.phone != phone:
        contact.phone = phone
        _take_login(session, person, phone)
    record(
        session,
        action="person.contact-changed",
        subject=f"person:{person_id}",
        actor_id=person_id,
        after={"fields": changed},
        now=now,
        address=address,
    )


def choose_language(session: Session, person_id: int, language: str) -> None:
    """Write workspaces and letters in this language from now on."""
    session.execute(update(Person).where(Person.id == person_id).values(language=language))


def choose_mail(session: Session, person_id: int, digest_zone: str | None) -> None:
    """Send one mail a day, in the morning of a zone, or with None each notice by itself."""
    session.execute(update(Person).where(Person.id == person_id).values(digest_zone=digest_zone))


def _take_login(session: Session, person: Person, phone: str | None) -> None:
    # Looked up in any case, so that taken and free numbers cost the same.
    is_taken = session.scalar(
        select(Person.id).where(Person.phone_login == phone, Person.id != person.id)
    )
    if is_taken is not None:
        return
    try:
        # A point to go back to: somebody may register the number at this very moment.
        with session.begin_nested():
            session.execute(update(Person).where(Person.id == person.id).values(phone_login=phone))
    except IntegrityError:
        return
