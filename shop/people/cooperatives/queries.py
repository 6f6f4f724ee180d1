"""Reading cooperatives, their members and their desks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from shop.core.database.pagination import PAGE_ROWS, Page, page_of, read_cursor
from shop.people.accounts.models import Contact, Person
from shop.people.cooperatives.models import Cooperative, Member, Role, Seat


@dataclass(frozen=True, slots=True)
class Desk:
    """A cooperative as its desk sees it, and who sits there."""

    cooperative_id: int
    code: str
    slug: str
    name: str
    short_name: str
    zone: str
    dye: str
    motif: str
    roles: frozenset[Role]
    person_id: int
    suspension: str | None = None
    """Why the operator suspended it; None: it sells."""

    def may(self, *roles: Role) -> bool:
        """Whether the person holds one of these roles here."""
        return bool(self.roles & set(roles))


@dataclass(frozen=True, slots=True)
class Membership:
    """A person as the member of one cooperative."""

    member_id: int
    cooperative_id: int
    code: str
    number: str
    business_name: str | None
    joined_on: date
    slug: str
    cooperative: str
    zone: str
    motif: str
    dye: str


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A member as the desk's list shows one."""

    member_id: int
    code: str
    number: str
    name: str
    business_name: str | None
    village: str | None
    phone: str | None
    joined_on: date
    left_on: date | None
    person_id: int | None


def names(session: Session, cooperative_ids: Sequence[int]) -> dict[int, str]:
    """Names by id."""
    rows = session.execute(
        select(Cooperative.id, Cooperative.name).where(Cooperative.id.in_(cooperative_ids))
    )
    return {row.id: row.name for row in rows}


def desks_of(session: Session, person_id: int, slug: str | None = None) -> tuple[Desk, ...]:
    """Where a person sits now, by name; ``slug`` asks for one desk only. One statement."""
    query = (
        select(Cooperative, Seat.role)
        .join(Seat, Seat.cooperative_id == Cooperative.id)
        .where(Seat.person_id == person_id, Seat.ended_at.is_(None))
        .order_by(Cooperative.name, Cooperative.id)
    )
    if slug is not None:
        query = query.where(Cooperative.slug == slug)
    found: dict[int, Cooperative] = {}
    roles: dict[int, set[Role]] = {}
    for cooperative, role in session.execute(query):
        found[cooperative.id] = cooperative
        roles.setdefault(cooperative.id, set()).add(role)
    return tuple(
        Desk(
            cooperative_id=one.id,
            code=one.code,
            slug=one.slug,
            name=one.name,
            short_name=one.short_name,
            zone=one.zone,
            dye=one.dye,
            motif=one.motif,
            roles=frozenset(roles[one.id]),
            person_id=person_id,
            suspension=one.suspension,
        )
        for one in found.values()
    )


def memberships_of(session: Session, person_id: int) -> tuple[Membership, ...]:
    """Where a person is a member with a seat of one, by name; one statement."""
    rows = session.execute(
        select(
            Member.id,
            Member.cooperative_id,
            Member.code,
            Member.number,
            Member.business_name,
            Member.joined_on,
            Cooperative.slug,
            Cooperative.short_name,
            Cooperative.zone,
            Cooperative.motif,
            Cooperative.dye,
        )
        .join(Cooperative, Cooperative.id == Member.cooperative_id)
        .join(Seat, Seat.cooperative_id == Member.cooperative_id)
        .where(Member.person_id == person_id, Seat.person_id == person_id)
        .where(Seat.role == Role.ANGGOTA, Seat.ended_at.is_(None))
        .order_by(Cooperative.name, Member.id)
    )
    return tuple(Membership(*row) for row in rows)


def members_of(
    session: Session, cooperative_id: int, after: str | None = None, size: int = PAGE_ROWS
) -> Page[MemberRow]:
    """The register, by member number, a page at a time.

    :param after: the cursor of the page before.
    """
    query = (
        _members()
        .where(Member.cooperative_id == cooperative_id)
        .order_by(Member.number, Member.id)
        .limit(size + 1)
    )
    key = read_cursor(after, (str, int))
    if key is not None:
        query = query.where(
            (Member.number > key[0]) | ((Member.number == key[0]) & (Member.id > key[1]))
        )
    rows = [MemberRow(*row) for row in session.execute(query)]
    return page_of(rows, size, lambda row: (row.number, row.member_id))


def member_of(session: Session, cooperative_id: int, code: str) -> MemberRow | None:
    """One member of this cooperative by code; another's is as unknown as none."""
    row = session.execute(
        _members().where(Member.cooperative_id == cooperative_id, Member.code == code)
    ).one_or_none()
    return None if row is None else MemberRow(*row)


def holds_office(session: Session, person_id: int) -> bool:
    """Whether a person sits at any desk, of this cooperative or another."""
    return (
        session.scalar(
            select(Seat.id)
            .where(Seat.person_id == person_id, Seat.ended_at.is_(None))
            .where(Seat.role != Role.ANGGOTA)
            .limit(1)
        )
        is not None
    )


def is_suspended(session: Session, cooperative_id: int) -> bool:
    """Whether the operator lets a cooperative sell nothing; it stays so until we are done."""
    return (
        session.scalar(
            select(Cooperative.suspended_at)
            .where(Cooperative.id == cooperative_id)
            .with_for_update(read=True)
        )
        is not None
    )


def managers_to_tell(
    session: Session, cooperative_ids: Sequence[int]
) -> tuple[tuple[int, int], ...]:
    """Whom to tell about orders: cooperative and contact of each manager. One statement."""
    rows = session.execute(
        select(Seat.cooperative_id, Person.contact_id)
        .join(Person, Person.id == Seat.person_id)
        .where(Seat.cooperative_id.in_(cooperative_ids))
        .where(Seat.role == Role.MANAJER, Seat.ended_at.is_(None))
        .order_by(Seat.id)
    )
    return tuple((cooperative_id, contact_id) for cooperative_id, contact_id in rows)


def count_market(session: Session) -> dict[str, int]:
    """How many cooperatives and members the market has, for the operator."""
    cooperatives, members = session.execute(
        select(
            select(func.count()).select_from(Cooperative).scalar_subquery(),
            select(func.count())
            .select_from(Member)
            .where(Member.left_on.is_(None))
            .scalar_subquery(),
        )
    ).one()
    return {"cooperatives": cooperatives, "members": members}


def _members() -> "Select[*tuple[Any, ...]]":
    return select(
        Member.id,
        Member.code,
        Member.number,
        Contact.name,
        Member.business_name,
        Member.village,
        Contact.phone,
        Member.joined_on,
        Member.left_on,
        Member.person_id,
    ).join(Contact, Contact.id == Member.contact_id)
