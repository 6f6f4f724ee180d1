"""No link, form or odd address leads off the shop, or past a guard."""

import re
from html import unescape
from urllib.parse import urljoin, urlsplit

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import EnvironBuilder, run_wsgi_app

from shop.web.http.responses import safe_next
from shop.web.i18n.language import LANGUAGES, in_language
from tests.people.conftest import PASSWORD, SARI
from tests.support.engines import PAGES
from tests.support.visitor import Visitor

pytestmark = pytest.mark.only_on("sqlite", because=PAGES)

LINK = re.compile(r'\b(?:href|action|src|content)="([^"]*)"')
HOST = "http://localhost/"
ASTRAY = (
    "//jahat.example",
    "///jahat.example",
    "/en//jahat.example",
    "/en///jahat.example/produk",
    "/en/\\jahat.example",
    "/en\\\\jahat.example",
    "/en/%09/jahat.example\\",
    "/\\jahat.example",
    "/\\/jahat.example",
    "\\/jahat.example",
    "/\t/jahat.example",
    "/en/\n/jahat.example",
    "/\x7f/jahat.example\x00",
    "https://jahat.example/en/",
    "https:jahat.example",
    "http:///jahat.example",
    "//localhost@jahat.example",
    "/en//localhost:80@jahat.example/",
    "//[::1",
    "javascript:alert(1)",
    "/en/javascript:alert(1)//jahat.example",
    "\u2028//jahat.example",
    "/\u3000/jahat.example\\",
)


def stays(address: str) -> bool:
    """Whether a browser that follows the address from a page of ours stays with us."""
    # Browsers drop tabs and line ends, and read a backslash as a stroke.
    read = re.sub(r"[\t\n\r]", "", address).strip().replace("\\", "/")
    try:
        return urlsplit(urljoin(HOST + "en/produk", read)).netloc == "localhost"
    except ValueError:
        return False


@pytest.fixture
def sari(app: Flask) -> None:
    """Somebody who can sign in."""
    from shop.core.values import clock
    from shop.people.accounts.actions import create_person
    from shop.web.http import app_state

    with app.app_context(), app_state.database().writing() as session:
        create_person(
            session, name="Sari", phone=None, email=SARI, password=PASSWORD, now=clock.now()
        )


@pytest.mark.parametrize("page", ["/masuk", "/en/masuk"])
@pytest.mark.parametrize("wanted", ASTRAY)
def test_signing_in_leads_nowhere_else(client: Visitor, sari: None, page: str, wanted: str) -> None:
    shown = client.get(page, query_string={"lanjut": wanted}).text
    assert 'name="lanjut" value=""' in shown
    assert all(stays(unescape(link)) for link in LINK.findall(shown))
    answer = client.post(page, data={"login": SARI, "sandi": PASSWORD, "lanjut": wanted})
    assert answer.status_code == 303
    assert answer.headers["Location"] in ("/akun", "/en/akun")
    # Who is signed in already is led on at once.
    answer = client.get(page, query_string={"lanjut": wanted})
    assert answer.headers["Location"] in ("/akun", "/en/akun")


@pytest.mark.parametrize("home", ["", "/en"])
@pytest.mark.parametrize("wanted", ASTRAY)
def test_a_form_leads_back_to_no_other_place(client: Visitor, home: str, wanted: str) -> None:
    for path, data in (
        (f"{home}/hemat-data", {"mode": "1"}),
        (f"{home}/keranjang/isi", {"varian": "1", "jumlah": "1"}),
    ):
        answer = client.post(
            path,
            data={**data, "kembali": wanted},
            headers={"Referer": wanted if wanted.isascii() and wanted.isprintable() else ""},
        )
        assert answer.status_code < 500
        assert stays(answer.headers.get("Location", "/"))
        assert "jahat" not in answer.headers.get("Location", "")
        assert "jahat" not in answer.text


@given(
    address=st.text(alphabet="/\\en.:@%?# \t\nabc\u2028", max_size=12).map(lambda text: f"/{text}")
)
def test_whatever_passes_as_an_own_address_stays_in_every_language(
    engine: str, address: str
) -> None:
    wanted = safe_next(address, "/akun")
    for language in LANGUAGES:
        assert stays(in_language(language, wanted))


@pytest.mark.parametrize("wanted", ["/en//jahat.example", "/en/\\jahat.example", "/en/en//x"])
def test_the_same_page_in_another_language_is_never_another_site(engine: str, wanted: str) -> None:
    for language in LANGUAGES:
        assert stays(in_language(language, wanted))


ODD = (
    "/en/en/",
    "/en/en/produk",
    "/EN",
    "/En/produk",
    "//en/",
    "//en//kelola",
    "/en//kelola",
    "/en/../kelola",
    "/en/./kelola",
    "/en/%2e%2e/kelola",
    "/en/produk/../../kelola",
    "/en/kelola",
    "/en/operator",
    "/en/operator/uang-masuk",
    "/en/lapak",
    "/en/static/x.css",
    "/en/media/x",
    "/en/healthz",
    "/en/readyz",
    "/en/webhooks/stripe",
    "/en/sitemap.xml",
    "/en;/produk",
    "/en\\produk",
    "/enproduk",
    "/en/akun/../../operator",
    "/en//jahat.example",
    "/en/\x00",
)


@pytest.mark.parametrize("path", ODD)
def test_the_english_prefix_opens_no_page_that_has_none(app: Flask, path: str) -> None:
    asked = EnvironBuilder("/", base_url=HOST).get_environ()
    asked["PATH_INFO"] = path
    body, status, headers = run_wsgi_app(app.wsgi_app, asked)
    text = b"".join(body).decode()
    assert status.startswith("404"), status
    assert "Location" not in headers
    # Nor does the refusal link to where the path would lead if it were read as an address.
    found = LINK.findall(text)
    assert [one for one in found if "jahat" in one or one.startswith("//")] == []


@pytest.mark.parametrize(
    "host",
    ["jahat.example", "localhost.jahat.example", "localhost@jahat.example", "[::1", "x" * 300],
)
@pytest.mark.parametrize(
    "path", ["/", "/en/", "/akun", "/produk//x", "/lupa-sandi", "/sitemap.xml"]
)
def test_a_host_that_is_not_ours_is_answered_with_nothing_of_it(
    client: Visitor, host: str, path: str
) -> None:
    answer = client.get(path, headers={"Host": host})
    assert answer.status_code == 400
    assert "jahat" not in answer.text
    assert "Location" not in answer.headers


@pytest.mark.parametrize(
    "path", ["/", "/en/produk", "/akun", "/en/akun", "/produk//x", "/robots.txt"]
)
def test_what_a_proxy_might_forward_changes_no_address(client: Visitor, path: str) -> None:
    forged = {
        "X-Forwarded-Host": "jahat.example",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Prefix": "//jahat.example",
        "X-Forwarded-For": "1.2.3.4",
        "Forwarded": "host=jahat.example;proto=https",
        "X-Original-URL": "/operator",
        "X-Rewrite-URL": "/operator",
        "X-HTTP-Method-Override": "POST",
    }
    plain, answer = client.get(path), client.get(path, headers=forged)
    assert answer.status_code == plain.status_code
    assert answer.headers.get("Location") == plain.headers.get("Location")
    assert "jahat" not in answer.text
