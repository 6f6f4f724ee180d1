"""What the page of a cooperative reads, in four statements however much it sells."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    BigInteger,
    Date,
    Integer,
    Select,
    and_,
    bindparam,
    func,
    literal,
    select,
)
from sqlalchemy.orm import Session

from shop.catalog.products.models import Product
from shop.catalog.products.queries import CARDS, Card
from shop.catalog.products.rules import short_place
from shop.core.database.schema import columns_of, table_of
from shop.core.values.clock import HOME_ZONE, day_in
from shop.people.cooperatives.models import BookYear, Cooperative, Member
from shop.people.cooperatives.rules import Calendar
from shop.people.working_days.queries import CALENDAR, looked_back, read_calendars, with_closings
from shop.storefront.listing.queries import listing
from shop.storefront.listing.rules import ListingFilters
from shop.storefront.search_index.facet_terms import COOPERATIVE
from shop.storefront.search_index.models import SearchWord

SHOWN = 12
MAKERS = 12
LOOKED_AT = 300
"""Goods, the best liked of a cooperative, among which its page looks for their makers."""


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


@dataclass(frozen=True, slots=True)
class Maker:
    """A member's business, as it stands on the pack; never the person's money."""

    name: str
    village: str | None
    goods: int
    makes: str
    """Category of its goods, the first by name."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A cooperative with what it sells best, who makes it, and the days it works on."""

    profile: Profile
    goods: tuple[Card, ...]
    makers: tuple[Maker, ...]
    calendar: Calendar


def find_cooperative(session: Session, slug: str, now: datetime) -> Seen | None:
    """A cooperative that sells, as its page shows it; None if none of this name does."""
    today = day_in(HOME_ZONE, now)
    profile = _profile(session, slug, today)
    if profile is None:
        return None
    goods = listing(session, ListingFilters(cooperatives=(slug,)), None, SHOWN)
    values = {"cooperative_id": profile.cooperative_id, "since": looked_back(today)}
    makers = sorted(
        (Maker(*row) for row in session.execute(_makers(), values)),
        key=lambda maker: (-maker.goods, maker.name),
    )
    closings = session.execute(_closings(), values).all()
    (calendar,) = read_calendars(sorted(closings, key=itemgetter(4, 3))).values()
    return Seen(profile, goods.rows, tuple(makers), calendar)


_cooperatives, _years, _words = map(table_of, (Cooperative, BookYear, SearchWord))
_products, _members = table_of(Product), table_of(Member)
_later = _years.alias("later")
_DECISION = columns_of(
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
# A meeting after today has not decided anything yet.
_LAST_YEAR = (
    select(func.max(_later.c.year))
    .where(
        _later.c.cooperative_id == _cooperatives.c.id,
        _later.c.meeting_on <= bindparam("today", type_=Date),
    )
    .correlate(_cooperatives)
    .scalar_subquery()
)
_PROFILE = (
    select(
        *columns_of(
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
        ),
        func.coalesce(_words.c.goods, 0),  # counted beside the index anyway
        *_DECISION,
    )
    .select_from(_cooperatives)
    .outerjoin(
        _years,
        and_(_years.c.cooperative_id == _cooperatives.c.id, _years.c.year == _LAST_YEAR),
    )
    .outerjoin(_words, _words.c.word == literal(f"{COOPERATIVE}:").concat(_cooperatives.c.slug))
    .where(_cooperatives.c.slug == bindparam("slug"), _cooperatives.c.suspended_at.is_(None))
)


def _profile(session: Session, slug: str, today: date) -> Profile | None:
    """A cooperative with the last year that its members' meeting has decided about."""
    row = session.execute(_PROFILE, {"slug": slug, "today": today}).first()
    if row is None:
        return None
    facts, decided = list(row[: -len(_DECISION)]), row[-len(_DECISION) :]
    facts[5] = short_place(facts[5])
    decision = SurplusDecision(*decided) if decided[0] is not None else None
    return Profile(decision, *facts)


@cache
def _closings() -> Select[*tuple[Any, ...]]:
    of_one = _cooperatives.c.id == bindparam("cooperative_id", type_=BigInteger)
    return with_closings(select(*CALENDAR), bindparam("since", type_=Date)).where(of_one)


@cache
def _makers() -> Select[*tuple[Any, ...]]:
    """Whose goods a cooperative sells now: businesses by name, most goods first."""
    liked = (
        select(CARDS.c.product_id, CARDS.c.category_name)
        .where(CARDS.c.cooperative_id == bindparam("cooperative_id", type_=BigInteger))
        .order_by(CARDS.c.popularity.desc(), CARDS.c.product_id.desc())
        .limit(LOOKED_AT)
        .subquery("liked")
    )
    goods = func.count(liked.c.product_id).label("goods")
    return (
        select(
            _members.c.business_name,
            _members.c.village,
            goods,
            func.min(liked.c.category_name).label("makes"),
        )
        .select_from(liked)
        .join(_products, _products.c.id == liked.c.product_id)
        .join(_members, _members.c.id == _products.c.member_id)
        .where(_members.c.business_name.is_not(None))
        .group_by(_members.c.id, _members.c.business_name, _members.c.village)
        .order_by(goods.desc(), _members.c.business_name)
        .limit(bindparam("makers", MAKERS, type_=Integer))
    )
