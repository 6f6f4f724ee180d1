"""What the public pages are about, in the words of schema.org, for search engines and readers.

Only what the page itself says stands here, in the page's language and with the same prices.
"""

from collections.abc import Sequence
from typing import Final

from shop.catalog.products.product_detail import Offer, ProductDetail
from shop.services.media.queries import Picture
from shop.web.i18n.language import ENGLISH, language, named
from shop.web.i18n.language import word as _
from shop.web.rendering.page_metadata import Facts, Preview, public_address, whole

SCHEMA: Final = "https://schema.org/"
PREVIEW_WIDTH: Final = 800
"""Pixels: the widest that every photo has, and small enough for a phone that opens a chat."""


def preview_of(picture: Picture | None, alt: str) -> Preview | None:
    """A photo as links show it: a JPEG, because not every messenger reads newer formats."""
    if picture is None:
        return None
    file = picture.up_to(PREVIEW_WIDTH).largest
    return Preview(f"/media/{file.name}", file.width, file.width, alt)


def preview_of_goods(sheet: ProductDetail) -> Preview | None:
    """The first photo of goods, which also stands on their card."""
    return preview_of(sheet.photos[0][1], _name_of(sheet)) if sheet.photos else None


def shop_facts() -> Facts:
    """The shop itself, and how to search in it."""
    return {
        "@type": "WebSite",
        "name": "Lumbung",
        "url": public_address("/"),
        "inLanguage": language(),
        "potentialAction": {
            "@type": "SearchAction",
            "target": {
                "@type": "EntryPoint",
                "urlTemplate": f"{public_address('/produk')}?q={{search_term_string}}",
            },
            "query-input": "required name=search_term_string",
        },
    }


def product_facts(sheet: ProductDetail, packs: Sequence[Offer], chosen: Offer) -> list[Facts]:
    """Goods with what they cost in each pack, who sells them, and where they stand."""
    seller = _seller(sheet)
    address = public_address(f"/produk/{sheet.slug}")
    offers: list[Facts] = [_offer(pack) for pack in packs]
    offer = {**offers[0], "url": address, "seller": seller}
    if len(packs) > 1:
        offer = {
            "@type": "AggregateOffer",
            "priceCurrency": "IDR",
            "lowPrice": min(pack.price for pack in packs),
            "highPrice": max(pack.price for pack in packs),
            "offerCount": len(packs),
            "offers": offers,
            "url": address,
            "seller": seller,
        }
    previews = (preview_of(photo, _name_of(sheet)) for _view, photo in sheet.photos)
    product: dict[str, object] = {
        "@type": "Product",
        "name": _name_of(sheet),
        "url": address,
        "sku": sheet.sku,
        "category": _(sheet.category_name),
        "brand": {"@type": "Brand", "name": sheet.business_name or sheet.cooperative},
        "manufacturer": seller,
        "weight": {"@type": "QuantitativeValue", "value": chosen.gross_grams, "unitCode": "GRM"},
        "offers": offer,
    }
    if description := (sheet.description_en if language() == ENGLISH else sheet.story):
        product["description"] = description
    if pictures := [whole(one.path) for one in previews if one]:
        product["image"] = pictures
    return [product, _way(sheet)]


def _name_of(sheet: ProductDetail) -> str:
    return named(sheet.name, sheet.name_en)


def _offer(pack: Offer) -> Facts:
    found: dict[str, object] = {
        "@type": "Offer",
        "price": pack.price,
        "priceCurrency": "IDR",
        "availability": SCHEMA + ("InStock" if pack.available > 0 else "OutOfStock"),
        "itemCondition": f"{SCHEMA}NewCondition",
    }
    if pack.name:
        found["name"] = pack.name
    return found


def _seller(sheet: ProductDetail) -> Facts:
    return {
        "@type": "Organization",
        "name": sheet.cooperative_full,
        "url": public_address(f"/koperasi/{sheet.cooperative_slug}"),
    }


def _way(sheet: ProductDetail) -> Facts:
    """The way from the front door to the goods, as the page shows it."""
    steps = [
        (_("Beranda"), "/"),
        (_(sheet.category_name), f"/produk?kategori={sheet.category_path}"),
        (_name_of(sheet), f"/produk/{sheet.slug}"),
    ]
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": place, "name": name, "item": public_address(path)}
            for place, (name, path) in enumerate(steps, 1)
        ],
    }


def story_facts(sheet: ProductDetail) -> Facts:
    """The story of goods, written by those who make them."""
    found: dict[str, object] = {
        "@type": "Article",
        "headline": _("Cerita %(name)s", name=_name_of(sheet)),
        "url": public_address(f"/cerita/{sheet.slug}"),
        "inLanguage": "id",
        "author": {"@type": "Organization", "name": sheet.business_name or sheet.cooperative_full},
        "publisher": {"@type": "Organization", "name": "Lumbung", "url": public_address("/")},
        "about": {
            "@type": "Product",
            "name": _name_of(sheet),
            "url": public_address(f"/produk/{sheet.slug}"),
        },
    }
    if shown := preview_of_goods(sheet):
        found["image"] = whole(shown.path)
    return found
