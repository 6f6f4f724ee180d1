"""*Tarik barang*: a batch is called back, the orders that got it, and who is told."""

import csv
from io import StringIO
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.core.formats.indonesia import wa_link
from shop.core.values import clock
from shop.core.values.clock import day_in
from shop.core.values.errors import NotFound
from shop.core.values.text import one_line
from shop.fulfilment.board.words import state_word
from shop.fulfilment.collecting.actions import reject_packs
from shop.fulfilment.collecting.errors import AlreadyRecalled
from shop.fulfilment.collecting.forms import RecallForm
from shop.fulfilment.collecting.recalls import (
    BatchFacts,
    batches_with_code,
    orders_with,
    recall,
    recent_batches,
)
from shop.fulfilment.collecting.words import RECALL_WORDS
from shop.fulfilment.order_desk.order_page import sheet_of, step
from shop.fulfilment.orders.rules import rights_of, shows_person
from shop.people.accounts.models import Contact
from shop.people.cooperatives.guards import current_desk, desk
from shop.people.cooperatives.rules import PACKS, RUNS
from shop.sales.orders.models import Order
from shop.web.http.access import open_to
from shop.web.http.app_state import database
from shop.web.http.responses import redirect_with_flash

bp = Blueprint("fulfilment_recall", __name__)

MAX_TYPED_LENGTH = 80
RECENT = 20


@bp.get("/kelola/<slug>/tarik")
@open_to(desk())
def recalls(slug: str) -> ResponseReturnValue:
    """Choose a batch by its code, or see who got the one that was chosen."""
    code, sku = _asked(request.args.get("kode")), _asked(request.args.get("sku"))
    found = _batches(code, sku)
    if len(found) == 1:
        return _page(found[0], RecallForm())
    with database().reading() as session:
        recent = recent_batches(session, current_desk().cooperative_id, RECENT)
    return render_template(
        "fulfilment/recalls/tarik.html",
        code=code,
        found=found,
        recent=recent,
        here=_here(),
    )


@bp.post("/kelola/<slug>/tarik")
@open_to(desk(*RUNS))
def call_back(slug: str) -> ResponseReturnValue:
    """Call a batch back and tell everybody who has it."""
    place, form = current_desk(), RecallForm()
    code, sku = _asked(request.form.get("kode")), _asked(request.form.get("sku"))
    found = _batches(code, sku)
    if len(found) != 1:
        raise NotFound
    batch = found[0]
    if not form.validate():
        return _page(batch, form), 422

    def work(session: Session) -> int:
        return recall(
            session,
            cooperative_id=place.cooperative_id,
            batch=batch,
            reason=form.reason(),
            tells_maybe="mungkin" in request.form,
            person_id=place.person_id,
            now=clock.now(),
        )

    try:
        told = database().write(work)
    except AlreadyRecalled:
        return redirect_with_flash(_address(batch), _("Kode ini sudah ditarik sebelumnya."), "warn")
    return redirect_with_flash(
        _address(batch),
        ngettext(
            "Kode %(code)s ditarik. %(num)s pembeli dikabari.",
            "Kode %(code)s ditarik. %(num)s pembeli dikabari.",
            told,
            code=batch.code,
        ),
    )


@bp.get("/kelola/<slug>/tarik.csv")
@open_to(desk())
def sheet(slug: str) -> ResponseReturnValue:
    """The orders that got a batch, as a sheet: numbers and days, and nobody's name."""
    place = current_desk()
    found = _batches(_asked(request.args.get("kode")), _asked(request.args.get("sku")))
    if len(found) != 1:
        raise NotFound
    with database().reading() as session:
        orders = orders_with(session, place.cooperative_id, found[0])
    text = StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(["pesanan", "kemasan", "kepastian", "tahap", "tanggal_kirim"])
    for one in orders:
        left = day_in(place.zone, one.left_at).isoformat() if one.left_at else ""
        sure = "pasti" if one.is_certain else "mungkin"
        writer.writerow([one.number, one.packs, sure, state_word(one.state, one.kind), left])
    name = f"tarik-{place.code}-{found[0].batch_id}.csv"
    return Response(
        text.getvalue().encode("utf-8-sig"),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@bp.post("/kelola/<slug>/pesanan/<number>/keluarkan")
@open_to(desk(*PACKS))
def take_out(slug: str, number: str) -> ResponseReturnValue:
    """Take out of an order what must not be sold, so that its makers are asked for others."""

    def work(session: Session, order: Order) -> None:
        reject_packs(session, order, person_id=current_desk().person_id, now=clock.now())

    said = _("Yang tidak boleh dijual sudah dikeluarkan. Gantinya dicatat di Kumpulkan.")
    return step(sheet_of(number), work, (), said)


def _page(batch: BatchFacts, form: RecallForm) -> str:
    place = current_desk()
    rights = rights_of(place.roles)
    with database().reading() as session:
        orders = orders_with(session, place.cooperative_id, batch)
        shown = [
            one.contact_id
            for one in orders
            if shows_person(one.state, is_confirmed=one.is_confirmed, rights=rights)
        ]
        contacts = {
            contact.id: contact
            for contact in session.scalars(
                select(Contact).where(Contact.id.in_(shown), Contact.erased_at.is_(None))
            )
        }
    return render_template(
        "fulfilment/recalls/tarik_satu.html",
        batch=batch,
        orders=orders,
        contacts={
            one.order_id: (contacts[one.contact_id].name, _tap(contacts[one.contact_id]))
            for one in orders
            if one.contact_id in contacts
            and shows_person(one.state, is_confirmed=one.is_confirmed, rights=rights)
        },
        state_words={one.order_id: state_word(one.state, one.kind) for one in orders},
        form=form,
        reasons=RECALL_WORDS,
        may_act=place.may(*RUNS),
        zone=place.zone,
        here=_here(),
        pages=f"/kelola/{place.slug}",
    )


def _tap(contact: Contact) -> str:
    """A link that opens WhatsApp; empty without a number."""
    return wa_link(contact.phone, "") if contact.phone else ""


def _batches(code: str, sku: str) -> tuple[BatchFacts, ...]:
    if not code:
        return ()
    with database().reading() as session:
        return batches_with_code(session, current_desk().cooperative_id, code, sku or None)


def _asked(text: str | None) -> str:
    return one_line(text or "")[:MAX_TYPED_LENGTH]


def _here() -> str:
    return f"/kelola/{current_desk().slug}/tarik"


def _address(batch: BatchFacts) -> str:
    return f"{_here()}?{urlencode({'kode': batch.code, 'sku': batch.sku})}"
