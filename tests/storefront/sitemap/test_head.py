"""What pages tell machines: where they stand, in which languages, what they are about."""

import json
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from config import Settings
from shop.app import create_app
from shop.catalog.products.models import Product, ProductCard
from shop.core.database.engine import Database
from shop.services.media.queries import Picture
from shop.services.media.rules import PhotoFormat
from shop.storefront.sitemap.structured_data import preview_of
from tests.storefront.home.test_pages import COFFEE, GAYO, PUBLIC
from tests.support.engines import PAGES
from tests.support.visitor import Visitor
from tests.web.markup import Markup

ROOT = "http://localhost"
STANDS = {
    "/produk?urut=termurah": "/produk",
    "/produk?setelah=xyz": "/produk",
    "/produk?utm_source=wa&fbclid=1": "/produk",
    "/produk?q=kopi&urut=terbaru&halal=1": "/produk?q=kopi",
    "/produk?urut=terbaru&kategori=minuman": "/produk?kategori=minuman",
    f"/produk?koperasi={GAYO}&harga_max=90000": f"/produk?koperasi={GAYO}",
    f"/produk/{COFFEE}?utm_source=wa": f"/produk/{COFFEE}",
}
"""What was asked for, and where that page stands."""
NOT_LISTED = ("/keranjang", "/masuk", "/daftar", "/lacak", "/produk?q=xyzzy", "/wilayah")


def head_of(pages: Visitor, path: str) -> Markup:
    answer = pages.get(path)
    assert answer.status_code == 200, path
    return Markup.of(answer.text)


def canonical(page: Markup) -> str:
    return page.all("link", rel="canonical")[0].attrs["href"]


def others(page: Markup) -> dict[str, str]:
    return {one.attrs["hreflang"]: one.attrs["href"] for one in page.all("link", rel="alternate")}


def said(page: Markup, name: str) -> str:
    found = [
        one.attrs["content"]
        for one in page.all("meta")
        if name in (one.attrs.get("property"), one.attrs.get("name"))
    ]
    assert len(found) == 1, f"{name}: {found}"
    return found[0]


def facts(page: Markup) -> dict[str, Any]:
    """What the page is about, by its type."""
    found = [json.loads(one.text) for one in page.all("script", type="application/ld+json")]
    assert all(one["@context"] == "https://schema.org" for one in found)
    return {one["@type"]: one for one in found}


def says_what_it_is(page: Markup, path: str) -> None:
    title = page.all("title")[0].text
    assert len(title) <= 70, path
    assert 40 <= len(said(page, "description")) <= 160, path
    assert said(page, "og:title") == title.removesuffix(" — Lumbung")
    assert said(page, "og:description") == said(page, "description")
    assert said(page, "og:url") == canonical(page)
    assert said(page, "og:site_name") == "Lumbung"
    own, other = ("en_US", "id_ID") if path.startswith("/en") else ("id_ID", "en_US")
    assert (said(page, "og:locale"), said(page, "og:locale:alternate")) == (own, other)
    assert said(page, "og:image").startswith(f"{ROOT}/")
    assert int(said(page, "og:image:width")) >= 200
    assert said(page, "og:image:alt")
    assert said(page, "twitter:card") in ("summary", "summary_large_image")


@pytest.mark.only_on("sqlite", because=PAGES)
class TestWherePagesStand:
    def test_both_languages_of_a_page_name_each_other(self, pages: Visitor) -> None:
        for path in PUBLIC:
            indonesian, english = head_of(pages, path), head_of(pages, f"/en{path}")
            assert others(indonesian) == others(english)
            assert others(indonesian)["id"] == canonical(indonesian) == ROOT + path
            assert others(indonesian)["en"] == canonical(english) == f"{ROOT}/en{path}"
            assert others(indonesian)["x-default"] == canonical(indonesian)

    def test_only_what_makes_another_page_is_in_its_address(self, pages: Visitor) -> None:
        for asked, stands in STANDS.items():
            assert canonical(head_of(pages, asked)) == ROOT + stands

    def test_the_address_is_never_taken_from_a_request(self, pages: Visitor) -> None:
        page = Markup.of(pages.get("/", headers={"Host": "127.0.0.1"}).text)
        assert canonical(page) == f"{ROOT}/"

    def test_public_pages_may_be_listed(self, pages: Visitor) -> None:
        for path in PUBLIC:
            assert head_of(pages, path).all("meta", name="robots") == []

    def test_other_pages_ask_not_to_be_listed(self, pages: Visitor) -> None:
        for path in NOT_LISTED:
            page = head_of(pages, path)
            assert said(page, "robots") == "noindex"
            assert page.all("link", rel="canonical") == []
            assert others(page) == {}

    def test_whoever_comes_to_pay_without_a_cart_is_led_to_a_page_that_asks_so(
        self, pages: Visitor
    ) -> None:
        answer = pages.get("/checkout")
        assert (answer.status_code, answer.headers["Location"]) == (302, "/keranjang")

    def test_a_refusal_asks_not_to_be_listed(self, pages: Visitor) -> None:
        assert said(Markup.of(pages.get("/produk/tidak-ada").text), "robots") == "noindex"


