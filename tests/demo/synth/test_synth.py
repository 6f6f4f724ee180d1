"""An invented market is a sound one: the same each time, and as the shop's own verbs make it."""

import pytest
from sqlalchemy import func, select

from bench.synth.load import MarketStands, load_synth
from bench.synth.plan import Plan, goods, sellers
from shop.catalog.products.models import Product, ProductCard
from shop.catalog.products.product_cards import build_card
from shop.cli.invariants import checks
from shop.core.database.engine import Database
from shop.core.database.schema import table_of
from shop.core.values.clock import HOME_ZONE, day_in
from shop.people.cooperatives.models import Cooperative
from shop.storefront.search_index.models import SearchDocument
from tests.factories import NOON
from tests.support.engines import BOOKS

SMALL = Plan(products=200, cooperatives=12, seed=7)
TODAY = day_in(HOME_ZONE, NOON)


def columns(card: ProductCard) -> dict[str, object]:
    return {column.key: getattr(card, column.key) for column in table_of(ProductCard).columns}


def test_an_invented_market_is_as_its_verbs_would_have_made_it(db: Database) -> None:
    told: list[tuple[int, int]] = []
    load_synth(
        db, SMALL, now=NOON, regions=False, progress=lambda done, of: told.append((done, of))
    )
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Cooperative)) == 12
        cards = session.scalars(select(ProductCard)).all()
        assert len(cards) == session.scalar(select(func.count()).select_from(Product)) == 200
        assert session.scalar(select(func.count()).select_from(SearchDocument)) == 200
        for card in cards[::5]:
            made = build_card(session, card.product_id, TODAY)
            assert made is not None
            assert columns(made) == columns(card)
        assert all(check["ok"] for check in checks(session).values())
        # Ids are the loader's; the next one has to come by itself all the same.
        one = session.get_one(Product, cards[0].product_id)
        like = {
            column.key: getattr(one, column.key)
            for column in table_of(Product).columns
            if column.key not in ("id", "sku", "slug")
        }
    with db.writing() as session:
        session.add(Product(**like, sku="AAA-X", slug="satu-lagi"))
    assert told[-1] == (200, 200)


@pytest.mark.only_on("sqlite", because=BOOKS)
def test_goods_that_stand_there_are_left_alone_unless_it_is_said(db: Database) -> None:
    load_synth(db, Plan(20, 2, 1), now=NOON, regions=False)
    with pytest.raises(MarketStands):
        load_synth(db, Plan(20, 2, 2), now=NOON, regions=False)
    load_synth(db, Plan(20, 2, 2), now=NOON, regions=False, beside=True)
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(ProductCard)) == 40
        assert session.scalar(select(func.count()).select_from(SearchDocument)) == 40


def test_the_same_numbers_invent_the_same_goods_and_few_of_them_sell_most() -> None:
    found = sellers(SMALL)
    places = ["Bantul"] * len(found)
    once = list(goods(SMALL, found, places))
    assert once == list(goods(SMALL, sellers(SMALL), places))
    assert once != list(goods(Plan(200, 12, 8), found, places))
    assert len({one.slug for one in once}) == 200
    sold = sorted((one.sold for one in once), reverse=True)
    assert sum(sold[:20]) > sum(sold[20:])
    assert {one.seller.number for one in once} == set(range(12))
