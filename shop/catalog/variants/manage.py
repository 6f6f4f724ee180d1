"""The page where a maker says what packs differ in, and what each costs and weighs."""

import re
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Form, FormField, ValidationError

from shop.catalog.listings.forms import PriceField
from shop.catalog.products.errors import NothingOffered, SkuTaken
from shop.catalog.products.guards import product_editor, product_to_edit
from shop.catalog.variants.actions import Arrangement, Pack, WantedPack, arrange, arrangement_of
from shop.catalog.variants.rules import (
    LONGEST_OPTION,
    MAX_AXES,
    MAX_COMBINATIONS,
    Axis,
    ChoiceFault,
    Pair,
    UnclearChoice,
    checked_axes,
    combinations,
    pack_name,
    read_options,
    same,
    take_over,
)
from shop.core.values import clock
from shop.core.values.money import Rupiah
from shop.web.http.access import open_to
from shop.web.http.app_state import database
from shop.web.http.responses import redirect_with_flash
from shop.web.rendering.forms import CountField, HiddenLine, PlainText, Required, Rows, ShopForm

bp = Blueprint("catalog_choices", __name__)

MAX_GRAMS = 50_000
MAX_OPENING_STOCK = 1_000_000


class PackForm(Form):
    """One combination: whether it is sold, for how much, how heavy, under which code."""

    Meta = ShopForm.Meta
    pertama = HiddenLine()
    kedua = HiddenLine()
    dijual = BooleanField(_l("Dijual"), default=True)
    harga = PriceField(_l("Harga"), [Required(_l("Tulis harganya, misalnya 25rb."))])
    berat = CountField(
        _l("Berat dengan kemasan"),
        [Required(_l("Tulis beratnya dalam gram, misalnya 280."))],
        maximum=MAX_GRAMS,
        render_kw={"inputmode": "numeric", "size": 6},
    )
    kode = PlainText(
        _l("Kode (SKU)"),
        max_length=60,
        render_kw={"autocapitalize": "characters", "spellcheck": "false"},
    )
    stok = CountField(
        _l("Stok awal"),
        minimum=0,
        maximum=MAX_OPENING_STOCK,
        render_kw={"inputmode": "numeric", "size": 7},
    )

    @property
    def pair(self) -> Pair:
        """The combination this row is about."""
        return str(self.pertama.data or ""), str(self.kedua.data or "")

    def validate_kode(self, field: PlainText) -> None:
        """A code stands in addresses and on labels."""
        field.data = (field.data or "").upper()
        if field.data and not re.fullmatch(r"[A-Z0-9][A-Z0-9._-]*", field.data):
            raise ValidationError(
                _("Kode hanya huruf, angka, titik dan garis, misalnya KPS-003-HALUS.")
            )


class ChoicesForm(ShopForm):
    """Up to two choices with their options, and a row for each combination."""

    nama_1 = PlainText(_l("Pilihan pertama"), max_length=40, description=_l("Misalnya giling."))
    isi_1 = PlainText(
        _l("Isi pilihan pertama"),
        max_length=2_000,
        description=_l("Pisahkan dengan koma, misalnya halus, sedang, kasar."),
    )
    nama_2 = PlainText(_l("Pilihan kedua"), max_length=40, description=_l("Misalnya ukuran."))
    isi_2 = PlainText(
        _l("Isi pilihan kedua"),
        max_length=2_000,
        description=_l("Pisahkan dengan koma, misalnya 250 g, 500 g."),
    )
    baris = Rows(FormField(PackForm), max_entries=2 * MAX_COMBINATIONS)

    def typed_axes(self) -> list[Axis]:
        """The choices as they were typed; one that no field of ours asks for is a third."""
        found = [
            Axis(str(self[f"nama_{n}"].data or ""), read_options(str(self[f"isi_{n}"].data or "")))
            for n in range(1, MAX_AXES + 1)
        ]
        more = [key for key in request.form if re.fullmatch(r"(nama|isi)_[3-9]", key)]
        return found + [Axis(key, (key,)) for key in more if request.form[key].strip()]

    def complain(self, refusal: UnclearChoice) -> None:
        """Say beside the field what is wrong with the choices."""
        place = min(refusal.axis, MAX_AXES - 1) + 1
        is_about_name = refusal.fault in (
            ChoiceFault.NO_NAME,
            ChoiceFault.SAME_NAME,
            ChoiceFault.TOO_MANY_CHOICES,
        )
        field = self[f"{'nama' if is_about_name else 'isi'}_{place}"]
        field.errors = [_fault_words(refusal)]

    def show(self, pairs: list[Pair], rows: dict[Pair, dict[str, Any]]) -> None:
        """Stand one row for each combination, with what is known of it."""
        while self.baris.entries:
            self.baris.pop_entry()
        for pair in pairs:
            self.baris.append_entry({"pertama": pair[0], "kedua": pair[1], **rows.get(pair, {})})


@bp.get("/lapak/produk/<sku>/pilihan")
@open_to(product_editor())
def choices_page(sku: str) -> ResponseReturnValue:
    """The packs as they are."""
    there, form = _there(), ChoicesForm()
    for n, axis in enumerate(there.axes, 1):
        form[f"nama_{n}"].data, form[f"isi_{n}"].data = axis.name, ", ".join(axis.options)
    pairs = combinations(there.axes)
    form.show(pairs, _known(there, pairs))
    return _page(form, there)


