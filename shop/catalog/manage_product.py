"""The frame around all pages of one product, and its first page."""

from flask import Blueprint, Flask, current_app, g, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from shop.catalog.guards import product_editor, product_to_edit
from shop.web.access import open_to

bp = Blueprint("catalog_workspace", __name__)

RULE = "/lapak/produk/<sku>"


def product_tabs() -> list[tuple[str, str, str]]:
    """The pages of the product at hand that exist: (key, address, word)."""
    words = {
        "": _("Ringkasan"),
        "/isi": _("Isi"),
        "/foto": _("Foto"),
        "/pilihan": _("Pilihan & harga"),
        "/kemasan": _("Kemasan & izin"),
        "/cerita": _("Cerita"),
        "/label": _("Label"),
    }
    known = {rule.rule for rule in current_app.url_map.iter_rules()}
    here = g.product.here
    return [(end, here + end, word) for end, word in words.items() if RULE + end in known]


def init_app(app: Flask, _settings: object) -> None:
    """Let the pages of a product show its tabs."""
    app.context_processor(lambda: {"product_tabs": product_tabs})


@bp.get(RULE)
@open_to(product_editor())
def overview(sku: str) -> ResponseReturnValue:
    """Where a product stands, and what it needs."""
    return render_template("catalog/ringkasan.html", product=product_to_edit())
