"""The operator's page of cooperatives: suspending one, lifting that, and ending what it leaves."""

from collections.abc import Mapping, Sequence
from functools import partial

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from shop.core.values import clock
from shop.core.values.errors import NotFound
from shop.fulfilment.board import answer_words, words
from shop.fulfilment.board.forms import SuspendForm
from shop.fulfilment.board.overview import counts
from shop.fulfilment.board.page_actions import Outcome, run_step
from shop.fulfilment.board.queries import PAGE, Card, Column, cards_of, columns
from shop.fulfilment.orders.errors import BankDecides
from shop.fulfilment.orders.queries import order_to_work_on
from shop.fulfilment.orders.rules import BOARD, NOT_SENT, Rights, Stage, stage_of
from shop.fulfilment.suspension import actions as suspension
from shop.fulfilment.suspension.queries import (
    MarketRow,
    cooperative_of_market,
    cooperatives_of_market,
)
from shop.people.sign_in.guards import current_person, operator
from shop.sales.orders.errors import AlreadyMoved, MoveRefused
from shop.web.http.access import open_to
from shop.web.http.app_state import database
from shop.web.http.responses import redirect_with_flash

bp = Blueprint("fulfilment_manage_market", __name__)

HERE = "/operator/koperasi"
RIGHTS = Rights(decides=True, packs=True)
STAGES = (*BOARD, Stage.ON_THE_WAY)
"""Where somebody has to do something."""


@bp.get(HERE)
@open_to(operator())
def cooperatives() -> ResponseReturnValue:
    """Every cooperative, and which are suspended."""
    after = request.args.get("setelah")
    with database().reading() as session:
        page = cooperatives_of_market(session, after)
    return render_template("fulfilment/suspension/pasar.html", page=page, is_first=after is None)


@bp.get(f"{HERE}/<slug>")
@open_to(operator())
def cooperative(slug: str) -> ResponseReturnValue:
    """One of them, with the paid orders that are not over."""
    return _page(slug, SuspendForm())


@bp.post(f"{HERE}/<slug>/tangguhkan")
@open_to(operator())
def suspend(slug: str) -> ResponseReturnValue:
    """Let it sell nothing from now on."""
    form, found = SuspendForm(), _found(slug)
    if not form.validate():
        return _page(slug, form), 422
    database().write(
        lambda session: suspension.suspend(
            session,
            found.cooperative_id,
            reason=form.alasan.data or "",
            now=clock.now(),
            person_id=_operator_id(),
        )
    )
    return redirect_with_flash(f"{HERE}/{slug}", _("%(name)s ditangguhkan.", name=found.name))


@bp.post(f"{HERE}/<slug>/cabut")
@open_to(operator())
def lift(slug: str) -> ResponseReturnValue:
    """Let it sell again."""
    found = _found(slug)
    database().write(
        lambda session: suspension.lift(
            session, found.cooperative_id, now=clock.now(), person_id=_operator_id()
        )
    )
    return redirect_with_flash(
        f"{HERE}/{slug}", _("%(name)s boleh berjualan lagi.", name=found.name)
    )


@bp.post(f"{HERE}/<slug>/pesanan")
@open_to(operator())
def go_on(slug: str) -> ResponseReturnValue:
    """Do the next step of an order in the cooperative's place, or call it off."""
    found, number = _found(slug), request.form.get("satu") or request.form.get("batal", "")
    if not number:  # the Enter key: nothing was decided
        return redirect_with_flash(f"{HERE}/{slug}")
    with database().reading() as session:
        suspension.require_suspended(session, found.cooperative_id)
        card = cards_of(session, found.cooperative_id, [number[:40]], RIGHTS).get(number)
    if card is None:
        raise NotFound
    if "batal" in request.form:
        called_off = _cancel(found, [card])
        said = answer_words.moved_words(card.state, card.kind)
        return _told(slug, called_off, said)
    stage = stage_of(card.state)
    if stage not in STAGES:
        return redirect_with_flash(
            f"{HERE}/{slug}", answer_words.moved_words(card.state, card.kind), "warn"
        )
    typed = request.form.get(f"isi-{number}", "")
    outcome = run_step(
        found.cooperative_id, card, stage, typed, person_id=_operator_id(), now=clock.now()
    )
    if outcome.fault:
        return _page(slug, SuspendForm(), typed={number: typed}, refused=outcome), 422
    return redirect_with_flash(f"{HERE}/{slug}", words.done_words(stage, 1))


@bp.post(f"{HERE}/<slug>/batalkan")
@open_to(operator())
def cancel_all(slug: str) -> ResponseReturnValue:
    """Call off whatever it has not sent; each order in a transaction of its own."""
    found = _found(slug)
    with database().reading() as session:
        suspension.require_suspended(session, found.cooperative_id)
        waiting = _columns(session, found.cooperative_id, BOARD)
    cards = [card for column in waiting for card in column.cards]
    return _told(slug, _cancel(found, cards), _("Tidak ada pesanan yang perlu dibatalkan."))


def _cancel(found: MarketRow, cards: list[Card]) -> int:
    """How many of these were called off; what left meanwhile goes on."""
    return sum(
        database().write(
            partial(
                _cancel_one,
                cooperative_id=found.cooperative_id,
                number=card.number,
                person_id=_operator_id(),
            )
        )
        for card in cards
    )


def _cancel_one(session: Session, *, cooperative_id: int, number: str, person_id: int) -> bool:
    order = order_to_work_on(session, cooperative_id, number)
    try:
        suspension.cancel_left_over(session, order, now=clock.now(), person_id=person_id)
    except (MoveRefused, AlreadyMoved, BankDecides):
        return False
    return True


def _told(slug: str, count: int, otherwise: str) -> ResponseReturnValue:
    if not count:
        return redirect_with_flash(f"{HERE}/{slug}", otherwise, "warn")
    said = ngettext(
        "%(num)s pesanan dibatalkan; uangnya kembali ke pembeli.",
        "%(num)s pesanan dibatalkan; uangnya kembali ke pembeli.",
        count,
    )
    return redirect_with_flash(f"{HERE}/{slug}", said)


def _operator_id() -> int:
    person = current_person()
    assert person is not None  # the guard let somebody in
    return person.id


def _found(slug: str) -> MarketRow:
    with database().reading() as session:
        return cooperative_of_market(session, slug)


def _columns(session: Session, cooperative_id: int, stages: Sequence[Stage]) -> tuple[Column, ...]:
    counted = counts(session, cooperative_id)
    return columns(session, cooperative_id, stages, RIGHTS, counted=counted, size=PAGE)


def _page(
    slug: str,
    form: SuspendForm,
    *,
    typed: Mapping[str, str] | None = None,
    refused: Outcome | None = None,
) -> str:
    with database().reading() as session:
        found = cooperative_of_market(session, slug)
        return render_template(
            "fulfilment/suspension/pasar_satu.html",
            one=found,
            columns=_columns(session, found.cooperative_id, STAGES),
            form=form,
            typed=typed or {},
            refused=refused,
            words=words,
            not_sent=NOT_SENT,
            here=f"{HERE}/{slug}",
        )
