"""What script adds to a desk; each comfort beside the plain way that always works."""

from typing import TYPE_CHECKING

import pytest

from tests.pages.comforts.pressing import BOTH, enter, is_same, stamp
from tests.pages.in_a_browser import ALL_RULES, found
from tests.support.browser import DESK as WIDE
from tests.support.browser import PHONE, Window, arrived
from tests.support.busy_day import DESK, BusyDay

if TYPE_CHECKING:
    from playwright.sync_api import Page

BOARD = f"/kelola/{DESK}/pesanan"


# ------------------------------------------------------------------ the order board
def at_work(page: "Page") -> str:
    """Open the first stage where orders wait that move without a word; its address."""
    for stage in ("baru", "kemas"):
        path = f"{BOARD}?tahap={stage}"
        page.goto(path)
        if page.locator(".order").count():
            return path
    raise AssertionError("no order is left to move")


@pytest.mark.parametrize(
    ("size", "javascript"),
    [(PHONE, True), (WIDE, True), (WIDE, False)],
    ids=["phone", "desk", "no-script"],
)
def test_an_order_moves_on_the_board(
    window: Window, day: BusyDay, javascript: bool, size: tuple[int, int]
) -> None:
    page = enter(window, day, "manager", BOARD, size=size, javascript=javascript)
    path = at_work(page)
    if javascript:
        stamp(page)
    card = page.locator(".order").first
    number = card.get_attribute("id")
    card.get_by_role("button").click()
    arrived(page)
    page.get_by_role("status").filter(has_text="1 pesanan").first.wait_for()
    if javascript:
        assert is_same(page)
        assert page.evaluate("document.activeElement.matches('main *')")
        assert page.evaluate("document.activeElement.getClientRects().length")
        assert found(page, ALL_RULES) == []
    assert page.url.endswith(path)
    assert page.locator(f"#{number}").count() == 0


@BOTH
def test_what_is_ticked_moves_together(window: Window, day: BusyDay, javascript: bool) -> None:
    page = enter(window, day, "manager", BOARD, size=WIDE, javascript=javascript)
    at_work(page)
    if javascript:
        stamp(page)
    page.locator(".bulk button").click()
    arrived(page)
    page.get_by_text("Belum ada pesanan yang dicentang").wait_for()
    page.locator(".order input[type=checkbox]").first.check()
    page.locator(".bulk button").click()
    arrived(page)
    page.get_by_role("status").filter(has_text="1 pesanan").first.wait_for()
    if javascript:
        assert is_same(page)


def test_a_double_click_moves_one_order_only(window: Window, day: BusyDay) -> None:
    page = enter(window, day, "manager", f"{BOARD}?tahap=jalan", size=WIDE)
    before = page.locator(".order").count()
    assert before > 1
    plain = page.locator(".order").filter(has_not=page.locator(".field")).first
    plain.get_by_role("button").dblclick(delay=150)
    page.wait_for_load_state("networkidle")
    arrived(page)
    assert page.locator(".order").count() == before - 1


def test_what_was_typed_beside_other_orders_stays_when_one_moves(
    window: Window, day: BusyDay
) -> None:
    page = enter(window, day, "manager", f"{BOARD}?tahap=siap", size=WIDE)
    field = page.locator("input[id^=isi-]").last
    kept = field.get_attribute("id")
    field.fill("JP99887766")
    other = page.locator(".order").filter(has_not=page.locator(f"#{kept}")).last
    gone = other.get_attribute("id")
    other.get_by_role("button").click()
    arrived(page)
    if page.locator("[role=alert]").count():  # it asks for something: refused, in place
        assert page.evaluate("document.activeElement.getAttribute('role')") == "alert"
        assert page.locator(f"#{gone}").count() == 1
        assert found(page, ALL_RULES) == []
    assert page.locator(f"#{kept}").input_value() == "JP99887766"


@pytest.mark.parametrize("fault", ["no signal", "trouble"])
def test_what_could_not_be_sent_still_stands_in_the_page(
    window: Window, day: BusyDay, fault: str
) -> None:
    page = enter(window, day, "manager", f"{BOARD}?tahap=siap", size=WIDE)
    if fault == "trouble":
        page.route("**/serahkan", lambda route: route.fulfill(status=503, body="<p>busy</p>"))
    else:
        page.route("**/serahkan", lambda route: route.abort())
    field = page.locator("input[id^=isi-]").first
    field.fill("JP11223344")
    page.locator(".order").first.get_by_role("button").click()
    page.locator("body > [role=status]").filter(has_text="Belum terkirim").wait_for()
    arrived(page)
    assert field.input_value() == "JP11223344"
    window.complaints[:] = []


@BOTH
def test_a_stock_count_is_put_right_and_a_wrong_one_refused(
    window: Window, day: BusyDay, javascript: bool
) -> None:
    page = enter(
        window, day, "manager", f"/kelola/{DESK}/produk/PKL-011/stok", javascript=javascript
    )
    if javascript:
        stamp(page)
    field = page.locator("input[name=jumlah]")
    field.fill("-4")
    page.locator("main").get_by_role("button", name="Simpan stok").click()
    arrived(page)
    page.get_by_role("alert").wait_for()
    assert page.evaluate("document.activeElement.getAttribute('role')") == "alert"
    assert field.input_value() == "-4"
    field.fill("41")
    page.locator("input[name=alasan]").first.check()
    page.locator("main").get_by_role("button", name="Simpan stok").click()
    arrived(page)
    page.locator(".kpi").filter(has_text="Di rak").get_by_text("41").wait_for()
    if javascript:
        assert is_same(page)
