"""Writing down an order that somebody gave in a chat: held, billed and booked like any other."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.checkout.cart.queries import CartKey
from shop.checkout.chat_orders.models import ChatPurchase
from shop.checkout.chat_orders.queries import reckon
from shop.checkout.placing.actions import Buyer, check_purchase, place_purchase
from shop.checkout.placing.errors import NoWayToPay, StaleCheckout
from shop.checkout.placing.review import Review
from shop.checkout.placing.rules import Draft
from shop.core.database.engine import advisory_lock
from shop.payments.bills.models import Method
from shop.sales.orders.models import Order, Purchase
from shop.services.audit import actions as audit


@dataclass(frozen=True, slots=True)
class Shopper:
    """Who ordered, as they said in the chat."""

    name: str
    phone: str
    """E.164."""
    street: str = ""


def place(
    session: Session,
    *,
    cooperative_id: int,
    typed_by_id: int,
    token: str,
    packs: Mapping[int, int],
    shopper: Shopper,
    draft: Draft,
    seen_total: int | None,
    now: datetime,
    takes_cards: bool = False,
) -> str:
    """Place it once, however often the form is sent; returns the order's number.

    :param token: of the form: its second submit finds the first one's order.
    :param seen_total: what the page said it costs; compared, never used.
    :raises NotFound: when a pack is not this cooperative's.
    :raises StaleCheckout: when the token belongs to somebody else's purchase.

    Whatever ``check_purchase`` and ``place_purchase`` refuse is refused here too.
    """
    # Two clicks at once: the second waits here and finds what the first one placed.
    advisory_lock(session, f"chat-order:{token}")
    before = _placed(session, cooperative_id, token)
    if before is not None:
        return before
    shown = reckon(
        session,
        cooperative_id=cooperative_id,
        packs=packs,
        draft=draft,
        token=token,
        now=now,
        is_placing=True,
        takes_cards=takes_cards,
    )
    agreed = check_purchase(
        session,
        shown=shown,
        buyer=Buyer(CartKey(), shopper.name, shopper.phone, shopper.street),
        method=_method(shown),
        seen_total=seen_total,
        now=now,
    )
    place_purchase(session, agreed, now=now)
    purchase_id, number = session.execute(
        select(Purchase.id, Order.number)
        .join(Order, Order.purchase_id == Purchase.id)
        .where(Purchase.checkout_token == token)
    ).one()
    session.add(
        ChatPurchase(
            purchase_id=purchase_id,
            cooperative_id=cooperative_id,
            typed_by_id=typed_by_id,
            typed_at=now,
        )
    )
    audit.record(
        session,
        action="chat_order.placed",
        subject=f"order:{number}",
        actor_id=typed_by_id,
        cooperative_id=cooperative_id,
        now=now,
    )
    return str(number)


def _placed(session: Session, cooperative_id: int, token: str) -> str | None:
    """The order that this form became; None: it is sent for the first time."""
    found = session.execute(
        select(Order.number, ChatPurchase.cooperative_id)
        .join(Purchase, Purchase.id == Order.purchase_id)
        .outerjoin(ChatPurchase, ChatPurchase.purchase_id == Purchase.id)
        .where(Purchase.checkout_token == token)
    ).first()
    if found is not None and found[1] != cooperative_id:
        raise StaleCheckout
    return found and str(found[0])


def _method(shown: Review) -> Method:
    """Cash where that was agreed; else what can be paid from a link tomorrow, too."""
    if shown.draft.method == Method.COD:
        return Method.COD
    lasting = [one for one in shown.methods if one not in (Method.CARD, Method.COD)]
    others = [one for one in shown.methods if one is Method.CARD]
    if not (lasting or others):
        raise NoWayToPay
    return (lasting or others)[0]
