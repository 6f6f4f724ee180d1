"""Addresses of all public pages, for search engines: read in parts, written while being read."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from xml.sax.saxutils import escape

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.catalog.products.models import Product, ProductCard
from shop.catalog.products.rules import CATEGORY_NAMES
from shop.people.cooperatives.models import Cooperative
from shop.web.i18n.language import LANGUAGES, in_language

GOODS_A_PART: Final = 2_500
"""Each has at most four addresses, page and story in two languages: a part stays below 10,000."""

Day = datetime | None
"""When a page last changed, as far as that is known."""

_TOGETHER: Final = 500
"""Rows fetched at once."""


@dataclass(frozen=True, slots=True)
class Part:
    """Goods that stand in one file."""

    number: int
    changed_at: datetime


def parts(session: Session) -> tuple[Part, ...]:
    """The files that all goods need, in one statement.

    Goods keep their part for ever, however many come and go: a file changes only with its own.
    """
    number = (ProductCard.product_id // GOODS_A_PART).label("number")
    rows = session.execute(
        select(number, func.max(ProductCard.published_at)).group_by(number).order_by(number)
    )
    return tuple(Part(*row) for row in rows)


def goods(session: Session, part: int | None = None) -> Iterator[tuple[str, Day]]:
    """Goods and their stories, each with the day it came; one statement, a few rows at a time.

    :param part: one file's; all when left out.
    """
    statement = select(ProductCard.slug, ProductCard.published_at, Product.story != "").join(
        Product, Product.id == ProductCard.product_id
    )
    if part is not None:
        first = part * GOODS_A_PART
        statement = statement.where(ProductCard.product_id.between(first, first + GOODS_A_PART - 1))
    rows = session.execute(
        statement.order_by(ProductCard.product_id).execution_options(yield_per=_TOGETHER)
    )
    for slug, day, has_story in rows:
        yield f"/produk/{slug}", day
        if has_story:
            yield f"/cerita/{slug}", day


def places(session: Session) -> list[tuple[str, Day]]:
    """Front door, lists and cooperatives, in two statements."""
    changed: dict[str, datetime] = {}
    for path, day in session.execute(
        select(ProductCard.category_path, func.max(ProductCard.published_at)).group_by(
            ProductCard.category_path
        )
    ):
        for above in {path, path.split("/", 1)[0]}:
            changed[above] = max(day, changed.get(above, day))
    newest = max(changed.values(), default=None)
    latest = func.coalesce(func.max(ProductCard.published_at), Cooperative.created_at)
    sellers = session.execute(
        select(Cooperative.slug, latest)
        .outerjoin(ProductCard, ProductCard.cooperative_id == Cooperative.id)
        .where(Cooperative.suspended_at.is_(None))
        .group_by(Cooperative.slug, Cooperative.created_at)
        .order_by(Cooperative.slug)
    )
    return [
        ("/", newest),
        ("/produk", newest),
        ("/koperasi", None),
        *(
            (f"/produk?kategori={path}", changed[path])
            for path in CATEGORY_NAMES
            if path in changed
        ),
        *((f"/koperasi/{slug}", day) for slug, day in sellers),
    ]


_HEAD: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'
_NAMES: Final = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
_LINKS: Final = 'xmlns:xhtml="http://www.w3.org/1999/xhtml"'


def written(found: Iterable[tuple[str, Day]], root: str) -> Iterator[str]:
    """One file of addresses, each in its languages and with the same page in the others.

    :param root: what whole addresses start with.
    """
    yield f"{_HEAD}<urlset {_NAMES} {_LINKS}>\n"
    for path, day in found:
        stands = {one: escape(root + in_language(one, path)) for one in LANGUAGES}
        links = "".join(
            f'<xhtml:link rel="alternate" hreflang="{one}" href="{address}"/>'
            for one, address in (*stands.items(), ("x-default", stands[LANGUAGES[0]]))
        )
        for address in stands.values():
            yield f"<url><loc>{address}</loc>{_last(day)}{links}</url>\n"
    yield "</urlset>\n"


def written_index(found: Iterable[tuple[str, Day]], root: str) -> Iterator[str]:
    """The file that names the others."""
    yield f"{_HEAD}<sitemapindex {_NAMES}>\n"
    for path, day in found:
        yield f"<sitemap><loc>{escape(root + path)}</loc>{_last(day)}</sitemap>\n"
    yield "</sitemapindex>\n"


def _last(day: Day) -> str:
    return f"<lastmod>{day:%Y-%m-%d}</lastmod>" if day else ""
