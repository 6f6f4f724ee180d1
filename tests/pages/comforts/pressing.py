"""What the tests of comforts share: somebody at work, and a page that is still the same one."""

from typing import TYPE_CHECKING

import pytest

from tests.support.browser import Window
from tests.support.busy_day import BusyDay

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

BOTH = pytest.mark.parametrize("javascript", [True, False], ids=["script", "no-script"])


def enter(window: Window, day: BusyDay, who: str, path: str, **how: object) -> "Page":
    page = window.open(**how)  # type: ignore[arg-type]  # size and javascript, as they came
    pockets = day.pockets[who].items()
    page.context.add_cookies(
        [{"name": name, "value": value, "url": str(window.base_url)} for name, value in pockets]
    )
    page.goto(path)
    return page


def in_cart(page: "Page") -> str:
    return " ".join(page.locator("#tas").inner_text().split())


def stamp(page: "Page") -> None:
    """A mark that is gone with the page."""
    page.evaluate("() => { document.documentElement.id = 'same' }")


def is_same(page: "Page") -> bool:
    return page.locator("html#same").count() == 1


def hold_back(page: "Page", pattern: str) -> list["Route"]:
    """Requests that do not get through until they are let go."""
    held: list[Route] = []

    def hold(route: "Route") -> None:
        held.append(route)

    page.route(pattern, hold)
    return held


def let_go(page: "Page", held: list["Route"]) -> None:
    """Send on what was held back, and what follows from it."""
    for _time in range(6):
        while held:
            held.pop(0).continue_()
        page.wait_for_timeout(500)
