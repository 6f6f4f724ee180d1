"""The page where a maker says from how many packs on each is cheaper (rule R29)."""

from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form, FormField

from shop.catalog.listings.forms import PriceField
from shop.catalog.products.errors import StepsMoved
from shop.catalog.products.guards import product_editor, product_to_edit
from shop.catalog.products.rules import price_per_hundred, price_split, steps_text
from shop.catalog.variants.wholesale_prices import MAX_STEPS, Terms, set_steps, terms_of
from shop.core.database import settings_by_date
from shop.core.values import clock
from shop.core.values.clock import HOME_ZONE, day_in
from shop.core.values.money import Rupiah, format_rupiah, included_tax
from shop.core.values.text import MAX_PACKS
from shop.web.http.access import open_to
from shop.web.http.app_state import database
from shop.web.http.responses import redirect_with_flash
from shop.web.rendering.forms import CountField, HiddenLine, Rows, ShopForm

bp = Blueprint("catalog_wholesale", __name__)

FREE_ROWS = 2
"""Empty rows that stand ready below the steps there are."""


class StepForm(Form):
    """One step: from how many packs on, and what one costs then. Both empty: no step."""

    Meta = ShopForm.Meta
    mulai = CountField(
        _l("Mulai dari"),
        minimum=2,
        maximum=MAX_PACKS,
        render_kw={"inputmode": "numeric", "autocomplete": "off", "size": 6},
    )
    harga = PriceField(
        _l("Harga satuan"), render_kw={"inputmode": "numeric", "autocomplete": "off", "size": 9}
    )

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed in either field."""
        return not any(
            str(typed).strip() for one in (self.mulai, self.harga) for typed in one.raw_data or ()
        )


class StepsForm(ShopForm):
    """All steps of a product."""

    tadi = HiddenLine()
    """The steps that the page showed: others' changes are not written over unseen."""
    baris = Rows(FormField(StepForm), max_entries=2 * MAX_STEPS)

    @property
    def rows(self) -> list[Any]:
        """The typed rows; wtforms does not say what an entry's form is."""
        return [entry.form for entry in self.baris.entries]

    @property
    def steps(self) -> dict[int, int]:
        """What was typed, once it is right."""
        return {row.mulai.data: row.harga.data for row in self.rows if not row.is_empty}

    def validate_with(self, terms: Terms) -> bool:
        """Whether every step can be sold; sentences stand beside the fields that cannot."""
        if not self.validate():
            return False
        typed = [row for row in self.rows if not row.is_empty]
        for row in typed:
            if row.mulai.data is None:
                row.mulai.errors = [_("Tulis mulai dari berapa, misalnya 12.")]
            elif row.mulai.data <= terms.least_packs:
                row.mulai.errors = [
                    _(
                        "Pesanan paling sedikit sudah %(least)s. Tulis %(next)s atau lebih.",
                        least=terms.least_packs,
                        next=terms.least_packs + 1,
                    )
                ]
            if row.harga.data is None:
                row.harga.errors = [_("Tulis harga satuannya, misalnya 22rb.")]
            elif terms.highest is not None and row.harga.data >= terms.highest:
                row.harga.errors = [
                    _(
                        "Harga satuan biasa %(price)s. Tulis harga di bawahnya.",
                        price=format_rupiah(terms.highest),
                    )
                ]
        right = [row for row in typed if not row.mulai.errors and not row.harga.errors]
        _compare(right)
        if len(typed) > MAX_STEPS:
            typed[-1].mulai.errors = [
                _("Paling banyak %(most)s harga grosir. Kosongkan satu.", most=MAX_STEPS)
            ]
        return not any(row.mulai.errors or row.harga.errors for row in typed)

    def show(self, terms: Terms) -> None:
        """Stand a row for each step, and some to fill."""
        self.tadi.data = steps_text(terms.steps.items())
        for minimum, price in terms.steps.items():
            self.baris.append_entry({"mulai": minimum, "harga": price})
        for _free in range(min(FREE_ROWS, MAX_STEPS - len(terms.steps))):
            self.baris.append_entry({})


def _compare(rows: list[Any]) -> None:
    """Buying more must be cheaper, and each count stands there once."""
    before: Any = None
    for row in sorted(rows, key=lambda one: int(one.mulai.data)):
        if before is not None and row.mulai.data == before.mulai.data:
            row.mulai.errors = [
                _("Mulai dari %(least)s sudah ada di baris lain.", least=row.mulai.data)
            ]
        elif before is not None and row.harga.data >= before.harga.data:
            row.harga.errors = [
                _(
                    "Mulai dari %(least)s harganya sudah %(price)s. Tulis harga di bawahnya.",
                    least=before.mulai.data,
                    price=format_rupiah(before.harga.data),
                )
            ]
        before = row


@bp.get("/lapak/produk/<sku>/grosir")
@open_to(product_editor())
def wholesale(sku: str) -> ResponseReturnValue:
    """The steps there are, and room for more."""
    terms, form = _terms(), StepsForm()
    form.show(terms)
    return _page(form, terms)


@bp.post("/lapak/produk/<sku>/grosir")
@open_to(product_editor())
def save_wholesale(sku: str) -> ResponseReturnValue:
    """Add, change and stop steps: a row that was emptied is a step that ended."""
    terms, form, product = _terms(), StepsForm(), product_to_edit()
    if not form.validate_with(terms):
        return _page(form, terms), 422
    try:
        changed = database().write(
            lambda session: set_steps(
                session, product, steps=form.steps, seen=form.tadi.data or "", now=clock.now()
            )
        )
    except StepsMoved:
        there = _terms()
        return _page(form, there, moved=True), 422
    said = _("Harga grosir sudah disimpan.") if changed else _("Tidak ada yang berubah.")
    return redirect_with_flash(f"{product.here}/grosir", said)


def _terms() -> Terms:
    with database().reading() as session:
        return terms_of(session, product_to_edit().product_id)


def _page(form: StepsForm, terms: Terms, *, moved: bool = False) -> str:
    product = product_to_edit()
    for number, row in enumerate(form.rows, 1):
        row.mulai.label.text = _("Mulai dari, baris %(n)s", n=number)
        row.harga.label.text = _("Harga satuan, baris %(n)s", n=number)
    if moved:
        form.tadi.data = steps_text(terms.steps.items())
    with database().reading() as session:
        figures = settings_by_date.settings_on(session, day_in(HOME_ZONE, clock.now()))

    def reaches_maker(price: int) -> Rupiah:
        """Whatever the sale costs is the cooperative's to bear, never the maker's (rule R21)."""
        ppn = included_tax(price, figures)[1] if product.is_pkp else 0
        return price_split(price, product.contribution_bp, 0, 0, ppn).member

    return render_template(
        "catalog/variants/grosir.html",
        product=product,
        form=form,
        terms=terms,
        moved=moved,
        maximum=MAX_STEPS,
        # What stands on the product's page, and what of it reaches the maker.
        steps=[
            (
                minimum,
                price,
                price_per_hundred(price, terms.net_content, terms.net_unit),
                reaches_maker(price),
            )
            for minimum, price in terms.steps.items()
        ],
    )
