"""The cart: putting in, looking, changing."""

from flask import Blueprint, jsonify, make_response, render_template, request
from flask import session as browser
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy.orm import Session

from shop.catalog.products.queries import Sellable, sellable
from shop.checkout.cart import actions
from shop.checkout.cart.errors import BelowMinimum, CannotHoldThat, NotForSale
from shop.checkout.cart.forms import (
    Aside,
    read_aside,
    read_changes,
    read_variant,
    refusal_words,
    removed_words,
)
from shop.checkout.cart.guards import (
    browser_hash,
    cart_key,
    cart_key_for_adding,
    clear_cart_cookie,
    note_cart_count,
    set_cart_cookie,
)
from shop.checkout.cart.queries import (
    CartKey,
    cart_of,
    cart_with_all,
    cart_with_lines,
    packs_in_cart,
)
from shop.checkout.cart.rules import Line, LineChanges, by_cooperative, lost
from shop.checkout.cart.words import letters
from shop.core.values import clock
from shop.core.values.clock import HOME_ZONE, day_in
from shop.core.values.text import MAX_PACKS, InvalidCount, parse_count
from shop.people.sign_in.guards import current_person
from shop.people.working_days.queries import calendars
from shop.web.http.access import anyone, open_to
from shop.web.http.app_state import database
from shop.web.http.responses import redirect_with_flash, referrer_or, safe_next
from shop.web.i18n.language import localized_url, named
from shop.web.rendering.forms import count_sentence

bp = Blueprint("cart", __name__)


@bp.get("/keranjang")
@open_to(anyone)
def look() -> ResponseReturnValue:
    """The cart, grouped by cooperative."""
    return _page(cart_key(), LineChanges())


@bp.post("/keranjang/isi")
@open_to(anyone)
def put_in() -> ResponseReturnValue:
    """Put goods in and lead back to where the shopper was, or on to the checkout.

    A script that asks for data gets what to say and the new count instead, and nobody moves.
    """
    variant_id = read_variant(request.form.get("varian", ""))
    typed = request.form.get("jumlah", "1")
    if variant_id is None:
        return _not_put_in(None, typed, refusal_words(NotForSale()))
    key, secret = cart_key_for_adding()
    try:
        packs = parse_count(typed)
        goods, inside = database().write(lambda session: _put(session, key, variant_id, packs))
    except InvalidCount:
        return _not_put_in(variant_id, typed, count_sentence(1, MAX_PACKS))
    except (NotForSale, CannotHoldThat) as refusal:
        offer = refusal.minimum - refusal.inside if isinstance(refusal, BelowMinimum) else None
        return _not_put_in(variant_id, typed, refusal_words(refusal), offer)
    if request.form.get("lalu") == "checkout":
        answer = make_response(redirect_with_flash("/checkout"))
    elif _asks_for_data():
        said = _("%(name)s masuk keranjang.", name=named(goods.name, goods.name_en))
        way = [_("Lihat keranjang"), localized_url("/keranjang")]
        answer = jsonify(said=said, link=way, count=inside)
    else:
        name = named(goods.name, goods.name_en)
        answer = make_response(redirect_with_flash(_where_from(), _put_in_words(name)))
    if secret:
        set_cart_cookie(answer, secret)
    return answer


@bp.post("/keranjang/ubah")
@open_to(anyone)
def change() -> ResponseReturnValue:
    """Change counts, take a line out, accept what changed; then on to the checkout if asked."""
    key, now = cart_key(), clock.now()
    aside = read_aside(request.form)
    if aside is not None:
        return _put_aside(key, *aside)

    def apply(session: Session) -> tuple[tuple[Line, ...], LineChanges]:
        found = cart_with_lines(session, key, lock=True)
        if found is None:
            return (), LineChanges()
        cart, lines = found
        changes = read_changes(request.form, lines)
        if not changes.refused:
            actions.apply_changes(session, cart=cart, lines=lines, changes=changes, now=now)
        return lines, changes

    lines, changes = database().write(apply)
    if changes.refused:
        return _page(key, changes), 422
    if request.form.get("lalu") == "checkout":
        return redirect_with_flash("/checkout")
    return redirect_with_flash("/keranjang", removed_words(lines, changes))


