"""The photos of a product, sent and arranged by its maker."""

import io

from werkzeug.test import TestResponse

import shop.catalog.photos.actions as verbs
from shop.catalog.photos.actions import photos_of
from shop.catalog.products.models import PhotoView
from shop.core.database.engine import Database
from shop.services.media import image_processing
from shop.services.media.actions import keep
from shop.services.media.storage import Storage
from tests.factories import NOON, Goods
from tests.services.media.test_guidance import market_stall
from tests.services.media.test_taking_photos import written
from tests.support.visitor import Visitor


def photo(seed: int = 3, side: tuple[int, int] = (900, 900)) -> bytes:
    """A photo that looks like no other seed's."""
    return written(market_stall(seed=seed).resize(side))


def show(db: Database, storage: Storage, goods: Goods, *seeds: int) -> list[str]:
    """Photos on a product, by their keys in order."""
    for seed in seeds:
        keep(
            db,
            storage,
            image_processing.prepare_first(photo(seed), widths=(320,)),
            lambda session, kept: verbs.add(session, goods.product_id, kept.id, PhotoView.OTHER),
            now=NOON,
        )
    return keys(db, goods)


def keys(db: Database, goods: Goods) -> list[str]:
    """The photos that a product shows, in order."""
    with db.reading() as session:
        return [one.key for one in photos_of(session, goods.product_id, goods.cooperative.id)]


def send(client: Visitor, goods: Goods, **slots: tuple[bytes, str]) -> TestResponse:
    """Files with their names, each sent in its slot."""
    files = {f"foto_{slot}": (io.BytesIO(data), name) for slot, (data, name) in slots.items()}
    answer = client.post(
        f"/lapak/produk/{goods.sku}/foto", data=files, content_type="multipart/form-data"
    )
    # A large body lies in a file of the client's own.
    answer.request.environ["wsgi.input"].close()
    return answer


def arrange(client: Visitor, goods: Goods, key: str, what: str, **more: str) -> TestResponse:
    """A button of a photo is pressed."""
    return client.post(
        f"/lapak/produk/{goods.sku}/foto/atur", data={"foto": key, "buat": what, **more}
    )
