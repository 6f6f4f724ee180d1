"""A running shop and a browser, as the journeys use them."""

import urllib.request

from tests.support.browser import DESK, Window
from tests.support.live import LiveShop


def test_the_shop_answers_from_its_own_process(live: LiveShop) -> None:
    with urllib.request.urlopen(f"{live.url}/healthz", timeout=5) as answer:
        assert answer.status == 200


def test_its_commands_see_the_same_database(live: LiveShop) -> None:
    assert live.lumbung("db", "current").stdout.strip()


def test_a_browser_opens_its_pages_with_and_without_script(live: LiveShop, window: Window) -> None:
    with_script = window.open(f"{live.url}/tidak-ada", size=DESK)
    without = window.open(f"{live.url}/tidak-ada", javascript=False)
    assert with_script.locator("h1").inner_text() == without.locator("h1").inner_text()
