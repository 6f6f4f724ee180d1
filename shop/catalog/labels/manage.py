"""Printing from the workspace of a product: labels for its packs, cards for its story."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from shop.catalog.labels.actions import Pack, packs_of, print_labels, print_story_cards
from shop.catalog.labels.forms import LabelForm
from shop.catalog.labels.paper_sizes import BY_CODE
from shop.catalog.labels.words import ON_PAPER, fact_word
from shop.catalog.packaging.label_rules import LabelFacts, missing_for
from shop.catalog.products.guards import product_editor, product_to_edit
from shop.catalog.products.label_facts import label_facts
from shop.catalog.stories.actions import story_of
from shop.core.values import clock
from shop.core.values.clock import day_in
from shop.core.values.errors import NotFound
from shop.core.values.text import slugify
from shop.services.pdf.download import as_file
from shop.services.pdf.errors import DoesNotFit
from shop.web.http.access import open_to
from shop.web.http.app_state import database
from shop.web.rendering.page_metadata import whole

CLOTH_INK = "#7a4317"
"""Soga, which prints well on every machine."""

bp = Blueprint("documents_manage", __name__)


@bp.get("/lapak/produk/<sku>/label")
@open_to(product_editor())
def label(sku: str) -> ResponseReturnValue:
    """What the label will say, what it still lacks, and the way to print it."""
    facts, packs = _read()
    return _page(facts, LabelForm(packs))


@bp.get("/lapak/produk/<sku>/label.pdf")
@open_to(product_editor())
def label_pdf(sku: str) -> ResponseReturnValue:
    """The labels as a file."""
    facts, packs = _read()
    form = LabelForm(packs, request.args)
    if not form.validate():
        return _page(facts, form), 422
    pack, batch = form.chosen
    try:
        made = print_labels(
            facts,
            pack,
            BY_CODE[form.ukuran.data],
            batch=batch,
            count=int(form.jumlah.data or 1),
            story_url=whole(f"/cerita/{facts.slug}"),
            missing_words=ON_PAPER,
        )
    except DoesNotFit:
        form.ukuran.errors = [
            _(
                "Tulisannya tidak muat di kertas ini, walau hurufnya sudah sekecil yang boleh"
                " (%(mm)s mm). Pilih label yang lebih besar, atau persingkat komposisinya.",
                mm="0,75" if pack.letter < 100 else "1",  # hundredths of a mm
            )
        ]
        return _page(facts, form), 422
    return as_file(made, f"label-{slugify(sku)}.pdf")


@bp.get("/lapak/produk/<sku>/cerita/kartu.pdf")
@open_to(product_editor())
def story_cards(sku: str) -> ResponseReturnValue:
    """Cards of the story; without an opening there is nothing to put on them."""
    facts, _packs = _read()
    with database().reading() as session:
        told = story_of(session, facts.product_id)
    if not told.opening:
        raise NotFound(sku)
    made = print_story_cards(
        facts, told.opening, colour=CLOTH_INK, story_url=whole(f"/cerita/{facts.slug}")
    )
    return as_file(made, f"cerita-{slugify(sku)}.pdf")


def _read() -> tuple[LabelFacts, tuple[Pack, ...]]:
    product = product_to_edit()
    today = day_in(product.desk.zone, clock.now())
    with database().reading() as session:
        facts = label_facts(session, product.product_id, today)
        packs = packs_of(session, product.product_id)
    if facts is None or not packs:
        raise NotFound(product.sku)
    return facts, packs


def _page(facts: LabelFacts, form: LabelForm) -> str:
    return render_template(
        "catalog/labels/label.html",
        product=product_to_edit(),
        form=form,
        missing=[fact_word(fact) for fact in missing_for(facts)],
        shows_halal=facts.shows_halal,
        is_certified=bool(facts.halal_number),
    )
