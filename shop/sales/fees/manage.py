"""The platform's fees: set by the operator, read by each cooperative."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import cast

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from shop.catalog.products.rules import CATEGORY_NAMES, PriceSplit, price_split
from shop.core.database import settings_by_date
from shop.core.values import clock
from shop.core.values.errors import NotFound
from shop.core.values.money import Rupiah, included_tax, tax_on_top
from shop.core.values.units import NotAPercentage, read_percent, write_percent
from shop.people.cooperatives.guards import current_desk, desk
from shop.people.sign_in.guards import current_person, operator
from shop.sales.fees.actions import set_fee
from shop.sales.fees.errors import FeeInThePast
from shop.sales.fees.forms import FeeForm
from shop.sales.fees.queries import Seller, fees_set, sellers
from shop.sales.fees.rules import fee_name, fee_rate_for
from shop.web.http.access import open_to
from shop.web.http.app_state import database
from shop.web.http.responses import redirect_with_flash

bp = Blueprint("fees_manage", __name__)

EXAMPLE = 25_000
"""Rupiah on which every fee is shown before it holds (rule R22)."""


@dataclass(frozen=True, slots=True)
class Example:
    """Where the example's money goes at one cooperative."""

    name: str
    fee_bp: int
    split: PriceSplit
    fee_ppn: Rupiah
    """PPN on the fee, where the platform charges it."""

    @property
    def margin_by_card(self) -> Rupiah:
        """What stays with the cooperative of a sale by card."""
        return Rupiah(self.split.margin - self.fee_ppn)

    @property
    def margin(self) -> Rupiah:
        """The same by transfer, which costs nothing."""
        return Rupiah(self.margin_by_card + self.split.cost)


@bp.get("/operator/biaya")
@open_to(operator())
def fees() -> ResponseReturnValue:
    """What holds today for everybody and each cooperative, and what was set."""
    asked = request.args
    try:
        fee_bp = read_percent(asked.get("persen", ""))
    except NotAPercentage:
        fee_bp = None
    form = FeeForm(
        mulai=_day(asked.get("mulai", "")),
        persen=fee_bp,
        koperasi=asked.get("koperasi", ""),
        kategori=asked.get("kategori", ""),
    )
    return _page(form, shown_bp=fee_bp)


@bp.post("/operator/biaya")
@open_to(operator())
def change() -> ResponseReturnValue:
    """Show a fee on the example, or let it hold when that is the button that was pressed."""
    form, person, now = FeeForm(), current_person(), clock.now()
    assert person is not None  # the guard let somebody in
    with database().reading() as session:
        form.offer(sellers(session))
    if not form.validate_together():
        return _page(form), 422
    assert form.mulai.data is not None  # it is required
    fee_bp = cast("int", form.persen.data)
    if "simpan" not in request.form:
        return redirect_with_flash(
            url_for(
                "fees_manage.fees",
                koperasi=form.koperasi.data,
                kategori=form.kategori.data,
                persen=write_percent(fee_bp),
                mulai=form.mulai.data.isoformat(),
            )
        )
    try:
        with database().writing() as session:
            set_fee(
                session,
                cooperative_id=form.cooperative_id,
                category_path=form.kategori.data or None,
                since=form.mulai.data,
                fee_bp=fee_bp,
                today=clock.day_in(clock.HOME_ZONE, now),
                now=now,
                person_id=person.id,
            )
    except FeeInThePast:
        form.mulai.errors = [_("Pilih hari ini atau sesudahnya; yang sudah terjual tidak berubah.")]
        return _page(form), 422
    return redirect_with_flash("/operator/biaya", _("Biaya tokonya dicatat."))


@bp.post("/operator/biaya/akhiri")
@open_to(operator())
def end() -> ResponseReturnValue:
    """Let the wider fee hold again from today on."""
    reach, person, now = request.form.get("untuk", ""), current_person(), clock.now()
    assert person is not None  # the guard let somebody in
    with database().writing() as session:
        narrow = next((one for one in fees_set(session) if one.reach == reach), None)
        if narrow is None or narrow.cooperative_id is None:
            raise NotFound
        set_fee(
            session,
            cooperative_id=narrow.cooperative_id,
            category_path=narrow.category_path or None,
            since=clock.day_in(clock.HOME_ZONE, now),
            fee_bp=None,
            today=clock.day_in(clock.HOME_ZONE, now),
            now=now,
            person_id=person.id,
        )
    return redirect_with_flash("/operator/biaya", _("Mulai hari ini biaya yang umum berlaku lagi."))


@bp.get("/kelola/<slug>/biaya")
@open_to(desk())
def own_fees(slug: str) -> ResponseReturnValue:
    """What the platform takes of this cooperative's sales."""
    own = current_desk().cooperative_id
    with database().reading() as session:
        figures = settings_by_date.settings_on(session, clock.day_in(clock.HOME_ZONE, clock.now()))
        me = [one for one in sellers(session) if one.cooperative_id == own]
        return render_template(
            "sales/fees/biaya.html",
            rows=_rows(me, figures),
            fees=fees_set(session, own),
            names={own: me[0].name},
            form=None,
            preview=None,
            **_words(),
        )


def _day(typed: str) -> date:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return clock.day_in(clock.HOME_ZONE, clock.now())


def _page(form: FeeForm, *, shown_bp: int | None = None) -> str:
    with database().reading() as session:
        figures = settings_by_date.settings_on(session, clock.day_in(clock.HOME_ZONE, clock.now()))
        everybody = sellers(session)
        form.offer(everybody)
        preview = None
        if shown_bp is not None:
            told = [one for one in everybody if form.koperasi.data in ("", str(one.cooperative_id))]
            path = form.kategori.data if form.kategori.data in CATEGORY_NAMES else None
            name = fee_name(told[0].cooperative_id if form.koperasi.data and told else None, path)
            preview = _rows(told, {**figures, name: shown_bp}, path or "")
        return render_template(
            "sales/fees/biaya.html",
            rows=_rows(everybody, figures),
            fees=fees_set(session),
            names={one.cooperative_id: one.name for one in everybody},
            form=form,
            preview=preview,
            **_words(),
        )


def _rows(
    told: list[Seller] | tuple[Seller, ...], figures: Mapping[str, int], path: str = ""
) -> list[Example]:
    """The example of each cooperative, taxes and the cost of a card with it."""
    found = []
    for one in told:
        fee_bp = fee_rate_for(figures, one.cooperative_id, path)
        ppn = included_tax(EXAMPLE, figures)[1] if one.is_pkp else 0
        split = price_split(EXAMPLE, one.contribution_bp, fee_bp, figures["card_cost_bp"], ppn)
        on_fee = tax_on_top(split.fee, figures) if figures["platform_is_pkp"] else Rupiah(0)
        found.append(Example(one.name, fee_bp, split, on_fee))
    return found


def _words() -> dict[str, object]:
    return {
        "today": clock.day_in(clock.HOME_ZONE, clock.now()),
        "example": EXAMPLE,
        "percent": write_percent,
        "categories": CATEGORY_NAMES,
    }
