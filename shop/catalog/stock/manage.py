"""A cooperative's goods at its desk: how many there are, and setting that right."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # stubs lag

from shop.catalog.inventory import actions as inventory
from shop.catalog.inventory.errors import BelowHeld
from shop.catalog.inventory.holds import lock
from shop.catalog.inventory.models import MovementReason
from shop.catalog.inventory.queries import Movement, movements, shelves
from shop.catalog.listings.queries import count_waiting
from shop.catalog.permits.expiring_batches import count_expiring
from shop.catalog.permits.queries import PermitFilter, count_papers
from shop.catalog.products.words import reason_word
from shop.catalog.stock.queries import StockRow, count_low, stock_list, stock_of
from shop.core.values import clock
from shop.core.values.clock import day_in
from shop.core.values.codes import read_order_number
from shop.core.values.errors import NotFound, RuleBroken
from shop.people.accounts.queries import names_of
from shop.people.cooperatives.guards import current_desk, desk
from shop.people.cooperatives.rules import RUNS, Role
from shop.web.http.access import open_to
from shop.web.http.app_state import database
from shop.web.http.responses import redirect_with_flash
from shop.web.rendering.forms import CountField, HiddenLine, Required, ShopForm

bp = Blueprint("catalog_manage", __name__)

MAX_ON_SHELF = 1_000_000
MAX_TYPED_LENGTH = 80


class StockForm(ShopForm):
    """What was counted, and why it differs."""

    jumlah = CountField(
        _l("Ada berapa sekarang?"),
        [Required(_l("Tulis jumlahnya; 0 kalau habis."))],
        minimum=0,
        maximum=MAX_ON_SHELF,
        description=_l(
            "Hitung yang di rak, termasuk yang sedang ditahan. Yang sudah dibayar pembeli"
            " tetapi belum dikirim jangan dihitung."
        ),
        render_kw={"inputmode": "numeric", "autocomplete": "off", "size": 7},
    )
    alasan = RadioField(
        _l("Kenapa berubah?"),
        choices=[
            SelectChoice(MovementReason.COUNTED.value, _l("Dihitung ulang")),
            SelectChoice(MovementReason.PRODUCED.value, _l("Barang baru masuk")),
            SelectChoice(MovementReason.DAMAGED.value, _l("Rusak")),
            SelectChoice(MovementReason.LOST.value, _l("Hilang")),
            SelectChoice(MovementReason.SAMPLE.value, _l("Dipakai sebagai contoh")),
        ],
        default=MovementReason.COUNTED.value,
    )
    lihat = HiddenLine()
    """What the page said lies there: a sale in between is not counted over."""


class ShelfMoved(RuleBroken):
    """Somebody bought or counted between the look and the count."""


@bp.get("/kelola/<slug>/produk")
@open_to(desk())
def goods(slug: str) -> ResponseReturnValue:
    """The cooperative's goods with their shelves."""
    typed = request.args.get("cari", "")[:MAX_TYPED_LENGTH]
    text = "".join(sign for sign in typed if sign.isprintable()).strip()
    only_low = request.args.get("stok") == "menipis"
    place = current_desk()
    today = day_in(place.zone, clock.now())
    with database().reading() as session:
        return render_template(
            "catalog/stock/stok_daftar.html",
            page=stock_list(
                session,
                place.cooperative_id,
                text=text,
                only_low=only_low,
                after=request.args.get("setelah"),
            ),
            low=count_low(session, place.cooperative_id),
            waiting=count_papers(session, place.cooperative_id, today)[PermitFilter.WAITING],
            expiring=count_expiring(session, place.cooperative_id, today),
            text=text,
            only_low=only_low,
            is_first="setelah" not in request.args,
            to_approve=count_waiting(session, place.cooperative_id),
            may_act=place.may(*RUNS),
            may_open=place.may(*RUNS, Role.PENGAWAS),
            here=f"/kelola/{place.slug}/produk",
        )


@bp.get("/kelola/<slug>/produk/<sku>/stok")
@open_to(desk())
def shelf(slug: str, sku: str) -> ResponseReturnValue:
    """One shelf: its count, and every change of it."""
    row = _row(sku)
    form = StockForm(jumlah=row.on_hand, lihat=str(row.on_hand))
    return _page(row, form)


@bp.post("/kelola/<slug>/produk/<sku>/stok")
@open_to(desk(*RUNS))
def count(slug: str, sku: str) -> ResponseReturnValue:
    """Set a shelf to what was counted."""
    row, form, place = _row(sku), StockForm(), current_desk()
    if not form.validate():
        return _page(row, form), 422

    counted = int(form.jumlah.data or 0)

    def set_right(session: Session) -> int:
        lock(session, [row.variant_id])
        there = shelves(session, [row.variant_id])[row.variant_id]
        if form.lihat.data != str(there.on_hand) and counted != there.on_hand:
            raise ShelfMoved
        return inventory.adjust(
            session,
            variant_id=row.variant_id,
            cooperative_id=place.cooperative_id,
            counted=counted,
            reason=MovementReason(form.alasan.data),
            person_id=place.person_id,
            now=clock.now(),
        )

    try:
        change = database().write(set_right)
    except BelowHeld as refusal:
        form.jumlah.errors = [
            _(
                "%(held)s bungkus sedang ditahan untuk pembeli yang belum bayar, jadi %(counted)s"
                " tidak cukup. Tulis paling sedikit %(held)s, atau tunggu sampai lunas.",
                held=refusal.held,
                counted=refusal.counted,
            )
        ]
        return _page(row, form), 422
    except ShelfMoved:
        now_there = _row(sku)
        form.jumlah.errors = [
            _(
                "Stoknya berubah sejak halaman ini dibuka: sekarang %(n)s. Periksa, lalu simpan"
                " sekali lagi.",
                n=now_there.on_hand,
            )
        ]
        form.lihat.data = str(now_there.on_hand)
        return _page(now_there, form), 422
    said = _("Stok %(name)s sekarang %(n)s.", name=row.name, n=counted)
    address = f"/kelola/{place.slug}/produk/{sku}/stok"
    return redirect_with_flash(address, said if change else _("Stoknya sudah %(n)s.", n=counted))


def _row(sku: str) -> StockRow:
    if not sku.isprintable() or len(sku) > MAX_TYPED_LENGTH:
        raise NotFound
    with database().reading() as session:
        return stock_of(session, current_desk().cooperative_id, sku)


def _page(row: StockRow, form: StockForm) -> str:
    place = current_desk()
    with database().reading() as session:
        changes = movements(session, place.cooperative_id, [row.variant_id])
        names = names_of(session, [one.person_id for one in changes if one.person_id])
    return render_template(
        "catalog/stock/stok_barang.html",
        row=row,
        form=form,
        changes=changes,
        names=names,
        reason_word=reason_word,
        order_number=_order_number,
        may_act=place.may(*RUNS),
        zone=place.zone,
        here=f"/kelola/{place.slug}/produk",
        orders=f"/kelola/{place.slug}/pesanan",
    )


def _order_number(change: Movement) -> str | None:
    """The order a change belongs to; a purchase's code opens the purchase and stays unsaid."""
    reference = change.reference or ""
    return reference if read_order_number(reference) == reference else None
