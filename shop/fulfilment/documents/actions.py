"""Issuing invoices and credit notes, in the transaction of what they are about (rule R25)."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.core.database import settings_by_date
from shop.core.database.upserts import increment_counter
from shop.core.formats.indonesia import words
from shop.core.values.clock import day_in
from shop.fulfilment.documents.models import BuyerIdentity, DocumentCounter, IssuedDocument
from shop.fulfilment.documents.rules import (
    DocumentKind,
    Paper,
    credit_note_of,
    invoice_of,
    number_of,
    retained_until,
)
from shop.fulfilment.orders.queries import lines_to_work_on
from shop.payments.bills.models import Refund
from shop.people.accounts.models import Contact
from shop.people.cooperatives.models import Cooperative
from shop.sales.orders.models import Order, Purchase
from shop.shipping.places.models import Address

TEMPLATE = 1
"""Which drawing a document was issued with: a new one gets a new number, the old ones stay."""


def issue_invoice(session: Session, order: Order, now: datetime) -> IssuedDocument:
    """The invoice of an order that was accepted, over the packs that will be sent.

    What is refused takes no number; what comes back later is a credit note.
    """
    seller = session.get_one(Cooperative, order.cooperative_id)
    day = day_in(seller.zone, now)
    paper = invoice_of(
        lines_to_work_on(session, order.id),
        order.delivery_fee,
        is_pkp=seller.is_pkp,
        figures=settings_by_date.settings_on(session, day),
    )
    session.add(_buyer(session, order, day))
    return _issue(session, DocumentKind.INVOICE, order, seller, paper, now, day)


def issue_credit_note(
    session: Session, refund: Refund, order: Order, amount: int, now: datetime
) -> IssuedDocument | None:
    """The credit note for money of an invoiced order that goes back; None before the invoice.

    :param amount: rupiah of the refund that are the order's own; a unique code is on no invoice.
    """
    about = session.scalar(
        select(IssuedDocument.number).where(
            IssuedDocument.order_id == order.id, IssuedDocument.kind == DocumentKind.INVOICE
        )
    )
    if about is None:
        return None
    seller = session.get_one(Cooperative, order.cooperative_id)
    day = day_in(seller.zone, now)
    paper = credit_note_of(
        lines_to_work_on(session, order.id),
        amount,
        {int(line): packs for line, packs in refund.lines.items()},
        is_pkp=seller.is_pkp,
        figures=settings_by_date.settings_on(session, day),
    )
    return _issue(
        session,
        DocumentKind.CREDIT_NOTE,
        order,
        seller,
        paper,
        now,
        day,
        refund_id=refund.id,
        about=about,
    )


def _issue(
    session: Session,
    kind: DocumentKind,
    order: Order,
    seller: Cooperative,
    paper: Paper,
    now: datetime,
    day: date,
    *,
    refund_id: int | None = None,
    about: str = "",
) -> IssuedDocument:
    counter = {"cooperative_id": seller.id, "kind": kind, "year": day.year}
    (running,) = increment_counter(session, DocumentCounter, [counter]).values()
    document = IssuedDocument(
        kind=kind,
        cooperative_id=seller.id,
        order_id=order.id,
        refund_id=refund_id,
        year=day.year,
        running=running,
        number=number_of(kind, seller.code, day, running),
        facts={
            "template": TEMPLATE,
            "day": day.isoformat(),
            "order": order.number,
            "about": about,
            "way": order.delivery_name,
            "seller": _seller(seller),
            "words": f"{words(paper.total)} rupiah",
            **paper.as_facts(),
        },
        issued_at=now,
    )
    session.add(document)
    session.flush()
    return document


def _seller(seller: Cooperative) -> dict[str, Any]:
    return {
        "name": seller.name,
        "legal_number": seller.legal_number or "",
        "address": f"{seller.street}, {seller.village}, {seller.district}",
        "place": f"{seller.regency}, {seller.province} {seller.postcode}",
        "is_pkp": seller.is_pkp,
    }


def _buyer(session: Session, order: Order, day: date) -> BuyerIdentity:
    name, address_id = session.execute(
        select(Contact.name, Purchase.address_id)
        .join(Purchase, Purchase.contact_id == Contact.id)
        .where(Purchase.id == order.purchase_id)
    ).one()
    address = None if address_id is None else session.get_one(Address, address_id)
    return BuyerIdentity(
        order_id=order.id,
        name=name,
        address=None
        if address is None
        else f"{address.street}, {address.village}, {address.district}\n"
        f"{address.regency}, {address.province} {address.postcode}",
        keep_until=retained_until(day),
    )
