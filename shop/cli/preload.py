"""The shop made once, before the processes that serve it are copied from this one.

What is made before the copying is the same memory for all of them, until one of them writes on
it. So everything is made that the first visitors would have each process make for itself: the
tables' mappers, statements, templates, the words for days and months.
"""

import gc
from functools import cache
from typing import TYPE_CHECKING

from sqlalchemy import select

from shop.catalog.products.models import ProductCard
from shop.cli.common import settings
from shop.web.http.app_state import EXTENSION

if TYPE_CHECKING:
    from flask import Flask


@cache
def ready_shop() -> "Flask":
    """The shop of this process and of those that are copied from it."""
    from shop.app import create_app

    found = settings()
    app = create_app(found)
    _look_around(app, found.public_url)
    gc.collect()
    gc.freeze()  # a collector that went through all of it would write on every page of memory
    return app


def _look_around(app: "Flask", public_url: str) -> None:
    """Ask for what most visitors see first; by HEAD, so that pages are rendered but not stored."""
    database = app.extensions[EXTENSION].database
    visitor = app.test_client(use_cookies=False)
    try:
        with database.reading() as session:
            slug, seller = session.execute(
                select(ProductCard.slug, ProductCard.cooperative_slug).limit(1)
            ).first() or ("", "")
        for path in (
            *("/", "/produk", "/produk?q=kopi", "/produk/saran?q=ko", "/koperasi"),
            *(f"/produk/{slug}", f"/cerita/{slug}", f"/en/produk/{slug}", "/en/produk"),
            *(f"/koperasi/{seller}", "/produk?q=kripk", "/produk?kategori=minuman"),
            *("/keranjang", "/masuk"),
        ):
            visitor.head(path, base_url=public_url, headers={"Cookie": "looking=around"})
    finally:
        database.dispose()  # a connection belongs to one process
