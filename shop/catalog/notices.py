"""What the letters about listed goods say."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.catalog.models import Listing, Product
from shop.outbox.mail import post
from shop.outbox.models import Notice
from shop.outbox.notices import describes


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
