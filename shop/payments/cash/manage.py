"""*Kas* at a cooperative's desk: what is still on the road, in the drawer, and owed as fee."""

from typing import cast

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from shop.core.values import clock
from shop.core.values.codes import read_order_number
from shop.core.values.money import Rupiah, format_rupiah
from shop.core.values.units import Grams
from shop.payments.cash import actions
from shop.payments.cash.errors import CashMoved
from shop.payments.cash.forms import TermsForm
from shop.payments.cash.models import CashState
from shop.payments.cash.queries import rows_of, sums_of, terms_of
from shop.people.cooperatives.guards import current_desk, desk
from shop.people.cooperatives.rules import KNOWS_MEMBERS, RUNS, Role
from shop.shipping.delivery_desk.queries import rounds_of
from shop.web.http.access import open_to
from shop.web.http.app_state import database
from shop.web.http.responses import redirect_with_flash, render_invalid

bp = Blueprint("cash_manage", __name__)

LISTS = {
    "jalan": CashState.COLLECTED,
    "laci": CashState.HANDED_OVER,
    "belum": CashState.ASKED,
}
"""What the page can list, by its word in the address."""


@bp.get("/kelola/<slug>/kas")
@open_to(desk(*KNOWS_MEMBERS))
def drawer(slug: str) -> ResponseReturnValue:
    """The four figures, and the parcels behind one of them."""
    mine = current_desk()
    chosen = request.args.get("lihat", "")
    chosen = chosen if chosen in LISTS else "jalan"
    after = request.args.get("setelah")
    with database().reading() as session:
        return render_template(
            "payments/cash/kas.html",
            sums=sums_of(session, mine.cooperative_id),
            page=rows_of(session, mine.cooperative_id, LISTS[chosen], after),
            chosen=chosen,
            is_first=after is None,
            takes_cash=bool(terms_of(session, [mine.cooperative_id])),
            may_take=mine.may(Role.BENDAHARA),
            may_set=mine.may(*RUNS),
            here=f"/kelola/{slug}/kas",
            zone=mine.zone,
        )


@bp.post("/kelola/<slug>/kas/<number>/terima")
@open_to(desk(Role.BENDAHARA))
def take(slug: str, number: str) -> ResponseReturnValue:
    """The treasurer counted the cash of one parcel into the drawer."""
    mine, here = current_desk(), f"/kelola/{slug}/kas"
    wanted = read_order_number(number) or ""

    def work(session: Session) -> Rupiah:
        return actions.hand_over(
            session,
            cooperative_id=mine.cooperative_id,
            number=wanted,
            person_id=mine.person_id,
            now=clock.now(),
        )

    try:
        amount = database().write(work)
    except CashMoved:
        return redirect_with_flash(here, _("Sudah tercatat sebelumnya."))
    said = _("%(sum)s dari %(number)s masuk laci.", sum=format_rupiah(amount), number=wanted)
    return redirect_with_flash(here, said)


@bp.get("/kelola/<slug>/kas/batas")
@open_to(desk(*RUNS))
def terms(slug: str) -> ResponseReturnValue:
    """Up to where this cooperative takes cash."""
    mine = current_desk().cooperative_id
    with database().reading() as session:
        found = terms_of(session, [mine]).get(mine)
    if found is None:
        return _terms_page(TermsForm.usual())
    return _terms_page(
        TermsForm.usual(antar=found.at_door, ambil=found.pickup_most, berat=found.grams_most)
    )


@bp.post("/kelola/<slug>/kas/batas")
@open_to(desk(*RUNS))
def set_terms(slug: str) -> ResponseReturnValue:
    """Change it; orders that were placed stay as they are."""
    mine, form = current_desk(), TermsForm()
    if not form.validate():
        return render_invalid("payments/cash/batas.html", form, **_around())

    def work(session: Session) -> None:
        actions.set_terms(
            session,
            cooperative_id=mine.cooperative_id,
            at_door=bool(form.antar.data),
            pickup_most=cast("Rupiah | None", form.ambil.data),
            grams_most=cast("Grams", form.berat.data),
            person_id=mine.person_id,
            now=clock.now(),
        )

    database().write(work)
    return redirect_with_flash(
        f"/kelola/{slug}/kas/batas", _("Tersimpan. Berlaku untuk pesanan berikutnya.")
    )


def _terms_page(form: TermsForm) -> str:
    return render_template("payments/cash/batas.html", form=form, **_around())


def _around() -> dict[str, object]:
    mine = current_desk()
    with database().reading() as session:
        rounds = rounds_of(session, mine.cooperative_id)
    return {
        "rounds": [one for one in rounds if not one.is_closed],
        "here": f"/kelola/{mine.slug}/kas",
        "ways": f"/kelola/{mine.slug}/ongkir",
    }
