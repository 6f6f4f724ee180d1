"""The checkout: one page in three parts, and the button that places the purchase."""

from dataclasses import dataclass, replace

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from shop.checkout.card_payment.page_redirects import redirect_to_payment
from shop.checkout.cart import actions as cart_actions
from shop.checkout.cart.forms import read_changes, removed_words
from shop.checkout.cart.guards import browser_hash, cart_key
from shop.checkout.cart.models import Cart
from shop.checkout.cart.queries import CartKey, cart_with_lines
from shop.checkout.cart.rules import Line, LineChanges
from shop.checkout.placing.actions import Buyer, Placed, place_purchase
from shop.checkout.placing.errors import NothingToBuy, NoWayToPay, StaleCheckout
from shop.checkout.placing.forms import TillForm, place_words, read_draft, read_seen
from shop.checkout.placing.queries import purchase_of_checkout, review
from shop.checkout.placing.review import Review
from shop.checkout.placing.rules import Draft
from shop.checkout.placing.words import Alert, alert_for, cash_no_words
from shop.core.values import clock
from shop.core.values.errors import RuleBroken
from shop.payments.bills.models import BY_STATEMENT, CASH, Method
from shop.payments.cards import gateway_setup
from shop.sales.vouchers.errors import Why
from shop.sales.vouchers.queries import find_voucher
from shop.sales.vouchers.words import refusal_words
from shop.shipping.quotes.words import arrival_words, weight_sentence
from shop.web.http.access import anyone, open_to
from shop.web.http.app_state import database
from shop.web.http.headers import allow_form_to
from shop.web.http.responses import redirect_with_flash
from shop.web.i18n.language import language, localized_url
from shop.web.security.rate_limits import hit, visitor_address

bp = Blueprint("checkout", __name__)

VOUCHER_TRIES = 30
"""Unknown codes that one address may try within an hour."""
HOUR = 3_600


@dataclass(frozen=True, slots=True)
class Posted:
    """A posted checkout beside the cart it was posted for."""

    cart: Cart
    lines: tuple[Line, ...]
    changes: LineChanges
    draft: Draft
    is_new_voucher: bool
    """Whether a voucher was typed that was not tried before."""


@bp.get("/checkout")
@open_to(anyone)
def look() -> ResponseReturnValue:
    """Goods and delivery, where to, how to pay."""
    shown = _review(cart_key())
    if shown is None:
        return redirect(localized_url("/keranjang"))
    return _page(shown, TillForm.showing(shown.draft, shown.place))


@bp.post("/checkout")
@open_to(anyone)
def go_on() -> ResponseReturnValue:
    """Reckon again, or place the purchase when that is the button that was pressed."""
    key = cart_key()
    return _pay(key) if "bayar" in request.form else _reckon(key)


def _reckon(key: CartKey) -> ResponseReturnValue:
    posted = database().write(lambda session: _keep(session, key))
    if posted is None:
        return redirect_with_flash("/keranjang")
    shown = _review(key, posted.draft)
    if shown is None:
        return redirect_with_flash("/keranjang", removed_words(posted.lines, posted.changes))
    form = TillForm()
    if posted.changes.refused:
        return _page(shown, form, changes=posted.changes), 422
    if shown.asks_place and (shown.place_is_nowhere or shown.place_contradicts):
        form.kel.errors = [place_words(shown, posted.draft.place_text)]
        return _page(shown, form), 422
    if shown.refusal is not None and posted.is_new_voucher:
        return _page(shown, form), 422
    # Who asks for the fees without saying where to is led to the field that is missing.
    asks_fees = "hitung" in request.form and not posted.changes.is_any and shown.asks_place
    asks_where = shown.place is None and (asks_fees or bool(shown.candidates))
    asks_where = asks_where or "langkah" in request.form
    here = "#cara" if "pisah" in request.form else "#tujuan" if asks_where else "#barang"
    return redirect_with_flash(
        f"/checkout{here}",
        removed_words(posted.lines, posted.changes),
    )


def _pay(key: CartKey) -> ResponseReturnValue:
    form = TillForm()
    try:
        # One transaction from the look to the purchase: nothing changes in between.
        done = database().write(lambda session: _try_to_place(session, key, form))
    except NothingToBuy:
        return redirect_with_flash("/keranjang")
    except RuleBroken as refusal:
        return _refused(key, form, refusal)
    if isinstance(done, Placed):
        if done.method in (*BY_STATEMENT, *CASH):
            return redirect_with_flash(f"/pembelian/{done.code}")
        return redirect_to_payment(done.code)
    if done.changes.is_any and not done.changes.refused:
        said = _("Jumlahnya sudah diubah. Periksa totalnya, lalu bayar.")
        return redirect_with_flash("/checkout#ringkasan", said, "warn")
    shown = _review(key, done.draft)
    if shown is None:
        return redirect_with_flash("/keranjang")
    return _page(shown, form, changes=done.changes), 422


