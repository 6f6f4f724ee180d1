"""What the page of a purchase shows."""

from collections.abc import Sequence

from flask import render_template

from shop.checkout.card_payment.change_method import available_methods
from shop.checkout.card_payment.extend_hold import held_longer_until
from shop.checkout.purchases.queries import PurchaseDetail
from shop.checkout.purchases.words import WordedStep, state_word, timeline
from shop.core.formats.barcodes import picture
from shop.core.values import clock
from shop.payments.bills.models import BY_STATEMENT, Method
from shop.payments.cards import gateway_setup
from shop.payments.transfers.transfer_proofs import WAITING, proofs_of
from shop.sales.orders.page_extensions import PageExtension, beside_orders, merge_timeline
from shop.sales.orders.rules import OrderState
from shop.sales.orders.shopper_orders import OrderView
from shop.shipping.quotes.words import arrival_words
from shop.web.http.app_state import database, runtime
from shop.web.http.headers import allow_form_to


def purchase_page(found: PurchaseDetail, proof_problem: str = "") -> str:
    """The whole page, for whom it belongs to.

    :param proof_problem: why a photo of the transfer was not taken.
    """
    now = clock.now()
    bill = found.open_payment
    others: tuple[Method, ...] = ()
    longer = None
    waiting = bill_for_proof(found)
    with database().reading() as session:
        if bill is not None:
            others = available_methods(
                session,
                bill.code,
                takes_cards=runtime().takes_cards,
                now=now,
                cooperative_ids={part.seller.id for part in found.view.orders},
            )
            if bill.method is Method.CARD:
                longer = held_longer_until(session, bill.code, now=now)
        proofs = () if waiting is None else proofs_of(session, waiting)
    if bill is not None:
        allow_form_to(gateway_setup.page_origin())
    return render_template(
        "checkout/purchase_pages/purchase.html",
        proofs=proofs,
        proof_problem=proof_problem,
        other_methods=others,
        held_longer=longer,
        qris_picture=picture(bill.qris) if bill is not None and bill.qris else None,
        **_shown(found),
        **_beside(found.view.orders),
    )


def bill_for_proof(found: PurchaseDetail) -> int | None:
    """The bill of a purchase whose transfer may be on its way; None where none is waited for."""
    for bill in reversed(found.payments):
        if bill.method in BY_STATEMENT and bill.state in WAITING:
            return bill.id
    return None


def _shown(found: PurchaseDetail) -> dict[str, object]:
    return {
        "now": clock.now(),
        "found": found,
        "view": found.view,
        "state_word": state_word,
        "arrives": arrival_words,
    }


def _beside(parts: Sequence[OrderView]) -> dict[str, object]:
    """What other rooms tell of some orders, and timelines that end with it."""
    told: dict[str, PageExtension] = {}
    there = [part.number for part in parts if part.state in (OrderState.ARRIVED, OrderState.DONE)]
    if there:
        with database().reading() as session:
            told = beside_orders(session, there)

    def whole(order: OrderView, zone: str) -> tuple[WordedStep, ...]:
        more = [WordedStep(*step) for step in told.get(order.number, PageExtension()).steps]
        return tuple(merge_timeline(timeline(order, zone), more))

    return {"beside": told, "timeline_of": whole}
