"""Taking in the pictures of the demo goods, the way an upload is."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import select

from demo.market.csv_lists import DATA
from shop.catalog.products.actions import add_photo
from shop.catalog.products.models import PhotoView, Product, ProductPhoto
from shop.core.database.engine import Database
from shop.services.media.actions import record, store
from shop.services.media.image_processing import prepare_first
from shop.services.media.rules import PreparedPhoto
from shop.services.media.storage import Storage

VIEWS = {"front": PhotoView.FRONT, "contents": PhotoView.CONTENTS}
FOLDER = DATA / "pictures"
"""A file for each picture, ``gyo-001-front.webp``; ``make pictures`` draws them."""
BATCH = 25
"""Pictures a transaction: short enough that nobody waits for it."""


class Picture(NamedTuple):
    """A file, and what it shows of which product."""

    file: Path
    sku: str
    view: PhotoView


def pictures() -> list[Picture]:
    """All pictures there are, the front of each product first, as its first photo is its card's."""
    found = []
    for file in FOLDER.glob("*.webp"):
        sku, _, view = file.stem.rpartition("-")
        found.append(Picture(file, sku.upper(), VIEWS[view]))
    return sorted(found, key=lambda one: (one.sku, one.view is not PhotoView.FRONT))


def load_pictures(
    database: Database,
    storage: Storage,
    *,
    now: datetime,
    say: Callable[[str], None],
    skus: Collection[str] | None = None,
) -> int:
    """Take in the pictures that the goods do not have yet.

    :param skus: only for these goods; for all when left out.
    :return: how many pictures were taken in.
    """
    with database.reading() as session:
        products = dict(session.execute(select(Product.sku, Product.id)).all())
        known = set(session.execute(select(ProductPhoto.product_id, ProductPhoto.view)))
    missing = [
        picture
        for picture in pictures()
        if (skus is None or picture.sku in skus)
        and (products[picture.sku], picture.view) not in known
    ]
    for start in range(0, len(missing), BATCH):
        batch = missing[start : start + BATCH]
        _take_in(database, storage, batch, products, now)
        say(f"  {start + len(batch):>6} of {len(missing)} pictures")
    return len(missing)


def _take_in(
    database: Database,
    storage: Storage,
    batch: Sequence[Picture],
    products: dict[str, int],
    now: datetime,
) -> None:
    photos = [_prepared(storage, picture.file) for picture in batch]
    with database.writing() as session:
        for picture, photo in zip(batch, photos, strict=True):
            kept = record(session, photo, now=now)
            add_photo(session, products[picture.sku], kept.id, picture.view)


def _prepared(storage: Storage, file: Path) -> PreparedPhoto:
    photo = prepare_first(file.read_bytes())
    store(storage, photo)
    return photo
