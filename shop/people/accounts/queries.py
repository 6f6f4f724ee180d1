"""Finding people: by session, by login, by contact."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, bindparam, select
from sqlalchemy.orm import Session

from shop.core.database.engine import Reader
from shop.core.database.schema import table_of
from shop.core.values.codes import hash_token
from shop.people.accounts.models import (
    Contact,
    OperatorRight,
    OperatorSeat,
    Person,
    RecoveryKind,
    RecoveryToken,
    Registration,
    SignInSession,
)
from shop.people.accounts.rules import Login
from shop.services.outbox.notices import Reach
from shop.services.outbox.queries import unread_of


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The person behind a request."""

    id: int
    name: str
    contact_id: int
    language: str
    phone: str | None
    email: str | None
    operator_rights: frozenset[OperatorRight]
    session_id: int
    seen_at: datetime
    started_at: datetime
    is_borrowed: bool
    """On somebody else's phone."""
    by_pin: bool = False
    """Came in with a member's code and PIN."""
    money_until: datetime | None = None
    """On a borrowed phone: until when pages about money are open."""
    digest_zone: str | None = None
    """One mail a day, in the morning of this zone; None: each notice by itself."""
    unread: int = 0
    """Notices they have not read, up to a hundred."""


@dataclass(frozen=True, slots=True)
class Known:
    """What a sign-in is checked against."""

    person_id: int
    password_hash: str | None
    generation: int
    language: str = "id"


_sessions, _people, _contacts = map(table_of, (SignInSession, Person, Contact))
_seats = table_of(OperatorSeat)
# Asked with every page of who is signed in: columns alone, and built once.
_SIGNED_IN = (
    select(
        _people.c.id,
        _contacts.c.name,
        _contacts.c.id,
        _people.c.language,
        _contacts.c.phone,
        _contacts.c.email,
        _sessions.c.id,
        _sessions.c.seen_at,
        _sessions.c.created_at,
        _sessions.c.is_borrowed,
        _sessions.c.by_pin,
        _sessions.c.money_until,
        _people.c.digest_zone,
        unread_of(_people.c.id),
        _seats.c.right,
    )
    .select_from(_sessions)
    .join(_people, _people.c.id == _sessions.c.person_id)
    .join(_contacts, _contacts.c.id == _people.c.contact_id)
    .outerjoin(_seats, _seats.c.person_id == _people.c.id)
    .where(_sessions.c.token_hash == bindparam("token_hash"))
    .where(_sessions.c.revoked_at.is_(None), _sessions.c.expires_at > bindparam("now"))
    .where(_sessions.c.generation == _people.c.generation, _people.c.blocked_at.is_(None))
)


def signed_in_by(session: Reader, secret: str, now: datetime) -> SignedIn | None:
    """Who signed in with this cookie, with everything a page asks about them: one statement."""
    rows = session.execute(_SIGNED_IN, {"token_hash": hash_token(secret), "now": now}).all()
    if not rows:
        return None
    rights: list[OperatorRight | None] = [row[-1] for row in rows]  # none: no operator
    return SignedIn(
        *rows[0][:6],
        frozenset(right for right in rights if right is not None),
        *rows[0][6:-1],
    )


def known_by(session: Session, login: Login | None) -> Known | None:
    """Whom a login means. Somebody who was blocked is as unknown as a stranger."""
    # None is asked for too: an answer must not come sooner for what cannot be a login.
    row = session.execute(
        select(Person.id, Person.password_hash, Person.generation, Person.language)
        .where(_is_login(login or Login(email="")))
        .where(Person.blocked_at.is_(None))
    ).one_or_none()
    return None if row is None else Known(*row)


def known_person(session: Session, person_id: int) -> Known | None:
    """What the password of somebody who is here already is checked against."""
    row = session.execute(
        select(Person.id, Person.password_hash, Person.generation, Person.language).where(
            Person.id == person_id
        )
    ).one_or_none()
    return None if row is None else Known(*row)


def _is_login(login: Login) -> ColumnElement[bool]:
    if login.phone is not None:
        return Person.phone_login == login.phone
    return Person.email_login == login.email


def person_of_link(session: Session, secret: str, now: datetime) -> int | None:
    """Who may set a new password with the link's secret; None when it is spent or too old."""
    return session.scalar(
        select(RecoveryToken.person_id)
        .where(RecoveryToken.secret_hash == hash_token(secret))
        .where(RecoveryToken.kind == RecoveryKind.LINK)
        .where(RecoveryToken.used_at.is_(None), RecoveryToken.expires_at > now)
    )


def registration_of_link(session: Session, secret: str, now: datetime) -> Registration | None:
    """The registration that a mailed link finishes; None when it is too old."""
    return session.scalar(
        select(Registration)
        .where(Registration.secret_hash == hash_token(secret))
        .where(Registration.expires_at > now)
    )


contact_owners: list[Callable[[Session, Sequence[int]], Mapping[int, int]]] = []
"""Rooms above say whose account stands behind a contact that is not the account's own, such as
the receiver's of a purchase: person's id by contact's id."""


def reaches(session: Session, contact_ids: Sequence[int]) -> dict[int, Reach]:
    """How contacts are greeted and reached; erased ones are left out.

    Who bought with an account is reached there, where the purchase itself names no e-mail.
    """
    owners: dict[int, int] = {}
    for ask in contact_owners:
        owners.update(ask(session, contact_ids))
    accounts = _accounts(session, set(owners.values()))
    rows = session.execute(
        select(Contact, Person.id, Person.language, Person.digest_zone)
        .outerjoin(Person, Person.contact_id == Contact.id)
        .where(Contact.id.in_(contact_ids), Contact.erased_at.is_(None))
    )
    found = {}
    for contact, person_id, language, zone in rows:
        own = Reach(contact.name, contact.email, contact.phone, language, person_id, zone)
        account = accounts.get(owners.get(contact.id, 0))
        found[contact.id] = own if account is None else _through(account, own)
    return found


def _accounts(session: Session, person_ids: Collection[int]) -> dict[int, Reach]:
    if not person_ids:
        return {}
    return {
        person.id: Reach(
            contact.name,
            contact.email,
            contact.phone,
            person.language,
            person.id,
            person.digest_zone,
        )
        for person, contact in session.execute(
            select(Person, Contact)
            .join(Contact, Contact.id == Person.contact_id)
            .where(Person.id.in_(person_ids), Person.blocked_at.is_(None))
        )
    }


def _through(account: Reach, given: Reach) -> Reach:
    """A contact that somebody with an account gave: mail goes to the account, calls to it."""
    by_mail = given.email is None and account.email is not None
    return replace(
        account,
        name=account.name if by_mail else given.name,
        email=given.email or account.email,
        phone=given.phone,
    )


def names_of(session: Session, person_ids: Sequence[int]) -> dict[int, str]:
    """Who did something, by person id."""
    rows = session.execute(
        select(Person.id, Contact.name)
        .join(Contact, Contact.id == Person.contact_id)
        .where(Person.id.in_(person_ids))
    )
    return {row[0]: row[1] for row in rows}
