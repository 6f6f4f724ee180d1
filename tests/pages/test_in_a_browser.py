"""Every page as a phone and a desk show it: for everybody, by day and by night, not too heavy."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe

from shop.web.language import TWO_ADDRESSES
from tests.pages.addresses import PLACES, Place
from tests.support.browser import DESK, PHONE, Window
from tests.support.busy_day import BusyDay
from tests.support.live import LiveShop

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

FIRST_VIEW = 250_000
"""Bytes on the wire until nothing more comes, with empty pockets for files."""

TRANSFERS = """() => performance.getEntriesByType("navigation")
  .concat(performance.getEntriesByType("resource"))
  .map(entry => [entry.name, entry.transferSize])"""
WIDER = "() => document.documentElement.scrollWidth - window.innerWidth"
ALL_RULES: dict[str, Any] = {"resultTypes": ["violations"]}
COLOURS: dict[str, Any] = {**ALL_RULES, "runOnly": ["color-contrast", "link-in-text-block"]}

Looks = tuple[tuple[tuple[int, int], Literal["light", "dark"], dict[str, Any]], ...]

LOOKS: Looks = (
    (PHONE, "light", ALL_RULES),
    (PHONE, "dark", COLOURS),
    (DESK, "dark", COLOURS),
    (DESK, "light", ALL_RULES),
)
"""Night changes colours only."""
IN_OTHER_WORDS: Looks = (LOOKS[0], (DESK, "light", COLOURS))
"""Another language changes words only: how wide they are, and what assistive technology reads."""

IN_ENGLISH = [place for place in PLACES if re.split(r"[/?]", place.path[1:])[0] in TWO_ADDRESSES]


@pytest.fixture
def window(browser: "Browser", day_shop: LiveShop) -> Iterator[Window]:
    window = Window(browser, base_url=day_shop.url)
    yield window
    window.close()


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_a_page_shuts_nobody_out(window: Window, day: BusyDay, place: Place) -> None:
    page = enter(window, day, place)
    loaded = page.evaluate(TRANSFERS)
    assert sum(size for _name, size in loaded) <= FIRST_VIEW, loaded
    shuts_nobody_out(page, str(place))


@pytest.mark.parametrize("place", IN_ENGLISH, ids=str)
def test_an_english_page_shuts_nobody_out(window: Window, day: BusyDay, place: Place) -> None:
    page = enter(window, day, place, start="/en")
    assert page.locator("html").get_attribute("lang") == "en"
    shuts_nobody_out(page, f"{place} in English", IN_OTHER_WORDS)


def shuts_nobody_out(page: "Page", where: str, looks: Looks = LOOKS) -> None:
    """On a phone and on a desk, by day and by night: nothing sticks out, axe finds nothing."""
    for (width, height), scheme, rules in looks:
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme)
        at = f"{where} at {width} px, {scheme}"
        assert page.evaluate(WIDER) <= 0, f"{at}: wider than the screen"
        assert found(page, rules) == [], at


def enter(window: Window, day: BusyDay, place: Place, start: str = "") -> "Page":
    """The page with the pockets of its visitor, once nothing more is loading."""
    page = window.open()
    page.context.add_cookies(
        [
            {"name": name, "value": value, "url": str(window.base_url)}
            for name, value in day.pockets.get(place.who, {}).items()
        ]
    )
    answer = page.goto(start + place.at(day), wait_until="networkidle")
    assert answer is not None
    assert answer.status == 200
    return page


def found(page: "Page", rules: dict[str, Any]) -> list[str]:
    """What axe complains about, in a line each."""
    if not page.evaluate("() => 'axe' in window"):  # half a megabyte: once a page
        page.evaluate(Axe().axe_script)
    told = page.evaluate("rules => axe.run(rules)", rules)["violations"]
    return [
        f"{one['id']}: {node['target']} {node.get('failureSummary', '')}"
        for one in told
        for node in one["nodes"]
    ]
