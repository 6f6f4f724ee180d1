"""The double's pay page: three buttons, both languages, nothing inline, nothing foreign."""

import re
import socket
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from shop.payments.cards.gateway import PageState, PaymentPage
from shop.payments.cards.stripe_gateway import StripeGateway
from tests.payments.paid_by_card import access, wanted
from tests.support.browser import DESK, PHONE
from tests.support.sandbox import Double
from tests.web.markup import Markup

if TYPE_CHECKING:
    from tests.support.browser import Window


def opened(sandbox: Double, language: str = "id") -> PaymentPage:
    return StripeGateway(access(sandbox)).open_page(wanted(f"in-{language}", language=language))


def fetch(url: str | None, form: dict[str, str] | None = None, **headers: str) -> Any:
    assert url is not None
    data = None if form is None else urllib.parse.urlencode(form).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_: object, **__: object) -> None:
            return None

    try:
        return urllib.request.build_opener(Stay).open(
            urllib.request.Request(url, data, named), timeout=10
        )
    except urllib.error.HTTPError as refused:
        return refused


def text(url: str | None) -> str:
    with fetch(url) as answer:
        found: str = answer.read().decode()
        return found


def form(sandbox: Double, page: PaymentPage, button: str) -> dict[str, str]:
    token = re.search(r'name="token" value="(\w+)"', text(page.url))
    assert token is not None
    return {"token": token[1], "tindakan": button}


def test_the_page_says_what_it_is_for_and_that_no_money_moves(sandbox: Double) -> None:
    html = text(opened(sandbox).url)
    for words in ("Rp45.000", "Belanja di 3 koperasi", "KPS-7F3K", "Bukan uang sungguhan"):
        assert words in html
    assert re.search(r"Bayar sebelum</dt><dd>\d\d\.\d\d WIB", html)


def test_nothing_is_typed_and_nothing_is_inline(sandbox: Double) -> None:
    html = text(opened(sandbox).url)
    page = Markup.of(html)
    assert {field.attrs["type"] for field in page.all("input")} == {"hidden"}
    assert page.all("script") == []
    assert page.all("style") == []
    assert not re.search(r"\s(?:style|on[a-z]+)=", html)
    assert len(page.all("button")) == 3


def test_the_page_may_load_nothing_foreign(sandbox: Double) -> None:
    with fetch(opened(sandbox).url) as answer:
        headers: Mapping[str, str] = answer.headers
        policy = headers["Content-Security-Policy"]
        html = answer.read().decode()
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert "form-action 'self' http://localhost" in policy
    assert headers["Cache-Control"] == "private, no-store"
    [sheet] = re.findall(r'rel="stylesheet" href="([^"]+)"', html)
    with fetch(sandbox.url + sheet) as css:
        assert "immutable" in css.headers["Cache-Control"]
        assert b"@font-face" not in css.read()


def test_paying_leads_back_with_the_session(sandbox: Double) -> None:
    page = opened(sandbox)
    assert sandbox.press(page.url or "", "bayar") == (
        303,
        f"http://localhost/pembelian/KPS-7F3K?sesi={page.ref}",
    )
    assert StripeGateway(access(sandbox)).page(page.ref).is_paid


def test_a_declined_card_is_told_and_may_try_again(sandbox: Double) -> None:
    page = opened(sandbox)
    assert sandbox.press(page.url or "", "tolak") == (303, f"/pay/{page.ref}")
    html = text(page.url)
    assert "Kartu ditolak. Belum ada uang yang diambil" in html
    assert 'role="alert"' in html
    assert sandbox.waiting()[-1]["type"] == "payment_intent.payment_failed"
    assert sandbox.press(page.url or "", "bayar")[0] == 303
    assert StripeGateway(access(sandbox)).page(page.ref).is_paid


def test_cancelling_leads_back_and_leaves_the_page_open(sandbox: Double) -> None:
    page = opened(sandbox)
    assert sandbox.press(page.url or "", "batal") == (303, "http://localhost/pembelian/KPS-7F3K")
    assert StripeGateway(access(sandbox)).page(page.ref).state is PageState.OPEN


def test_eleven_clicks_on_pay_are_one_payment(sandbox: Double) -> None:
    page = opened(sandbox)
    given = form(sandbox, page, "bayar")
    for _ in range(11):
        with fetch(page.url, given) as answer:
            assert answer.status == 303
    assert [e["type"] for e in sandbox.waiting()].count("charge.succeeded") == 1


