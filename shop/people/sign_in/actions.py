"""Signing in and out, and getting back in."""

from datetime import datetime

from sqlalchemy import Update, select, update
from sqlalchemy.orm import Session

from shop.core.values.codes import hash_token, new_secret
from shop.people.accounts.errors import DeadLink, HoldsOffice
from shop.people.accounts.models import (
    OperatorSeat,
    Person,
    RecoveryKind,
    RecoveryToken,
    SignInSession,
)
from shop.people.accounts.queries import Known, SignedIn
from shop.people.accounts.rules import (
    MONEY_SHOWN,
    RECOVERY_LIFE,
    Device,
    new_desk_code,
    session_end,
)
from shop.services.audit.actions import record
from shop.services.outbox.actions import enqueue

RECOVERY_JOB = "accounts.recovery"
CHANGED_JOB = "accounts.password-changed"
UNKNOWN_DEVICE = Device()


def start_session(
    session: Session,
    person: Known,
    *,
    now: datetime,
    replaces: str | None = None,
    new_hash: str | None = None,
    device: Device = UNKNOWN_DEVICE,
    is_borrowed: bool = False,
    by_pin: bool = False,
    address: str | None = None,
) -> str:
    """Sign a person in here: a new secret each time, so that none can be planted before.

    :param replaces: the cookie this browser brought; what it signed in ends.
    :param new_hash: the same password under today's cost.
    :param is_borrowed: end soon after the phone is handed back to its owner.
    :param by_pin: opened by a member's code and PIN, which open no desk.
    :return: the secret for the cookie; the database keeps its hash only.
    """
    if replaces:
        end_session(session, replaces, now)
    if new_hash:
        session.execute(
            update(Person)
            .where(Person.id == person.person_id, Person.generation == person.generation)
            .values(password_hash=new_hash)
        )
    secret = new_secret()
    session.add(
        SignInSession(
            token_hash=hash_token(secret),
            person_id=person.person_id,
            # As it was when the password was checked: changed meanwhile, this one is dead.
            generation=person.generation,
            created_at=now,
            seen_at=now,
            expires_at=session_end(now, now, is_borrowed=is_borrowed),
            browser=device.browser,
            system=device.system,
            is_borrowed=is_borrowed,
            by_pin=by_pin,
        )
    )
    record(
        session,
        action="person.signed-in",
        subject=f"person:{person.person_id}",
        actor_id=person.person_id,
        after={"way": "pin"} if by_pin else None,
        now=now,
        address=address,
    )
    return secret


def end_session(session: Session, secret: str, now: datetime) -> None:
    """Sign out here: the cookie is worth nothing any more, also to whoever copied it."""
    session.execute(
        update(SignInSession)
        .where(SignInSession.token_hash == hash_token(secret))
        .where(SignInSession.revoked_at.is_(None))
        .values(revoked_at=now)
    )


def remember_seen(session: Session, person: SignedIn, now: datetime) -> None:
    """Keep a session that is in use alive."""
    end = session_end(person.started_at, now, is_borrowed=person.is_borrowed)
    session.execute(
        update(SignInSession)
        .where(SignInSession.id == person.session_id, SignInSession.seen_at == person.seen_at)
        .values(seen_at=now, expires_at=end)
    )


def end_pin_sessions(session: Session, person_id: int, now: datetime) -> None:
    """Sign a person out wherever a PIN let them in: that PIN is worth nothing any more."""
    session.execute(
        update(SignInSession)
        .where(SignInSession.person_id == person_id, SignInSession.by_pin.is_(True))
        .where(SignInSession.revoked_at.is_(None))
        .values(revoked_at=now)
    )


def show_money(session: Session, session_id: int, now: datetime) -> None:
    """Open pages about money on a borrowed phone for a little while: the secret was typed again."""
    session.execute(
        update(SignInSession)
        .where(SignInSession.id == session_id)
        .values(money_until=now + MONEY_SHOWN)
    )


def ask_recovery(session: Session, person_id: int | None, *, key: str, now: datetime) -> None:
    """Have a link to a new password mailed.

    :param person_id: None for a login nobody has: the same row is written, and no mail.
    """
    enqueue(
        session,
        kind=RECOVERY_JOB,
        key=key,
        payload={"person_id": person_id, "key": key},
        now=now,
    )


def issue_link(session: Session, person_id: int, now: datetime) -> str:
    """The secret of a link that sets a new password once, within half an hour."""
    secret = new_secret()
    _issue(session, person_id, RecoveryKind.LINK, hash_token(secret), None, now)
    return secret


