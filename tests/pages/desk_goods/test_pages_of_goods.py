"""Every page of a cooperative's desk about its goods, in a browser."""

import pytest

from tests.pages.addresses import ABOUT_GOODS, Place
from tests.pages.in_a_browser import opens_and_shuts_nobody_out
from tests.pages.tabs import Tabs
from tests.support.busy_day import BusyDay


@pytest.mark.soak
@pytest.mark.parametrize("place", ABOUT_GOODS, ids=str)
def test_a_page_shuts_nobody_out(tabs: Tabs, day: BusyDay, place: Place) -> None:
    opens_and_shuts_nobody_out(tabs, day, place)
