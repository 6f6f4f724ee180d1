"""Loading an invented market: whole tables at a time, then the search over them."""

from collections.abc import Callable
from datetime import datetime
from itertools import islice

from sqlalchemy import select

from bench.synth.plan import Plan, goods
from bench.synth.product_rows import Shelf
from bench.synth.seller_rows import load_sellers
from demo.market.csv_lists import load_synonyms_list
from demo.market.csv_lists import rows as demo_rows
from shop.catalog.inventory.models import StockMovement
from shop.catalog.packaging.models import Permit
from shop.catalog.products.actions import seed_categories
from shop.catalog.products.models import Product, ProductPhoto, Variant
from shop.catalog.products.rules import short_place
from shop.core.database.bulk_insert import advance_sequence, bulk_insert, make_room
from shop.core.database.engine import Database
from shop.core.values.clock import HOME_ZONE, day_in
from shop.people.accounts.models import Contact
from shop.people.cooperatives.models import Cooperative, Member
from shop.shipping.places.actions import load_regions
from shop.shipping.rates.actions import load_rates
from shop.shipping.rates.models import PickupPlace, RateCard
from shop.storefront.search_index.actions import rebuild
from shop.web.page_cache import triggers

CHUNK = 4_000
"""Goods a transaction: nobody waits long for the writer, and little is lost when it stops."""

Progress = Callable[[int, int], None]
"""Told how many of how many are done."""


class MarketStands(Exception):
    """Goods stand in this database already; inventing more among them was not asked for."""


def load_synth(
    database: Database,
    plan: Plan,
    *,
    now: datetime,
    beside: bool = False,
    regions: bool = True,
    progress: Progress | None = None,
    indexed: Progress | None = None,
) -> None:
    """Invent a market and load it, in many transactions; then make its search anew.

    :param beside: also where goods stand already.
    :param regions: the whole country's villages too; a test that sends nothing does without.
    :param progress: told of goods; ``indexed`` of goods that can be searched.
    :raises MarketStands: when there are goods and ``beside`` does not say so.
    """
    with database.writing() as session:
        if not beside and session.scalar(select(Product.id).limit(1)) is not None:
            raise MarketStands
        make_room(session)
        # Nobody has to hear of each row that comes, here and below: only that all is new.
        triggers.drop(session.connection())
        if regions:
            load_regions(session, now=now)
        seed_categories(session)
        load_synonyms_list(session)
        load_rates(
            session,
            cooperatives={},
            services=list(demo_rows("couriers")),
            tariff=[],
            delivery=[],
            since=day_in(HOME_ZONE, now),
        )
        homes = load_sellers(session, plan, now)
        shelf = Shelf(session, homes, now)
        triggers.create(session.connection())
    found = iter(
        goods(plan, [home.seller for home in homes], [short_place(h.place.regency) for h in homes])
    )
    done = 0
    while chunk := list(islice(found, CHUNK)):
        with database.writing() as session:
            make_room(session)
            triggers.drop(session.connection())
            for model, rows in shelf.tables(chunk):
                bulk_insert(session, model, rows)
            triggers.create(session.connection())
        done += len(chunk)
        if progress is not None:
            progress(done, plan.products)
    with database.writing() as session:
        advance_sequence(session, (Contact, Cooperative, Member, RateCard, PickupPlace))
        advance_sequence(session, (Product, Variant, StockMovement, Permit, ProductPhoto))
    rebuild(database, indexed)
