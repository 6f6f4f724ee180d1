"""Tabs of a browser that stay open from one page's test to the next."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.pages.addresses import Place
from tests.support.browser import PHONE, Window
from tests.support.busy_day import BusyDay

if TYPE_CHECKING:
    from playwright.sync_api import Page


@dataclass
class Tabs:
    """A tab for each sort of visitor, kept open: opening a new one costs more than a page."""

    window: Window
    pockets: Mapping[str, Mapping[str, str]]
    _open: dict[str, "Page"] = field(default_factory=dict)

    def of(self, who: str) -> "Page":
        """The tab of a visitor, with the cookies of the morning and nothing else kept."""
        if who not in self._open:
            self._open[who] = self.window.open()
        page = self._open[who]
        url = str(self.window.base_url)
        if page.url.startswith(url):
            page.evaluate("() => { localStorage.clear(); sessionStorage.clear(); }")
        page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
        page.emulate_media(media="screen", color_scheme="light")
        page.context.clear_cookies()
        page.context.add_cookies(
            [
                {"name": name, "value": value, "url": url}
                for name, value in self.pockets.get(who, {}).items()
            ]
        )
        return page


def enter(tabs: Tabs, day: BusyDay, place: Place, start: str = "") -> "Page":
    """The page with the pockets of its visitor, once it has loaded."""
    page = tabs.of(place.who)
    answer = page.goto(start + place.at(day))
    assert answer is not None
    assert answer.status == 200
    return page
