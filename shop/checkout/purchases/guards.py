"""Finds a purchase or an order for who may see it; ``sales.orders.guards`` decides who may."""

from shop.checkout.purchases.queries import PurchaseDetail, follow_order, purchase_detail
from shop.core.values.codes import is_code, read_order_number
from shop.sales.orders.errors import NoSuchOrder
from shop.sales.orders.guards import Owned, may_see_all
from shop.sales.orders.shopper_orders import OrderView
from shop.web.http.app_state import database


def find_purchase(code: str) -> PurchaseDetail:
    """The purchase behind a code, whoever asks."""
    if not is_code(code):
        raise NoSuchOrder(code)
    with database().reading() as session:
        return purchase_detail(session, code)


def own_purchase(code: str) -> PurchaseDetail:
    """The purchase, for its owner only; everybody else is told that there is none."""
    found = find_purchase(code)
    if not may_see_all(owned(found)):
        raise NoSuchOrder(code)
    return found


def own_order(number: str) -> OrderView:
    """An order by its number, for whom its purchase belongs to; for everybody else there is none.

    :raises NoSuchOrder: also for a number written in another way: one address for each order.
    """
    seen = visible_order(number) if read_order_number(number) == number else None
    if seen is None:
        raise NoSuchOrder(number)
    return seen[1]


def visible_order(number: str) -> tuple[PurchaseDetail, OrderView] | None:
    """An order with its purchase, if the visitor may see all of it."""
    with database().reading() as session:
        try:
            found, part = follow_order(session, number)
        except NoSuchOrder:
            return None
    return (found, part) if may_see_all(owned(found)) else None


def owned(found: PurchaseDetail) -> Owned:
    """What ``sales.orders.guards`` needs to know to decide who may see a purchase."""
    view = found.view
    return Owned(view.code, view.person_id, view.viewer_hash)
