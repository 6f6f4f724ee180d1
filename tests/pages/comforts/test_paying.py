"""What script adds on the way to paying; each comfort beside the plain way that always works."""

import re
from typing import TYPE_CHECKING

import pytest

from tests.pages.comforts.pressing import enter, hold_back, is_same, let_go, stamp
from tests.pages.in_a_browser import ALL_RULES, found
from tests.support.browser import DESK as WIDE
from tests.support.browser import PHONE, Window, arrived
from tests.support.busy_day import GOODS, BusyDay

if TYPE_CHECKING:
    from playwright.sync_api import Page


# ------------------------------------------------------------------ the checkout
def to_checkout(window: Window, *, javascript: bool, size: tuple[int, int] = PHONE) -> "Page":
    page = window.open(f"/produk/{GOODS}", size=size, javascript=javascript)
    page.locator("button[name=lalu]").click()
    page.wait_for_url("**/checkout")
    page.get_by_label("Nama penerima").fill("Sari Wulandari")
    return page


@pytest.mark.parametrize("size", [PHONE, WIDE], ids=["phone", "desk"])
def test_a_place_is_chosen_from_a_list_by_keyboard_and_the_fees_appear(
    window: Window, size: tuple[int, int]
) -> None:
    page = to_checkout(window, javascript=True, size=size)
    stamp(page)
    field = page.locator("input[name=kel]")
    field.press_sequentially("buaran k")
    page.locator(".places [role=option]").first.wait_for()
    assert found(page, ALL_RULES) == []
    assert field.get_attribute("aria-expanded") == "true"
    field.press("ArrowDown")
    first = page.locator(".places [aria-selected=true]")
    assert field.get_attribute("aria-activedescendant") == first.get_attribute("id")
    label = first.inner_text()
    field.press("Enter")
    page.get_by_role("button", name=re.compile("^Bayar Rp")).wait_for()
    arrived(page)
    assert is_same(page)
    assert field.input_value() == label
    assert page.evaluate("document.activeElement.name") == "kel"
    assert page.get_by_label("Nama penerima").input_value() == "Sari Wulandari"
    assert page.locator(".places [role=option]").count() == 0
    assert page.locator("[role=status]").last.inner_text().startswith("Total Rp")
    assert found(page, ALL_RULES) == []


def test_the_list_of_places_takes_a_tap_and_goes_with_escape(window: Window) -> None:
    page = to_checkout(window, javascript=True)
    field = page.locator("input[name=kel]")
    field.press_sequentially("buaran")
    page.locator(".places [role=option]").first.wait_for()
    field.press("Escape")
    assert page.locator(".places [role=option]").count() == 0
    field.press("Space")
    field.press_sequentially("k")
    page.locator(".places [role=option]").first.tap()
    page.get_by_role("button", name=re.compile("^Bayar Rp")).wait_for()


def test_without_script_the_answer_lists_the_places(window: Window) -> None:
    page = to_checkout(window, javascript=False)
    page.locator("input[name=kel]").fill("buaran")
    page.get_by_role("button", name="Lihat ongkir", exact=True).click()
    page.locator("input[type=radio][name=desa]").first.check()
    page.get_by_role("button", name=re.compile("^Lihat ongkir")).first.click()
    page.get_by_role("button", name=re.compile("^Bayar Rp")).wait_for()


def test_another_way_of_a_parcel_changes_the_total_at_once(window: Window) -> None:
    page = to_checkout(window, javascript=True)
    field = page.locator("input[name=kel]")
    field.fill("buaran kradenan")
    field.press("Tab")
    page.get_by_role("button", name=re.compile("^Bayar Rp")).wait_for()
    stamp(page)
    pay = page.get_by_role("button", name=re.compile("^Bayar Rp"))
    before = pay.inner_text()
    other = page.locator("input[type=radio][name^=kirim-]:not(:checked):visible").first
    value = other.get_attribute("value")
    other.check()
    arrived(page)
    page.get_by_role("button", name=before).wait_for(state="detached")
    assert page.locator("input[name^=kirim-]:checked").get_attribute("value") == value
    assert page.get_by_label("Nama penerima").input_value() == "Sari Wulandari"
    assert is_same(page)


def test_choices_made_faster_than_the_shop_answers_all_count(window: Window) -> None:
    page = to_checkout(window, javascript=True)
    field = page.locator("input[name=kel]")
    field.fill("buaran kradenan")
    field.press("Tab")
    page.get_by_role("button", name=re.compile("^Bayar Rp")).wait_for()
    held = hold_back(page, "**/checkout")
    page.locator("input[type=radio][value^='pickup:']").check()
    page.locator("input[type=radio][value=transfer]").check()
    page.locator("input[type=radio][value^='own:']").check()
    page.locator("input[type=radio][value=card]").check()
    page.locator("input[type=radio][value=transfer]").check()
    assert len(held) == 1, "two at once may arrive in the wrong order"
    let_go(page, held)
    arrived(page)
    page.unroute("**/checkout")
    page.reload()
    way = page.locator("input[name^=kirim-]:checked").get_attribute("value") or ""
    assert way.startswith("own:")
    assert page.locator("input[name=cara]:checked").get_attribute("value") == "transfer"


def test_a_place_nobody_knows_is_said_without_pulling_anybody_away(window: Window) -> None:
    page = to_checkout(window, javascript=True)
    field = page.locator("input[name=kel]")
    field.fill("qqqqqqqq")
    field.press("Tab")
    held = page.evaluate("document.activeElement.outerHTML")
    page.locator("#kel-e").wait_for()
    arrived(page)
    assert page.evaluate("document.activeElement.outerHTML") == held
    assert "tidak ketemu" in page.locator("body > [role=status]").inner_text()


# ------------------------------------------------------------------ copying
def test_the_account_number_is_copied_at_a_tap_where_that_works(
    window: Window, day: BusyDay
) -> None:
    path = f"/pembelian/{day.unpaid}"
    plain = enter(window, day, "guest", path, javascript=False)
    assert plain.get_by_role("button", name="Salin").count() == 0
    page = enter(window, day, "guest", path)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Salin jumlahnya").click()
    page.get_by_role("status").filter(has_text="tersalin").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    shown = page.locator(".price--l").first.inner_text()
    assert copied == re.sub(r"\D", "", shown)
