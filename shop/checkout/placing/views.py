"""The checkout: one page in three parts, and the button that places the purchase."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from shop.checkout.card_payment.page_redirects import redirect_to_payment
from shop.checkout.cart import actions as cart_actions
from shop.checkout.cart.forms import read_changes, removed_words
from shop.checkout.cart.guards import browser_hash, cart_key, note_cart_count
from shop.checkout.cart.queries import CartHead, CartKey, cart_with_lines
from shop.checkout.cart.rules import Line, LineChanges
from shop.checkout.placing.actions import Buyer, Placed, check_purchase, place_purchase
from shop.checkout.placing.errors import AlreadyPlaced, NothingToBuy, NoWayToPay
from shop.checkout.placing.forms import TillForm, place_words, read_draft, read_seen
from shop.checkout.placing.queries import knows_place, lock_checkout, review
from shop.checkout.placing.review import Review
from shop.checkout.placing.rules import Draft
from shop.checkout.placing.words import Alert, alert_for, cash_no_words, way_note
from shop.core.values import clock
from shop.core.values.errors import RuleBroken
from shop.payments.bills.models import BY_STATEMENT, CASH, Method
from shop.payments.cards import gateway_setup
from shop.sales.vouchers.errors import Why
from shop.sales.vouchers.queries import find_voucher
from shop.sales.vouchers.words import refusal_words
from shop.shipping.quotes.words import weight_sentence
from shop.web.http.access import anyone, open_to
from shop.web.http.app_state import database, runtime
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

    cart: CartHead
    lines: tuple[Line, ...]
    changes: LineChanges
    draft: Draft
    is_new_voucher: bool
    """Whether a voucher was typed that was not tried before."""


@dataclass(frozen=True, slots=True)
class NotPlaced:
    """What has to be put right before this checkout can become a purchase."""

    posted: Posted
    shown: Review | None = None
    """The checkout for which something typed is missing; None: a count was typed over."""


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
def submit() -> ResponseReturnValue:
    """Do what the pressed button says; a field that was changed is only kept."""
    for button, press in BUTTONS.items():
        if button in request.form:
            return press(cart_key())
    return keep_changes(cart_key())


# ----------------------------------------------------- one function for each button
def pay(key: CartKey) -> ResponseReturnValue:
    """Place the purchase, and lead to where it is paid."""
    form = TillForm()
    form.validate()
    try:
        # One transaction from the look to the purchase: nothing changes in between.
        done = database().write(lambda session: _place(session, key, form))
    except AlreadyPlaced as before:
        return redirect_to_payment(before.code)
    except NothingToBuy:
        return redirect_with_flash("/keranjang")
    except RuleBroken as refusal:
        return _refused(key, refusal)
    if isinstance(done, NotPlaced):
        return _ask_again(key, form, done)
    if done.method in (*BY_STATEMENT, *CASH):
        return redirect_with_flash(f"/pembelian/{done.code}")
    return redirect_to_payment(done.code)


def split_purchase(key: CartKey) -> ResponseReturnValue:
    """Pay part of it in cash and the rest in a second purchase, or all of it at once again."""
    return _keep_and_show(key, lambda _posted, _shown: "#cara", placed="#cara")


def choose_region(key: CartKey) -> ResponseReturnValue:
    """Go on from province to village, or begin with the province again."""
    return _keep_and_show(key, lambda _posted, _shown: "#tujuan")


def calculate_fees(key: CartKey) -> ResponseReturnValue:
    """Calculate again; who has not said where to is led to the field that is missing."""
    return _keep_and_show(
        key,
        lambda posted, shown: (
            "#tujuan"
            if shown.candidates or (shown.asks_place and not posted.changes.is_any)
            else "#barang"
        ),
    )


def keep_changes(key: CartKey) -> ResponseReturnValue:
    """Keep what was changed, or accept what changed in the shop, and calculate again."""
    return _keep_and_show(key, lambda _posted, shown: "#tujuan" if shown.candidates else "#barang")


BUTTONS = {
    "bayar": pay,
    "pisah": split_purchase,
    "langkah": choose_region,
    "hitung": calculate_fees,
    "setuju": keep_changes,
}
"""By the name of the button in the form."""


def _keep_and_show(
    key: CartKey, missing: Callable[[Posted, Review], str], *, placed: str = "#barang"
) -> ResponseReturnValue:
    """Keep what was typed and chosen, and show the checkout again.

    :param missing: the part of the page to come back to while the place is not known.
    :param placed: the same once it is.
    """
    posted = database().write(lambda session: _keep(session, key))
    if posted is None:
        return redirect_with_flash("/keranjang")
    changes = posted.changes
    if posted.lines and not (changes.is_any or changes.refused or posted.is_new_voucher):
        # Only the place can be wrong then; the page that follows calculates everything else.
        with database().reading() as session:
            is_placed = knows_place(session, posted.draft, key.person_id)
        if is_placed:
            return redirect_with_flash(f"/checkout{placed}")
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
    part = placed if shown.place else missing(posted, shown)
    return redirect_with_flash(f"/checkout{part}", removed_words(posted.lines, posted.changes))


def _place(session: Session, key: CartKey, form: TillForm) -> Placed | NotPlaced:
    """The purchase, or what has to be put right first; the form was validated before."""
    token, seen_by = request.form.get("tanda", "")[:22], browser_hash()
    posted = _read(*lock_checkout(session, key, token, browser_hash=seen_by))
    if posted.changes.refused:
        return NotPlaced(posted)
    if posted.changes.is_any:
        # Counts were typed over and Pay was pressed: the new total has to be seen first.
        _apply(session, posted)
        return NotPlaced(posted)
    now = clock.now()
    shown = review(
        session,
        cart=posted.cart,
        lines=posted.lines,
        draft=posted.draft,
        person_id=key.person_id,
        now=now,
        is_placing=True,
        takes_cards=runtime().takes_cards,
    )
    if form.lacks(shown):
        return NotPlaced(posted, shown)
    agreed = check_purchase(
        session,
        shown=shown,
        buyer=_buyer(key, shown, form),
        method=_method(shown),
        seen_total=read_seen(request.form, "lihat-total"),
        now=now,
    )
    return place_purchase(session, agreed, now=now)


def _ask_again(key: CartKey, form: TillForm, stopped: NotPlaced) -> ResponseReturnValue:
    changes = stopped.posted.changes
    if changes.is_any and not changes.refused:
        said = _("Jumlahnya sudah diubah. Periksa totalnya, lalu bayar.")
        return redirect_with_flash("/checkout#ringkasan", said, "warn")
    if stopped.shown is None:
        form = TillForm()  # what was typed is judged once the counts are right
    else:
        form.show_errors(stopped.shown)
    shown = _review(key, stopped.posted.draft)
    if shown is None:
        return redirect_with_flash("/keranjang")
    return _page(shown, form, changes=changes), 422


def _refused(key: CartKey, refusal: RuleBroken) -> ResponseReturnValue:
    with database().reading() as session:
        found = cart_with_lines(session, key)
    posted = _read(*found) if found else None
    shown = _review(key, posted.draft) if posted else None
    if shown is None:
        return redirect_with_flash("/keranjang")
    return _page(shown, TillForm(), alert=alert_for(refusal, shown, request.form)), 422


def _read(cart: CartHead, lines: tuple[Line, ...]) -> Posted:
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
    found = cart_with_lines(session, key, lock=True)
    if found is None:
        return None
    posted = _read(*found)
    if not posted.changes.refused:
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
    cart_actions.keep_draft(session, cart_id=posted.cart.id, draft=draft.to_json(), now=clock.now())


def _review(key: CartKey, draft: Draft | None = None) -> Review | None:
    """The checkout as it stands, with these choices or those that were kept."""
    with database().reading() as session:
        found = cart_with_lines(session, key)
        if found is None or not found[1]:
            return None
        cart, lines = found
        note_cart_count(cart.packs)
        kept = Draft.from_json(cart.draft) if draft is None else draft
        return review(
            session,
            cart=cart,
            lines=lines,
            draft=kept,
            person_id=key.person_id,
            now=clock.now(),
            takes_cards=runtime().takes_cards,
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
        way_note=way_note,
        cash_no=cash_no_words,
    )
