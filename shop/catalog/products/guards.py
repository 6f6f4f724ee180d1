"""Who may enter the workspace of a product."""

from typing import cast

from flask import g, request

from shop.catalog.products.edit_context import ProductToEdit, product_for
from shop.core.values.errors import NotAllowed, NotFound
from shop.people.accounts.errors import SignInNeeded
from shop.people.sign_in.guards import current_person
from shop.web.http.access import Guard
from shop.web.http.app_state import database


def product_editor() -> Guard:
    """Only the maker of the product ``<sku>`` of the address and who runs its cooperative.

    The supervisor may look at it. For another cooperative, and for another member of this one,
    the page does not exist; a desk without the right is refused.
    """

    def guard() -> None:
        person = current_person()
        if person is None:
            raise SignInNeeded
        sku = (request.view_args or {}).get("sku", "")
        with database().reading() as session:
            found = product_for(session, person.id, sku)
        # A PIN opens its member's own goods, never a desk (rule R27).
        if found is None or (person.by_pin and not found.is_own):
            raise NotFound
        only_looks = request.method in ("GET", "HEAD")
        if not (found.may_look if only_looks else found.may_edit):
            raise NotAllowed
        g.product = found
        if not found.is_own:
            g.desk = found.desk

    return guard


def product_to_edit() -> ProductToEdit:
    """The product this request works on; only behind the guard ``product_editor``."""
    return cast("ProductToEdit", g.product)
