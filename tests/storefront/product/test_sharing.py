"""Passing pages on: links and fields that work without script and say nothing about who shares."""

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.storefront.home.test_pages import COFFEE, GAYO
from tests.support.engines import PAGES
from tests.support.visitor import Visitor
from tests.web.markup import Markup

SHARED = (f"/produk/{COFFEE}", f"/koperasi/{GAYO}", f"/cerita/{COFFEE}")


@pytest.mark.only_on("sqlite", because=PAGES)
class TestSharing:
    def test_a_page_can_be_passed_on_by_whatsapp_or_copied(self, pages: Visitor) -> None:
        for path in (*SHARED, *(f"/en{one}" for one in SHARED)):
            page = Markup.of(pages.get(f"{path}?utm_source=x").text)
            address = f"http://localhost{path}"
            (link,) = [
                one
                for one in page.all("a")
                if one.attrs.get("href", "").startswith("https://wa.me/")
            ]
            text = parse_qs(urlsplit(link.attrs["href"]).query)["text"][0]
            title, shared = text.split("\n")
            assert shared == address
            assert title in page.all("title")[0].text
            fields = [one for one in page.all("input") if "readonly" in one.attrs]
            assert [one.attrs["value"] for one in fields] == [address]
            assert fields[0].inside("label") is not None

    def test_buttons_that_need_script_stay_away_without_it(self, pages: Visitor) -> None:
        page = Markup.of(pages.get(SHARED[0]).text)
        buttons = [one for one in page.all("button") if one.inside("details")]
        assert {one.attrs["data-enhance"] for one in buttons} == {"copy", "share"}
        assert all("hidden" in one.attrs for one in buttons)
        (recent,) = [
            one for one in page.all("section") if one.attrs.get("data-enhance") == "recent"
        ]
        assert "hidden" in recent.attrs

    def test_the_language_of_the_page_decides_where_seen_goods_lead(self, pages: Visitor) -> None:
        for start in ("", "/en"):
            page = Markup.of(pages.get(f"{start}/").text)
            (recent,) = [
                one for one in page.all("section") if one.attrs.get("data-enhance") == "recent"
            ]
            assert recent.attrs["data-root"] == f"{start}/produk/"
