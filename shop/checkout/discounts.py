"""The voucher of a purchase that lapsed and is paid after all."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.accounts.models import Contact
from shop.orders.models import Purchase
from shop.promotions.actions import take_again


def has_voucher_again(session: Session, purchase: Purchase) -> bool:
    """Whether a purchase that is being paid has its voucher, taken once more after a lapse."""
    if not purchase.discount_total:
        return True
    phone = session.scalar(select(Contact.phone).where(Contact.id == purchase.contact_id))
    return take_again(session, purchase.id, phone=phone)
