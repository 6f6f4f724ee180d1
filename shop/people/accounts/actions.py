"""People come in: contacts, accounts, rights, registration."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shop.core.database.upserts import insert_row
from shop.core.formats.indonesia import normal_phone
from shop.core.values.codes import hash_token, new_secret
from shop.people.accounts.errors import DeadLink, LoginTaken
from shop.people.accounts.models import Contact, OperatorRight, OperatorSeat, Person, Registration
from shop.people.accounts.passwords import hash_password
from shop.people.accounts.rules import REGISTRATION_LIFE, normal_email
from shop.services.audit.actions import record
from shop.services.outbox.actions import enqueue

REGISTRATION_JOB = "accounts.registration"


def create_contact(
    session: Session, *, name: str, phone: str | None, email: str | None, now: datetime
) -> int:
    """Note how somebody is reached; the number and the address are brought into one spelling.

    :return: the contact's id.
    :raises NotAPhone: :raises NotALogin: for what is neither.
    """
    values = {
        "name": name.strip()[:120],
        "phone": normal_phone(phone) if phone else None,
        "email": normal_email(email) if email else None,
        "created_at": now,
    }
    return insert_row(session, Contact, values)


def create_person(
    session: Session,
    *,
    name: str,
    phone: str | None,
    email: str | None,
    password: str | None = None,
    password_hash: str | None = None,
    now: datetime,
    language: str = "id",
    contact_id: int | None = None,
) -> Person:
    """Make an account that signs in by the number, the e-mail, or both.

    :param password: hashed here, which takes long on purpose: pages hash before they open a
        transaction and give ``password_hash`` instead. Without either nobody can sign in yet.
    :param contact_id: an existing contact to stand on; made new when left out.
    :raises LoginTaken: when one of the two signs somebody in already.
    """
    if contact_id is None:
        contact_id = create_contact(session, name=name, phone=phone, email=email, now=now)
    person = Person(
        contact_id=contact_id,
        email_login=normal_email(email) if email else None,
        phone_login=normal_phone(phone) if phone else None,
        password_hash=hash_password(password) if password is not None else password_hash,
        language=language,
        generation=1,
        created_at=now,
    )
    try:
        # A point to go back to: the caller's transaction has to survive a taken login.
        with session.begin_nested():
            session.add(person)
    except IntegrityError as fault:
        raise LoginTaken("a login is taken") from fault
    return person


def give_operator_right(
    session: Session, person_id: int, right: OperatorRight, now: datetime
) -> None:
    """Let a person act for the operator; a right they hold already stays as it is."""
    if session.get(OperatorSeat, (person_id, right)) is None:
        session.add(OperatorSeat(person_id=person_id, right=right, since=now))
        record(
            session,
            action="operator.right-given",
            subject=f"person:{person_id}",
            actor_id=None,
            after={"right": right.value},
            now=now,
        )


def register_by_phone(
    session: Session,
    *,
    name: str,
    phone: str,
    password_hash: str,
    now: datetime,
    language: str = "id",
) -> bool:
    """Make an account that signs in by a number nobody could confirm.

    Nothing that hangs on a number is given to it: purchases of guests stay with their codes.

    :return: whether it was made; the page says the same either way.
    """
    try:
        with session.begin_nested():
            person = create_person(
                session,
                name=name,
                phone=phone,
                email=None,
                password_hash=password_hash,
                now=now,
                language=language,
            )
    except LoginTaken:
        return False
    record(
        session,
        action="person.registered",
        subject=f"person:{person.id}",
        actor_id=person.id,
        now=now,
    )
    return True


def ask_registration(
    session: Session,
    *,
    name: str,
    email: str,
    phone: str | None,
    password_hash: str,
    key: str,
    now: datetime,
    language: str = "id",
) -> None:
    """Keep a registration until its e-mail is confirmed; the worker writes the mail.

    Whether the address is known is looked up there, so that the page cannot give it away.
    """
    waiting = Registration(
        name=name,
        email=email,
        phone=phone,
        password_hash=password_hash,
        language=language,
        created_at=now,
        expires_at=now + REGISTRATION_LIFE,
    )
    session.add(waiting)
    session.flush()
    enqueue(
        session, kind=REGISTRATION_JOB, key=key, payload={"id": waiting.id, "key": key}, now=now
    )


def give_registration_secret(session: Session, waiting: Registration) -> str:
    """Make the secret of a registration's link; an earlier one of it is dead."""
    secret = new_secret()
    waiting.secret_hash = hash_token(secret)
    session.add(waiting)
    return secret


def finish_registration(session: Session, secret: str, now: datetime) -> Person:
    """Make the account of a confirmed e-mail.

    :raises DeadLink: when the link was used, is too old, or the address has an account by now.
    """
    waiting = session.execute(
        delete(Registration)
        .where(Registration.secret_hash == hash_token(secret), Registration.expires_at > now)
        .returning(
            Registration.name,
            Registration.email,
            Registration.phone,
            Registration.password_hash,
            Registration.language,
        )
    ).one_or_none()
    if waiting is None:
        raise DeadLink
    contact_id = create_contact(
        session, name=waiting.name, phone=waiting.phone, email=waiting.email, now=now
    )
    taken = waiting.phone is not None and session.scalar(
        select(Person.id).where(Person.phone_login == waiting.phone)
    )
    try:
        person = create_person(
            session,
            name=waiting.name,
            # A number that signs somebody else in stays theirs; here it is only how to call.
            phone=None if taken else waiting.phone,
            email=waiting.email,
            password_hash=waiting.password_hash,
            now=now,
            language=waiting.language,
            contact_id=contact_id,
        )
    except LoginTaken as refusal:
        raise DeadLink from refusal
    record(
        session,
        action="person.registered",
        subject=f"person:{person.id}",
        actor_id=person.id,
        now=now,
    )
    return person
