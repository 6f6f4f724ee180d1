"""Two addresses for a page, one for a desk; the address of a page alone decides its language."""

import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from babel.support import Translations
from flask import Flask, g
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # stubs lag

from shop.catalog.packaging.words import fact_words
from shop.catalog.products.rules import CATEGORY_NAMES
from shop.catalog.products.words import category_word
from shop.storefront.listing.words import keeps_words
from shop.storefront.sellers.words import written_share
from shop.web.i18n import translations
from shop.web.i18n.language import (
    TWO_ADDRESSES,
    as_written,
    in_language,
    localized_url,
    named,
    shown_name,
)
from shop.web.rendering.forms import ShopForm
from shop.web.rendering.template_filters import (
    written_day,
    written_net,
    written_time,
    written_weight,
)
from tests.support.engines import PAGES
from tests.support.visitor import Visitor

OWN = re.compile(r'(?:href|action|formaction)="(/[^"]*)"')


@pytest.mark.only_on("sqlite", because=PAGES)
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


@pytest.mark.only_on("sqlite", because=PAGES)
def test_an_address_is_written_once_whatever_it_was(app: Flask) -> None:
    with app.test_request_context("/produk"):
        assert localized_url("/produk") == "/produk"
        assert in_language("en") == "/en/produk"
        assert in_language("en", "/en/produk?q=a#b") == "/en/produk?q=a#b"
        assert in_language("id", "/en?q=a") == "/?q=a"
        assert in_language("id", "/enau") == "/enau"
        for alone in ("/kelola/gayo", "/media/x", "#isi", "https://example.org/", "?q=1"):
            assert in_language("en", alone) == alone


@pytest.mark.only_on("sqlite", because=PAGES)
class TestWords:
    """What numbers, days and names look like in each language."""

    @pytest.mark.parametrize(
        ("path", "weight", "day", "moment", "share", "keeps"),
        [
            ("/produk", "1,25 kg", "17 Agustus 2026", "20.05 WITA", "7,5%", "1 hari"),
            ("/en/produk", "1.25 kg", "17 August 2026", "20:05 WITA", "7.5%", "1 day"),
        ],
    )
    def test_weights_days_times_and_shares_follow_the_language(
        self, app: Flask, path: str, weight: str, day: str, moment: str, share: str, keeps: str
    ) -> None:
        evening = datetime(2026, 8, 17, 12, 5, tzinfo=UTC)
        with reading(app, path):
            assert written_weight(1_250) == written_net("1,25 kg") == weight
            assert written_day(evening, "Asia/Makassar") == day
            assert written_time(evening, "Asia/Makassar") == moment
            assert written_share(750) == share
            assert keeps_words(1) == keeps

    @pytest.mark.parametrize("path", ["/produk", "/en/produk"])
    def test_rupiah_is_written_alike_everywhere(self, app: Flask, path: str) -> None:
        with reading(app, path):
            assert app.jinja_env.filters["rupiah"](1_250_000) == "Rp1.250.000"

    @pytest.mark.parametrize(
        ("net", "english"),
        [
            ("1 lembar", "1 piece"),
            ("2 lembar", "2 pieces"),
            ("1 buah", "1 piece"),
            ("12 buah", "12 pieces"),
            ("1 liter", "1 litre"),
            ("1,5 liter", "1.5 litres"),
            ("250 g", "250 g"),
            ("selusin", "selusin"),
        ],
    )
    def test_units_have_their_plural(self, app: Flask, net: str, english: str) -> None:
        with reading(app, "/en/"):
            assert written_net(net) == english
        with reading(app, "/"):
            assert written_net(net) == net

    def test_labels_are_translated_only_where_the_words_are_ours(self, app: Flask) -> None:
        with reading(app, "/en/"):
            assert fact_words("Suhu ruang") == "Room temperature"
            assert fact_words("kacang tanah, telur") == "peanuts, egg"
            assert fact_words("Di <dapur> Ibu") == '<span lang="id">Di &lt;dapur&gt; Ibu</span>'
        with reading(app, "/"):
            assert fact_words("Suhu ruang") == "Suhu ruang"
            assert fact_words("Di dapur Ibu") == "Di dapur Ibu"

    def test_goods_without_an_english_name_keep_theirs_and_say_so(self, app: Flask) -> None:
        with reading(app, "/en/"):
            assert named("Kopi", "Coffee") == shown_name("Kopi", "Coffee") == "Coffee"
            assert named("Kopi", None) == "Kopi"
            assert shown_name("Kopi", None) == '<span lang="id">Kopi</span>'
        with reading(app, "/"):
            assert shown_name("Kopi", "Coffee") == "Kopi"
            assert as_written("Order GYO", "en") == '<span lang="en">Order GYO</span>'

    def test_every_category_has_an_english_name(self, app: Flask) -> None:
        with reading(app, "/en/"):
            said = {path: category_word(path) for path in CATEGORY_NAMES}
        same = {path for path, word in said.items() if word == CATEGORY_NAMES[path]}
        assert same == {"batik-tenun/batik"}

    def test_what_the_form_library_says_is_never_its_own_english(self, app: Flask) -> None:
        class Choice(ShopForm):
            pick = RadioField("?", choices=[SelectChoice("a", "A")])

        with app.test_request_context("/", method="POST", data={"pick": "b"}):
            form = Choice()
            assert not form.validate()
            assert form.pick.errors == ["Pilih salah satu yang ada di daftar."]


@contextmanager
def reading(app: Flask, path: str) -> Iterator[None]:
    """Inside a page that somebody reads at this address."""
    with app.test_request_context(path.removeprefix("/en")):
        g.language = "en" if path.startswith("/en/") else "id"
        yield


def test_what_gettext_reads_is_made_anew_when_words_change(tmp_path: Path) -> None:
    sheet = tmp_path / "en" / "LC_MESSAGES" / "messages.po"
    sheet.parent.mkdir(parents=True)
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
    for age, word in ((20, "Basket"), (0, "Cart")):
        sheet.write_text(f'{head}msgid "Keranjang"\nmsgstr "{word}"\n')
        os.utime(sheet, (time.time() + 60 - age,) * 2)
        translations.compile_sheets(tmp_path)
        assert Translations.load(tmp_path, ["en"]).gettext("Keranjang") == word
        os.utime(sheet.with_suffix(".mo"), (time.time() + 50 - age,) * 2)
    assert [file.name for file in sheet.parent.glob("*.mo")] == ["messages.mo"]
