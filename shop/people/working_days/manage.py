"""The desk's calendar: its weekend, the holidays to come, and closing for a while."""

from datetime import date, timedelta
from typing import cast

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from wtforms import DateField, ValidationError

from shop.core.formats.indonesia import holidays
from shop.core.values import clock
from shop.people.cooperatives.errors import ClosingOverlaps
from shop.people.cooperatives.guards import current_desk, desk
from shop.people.cooperatives.rules import LONGEST_CLOSING, RUNS, Calendar
from shop.people.working_days.actions import plan_closing, set_weekend, withdraw_closing
from shop.people.working_days.queries import calendar_of
from shop.web.http.access import open_to
from shop.web.http.app_state import database
from shop.web.http.responses import redirect_with_flash
from shop.web.rendering.forms import PlainText, Required, ShopForm
from shop.web.rendering.template_filters import written_day

bp = Blueprint("cooperatives_manage_calendar", __name__)

SHOWS_HOLIDAYS = timedelta(days=120)
FARTHEST = timedelta(days=400)
MIN_WORKING_DAYS = 1


def _today() -> date:
    return clock.day_in(current_desk().zone, clock.now())


class ClosingForm(ShopForm):
    """From when to when, and what shoppers read."""

    terakhir = DateField(
        _l("Kirim terakhir"),
        [Required(_l("Pilih hari kirim terakhir."))],
        description=_l("Sesudah hari ini pembeli tidak bisa memesan."),
    )
    buka = DateField(_l("Buka lagi"), [Required(_l("Pilih hari buka lagi."))])
    catatan = PlainText(
        _l("Catatan untuk pembeli"),
        max_length=200,
        description=_l("Misalnya: Kami pulang kampung untuk Lebaran."),
    )

    def validate_terakhir(self, field: DateField) -> None:
        """From yesterday on: who has to close at once closes today."""
        today = _today()
        if field.data is not None and not today - timedelta(days=1) <= field.data <= (
            today + FARTHEST
        ):
            raise ValidationError(_("Pilih kemarin, hari ini, atau hari dalam setahun ke depan."))

    def validate_buka(self, field: DateField) -> None:
        """At least one day is closed, and not for ever."""
        first = self.terakhir.data
        if field.data is None or first is None:
            return
        if field.data <= first + timedelta(days=1):
            raise ValidationError(_("Buka lagi paling cepat dua hari sesudah kirim terakhir."))
        if field.data - first > LONGEST_CLOSING:
            raise ValidationError(_("Paling lama %(n)s hari sekali tutup.", n=LONGEST_CLOSING.days))


@bp.get("/kelola/<slug>/kalender")
@open_to(desk())
def days(slug: str) -> ResponseReturnValue:
    """On which days the cooperative works."""
    return _page(ClosingForm())


@bp.post("/kelola/<slug>/kalender")
@open_to(desk(*RUNS))
def close_for_a_while(slug: str) -> ResponseReturnValue:
    """Plan a closing ahead."""
    place, form = current_desk(), ClosingForm()
    if not form.validate():
        return _page(form), 422
    last_sending = cast("date", form.terakhir.data)
    reopens = cast("date", form.buka.data)

    def plan(session: Session) -> None:
        plan_closing(
            session,
            cooperative_id=place.cooperative_id,
            last_sending=last_sending,
            reopens=reopens,
            note=form.catatan.data or None,
            person_id=place.person_id,
            now=clock.now(),
        )

    try:
        database().write(plan)
    except ClosingOverlaps as refusal:
        form.terakhir.errors = [
            _(
                "Sudah ada rencana tutup: kirim terakhir %(last)s, buka lagi %(first)s."
                " Batalkan dulu, atau pilih hari lain.",
                last=written_day(refusal.last_sending),
                first=written_day(refusal.reopens),
            )
        ]
        return _page(form), 422
    return redirect_with_flash(
        f"/kelola/{place.slug}/kalender",
        _("Tersimpan: kirim terakhir %(day)s.", day=written_day(last_sending)),
    )


@bp.post("/kelola/<slug>/kalender/<int:closing_id>/batal")
@open_to(desk(*RUNS))
def open_after_all(slug: str, closing_id: int) -> ResponseReturnValue:
    """Take a closing back."""
    place = current_desk()

    def withdraw(session: Session) -> None:
        withdraw_closing(
            session,
            cooperative_id=place.cooperative_id,
            closing_id=closing_id,
            person_id=place.person_id,
            now=clock.now(),
        )

    database().write(withdraw)
    return redirect_with_flash(f"/kelola/{place.slug}/kalender", _("Rencana tutup dibatalkan."))


@bp.post("/kelola/<slug>/kalender/libur")
@open_to(desk(*RUNS))
def choose_weekend(slug: str) -> ResponseReturnValue:
    """Say on which days of the week the cooperative rests."""
    place = current_desk()
    ticked = set(request.form.getlist("libur"))
    if not ticked <= set("1234567") or len(ticked) > 7 - MIN_WORKING_DAYS:
        return _page(ClosingForm(), wrong_weekend=True), 422

    def choose(session: Session) -> None:
        set_weekend(
            session,
            cooperative_id=place.cooperative_id,
            weekend="".join(sorted(ticked)),
            person_id=place.person_id,
            now=clock.now(),
        )

    database().write(choose)
    return redirect_with_flash(
        f"/kelola/{place.slug}/kalender", _("Hari libur mingguan tersimpan.")
    )


def _page(form: ClosingForm, *, wrong_weekend: bool = False) -> str:
    place, today = current_desk(), _today()
    with database().reading() as session:
        found: Calendar = calendar_of(session, place.cooperative_id, today)
    last = today + SHOWS_HOLIDAYS
    return render_template(
        "people/working_days/kalender.html",
        form=form,
        calendar=found,
        today=today,
        wrong_weekend=wrong_weekend,
        planned=[time for time in found.closed_times if time.reopens > today],
        holidays=[
            (day, name)
            for year in sorted({today.year, last.year})
            for day, name in sorted(holidays(year).items())
            if today <= day <= last
        ],
        may_act=place.may(*RUNS),
        here=f"/kelola/{place.slug}/kalender",
        shipping=f"/kelola/{place.slug}/ongkir",
    )
