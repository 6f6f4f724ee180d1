"""The desk looks at papers: which numbers wait to be checked, which end soon; and at batches."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from wtforms import SelectField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # stubs lag

from shop.catalog.packaging.errors import ClaimMoved, NothingToCheck
from shop.catalog.packaging.rules import Claim, PaperFault
from shop.catalog.packaging.words import FAULT_WORDS, fault_word, paper_word
from shop.catalog.permits.actions import decide
from shop.catalog.permits.expiring_batches import expiring
from shop.catalog.permits.queries import Paper, PermitFilter, count_papers, paper_of, papers
from shop.core.values import clock
from shop.core.values.clock import day_in
from shop.people.accounts.queries import names_of
from shop.people.cooperatives.guards import current_desk, desk
from shop.people.cooperatives.rules import RUNS
from shop.web.http.access import open_to
from shop.web.http.app_state import database
from shop.web.http.responses import redirect_with_flash
from shop.web.rendering.forms import HiddenLine, ShopForm

bp = Blueprint("catalog_papers", __name__)

RIGHT, WRONG = "cocok", "tolak"


class PaperForm(ShopForm):
    """What a manager makes of one paper, and how it stood on the page."""

    jenis = HiddenLine()
    nomor = HiddenLine()
    status = HiddenLine()
    putusan = HiddenLine()
    alasan = SelectField(
        _l("Kalau ditolak, kenapa?"),
        choices=[
            SelectChoice("", _l("Pilih alasannya")),
            *(SelectChoice(fault.value, word) for fault, word in FAULT_WORDS.items()),
        ],
        default="",
    )

    def validate_alasan(self, field: SelectField) -> None:
        """Who refuses says why: the maker has to mend it."""
        if self.putusan.data == WRONG and not field.data:
            raise ValidationError(
                _("Pilih alasannya, supaya pembuat tahu apa yang harus dibetulkan.")
            )


@bp.get("/kelola/<slug>/izin")
@open_to(desk())
def paper_list(slug: str) -> ResponseReturnValue:
    """Permits and certificates: what waits, what ends soon, what is over, what was checked."""
    return _page()


@bp.post("/kelola/<slug>/produk/<sku>/izin")
@open_to(desk(*RUNS))
def decide_paper(slug: str, sku: str) -> ResponseReturnValue:
    """The paper was seen: stand for its number, or say what is wrong with it."""
    place, form = current_desk(), PaperForm()
    now = clock.now()
    today = day_in(place.zone, now)
    with database().reading() as session:
        paper = paper_of(
            session,
            place.cooperative_id,
            sku[:80],
            form.jenis.data or "",
            form.nomor.data or "",
            today,
        )
    is_right = form.validate()
    if form.putusan.data not in (RIGHT, WRONG):
        form.alasan.errors = [_("Tekan salah satu: dokumen cocok, atau tolak dengan alasannya.")]
        return _page(form, paper), 422
    if not is_right:
        return _page(form, paper), 422
    fault = PaperFault(form.alasan.data) if form.putusan.data == WRONG else None

    def look(session: Session) -> None:
        decide(
            session,
            paper,
            was=_claim(form.status.data),
            fault=fault,
            cooperative_id=place.cooperative_id,
            person_id=place.person_id,
            now=now,
            today=today,
        )

    here = f"/kelola/{place.slug}/izin"
    name = f"{paper_word(paper.kind)} {paper.number}"
    try:
        database().write(look)
    except ClaimMoved:
        return redirect_with_flash(
            here,
            _("%(name)s sudah diputus orang lain atau nomornya baru diganti.", name=name),
            "warn",
        )
    except NothingToCheck:
        return redirect_with_flash(
            here, _("%(name)s sudah lewat masa berlakunya: minta nomor baru.", name=name), "warn"
        )
    if fault:
        said = _("%(name)s ditolak: %(why)s.", name=name, why=fault_word(fault))
    else:
        said = _("%(name)s tercatat diperiksa.", name=name)
    return redirect_with_flash(here, said)


@bp.get("/kelola/<slug>/kedaluwarsa")
@open_to(desk())
def expiring_list(slug: str) -> ResponseReturnValue:
    """Batches whose last day is near, while their goods lie on the shelf."""
    place = current_desk()
    after = request.args.get("setelah")
    with database().reading() as session:
        page = expiring(
            session,
            day_in(place.zone, clock.now()),
            cooperative_id=place.cooperative_id,
            after=after,
        )
    return render_template(
        "catalog/permits/kedaluwarsa.html",
        page=page,
        is_first=after is None,
        here=f"/kelola/{place.slug}/kedaluwarsa",
        home=f"/kelola/{place.slug}/produk",
    )


def _claim(text: str | None) -> Claim:
    """How the paper stood on the page; what nobody could have seen there matches nothing."""
    return Claim(text) if text in tuple(Claim) else Claim.LAPSED


def _pile() -> PermitFilter:
    wanted = request.args.get("lihat")
    return PermitFilter(wanted) if wanted in tuple(PermitFilter) else PermitFilter.WAITING


def _page(form: PaperForm | None = None, wrong: Paper | None = None) -> str:
    place, pile, after = current_desk(), _pile(), request.args.get("setelah")
    today = day_in(place.zone, clock.now())
    with database().reading() as session:
        page = papers(session, place.cooperative_id, pile, today, after)
        names = names_of(session, [one.checked_by_id for one in page.rows if one.checked_by_id])
        counts = count_papers(session, place.cooperative_id, today)
    return render_template(
        "catalog/permits/izin.html",
        # A refused decision stands alone on top, with what was chosen.
        rows=(wrong,) if wrong else page.rows,
        next_cursor=None if wrong else page.next_cursor,
        is_first=after is None,
        form=form,
        counts=counts,
        pile=pile,
        piles=PermitFilter,
        names=names,
        today=today,
        zone=place.zone,
        may_act=place.may(*RUNS),
        faults=FAULT_WORDS,
        here=f"/kelola/{place.slug}/izin",
        goods=f"/kelola/{place.slug}/produk",
        paper_word=paper_word,
        fault_word=fault_word,
    )
