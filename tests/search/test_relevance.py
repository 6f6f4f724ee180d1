"""What people type leads to what they mean: the list says which, the search may not know it."""

import csv
from pathlib import Path

from sqlalchemy import select

from shop.catalog.models import Product
from shop.core.database import Database
from shop.storefront.looking import look
from shop.storefront.rules import Wish

LIST = Path(__file__).with_name("what_people_type.csv")
"""``query,sku``: written from the goods before anything was ranked, and never bent to the search.
Any other list of this shape can stand in its place."""

FIRST = 5
WANTED_PERCENT = 92


def test_what_is_meant_stands_among_the_first(market: Database) -> None:
    with LIST.open(encoding="utf-8") as file:
        asked = [(row["query"], row["sku"]) for row in csv.DictReader(file)]
    assert len(asked) >= 60
    with market.reading() as session:
        skus = dict(session.execute(select(Product.id, Product.sku)).all())
        missed = [
            (query, sku)
            for query, sku in asked
            if sku
            not in [
                skus[card.product_id] for card in look(session, Wish(text=query)).page.rows[:FIRST]
            ]
        ]
    assert 100 * (len(asked) - len(missed)) >= WANTED_PERCENT * len(asked), missed
