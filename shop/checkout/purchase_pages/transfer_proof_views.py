"""A shopper sends a photo of the transfer and sees it again; whoever confirms sees it, too (R6)."""

from functools import partial

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from shop.checkout.purchase_pages.page_context import bill_for_proof, purchase_page
from shop.checkout.purchases.guards import own_purchase
from shop.core.values import clock
from shop.core.values.errors import NotFound
from shop.payments.bills.errors import EnoughProofs, NoSuchPayment
from shop.payments.transfers import transfer_proofs
from shop.services.media.errors import PhotoRefused
from shop.services.media.photo_uploads import as_photo, read_photo, refusal_words
from shop.web.http.access import anyone, open_to, takes_files
from shop.web.http.app_state import database
from shop.web.http.responses import redirect_with_flash
from shop.web.security.rate_limits import hit, visitor_address

bp = Blueprint("proofs", __name__)

FIELD = "foto"
TRIES, HOUR = 10, 3_600
"""Uploads of one household in an hour; a photo costs processor time."""
SHOWN_ID = f"<int(max={2**63 - 1}):proof_id>"


@bp.post("/pembelian/<code>/bukti")
@open_to(anyone)
@takes_files
def send(code: str) -> ResponseReturnValue:
    """Put a photo beside the bill. Nothing is paid by it."""
    found = own_purchase(code)
    payment_id = bill_for_proof(found)
    if payment_id is None:
        said = _("Belanja ini tidak menunggu transfer lagi, jadi fotonya tidak diperlukan.")
        return redirect_with_flash(f"/pembelian/{code}", said, "warn")
    hit("proof", visitor_address(), TRIES, HOUR)
    try:
        photo = read_photo(request.files.get(FIELD))
    except PhotoRefused as refusal:
        return purchase_page(found, proof_problem=refusal_words(refusal)), 422
    try:
        is_new = database().write(
            partial(transfer_proofs.keep_proof, payment_id=payment_id, photo=photo, now=clock.now())
        )
    except EnoughProofs as refusal:
        full = _("Sudah ada %(most)s foto untuk tagihan ini. Itu cukup.", most=refusal.maximum)
        return purchase_page(found, proof_problem=full), 422
    except NoSuchPayment:  # paid or called off just now
        return redirect_with_flash(f"/pembelian/{code}")
    if not is_new:
        return redirect_with_flash(f"/pembelian/{code}", _("Foto ini sudah kami terima tadi."))
    said = _(
        "Fotonya kami terima. Pesanan jalan begitu uangnya terlihat di rekening, bukan dari foto."
    )
    return redirect_with_flash(f"/pembelian/{code}", said)


@bp.get(f"/pembelian/<code>/bukti/{SHOWN_ID}")
@open_to(anyone)
def own_photo(code: str, proof_id: int) -> ResponseReturnValue:
    """A photo that was sent, for whom the purchase belongs to."""
    found = own_purchase(code)
    with database().reading() as session:
        photo = transfer_proofs.photo_for_purchase(session, found.view.id, proof_id)
    if photo is None:
        raise NotFound(str(proof_id))
    return as_photo(photo)
