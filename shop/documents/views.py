"""A shopper's invoice, as it was issued: for who may see the whole purchase."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from shop.checkout.purchase_guards import own_order
from shop.core import clock
from shop.documents.download import as_file
from shop.documents.keeping import keep
from shop.documents.order_papers import documents_of_orders
from shop.documents.press import joined
from shop.orders.errors import NoSuchOrder
from shop.web import database
from shop.web.access import anyone, open_to

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
    kept = keep(database(), documents, clock.now())
    return as_file(joined([kept[one] for one in documents]), f"faktur-{part.number.lower()}.pdf")
