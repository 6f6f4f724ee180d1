"""Looking for goods: what was typed, else what was meant, else what comes nearest."""

from dataclasses import dataclass

from shop.catalog.products.queries import Card
from shop.core.database.engine import Reader
from shop.core.database.pagination import Page
from shop.storefront.listing.facets import facets
from shop.storefront.listing.queries import listing
from shop.storefront.listing.rules import Facets, ListingFilters
from shop.storefront.search.queries import Matches, find, is_anywhere, matches, relaxed
from shop.storefront.search.query_parser import ParsedQuery

FEW = 4
"""Goods; whoever finds fewer with all words may want more with one of them."""


@dataclass(frozen=True)
class Seen:
    """What the catalogue shows for a wish."""

    page: Page[Card]
    facets: Facets
    corrected: str = ""
    """The text that was searched instead of the typed one."""
    is_loose: bool = False
    """Whether goods lack one of the words, because none has them all."""
    apart: tuple[str, ...] = ()
    """What else may be searched: each thing that the text asks for, by itself."""


def search_products(session: Reader, filters: ListingFilters) -> Seen:
    """Search: one page of goods and the facet counts.

    Two statements; one more where a text is searched, and a few when nothing answers to it.
    """
    if not filters.text:
        return Seen(listing(session, filters, None), facets(session, filters, None))
    found = find(session, filters.text, filters.narrow(), exact=filters.exact)
    if found is None:  # no letter, no digit: nothing to look for
        return Seen(Page((), None), Facets())
    page = listing(session, filters, found)
    if not page.rows and not filters.is_narrowed and found.asked.is_strange:
        return Seen(page, Facets())
    if not page.rows and not filters.exact and not is_anywhere(session, found.asked):
        found = _nearest(session, filters) or found
        page = listing(session, filters, found)
    return Seen(
        page,
        facets(session, filters, found),
        found.asked.text,
        found.asked.is_loose,
        _apart(found.asked) if len(page.rows) < FEW and not filters.after else (),
    )


def _apart(asked: ParsedQuery) -> tuple[str, ...]:
    """The things that a text asks for, as it names them, of which there are goods."""
    if len(asked.wanted) == 1:
        return ()
    known = [
        " ".join(one.typed[0])
        for one in asked.wanted
        if one.synonyms or any(word in asked.endings for phrase in one.typed for word in phrase)
    ]
    return tuple(dict.fromkeys(known))


def _nearest(session: Reader, filters: ListingFilters) -> Matches | None:
    """What comes nearest to a text that nothing answers to: words put right, then one left out.

    Which it is depends on the text alone, so that narrowing the list does not change it.
    """
    found = find(session, filters.text, filters.narrow(), deeply=True)
    if found is None:
        return None
    ways = [found.asked]
    loose = relaxed(found.asked)
    if loose is not None:
        ways.append(loose)
    for asked in ways:
        if is_anywhere(session, asked):
            return matches(session, asked, filters.narrow())
    return None
