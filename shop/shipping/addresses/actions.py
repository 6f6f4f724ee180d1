"""A person's address book: where they have things sent, kept for the next time."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session

from shop.core.values.codes import is_code, new_code
from shop.people.accounts.actions import create_contact
from shop.people.accounts.models import Contact, Person
from shop.shipping.places.models import Address, BookEntry
from shop.shipping.places.queries import Place
from shop.shipping.rates.actions import add_address
from shop.shipping.rates.errors import BookIsFull, NotInBook

MAX_SAVED_ADDRESSES = 20
"""More than anybody sends to; a list that is chosen from must not grow without end."""


@dataclass(frozen=True, slots=True)
class SavedAddress:
    """An address as its owner sees and chooses it."""

    address_id: int
    code: str
    contact_id: int
    name: str
    phone: str
    """E.164."""
    street: str
    place: Place
    courier_note: str | None
    is_main: bool

    @property
    def label(self) -> str:
        """One line to choose by."""
        return f"{self.street}, {self.place.label}"


@dataclass(frozen=True, slots=True)
class Destination:
    """Who gets a parcel, and where."""

    name: str
    phone: str
    """E.164."""
    street: str
    place: Place
    courier_note: str | None = None


def saved_addresses(session: Session, person_id: int) -> tuple[SavedAddress, ...]:
    """Everything in a person's book, the main one first, then the latest. One statement."""
    rows = session.execute(
        _entries(person_id).order_by(BookEntry.is_main.desc(), BookEntry.id.desc())
    )
    return tuple(
        SavedAddress(
            address_id=address.id,
            code=entry.code,
            contact_id=contact.id,
            name=contact.name,
            phone=contact.phone or "",
            street=address.street,
            place=Place(
                address.village_code,
                address.village,
                address.district,
                address.regency,
                address.province,
                address.postcode,
            ),
            courier_note=address.courier_note,
            is_main=entry.is_main,
        )
        for entry, address, contact in rows
    )


def saved_address(session: Session, person_id: int, code: str) -> SavedAddress:
    """One of a person's own.

    :raises NotInBook: when it is somebody else's, was taken out, or never was.
    """
    for known in saved_addresses(session, person_id):
        if known.code == code:
            return known
    raise NotInBook


def keep_address(session: Session, *, person_id: int, address_id: int, now: datetime) -> None:
    """Keep where a purchase goes, unless the book knows it already or is full."""
    _lock_book(session, person_id)
    known = saved_addresses(session, person_id)
    fresh = session.get_one(Address, address_id)
    contact = session.get_one(Contact, fresh.contact_id)
    is_known = any(
        (one.name, one.phone, one.street, one.place.village_code)
        == (contact.name, contact.phone, fresh.street, fresh.village_code)
        for one in known
    )
    if not is_known and len(known) < MAX_SAVED_ADDRESSES:
        session.add(_entry(person_id, address_id, now, is_main=not known))
        session.flush()


def add_to_book(
    session: Session, *, person_id: int, where: Destination, is_main: bool, now: datetime
) -> str:
    """Write a new address into the book; the first one is the main one.

    :return: the entry's code.
    :raises BookIsFull: at the one after ``MAX_SAVED_ADDRESSES``.
    """
    _lock_book(session, person_id)
    count = session.scalar(
        select(func.count())
        .select_from(BookEntry)
        .where(BookEntry.person_id == person_id, BookEntry.removed_at.is_(None))
    )
    if count is not None and count >= MAX_SAVED_ADDRESSES:
        raise BookIsFull(MAX_SAVED_ADDRESSES)
    entry = _entry(person_id, _write(session, where, now), now)
    session.add(entry)
    session.flush()
    if is_main or not count:
        _make_main(session, entry)
    return entry.code


def change_in_book(
    session: Session,
    *,
    person_id: int,
    code: str,
    where: Destination,
    is_main: bool,
    now: datetime,
) -> None:
    """Lead an entry to another address; orders that went to the old one keep it.

    :raises NotInBook: when it is not this person's, or was taken out.
    """
    entry = _own(session, person_id, code)
    if entry.removed_at is not None:
        raise NotInBook
    # The old address leaves by the way of all that is taken out.
    session.add(_entry(person_id, entry.address_id, now, removed_at=now))
    entry.address_id = _write(session, where, now)
    session.flush()
    if is_main:
        _make_main(session, entry)


def choose_main(session: Session, *, person_id: int, code: str) -> None:
    """Let checkout begin with this one.

    :raises NotInBook: when it is not this person's, or was taken out.
    """
    entry = _own(session, person_id, code)
    if entry.removed_at is not None:
        raise NotInBook
    _make_main(session, entry)


def take_from_book(session: Session, *, person_id: int, code: str, now: datetime) -> None:
    """Hide an address from its owner's book; twice is as good as once, and orders keep it.

    :raises NotInBook: when it is not this person's.
    """
    entry = _own(session, person_id, code)
    if entry.removed_at is not None:
        return
    was_main, entry.is_main, entry.removed_at = entry.is_main, False, now
    session.flush()
    if was_main:
        heir = session.scalar(
            select(BookEntry)
            .where(BookEntry.person_id == person_id, BookEntry.removed_at.is_(None))
            .order_by(BookEntry.id.desc())
            .limit(1)
        )
        if heir is not None:
            _make_main(session, heir)


def _entries(person_id: int) -> Select[BookEntry, Address, Contact]:
    return (
        select(BookEntry, Address, Contact)
        .join(Address, Address.id == BookEntry.address_id)
        .join(Contact, Contact.id == Address.contact_id)
        .where(BookEntry.person_id == person_id, BookEntry.removed_at.is_(None))
        .where(Contact.phone.is_not(None), Contact.erased_at.is_(None))
        .limit(MAX_SAVED_ADDRESSES)
    )


def _lock_book(session: Session, person_id: int) -> None:
    # One after the other for each person: two at once would both see the nineteenth, or both
    # make theirs the main one. Not so strong that signing in would have to wait.
    session.execute(select(Person.id).where(Person.id == person_id).with_for_update(key_share=True))


def _own(session: Session, person_id: int, code: str) -> BookEntry:
    _lock_book(session, person_id)
    found = (
        session.scalar(
            select(BookEntry).where(BookEntry.code == code, BookEntry.person_id == person_id)
        )
        if is_code(code)
        else None
    )
    if found is None:
        raise NotInBook
    return found


def _make_main(session: Session, entry: BookEntry) -> None:
    session.execute(
        update(BookEntry)
        .where(BookEntry.person_id == entry.person_id, BookEntry.is_main)
        .where(BookEntry.id != entry.id)
        .values(is_main=False)
    )
    entry.is_main = True
    session.flush()


def _write(session: Session, where: Destination, now: datetime) -> int:
    contact_id = create_contact(session, name=where.name, phone=where.phone, email=None, now=now)
    return add_address(
        session,
        contact_id=contact_id,
        street=where.street,
        place=where.place,
        courier_note=where.courier_note,
        now=now,
    )


def _entry(
    person_id: int,
    address_id: int,
    now: datetime,
    *,
    is_main: bool = False,
    removed_at: datetime | None = None,
) -> BookEntry:
    return BookEntry(
        code=new_code(),
        person_id=person_id,
        address_id=address_id,
        is_main=is_main,
        created_at=now,
        removed_at=removed_at,
    )
