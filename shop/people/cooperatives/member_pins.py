"""Members sign in on a borrowed phone with their code and a PIN from the desk (rule R27)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, select, update
from sqlalchemy.orm import Session

from shop.people.accounts.actions import create_person
from shop.people.accounts.errors import HoldsOffice
from shop.people.accounts.models import Contact, OperatorSeat, Person
from shop.people.accounts.queries import Known
from shop.people.cooperatives.actions import seat
from shop.people.cooperatives.errors import NoAccount
from shop.people.cooperatives.models import Member, MemberPin, Seat
from shop.people.cooperatives.rules import MAX_PIN_TRIES, Role
from shop.people.sign_in.actions import end_pin_sessions
from shop.services.audit.actions import record

NOBODY = 0
"""No row has it: an unknown code asks the database the same questions as a known one."""


@dataclass(frozen=True, slots=True)
class PinState:
    """What the desk sees of a member's PIN; never the PIN."""

    set_at: datetime
    is_locked: bool


@dataclass(frozen=True, slots=True)
class PinTry:
    """A try that was counted before it is checked."""

    known: Known
    pin_hash: str


def pin_of(session: Session, person_id: int | None) -> PinState | None:
    """Whether a member has a PIN, and whether it still opens anything."""
    found = session.get(MemberPin, person_id or NOBODY)
    return None if found is None else PinState(found.set_at, found.tries >= MAX_PIN_TRIES)


def give_pin(
    session: Session,
    cooperative_id: int,
    code: str,
    pin_hash: str,
    *,
    actor_id: int,
    now: datetime,
    address: str | None = None,
) -> None:
    """Give a member a new PIN; the old one, its lock and whoever came in with it are gone.

    A member without an account gets one here: somebody without phone and e-mail signs in by
    this PIN alone.

    :param pin_hash: made before the transaction; hashing takes long on purpose.
    :raises NoAccount: for who is no member here, or no more.
    :raises HoldsOffice: for who sits at a desk or is an operator: six digits are too few for that.
    """
    member = session.scalar(
        select(Member)
        .where(Member.cooperative_id == cooperative_id, Member.code == code)
        # Two managers at once make one account, not two.
        .with_for_update()
    )
    if member is None or member.left_on is not None:
        raise NoAccount
    if member.person_id is None:
        contact = session.get_one(Contact, member.contact_id)
        person = create_person(
            session, name=contact.name, phone=None, email=None, now=now, contact_id=contact.id
        )
        member.person_id = person.id
        session.flush()
        seat(session, cooperative_id, person.id, Role.ANGGOTA, now, actor_id=actor_id)
    elif session.scalar(select(Person.id).where(Person.id == member.person_id, _holds_office())):
        raise HoldsOffice
    session.merge(
        MemberPin(
            person_id=member.person_id,
            pin_hash=pin_hash,
            tries=0,
            set_by_id=actor_id,
            set_at=now,
        )
    )
    end_pin_sessions(session, member.person_id, now)
    record(
        session,
        action="member.pin-given",
        subject=f"member:{member.id}",
        actor_id=actor_id,
        cooperative_id=cooperative_id,
        now=now,
        address=address,
    )


def start_pin_attempt(session: Session, code: str, now: datetime) -> PinTry | None:
    """Count a PIN attempt before the check, so that parallel attempts stay in the limit.

    :param code: the member's, as ``rules.read_member_code`` writes it.
    :return: None for who cannot come in this way, for whatever reason: nobody with that code,
        no PIN, one that is locked, a member who left, who was blocked, or who holds an office.
    """
    return _begin(session, Member.code == code, now)


def begin_own_try(session: Session, person_id: int, now: datetime) -> PinTry | None:
    """The same for a member who is here already and is asked again."""
    return _begin(session, Member.person_id == person_id, now)


def record_pin_success(session: Session, found: PinTry) -> None:
    """Reset the attempts after the right PIN."""
    session.execute(
        update(MemberPin)
        # Not of a PIN that the desk made meanwhile.
        .where(MemberPin.person_id == found.known.person_id)
        .where(MemberPin.pin_hash == found.pin_hash)
        .values(tries=0)
    )


def _begin(session: Session, whose: ColumnElement[bool], now: datetime) -> PinTry | None:
    row = session.execute(
        select(
            Member.id,
            Member.cooperative_id,
            Person.id,
            Person.generation,
            Person.language,
        )
        .join(Person, Person.id == Member.person_id)
        .join(MemberPin, MemberPin.person_id == Person.id)
        .where(whose, Member.left_on.is_(None), Person.blocked_at.is_(None), ~_holds_office())
        .order_by(Member.id)
        .limit(1)
    ).one_or_none()
    counted = session.execute(
        update(MemberPin)
        .where(MemberPin.person_id == (row[2] if row else NOBODY))
        .where(MemberPin.tries < MAX_PIN_TRIES)
        .values(tries=MemberPin.tries + 1)
        .returning(MemberPin.pin_hash, MemberPin.tries)
    ).one_or_none()
    if row is None or counted is None:
        return None
    member_id, cooperative_id, person_id, generation, language = row
    pin_hash, tries = counted
    if tries == MAX_PIN_TRIES:
        record(
            session,
            action="member.pin-last-try",
            subject=f"member:{member_id}",
            actor_id=None,
            cooperative_id=cooperative_id,
            now=now,
        )
    return PinTry(Known(person_id, None, generation, language), pin_hash)


def _holds_office() -> ColumnElement[bool]:
    sits = exists().where(
        Seat.person_id == Person.id, Seat.ended_at.is_(None), Seat.role != Role.ANGGOTA
    )
    return sits | exists().where(OperatorSeat.person_id == Person.id)
