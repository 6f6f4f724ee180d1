"""Drawing the pictures of the demo goods and taking them in the way an upload is."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from sqlalchemy import select

from demo.art.pictures import prepared_pictures, views_for
from demo.market.csv_lists import rows
from shop.catalog.products.actions import add_photo
from shop.catalog.products.models import PhotoView, Product, ProductPhoto
from shop.core.database.engine import Database
from shop.services.media.actions import record, store
from shop.services.media.rules import PreparedPhoto
from shop.services.media.storage import Storage

VIEWS = {"front": PhotoView.FRONT, "contents": PhotoView.CONTENTS}
BATCH = 25
"""Pictures a transaction: short enough that nobody waits for it."""

Drawn = tuple[str, str, PreparedPhoto]


def load_pictures(
    database: Database,
    storage: Storage,
    *,
    now: datetime,
    say: Callable[[str], None],
    skus: Collection[str] | None = None,
) -> int:
    """Draw what is missing, on all cores.

    :param skus: only for these goods; for all when left out.
    :return: how many pictures were drawn.
    """
    cooperatives = {row["kode"]: row for row in rows("cooperatives")}
    with database.reading() as session:
        products = dict(session.execute(select(Product.sku, Product.id)).all())
        known = set(session.execute(select(ProductPhoto.product_id, ProductPhoto.view)))
    missing = [
        row
        for row in rows("products")
        if (skus is None or row["sku"] in skus)
        and any((products[row["sku"]], VIEWS[view]) not in known for view in views_for(row))
    ]
    total = sum(len(views_for(row)) for row in missing)
    done, batch = 0, []
    for drawn in prepared_pictures(missing, cooperatives):
        store(storage, drawn[2])
        batch.append(drawn)
        if len(batch) == BATCH:
            done += _record(database, batch, products, now)
            batch = []
            say(f"  {done:>6} of {total} pictures")
    return done + (_record(database, batch, products, now) if batch else 0)


def _record(
    database: Database, batch: Sequence[Drawn], products: dict[str, int], now: datetime
) -> int:
    with database.writing() as session:
        for sku, view, photo in batch:
            kept = record(session, photo, now=now)
            add_photo(session, products[sku], kept.id, VIEWS[view])
    return len(batch)
