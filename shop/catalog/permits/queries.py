"""A cooperative's papers as its desk sees them: permits and halal certificates of its goods."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Row,
    Select,
    String,
    Subquery,
    and_,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from shop.catalog.packaging.models import Halal, PackFacts, Permit
from shop.catalog.packaging.permit_numbers import needs_md, read_pirt
from shop.catalog.packaging.rules import (
    Claim,
    HalalState,
    PaperFault,
    PermitKind,
    claim_on,
    contains_pork,
)
from shop.catalog.products.errors import PaperNotFound
from shop.catalog.products.models import Product, ProductState
from shop.core.database.pagination import Page, page_of, read_cursor
from shop.core.database.schema import BigId
from shop.people.accounts.models import Contact
from shop.people.cooperatives.models import Member

SOON = timedelta(days=90)
"""A new permit takes about as long as this."""
PAGE = 30
HALAL = "halal"


class PermitFilter(StrEnum):
    """Filter of the desk's list of permits."""

    WAITING = "menunggu"
    SOON = "segera"
    OVER = "lewat"
    CHECKED = "sudah"


@dataclass(frozen=True, slots=True)
class Paper:
    """One number that a maker claims, and what a manager made of it."""

    kind: str
    """A :class:`PermitKind`, or ``halal``."""
    permit_id: int | None
    product_id: int
    number: str
    valid_until: date | None
    claim: Claim
    fault: PaperFault | None
    checked_by_id: int | None
    checked_at: datetime | None
    sku: str
    product: str
    state: ProductState
    member: str
    pack_type: str | None
    storage: str | None
    ingredients: str | None

    @property
    def permit(self) -> PermitKind | None:
        """Which permit it is; None for a halal certificate."""
        return None if self.kind == HALAL else PermitKind(self.kind)

    @property
    def is_group_unknown(self) -> bool:
        """Whether a P-IRT number names a group of food that stands in no public list."""
        pirt = read_pirt(self.number) if self.permit is PermitKind.PIRT else None
        return pirt is not None and not pirt.is_group_known

    @property
    def is_wrong_permit(self) -> bool:
        """Whether P-IRT stands where the law wants MD."""
        return self.permit is PermitKind.PIRT and needs_md(self.pack_type, self.storage)

    @property
    def is_halal_with_pork(self) -> bool:
        """Whether goods are called halal whose ingredients name pork."""
        return self.kind == HALAL and contains_pork(self.ingredients)


def papers(
    session: Session,
    cooperative_id: int,
    pile: PermitFilter,
    today: date,
    after: str | None = None,
) -> Page[Paper]:
    """The papers of one pile by product name, what ends soon by its day; one statement."""
    rows = _papers(cooperative_id)
    wanted = _read(rows).where(_in_pile(rows, pile, today))
    key = (
        func.coalesce(rows.c.valid_until, date.max) if pile is PermitFilter.SOON else rows.c.product
    )
    start = read_cursor(after, (str, str, str))
    if start is not None:
        first = _first_key(start[0], pile)
        wanted = wanted.where(
            or_(
                key > first,
                and_(key == first, rows.c.sku > start[1]),
                and_(key == first, rows.c.sku == start[1], rows.c.kind > start[2]),
            )
        )
    wanted = wanted.order_by(key, rows.c.sku, rows.c.kind).limit(PAGE + 1)
    found = [_paper(row, today) for row in session.execute(wanted)]
    return page_of(
        found,
        PAGE,
        lambda paper: (
            str(paper.valid_until) if pile is PermitFilter.SOON else paper.product,
            paper.sku,
            paper.kind,
        ),
    )


def _first_key(text: str | int, pile: PermitFilter) -> date | str:
    """The first part of a cursor; one that is no day begins at the first."""
    if pile is not PermitFilter.SOON:
        return str(text)
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        return date.min


