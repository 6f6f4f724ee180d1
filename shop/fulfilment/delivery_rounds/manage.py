"""The last metre without a courier (rule R15): the round's list, and the pick-up counter."""

from collections.abc import Sequence
from typing import cast

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from shop.core.values import clock
from shop.fulfilment.board import answer_words, words
from shop.fulfilment.board.forms import CashForm, PickupCashForm, PickupForm
from shop.fulfilment.board.queries import Card, fetched_with
from shop.fulfilment.collecting.errors import UnfitGoods
from shop.fulfilment.collecting.words import unfit_words
from shop.fulfilment.delivery_rounds.queries import rounds
from shop.fulfilment.order_steps import actions
from shop.fulfilment.orders.errors import WrongCode
from shop.fulfilment.orders.queries import order_to_work_on
from shop.fulfilment.orders.rules import rights_of
from shop.payments.cash.errors import WrongCash
from shop.people.cooperatives.guards import current_desk, desk
from shop.people.cooperatives.rules import PACKS
from shop.sales.orders.errors import AlreadyMoved, MoveRefused
from shop.web.http.access import open_to
from shop.web.http.app_state import database
from shop.web.http.responses import redirect_with_flash
from shop.web.security.rate_limits import Limit, RateLimitExceeded, hit_all, undo_hit

bp = Blueprint("fulfilment_last_metre", __name__)

WRONG_CODES = Limit("pickup-counter", 30, 3_600)
"""Codes that a cooperative's counter may get wrong within an hour: a right one costs nothing."""


@bp.get("/kelola/<slug>/pesanan/rute")
@open_to(desk(*PACKS))
def route(slug: str) -> ResponseReturnValue:
    """Whom the cooperative brings what, to look at and to print."""
    place = current_desk()
    with database().reading() as session:
        found = rounds(session, place.cooperative_id, place.zone, rights_of(place.roles))
    return render_template(
        "fulfilment/delivery_rounds/rute.html",
        rounds=found,
        here=f"/kelola/{place.slug}/pesanan",
        now=clock.now(),
        zone=place.zone,
        words=words,
    )


@bp.get("/kelola/<slug>/pesanan/ambil")
@open_to(desk(*PACKS))
def counter(slug: str) -> ResponseReturnValue:
    """Where the code of somebody at the counter is typed."""
    return _counter(PickupForm(), ())


@bp.post("/kelola/<slug>/pesanan/ambil")
@open_to(desk(*PACKS))
def at_counter(slug: str) -> ResponseReturnValue:
    """Find the order of a code; with the second tap it is handed over."""
    place = current_desk()
    form = PickupCashForm() if "tunai" in request.form else PickupForm()
    is_fine = form.validate()
    if form.kode.errors:
        return _counter(form, ()), 422
    code = "".join((form.kode.data or "").split())
    counted = (WRONG_CODES, str(place.cooperative_id))
    try:
        hit_all(counted)
    except RateLimitExceeded as refusal:
        form.kode.errors = [answer_words.too_many_words(refusal.wait_minutes)]
        return _counter(form, ()), 422
    with database().reading() as session:
        cards = fetched_with(session, place.cooperative_id, code, rights_of(place.roles))
    if not cards:
        form.kode.errors = [answer_words.code_words()]
        return _counter(form, ()), 422
    undo_hit(counted)
    chosen = next((card for card in cards if card.number == request.form.get("nomor")), None)
    if chosen is None:
        return _counter(form, cards)
    if not is_fine:
        return _counter(form, (chosen,)), 422
    return _hand_over(form, chosen, code)


def _hand_over(form: PickupForm, card: Card, code: str) -> ResponseReturnValue:
    place = current_desk()
    taken = cast("int | None", form.tunai.data) if isinstance(form, CashForm) else None

    def work(session: Session) -> None:
        actions.hand_over_pickup(
            session,
            order_to_work_on(session, place.cooperative_id, card.number),
            code=code,
            cash=taken,
            person_id=place.person_id,
            now=clock.now(),
        )

    try:
        database().write(work)
    except WrongCash as refusal:
        if isinstance(form, CashForm):
            form.tunai.errors = [answer_words.wrong_cash_words(refusal.asked)]
        return _counter(form, (card,), answer_words.wrong_cash_words(refusal.asked)), 422
    except UnfitGoods as refusal:
        return _counter(form, (card,), unfit_words(refusal)), 422
    except (WrongCode, MoveRefused, AlreadyMoved):
        said = _("Pesanan ini baru saja diubah orang lain. Ketik lagi kodenya.")
        return redirect_with_flash(_home(), said, "warn")
    return redirect_with_flash(_home(), _("%(number)s diserahkan ke pembeli.", number=card.number))


def _home() -> str:
    return f"/kelola/{current_desk().slug}/pesanan/ambil"


def _counter(form: PickupForm, cards: Sequence[Card], problem: str = "") -> str:
    place = current_desk()
    if any(card.cash is not None and card.cash.is_asked for card in cards):
        form = (
            form
            if isinstance(form, CashForm)
            else PickupCashForm(is_sent=False, kode=form.kode.data)
        )
    return render_template(
        "fulfilment/delivery_rounds/ambil.html",
        form=form,
        cards=cards,
        problem=problem,
        here=f"/kelola/{place.slug}/pesanan",
        words=words,
    )
