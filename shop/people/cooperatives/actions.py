"""Cooperatives come to the market, take members, and give people their seats."""

from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shop.people.accounts.errors import HoldsOffice
from shop.people.cooperatives.errors import CodeTaken, NoAccount
from shop.people.cooperatives.models import Cooperative, Member, Seat
from shop.people.cooperatives.queries import MemberRow, holds_office
from shop.people.cooperatives.rules import Role
from shop.people.sign_in.actions import issue_desk_code
from shop.services.audit.actions import record


def create_cooperative(
    session: Session, cooperative: Cooperative, *, now: datetime, actor_id: int | None = None
) -> Cooperative:
    """Let a cooperative onto the market.

    :raises CodeTaken: when its code or its address is another's.
    """
    cooperative.created_at = now
    _add(session, cooperative)
    record(
        session,
        action="cooperative.created",
        subject=f"cooperative:{cooperative.id}",
        actor_id=actor_id,
        cooperative_id=cooperative.id,
        now=now,
    )
    return cooperative


def add_member(
    session: Session,
    *,
    cooperative_id: int,
    code: str,
    number: str,
    contact_id: int,
    joined_on: date,
    now: datetime,
    person_id: int | None = None,
    actor_id: int | None = None,
) -> Member:
    """Write somebody into the member register; with an account, also give the member's seat.

    :raises CodeTaken: when the code, or the number in this cooperative, is another's.
    """
    member = Member(
        cooperative_id=cooperative_id,
        code=code,
        number=number,
        contact_id=contact_id,
        person_id=person_id,
        joined_on=joined_on,
        has_nib=False,
    )
    _add(session, member)
    record(
        session,
        action="member.joined",
        subject=f"member:{member.id}",
        actor_id=actor_id,
        cooperative_id=cooperative_id,
        now=now,
    )
    if person_id is not None:
        seat(session, cooperative_id, person_id, Role.ANGGOTA, now, actor_id=actor_id)
    return member


def seat(
    session: Session,
    cooperative_id: int,
    person_id: int,
    role: Role,
    now: datetime,
    *,
    actor_id: int | None = None,
) -> None:
    """Give a person a role in a cooperative; one they hold already stays as it is."""
    held = session.scalar(
        select(Seat.id)
        .where(Seat.cooperative_id == cooperative_id, Seat.person_id == person_id)
        .where(Seat.role == role, Seat.ended_at.is_(None))
    )
    if held is not None:
        return
    session.add(Seat(cooperative_id=cooperative_id, person_id=person_id, role=role, since=now))
    _log_seat(session, "seat.given", cooperative_id, person_id, role, now, actor_id)


def end_seat(
    session: Session,
    cooperative_id: int,
    person_id: int,
    role: Role,
    now: datetime,
    *,
    actor_id: int | None = None,
) -> bool:
    """Take a role away: it is gone at the person's next request. False when there was none."""
    ended = session.scalar(
        update(Seat)
        .where(Seat.cooperative_id == cooperative_id, Seat.person_id == person_id)
        .where(Seat.role == role, Seat.ended_at.is_(None))
        .values(ended_at=now)
        .returning(Seat.id)
    )
    if ended is not None:
        _log_seat(session, "seat.ended", cooperative_id, person_id, role, now, actor_id)
    return ended is not None


def issue_member_code(
    session: Session,
    cooperative_id: int,
    member: MemberRow,
    *,
    actor_id: int,
    now: datetime,
    address: str | None = None,
) -> str:
    """A one-time code with which a member of this cooperative sets a new password.

    :param member: as ``queries.member_of`` found them in this cooperative.
    :raises NoAccount: when the member has no account, or has left.
    :raises HoldsOffice: when the member sits at a desk, here or elsewhere: who runs a
        cooperative must not be able to walk into the treasurer's account.
    """
    if member.person_id is None or member.left_on is not None:
        raise NoAccount
    if holds_office(session, member.person_id):
        raise HoldsOffice
    return issue_desk_code(
        session,
        member.person_id,
        cooperative_id=cooperative_id,
        actor_id=actor_id,
        now=now,
        address=address,
    )


def _add(session: Session, row: Cooperative | Member) -> None:
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as fault:
        raise CodeTaken from fault


def _log_seat(
    session: Session,
    action: str,
    cooperative_id: int,
    person_id: int,
    role: Role,
    now: datetime,
    actor_id: int | None,
) -> None:
    record(
        session,
        action=action,
        subject=f"person:{person_id}",
        actor_id=actor_id,
        cooperative_id=cooperative_id,
        after={"role": role.value},
        now=now,
    )
