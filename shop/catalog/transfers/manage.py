"""Copying a product, and handing it to another member."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from shop.catalog.products.errors import MemberUnknown
from shop.catalog.products.guards import product_editor, product_to_edit
from shop.catalog.transfers.actions import copy_product, move_to_member
from shop.core.values import clock
from shop.core.values.errors import NotAllowed
from shop.people.cooperatives.rules import RUNS, read_member_code
from shop.web.http.access import open_to
from shop.web.http.app_state import database
from shop.web.http.responses import redirect_with_flash
from shop.web.rendering.forms import PlainText, Required, ShopForm

bp = Blueprint("catalog_handing", __name__)

LONGEST_COPIED = 140


class MoveForm(ShopForm):
    """To whom goods go on."""

    kode = PlainText(
        _l("Kode anggota"),
        [Required(_l("Tulis kode anggota yang melanjutkan, misalnya GYO-M01."))],
        max_length=40,
        description=_l("Ada di daftar anggota, misalnya GYO-M01."),
        render_kw={"autocapitalize": "characters", "spellcheck": "false", "autocomplete": "off"},
    )


@bp.get("/lapak/produk/<sku>/lain")
@open_to(product_editor())
def other_work(sku: str) -> ResponseReturnValue:
    """Copying, and for who runs the cooperative, handing on."""
    return _page(MoveForm())


@bp.post("/lapak/produk/<sku>/salin")
@open_to(product_editor())
def copy(sku: str) -> ResponseReturnValue:
    """Begin a draft like this product."""
    product = product_to_edit()
    name = _("%(name)s (salinan)", name=product.name[:LONGEST_COPIED])
    with database().writing() as session:
        made = copy_product(session, product, name, code=product.desk.code, now=clock.now())
    return redirect_with_flash(
        f"/lapak/produk/{made}", _("Salinan sudah dibuat. Ganti namanya dan isi stoknya.")
    )


@bp.post("/lapak/produk/<sku>/pindah")
@open_to(product_editor())
def move(sku: str) -> ResponseReturnValue:
    """Hand a product to another member; only who runs the cooperative may."""
    product, form = product_to_edit(), MoveForm()
    if not product.desk.may(*RUNS):
        raise NotAllowed
    if not form.validate():
        return _page(form), 422
    try:
        with database().writing() as session:
            move_to_member(
                session, product, read_member_code(form.kode.data or ""), now=clock.now()
            )
    except MemberUnknown:
        form.kode.errors = [_("Tidak ada anggota aktif dengan kode itu di koperasi ini.")]
        return _page(form), 422
    return redirect_with_flash(
        f"/kelola/{product.desk.slug}/produk",
        _("Produk sudah dipindahkan. Penjualan mulai sekarang milik anggota yang baru."),
    )


def _page(form: MoveForm) -> str:
    product = product_to_edit()
    return render_template(
        "catalog/transfers/lain.html", product=product, form=form, may_move=product.desk.may(*RUNS)
    )
