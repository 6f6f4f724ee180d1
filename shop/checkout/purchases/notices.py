"""What the messages about a purchase say: facts by notice, looked up when they are sent."""

from collections.abc import Mapping, Sequence

from flask import Flask
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.checkout.purchases.queries import SIDE
from shop.payments.bills.models import CASH, Method, Payee, Payment
from shop.people.accounts.events import AccountLink, account_links
from shop.people.accounts.queries import SignedIn
from shop.people.cooperatives.models import Cooperative
from shop.sales.orders.models import Order, Purchase
from shop.services.outbox.mailer import post
from shop.services.outbox.models import Notice
from shop.services.outbox.notices import describes
from shop.shipping.places.models import Address
from shop.shipping.places.rules import zone_of


@describes("purchase_placed", "purchase_paid", "purchase_cash", "purchase_lapsed")
def about_purchases(
    session: Session, notices: Sequence[Notice]
) -> Mapping[int, Mapping[str, object]]:
    """Bill, orders and link of the purchases that notices are about; in two statements."""
    ids = {notice.purchase_id for notice in notices if notice.purchase_id is not None}
    orders: dict[int, list[tuple[str, str]]] = {}
    for purchase_id, number, cooperative in session.execute(
        select(Order.purchase_id, Order.number, Cooperative.short_name)
        .join(Cooperative, Cooperative.id == Order.cooperative_id)
        .where(Order.purchase_id.in_(ids))
        .order_by(Order.position)
    ):
        orders.setdefault(purchase_id, []).append((number, cooperative))
    facts: dict[int, dict[str, object]] = {}
    for purchase, payment, payee, village_code in session.execute(
        select(Purchase, Payment, Payee, Address.village_code)
        .join(Payment, Payment.purchase_id == Purchase.id)
        .join(Payee, Payee.id == Payment.payee_id)
        .outerjoin(Address, Address.id == Purchase.address_id)
        .where(Purchase.id.in_(ids), Payment.state.not_in(SIDE))
        .order_by(Payment.id)
    ):
        facts[purchase.id] = {
            "total": purchase.orders_total if payment.method in CASH else payment.amount,
            "by_card": payment.method is Method.CARD,
            "by_qris": payment.method is Method.QRIS,
            "pay_before": payment.due_at,
            "zone": zone_of(village_code),
            "bank": payee.provider,
            "account_number": payee.number or "",
            "account_name": payee.holder or "",
            "orders": orders.get(purchase.id, []),
            "link": post().link(f"/pembelian/{purchase.code}"),
            "language": purchase.language,
        }
    return {
        notice.id: facts[notice.purchase_id]
        for notice in notices
        if notice.purchase_id is not None and notice.purchase_id in facts
    }


def own_purchases_link(_session: Session, _person: SignedIn) -> Sequence[AccountLink]:
    """The ways from the account page to what a person bought, and to where it goes."""
    return (
        AccountLink("/akun/pesanan", "bag", str(_("Pesanan saya"))),
        AccountLink("/akun/alamat", "pin", str(_("Alamat saya"))),
    )


def init_app(_app: Flask, _settings: object) -> None:
    """Put the way to one's purchases on the account page."""
    if own_purchases_link not in account_links:
        account_links.append(own_purchases_link)
