"""Text alone, for whoever saves data: every page, for as long as they want."""

import re

import pytest

from shop.web.http.data_saver import COOKIE
from tests.support.engines import PAGES
from tests.support.visitor import Visitor
from tests.web.markup import Markup

ONE_ENGINE = pytest.mark.only_on("sqlite", because=PAGES)
PATHS = ("/", "/produk", "/keranjang", "/masuk", "/lacak", "/koperasi")


def switch(client: Visitor, wanted: str, path: str = "/produk", start: str = "") -> str:
    answer = client.post(f"{start}/hemat-data", data={"hemat": wanted, "kembali": path})
    assert answer.status_code == 303
    return answer.headers["Location"]


@ONE_ENGINE
class TestSavingData:
    def test_it_is_turned_on_where_one_stands_and_stays_on(self, client: Visitor) -> None:
        assert switch(client, "1", "/produk?q=kopi") == "/produk?q=kopi"
        cookie = client.get_cookie(COOKIE)
        assert cookie is not None
        assert (cookie.value, cookie.http_only, cookie.same_site) == ("1", True, "Lax")
        assert cookie.max_age == 365 * 24 * 3_600
        for path in (*PATHS, *(f"/en{path}" for path in PATHS)):
            page = client.get(path)
            assert 'class="hemat"' in page.text, path
            assert "<img" not in page.text, path
            assert "<source" not in page.text, path
            assert not re.search(r"<script(?![^>]*ld\+json)", page.text), path
            assert 'rel="preload"' not in page.text, path
            assert 'rel="modulepreload"' not in page.text, path
            assert page.headers["Cache-Control"] == "private, no-store"
            assert Markup.of(page.text).faults == []

    def test_it_is_turned_off_again(self, client: Visitor) -> None:
        switch(client, "1")
        assert switch(client, "0", "/koperasi") == "/koperasi"
        assert client.get_cookie(COOKIE) is None
        assert 'class="hemat"' not in client.get("/").text

    def test_the_switch_stands_on_every_page_and_says_what_it_does(self, client: Visitor) -> None:
        for path in PATHS:
            (button,) = Markup.of(client.get(path).text).all("button", name="hemat")
            assert button.attrs["value"] == "1"
            assert "hemat data" in button.text
        switch(client, "1")
        (button,) = Markup.of(client.get("/").text).all("button", name="hemat")
        assert (button.attrs["value"], button.text) == ("0", "Tampilkan gambar lagi")

    def test_an_english_page_stays_english(self, client: Visitor) -> None:
        assert switch(client, "1", "/en/produk", "/en") == "/en/produk"
        assert 'lang="en" class="hemat"' in client.get("/en/produk").text

    @pytest.mark.parametrize("astray", ["https://example.com/", "//example.com", "javascript:1"])
    def test_it_leads_nobody_astray(self, client: Visitor, astray: str) -> None:
        assert switch(client, "1", astray) == "/"

    @pytest.mark.parametrize("wanted", ["", "2", "ya", "x" * 500])
    def test_anything_else_turns_it_off(self, client: Visitor, wanted: str) -> None:
        switch(client, "1")
        switch(client, wanted)
        assert client.get_cookie(COOKIE) is None

    def test_it_is_no_wish_of_others(self, client: Visitor) -> None:
        before = client.get("/").data
        switch(client, "1")
        other = client.application.test_client()
        answer = other.get("/")
        assert answer.data == before
        assert answer.headers["Cache-Control"].startswith("public")
