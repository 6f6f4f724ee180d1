"""What the worker does for conversations: say what notices are about, and forget."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.aftersales.conversations.actions import erase_for_people
from shop.aftersales.conversations.models import Conversation
from shop.catalog.products.models import Product
from shop.core.database.engine import Database
from shop.people.cooperatives.models import Cooperative
from shop.sales.orders.models import Order, Purchase
from shop.services.outbox.mailer import post
from shop.services.outbox.models import Notice
from shop.services.outbox.notices import describes
from shop.services.outbox.worker import periodic


@describes("message_new", "message_answer")
def about_messages(
    session: Session, notices: Sequence[Notice]
) -> Mapping[int, Mapping[str, object]]:
    """Who wrote about what, never what they wrote; one statement however many notices."""
    ids = {notice.id: int(notice.key.split(":")[1]) for notice in notices}
    rows = {
        row[0]: row[1:]
        for row in session.execute(
            select(
                Conversation.id,
                func.coalesce(Order.number, Product.name),
                Order.number,
                Product.slug,
                Purchase.code,
                Purchase.language,
                Cooperative.short_name,
                Cooperative.slug,
            )
            .join(Cooperative, Cooperative.id == Conversation.cooperative_id)
            .outerjoin(Order, Order.id == Conversation.order_id)
            .outerjoin(Purchase, Purchase.id == Order.purchase_id)
            .outerjoin(Product, Product.id == Conversation.product_id)
            .where(Conversation.id.in_(set(ids.values())))
        )
    }
    facts: dict[int, Mapping[str, object]] = {}
    for notice in notices:
        if (found := rows.get(ids[notice.id])) is None:
            continue
        about, number, product, code, language, cooperative, slug = found
        if notice.kind == "message_new":
            tail = f"pesanan/{number}/percakapan" if number else f"percakapan/{ids[notice.id]}"
            link = f"/kelola/{slug}/{tail}"
        else:
            # A guest's way in is the purchase: it asks for the last digits of the phone.
            link = f"/pembelian/{code}" if code else f"/produk/{product}/tanya"
        facts[notice.id] = {
            "about": about,
            "cooperative": cooperative,
            "link": post().link(link),
            **({"language": language} if language else {}),
        }
    return facts


@periodic("conversations-forgetting", 6 * 3_600)
def erase_messages(db: Database, _now: datetime) -> None:
    """Overwrite what was written with people who are to be forgotten."""
    while db.write(erase_for_people):
        pass
