"""Reads for the pages of cooperatives: columns only, a fixed number of statements."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    bindparam,
    func,
    select,
)
from sqlalchemy.orm import Session, aliased

from shop.catalog.models import Product
from shop.catalog.queries import CARDS, Card, card_of, select_cards
from shop.catalog.rules import short_place
from shop.cooperatives.models import BookYear, Cooperative, Member

RELATED = 4
COOPERATIVE_GOODS = 12
MAKERS = 12


def goods_of(
    session: Session, cooperative_id: int, *, but: int | None = None, most: int = RELATED
) -> tuple[Card, ...]:
    """Goods of one cooperative, best sold first.

    :param but: a product to leave out, because its page is what they stand on.
    """
    rows = session.execute(
        _goods_of(), {"cooperative_id": cooperative_id, "but": but or 0, "most": most}
    )
    return tuple(map(card_of, rows))


@cache
def _goods_of() -> Select[*tuple[Any, ...]]:
    return (
        select_cards()
        .where(
            CARDS.c.cooperative_id == bindparam("cooperative_id"),
            CARDS.c.product_id != bindparam("but"),
        )
        .order_by(CARDS.c.popularity.desc(), CARDS.c.turn)
        .limit(bindparam("most", type_=Integer))
    )


_GOODS: ColumnElement[int] = (
    select(func.count())
    .where(CARDS.c.cooperative_id == Cooperative.id)
    .correlate(Cooperative)
    .scalar_subquery()
)


@dataclass(frozen=True, slots=True)
class SurplusDecision:
    """What the members' meeting decided about a year's surplus; shares in basis points."""

    year: int
    surplus: int
    meeting_on: date | None
    reserve_bp: int
    trade_bp: int
    capital_bp: int
    officers_bp: int
    staff_bp: int
    education_bp: int
    social_bp: int


@dataclass(frozen=True)
class Profile:
    """The page of a cooperative, but for its goods."""

    decision: SurplusDecision | None
    cooperative_id: int
    slug: str
    name: str
    short_name: str
    kind: str
    place: str
    province: str
    dye: str
    motif: str
    members: int
    story: str
    description_en: str
    founded_on: date | None
    legal_number: str | None
    registry_number: str | None
    contribution_bp: int
    is_pkp: bool
    goods: int


_DECISION = (
    BookYear.year,
    BookYear.surplus,
    BookYear.meeting_on,
    BookYear.reserve_bp,
    BookYear.trade_bp,
    BookYear.capital_bp,
    BookYear.officers_bp,
    BookYear.staff_bp,
    BookYear.education_bp,
    BookYear.social_bp,
)


def profile(session: Session, slug: str, today: date) -> Profile | None:
    """A cooperative that sells, with the last year its members' meeting has decided about.

    :param today: a meeting after it has not decided anything yet.
    """
    later = aliased(BookYear)
    last_year = (
        select(func.max(later.year))
        .where(later.cooperative_id == Cooperative.id, later.meeting_on <= today)
        .correlate(Cooperative)
        .scalar_subquery()
    )
    row = session.execute(
        select(
            Cooperative.id,
            Cooperative.slug,
            Cooperative.name,
            Cooperative.short_name,
            Cooperative.kind,
            Cooperative.regency,
            Cooperative.province,
            Cooperative.dye,
            Cooperative.motif,
            Cooperative.reported_members,
            Cooperative.story,
            Cooperative.description_en,
            Cooperative.founded_on,
            Cooperative.legal_number,
            Cooperative.registry_number,
            Cooperative.contribution_bp,
            Cooperative.is_pkp,
            _GOODS,
            *_DECISION,
        )
        .outerjoin(
            BookYear,
            (BookYear.cooperative_id == Cooperative.id) & (BookYear.year == last_year),
        )
        .where(Cooperative.slug == slug, Cooperative.suspended_at.is_(None))
    ).first()
    if row is None:
        return None
    values = list(row)
    facts, decided = values[: -len(_DECISION)], values[-len(_DECISION) :]
    facts[5] = short_place(facts[5])
    decision = SurplusDecision(*decided) if decided[0] is not None else None
    return Profile(decision, *facts)


@dataclass(frozen=True, slots=True)
class Maker:
    """A member's business, as it stands on the pack; never the person's money."""

    name: str
    village: str | None
    goods: int
    makes: str
    """Category of its goods, the first by name."""


def makers(session: Session, cooperative_id: int, most: int = MAKERS) -> tuple[Maker, ...]:
    """Whose goods a cooperative sells now: businesses by name, most goods first."""
    goods = func.count(CARDS.c.product_id)
    rows = session.execute(
        select(Member.business_name, Member.village, goods, func.min(CARDS.c.category_name))
        .join(Product, Product.member_id == Member.id)
        .join(CARDS, CARDS.c.product_id == Product.id)
        .where(Member.cooperative_id == cooperative_id, Member.business_name.is_not(None))
        .group_by(Member.id, Member.business_name, Member.village)
        .order_by(goods.desc(), Member.business_name)
        .limit(most)
    )
    return tuple(Maker(row[0] or "", *row[1:]) for row in rows)
