import gzip
import json
import re
from collections.abc import Iterator
from threading import Thread
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.serving import make_server

from config import ROOT
from shop.web.rendering import icons
from tests.web.markup import Markup
from tests.web.showroom import Card, make_app

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ERRORS = sorted(int(file.stem) for file in (ROOT / "templates/errors").glob("[45]*.html"))
PAGES = ["/", "/?salah=1", "/meja", *(f"/galat/{code}" for code in ERRORS)]


@pytest.fixture(scope="module")
def app() -> Flask:
    app = make_app()
    app.testing = True
    return app


@pytest.fixture
def visitor(app: Flask) -> FlaskClient:
    return app.test_client()


def render(app: Flask, source: str, **values: object) -> str:
    with app.test_request_context():
        return app.jinja_env.from_string(source).render(**values)


# ------------------------------------------------------------------ every page


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_sound_html_without_style_or_script_in_it(
    visitor: FlaskClient, path: str
) -> None:
    assert Markup.of(visitor.get(path).text).faults == []


@pytest.mark.parametrize("path", PAGES)
def test_a_page_carries_the_icons_it_uses_and_no_others(visitor: FlaskClient, path: str) -> None:
    page = Markup.of(visitor.get(path).text)
    used = {one.attrs["href"].removeprefix("#") for one in page.all("use")}
    assert {one.attrs["id"] for one in page.all("symbol")} == used


@pytest.mark.parametrize("path", PAGES)
def test_every_form_that_posts_carries_the_token(visitor: FlaskClient, path: str) -> None:
    page = Markup.of(visitor.get(path).text)
    posting = page.all("form", method="post")
    carrying = [one.inside("form") for one in page.all("input", name="csrf_token")]
    assert [form for form in posting if form not in carrying] == []
    assert path == "/meja" or posting


@pytest.mark.parametrize("path", PAGES)
def test_every_page_offers_to_skip_to_its_one_main_part(visitor: FlaskClient, path: str) -> None:
    page = Markup.of(visitor.get(path).text)
    first_link = page.all("a")[0]
    assert first_link.attrs["href"] == "#isi"
    assert [one.attrs["id"] for one in page.all("main")] == ["isi"]


def test_visitors_without_cookies_all_get_the_same_bytes(visitor: FlaskClient) -> None:
    first = visitor.get("/")
    assert first.data == visitor.get("/").data
    assert "Set-Cookie" not in first.headers
    assert "Cookie" not in first.headers.get("Vary", "")


def test_the_shell_is_light(visitor: FlaskClient) -> None:
    assert len(gzip.compress(visitor.get("/galat/404").data, compresslevel=6)) <= 2_500


def test_links_of_the_shell_lead_to_addresses_that_exist(visitor: FlaskClient) -> None:
    page = Markup.of(visitor.get("/galat/404").text)
    paths = {one.attrs["href"] for one in page.all("a")} - {"#isi"}
    assert paths <= {"/", "/produk", "/koperasi", "/keranjang", "/lacak", "/masuk", "/daftar"}


def test_a_page_with_its_own_bar_has_no_tabs(app: Flask) -> None:
    assert "tabbar" in render(app, '{% extends "base.html" %}')
    assert "tabbar" not in render(app, '{% extends "base.html" %}{% set bar = "buy" %}')


def test_what_just_happened_is_said_once_and_read_out(visitor: FlaskClient) -> None:
    with visitor.session_transaction() as session:
        session["_flashes"] = [("ok", "Keripik Tempe masuk keranjang.")]
    page = Markup.of(visitor.get("/").text)
    assert page.all("div", class_="flash")[0].text.strip() == "Keripik Tempe masuk keranjang."
    assert page.all("div", class_="flash")[0] in [
        one.inside("div") for one in page.all("div", role="status")
    ]
    assert "flash" not in visitor.get("/").text


def test_a_desk_shows_whose_it_is_and_where_one_stands(visitor: FlaskClient) -> None:
    page = Markup.of(visitor.get("/meja").text)
    assert page.all("span", class_="desk-name")[0].text == "Koperasi Gayo Rimba Lestari"
    current = [one.attrs["href"] for one in page.all("a") if "aria-current" in one.attrs]
    assert current.count("/kelola/gayo/pesanan") == 2  # beside the page, and below it on a phone


# ------------------------------------------------------------------ icons


def test_a_drawing_that_nobody_made_is_refused(app: Flask) -> None:
    with pytest.raises(KeyError):
        render(app, '{{ icon("unicorn") }}')


def test_an_icon_that_stands_for_a_word_says_it(app: Flask) -> None:
    said = render(app, '{{ icon("plus", "Tambah <Teh>") }}')
    assert 'role="img" aria-label="Tambah &lt;Teh&gt;"' in said