@bp.post("/keranjang/lupakan")
@open_to(anyone)
def forget_me() -> ResponseReturnValue:
    """Leave nothing on a borrowed phone: the cart, what was typed, and the key to purchases."""
    cookie = browser_hash()
    if cookie is not None and current_person() is None:
        with database().writing() as session:
            actions.delete_guest_data(session, token_hash=cookie)
    browser.clear()  # also which purchases were opened with the digits of a phone
    said = _("Keranjang dan isian Anda di HP ini sudah dilupakan.")
    answer = make_response(redirect_with_flash("/keranjang", said))
    clear_cart_cookie(answer)
    return answer


def _put_aside(key: CartKey, variant_id: int, act: Aside) -> ResponseReturnValue:
    """Keep a line for later, bring it back, or forget it; a second tap changes nothing."""

    def move(session: Session) -> None:
        cart = cart_of(session, key, lock=True)
        if cart is None:
            return
        if act is Aside.DROP:
            actions.remove_saved(session, cart_id=cart.id, variant_id=variant_id)
        else:
            actions.save_for_later(
                session,
                cart_id=cart.id,
                variant_id=variant_id,
                later=act is Aside.KEEP,
                now=clock.now(),
            )

    database().write(move)
    return redirect_with_flash("/keranjang" if act is Aside.BACK else "/keranjang#nanti")


def _put(session: Session, key: CartKey, variant_id: int, packs: int) -> tuple[Sellable, int]:
    """The goods, and how many packs lie in the cart now if somebody wants to know."""
    goods = actions.add_to_cart(
        session, key=key, variant_id=variant_id, packs=packs, now=clock.now()
    )
    return goods, packs_in_cart(session, key) if _asks_for_data() else 0


def _asks_for_data() -> bool:
    """Whether the cart's own script asks; a browser that follows a form wants a page."""
    return request.accept_mimetypes.best == "application/json"


def _put_in_words(name: str) -> str:
    return Markup('{} <a href="{}">{}</a>').format(
        _("%(name)s masuk keranjang.", name=name), localized_url("/keranjang"), _("Lihat keranjang")
    )


def _where_from() -> str:
    return safe_next(request.form.get("kembali"), referrer_or("/keranjang"))


def _page(key: CartKey, changes: LineChanges) -> str:
    now = clock.now()
    with database().reading() as session:
        found = cart_with_all(session, key)
        lines, aside = found[1:] if found else ((), ())
        note_cart_count(found[0].packs if found else 0)
        parcels = by_cooperative(lines)
        sellers = [parcel.cooperative_id for parcel in parcels]
        days = calendars(session, sellers, day_in(HOME_ZONE, now)) if sellers else {}
    return render_template(
        "checkout/cart/cart.html",
        parcels=parcels,
        closed={one: calendar.closing_near(now) for one, calendar in days.items()},
        aside=aside,
        letters=letters(parcels) if parcels else [],
        lost=lost(lines),
        changes=changes,
        packs=sum(line.packs for line in lines),
        total=sum(line.amount for line in lines),
        has_marks=any(line.marks for line in lines),
        may_forget=found is not None and key.person_id is None,
    )


def _not_put_in(
    variant_id: int | None, typed: str, sentence: str, offer: int | None = None
) -> ResponseReturnValue:
    """Why it did not work, with what was typed, and what would."""
    goods = None
    if variant_id is not None:
        with database().reading() as session:
            goods = sellable(session, [variant_id]).get(variant_id)
    if _asks_for_data():
        return jsonify(said=f"{goods.name}: {sentence}" if goods else sentence), 422
    page = render_template(
        "checkout/cart/not_put_in.html",
        goods=goods if goods and goods.is_published else None,
        typed=typed[:40],
        sentence=sentence,
        offer=offer,
        back=_where_from(),
        onward=request.form.get("lalu", ""),
    )
    return page, 422
