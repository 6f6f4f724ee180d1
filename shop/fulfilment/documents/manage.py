"""Printing at the order desk: one tap for all papers of a stage, or those of one order."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from shop.core.values import clock
from shop.core.values.clock import in_zone
from shop.core.values.codes import read_order_number
from shop.fulfilment.board.overview import pick_list
from shop.fulfilment.documents.queries import PRINTED, Papers, papers_of_orders, print_orders
from shop.fulfilment.orders.rules import Stage, rights_of
from shop.people.cooperatives.guards import current_desk, desk
from shop.people.cooperatives.rules import PACKS, RUNS, Role
from shop.sales.orders.errors import NoSuchOrder
from shop.services.pdf.download import as_file
from shop.web.http.access import open_to
from shop.web.http.app_state import database
from shop.web.http.responses import redirect_with_flash

bp = Blueprint("documents_orders", __name__)

BOOKS = (*RUNS, Role.BENDAHARA)
"""Who keeps invoices."""
PAPERS = ("a6", "a4")
EACH = {"faktur": "invoices", "slip": "slips", "alamat": "labels"}
"""What can be asked for alone, by its word in the address (``?isi=``)."""


@bp.get("/kelola/<slug>/pesanan/cetak.pdf")
@open_to(desk(*PACKS, *BOOKS))
def stage_pdf(slug: str) -> ResponseReturnValue:
    """All papers of a stage: what to collect, invoices, slips, addresses."""
    place = current_desk()
    stage = next((one for one in PRINTED if one.value == request.args.get("tahap")), PRINTED[0])
    rights, wanted = rights_of(place.roles), request.args.get("isi")
    with database().reading() as session:
        papers = papers_of_orders(
            session,
            place.cooperative_id,
            rights,
            stage=stage,
            sees_money=place.may(*BOOKS),
        )
        is_picking = stage is Stage.PACK and wanted is None
        picks = pick_list(session, place.cooperative_id, [stage]) if is_picking else ()
    papers = _only(papers, wanted)
    if papers.is_empty:
        said = _("Belum ada yang bisa dicetak di tahap ini.")
        return redirect_with_flash(
            f"/kelola/{place.slug}/pesanan?tahap={stage.value}", said, "warn"
        )
    count = max(len(papers.slips), len(papers.invoices))
    now = in_zone(clock.now(), place.zone)
    made = print_orders(
        database(),
        papers,
        now=now,
        title=f"Pesanan {place.name}",
        paper=_paper(),
        picks=picks,
        about=f"{place.name} · {now:%d-%m-%Y %H.%M} · "
        + ngettext("%(n)s pesanan", "%(n)s pesanan", count, n=count),
    )
    return as_file(made, f"pesanan-{stage.value}-{now:%Y%m%d-%H%M}.pdf")


@bp.get("/kelola/<slug>/pesanan/<number>/cetak.pdf")
@open_to(desk(*PACKS, *BOOKS))
def order_pdf(slug: str, number: str) -> ResponseReturnValue:
    """The papers of one order."""
    place = current_desk()
    if read_order_number(number) != number:
        raise NoSuchOrder(number)
    with database().reading() as session:
        papers = papers_of_orders(
            session,
            place.cooperative_id,
            rights_of(place.roles),
            number=number,
            sees_money=place.may(*BOOKS),
        )
    papers = _only(papers, request.args.get("isi"))
    if papers.is_empty:
        raise NoSuchOrder(number)
    made = print_orders(
        database(), papers, title=f"Pesanan {number}", paper=_paper(), now=clock.now()
    )
    return as_file(made, f"{number.lower()}.pdf")


def _only(papers: Papers, wanted: str | None) -> Papers:
    """The one sort that was asked for; all of them for a word that nobody knows."""
    name = EACH.get(wanted or "")
    return Papers(**{name: getattr(papers, name)}) if name else papers


def _paper() -> str:
    """A page for each label, or four on a sheet; most home printers take A4 only."""
    wanted = request.args.get("kertas")
    return wanted if wanted in PAPERS else "a4"
