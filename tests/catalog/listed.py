"""Goods that a maker lists from her phone."""

from io import BytesIO
from typing import Any

from PIL import Image
from sqlalchemy import select

from shop.catalog.products.models import Listing, ListingState, Product
from shop.core.database.engine import Database
from tests.support.visitor import Visitor

NEW = "/lapak/produk/baru"
ANSWERS = {
    "nama": "Keripik Tempe Daun Jeruk",
    "harga": "28.000",
    "stok": "40",
    "kemas": "kantong",
    "bersih": "250",
    "tahan": "150",
    "tempat": "ruang",
}


def flat_photo(colour: str = "goldenrod", side: int = 800) -> BytesIO:
    """A file of one colour: no photo worth showing, and enough to be taken."""
    file = BytesIO()
    Image.new("RGB", (side, side), colour).save(file, "JPEG")
    file.seek(0)
    return file


def with_photo(**more: Any) -> dict[str, Any]:
    """The whole form."""
    return {**ANSWERS, "foto_depan": (flat_photo(), "IMG_001.jpg"), **more}


def only(db: Database) -> tuple[Product, Listing]:
    """The one product that there is, and its listing."""
    with db.reading() as session:
        product, listing = session.execute(
            select(Product, Listing).join(Listing, Listing.product_id == Product.id)
        ).one()
        return product, listing


def sent(stall: Visitor, db: Database) -> str:
    """Bu Asih sends her goods; gives their SKU."""
    answer = stall.post(NEW, data=with_photo(kirim="1"))
    assert answer.status_code == 303, answer.text
    product, listing = only(db)
    assert listing.state is ListingState.SUBMITTED
    return product.sku
