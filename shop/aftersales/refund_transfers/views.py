"""*Ke mana uangnya kembali?*: the shopper names a bank or e-wallet (rule R23)."""

import hmac

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from shop.aftersales.refund_transfers.destinations import ToGoBack, name_destination, to_go_back
from shop.aftersales.refund_transfers.forms import DestinationForm
from shop.aftersales.refunds.errors import NothingToGiveBack
from shop.aftersales.refunds.queries import contact_of
from shop.checkout.purchases.guards import own_purchase
from shop.checkout.purchases.queries import PurchaseDetail
from shop.core.formats.indonesia import last4
from shop.core.values import clock
from shop.core.values.money import format_rupiah
from shop.sales.orders.errors import NoSuchOrder
from shop.web.http.access import anyone, open_to
from shop.web.http.app_state import database
from shop.web.http.responses import redirect_with_flash, render_invalid
from shop.web.security.rate_limits import hit, visitor_address

bp = Blueprint("refunds", __name__)

PAGE = "/pembelian/<code>/uang-kembali"
HOUR = 3_600
TRIES_A_PURCHASE = 5
TRIES_A_VISITOR = 30


@bp.get(PAGE)
@open_to(anyone)
def where_to(code: str) -> ResponseReturnValue:
    """What goes back, and the form for where to."""
    try:
        found = own_purchase(code)
    except NoSuchOrder:
        return redirect_with_flash(
            f"/pembelian/{code}"
        )  # where the phone's digits open it, if it exists
    return render_template(
        "aftersales/refund_transfers/ke_mana.html", form=DestinationForm(), **_shown(found)
    )


@bp.post(PAGE)
@open_to(anyone)
def say_where(code: str) -> ResponseReturnValue:
    """Note where all that waits goes; who only found the open page does not know the digits."""
    found, form = own_purchase(code), DestinationForm()
    if not form.validate():
        return render_invalid("aftersales/refund_transfers/ke_mana.html", form, **_shown(found))
    hit("refund-digits:visitor", visitor_address(), TRIES_A_VISITOR, HOUR)
    hit("refund-digits", code, TRIES_A_PURCHASE, HOUR)
    phone = found.view.recipient.phone
    # As bytes: compare_digest raises on text that is not ASCII.
    typed = (form.digit.data or "").encode()
    if phone is None or not hmac.compare_digest(last4(phone).encode(), typed):
        form.digit.errors = [_("Angkanya tidak cocok. Periksa nomor yang dipakai memesan.")]
        return render_invalid("aftersales/refund_transfers/ke_mana.html", form, **_shown(found))
    try:
        with database().writing() as session:
            amount = name_destination(
                session,
                purchase_id=found.view.id,
                contact_id=contact_of(session, found.view.id),
                provider=form.tujuan.data or "",
                number=form.number,
                holder=form.nama.data or "",
                now=clock.now(),
            )
    except NothingToGiveBack:
        said = _("Tidak ada uang yang menunggu tujuan: sudah atau sedang dikirim.")
        return redirect_with_flash(_here(code), said, "warn")
    said = _("Dicatat. %(amount)s kami kirim ke sana.", amount=format_rupiah(amount))
    return redirect_with_flash(_here(code), said)


def _here(code: str) -> str:
    return f"/pembelian/{code}/uang-kembali"


def _shown(found: PurchaseDetail) -> dict[str, object]:
    with database().reading() as session:
        back: ToGoBack = to_go_back(session, found.view.id)
    return {"found": found, "view": found.view, "back": back, "mine": _here(found.view.code)}
