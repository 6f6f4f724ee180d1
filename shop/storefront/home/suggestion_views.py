"""What somebody may be about to type: a list of links, whole or as a part for ``suggest.js``."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from shop.catalog.products.rules import CATEGORY_NAMES
from shop.catalog.products.words import category_word
from shop.core.values.text import words
from shop.storefront.listing.forms import parse_filters
from shop.storefront.listing.rules import ListingFilters, address
from shop.storefront.search.queries import beginnings
from shop.storefront.search_index.rules import typed_words
from shop.web.http.access import anyone, open_to
from shop.web.http.app_state import database
from shop.web.http.headers import shared_for
from shop.web.i18n.language import HOME, language, localized_url, named
from shop.web.rendering.page_metadata import canonical_url

bp = Blueprint("suggestions", __name__)

MAX_GOODS = 7
MAX_CATEGORIES = 2
KEPT_SECONDS = 300


@bp.get("/produk/saran")
@open_to(anyone)
@shared_for(KEPT_SECONDS)
def suggestions() -> ResponseReturnValue:
    """Categories and goods that begin like the typed text; the best-liked goods first."""
    text = parse_filters(request.args)[0].text
    with database().reading() as session:
        goods = beginnings(session, text, MAX_GOODS, only_names=language() == HOME)
    canonical_url("/produk/saran", is_listed=False)
    is_part = request.args.get("bagian") == "1"
    return render_template(
        "storefront/home/saran_isi.html" if is_part else "storefront/home/saran.html",
        q=text,
        categories=[
            (category_word(path), localized_url(address(ListingFilters(categories=(path,)))))
            for path in _begun(text)
        ],
        goods=[
            (named(name, name_en), localized_url(f"/produk/{slug}"), name_en)
            for slug, name, name_en in goods
        ],
    )


def _begun(text: str) -> list[str]:
    """Paths of categories with a word for each typed one that begins like it."""
    typed = typed_words(text)
    if not typed:
        return []
    return [
        path
        for path in CATEGORY_NAMES
        if all(any(word.startswith(part) for word in words(category_word(path))) for part in typed)
    ][:MAX_CATEGORIES]
