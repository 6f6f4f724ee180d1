"""Reading a list page by page."""

from dataclasses import replace

from sqlalchemy.orm import Session

from shop.catalog.products.queries import Card
from shop.storefront.listing.queries import listing
from shop.storefront.listing.rules import ListingFilters
from shop.storefront.search.queries import find


def walk(session: Session, filters: ListingFilters, size: int = 24) -> list[Card]:
    """All pages of a wish, one after the other."""
    matches = find(session, filters.text) if filters.text else None
    found: list[Card] = []
    after = None
    while True:
        page = listing(session, replace(filters, after=after), matches, size)
        found += page.rows
        after = page.next_cursor
        if after is None:
            return found
