"""Reads for home and for the pages of cooperatives: columns only, a fixed number of statements."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Row,
    Select,
    bindparam,
    func,
    select,
)
from sqlalchemy.orm import Session, aliased

from shop.catalog.models import Product
from shop.catalog.queries import CARDS, Card, card_of, pictures_of, select_cards
from shop.catalog.rules import CATEGORY_NAMES, short_place
from shop.cooperatives.models import BookYear, Cooperative, Member
from shop.media.picture import Picture
from shop.search.models import SearchWord
from shop.search.narrowing import CATEGORY, mark

HOME_GOODS = 8
HOME_NEW = 4
RELATED = 4
COOPERATIVE_GOODS = 12
MAKERS = 12
HOME_COOPERATIVES = 24
LOOKED_AT = 300
"""Goods, the first in their order, among which a front page looks for one of each cooperative."""


def best_sold(session: Session, most: int = HOME_GOODS) -> tuple[Card, ...]:
    """What each cooperative sells best, most bought first; while nothing was, what came first."""
    rows = session.execute(_best_sold(), {"most": most})
    return tuple(map(card_of, rows))


def newest(session: Session, most: int = HOME_NEW) -> tuple[Card, ...]:
    """What came last from each cooperative, newest first."""
    rows = session.execute(_newest(), {"most": most})
    return tuple(map(card_of, rows))


Order = Callable[[Any], list[Any]]
"""Keys to sort by, of anything that has the columns of a card."""


def _by_sale(card: Any) -> list[Any]:
    return [card.popularity.desc(), card.turn, card.product_id]


def _by_day(card: Any) -> list[Any]:
    return [card.published_at.desc(), card.product_id.desc()]


@cache
def _best_sold() -> Select[*tuple[Any, ...]]:
    best = _one_of_each(_by_sale)
    return best.order_by(CARDS.c.popularity.desc(), CARDS.c.product_id)


@cache
def _newest() -> Select[*tuple[Any, ...]]:
    latest = _one_of_each(_by_day)
    return latest.order_by(CARDS.c.published_at.desc(), CARDS.c.product_id)


def _one_of_each(order: Order) -> Select[*tuple[Any, ...]]:
    """The first card of every cooperative, among the first of all in this order: enough for a
    page, and no look at the rest of the market.
    """
    first = _cards_in(order).subquery()
    turn = func.row_number().over(partition_by=first.c.cooperative_id, order_by=order(first.c))
    places = select(first.c.product_id, turn.label("place")).subquery()
    return (
        select_cards()
        .where(CARDS.c.product_id.in_(select(places.c.product_id).where(places.c.place == 1)))
        .limit(bindparam("most", type_=Integer))
    )


def _cards_in(order: Order) -> Select[*tuple[Any, ...]]:
    return (
        select(
            CARDS.c.product_id,
            CARDS.c.cooperative_id,
            CARDS.c.popularity,
            CARDS.c.turn,
            CARDS.c.published_at,
        )
        .order_by(*order(CARDS.c))
        .limit(LOOKED_AT)
    )


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


def goods_by_category(session: Session) -> tuple[tuple[str, str, int], ...]:
    """Path, name and number of goods of each branch of the tree's first level that has some."""
    tops = {mark(CATEGORY, path): path for path in CATEGORY_NAMES if "/" not in path}
    rows = session.execute(
        select(SearchWord.word, SearchWord.goods).where(SearchWord.word.in_(tops))
    )
    counts = {tops[word]: goods for word, goods in rows}
    return tuple(
        (path, name, counts[path]) for path, name in CATEGORY_NAMES.items() if counts.get(path)
    )


@dataclass(frozen=True, slots=True)
class CooperativeCard:
    """A cooperative in a list."""

    picture: Picture | None
    """Of what it sells best."""
    cooperative_id: int
    slug: str
    name: str
    short_name: str
    place: str
    province: str
    dye: str
    motif: str
    members: int
    story: str
    description_en: str
    contribution_bp: int
    is_pkp: bool
    goods: int


def known_by_goods(session: Session) -> tuple[CooperativeCard, ...]:
    """Cooperatives whose goods are liked best, as many as a front page has room for, by name."""
    return _listed(session, _known_by_goods())


def _listed(session: Session, wanted: Select[*tuple[Any, ...]]) -> tuple[CooperativeCard, ...]:
    return tuple(map(_cooperative_card, session.execute(wanted)))


@cache
def _known_by_goods() -> Select[*tuple[Any, ...]]:
    first = _cards_in(_by_sale).subquery()
    best = (
        select(first.c.cooperative_id)
        .group_by(first.c.cooperative_id)
        .order_by(func.max(first.c.popularity).desc(), first.c.cooperative_id)
        .limit(HOME_COOPERATIVES)
    )
    return _cooperatives().where(Cooperative.id.in_(best))


@cache
def _cooperatives() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Cooperative.id,
            Cooperative.slug,
            Cooperative.name,
            Cooperative.short_name,
            Cooperative.regency,
            Cooperative.province,
            Cooperative.dye,
            Cooperative.motif,
            Cooperative.reported_members,
            Cooperative.story,
            Cooperative.description_en,
            Cooperative.contribution_bp,
            Cooperative.is_pkp,
            _GOODS,
            _BEST_PICTURES,
        )
        .where(Cooperative.suspended_at.is_(None))
        .order_by(Cooperative.short_name)
    )


def _cooperative_card(row: Row[*tuple[Any, ...]]) -> CooperativeCard:
    *facts, pictures = row
    facts[4] = short_place(facts[4])
    return CooperativeCard(_first_picture(pictures), *facts)


_GOODS: ColumnElement[int] = (
    select(func.count())
    .where(CARDS.c.cooperative_id == Cooperative.id)
    .correlate(Cooperative)
    .scalar_subquery()
)
_BEST_PICTURES: ColumnElement[str] = (
    select(CARDS.c.pictures)
    .where(CARDS.c.cooperative_id == Cooperative.id, CARDS.c.pictures != "")
    .order_by(CARDS.c.popularity.desc(), CARDS.c.product_id)
    .limit(1)
    .correlate(Cooperative)
    .scalar_subquery()
)


def _first_picture(lines: str | None) -> Picture | None:
    found = pictures_of(lines or "", most=1)
    return found[0][1] if found else None


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
