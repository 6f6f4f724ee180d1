"""What travels to a phone: bytes of pages and styles, and the first view with its pictures."""

import gzip
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Flask
from werkzeug.test import Client

from bench.shopper import MARKET

if TYPE_CHECKING:
    from playwright.sync_api import Response

PHONE = {"width": 360, "height": 740}
SHARPNESS = 2
"""Device pixels a CSS pixel: a cheap phone of today."""


@dataclass(frozen=True)
class FirstView:
    """All that a browser with an empty cache fetches for a page before anybody scrolls."""

    total: int
    by_kind: dict[str, int]
    requests: int


def page_bytes(app: Flask, path: str) -> tuple[int, int]:
    """A page as it travels (gzip) and as it is written."""
    client = Client(app)
    packed = client.get(path, base_url=MARKET, headers={"Accept-Encoding": "gzip"})
    plain = client.get(path, base_url=MARKET)
    if packed.status_code != 200:
        raise RuntimeError(f"{path} answered {packed.status_code}")
    return len(packed.data), len(plain.data)


def style_bytes(app: Flask, path: str) -> tuple[int, int]:
    """The stylesheets that a page names, gzip -6 and raw."""
    from html.parser import HTMLParser

    found: list[str] = []

    class Styles(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            has = dict(attrs)
            if tag == "link" and has.get("rel") == "stylesheet" and has.get("href"):
                found.append(str(has["href"]))

    client = Client(app)
    Styles().feed(client.get(path, base_url=MARKET).text)
    sheets = [client.get(address, base_url=MARKET).data for address in found]
    return sum(len(gzip.compress(sheet, 6)) for sheet in sheets), sum(map(len, sheets))


def first_view(url: str) -> FirstView:
    """Open a page on a phone without scripts and add up what came over the wire.

    :raises SystemExit: with the cure when there is no browser.
    """
    from playwright.sync_api import sync_playwright

    from tests.support.browser import launch

    came: list[Response] = []

    def note(answer: "Response") -> None:
        came.append(answer)

    with sync_playwright() as playwright:
        browser = launch(playwright)
        context = browser.new_context(
            viewport={"width": PHONE["width"], "height": PHONE["height"]},
            device_scale_factor=SHARPNESS,
            java_script_enabled=False,
            locale="id-ID",
        )
        page = context.new_page()
        page.on("response", note)
        page.goto(url, wait_until="networkidle")
        by_kind: dict[str, int] = {}
        for answer in came:
            sizes = answer.request.sizes()
            kind = answer.request.resource_type
            bytes_ = sizes["responseBodySize"] + sizes["responseHeadersSize"]
            by_kind[kind] = by_kind.get(kind, 0) + bytes_
        browser.close()
    return FirstView(sum(by_kind.values()), by_kind, len(came))