def count_papers(session: Session, cooperative_id: int, today: date) -> dict[PermitFilter, int]:
    """How many papers lie in each pile; one statement."""
    rows = _papers(cooperative_id)
    counts = session.execute(
        select(
            *(func.count().filter(_in_pile(rows, pile, today)) for pile in PermitFilter)
        ).select_from(rows)
    ).one()
    return dict(zip(PermitFilter, counts, strict=True))


def paper_of(
    session: Session, cooperative_id: int, sku: str, kind: str, number: str, today: date
) -> Paper:
    """One paper of this cooperative, as the page showed it.

    :raises PaperNotFound: for another cooperative's too, and when its number is another one now.
    """
    rows = _papers(cooperative_id)
    row = session.execute(
        _read(rows).where(rows.c.sku == sku, rows.c.kind == kind, rows.c.number == number).limit(1)
    ).one_or_none()
    if row is None:
        raise PaperNotFound(sku)
    return _paper(row, today)


def papers_of_product(
    session: Session, cooperative_id: int, product_id: int, today: date
) -> tuple[Paper, ...]:
    """The numbers that one product claims, and what a manager made of them."""
    rows = _papers(cooperative_id)
    wanted = _read(rows).where(rows.c.product_id == product_id).order_by(rows.c.kind.desc())
    return tuple(_paper(row, today) for row in session.execute(wanted))


def _papers(cooperative_id: int) -> Subquery:
    """Every number that goods of a cooperative claim, permits and certificates in one shape."""
    permits = select(
        cast(Permit.kind, String).label("kind"),
        Permit.id.label("permit_id"),
        Permit.product_id.label("product_id"),
        Permit.number.label("number"),
        Permit.valid_until.label("valid_until"),
        Permit.claim.label("claim"),
        Permit.fault.label("fault"),
        Permit.checked_by_id.label("checked_by_id"),
        Permit.checked_at.label("checked_at"),
    ).where(Permit.number.is_not(None))
    certificates = select(
        literal(HALAL, String),
        cast(null(), BigId),
        Halal.product_id,
        Halal.number,
        cast(null(), Date),
        Halal.claim,
        Halal.fault,
        Halal.checked_by_id,
        Halal.checked_at,
    ).where(Halal.state == HalalState.CERTIFIED, Halal.number.is_not(None))
    both = union_all(permits, certificates).subquery()
    return (
        select(
            both,
            Product.sku.label("sku"),
            Product.name.label("product"),
            Product.state.label("state"),
            Contact.name.label("member"),
            PackFacts.pack_type.label("pack_type"),
            PackFacts.storage.label("storage"),
            PackFacts.ingredients.label("ingredients"),
        )
        .join(Product, Product.id == both.c.product_id)
        .join(Member, Member.id == Product.member_id)
        .join(Contact, Contact.id == Member.contact_id)
        .outerjoin(PackFacts, PackFacts.product_id == Product.id)
        .where(Product.cooperative_id == cooperative_id)
        .subquery()
    )


def _read(rows: Subquery) -> Select[*tuple[Any, ...]]:
    return select(*rows.c)


def _in_pile(rows: Subquery, pile: PermitFilter, today: date) -> ColumnElement[bool]:
    until = rows.c.valid_until
    is_over = or_(
        rows.c.claim.in_((Claim.REFUSED, Claim.LAPSED)), func.coalesce(until < today, False)
    )
    if pile is PermitFilter.OVER:
        return is_over
    if pile is PermitFilter.SOON:
        return and_(until >= today, until <= today + SOON)
    return and_(
        ~is_over, rows.c.claim == (Claim.CLAIMED if pile is PermitFilter.WAITING else Claim.CHECKED)
    )


def _paper(row: Row[*tuple[Any, ...]], today: date) -> Paper:
    kind, permit_id, product_id, number, valid_until, claim, *rest = row
    return Paper(
        kind,
        permit_id,
        product_id,
        number,
        valid_until,
        claim_on(claim, valid_until, today),
        *rest,
    )