@pytest.mark.only_on("sqlite", because=PAGES)
class TestWhatLinksShow:
    def test_a_link_to_a_page_says_what_it_is(self, pages: Visitor) -> None:
        for path in (*PUBLIC, *(f"/en{path}" for path in PUBLIC)):
            says_what_it_is(head_of(pages, path), path)

    def test_titles_of_public_pages_differ(self, pages: Visitor) -> None:
        titles = [head_of(pages, path).all("title")[0].text for path in PUBLIC]
        assert len(set(titles)) == len(titles)


def test_a_link_shows_a_photo_that_every_messenger_reads() -> None:
    widths = {PhotoFormat.WEBP: (320, 800, 1600), PhotoFormat.JPEG: (320, 800, 1600)}
    shown = preview_of(Picture("ab/cd", 2000, widths), "Kopi")
    assert shown is not None
    assert (shown.path, shown.width, shown.height) == ("/media/ab/cd/800.jpg", 800, 800)
    assert preview_of(None, "Kopi") is None


@pytest.mark.only_on("sqlite", because=PAGES)
class TestWhatPagesAreAbout:
    def test_the_front_door_says_how_to_search(self, pages: Visitor) -> None:
        found = facts(head_of(pages, "/en/"))["WebSite"]
        assert (found["url"], found["inLanguage"]) == (f"{ROOT}/en/", "en")
        way = found["potentialAction"]["target"]["urlTemplate"]
        asked = way.removeprefix(ROOT).replace("{search_term_string}", "kopi")
        assert "Gayo" in pages.get(asked).text

    def test_goods_say_what_they_cost_and_who_sells_them(
        self, pages: Visitor, market: Database
    ) -> None:
        with market.reading() as session:
            card = session.scalars(
                select(ProductCard).where(ProductCard.variant_id.is_not(None)).limit(1)
            ).one()
            sku = session.scalar(select(Product.sku).where(Product.id == card.product_id))
        found = facts(head_of(pages, f"/produk/{card.slug}"))
        product = found["Product"]
        assert (product["name"], product["sku"]) == (card.name, sku)
        assert product["url"] == f"{ROOT}/produk/{card.slug}"
        assert product["brand"]["name"]
        assert product["manufacturer"]["url"] == f"{ROOT}/koperasi/{card.cooperative_slug}"
        assert product["weight"]["value"] > 0
        offer = product["offers"]
        assert (offer["price"], offer["priceCurrency"]) == (card.price, "IDR")
        assert offer["availability"] == "https://schema.org/InStock"
        assert offer["seller"]["url"] == f"{ROOT}/koperasi/{card.cooperative_slug}"
        steps = found["BreadcrumbList"]["itemListElement"]
        assert [one["position"] for one in steps] == [1, 2, 3]
        assert [one["item"] for one in steps] == [
            f"{ROOT}/",
            f"{ROOT}/produk?kategori={card.category_path}",
            f"{ROOT}/produk/{card.slug}",
        ]

    def test_goods_in_several_packs_say_from_which_price_to_which(self, pages: Visitor) -> None:
        offers = facts(head_of(pages, f"/produk/{COFFEE}"))["Product"]["offers"]
        assert offers["@type"] == "AggregateOffer"
        prices = [one["price"] for one in offers["offers"]]
        assert (offers["lowPrice"], offers["highPrice"]) == (min(prices), max(prices))
        assert offers["offerCount"] == len(prices) > 1

    def test_a_cooperative_says_where_it_is(self, pages: Visitor) -> None:
        found = facts(head_of(pages, f"/koperasi/{GAYO}"))["Organization"]
        assert found["url"] == f"{ROOT}/koperasi/{GAYO}"
        assert found["address"]["addressCountry"] == "ID"
        assert found["address"]["addressRegion"] == "Aceh"

    def test_a_story_says_whose_it_is(self, pages: Visitor) -> None:
        found = facts(head_of(pages, f"/cerita/{COFFEE}"))["Article"]
        assert found["about"]["url"] == f"{ROOT}/produk/{COFFEE}"
        assert found["author"]["name"]

    def test_a_name_cannot_break_out_of_the_facts(self, pages: Visitor, market: Database) -> None:
        name = "</script><script>alert(1)</script>&amp;<!--"
        with market.writing() as session:
            session.execute(update(ProductCard).where(ProductCard.slug == COFFEE).values(name=name))
        answer = pages.get(f"/produk/{COFFEE}")
        assert "<script>alert" not in answer.text
        assert facts(Markup.of(answer.text))["Product"]["name"] == name


@pytest.mark.only_on("sqlite", because=PAGES)
@pytest.mark.parametrize(
    ("env", "public_url", "expected"),
    [
        ("demo", "https://pasar.example", "noindex"),
        ("demo", "http://127.0.0.1:8000", None),
        ("production", "https://pasar.example", None),
    ],
)
def test_a_demo_that_others_reach_is_not_to_be_listed(
    database_url: str, tmp_path: Any, env: str, public_url: str, expected: str | None
) -> None:
    app: Flask = create_app(
        Settings.from_environment(
            {
                "LUMBUNG_ENV": env,
                "DATABASE_URL": database_url,
                "VAR_DIR": str(tmp_path),
                "PUBLIC_URL": public_url,
                "SECRET_KEY": "k" * 40,
            }
        )
    )
    answer = app.test_client().get("/robots.txt", base_url=public_url)
    assert answer.status_code == 200
    assert answer.headers.get("X-Robots-Tag") == expected
    with app.app_context():
        from shop.web.http.app_state import database

        database().dispose()
