"""The order board at ``/kelola/<slug>/pesanan``: stages, search, and steps for many at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from shop.core.values import clock
from shop.core.values.codes import read_order_number
from shop.fulfilment.board import words
from shop.fulfilment.board.overview import counts, figures, pick_list
from shop.fulfilment.board.page_actions import Outcome, run_step, take_back
from shop.fulfilment.board.queries import GLANCE, PAGE, cards_of, columns, search
from shop.fulfilment.orders.rules import BOARD, Rights, Stage, rights_of
from shop.people.cooperatives.guards import current_desk, desk
from shop.people.cooperatives.queries import Desk
from shop.people.cooperatives.rules import PACKS, RUNS, Role
from shop.sales.orders.errors import NoSuchOrder
from shop.web.http.access import open_to
from shop.web.http.app_state import database
from shop.web.http.responses import redirect_with_flash, safe_next

bp = Blueprint("fulfilment_manage", __name__)

MAX_TYPED_LENGTH = 80
NAMED = 10
"""Orders that a message names; the board shows the rest."""


@dataclass(frozen=True, slots=True)
class Typed:
    """What a refused batch keeps: ticks, fields, and what is wrong with which order."""

    ticked: frozenset[str] = frozenset()
    fields: Mapping[str, str] = field(default_factory=dict)
    faults: Mapping[str, str] = field(default_factory=dict)
    note: str = ""
    done: str = ""


@bp.get("/kelola/<slug>/pesanan")
@open_to(desk())
def board(slug: str) -> ResponseReturnValue:
    """The stages of the cooperative's orders, or what was searched for."""
    if "cari" in request.args:
        typed = request.args.get("cari", "")[:MAX_TYPED_LENGTH]
        return _found("".join(sign for sign in typed if sign.isprintable()).strip())
    return _board(_stage(request.args.get("tahap")), Typed())


@bp.get("/kelola/<slug>/pesanan/daftar-ambil")
@open_to(desk())
def picking(slug: str) -> ResponseReturnValue:
    """What to collect from which member; the list prints alone."""
    stages = _picked(_stage(request.args.get("tahap")))
    with database().reading() as session:
        place = current_desk()
        return render_template(
            "fulfilment/board/daftar_ambil.html",
            picks=pick_list(session, place.cooperative_id, stages),
            counted=counts(session, place.cooperative_id),
            stages=stages,
            words=words,
            now=clock.now(),
            zone=place.zone,
        )


@bp.post("/kelola/<slug>/pesanan/terima")
@open_to(desk(*RUNS))
def accept_many(slug: str) -> ResponseReturnValue:
    """Accept orders whole."""
    return _batch(Stage.NEW)


@bp.post("/kelola/<slug>/pesanan/kemas")
@open_to(desk(*PACKS))
def pack_many(slug: str) -> ResponseReturnValue:
    """Mark orders as packed."""
    return _batch(Stage.PACK)


@bp.post("/kelola/<slug>/pesanan/serahkan")
@open_to(desk(*PACKS))
def hand_over_many(slug: str) -> ResponseReturnValue:
    """Hand orders over, each by its own way and with its own field."""
    return _batch(Stage.READY)


@bp.post("/kelola/<slug>/pesanan/tiba")
@open_to(desk(*PACKS))
def arrive_many(slug: str) -> ResponseReturnValue:
    """Mark orders as arrived."""
    return _batch(Stage.ON_THE_WAY)


@bp.post("/kelola/<slug>/pesanan/urung")
@open_to(desk(*PACKS))
def unpack_many(slug: str) -> ResponseReturnValue:
    """Put packed orders back among those to pack."""
    return _batch(Stage.READY, back=True)