@pytest.mark.parametrize(
    ("given", "headers"),
    [
        ({"tindakan": "bayar"}, {}),
        ({"tindakan": "bayar", "token": "0" * 64}, {}),
        ({"tindakan": "bayar", "token": "é"}, {}),
        ({"tindakan": "bayar", "token": "right"}, {"Sec_Fetch_Site": "cross-site"}),
    ],
)
def test_another_site_cannot_press_the_button(
    sandbox: Double, given: dict[str, str], headers: dict[str, str]
) -> None:
    page = opened(sandbox)
    if given.get("token") == "right":
        given = form(sandbox, page, "bayar")
    with fetch(page.url, given, **headers) as answer:
        assert answer.status == 403
        assert "Belum ada yang dibayar" in answer.read().decode()
    assert not StripeGateway(access(sandbox)).page(page.ref).is_paid


def test_a_page_that_is_over_says_so_and_leads_back(sandbox: Double) -> None:
    page = opened(sandbox)
    given = form(sandbox, page, "bayar")
    StripeGateway(access(sandbox)).close_page(page.ref)
    html = text(page.url)
    assert "Halaman bayar ini sudah ditutup" in html
    assert "http://localhost/pembelian/KPS-7F3K" in html
    with fetch(page.url, given) as answer:
        assert (answer.status, answer.headers["Location"]) == (303, f"/pay/{page.ref}")
    assert not StripeGateway(access(sandbox)).page(page.ref).is_paid


def test_a_paid_page_asks_for_nothing_more(sandbox: Double) -> None:
    page = opened(sandbox)
    sandbox.outcome(page.ref, "paid")
    html = text(page.url)
    assert "Pembayaran ini sudah selesai" in html
    # What the bank may do days later is there; nothing takes the money a second time.
    assert not any(f'value="{act}"' in html for act in ("bayar", "tolak", "batal"))


def test_a_button_nobody_made_does_nothing(sandbox: Double) -> None:
    page = opened(sandbox)
    with fetch(page.url, form(sandbox, page, "hapus")) as answer:
        assert answer.status == 303
    assert StripeGateway(access(sandbox)).page(page.ref).state is PageState.OPEN


def test_a_slow_phone_holds_up_nobody(sandbox: Double) -> None:
    page = opened(sandbox)
    place = urllib.parse.urlsplit(page.url)
    assert isinstance(place.path, str)
    with socket.create_connection(("127.0.0.1", place.port)) as phone:
        phone.sendall(
            f"POST {place.path} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n\r\ntok".encode()
        )
        time.sleep(0.2)
        began = time.monotonic()
        assert StripeGateway(access(sandbox)).page(page.ref).state is PageState.OPEN
        assert time.monotonic() - began < 2


def test_a_body_without_end_is_refused(sandbox: Double) -> None:
    page = opened(sandbox)
    with fetch(page.url, {"token": "x" * 300_000}) as answer:
        assert answer.status == 413


@pytest.mark.parametrize("path", ["/pay/cs_test_unknown", "/pay/", "/pay/<script>", "/pay/a/b"])
def test_an_unknown_page_is_told_in_words(sandbox: Double, path: str) -> None:
    with fetch(sandbox.url + urllib.parse.quote(path)) as answer:
        assert answer.status == 404
        html = answer.read().decode()
    assert "Halaman bayar tidak ditemukan" in html
    assert "<script" not in html


def test_what_is_bought_cannot_smuggle_markup(sandbox: Double) -> None:
    asked = replace(wanted(), words='<img src=x onerror="alert(1)">', reference="<b>")
    html = text(StripeGateway(access(sandbox)).open_page(asked).url)
    assert "<img" not in html
    assert "&lt;img" in html


def test_the_page_speaks_the_language_of_the_purchase(sandbox: Double) -> None:
    english = text(opened(sandbox, "en").url)
    assert '<html lang="en">' in english
    assert "No real money" in english
    assert "Bayar" not in english
    assert '<html lang="id">' in text(opened(sandbox, "id").url)


@pytest.mark.parametrize("size", [PHONE, DESK])
def test_a_browser_pays_without_a_complaint(
    sandbox: Double, window: "Window", size: tuple[int, int]
) -> None:
    page = StripeGateway(access(sandbox)).open_page(
        replace(wanted(), success_url=f"{sandbox.url}/healthz", cancel_url=f"{sandbox.url}/healthz")
    )
    tab = window.open(page.url, size=size, base_url=sandbox.url)
    assert tab.evaluate("document.documentElement.scrollWidth") <= size[0]
    tab.get_by_role("button", name="Tolak kartunya").click()
    tab.get_by_role("alert").wait_for()
    tab.get_by_role("button", name="Bayar Rp45.000").click()
    tab.wait_for_url("**/healthz")
    assert StripeGateway(access(sandbox)).page(page.ref).is_paid
    tab.go_back()
    deadline = time.monotonic() + 5
    while "sudah selesai" not in tab.content() and time.monotonic() < deadline:
        tab.reload()
    assert tab.get_by_role("button", name="Bayar Rp45.000").count() == 0
