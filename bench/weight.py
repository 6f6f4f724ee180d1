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
    """What a browser with an empty cache fetches for a page before anybody scrolls."""

    fetched: int
    """All of it; browsers fetch pictures well ahead of the screen."""
    on_screen: int
    """Without the pictures that lie below the first screen."""
    by_kind: dict[str, int]
    pictures: int


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
        below: set[str] = set()
        above: set[str] = set()
        for picture in page.locator("img").all():
            box = picture.bounding_box()
            seen = box is not None and box["y"] < PHONE["height"] and box["width"] > 0
            source: str = picture.evaluate("picture => picture.currentSrc")
            (above if seen else below).add(source)
        fetched = {answer.url: _wire(answer) for answer in came}
        by_kind: dict[str, int] = {}
        for answer in came:
            kind = answer.request.resource_type
            by_kind[kind] = by_kind.get(kind, 0) + _wire(answer)
        browser.close()
    return FirstView(
        sum(fetched.values()),
        sum(size for url, size in fetched.items() if url not in below - above),
        by_kind,
        sum(answer.request.resource_type == "image" for answer in came),
    )


def _wire(answer: "Response") -> int:
    sizes = answer.request.sizes()
    return sizes["responseBodySize"] + sizes["responseHeadersSize"]
