"""Home, catalogue, product, story, cooperatives: what anybody may look at without a cookie."""

from collections.abc import Iterable
from datetime import date

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from shop.catalog.products.errors import ProductNotFound
from shop.catalog.products.product_detail import Found, find_product
from shop.catalog.products.queries import Card
from shop.catalog.products.rules import PriceSplit
from shop.catalog.products.words import story_heading
from shop.catalog.stories.actions import story_parts
from shop.core.database import settings_by_date
from shop.core.values import clock
from shop.core.values.clock import HOME_ZONE, day_in
from shop.core.values.errors import NotFound
from shop.core.values.money import Rupiah
from shop.shipping.quotes.words import arrival_words, weight_sentence
from shop.storefront.home import queries as front
from shop.storefront.listing import filter_words, words
from shop.storefront.listing.forms import MAX_VALUES, PRICES, filters_from_url
from shop.storefront.listing.province_distance import provinces, read_province
from shop.storefront.listing.queries import listing
from shop.storefront.listing.rules import ListingFilters, address, canonical_path, first_sentence
from shop.storefront.listing.search_page import search_products
from shop.storefront.product.delivery_quote import AskedQuote, quote_to
from shop.storefront.product.price_breakdown import HasShare, price_breakdown
from shop.storefront.product.product_page import product_page
from shop.storefront.product.queries import find_goods
from shop.storefront.product.words import chosen_pack
from shop.storefront.sellers import seller_list
from shop.storefront.sellers import words as seller_words
from shop.storefront.sellers.queries import find_cooperative
from shop.storefront.sellers.seller_page import cooperative_page, preview_of_best
from shop.storefront.sitemap.structured_data import preview_of_goods, shop_facts, story_facts
from shop.web.http.access import anyone, open_to
from shop.web.http.app_state import database, runtime
from shop.web.http.headers import shared_for
from shop.web.i18n.language import localized_url
from shop.web.page_cache.cache import depends_on
from shop.web.rendering.page_metadata import canonical_url

bp = Blueprint("storefront", __name__)

KEPT_SECONDS = 60
"""How long a shared cache may show an anonymous page: prices are tested again in the cart."""

EXAMPLE_PRICE = Rupiah(10_000)
CATEGORY_ICONS = {
    "makanan-olahan": "bowl",
    "minuman": "cup",
    "hasil-tani": "leaf",
    "batik-tenun": "cloth",
    "fesyen": "bag",
    "kerajinan": "basket",
    "kesehatan-kecantikan": "spice",
    "rumah-tangga": "home",
}


def _today() -> date:
    return day_in(HOME_ZONE, clock.now())


def _split(
    price: int, seller: HasShare, figures: dict[str, int], category_path: str = ""
) -> PriceSplit:
    return price_breakdown(price, seller, figures, category_path, takes_cards=runtime().takes_cards)


@bp.get("/")
@open_to(anyone)
@shared_for(KEPT_SECONDS)
def home() -> ResponseReturnValue:
    """The front door: what there is, who makes it, where the money goes."""
    today = _today()
    near = ListingFilters(near=read_province(request.args.get("dekat", "")))
    with database().connect_readonly() as connection:
        page = front.front_page(connection, today)
        figures = settings_by_date.settings_on(connection, today)
        goods = listing(connection, near, None, front.HOME_NEW).rows if near.near else ()
    depends_on(products=_ids(page.popular, page.fresh, goods), lists=True)
    split = _split(EXAMPLE_PRICE, page.told, figures) if page.told else None

    canonical_url("/", facts=[shop_facts()])
    return render_template(
        "storefront/home/home.html",
        page=page,
        split=split,
        near_goods=goods,
        near_url=address(near),
        icons=CATEGORY_ICONS,
        most_sellers=front.HOME_COOPERATIVES,
        example=EXAMPLE_PRICE,
        first_sentence=first_sentence,
        split_parts=words.split_parts,
        card_markup=words.card_markup,
        province=near.near,
        provinces=provinces(),
    )


@bp.get("/produk")
@open_to(anyone)
@shared_for(KEPT_SECONDS)
def catalogue() -> ResponseReturnValue:
    """Goods by text, facets and order; every state is an address."""
    filters, unread = filters_from_url(request)
    popular: tuple[Card, ...] = ()
    with database().connect_readonly() as connection:
        seen = search_products(connection, filters)
        if not seen.page.rows:
            popular = front.best_sold(connection)
    page = seen.page
    if not filters.text:  # what people type is endless, and nobody types it twice
        depends_on(products=_ids(page.rows, popular), lists=True)

    canonical_url(canonical_path(filters), is_listed=bool(page.rows))
    return render_template(
        "storefront/home/catalogue.html",
        heading=filter_words.heading(filters),
        exact_url=address(filters, exact=True),
        shown=page.rows,
        popular=popular,
        card_markup=words.card_markup,
        next_url=address(filters, after=page.next_cursor) if page.next_cursor else "",
        first_url=address(filters) if filters.after else "",
        all_url=address(ListingFilters(text=filters.text)),
        q=filters.text,
        filters=filters,
        facets=seen.facets,
        corrected=seen.corrected,
        is_loose=seen.is_loose,
        apart=seen.apart,
        controls=filter_words,
        provinces=provinces,
        has_unread_price=not PRICES.isdisjoint(unread),
        most_values=0 if PRICES.issuperset(unread) else MAX_VALUES,
    )


