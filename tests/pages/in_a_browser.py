"""A page as a phone and a desk show it: for everybody, by day and by night, not too heavy."""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Literal

from axe_playwright_python.sync_playwright import Axe

from tests.pages.addresses import PLACES, Place
from tests.pages.tabs import Tabs, enter
from tests.support.browser import DESK, PHONE
from tests.support.busy_day import BusyDay
from tests.support.effort import SOAK

if TYPE_CHECKING:
    from playwright.sync_api import Page

FIRST_VIEW = 250_000
"""Bytes on the wire until nothing more comes, with empty pockets for files."""

TRANSFERS = """() => performance.getEntriesByType("navigation")
  .concat(performance.getEntriesByType("resource"))
  .map(entry => [entry.name, entry.transferSize])"""
WIDER = "() => document.documentElement.scrollWidth - window.innerWidth"
ALL_RULES: dict[str, Any] = {"resultTypes": ["violations"]}
COLOURS: dict[str, Any] = {**ALL_RULES, "runOnly": ["color-contrast", "link-in-text-block"]}

Look = tuple[tuple[int, int], Literal["light", "dark"], dict[str, Any]]

BY_DAY: Look = (PHONE, "light", ALL_RULES)
BY_NIGHT: Look = (DESK, "dark", COLOURS)
"""Night changes colours only."""
EVERY_LOOK: tuple[Look, ...] = (
    BY_DAY,
    (PHONE, "dark", COLOURS),
    BY_NIGHT,
    (DESK, "light", ALL_RULES),
)


def kind(place: Place) -> str:
    """Its address without what is asked of it and without whose it is."""
    return re.sub(r"\{\w+\}", "{}", place.path.partition("?")[0])


def first_of_each_kind(places: Iterable[Place]) -> set[Place]:
    """One place for each sort of page: axe reads it by day and by night."""
    found: dict[str, Place] = {}
    for place in places:
        found.setdefault(kind(place), place)
    return set(found.values())


READ_WHOLE = first_of_each_kind(PLACES)


def opens_and_shuts_nobody_out(tabs: Tabs, day: BusyDay, place: Place) -> None:
    """One page of each kind is weighed and read by day and by night, the others are measured."""
    is_read_whole = place in READ_WHOLE
    page = enter(tabs, day, place)
    if is_read_whole and not place.is_desk:
        assert weight(page) <= FIRST_VIEW
    looks = (BY_DAY, BY_NIGHT) if is_read_whole else ()
    shuts_nobody_out(page, str(place), EVERY_LOOK if SOAK else looks)


def shuts_nobody_out(page: "Page", where: str, looks: tuple[Look, ...]) -> None:
    """Nothing sticks out on a phone or on a desk; in these looks axe finds nothing."""
    for width, height in (PHONE, DESK):
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate(WIDER) <= 0, f"{where} at {width} px: wider than the screen"
    for (width, height), scheme, rules in looks:
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme)
        assert found(page, rules) == [], f"{where} at {width} px, {scheme}"


def weight(page: "Page") -> int:
    """Bytes on the wire of a page and all it brings to somebody who comes for the first time."""
    page.context.new_cdp_session(page).send("Network.clearBrowserCache")
    page.reload(wait_until="networkidle")
    return sum(size for _name, size in page.evaluate(TRANSFERS))


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
