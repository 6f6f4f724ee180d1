"""The catalogue: facets whose counts are true, orders that keep, pages that lose nothing."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from shop.catalog.inventory.models import StockItem
from shop.catalog.products.models import ProductCard
from shop.core.database.engine import Database
from shop.core.values.money import Rupiah
from shop.storefront.listing.facets import facets
from shop.storefront.listing.forms import parse_filters
from shop.storefront.listing.province_distance import nearest_provinces, provinces
from shop.storefront.listing.queries import listing
from shop.storefront.listing.rules import (
    ListingFilters,
    Sort,
    address,
    category_options,
    first_sentence,
)
from shop.storefront.search.queries import find
from tests.storefront.walking import walk
from tests.support.statements import statements
from tests.support.visitor import Visitor
from tests.web.markup import Markup


@pytest.fixture
def session(market: Database) -> Iterator[Session]:
    """A look at the market."""
    with market.reading() as session:
        yield session


def test_walking_through_all_pages_shows_each_product_once(session: Session) -> None:
    for filters in (ListingFilters(text=text, sort=sort) for text in ("", "kopi") for sort in Sort):
        whole = [card.product_id for card in walk(session, filters, size=200)]
        assert [card.product_id for card in walk(session, filters, size=7)] == whole
        matches = find(session, filters.text) if filters.text else None
        assert len(whole) == len(set(whole)) == facets(session, filters, matches).total


def test_what_is_near_stands_first(session: Session) -> None:
    of = dict(session.execute(select(ProductCard.product_id, ProductCard.province)).all())
    rings = [
        0
        if of[card.product_id] == "Bali"
        else 1
        if of[card.product_id] in nearest_provinces("Bali")
        else 2
        for card in walk(session, ListingFilters(near="Bali"))
    ]
    assert rings == sorted(rings)
    assert len(rings) == 150
    assert set(rings) == {0, 1, 2}
    assert set(of.values()) <= set(provinces())


def test_each_price_band_counts_what_it_leads_to(session: Session) -> None:
    found = facets(session, ListingFilters(categories=("makanan-olahan",)), None)
    assert sum(band.count for band in found.bands) == found.total
    for band in found.bands:
        narrower = ListingFilters(
            categories=("makanan-olahan",), minimum=band.minimum, maximum=band.maximum
        )
        assert band.count == len(walk(session, narrower))
        chosen = facets(session, narrower, None)
        assert [one.count for one in chosen.bands] == [one.count for one in found.bands]
        assert [one for one in chosen.bands if one.chosen] == [
            replace(band, chosen=True),
        ]


def test_orders_do_what_they_say(session: Session) -> None:
    cheap = [card.price for card in walk(session, ListingFilters(sort=Sort.CHEAPEST))]
    dear = [card.price for card in walk(session, ListingFilters(sort=Sort.DEAREST))]
    assert cheap == sorted(cheap)
    assert dear == sorted(cheap, reverse=True)
    by_day = session.execute(
        select(ProductCard.product_id).order_by(
            ProductCard.published_at.desc(), ProductCard.product_id
        )
    ).scalars()
    newest = [card.product_id for card in walk(session, ListingFilters(sort=Sort.NEWEST))]
    assert newest == list(by_day)


def test_what_sells_best_stands_first(market: Database) -> None:
    with market.writing() as session:
        last = session.scalars(select(ProductCard.product_id)).all()[-1]
        session.execute(
            update(ProductCard).where(ProductCard.product_id == last).values(popularity=9)
        )
    with market.reading() as session:
        assert walk(session, ListingFilters())[0].product_id == last


def test_no_cooperative_fills_the_first_page_alone_while_nothing_is_sold(session: Session) -> None:
    first = listing(session, ListingFilters(), None).rows[:12]
    assert len({card.cooperative for card in first}) == 12


def test_every_count_of_every_facet_is_true(session: Session) -> None:
    filters = ListingFilters(categories=("makanan-olahan",), maximum=Rupiah(60_000))
    found = facets(session, filters, None)
    assert found.total == len(walk(session, filters)) > 10
    for option in found.categories:
        alone = ListingFilters(categories=(option.value,), maximum=filters.maximum)
        assert option.count == len(walk(session, alone)), option
    for option in found.cooperatives:
        narrower = replace(filters, cooperatives=(option.value,))
        assert option.count == len(walk(session, narrower)), option
    for option in found.provinces:
        narrower = replace(filters, provinces=(option.value,))
        assert option.count == len(walk(session, narrower)), option
    switches = {
        "halal": replace(filters, halal=True),
        "available": replace(filters, available=True),
        "ready": replace(filters, ready=True),
        "keeps": replace(filters, keeps_days=90),
        "room": replace(filters, room_temperature=True),
    }
    for flag, narrower in switches.items():
        assert found.flags[flag] == len(walk(session, narrower)), flag


def test_a_facet_is_counted_as_if_it_were_not_chosen(session: Session) -> None:
    open_counts = {
        one.value: one.count for one in facets(session, ListingFilters(), None).cooperatives
    }
    one = next(iter(open_counts))
    chosen = facets(session, ListingFilters(cooperatives=(one,)), None)
    assert {option.value: option.count for option in chosen.cooperatives} == open_counts
    assert chosen.total == open_counts[one]


def test_several_values_of_a_facet_add_up(session: Session) -> None:
    slugs = [option.value for option in facets(session, ListingFilters(), None).cooperatives][:2]
    both = walk(session, ListingFilters(cooperatives=tuple(slugs)))
    assert {card.cooperative_slug for card in both} == set(slugs)


def test_halal_counts_only_what_a_manager_checked(session: Session) -> None:
    assert all(card.halal_checked for card in walk(session, ListingFilters(halal=True)))
    claimed = session.execute(
        select(ProductCard.product_id).where(ProductCard.halal_checked.is_(False))
    ).all()
    assert claimed


@pytest.mark.parametrize(
    ("typed", "text", "halal"),
    [
        ("halal", "", True),
        ("Keripik HALAL", "keripik", True),
        ("keripik, halal!", "keripik,", True),
        ("rendang bersertifikat halal", "rendang", True),
        ("tidak halal", "tidak halal", False),
        ("non-halal", "non-halal", False),
        ("sertifikat", "sertifikat", False),
    ],
)
def test_the_word_halal_asks_for_what_was_checked(typed: str, text: str, halal: bool) -> None:
    filters, unread = parse_filters(MultiDict({"q": typed}))
    assert (filters.text.lower(), filters.halal, unread) == (text, halal, ())
    assert parse_filters(MultiDict({"q": typed, "persis": "1"}))[0] == ListingFilters(
        text=typed, exact=True
    )


def test_goods_without_stock_keep_their_place_and_leave_when_asked(session: Session) -> None:
    empty = {card.product_id for card in walk(session, ListingFilters()) if not card.available}
    assert len(empty) == 4
    left = walk(session, ListingFilters(available=True))
    assert not empty & {card.product_id for card in left}
    assert len(left) == 146


def test_stock_on_cards_is_that_of_this_moment(market: Database, pages: Visitor) -> None:
    name = "Kopi Arabika Gayo Bubuk Halus Tubruk"
    with market.writing() as session:
        card = session.scalars(select(ProductCard).where(ProductCard.name == name)).one()
        session.execute(
            update(StockItem)
            .where(StockItem.variant_id == card.variant_id)
            .values(reserved=StockItem.on_hand - 3)
        )
    assert "Sisa 3" in pages.get("/produk", query_string={"q": name}).text
    with market.writing() as session:
        session.execute(
            update(StockItem)
            .where(StockItem.variant_id == card.variant_id)
            .values(reserved=StockItem.on_hand)
        )
    assert "Habis" in pages.get("/produk", query_string={"q": name}).text


def test_the_catalogue_costs_the_same_statements_for_two_rows_and_for_a_page(
    market: Database,
) -> None:
    with market.reading() as session:
        counts = set()
        for filters in (
            ListingFilters(maximum=Rupiah(15_500)),
            ListingFilters(),
            ListingFilters(categories=("minuman",)),
        ):
            with statements(market) as asked:
                listing(session, filters, None)
                facets(session, filters, None)
            counts.add(len(asked))
        assert counts == {2}
        with statements(market) as asked:
            matches = find(session, "keripik pedas")
            listing(session, ListingFilters(text="keripik pedas"), matches)
            facets(session, ListingFilters(text="keripik pedas"), matches)
        assert len(asked) == 3


def test_each_wish_has_one_address_that_says_it_again() -> None:
    filters = ListingFilters(
        text="kopi & teh",
        categories=("minuman", "minuman/kopi"),
        minimum=Rupiah(10_000),
        halal=True,
        keeps_days=90,
        sort=Sort.CHEAPEST,
        after="x",
    )
    assert address(filters) == (
        "/produk?q=kopi+%26+teh&kategori=minuman&kategori=minuman%2Fkopi&harga_min=10000"
        "&halal=1&tahan_min=90&urut=termurah"
    )
    assert address(ListingFilters()) == "/produk"
    assert address(ListingFilters(maximum=Rupiah(0))) == "/produk?harga_max=0"
    assert address(filters, after="abc").endswith("&setelah=abc")


def test_the_tree_opens_where_something_is_chosen() -> None:
    counts = {"minuman": 5, "minuman/kopi": 3, "minuman/teh-wedang": 2, "hasil-tani": 1}
    names = {
        "minuman": "Minuman",
        "minuman/kopi": "Kopi",
        "minuman/teh-wedang": "Teh",
        "hasil-tani": "Hasil Tani",
        "fesyen": "Fesyen",
    }
    shut = category_options(counts, (), names)
    assert [(one.value, one.count) for one in shut] == [("minuman", 5), ("hasil-tani", 1)]
    wide = category_options(counts, ("minuman/kopi",), names)
    assert [(one.value, one.chosen, one.under) for one in wide][:2] == [
        ("minuman", False, ""),
        ("minuman/kopi", True, "minuman"),
    ]


def test_the_beginning_of_a_story_ends_with_a_sentence() -> None:
    assert first_sentence("Satu. Dua.") == "Satu."
    assert first_sentence("") == ""
    assert first_sentence("kata " * 100).endswith("…")


def test_a_link_takes_each_filter_away_and_a_form_puts_it_on(pages: Visitor) -> None:
    page = Markup.of(
        pages.get("/produk?kategori=minuman&koperasi=embun-takengon-bersemi&halal=1").text
    )
    (narrowed,) = page.all("ul", class_="chips")
    chips = [link.attrs["href"] for link in page.all("a") if link.inside("ul") is narrowed]
    assert "/produk?koperasi=embun-takengon-bersemi&halal=1" in chips
    assert "/produk?kategori=minuman&halal=1" in chips
    assert "/produk?kategori=minuman&koperasi=embun-takengon-bersemi" in chips
    ticked = {
        (box.attrs["name"], box.attrs["value"])
        for box in page.all("input", type="checkbox")
        if "checked" in box.attrs
    }
    assert ticked == {
        ("kategori", "minuman"),
        ("koperasi", "embun-takengon-bersemi"),
        ("halal", "1"),
    }


def test_the_next_page_is_an_address_that_keeps_the_wish(pages: Visitor) -> None:
    first = pages.get("/produk?urut=termahal&tersedia=1").text
    (following,) = re.findall(r'href="(/produk\?[^"]*setelah=[^"]*)" rel="next"', first)
    assert "tersedia=1" in following
    assert "urut=termahal" in following
    second = pages.get(following.replace("&amp;", "&"))
    assert second.status_code == 200
    names = re.compile(r'card__t"><a href="([^"]*)"')
    assert not set(names.findall(first)) & set(names.findall(second.text))


def test_a_price_that_cannot_be_read_is_named_and_left_out(pages: Visitor) -> None:
    page = pages.get("/produk?harga_min=murah").text
    assert "Harga belum terbaca" in page
    assert "150 produk" in page


def test_prices_turned_round_are_understood(pages: Visitor) -> None:
    right = pages.get("/produk?harga_min=20000&harga_max=40000").text
    turned = pages.get("/produk?harga_min=40rb&harga_max=20rb").text
    counts = [re.findall(r"(\d+) produk", page)[0] for page in (right, turned)]
    assert counts[0] == counts[1] != "150"


WAYS_ON = (
    ("q=xyzzy", "/produk"),
    ("q=%25%25", "/produk"),
    ("q=xyzzy&halal=1", "/produk?q=xyzzy"),
    ("kategori=tidak-ada", "/produk"),
)


def test_no_hit_offers_other_goods_and_a_way_on(pages: Visitor) -> None:
    for query, way_on in WAYS_ON:
        page = Markup.of(pages.get(f"/produk?{query}").text)
        assert any(link.attrs["href"] == way_on for link in page.all("a", class_="btn")), query
        assert page.all("li", class_="card"), query


def test_few_hits_for_several_words_offer_each_of_them_alone(pages: Visitor) -> None:
    few = Markup.of(pages.get("/produk?q=kripk+pisng").text)
    more = Markup.of(pages.get("/produk?q=keripik").text)
    pills = {link.attrs["href"] for link in few.all("a", class_="pill")}
    assert {"/produk?q=keripik", "/produk?q=pisang"} <= pills
    assert len(few.all("li", class_="card")) < len(more.all("li", class_="card"))
    for enough in ("kopi", "tidakadabarangini", "kopi gayo"):
        assert "Cari satu kata saja" not in pages.get(f"/produk?q={enough}").text, enough
