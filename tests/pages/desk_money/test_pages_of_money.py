"""Every page of a cooperative's desk about money, delivery and the rest, in a browser."""

import pytest

from tests.pages.addresses import ABOUT_GOODS, ABOUT_ORDERS, DESK_PAGES, Place
from tests.pages.in_a_browser import opens_and_shuts_nobody_out
from tests.pages.tabs import Tabs
from tests.support.busy_day import BusyDay

OTHER = [place for place in DESK_PAGES if place not in ABOUT_GOODS + ABOUT_ORDERS]


@pytest.mark.soak
@pytest.mark.parametrize("place", OTHER, ids=str)
def test_a_page_shuts_nobody_out(tabs: Tabs, day: BusyDay, place: Place) -> None:
    opens_and_shuts_nobody_out(tabs, day, place)
