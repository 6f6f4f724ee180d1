"""What people read whose goods are called back."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.catalog.packaging.models import Batch
from shop.catalog.products.models import Product, Variant
from shop.core.formats.indonesia import format_phone
from shop.fulfilment.collecting.models import Recall
from shop.people.cooperatives.models import Cooperative
from shop.sales.orders.models import Order, Purchase
from shop.sales.orders.rules import goods_name
from shop.services.outbox.mailer import post
from shop.services.outbox.models import Notice
from shop.services.outbox.notices import describes


@describes("goods_recalled")
def about_recalls(
    session: Session, notices: Sequence[Notice]
) -> Mapping[int, Mapping[str, object]]:
    """Which goods under which code, why, and whom to ask; two statements."""
    recalls = {notice.id: int(notice.key.split(":")[1]) for notice in notices}
    known = {
        recall_id: {
            "goods": goods_name(name, variant, ""),
            "code": code,
            "reason": reason.value,
            "cooperative": cooperative,
            "phone": format_phone(phone) if phone else "",
        }
        for recall_id, reason, name, variant, code, cooperative, phone in session.execute(
            select(
                Recall.id,
                Recall.reason,
                Product.name,
                Variant.name,
                Batch.code,
                Cooperative.short_name,
                Cooperative.phone,
            )
            .join(Batch, Batch.id == Recall.batch_id)
            .join(Variant, Variant.id == Batch.variant_id)
            .join(Product, Product.id == Variant.product_id)
            .join(Cooperative, Cooperative.id == Recall.cooperative_id)
            .where(Recall.id.in_(set(recalls.values())))
        )
    }
    orders = {
        order_id: {
            "number": number,
            "link": post().link(f"/pembelian/{code}"),
            "language": language,
        }
        for order_id, number, code, language in session.execute(
            select(Order.id, Order.number, Purchase.code, Purchase.language)
            .join(Purchase, Purchase.id == Order.purchase_id)
            .where(Order.id.in_({notice.order_id for notice in notices}))
        )
    }
    return {
        notice.id: {**known[recalls[notice.id]], **orders[notice.order_id or 0]}
        for notice in notices
        if recalls[notice.id] in known and notice.order_id in orders
    }
