"""Price and stock of one product for its maker: three taps from the list of goods."""

import re
from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from wtforms import Form, FormField, RadioField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # stubs lag

from shop.catalog.inventory import actions as inventory
from shop.catalog.inventory.errors import BelowHeld
from shop.catalog.inventory.models import MovementReason
from shop.catalog.inventory.queries import movements, shelves, sold
from shop.catalog.listings.forms import PriceField
from shop.catalog.products.actions import set_price
from shop.catalog.products.edit_context import record_edit
from shop.catalog.products.guards import product_editor, product_to_edit
from shop.catalog.products.words import reason_word
from shop.catalog.variants.actions import Pack, arrangement_of
from shop.catalog.variants.rules import MAX_COMBINATIONS, pack_name
from shop.core.values import clock
from shop.core.values.errors import NotFound
from shop.core.values.money import Rupiah
from shop.core.values.text import InvalidCount, parse_count
from shop.people.accounts.queries import names_of
from shop.web.http.access import open_to
from shop.web.http.app_state import database
from shop.web.http.responses import redirect_with_flash
from shop.web.rendering.forms import CountField, HiddenLine, Required, Rows, ShopForm

bp = Blueprint("catalog_stock_of_product", __name__)

MAX_CHANGE_PACKS = 100_000


class ChangeField(StringField):
    """So many packs more or less: ``5``, ``+5``, ``-2``."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the sign and the count; what was typed stays in the field."""
        typed = (valuelist[0] if valuelist else "").strip()
        self.data: Any = None
        if not typed:
            return
        found = re.fullmatch(r"([+\-\u2212]?) ?([0-9]{1,6})", typed)
        try:
            count = parse_count(found[2] if found else typed, minimum=0, maximum=MAX_CHANGE_PACKS)
        except InvalidCount as refusal:
            raise ValueError(
                _("Tulis angka bulat, misalnya 5 kalau bertambah atau -2 kalau berkurang.")
            ) from refusal
        self.data = -count if found and found[1] in ("-", "\u2212") else count

    def _value(self) -> str:
        return str(self.raw_data[0]) if self.raw_data else ""


class ShelfForm(Form):
    """One pack: what it costs, and how many came or went."""

    Meta = ShopForm.Meta
    kode = HiddenLine()
    tadi = HiddenLine()
    """The price that the page showed: one that stays as it was is not written over another's."""
    harga = PriceField(_l("Harga"), [Required(_l("Tulis harganya, misalnya 25rb."))])
    ubah = ChangeField(
        _l("Stok bertambah atau berkurang"),
        description=_l("Misalnya 5, atau -2 kalau berkurang."),
        render_kw={"autocomplete": "off", "size": 7},
    )
    menipis = CountField(
        _l("Kabari kalau tinggal"),
        minimum=0,
        maximum=MAX_CHANGE_PACKS,
        description=_l("Anda dan pengurus dikabari sekali tiap kali stoknya turun sampai sini."),
        render_kw={"inputmode": "numeric", "autocomplete": "off", "size": 7},
    )


class PriceAndStockForm(ShopForm):
    """The packs of a product, and why their shelves changed."""

    baris = Rows(FormField(ShelfForm), max_entries=2 * MAX_COMBINATIONS)
    alasan = RadioField(
        _l("Kenapa stoknya berubah?"),
        choices=[
            SelectChoice(MovementReason.PRODUCED.value, _l("Barang baru masuk")),
            SelectChoice(MovementReason.COUNTED.value, _l("Dihitung ulang")),
            SelectChoice(MovementReason.DAMAGED.value, _l("Rusak")),
            SelectChoice(MovementReason.LOST.value, _l("Hilang")),
            SelectChoice(MovementReason.SAMPLE.value, _l("Dipakai sebagai contoh")),
        ],
        default=MovementReason.PRODUCED.value,
    )


