"""The index follows the catalogue in the commit that changes it, and a rebuild changes nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from shop.catalog.products import actions as products
from shop.catalog.products.actions import count_sold, set_price
from shop.catalog.products.models import ProductCard, Variant
from shop.core.database.engine import Database
from shop.core.database.schema import table_of
from shop.core.values.money import Rupiah
from shop.storefront.listing.rules import ListingFilters
from shop.storefront.listing.search_page import search_products
from shop.storefront.search_index.actions import is_complete, listen, rebuild
from shop.storefront.search_index.documents import Document, pack, unpack
from shop.storefront.search_index.facet_terms import (
    PRICE,
    PRICE_STEPS,
    STEPS,
    band_of,
    facet_term,
    limits_of,
    price_marks,
)
from shop.storefront.search_index.index_writer import known
from shop.storefront.search_index.models import SearchDocument, SearchWord, Synonym
from shop.storefront.search_index.rules import place_of, product_of
from tests.support.engines import OWN_SERVER
from tests.support.statements import statements


@pytest.fixture(autouse=True)
def _listening() -> None:
    listen()


def kept(session: Session) -> tuple[object, ...]:
    """All that search keeps, in a shape that can be compared."""
    places = session.scalars(select(SearchDocument.id).order_by(SearchDocument.id)).all()
    return (
        [known(session, product_of(place)) for place in places],
        session.execute(
            select(SearchWord.word, SearchWord.goods, SearchWord.named)
            .where(SearchWord.goods > 0)
            .order_by(SearchWord.word)
        ).all(),
    )


def shown(session: Session, filters: ListingFilters) -> set[int]:
    return {card.product_id for card in search_products(session, filters).page.rows}


@given(st.dictionaries(st.integers(1, 2**40), st.booleans(), max_size=80))
def test_a_document_keeps_each_of_its_words_by_number(is_named: dict[int, bool]) -> None:
    numbers = {f"kata{number}": number for number in is_named}
    named = tuple(word for word, number in numbers.items() if is_named[number])
    others = tuple(word for word, number in numbers.items() if not is_named[number])
    assert unpack(pack(Document(0, 0, named, others), numbers)) == is_named


def test_whatever_changes_the_index_stands_as_a_rebuild_would_make_it(market: Database) -> None:
    with market.writing() as session:
        goods = list(session.scalars(select(ProductCard.product_id).order_by(ProductCard.name)))
        products.rename(session, goods[0], "Wedang Zulaikha")
        products.hide(session, goods[1])
        variant = session.scalars(select(Variant.id).where(Variant.product_id == goods[2])).first()
        assert variant is not None
        set_price(session, variant, Rupiah(777_000))
        count_sold(session, {goods[3]: 5, goods[4]: 1})
    with market.reading() as session:
        before = kept(session)
    rebuild(market)
    with market.reading() as session:
        assert kept(session) == before
        assert is_complete(session)


def test_what_is_searched_is_true_at_the_next_look(market: Database) -> None:
    with market.reading() as session:
        (meant,) = shown(session, ListingFilters(text="Kopi Arabika Gayo Bubuk Halus Tubruk"))
    dear = ListingFilters(text="kopi gayo", minimum=Rupiah(700_000))
    with market.reading() as session:
        assert meant not in shown(session, dear)
    with market.writing() as session:
        for variant in session.scalars(select(Variant.id).where(Variant.product_id == meant)).all():
            set_price(session, variant, Rupiah(777_000))
    with market.reading() as session:
        assert meant in shown(session, dear)
    with market.writing() as session:
        products.rename(session, meant, "Wedang Zulaikha")
    with market.reading() as session:
        assert shown(session, ListingFilters(text="zulaikah")) == {
            meant
        }  # its new word is put right, too
    with market.writing() as session:
        products.hide(session, meant)
    with market.reading() as session:
        assert shown(session, ListingFilters(text="zulaikha")) == set()
        assert search_products(session, ListingFilters(text="zulaikah")).corrected == ""


def test_goods_that_sell_move_forward_without_a_rebuild(market: Database) -> None:
    filters = ListingFilters(text="kopi")
    with market.reading() as session:
        cards = search_products(session, filters).page.rows
        named = [card for card in cards if "kopi" in card.name.casefold() and card.available]
    with market.writing() as session:
        count_sold(session, {named[-1].product_id: 100})
    with market.reading() as session:
        assert search_products(session, filters).page.rows[0].product_id == named[-1].product_id


def test_a_sale_that_changes_no_class_touches_no_index(market: Database) -> None:
    with market.writing() as session:
        goods = session.scalars(select(ProductCard.product_id).limit(1)).one()
        count_sold(session, {goods: 4})
    with market.writing() as session, statements(market) as asked:
        count_sold(session, {goods: 1})
        assert len(asked) == 2


def test_stored_order_is_by_doublings_of_packs_then_by_age() -> None:
    assert place_of(8, 2) < place_of(9, 1)
    assert place_of(16, 1) < place_of(15, 2)
    assert place_of(-3, 1) == place_of(0, 1)
    assert 0 < place_of(2**31 - 1, 1) < place_of(0, 1) < 2**63


def test_price_bands_meet_without_a_gap() -> None:
    for price in (0, 24_999, 25_000, 49_999, 50_000, 99_999, 100_000, 499_999, 500_000, 9**9):
        minimum, maximum = limits_of(band_of(price))
        assert (minimum or 0) <= price <= (price if maximum is None else maximum)
    assert set(PRICE_STEPS) <= set(STEPS)
    assert price_marks(None, None) == ()
    assert price_marks(30_000, 60_000) == tuple(facet_term(PRICE, step) for step in (6, 7, 8))


def test_a_narrowed_search_is_no_remainder_of_the_first_matches(
    market: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shop.storefront.search.queries.MAX_MATCHES", 3)
    with market.reading() as session:
        first = shown(session, ListingFilters(text="kopi"))
        for province in ("Aceh", "Bali"):
            there = shown(session, ListingFilters(text="kopi", provinces=(province,)))
            assert there - first, province


@pytest.mark.only_on("postgresql", because=OWN_SERVER)
def test_beginnings_are_compared_sign_by_sign_whatever_language_the_server_speaks(
    db: Database,
) -> None:
    asked = [table_of(SearchWord).c.word, table_of(Synonym).c.term]
    with db.reading() as session:
        found = session.execute(
            text(
                "SELECT table_name, column_name FROM information_schema.columns"
                " WHERE collation_name = 'C'"
            )
        )
        assert {(one.table.name, one.name) for one in asked} <= set(map(tuple, found))
