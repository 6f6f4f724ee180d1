"""Sitemap, robots, manifest and sign: what machines ask for by name."""

import io
from urllib.robotparser import RobotFileParser
from xml.etree import ElementTree as ET

import pytest
from PIL import Image
from sqlalchemy import select, update

from shop.catalog.products import actions as products
from shop.catalog.products.models import Product, ProductCard
from shop.core.database.engine import Database
from shop.people.cooperatives.models import Cooperative
from shop.storefront.sitemap import queries as sitemap
from tests.factories import NOON
from tests.storefront.home.test_pages import COFFEE, GAYO
from tests.support.engines import PAGES
from tests.support.statements import statements
from tests.support.visitor import Visitor
from tests.web.markup import Markup

ROOT = "http://localhost"
NAMES = {
    "s": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "x": "http://www.w3.org/1999/xhtml",
}


def read(pages: Visitor, path: str) -> ET.Element:
    answer = pages.get(path)
    assert answer.status_code == 200
    assert answer.mimetype == "application/xml"
    return ET.fromstring(answer.data)


def addresses(tree: ET.Element) -> list[str]:
    return [one.text or "" for one in tree.findall("s:url/s:loc", NAMES)]


def test_the_sitemap_names_every_public_page_in_both_languages(
    pages: Visitor, market: Database
) -> None:
    found = addresses(read(pages, "/sitemap.xml"))
    assert len(found) == len(set(found))
    with market.reading() as session:
        slugs = set(session.scalars(select(ProductCard.slug)))
        sellers = set(session.scalars(select(Cooperative.slug)))
    for start in (ROOT, f"{ROOT}/en"):
        assert {f"{start}/produk/{slug}" for slug in slugs} <= set(found)
        assert {f"{start}/koperasi/{slug}" for slug in sellers} <= set(found)
        assert {f"{start}/", f"{start}/produk", f"{start}/koperasi"} <= set(found)
        assert f"{start}/cerita/{COFFEE}" in found
        assert f"{start}/produk?kategori=minuman/kopi" in found


def test_each_named_page_is_there_and_says_the_same_of_itself(pages: Visitor) -> None:
    tree = read(pages, "/sitemap.xml")
    for url in [*tree.findall("s:url", NAMES)][::23]:
        loc = url.findtext("s:loc", namespaces=NAMES) or ""
        page = Markup.of(pages.get(loc.removeprefix(ROOT)).text)
        assert page.all("link", rel="canonical")[0].attrs["href"].replace("%2F", "/") == loc
        here = {one.attrs["hreflang"] for one in page.all("link", rel="alternate")}
        there = {one.attrib["hreflang"] for one in url.findall("x:link", NAMES)}
        assert here == there == {"id", "en", "x-default"}


def test_what_left_the_shop_leaves_the_sitemap(pages: Visitor, market: Database) -> None:
    with market.writing() as session:
        gone = session.scalar(select(Product.id).where(Product.slug == COFFEE))
        assert gone is not None
        products.hide(session, gone)
        session.execute(
            update(Cooperative).where(Cooperative.slug == GAYO).values(suspended_at=NOON)
        )
    found = "\n".join(addresses(read(pages, "/sitemap.xml")))
    assert COFFEE not in found
    assert f"/koperasi/{GAYO}" not in found


def test_a_large_market_has_its_pages_in_several_files(
    pages: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sitemap, "GOODS_A_PART", 40)
    index = read(pages, "/sitemap.xml")
    files = [one.text or "" for one in index.findall("s:sitemap/s:loc", NAMES)]
    assert len(files) == 5
    apart = [
        address for file in files for address in addresses(read(pages, file.removeprefix(ROOT)))
    ]
    monkeypatch.setattr(sitemap, "GOODS_A_PART", 2_500)
    assert sorted(apart) == sorted(addresses(read(pages, "/sitemap.xml")))


def test_a_file_of_the_sitemap_costs_the_same_however_much_is_in_it(
    pages: Visitor, market: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = pages.application.extensions["lumbung"].database
    costs = []
    for maximum in (10, 100):
        monkeypatch.setattr(sitemap, "GOODS_A_PART", maximum)
        with statements(database) as asked:
            assert pages.get("/sitemap/0.xml").data
        costs.append(len(asked))
    assert costs == [2, 2]
    with statements(database) as asked:
        assert pages.get("/sitemap/toko.xml").data
    assert len(asked) == 2


@pytest.mark.parametrize("part", ["1", "99999999999999999999", "-1", "x"])
def test_a_file_that_no_goods_stand_in_is_not_there(pages: Visitor, part: str) -> None:
    assert pages.get(f"/sitemap/{part}.xml").status_code == 404


def test_the_sitemap_comes_packed_and_may_be_kept(pages: Visitor) -> None:
    import gzip

    answer = pages.get("/sitemap.xml", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Cache-Control"] == "public, max-age=3600"
    assert answer.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(answer.data) == pages.get("/sitemap.xml").data


def test_a_market_without_goods_has_a_sitemap_too(client: Visitor) -> None:
    assert f"{ROOT}/" in addresses(read(client, "/sitemap.xml"))


def test_search_engines_may_walk_through_goods_and_not_through_what_is_ones_own(
    pages: Visitor,
) -> None:
    text = pages.get("/robots.txt").text
    robots = RobotFileParser()
    robots.parse(text.splitlines())
    for path in ("/", "/produk", f"/produk/{COFFEE}", f"/koperasi/{GAYO}", "/en/produk?q=kopi"):
        assert robots.can_fetch("*", ROOT + path), path
    for path in ("/keranjang", "/en/keranjang", "/akun", "/kelola/x", "/operator", "/pembelian/x"):
        assert not robots.can_fetch("*", ROOT + path), path
    assert f"Sitemap: {ROOT}/sitemap.xml" in text


@pytest.mark.only_on("sqlite", because=PAGES)
@pytest.mark.parametrize(("start", "language"), [("", "id"), ("/en", "en")])
def test_a_phone_can_keep_the_shop_on_its_first_screen(
    client: Visitor, start: str, language: str
) -> None:
    page = Markup.of(client.get(f"{start}/keranjang").text)
    link = page.all("link", rel="manifest")[0].attrs["href"]
    answer = client.get(link)
    told = answer.get_json(force=True)
    assert answer.mimetype == "application/manifest+json"
    assert (told["lang"], told["start_url"]) == (language, f"{start}/")
    assert len(told["short_name"]) <= 12
    for one in told["shortcuts"]:
        assert client.get(one["url"]).status_code == 200
    purposes = set()
    for icon in told["icons"]:
        picture = client.get(icon["src"])
        assert picture.mimetype == icon["type"]
        assert len(picture.data) <= 8_000
        purposes.add(icon.get("purpose", "any"))
        if icon["type"] == "image/png":
            width, height = map(int, icon["sizes"].split("x"))
            assert Image.open(io.BytesIO(picture.data)).size == (width, height)
    assert purposes == {"any", "maskable"}


@pytest.mark.only_on("sqlite", because=PAGES)
def test_the_sign_is_where_browsers_have_always_looked(client: Visitor) -> None:
    answer = client.get("/favicon.ico", follow_redirects=True)
    assert answer.mimetype == "image/x-icon"
    assert Image.open(io.BytesIO(answer.data)).size == (32, 32)
