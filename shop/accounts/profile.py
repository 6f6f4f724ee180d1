"""What a person changes about themselves: name, number, language."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shop.accounts.errors import LastLogin
from shop.accounts.models import Contact, Person
from shop.audit.actions import record


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