def test_drawings_are_pure_shape() -> None:
    drawings = json.loads((ROOT / "shop/web/rendering/icons.json").read_text(encoding="utf-8"))
    assert tuple(drawings) == icons.names()
    for drawing in drawings.values():
        assert re.fullmatch(r'(<(path|circle) [a-z0-9 ="MmLlHhVvCcSsQqTtAaZz.,-]+/>)+', drawing)


def test_templates_name_only_icons_that_are_drawn() -> None:
    named = {
        name
        for file in (ROOT / "templates").rglob("*.html")
        for name in re.findall(r'icon(?:_mark)?\("([a-z]+)"', file.read_text(encoding="utf-8"))
    }
    assert named <= set(icons.names())


# ------------------------------------------------------------------ forms


def test_a_refused_form_names_each_field_leads_there_and_has_the_focus(
    visitor: FlaskClient,
) -> None:
    page = Markup.of(visitor.get("/?salah=1").text)
    (summary,) = page.all("div", role="alert", tabindex="-1")
    assert "autofocus" in summary.attrs
    links = [one for one in page.all("a") if one.inside("div") and "#" in one.attrs["href"]]
    named = {one.attrs["href"] for one in links}
    assert {"#wa", "#alamat", "#berat", "#bungkus-0", "#setuju"} <= named


def test_a_refused_field_keeps_what_was_typed_and_says_what_is_wrong(visitor: FlaskClient) -> None:
    page = Markup.of(visitor.get("/?salah=1").text)
    (phone,) = page.all("input", id="wa")
    assert phone.attrs["value"] == "812 34"
    assert phone.attrs["aria-invalid"] == "true"
    assert phone.attrs["aria-describedby"] == "wa-e wa-h"
    (error,) = page.all("p", id="wa-e")
    assert error.text == "Nomornya kurang panjang. Contoh: 812 3456 7890."
    (name,) = page.all("input", id="nama")
    assert "aria-invalid" not in name.attrs


def test_every_field_has_a_label_and_only_optional_ones_say_so(visitor: FlaskClient) -> None:
    page = Markup.of(visitor.get("/").text)
    words = {one.attrs.get("for"): one.text for one in page.all("label")}
    assert words["nama"] == "Nama penerima"
    assert words["wa"] == "Nomor WhatsApp"
    assert words["catatan"] == "Catatan (boleh kosong)"


def test_the_first_button_of_a_form_does_no_harm(visitor: FlaskClient) -> None:
    page = Markup.of(visitor.get("/").text)
    (form,) = page.all("form", action="/coba")
    first = next(one for one in page.all("button") if one.inside("form") is form)
    assert (first.attrs["name"], first.attrs["value"]) == ("hitung", "1")


def test_what_people_wrote_is_shown_as_written_never_as_markup(app: Flask) -> None:
    evil = '<img src=x onerror=alert(1)> "Teh" & Co'
    page = render(
        app,
        '{% from "components/card.html" import cards %}'
        '{% from "components/note.html" import note %}'
        '{% from "components/parcel.html" import line %}'
        "{{ cards([c]) }}{{ note(evil) }}{{ line(evil, '', evil, 1) }}",
        c=Card(name=evil, cooperative=evil, place=evil),
        evil=evil,
    )
    assert "<img src=x" not in page
    assert page.count("&lt;img src=x") >= 7
    assert "&amp;amp;" not in page


# ------------------------------------------------------------------ goods


def one_card(app: Flask, card: Card) -> Markup:
    return Markup.of(
        render(app, '{% from "components/card.html" import card %}{{ card(c) }}', c=card)
    )


def test_a_card_adds_its_variant_through_the_pages_one_form(app: Flask) -> None:
    (button,) = one_card(app, Card(variant_id=7)).all("button")
    assert button.attrs["form"] == "tambah"
    assert (button.attrs["name"], button.attrs["value"]) == ("varian", "7")
    assert button.attrs["aria-label"] == "Tambah Keripik Tempe Daun Jeruk ke keranjang"


def test_a_card_with_a_choice_leads_to_it(app: Flask) -> None:
    page = one_card(app, Card(variant_id=None))
    assert page.all("button") == []
    (link,) = page.all("a", class_="add")
    assert link.attrs["href"] == "/produk/keripik-tempe"


def test_a_card_that_is_sold_out_keeps_its_place_and_says_so(app: Flask) -> None:
    page = one_card(app, Card(available=0))
    assert [one.text for one in page.all("span", class_="tag")] == ["Habis"]
    assert page.all("button") == []
    assert page.all("h3")[0].text == "Keripik Tempe Daun Jeruk"


