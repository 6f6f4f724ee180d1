"""Mails to people about their accounts, and what time makes needless. Done by the worker."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, or_, select

from shop.core.database.engine import Database
from shop.people.accounts.actions import REGISTRATION_JOB, give_registration_secret
from shop.people.accounts.models import Contact, Person, RecoveryToken, Registration, SignInSession
from shop.people.accounts.queries import reaches
from shop.people.accounts.rules import RECOVERY_LIFE
from shop.people.sign_in.actions import CHANGED_JOB, RECOVERY_JOB, issue_link
from shop.services.audit.actions import purge_network_addresses
from shop.services.outbox.mailer import post
from shop.services.outbox.message_templates import NoticeWords, words
from shop.services.outbox.notices import finds_contacts
from shop.services.outbox.worker import handles, periodic
from shop.web.security import rate_limits

finds_contacts(reaches)

KEPT_SESSIONS = timedelta(days=30)
"""How long an ended session stays, so that it can be told when somebody was signed in."""


@handles(REGISTRATION_JOB)
def send_registration(db: Database, payload: dict[str, Any], now: datetime) -> None:
    """Mail the link that finishes a registration; an owner of the address is told otherwise."""
    with db.writing() as session:
        waiting = session.get(Registration, payload["id"])
        if waiting is None or waiting.expires_at <= now:
            return
        known = session.scalar(select(Person.id).where(Person.email_login == waiting.email))
        secret = None if known else give_registration_secret(session, waiting)
    if secret is None:
        letter = words(
            "registration_known",
            name="",  # a stranger typed it: no mail carries a stranger's words to an address
            language=waiting.language,
            link=post().link("/masuk"),
            recovery_link=post().link("/lupa-sandi"),
        )
    else:
        letter = words(
            "registration",
            name="",  # a stranger typed it: no mail carries a stranger's words to an address
            language=waiting.language,
            link=post().link(f"/daftar/{secret}"),
            until=waiting.expires_at,
        )
    _send(waiting.email, letter, payload, now)


@handles(RECOVERY_JOB)
def send_recovery(db: Database, payload: dict[str, Any], now: datetime) -> None:
    """Mail the link to a new password; nothing for a login nobody has, or without e-mail."""
    if payload["person_id"] is None:
        return
    found = _reader(db, payload["person_id"])
    if found is None:
        return
    email, name, language = found
    with db.writing() as session:
        secret = issue_link(session, payload["person_id"], now)
    letter = words(
        "recovery",
        name=name,
        language=language,
        link=post().link(f"/sandi-baru/{secret}"),
        until=now + RECOVERY_LIFE,
    )
    _send(email, letter, payload, now)


@handles(CHANGED_JOB)
def send_changed(db: Database, payload: dict[str, Any], now: datetime) -> None:
    """Tell a person that their password was changed: if it was not them, they can still act."""
    found = _reader(db, payload["person_id"])
    if found is None:
        return
    email, name, language = found
    letter = words(
        "password_changed",
        name=name,
        language=language,
        at=now,
        recovery_link=post().link("/lupa-sandi"),
    )
    _send(email, letter, payload, now)


@periodic("accounts-housekeeping", 3600)
def purge_expired(db: Database, now: datetime) -> None:
    """Purge expired attempts, links, registrations and sessions."""
    with db.writing() as session:
        rate_limits.sweep(session, now)
        purge_network_addresses(session, now)
        session.execute(delete(Registration).where(Registration.expires_at <= now))
        session.execute(
            delete(RecoveryToken).where(RecoveryToken.expires_at <= now - timedelta(days=1))
        )
        session.execute(
            delete(SignInSession).where(
                or_(
                    SignInSession.expires_at <= now - KEPT_SESSIONS,
                    SignInSession.revoked_at <= now - KEPT_SESSIONS,
                )
            )
        )


def _send(to: str, letter: NoticeWords, payload: dict[str, Any], now: datetime) -> None:
    post().send(
        to=to,
        subject=letter.subject,
        body=letter.body,
        html=letter.html,
        key=str(payload["key"]),
        at=now,
    )


def _reader(db: Database, person_id: int) -> tuple[str, str, str] | None:
    """E-mail, name and language of a person who can be mailed."""
    with db.reading() as session:
        row = session.execute(
            select(Person.email_login, Contact.name, Person.language)
            .join(Contact, Contact.id == Person.contact_id)
            .where(Person.id == person_id, Person.email_login.is_not(None))
            .where(Person.blocked_at.is_(None))
        ).one_or_none()
    return None if row is None else (row[0] or "", row[1], row[2])
