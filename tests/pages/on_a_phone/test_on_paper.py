"""What comes out of a printer: the thing itself, without what only a screen can use."""

from typing import TYPE_CHECKING

import pytest

from tests.pages.addresses import HERE, Place
from tests.pages.tabs import Tabs, enter
from tests.support.busy_day import DESK, GOODS, BusyDay

if TYPE_CHECKING:
    from playwright.sync_api import Page

SCREEN_ONLY = ".masthead, .tabbar, .foot, .side, .stages, .subnav, .crumb, .btn, .add, .saving"
PAPER = (620, 877)
"""A4 without its margins, in pixels."""


def printed(tabs: Tabs, day: BusyDay, who: str, path: str) -> "Page":
    page = enter(tabs, day, Place(who, path))
    page.set_viewport_size({"width": PAPER[0], "height": PAPER[1]})
    page.emulate_media(media="print", color_scheme="dark")
    seen = page.locator(SCREEN_ONLY).evaluate_all(
        "all => all.filter(one => one.checkVisibility()).map(one => one.outerHTML.slice(0, 90))"
    )
    assert seen == [], path
    assert page.evaluate("() => getComputedStyle(document.body).backgroundColor") in (
        "rgb(255, 255, 255)",
        "rgba(0, 0, 0, 0)",
    )
    assert page.evaluate("() => document.documentElement.scrollWidth") <= PAPER[0]
    return page


def test_goods_print_their_label_with_name_and_address(tabs: Tabs, day: BusyDay) -> None:
    page = printed(tabs, day, "anyone", f"/produk/{GOODS}")
    assert page.locator(".pack").is_visible()
    assert page.locator(".paper b.h").inner_text() == page.locator("h1").text_content()
    assert page.get_by_text(f"{tabs.window.base_url}/produk/{GOODS}").last.is_visible()
    for part in ("h1", ".gallery", "blockquote", ".card"):
        assert page.locator(part).first.is_hidden(), part


@pytest.mark.parametrize(
    ("who", "path", "part"),
    [
        ("anyone", f"/koperasi/{DESK}", ".card"),
        ("guest", "/pembelian/{paid}", ".parcel"),
        ("guest", "/pesanan/{unpaid}", ".timeline"),
        ("manager", f"{HERE}/pesanan", ".order"),
        ("manager", f"{HERE}/pesanan/daftar-ambil", "table"),
    ],
)
def test_a_page_prints_what_it_is_about(
    tabs: Tabs, day: BusyDay, who: str, path: str, part: str
) -> None:
    page = printed(tabs, day, who, path)
    assert page.locator(part).first.is_visible()


def test_a_purchase_on_paper_says_where_to_look_again(tabs: Tabs, day: BusyDay) -> None:
    page = printed(tabs, day, "guest", "/pembelian/{purchase}")
    assert page.get_by_text(f"{tabs.window.base_url}/pembelian/{day.unpaid}").last.is_visible()


def test_the_board_prints_a_stage_a_sheet_and_no_empty_one(tabs: Tabs, day: BusyDay) -> None:
    page = printed(tabs, day, "manager", f"{HERE}/pesanan")
    columns = page.locator(".board__col")
    for at in range(columns.count()):
        column = columns.nth(at)
        assert column.is_visible() == (column.locator(".order").count() > 0)
