"""The frame around all pages of one product, and its first page."""

from flask import Blueprint, Flask, current_app, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from shop.catalog.approval import WAITING
from shop.catalog.guards import product_editor, product_to_edit
from shop.catalog.listing_queries import Draft, draft_of, why_not_published
from shop.cooperatives.rules import RUNS
from shop.packaging.rules import size_text
from shop.web import database
from shop.web.access import open_to

bp = Blueprint("catalog_workspace", __name__)

RULE = "/lapak/produk/<sku>"


def product_tabs(here: str) -> list[tuple[str, str, str]]:
    """The pages of one product that exist: (key, address, word).

    :param here: where its workspace stands.
    """
    words = {
        "": _("Ringkasan"),
        "/isi": _("Isi"),
        "/foto": _("Foto"),
        "/stok": _("Harga & stok"),
        "/grosir": _("Harga grosir"),
        "/pilihan": _("Pilihan"),
        "/kemasan": _("Kemasan & izin"),
        "/cerita": _("Cerita"),
        "/label": _("Label"),
        "/lain": _("Salin & pindah"),
    }
    known = {rule.rule for rule in current_app.url_map.iter_rules()}
    return [(end, here + end, word) for end, word in words.items() if RULE + end in known]


def pack_size(draft: Draft) -> str:
    """Outer size of a listing's pack: ``22 × 15 × 7 cm``."""
    return size_text(draft.length_mm, draft.width_mm, draft.height_mm)


def init_app(app: Flask, _settings: object) -> None:
    """Let the pages of a product show its tabs."""
    app.context_processor(lambda: {"product_tabs": product_tabs, "size_text": pack_size})


@bp.get(RULE)
@open_to(product_editor())
def overview(sku: str) -> ResponseReturnValue:
    """Where a product stands, and what it needs."""
    product = product_to_edit()
    with database().reading() as session:
        draft = draft_of(session, product.product_id)
        stops = why_not_published(session, product.product_id)
    return render_template(
        "catalog/ringkasan.html",
        product=product,
        draft=draft,
        stops=stops,
        is_waiting=draft.state in WAITING,
        may_approve=product.desk.may(*RUNS),
    )