def _try_to_place(session: Session, key: CartKey, form: TillForm) -> Placed | Posted:
    """The purchase, or what has to be put right first."""
    token = request.form.get("tanda", "")[:22]
    posted = _read(session, key, lock=True)
    if posted is None or posted.cart.checkout_token != token:
        # A second submit of a checkout that is over, or the form of another one.
        code = purchase_of_checkout(session, token, key=key, browser_hash=browser_hash())
        if code is not None:
            return Placed(code, is_repeat=True)
        raise NothingToBuy if posted is None else StaleCheckout
    if posted.changes.refused:
        return posted
    if posted.changes.is_any:
        # Counts were typed over and Pay was pressed: the new total has to be seen first.
        _apply(session, posted)
        return posted
    shown = review(
        session,
        cart=posted.cart,
        lines=posted.lines,
        draft=posted.draft,
        person_id=key.person_id,
        now=clock.now(),
        is_placing=True,
        takes_cards=gateway_setup.cards_enabled(),
    )
    if not form.validate_asked(shown):
        return posted
    return place_purchase(
        session,
        buyer=_buyer(key, shown, form),
        token=token,
        draft=posted.draft,
        method=_method(shown),
        seen_total=read_seen(request.form, "lihat-total"),
        now=clock.now(),
        shown=shown,
    )


def _refused(key: CartKey, form: TillForm, refusal: RuleBroken) -> ResponseReturnValue:
    with database().reading() as session:
        posted = _read(session, key)
    shown = _review(key, posted.draft) if posted else None
    if shown is None:
        return redirect_with_flash("/keranjang")
    return _page(shown, form, alert=alert_for(refusal, shown, request.form)), 422


def _read(session: Session, key: CartKey, *, lock: bool = False) -> Posted | None:
    found = cart_with_lines(session, key, lock=lock)
    if found is None:
        return None
    cart, lines = found
    ids = tuple({line.goods.cooperative_id for line in lines if line.goods})
    before = Draft.from_json(cart.draft)
    draft = read_draft(request.form, before, ids)
    return Posted(
        cart,
        lines,
        read_changes(request.form, lines),
        draft,
        is_new_voucher=draft.voucher not in ("", before.voucher),
    )


def _keep(session: Session, key: CartKey) -> Posted | None:
    """Apply changed counts and keep what was typed and chosen; nothing when a count is wrong."""
    posted = _read(session, key, lock=True)
    if posted is not None and not posted.changes.refused:
        _apply(session, posted)
    return posted


def _apply(session: Session, posted: Posted) -> None:
    draft = posted.draft
    if posted.is_new_voucher and find_voucher(session, draft.voucher) is None:
        # Kept, it would be told by a mere look at the page, which nobody counts.
        draft = replace(draft, voucher="")
    if posted.changes.is_any:
        cart_actions.apply_changes(
            session, cart=posted.cart, lines=posted.lines, changes=posted.changes, now=clock.now()
        )
    cart_actions.keep_draft(session, cart=posted.cart, draft=draft.to_json(), now=clock.now())


def _review(key: CartKey, draft: Draft | None = None) -> Review | None:
    """The checkout as it stands, with these choices or those that were kept."""
    with database().reading() as session:
        found = cart_with_lines(session, key)
        if found is None or not found[1]:
            return None
        cart, lines = found
        kept = Draft.from_json(cart.draft) if draft is None else draft
        return review(
            session,
            cart=cart,
            lines=lines,
            draft=kept,
            person_id=key.person_id,
            now=clock.now(),
            takes_cards=gateway_setup.cards_enabled(),
        )


def _buyer(key: CartKey, shown: Review, form: TillForm) -> Buyer:
    address = None if shown.is_all_pickup else shown.address
    return Buyer(
        key=key,
        name=address.name if address else form.nama.data or "",
        phone=address.phone if address else form.wa.data or "",
        street=form.alamat.data or "",
        courier_note=form.catatan_kurir.data or "",
        browser_hash=browser_hash(),
        language=language(),
    )


def _method(shown: Review) -> Method:
    """The way to pay that was chosen; the only one there is when none was."""
    if shown.draft.method in list(Method):
        return Method(shown.draft.method)
    if not shown.methods:
        raise NoWayToPay
    return shown.methods[0]


def _page(
    shown: Review,
    form: TillForm,
    *,
    changes: LineChanges | None = None,
    alert: Alert | None = None,
) -> str:
    if shown.refusal is not None:
        if request.method == "POST" and shown.refusal.why is Why.UNKNOWN:
            # Nobody finds a code by trying, whichever button tells: so many tries an hour.
            hit("voucher", visitor_address(), VOUCHER_TRIES, HOUR)
        form.voucher.errors = [refusal_words(shown.refusal, shown.terms)]
    allow_form_to(gateway_setup.page_origin() if Method.CARD in shown.methods else None)
    return render_template(
        "checkout/placing/checkout.html",
        review=shown,
        form=form,
        changes=LineChanges() if changes is None else changes,
        alert=alert,
        why=weight_sentence,
        arrives=arrival_words,
        cash_no=cash_no_words,
    )
