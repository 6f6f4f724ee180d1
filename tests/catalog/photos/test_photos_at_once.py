"""Everybody sends a photo of one product at the same moment: each has its own place."""

import threading
from functools import partial

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import shop.catalog.photos.actions as verbs
from shop.catalog.photos.actions import MAX_PHOTOS
from shop.catalog.products.errors import TooManyPhotos
from shop.catalog.products.models import PhotoView, ProductPhoto
from shop.catalog.products.product_cards import refresh_card
from shop.core.database.engine import Database
from shop.services.media.models import Photo
from tests.factories import NOON, Goods
from tests.support.at_once import together
from tests.support.engines import ONE_WRITER


def ten_photos(db: Database) -> list[int]:
    """Photos without files: what a race needs."""
    with db.writing() as session:
        made = [
            Photo(key=f"{number:02d}/{'a' * 24}", side=900, bytes=9, kept_at=NOON)
            for number in range(10)
        ]
        session.add_all(made)
        session.flush()
        return [one.id for one in made]


def positions(db: Database, goods: Goods) -> list[int]:
    with db.reading() as session:
        return list(
            session.scalars(
                select(ProductPhoto.position)
                .where(ProductPhoto.product_id == goods.product_id)
                .order_by(ProductPhoto.position)
            )
        )


def at_once(db: Database, goods: Goods, photo_ids: list[int]) -> list[object]:
    """Have everybody send a photo at the same moment; what those who could not were told."""

    def send_one(photo_id: int) -> None:
        db.write(lambda session: verbs.add(session, goods.product_id, photo_id, PhotoView.OTHER))

    said = together(*(partial(send_one, photo_id) for photo_id in photo_ids))
    return [one for one in said if one is not None]


def test_ten_photos_sent_at_once_are_eight_each_at_its_own_place(
    db: Database, goods: Goods
) -> None:
    refused = at_once(db, goods, ten_photos(db))
    assert [type(one) for one in refused] == [TooManyPhotos] * (10 - MAX_PHOTOS)
    assert positions(db, goods) == list(range(MAX_PHOTOS))


@pytest.mark.only_on("postgresql", because=ONE_WRITER)
def test_without_the_products_lock_they_would_be_more(
    db: Database, goods: Goods, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control; SQLite has one writer at a time anyway."""
    together = threading.Barrier(3)

    def look_together(session: Session, product_id: int) -> list[ProductPhoto]:
        found = session.scalars(
            select(ProductPhoto).where(ProductPhoto.product_id == product_id)
        ).all()
        together.wait(timeout=20)
        return list(found)

    with db.writing() as session:
        refresh_card(session, goods.product_id)
    monkeypatch.setattr(verbs, "_locked", look_together)
    assert at_once(db, goods, ten_photos(db)[:3]) == []
    assert positions(db, goods) == [0, 0, 0]
