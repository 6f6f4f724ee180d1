"""Lists that are narrowed: the same goods in the same order, whichever way they are read."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from shop.core.database.engine import Database
from shop.core.values.money import Rupiah
from shop.storefront.listing.facets import facets
from shop.storefront.listing.price_histogram import NO_END, begin
from shop.storefront.listing.queries import listing
from shop.storefront.listing.rules import ListingFilters, Sort
from shop.storefront.search.queries import find
from shop.storefront.search_index.facet_terms import STEPS, prices_of
from tests.storefront.walking import walk


@pytest.fixture
def session(market: Database) -> Iterator[Session]:
    """A look at the market."""
    with market.reading() as session:
        yield session


def test_narrowed_and_near_lists_are_walked_through_without_a_gap(session: Session) -> None:
    for filters in (
        ListingFilters(categories=("makanan-olahan",), halal=True),
        ListingFilters(provinces=("Aceh", "Bali"), maximum=Rupiah(60_000)),
        ListingFilters(near="Bali"),
        ListingFilters(near="Bali", ready=True, sort=Sort.NEAREST),
        ListingFilters(near="Papua", text="kayu"),
    ):
        whole = [card.product_id for card in walk(session, filters, size=200)]
        assert [card.product_id for card in walk(session, filters, size=4)] == whole
        matches = find(session, filters.text, filters.narrow()) if filters.text else None
        assert len(whole) == len(set(whole)) == facets(session, filters, matches).total > 4


def test_few_goods_and_many_are_listed_in_the_same_order(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    wishes = [
        replace(filters, sort=sort)
        for sort in (Sort.NEWEST, Sort.CHEAPEST, Sort.DEAREST)
        for filters in (
            ListingFilters(categories=("minuman",), provinces=("Aceh", "Bali")),
            ListingFilters(categories=("makanan-olahan",), halal=True, maximum=Rupiah(60_000)),
            ListingFilters(
                categories=("minuman/kopi", "batik-tenun"), ready=True, minimum=Rupiah(30_000)
            ),
            ListingFilters(room_temperature=True, keeps_days=120, available=True),
        )
    ]
    few = [walk(session, filters, size=4) for filters in wishes]
    assert all(len(found) > 4 for found in few)
    for maximum, rare in ((2, 60), (2, 1), (20, 2)):
        monkeypatch.setattr("shop.storefront.listing.listing_filters.FEW", maximum)
        monkeypatch.setattr("shop.storefront.listing.price_histogram.RARE", rare)
        assert [walk(session, filters, size=4) for filters in wishes] == few


def test_few_goods_at_a_price_stand_in_the_order_of_the_index(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    wishes = (
        ListingFilters(maximum=Rupiah(30_000)),
        ListingFilters(
            categories=("makanan-olahan",), minimum=Rupiah(20_000), maximum=Rupiah(60_000)
        ),
        ListingFilters(near="Bali", minimum=Rupiah(50_000), halal=True),
    )
    few = [walk(session, filters, size=4) for filters in wishes]
    assert all(len(found) > 8 for found in few)
    monkeypatch.setattr("shop.storefront.listing.listing_filters.FEW", 2)
    assert [walk(session, filters, size=4) for filters in wishes] == few


def test_a_price_that_no_goods_have_shows_none(session: Session) -> None:
    for sort in (None, Sort.NEWEST, Sort.CHEAPEST, Sort.DEAREST):
        assert not listing(session, ListingFilters(maximum=Rupiah(0), sort=sort), None).rows


@given(
    steps=st.lists(st.integers(0, len(STEPS)), unique=True).map(sorted),
    groups=st.lists(st.dictionaries(st.integers(0, len(STEPS)), st.integers(1, 90)), max_size=3),
    there=st.dictionaries(st.integers(0, len(STEPS)), st.integers(1, 9_000)),
    is_rising=st.booleans(),
    few=st.integers(0, 200),
)
def test_nothing_that_fits_stands_outside_of_what_is_read_or_gathered(
    steps: list[int],
    groups: list[dict[int, int]],
    there: dict[int, int],
    is_rising: bool,
    few: int,
) -> None:
    order = steps if is_rising else steps[::-1]
    part = begin(order, groups, there, (0, NO_END), is_rising=is_rising, few=few)
    gathered = {int(word.rpartition(":")[2]) for word in part.before}
    for step in steps:
        minimum, maximum = prices_of(step)
        is_read = part.low <= minimum and (NO_END if maximum is None else maximum) <= part.high
        fits = min((group.get(step, 0) for group in groups), default=there.get(step, 0))
        assert is_read or step in gathered or not fits
        assert not (is_read and step in gathered)
    assert (
        sum(min((group[step] for group in groups), default=few) for step in gathered) <= max(few, 0)
        or not groups
    )
