"""What people type leads to what they mean: the lists say which, the search may not know them."""

import csv
from pathlib import Path

import pytest
from sqlalchemy import select

from shop.catalog.products.models import Product
from shop.core.database.engine import Database
from shop.storefront.listing.rules import ListingFilters
from shop.storefront.listing.search_page import search_products

HERE = Path(__file__).parent
FIRST = 5
WANTED_PERCENT = 92


@pytest.mark.parametrize("name", ["what_people_type.csv", "what_others_type.csv"])
def test_what_is_meant_stands_among_the_first(market: Database, name: str) -> None:
    """Both lists are ``query,sku``, written from the goods and never bent to the search: one
    before anything was ranked, one by somebody who had not seen how it ranks. Where several goods
    are what was meant, one of them is enough.
    """
    with (HERE / name).open(encoding="utf-8") as file:
        asked = [(row["query"], set(row["sku"].split(";"))) for row in csv.DictReader(file)]
    assert len(asked) >= 60
    missed = []
    with market.reading() as session:
        skus = dict(session.execute(select(Product.id, Product.sku)).all())
        for query, meant in asked:
            first = search_products(session, ListingFilters(text=query)).page.rows[:FIRST]
            if not meant & {skus[card.product_id] for card in first}:
                missed.append((query, meant))
    assert 100 * (len(asked) - len(missed)) >= WANTED_PERCENT * len(asked), missed
