"""Every page that shoppers can read in English, in a browser."""

import re

import pytest

from shop.web.i18n.language import TWO_ADDRESSES
from tests.pages.addresses import PLACES, Place
from tests.pages.in_a_browser import EVERY_LOOK, shuts_nobody_out
from tests.pages.tabs import Tabs, enter
from tests.support.busy_day import BusyDay
from tests.support.effort import SOAK

IN_ENGLISH = [place for place in PLACES if re.split(r"[/?]", place.path[1:])[0] in TWO_ADDRESSES]


@pytest.mark.soak
@pytest.mark.parametrize("place", IN_ENGLISH, ids=str)
def test_an_english_page_shuts_nobody_out(tabs: Tabs, day: BusyDay, place: Place) -> None:
    page = enter(tabs, day, place, start="/en")
    assert page.locator("html").get_attribute("lang") == "en"
    shuts_nobody_out(page, f"{place} in English", EVERY_LOOK if SOAK else ())
