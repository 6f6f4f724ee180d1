"""Loading the demo market. Doing so again changes nothing; interrupted, it goes on where it was."""

import time
from collections.abc import Callable

from sqlalchemy import func, select

from shop.catalog.models import Product, ProductPhoto
from shop.core import clock
from shop.core.database import Database
from shop.demo.files import rows
from shop.demo.goods import load_goods
from shop.demo.lists import load_delivery, load_synonyms_list
from shop.demo.payees import load_payees
from shop.demo.people import load_people
from shop.demo.pictures import load_pictures
from shop.media.storage import open_storage
from shop.search.actions import listen
from shop.shipping.actions import load_regions

Say = Callable[[str], None]


def is_loaded(database: Database) -> bool:
    """Whether every product of the files is there with a picture."""
    wanted = sum(1 for _ in rows("products"))
    with database.reading() as session:
        with_picture = session.scalar(select(func.count(func.distinct(ProductPhoto.product_id))))
        known = session.scalar(select(func.count()).select_from(Product))
    return (known or 0) >= wanted and (with_picture or 0) >= wanted


def load_market(database: Database, *, media_url: str, say: Say, pictures: bool = True) -> None:
    """Regions, people, tariffs, goods and their pictures, each in a transaction of its own.

    :param pictures: drawing them takes most of the time; a test that looks at none does without.
    """
    now = clock.now()
    began = time.monotonic()
    listen()
    say("Loading the demo market (once):")
    with database.writing() as session:
        count = load_regions(session, now=now)
    say(f"  {count:>6} regions and postcodes")
    with database.writing() as session:
        count = load_people(session, now=now)
        load_payees(session, now=now)
    say(f"  {count:>6} cooperatives, members and shoppers")
    with database.writing() as session:
        count = load_delivery(session, now=now)
    say(f"  {count:>6} rates, pick-up places and rounds")
    with database.writing() as session:
        count = load_synonyms_list(session)
        say(f"  {count:>6} synonyms")
        count = load_goods(session, now=now)
    say(f"  {count:>6} goods with packs, permits and stock")
    if pictures:
        count = load_pictures(database, open_storage(media_url), now=now, say=say)
        say(f"  {count:>6} pictures drawn")
    say(f"  ready after {time.monotonic() - began:.0f} s")