@bp.get("/produk/<slug>")
@open_to(anyone)
@shared_for(KEPT_SECONDS)
def product(slug: str) -> ResponseReturnValue:
    """One product: photos, packs, label, story, and where its price goes."""
    now = clock.now()
    with database().connect_readonly() as connection:
        found, goods = find_goods(connection, slug, now)
    if goods is None:
        return _elsewhere(_found(found), "/produk/")
    sheet = goods.sheet
    # A link for each option of the first choice, the packs that have it as radios: two choices
    # work without script.
    chosen = chosen_pack(goods.packs, request.args.get("pilih"))
    asked = AskedQuote()
    if typed := request.args.get("ke"):
        with database().reading() as session:
            asked = quote_to(session, sheet, chosen, typed)
    page = product_page(goods, chosen, now, takes_cards=runtime().takes_cards)
    canonical_url(
        f"/produk/{sheet.slug}", kind="product", preview=page.preview, facts=page.machine_facts
    )
    if asked.was_asked:
        spare = goods.reach.settings["ship_extra_working_days"]
        asked = asked.arriving(goods.reach.calendar, sheet.days_to_make, now, spare=spare)
    else:
        depends_on(
            products=[sheet.product_id, *_ids(goods.companions)],
            cooperatives=[sheet.cooperative_id],
        )
    return render_template(
        "storefront/home/product.html",
        card_markup=words.card_markup,
        page=page,
        sheet=sheet,
        asked_city=asked,
        why=weight_sentence,
        arrives=arrival_words,
    )


@bp.get("/cerita/<slug>")
@open_to(anyone)
@shared_for(KEPT_SECONDS)
def story(slug: str) -> ResponseReturnValue:
    """The story of one product: what the QR code on its label leads to."""
    with database().reading() as session:
        found = _found(find_product(session, slug))
        sheet = found.sheet
        if sheet is None or found.slug != slug:
            return _elsewhere(found, "/cerita/")
        parts = story_parts(session, sheet.product_id)
        figures = settings_by_date.settings_on(session, _today())
    depends_on(products=[sheet.product_id], cooperatives=[sheet.cooperative_id])
    canonical_url(
        f"/cerita/{sheet.slug}",
        kind="article",
        preview=preview_of_goods(sheet),
        is_listed=bool(sheet.story),
        facts=[story_facts(sheet)],
    )
    return render_template(
        "storefront/home/story.html",
        sheet=sheet,
        parts=[(part.value, story_heading(part), text) for part, text in parts.items()],
        split=_split(sheet.price, sheet, figures, sheet.category_path),
        split_parts=words.split_parts,
    )


def _ids(*lists: Iterable[Card]) -> list[int]:
    return [card.product_id for cards in lists for card in cards]


def _found(found: Found | None) -> Found:
    if found is None:
        raise ProductNotFound
    return found


def _elsewhere(found: Found, root: str) -> ResponseReturnValue:
    """An old name leads on; what is not sold any more says so and shows a way."""
    if found.sheet is not None:
        return redirect(localized_url(f"{root}{found.slug}"), code=301)
    return render_template("storefront/home/gone.html", cooperative=found.cooperative_slug), 404


@bp.get("/koperasi")
@open_to(anyone)
@shared_for(KEPT_SECONDS)
def cooperatives() -> ResponseReturnValue:
    """The cooperatives that sell here, by name, of all provinces or of one."""
    province = read_province(request.args.get("provinsi", ""))
    after = request.args.get("setelah")
    with database().reading() as session:
        page = seller_list.sellers(session, province, after)
        there = seller_list.by_province(session)
    canonical_url(seller_list.address(province), is_listed=bool(page.rows))
    depends_on(lists=True)
    return render_template(
        "storefront/home/cooperatives.html",
        sellers=page.rows,
        province=province,
        provinces=there,
        total=sum(one.cooperatives for one in there if province in ("", one.name)),
        next_url=seller_list.address(province, page.next_cursor) if page.next_cursor else "",
        first_url=seller_list.address(province) if after else "",
    )


@bp.get("/koperasi/<slug>")
@open_to(anyone)
@shared_for(KEPT_SECONDS)
def cooperative(slug: str) -> ResponseReturnValue:
    """One cooperative: who it is, what its members make and decide, when it sends nothing."""
    now = clock.now()
    with database().reading() as session:
        seen = find_cooperative(session, slug, now)
    if seen is None:
        raise NotFound(slug)
    page = cooperative_page(seen, now)
    depends_on(products=_ids(seen.goods), cooperatives=[seen.profile.cooperative_id])
    canonical_url(
        f"/koperasi/{slug}", preview=preview_of_best(seen.goods), facts=page.machine_facts
    )
    return render_template(
        "storefront/home/cooperative.html",
        page=page,
        goods=seen.goods,
        card_markup=words.card_markup,
        share=seller_words.written_share,
    )
