"""Loading the demo market. Doing so again changes nothing; interrupted, it goes on where it was."""

import time
from collections.abc import Callable

from sqlalchemy import func, select

from demo.history import load
from demo.history.payments import load_terms
from demo.market.csv_lists import load_delivery, load_synonyms_list, rows
from demo.market.people import load_payees, load_people
from demo.market.products import load_goods
from shop.catalog.products.models import Product
from shop.core.database.engine import Database
from shop.core.values import clock
from shop.shipping.places.actions import load_regions
from shop.storefront.search_index.actions import listen

Say = Callable[[str], None]


def is_loaded(database: Database) -> bool:
    """Whether every product of the files is there, if not its pictures, and the year has passed."""
    wanted = sum(1 for _ in rows("products"))
    with database.reading() as session:
        known = session.scalar(select(func.count()).select_from(Product))
        if (known or 0) < wanted:
            return False
        return load.is_told(session, clock.now())


def load_market(
    database: Database,
    *,
    say: Say,
    past: bool = True,
) -> None:
    """Regions, people, tariffs, goods and a year of trade, each by itself.

    :param past: whether the market was opened a year ago and has traded since; a test that counts
        its own orders begins with empty books.
    """
    now = clock.now()
    with database.reading() as session:
        opened = load.opened_at(session, now, history=past)
    began = time.monotonic()
    listen()
    say("Loading the demo market (once):")
    with database.writing() as session:
        count = load_regions(session, now=now)
    say(f"  {count:>6} regions and postcodes")
    with database.writing() as session:
        count = load_people(session, now=opened)
        load_payees(session, now=opened)
    say(f"  {count:>6} cooperatives, members and shoppers")
    with database.writing() as session:
        count = load_delivery(session, now=opened)
        load_terms(session, now=opened)
    say(f"  {count:>6} rates, pick-up places and rounds")
    with database.writing() as session:
        count = load_synonyms_list(session)
        say(f"  {count:>6} synonyms")
        opening = load.opening(opened) if past else {}
        count = load_goods(session, now=opened, opening=opening)
    say(f"  {count:>6} goods with packs, permits and stock")
    if past:
        count = load.load_history(database, now=now)
        say(f"  {count:>6} purchases of the past year")
    say(f"  ready after {time.monotonic() - began:.0f} s")
