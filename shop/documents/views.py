"""A shopper's invoice, as it was issued: for who may see the whole purchase."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from shop.checkout.following import own_order
from shop.documents.download import as_file
from shop.documents.order_papers import Papers, documents_of_orders, print_orders
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
    made = print_orders(Papers(invoices=documents), title=f"Faktur {part.number}", paper="a4")
    return as_file(made, f"faktur-{part.number.lower()}.pdf")
