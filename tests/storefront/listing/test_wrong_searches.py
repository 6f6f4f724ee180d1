"""Searches that nobody means, or somebody means badly: an ordinary page, as light as any."""

import http.client
from itertools import combinations
from urllib.parse import urlsplit

from bench.wrong_searches import HOSTILE, ORDINARY, TOO_LONG
from shop.storefront.listing import (
    facets,
    filtered_listing,
)
from shop.storefront.listing import (
    queries as listing,
)
from shop.storefront.listing.filter_words import MAX_CHIPS
from shop.storefront.listing.forms import MAX_VALUES
from shop.storefront.listing.listing_filters import MAX_SHAPES, TESTS
from shop.storefront.listing.rules import Sort
from shop.storefront.search_index.rules import wanted
from tests.support.live import LiveShop
from tests.support.visitor import Visitor
from tests.web.markup import Markup

HEAVIER = 1.2


def test_whatever_stands_in_the_address_the_page_is_an_ordinary_one(pages: Visitor) -> None:
    usual = max(len(pages.get(f"/produk?{query}").data) for query in ORDINARY)
    for query in HOSTILE:
        answer = pages.get(f"/produk?{query}")
        assert answer.status_code == 200, query[:80]
        assert not Markup.of(answer.text).mistakes, query[:80]
        assert "</html>" in answer.text, query[:80]
        assert len(answer.data) <= HEAVIER * usual + 4 * min(len(query), 8_000), query[:80]


def test_more_choices_than_are_used_are_said_so_and_the_first_are_taken_away_by_a_link(
    pages: Visitor,
) -> None:
    few = pages.get("/produk?provinsi=Bali&provinsi=Aceh").text
    many = "&".join(f"provinsi=P{number}" for number in range(MAX_VALUES + 1))
    page = pages.get(f"/produk?{many}").text
    assert f"Hanya {MAX_VALUES} pilihan pertama" in page
    assert "pilihan pertama" not in few
    assert page.count("Hapus saringan ") == MAX_CHIPS
    assert f"{MAX_VALUES - MAX_CHIPS} saringan lagi" in page
    assert "saringan lagi" not in few
    assert f'value="P{MAX_VALUES - 1}" checked' in page


def test_a_word_typed_again_asks_for_nothing_more() -> None:
    assert wanted(["kopi"] * 12, {}) == wanted(["kopi"], {})


def test_an_address_that_the_server_does_not_take_is_refused_and_the_shop_goes_on(
    live: LiveShop,
) -> None:
    where = urlsplit(live.url).netloc
    for length, status in ((TOO_LONG, 414), (60_000, 200), (200_000, 414), (7_000, 200)):
        visitor = http.client.HTTPConnection(where, timeout=20)
        visitor.request("GET", "/produk?q=" + "a" * length)
        assert visitor.getresponse().status == status, length
        visitor.close()


def test_addresses_of_every_shape_leave_no_more_statements_behind_than_shoppers_need() -> None:
    for names in combinations(TESTS, 3):
        filtered_listing._marked(True, names, 1)
        listing._prepared(Sort.NEWEST, None, names, from_start=True)
        listing._narrowed(True, Sort.NEWEST, names, led=False, from_start=True, parted=False)
        facets.narrowed(True, ((facets.EVERYTHING, False),), (), names)
    kinds = (filtered_listing._marked, listing._prepared, listing._narrowed, facets.narrowed)
    for kept in kinds:
        assert kept.cache_info().currsize == MAX_SHAPES