@bp.post("/lapak/produk/<sku>/pilihan")
@open_to(product_editor())
def save_choices(sku: str) -> ResponseReturnValue:
    """Sell the product in these packs; changed choices are first laid out to be priced."""
    there, form, product = _there(), ChoicesForm(), product_to_edit()
    is_right = form.validate()
    try:
        axes = checked_axes(form.typed_axes())
    except UnclearChoice as refusal:
        form.complain(refusal)
        return _page(form, there), 422
    pairs = combinations(axes)
    rows = [entry.form for entry in form.baris.entries]
    if "susun" in request.form or [row.pair for row in rows] != pairs:
        form.show(pairs, {**_known(there, pairs), **_typed(rows, pairs)})
        return _page(form, there, is_laid_out=True), 422
    if not is_right:
        return _page(form, there), 422
    try:
        with database().writing() as session:
            arrange(session, product, axes, [_wanted(row) for row in rows], now=clock.now())
    except SkuTaken as refusal:
        for row in rows:
            if row.kode.data == refusal.sku:
                row.kode.errors = [
                    _("Kode %(sku)s sudah dipakai. Tulis kode lain.", sku=refusal.sku)
                ]
        return _page(form, there, taken=refusal), 422
    except NothingOffered:
        rows[0].dijual.errors = [_("Paling sedikit satu harus dijual selama produknya terbit.")]
        return _page(form, there), 422
    return redirect_with_flash(f"{product.here}/pilihan", _("Pilihan dan harga sudah disimpan."))


def _there() -> Arrangement:
    with database().reading() as session:
        return arrangement_of(session, product_to_edit().product_id)


def _packs(there: Arrangement, pairs: list[Pair]) -> dict[Pair, Pack]:
    """Which pack that exists goes on as which combination."""
    seen = {pack.variant_id: pack.pair for pack in there.packs if not pack.is_hidden}
    by_id = {pack.variant_id: pack for pack in there.packs}
    hidden = {same(pack.pair): pack for pack in there.packs if pack.is_hidden}
    found = {pair: by_id[key] for pair, key in take_over(seen, pairs).items()}
    return {pair: hidden[same(pair)] for pair in pairs if same(pair) in hidden} | found


def _known(there: Arrangement, pairs: list[Pair]) -> dict[Pair, dict[str, Any]]:
    """A row for each combination: of its pack, or like the first pack where it is new."""
    known, first = _packs(there, pairs), there.packs[0] if there.packs else None
    rows: dict[Pair, dict[str, Any]] = {}
    for pair in pairs:
        pack = known.get(pair)
        like = pack or first
        rows[pair] = {
            "harga": like.price if like else None,
            "berat": (like.gross_grams if like else 0) or None,
            "kode": pack.sku if pack else "",
            "dijual": pack is None or not pack.is_hidden,
            "stok": None if pack else 0,
        }
    return rows


def _typed(rows: list[Any], pairs: list[Pair]) -> dict[Pair, dict[str, Any]]:
    """What was typed into rows that stay, as far as it could be read."""
    names = ("harga", "berat", "kode", "dijual", "stok")
    by_pair = {same(row.pair): row for row in rows}
    return {
        pair: {name: by_pair[same(pair)][name].data for name in names}
        for pair in pairs
        if same(pair) in by_pair
    }


def _wanted(row: Any) -> WantedPack:
    return WantedPack(
        pair=row.pair,
        price=Rupiah(row.harga.data),
        gross_grams=row.berat.data,
        is_offered=bool(row.dijual.data),
        sku=row.kode.data or None,
        opening=row.stok.data or 0,
    )


def _page(
    form: ChoicesForm,
    there: Arrangement,
    *,
    is_laid_out: bool = False,
    taken: SkuTaken | None = None,
) -> str:
    rows = [entry.form for entry in form.baris.entries]
    known = _packs(there, [row.pair for row in rows])
    return render_template(
        "catalog/variants/pilihan.html",
        product=product_to_edit(),
        form=form,
        rows=[(row, pack_name(row.pair), known.get(row.pair)) for row in rows],
        is_laid_out=is_laid_out,
        taken=taken,
        maximum=MAX_COMBINATIONS,
    )


def _fault_words(refusal: UnclearChoice) -> str:
    words = {
        ChoiceFault.NO_NAME: _("Tulis namanya, misalnya ukuran."),
        ChoiceFault.NO_VALUE: _("Tulis isinya, misalnya 250 g, 500 g; atau kosongkan namanya."),
        ChoiceFault.SAME_NAME: _("Namanya sama dengan pilihan pertama. Tulis nama lain."),
        ChoiceFault.TWICE: _("“%(what)s” ada dua kali. Hapus salah satu.", what=refusal.what),
        ChoiceFault.LONG: _(
            "“%(what)s” terlalu panjang: paling banyak %(most)s huruf.",
            what=refusal.what[:60],
            most=LONGEST_OPTION,
        ),
        ChoiceFault.TOO_MANY_CHOICES: _(
            "Paling banyak dua pilihan, misalnya giling dan ukuran. Hapus yang ketiga."
        ),
        ChoiceFault.TOO_MANY_COMBINATIONS: _(
            "Ini menjadi %(count)s kombinasi; paling banyak %(most)s. Kurangi isinya.",
            count=refusal.what,
            most=MAX_COMBINATIONS,
        ),
    }
    return str(words[refusal.fault])
