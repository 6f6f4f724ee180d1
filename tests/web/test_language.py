"""Two addresses for a page, one for a desk; the address of a page alone decides its language."""

import re

import pytest
from flask import Flask

from shop.web.language import TWO_ADDRESSES, in_language, to
from tests.support.visitor import Visitor

OWN = re.compile(r'(?:href|action|formaction)="(/[^"]*)"')


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
class TestAddresses:
    def test_a_page_stands_in_english_under_the_same_address(self, client: Visitor) -> None:
        page = client.get("/en/keranjang")
        assert page.status_code == 200
        assert '<html lang="en">' in page.text
        assert '<html lang="id">' in client.get("/keranjang").text

    @pytest.mark.parametrize("path", ["/en", "/en/"])
    def test_the_english_home_has_both_spellings(self, client: Visitor, path: str) -> None:
        assert '<html lang="en">' in client.get(path).text

    @pytest.mark.parametrize(
        "path", ["/en/kelola", "/en/operator", "/en/static/x", "/en/en/produk"]
    )
    def test_what_stands_once_has_no_english_address(self, client: Visitor, path: str) -> None:
        assert client.get(path).status_code == 404

    @pytest.mark.parametrize("path", ["", "produk", "koperasi", "keranjang", "masuk", "lacak"])
    def test_an_english_page_leads_to_english_pages_only(self, client: Visitor, path: str) -> None:
        page = client.get(f"/en/{path}").text
        assert 'hreflang="id"' in page
        for address in OWN.findall(page.replace('hreflang="id"', "")):
            first = address.split("/")[1].split("?")[0]
            if f'href="{address}" lang="id"' not in page:
                assert first not in TWO_ADDRESSES, address

    def test_an_answer_to_a_form_stays_in_its_language(self, client: Visitor) -> None:
        answer = client.post("/en/keluar")
        assert (answer.status_code, answer.headers["Location"]) == (303, "/en/")

    def test_who_has_to_sign_in_comes_back_to_the_english_page(self, client: Visitor) -> None:
        answer = client.get("/en/akun/pesanan?setelah=x")
        assert answer.headers["Location"] == "/en/masuk?lanjut=/en/akun/pesanan?setelah%3Dx"

    def test_the_switch_keeps_what_was_searched(self, client: Visitor) -> None:
        assert (
            'href="/en/produk?q=kopi&amp;urut=termurah"'
            in client.get("/produk?q=kopi&urut=termurah").text
        )


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_an_address_is_written_once_whatever_it_was(app: Flask) -> None:
    with app.test_request_context("/produk"):
        assert to("/produk") == "/produk"
        assert in_language("en") == "/en/produk"
        assert in_language("en", "/en/produk?q=a#b") == "/en/produk?q=a#b"
        assert in_language("id", "/en?q=a") == "/?q=a"
        assert in_language("id", "/enau") == "/enau"
        for alone in ("/kelola/gayo", "/media/x", "#isi", "https://example.org/", "?q=1"):
            assert in_language("en", alone) == alone
