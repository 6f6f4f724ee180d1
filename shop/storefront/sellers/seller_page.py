"""The page of a cooperative in the reader's words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from shop.catalog.products.queries import Card
from shop.people.cooperatives.rules import ClosedTime
from shop.storefront.listing.rules import ListingFilters, Sort, address
from shop.storefront.sellers import words as seller_words
from shop.storefront.sellers.queries import Maker, Profile, Seen
from shop.storefront.sellers.structured_data import cooperative_facts
from shop.storefront.sitemap.structured_data import preview_of
from shop.web.i18n.language import named
from shop.web.rendering.page_metadata import Preview, written_facts


@dataclass(frozen=True)
class CooperativePage:
    """What ``storefront/home/cooperative.html`` shows, but for the goods."""

    profile: Profile
    makers: tuple[Maker, ...]
    shares: list[tuple[str, int, str]]
    closed: ClosedTime | None
    all_url: str
    newest_url: str
    cheapest_url: str
    machine_facts: Markup


def cooperative_page(seen: Seen, now: datetime) -> CooperativePage:
    """The page of a cooperative as it stands at a moment."""
    decision = seen.profile.decision
    everything = ListingFilters(cooperatives=(seen.profile.slug,))
    return CooperativePage(
        profile=seen.profile,
        makers=seen.makers,
        shares=seller_words.surplus_shares(decision) if decision else [],
        closed=seen.calendar.closing_near(now),
        all_url=address(everything),
        newest_url=address(everything, sort=Sort.NEWEST),
        cheapest_url=address(everything, sort=Sort.CHEAPEST),
        machine_facts=written_facts([cooperative_facts(seen.profile)]),
    )


def preview_of_best(goods: Sequence[Card]) -> Preview | None:
    """What links to the page show: what its members sell best."""
    best = goods[0] if goods else None
    return preview_of(best.picture, named(best.name, best.name_en)) if best else None
