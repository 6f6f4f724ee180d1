"""*Pesanan dari chat* at ``/kelola/<slug>/pesanan/chat``: typed by a manager, paid by a link."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from shop.checkout.chat_orders import words
from shop.checkout.chat_orders.actions import Shopper, place
from shop.checkout.chat_orders.forms import ChatForm
from shop.checkout.chat_orders.queries import chat_order, offers, reckon, waiting
from shop.checkout.chat_orders.rules import Offer
from shop.checkout.placing.forms import read_draft, read_seen
from shop.checkout.placing.review import Review
from shop.checkout.placing.rules import Draft
from shop.checkout.placing.words import Alert, alert_for, way_note
from shop.core.values import clock
from shop.core.values.codes import is_code, new_code, read_order_number
from shop.core.values.errors import NotFound, RuleBroken
from shop.payments.bills.models import Method
from shop.people.cooperatives.guards import current_desk, desk
from shop.people.cooperatives.rules import RUNS
from shop.shipping.quotes.words import weight_sentence
from shop.web.http.access import open_to
from shop.web.http.app_state import database, runtime
from shop.web.http.responses import redirect_with_flash

bp = Blueprint("chat_orders", __name__)


@dataclass(frozen=True, slots=True)
class Typed:
    """A form beside what it would cost."""

    offers: tuple[Offer, ...]
    packs: Mapping[int, int]
    draft: Draft
    shown: Review | None


@bp.get("/kelola/<slug>/pesanan/chat")
@open_to(desk(*RUNS))
def blank(slug: str) -> ResponseReturnValue:
    """An order to type, and those that wait to be paid."""
    with database().reading() as session:
        known = offers(session, current_desk().cooperative_id)
    return _page(ChatForm(tanda=new_code()), Typed(known, {}, Draft(), None))


@bp.post("/kelola/<slug>/pesanan/chat")
@open_to(desk(*RUNS))
def type_in(slug: str) -> ResponseReturnValue:
    """Say what it costs; at the second tap, hold the goods and make the link."""
    form, here = ChatForm(), current_desk()
    if not is_code(form.tanda.data or ""):
        form.tanda.data = new_code()
    typed = _read(form)
    is_fine = form.validate_all(typed.shown, typed.offers)
    total = typed.shown.totals.total if typed.shown else None
    if "buat" not in request.form or not is_fine or typed.shown is None or total is None:
        is_done = is_fine and total is not None and bool(typed.shown and typed.shown.bought)
        page = _page(form, typed, can_be_made=is_done)
        return page, 200 if is_done else 422
    buyer = Shopper(form.nama.data or "", form.wa.data or "", form.alamat.data or "")
    try:
        number = database().write(
            lambda session: place(
                session,
                cooperative_id=here.cooperative_id,
                typed_by_id=here.person_id,
                token=form.tanda.data or "",
                packs=typed.packs,
                shopper=buyer,
                draft=typed.draft,
                seen_total=read_seen(request.form, "lihat-total"),
                now=clock.now(),
                takes_cards=runtime().takes_cards,
            )
        )
    except RuleBroken as refusal:
        again = _read(form)
        can_be_made = form.validate_all(again.shown, again.offers)
        alert = alert_for(refusal, again.shown or typed.shown, request.form)
        return _page(form, again, alert, can_be_made=can_be_made), 422
    return redirect_with_flash(
        f"{_home()}/{number}", _("Pesanan dibuat. Kirim tautannya ke pembeli.")
    )


@bp.get("/kelola/<slug>/pesanan/chat/<number>")
@open_to(desk(*RUNS))
def link(slug: str, number: str) -> ResponseReturnValue:
    """The link to pay by, with a text that is ready for WhatsApp."""
    here = current_desk()
    if read_order_number(number) != number:
        raise NotFound
    with database().reading() as session:
        order = chat_order(session, here.cooperative_id, number)
    return render_template(
        "checkout/chat_orders/tautan.html",
        order=order,
        letter=words.letter(order, here.name, here.zone),
        whatsapp=words.whatsapp(order, here.name, here.zone),
        address=words.pay_address(order),
        home=_home(),
    )


def _read(form: ChatForm) -> Typed:
    """What was typed, read against the shelf of this moment."""
    mine = current_desk().cooperative_id
    draft = read_draft(request.form, Draft(), (mine,))
    draft = replace(draft, voucher="", notes={}, is_parted=False, address_id=None)
    if draft.method != Method.COD:
        draft = replace(draft, method="")
    with database().reading() as session:
        known = offers(session, mine)
        form_packs = form.find(known)
        shown = (
            reckon(
                session,
                cooperative_id=mine,
                packs=form_packs,
                draft=draft,
                token=form.tanda.data or "",
                now=clock.now(),
                takes_cards=runtime().takes_cards,
            )
            if form_packs
            else None
        )
    return Typed(known, form_packs, shown.draft if shown else draft, shown)


def _page(
    form: ChatForm, typed: Typed, alert: Alert | None = None, *, can_be_made: bool = False
) -> str:
    here = current_desk()
    with database().reading() as session:
        open_ones = waiting(session, here.cooperative_id)
    return render_template(
        "checkout/chat_orders/chat.html",
        form=form,
        review=typed.shown,
        offers=typed.offers,
        can_be_made=can_be_made,
        alert=alert,
        waiting=open_ones,
        why=weight_sentence,
        way_note=way_note,
        home=_home(),
    )


def _home() -> str:
    return f"/kelola/{current_desk().slug}/pesanan/chat"