def test_a_card_warns_when_few_are_left(app: Flask) -> None:
    assert one_card(app, Card(available=6)).all("span", class_="tag--warn")[0].text == "Sisa 6"
    assert one_card(app, Card(available=60)).all("span", class_="tag") == []


def test_a_fact_that_is_missing_is_left_out(app: Flask) -> None:
    bare = one_card(app, Card(net="", keeps="", storage="", permits="", sold=0))
    assert [one.text for one in bare.all("li")][1:] == []
    sized = one_card(app, Card(keeps="", size="22×28 cm"))
    assert "Ukuran 22×28 cm" in [one.text for one in sized.all("li")]


def test_only_the_first_row_of_pictures_loads_at_once(app: Flask) -> None:
    page = Markup.of(
        render(
            app,
            '{% from "components/card.html" import cards %}{{ cards(list, eager=4) }}',
            list=[Card()] * 9,
        )
    )
    lazy = [one.attrs.get("loading") for one in page.all("img")]
    assert lazy == [None] * 4 + ["lazy"] * 5


def test_the_price_bar_is_as_wide_as_the_money_and_the_table_says_the_same(app: Flask) -> None:
    page = Markup.of(
        render(
            app,
            '{% from "components/split_bar.html" import split_bar %}'
            '{{ split_bar("Ke mana", [("Anggota", 75_000, "c4"), ("Kas", 25_000, "c2")]) }}',
        )
    )
    assert [one.attrs["width"] for one in page.all("rect")] == ["298", "98"]
    assert [one.text for one in page.all("td")] == ["75%", "Rp75.000", "25%", "Rp25.000"]
    (drawing,) = page.all("svg")
    assert drawing.attrs["aria-label"] == "Ke mana: Anggota Rp75.000, Kas Rp25.000"


# ------------------------------------------------------------------ in a real browser


@pytest.fixture(scope="module")
def address(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def open_page(browser: "Browser", url: str, width: int, scheme: str) -> "Page":
    dark = scheme == "dark"
    context = browser.new_context(
        viewport={"width": width, "height": 740}, color_scheme="dark" if dark else "light"
    )
    page = context.new_page()
    page.goto(url, wait_until="load")
    return page


@pytest.mark.parametrize("path", ["/?salah=1", "/meja", "/galat/404"])
def test_nothing_scrolls_sideways_on_the_narrowest_phone(
    browser: "Browser", address: str, path: str
) -> None:
    page = open_page(browser, address + path, 320, "light")
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("path", ["/?salah=1", "/meja", "/galat/404"])
def test_nobody_is_shut_out(
    browser: "Browser", address: str, path: str, width: int, scheme: str
) -> None:
    page = open_page(browser, address + path, width, scheme)
    found = Axe().run(page).response["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []
    page.context.close()


@pytest.mark.parametrize("path", ["/", "/meja"])
def test_a_thumb_hits_every_control(browser: "Browser", address: str, path: str) -> None:
    page = open_page(browser, address + path, 360, "light")
    small = page.evaluate(
        """() => [...document.querySelectorAll(
            ".btn, .add, .tool, .opt, .check, .pill, .input, .qty button, .tabbar a, summary"
          )].filter(e => e.offsetParent && !e.closest(".vh"))
            .filter(e => Math.min(e.offsetWidth, e.offsetHeight) < 44)
            .map(e => e.outerHTML.slice(0, 80))"""
    )
    assert small == []
    page.context.close()


def test_the_refusal_has_the_focus_and_its_links_reach_the_fields(
    browser: "Browser", address: str
) -> None:
    page = open_page(browser, f"{address}/?salah=1", 360, "light")
    assert page.evaluate("document.activeElement.getAttribute('role')") == "alert"
    page.get_by_role("link", name="Nomor WhatsApp").click()
    assert page.evaluate("location.hash") == "#wa"
    page.keyboard.press("Tab")
    page.context.close()


def test_an_icon_is_drawn_though_its_drawing_comes_last(browser: "Browser", address: str) -> None:
    page = open_page(browser, f"{address}/galat/404", 360, "light")
    width = page.evaluate("document.querySelector('.tabbar use').getBBox().width")
    assert width > 5
    page.context.close()


def test_the_test_page_shows_every_component() -> None:
    shown = "".join(
        file.read_text(encoding="utf-8") for file in (ROOT / "tests/web/templates").glob("*.html")
    )
    ours = {file.name for file in (ROOT / "templates/components").glob("*.html")}
    stands_inside_others = {"picture.html"}
    missing = {name for name in ours - stands_inside_others if f"components/{name}" not in shown}
    assert missing == set()
