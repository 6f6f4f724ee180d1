"""What the letters about listed goods say."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.catalog.inventory.models import StockItem
from shop.catalog.products.models import Listing, Product, Variant
from shop.services.outbox.mailer import post
from shop.services.outbox.models import Notice
from shop.services.outbox.notices import describes


@describes("product_approved", "product_returned")
def about_decisions(
    session: Session, notices: Sequence[Notice]
) -> Mapping[int, Mapping[str, object]]:
    """What a manager decided about a listing; one statement however many notices."""
    ids = {notice.id: int(notice.key.split(":")[1]) for notice in notices}
    facts = {
        product.id: {
            "name_of": product.name,
            "reason": listing.reason,
            "shop_link": post().link(f"/produk/{product.slug}"),
            "link": post().link(f"/lapak/produk/{product.sku}"),
        }
        for product, listing in session.execute(
            select(Product, Listing)
            .join(Listing, Listing.product_id == Product.id)
            .where(Product.id.in_(set(ids.values())))
        )
    }
    return {notice: facts[product] for notice, product in ids.items() if product in facts}


@describes("stock_low")
def about_low_shelves(
    session: Session, notices: Sequence[Notice]
) -> Mapping[int, Mapping[str, object]]:
    """What is left on shelves that ran low, as they stand now; one statement."""
    ids = {notice.id: int(notice.key.split(":")[1]) for notice in notices}
    facts = {
        variant_id: {
            "name_of": f"{name} · {option}" if option else name,
            "free": on_hand - reserved,
            "held": reserved,
            "link": post().link(f"/lapak/produk/{sku}/stok"),
        }
        for variant_id, option, name, sku, on_hand, reserved in session.execute(
            select(
                Variant.id,
                Variant.name,
                Product.name,
                Product.sku,
                StockItem.on_hand,
                StockItem.reserved,
            )
            .join(Product, Product.id == Variant.product_id)
            .join(StockItem, StockItem.variant_id == Variant.id)
            .where(Variant.id.in_(set(ids.values())))
        )
    }
    return {notice: facts[variant] for notice, variant in ids.items() if variant in facts}