@bp.get("/lapak/produk/<sku>/stok")
@open_to(product_editor())
def price_and_stock(sku: str) -> ResponseReturnValue:
    """What each pack costs, how many there are, and every change of it."""
    packs, form = _packs(), PriceAndStockForm()
    for pack in packs:
        form.baris.append_entry(
            {
                "kode": pack.sku,
                "tadi": str(pack.price),
                "harga": pack.price,
                "menipis": pack.low_at,
            }
        )
    return _page(form, packs)


@bp.post("/lapak/produk/<sku>/stok")
@open_to(product_editor())
def save_price_and_stock(sku: str) -> ResponseReturnValue:
    """Change prices, and put packs on the shelf or take them away."""
    packs, form, product = _packs(), PriceAndStockForm(), product_to_edit()
    is_right = form.validate()
    rows: list[Any] = [entry.form for entry in form.baris.entries]
    known = {pack.sku: pack for pack in packs}
    if any(row.kode.data not in known for row in rows):
        raise NotFound
    if not is_right:
        return _page(form, packs), 422
    # In id order, as everybody who touches several shelves.
    rows_in_turn = sorted(rows, key=lambda row: known[row.kode.data].variant_id)
    at: list[Any] = []

    def save(session: Session) -> None:
        now = clock.now()
        prices, warnings = dict[str, dict[str, int]](), dict[str, dict[str, int]]()
        for row in rows_in_turn:
            pack, price = known[row.kode.data], int(row.harga.data)
            at[:] = [row, pack]
            if row.ubah.data:
                inventory.change_by(
                    session,
                    variant_id=pack.variant_id,
                    cooperative_id=product.cooperative_id,
                    change=row.ubah.data,
                    reason=MovementReason(form.alasan.data),
                    person_id=product.person_id,
                    now=now,
                )
            if row.menipis.data not in (None, pack.low_at):
                changed = inventory.set_low_stock_threshold(
                    session,
                    variant_id=pack.variant_id,
                    cooperative_id=product.cooperative_id,
                    low_at=row.menipis.data,
                )
                if changed:
                    warnings[pack.sku] = {"from": changed[0], "to": changed[1]}
            if str(price) != row.tadi.data and price != pack.price:
                set_price(session, pack.variant_id, Rupiah(price))
                prices[pack.sku] = {"from": pack.price, "to": price}
        if prices:
            record_edit(session, product, "price_changed", now=now, after={"prices": prices})
        if warnings:
            record_edit(session, product, "low_at_changed", now=now, after={"low_at": warnings})

    try:
        database().write(save)
    except BelowHeld as refusal:
        row, pack = at
        with database().reading() as session:
            there = shelves(session, [pack.variant_id])[pack.variant_id]
        row.ubah.errors = [
            _(
                "Di rak ada %(on_hand)s, dan %(held)s sedang ditahan untuk pembeli yang belum"
                " bayar: paling banyak %(free)s dapat dikurangi.",
                on_hand=there.on_hand,
                held=refusal.held,
                free=there.available,
            )
        ]
        return _page(form, _packs()), 422
    return redirect_with_flash(f"{product.here}/stok", _("Harga dan stok sudah disimpan."))


def _packs() -> list[Pack]:
    with database().reading() as session:
        found = arrangement_of(session, product_to_edit().product_id).packs
    return [pack for pack in found if not pack.is_hidden]


def _page(form: PriceAndStockForm, packs: list[Pack]) -> str:
    product, ids = product_to_edit(), [pack.variant_id for pack in packs]
    with database().reading() as session:
        changes = movements(session, product.cooperative_id, ids)
        people = names_of(session, [one.person_id for one in changes if one.person_id])
        gone = sold(session, ids)
    known = {pack.sku: pack for pack in packs}
    rows: list[Any] = [entry.form for entry in form.baris.entries]
    return render_template(
        "catalog/stock/harga_stok.html",
        product=product,
        form=form,
        rows=[(row, known[row.kode.data], pack_name(known[row.kode.data].pair)) for row in rows],
        sold=gone,
        changes=changes,
        people=people,
        pack_names={pack.variant_id: pack_name(pack.pair) for pack in packs},
        reason_word=reason_word,
    )