def _batch(stage: Stage, *, back: bool = False) -> ResponseReturnValue:
    """Move the orders that were ticked, each by itself: one that cannot go keeps nobody back.

    :param back: take the stage's own step back instead of doing the next one.
    """
    place, now = current_desk(), clock.now()
    ticked = list(dict.fromkeys(request.form.getlist("pesanan")))[:PAGE]
    fields = {
        name.removeprefix("isi-"): text[:120]
        for name, text in request.form.items()
        if name.startswith("isi-")
    }
    if "hitung" in request.form:  # the Enter key: nothing leaves by accident
        note = _("Belum ada yang dipindahkan. Tekan tombol di bawah pesanannya.")
        return _board(stage, Typed(frozenset(ticked), fields, note=note)), 422
    # A card's own button moves that order alone, whatever else is ticked.
    numbers = [request.form["satu"]] if "satu" in request.form else ticked
    if not numbers:
        note = _("Belum ada pesanan yang dicentang. Centang dulu, atau tekan Pilih semua.")
        return _board(stage, Typed(fields=fields, note=note)), 422
    known = [number for number in numbers if read_order_number(number) == number]
    with database().reading() as session:
        cards = cards_of(session, place.cooperative_id, known, _rights(place))
    if len(cards) < len(numbers):
        raise NoSuchOrder
    mine, who = place.cooperative_id, place.person_id
    outcomes = [
        take_back(mine, cards[number], person_id=who, now=now)
        if back
        else run_step(mine, cards[number], stage, fields.get(number, ""), person_id=who, now=now)
        for number in numbers
    ]
    moved = sum(not one.fault and not one.is_repeat for one in outcomes)
    done = words.back_words(moved) if back else words.done_words(stage, moved)
    return _answer(stage, outcomes, frozenset(ticked), fields, done if moved else "")


def _answer(
    stage: Stage,
    outcomes: Sequence[Outcome],
    ticked: frozenset[str],
    fields: Mapping[str, str],
    done: str,
) -> ResponseReturnValue:
    faults = {one.number: one.fault for one in outcomes if one.fault}
    moved = [one for one in outcomes if not one.fault and not one.is_repeat]
    for one in moved:
        if one.warning:
            said = _(
                "%(number)s: nomor resi yang sama ada di %(others)s. Periksa lagi.",
                number=one.number,
                others=one.warning,
            )
            flash(said, "warn")
    if faults:
        left = ticked - {one.number for one in outcomes} | (ticked & set(faults))
        return _board(stage, Typed(left, fields, faults, done=done)), 422
    here = f"/kelola/{current_desk().slug}/pesanan"
    back = safe_next(request.form.get("kembali"), here)
    return redirect_with_flash(back if back.startswith(here) else here, done or _already(outcomes))


def _already(outcomes: Sequence[Outcome]) -> str:
    numbers = ", ".join(one.number for one in outcomes[:NAMED])
    return str(_("Sudah tercatat sebelumnya: %(numbers)s.", numbers=numbers))


def _board(stage: Stage | None, typed: Typed) -> str:
    place, now = current_desk(), clock.now()
    rights = _rights(place)
    with database().reading() as session:
        counted = counts(session, place.cooperative_id)
        shown = columns(
            session,
            place.cooperative_id,
            [stage] if stage else BOARD,
            rights,
            counted=counted,
            size=PAGE if stage else GLANCE,
            after=request.args.get("setelah"),
        )
        return render_template(
            "fulfilment/board/board.html",
            stage=stage,
            columns=shown,
            counted=counted,
            figures=figures(session, place.cooperative_id, place.zone, now),
            picks=pick_list(session, place.cooperative_id, _picked(stage)),
            picked=_picked(stage),
            maximum=PAGE,
            takes_all=request.args.get("pilih") == "semua" and request.method == "GET",
            is_first="setelah" not in request.args,
            typed=typed,
            sees_money=place.may(*RUNS, Role.BENDAHARA, Role.PENGAWAS),
            **_common(rights),
        )


def _found(text: str) -> str:
    place = current_desk()
    rights = _rights(place)
    with database().reading() as session:
        page = (
            search(
                session,
                place.cooperative_id,
                text,
                rights,
                after=request.args.get("setelah"),
            )
            if text
            else None
        )
    return render_template("fulfilment/board/cari.html", text=text, page=page, **_common(rights))


def _common(rights: Rights) -> dict[str, object]:
    return {
        "words": words,
        "Stage": Stage,
        "rights": rights,
        "now": clock.now(),
        "zone": current_desk().zone,
        "here": f"/kelola/{current_desk().slug}/pesanan",
    }


def _rights(place: Desk) -> Rights:
    return rights_of(place.roles)


def _stage(text: str | None) -> Stage | None:
    """The stage of an address; one that nobody knows shows the whole board."""
    return Stage(text) if text in list(Stage) else None


def _picked(stage: Stage | None) -> tuple[Stage, ...]:
    """Which orders the pick list counts."""
    return (stage,) if stage in (Stage.NEW, Stage.PACK) else (Stage.NEW, Stage.PACK)
