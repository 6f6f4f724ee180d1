"""CPU of buying, request by request, beside the floor's order in the same process.

    python -m bench.checkout [rounds]

A round is one shopper with goods of three cooperatives: adding, changing a quantity, and the
five requests of the checkout. Before each of them the floor takes one order, so that whatever
slows the machine down slows both.
"""

import statistics
import sys
import time
from collections.abc import Iterator, Mapping
from http.cookies import SimpleCookie
from urllib.parse import urljoin, urlsplit

from flask import Flask
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder, TestResponse, run_wsgi_app
from werkzeug.wrappers import Request

from bench.cpu import Cost
from bench.shopper import MARKET, SAME_ORIGIN, Form, forms_of, new_phone

ADD, CHANGE = "add to cart", "change a quantity"
CHECKOUT = (
    "GET checkout",
    "POST address",
    "GET checkout again",
    "POST pay",
    "GET purchase",
)
TYPED = {
    "nama": "Sari Lestari",
    "alamat": "Jl. Melati No. 12, RT 03/RW 05",
    "kel": "Jatiwaringin, Pondokgede, Kota Bekasi 17411",
}
Fields = Mapping[str, list[str]]


class Browser:
    """Sends requests with cookies, and measures nothing but the app."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.cookies: dict[str, str] = {}
        self.spent_ns = 0
        """CPU of the last request."""

    def get(self, path: str) -> TestResponse:
        """A page, which has to be there."""
        return self._send("GET", path, None, 200)

    def post(self, path: str, fields: Fields) -> str:
        """Post a form; the path that the answer leads to."""
        answer = self._send("POST", path, fields, 303)
        return urlsplit(urljoin(path, answer.location or "")).path

    def _send(self, method: str, path: str, fields: Fields | None, status: int) -> TestResponse:
        headers = Headers(SAME_ORIGIN if method == "POST" else {})
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        builder = EnvironBuilder(
            path=path, base_url=MARKET, method=method, data=fields, headers=headers
        )
        environ = builder.get_environ()
        began = time.process_time_ns()
        reply = run_wsgi_app(self.app.wsgi_app, environ, buffered=True)
        self.spent_ns = time.process_time_ns() - began
        answer = TestResponse(*reply, request=Request(environ))
        if answer.status_code != status:
            raise RuntimeError(f"{method} {path} answered {answer.status_code}")
        for cookie in answer.headers.getlist("Set-Cookie"):
            for name, morsel in SimpleCookie(cookie).items():
                self.cookies[name] = morsel.value
        return answer


def buying(shop: Flask, floor: Flask, variants: list[int], *, rounds: int) -> dict[str, Cost]:
    """Each request of a shopper with goods of three cooperatives, and the five together.

    :param variants: one of each cooperative.
    """
    bare = Browser(floor)
    spent: dict[str, list[int]] = {"": []}
    for _warming in range(5):
        list(_steps(Browser(shop), variants))
    for _round in range(rounds):
        browser = Browser(shop)
        for name in _steps(browser, variants):
            spent.setdefault(name, []).append(browser.spent_ns)
            bare.post("/order", {"goods": ["1", "2", "3"]})
            spent[""].append(bare.spent_ns)
    minimum = statistics.median(spent[""])
    middle = {name: statistics.median(times) for name, times in spent.items()}
    middle["checkout together"] = sum(middle[name] for name in CHECKOUT)
    return {name: Cost(int(ns / 1000), ns / minimum) for name, ns in middle.items()}


def _steps(browser: Browser, variants: list[int]) -> Iterator[str]:
    """Buy, one request after the other; the name of each that is measured."""
    for place, variant in enumerate(variants):
        page = forms_of(browser.get("/produk"))
        form = next(form for form in page if form.action == "/keranjang/isi")
        browser.post(form.action, form.filled({"varian": str(variant), "jumlah": "2"}))
        if place:  # the first makes the cart
            yield ADD
    form = next(
        form for form in forms_of(browser.get("/keranjang")) if form.action.endswith("/ubah")
    )
    counts = [name for name, _value in form.fields if name.startswith("jml-")]
    browser.post(form.action, form.filled({counts[0]: "1"}))
    yield CHANGE
    form = _checkout_form(browser.get("/checkout"))
    yield CHECKOUT[0]
    typed = {name: value for name, value in (TYPED | {"wa": new_phone()}).items() if form.has(name)}
    browser.post("/checkout", form.filled(typed))
    yield CHECKOUT[1]
    form = _checkout_form(browser.get("/checkout"))
    yield CHECKOUT[2]
    name, total = next(button for button in form.buttons if button[0] == "bayar")
    # By transfer: a card's post also asks the gateway, and that is not what is measured.
    purchase = browser.post("/checkout", form.filled({"cara": "transfer", name: total}))
    if not purchase.startswith("/pembelian/"):
        raise RuntimeError(f"the purchase was not placed but led to {purchase}")
    yield CHECKOUT[3]
    browser.get(purchase)
    yield CHECKOUT[4]


def _checkout_form(page: TestResponse) -> Form:
    return next(form for form in forms_of(page) if form.has("tanda"))


def main() -> None:
    """Measure, and print a table."""
    from bench.__main__ import VAR, paths_of
    from bench.floor import create_app as create_floor
    from bench.market import market
    from config import Settings
    from shop.app import create_app

    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 30
    found = market(VAR / "bench")
    shop = create_app(Settings.from_environment(dict(found.environment)))
    floor = create_floor(f"sqlite:///{found.var / 'floor.db'}")
    for name, cost in buying(shop, floor, paths_of(found).variants, rounds=rounds).items():
        print(f"{name or 'floor order':20} {cost.microseconds:8,} µs {cost.ratio:7.2f}")


if __name__ == "__main__":
    main()
