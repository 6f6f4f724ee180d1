"""What a shopper is told whose money came too late, or a second time."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.payments.bills.models import Method, Payment, Refund
from shop.people.cooperatives.models import Cooperative
from shop.sales.orders.models import Order, OrderEvent, OrderState, Purchase
from shop.services.outbox.mailer import post
from shop.services.outbox.models import Notice
from shop.services.outbox.notices import describes


@describes("order_sold_out")
def about_orders_that_were_gone(
    session: Session, notices: Sequence[Notice]
) -> Mapping[int, Mapping[str, object]]:
    """What orders whose money goes back were, how much, and why; in one statement."""
    ids = {notice.order_id for notice in notices if notice.order_id is not None}
    rows = session.execute(
        select(
            Order.id,
            Order.number,
            Order.total,
            Cooperative.short_name,
            Purchase.code,
            Purchase.language,
            OrderEvent.reason,
        )
        .join(Cooperative, Cooperative.id == Order.cooperative_id)
        .join(Purchase, Purchase.id == Order.purchase_id)
        .join(OrderEvent, OrderEvent.order_id == Order.id)
        .where(Order.id.in_(ids), OrderEvent.to_state == OrderState.CANCELLED)
    )
    facts = {
        order_id: {
            "number": number,
            "cooperative": name,
            "refund": total,
            "link": post().link(f"/pembelian/{code}"),
            "why": why,
            "language": language,
        }
        for order_id, number, total, name, code, language, why in rows
    }
    return {
        notice.id: facts[notice.order_id]
        for notice in notices
        if notice.order_id is not None and notice.order_id in facts
    }


@describes("paid_twice")
def about_money_on_top(
    session: Session, notices: Sequence[Notice]
) -> Mapping[int, Mapping[str, object]]:
    """Amount and way of money that goes back because all was paid; in one statement."""
    by_cause = {f"twice:{notice.key.partition(':')[2]}": notice.id for notice in notices}
    rows = session.execute(
        select(Refund.key, Refund.amount, Payment.method, Purchase.code, Purchase.language)
        .join(Payment, Payment.id == Refund.payment_id)
        .join(Purchase, Purchase.id == Payment.purchase_id)
        .where(Refund.key.in_(by_cause))
    )
    return {
        by_cause[key]: {
            "refund": amount,
            "by_card": method is Method.CARD,
            "link": post().link(f"/pembelian/{code}"),
            "language": language,
        }
        for key, amount, method, code, language in rows
    }
