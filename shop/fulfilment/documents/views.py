"""A shopper's invoice, as it was issued: for who may see the whole purchase."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from shop.checkout.purchases.guards import own_order
from shop.core.values import clock
from shop.fulfilment.documents.document_files import store_document
from shop.fulfilment.documents.queries import documents_of_orders
from shop.sales.orders.errors import NoSuchOrder
from shop.services.pdf.download import as_file
from shop.services.pdf.renderer import merge_pdfs
from shop.web.http.access import anyone, open_to
from shop.web.http.app_state import database

bp = Blueprint("documents", __name__)


@bp.get("/pesanan/<number>/faktur.pdf")
@open_to(anyone)
def invoice(number: str) -> ResponseReturnValue:
    """The invoice of an order with its credit notes; there is none before it was accepted."""
    part = own_order(number)
    with database().reading() as session:
        documents = documents_of_orders(session, [part.id])
    if not documents:
        raise NoSuchOrder(number)
    kept = store_document(database(), documents, clock.now())
    return as_file(
        merge_pdfs([kept[one] for one in documents]), f"faktur-{part.number.lower()}.pdf"
    )
