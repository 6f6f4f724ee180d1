"""The frame around all pages of one product, and its first page."""

from flask import Blueprint, Flask, current_app, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from shop.catalog.inventory.queries import sold
from shop.catalog.listings.approval import WAITING
from shop.catalog.listings.queries import Draft, draft_of, publish_blockers
from shop.catalog.packaging.rules import size_text
from shop.catalog.packaging.words import gain_word
from shop.catalog.photos.actions import photos_of
from shop.catalog.photos.forms import SLOTS, tip_words
from shop.catalog.products.guards import product_editor, product_to_edit
from shop.catalog.products.label_facts import label_facts, score_of
from shop.catalog.variants.actions import arrangement_of
from shop.core.values import clock
from shop.core.values.clock import day_in
from shop.people.cooperatives.rules import RUNS
from shop.web.http.access import open_to
from shop.web.http.app_state import database

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
        stops = publish_blockers(session, product.product_id)
        shown = photos_of(session, product.product_id, product.cooperative_id)
        packs = [
            one for one in arrangement_of(session, product.product_id).packs if not one.is_hidden
        ]
        gone = sold(session, [pack.variant_id for pack in packs])
        label = label_facts(session, product.product_id, day_in(product.desk.zone, clock.now()))
        score = score_of(session, label) if label else None
    return render_template(
        "catalog/workspace/ringkasan.html",
        product=product,
        draft=draft,
        stops=stops,
        photos=shown,
        slots=SLOTS,
        tip_words=tip_words,
        free=sum(pack.on_hand - pack.held for pack in packs),
        held=sum(pack.held for pack in packs),
        sold=sum(gone.values()),
        prices=sorted({pack.price for pack in packs}),
        score=score,
        gain_word=gain_word,
        is_waiting=draft.state in WAITING,
        may_approve=product.desk.may(*RUNS),
    )