def issue_desk_code(
    session: Session,
    person_id: int,
    *,
    cooperative_id: int,
    actor_id: int,
    now: datetime,
    address: str | None = None,
) -> str:
    """A code that a manager hands to a member who lost the password (rule R26).

    Whether the person belongs to that cooperative is for the caller to know.

    :raises HoldsOffice: for an operator: nobody's desk reaches up to that account.
    """
    if session.scalar(select(OperatorSeat.right).where(OperatorSeat.person_id == person_id)):
        raise HoldsOffice
    code = new_desk_code()
    session.execute(_still_open(person_id, RecoveryKind.DESK).values(used_at=now))
    _issue(session, person_id, RecoveryKind.DESK, _desk_hash(person_id, code), actor_id, now)
    record(
        session,
        action="recovery.desk-code-issued",
        subject=f"person:{person_id}",
        actor_id=actor_id,
        cooperative_id=cooperative_id,
        now=now,
        address=address,
    )
    return code


def recover_by_link(session: Session, secret: str, password_hash: str, now: datetime) -> Known:
    """Set a new password with a mailed link.

    :raises DeadLink: when it was used, is too old, or was never given.
    """
    return _recover(session, RecoveryKind.LINK, hash_token(secret), password_hash, now)


def recover_by_code(
    session: Session, person_id: int, code: str, password_hash: str, now: datetime
) -> Known:
    """Set a new password with a code from the desk.

    :raises DeadLink: when it was used, is too old, or was never given to this person.
    """
    hashed = _desk_hash(person_id, code)
    return _recover(session, RecoveryKind.DESK, hashed, password_hash, now)


def change_password(
    session: Session, person_id: int, password_hash: str, now: datetime, *, way: str = "account"
) -> Known:
    """Set a new password: every session so far ends, every open link and code too.

    :param way: how the person proved to be the one, for the log.
    :return: what a new session in this browser starts from.
    """
    changed = session.execute(
        update(Person)
        .where(Person.id == person_id)
        .values(password_hash=password_hash, generation=Person.generation + 1)
        .returning(Person.generation, Person.language)
    ).one_or_none()
    if changed is None:
        raise DeadLink
    generation, language = changed
    session.execute(
        update(SignInSession)
        .where(SignInSession.person_id == person_id, SignInSession.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    for kind in RecoveryKind:
        session.execute(_still_open(person_id, kind).values(used_at=now))
    record(
        session,
        action="person.password-changed",
        subject=f"person:{person_id}",
        actor_id=person_id,
        after={"way": way},
        now=now,
    )
    key = f"password-changed:{person_id}:{generation}"
    enqueue(
        session, kind=CHANGED_JOB, key=key, payload={"person_id": person_id, "key": key}, now=now
    )
    return Known(person_id, password_hash, generation, language)


def _recover(
    session: Session, kind: RecoveryKind, secret_hash: str, password_hash: str, now: datetime
) -> Known:
    # Spent by the same statement that finds it: of two submits at once one wins.
    person_id = session.scalar(
        update(RecoveryToken)
        .where(RecoveryToken.secret_hash == secret_hash, RecoveryToken.kind == kind)
        .where(RecoveryToken.used_at.is_(None), RecoveryToken.expires_at > now)
        .values(used_at=now)
        .returning(RecoveryToken.person_id)
    )
    if person_id is None:
        raise DeadLink
    return change_password(session, person_id, password_hash, now, way=kind.value)


def _issue(
    session: Session,
    person_id: int,
    kind: RecoveryKind,
    secret_hash: str,
    issued_by_id: int | None,
    now: datetime,
) -> None:
    session.add(
        RecoveryToken(
            person_id=person_id,
            kind=kind,
            secret_hash=secret_hash,
            issued_by_id=issued_by_id,
            created_at=now,
            expires_at=now + RECOVERY_LIFE,
        )
    )


def _still_open(person_id: int, kind: RecoveryKind) -> Update:
    return (
        update(RecoveryToken)
        .where(RecoveryToken.person_id == person_id, RecoveryToken.kind == kind)
        .where(RecoveryToken.used_at.is_(None))
    )


def _desk_hash(person_id: int, code: str) -> str:
    # With the person in it: one code is tried on one account, never on all of them at once.
    return hash_token(f"desk:{person_id}:{code}")
