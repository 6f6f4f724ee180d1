"""What script adds to shelf and cart; each comfort beside the plain way that always works."""

import re
from typing import TYPE_CHECKING

import pytest

from tests.pages.comforts.pressing import BOTH, hold_back, in_cart, is_same, let_go, stamp
from tests.pages.in_a_browser import ALL_RULES, found
from tests.support.browser import DESK as WIDE
from tests.support.browser import PHONE, Window, arrived
from tests.support.busy_day import GOODS

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route


# ------------------------------------------------------------------ the cart
@BOTH
@pytest.mark.parametrize("size", [PHONE, WIDE], ids=["phone", "desk"])
def test_the_plus_of_a_card_puts_in_and_the_shopper_stays(
    window: Window, javascript: bool, size: tuple[int, int]
) -> None:
    page = window.open("/produk?urut=termurah", size=size, javascript=javascript)
    if javascript:
        stamp(page)
    said = page.get_by_role("status").filter(has_text="masuk keranjang")
    for packs in (1, 2):
        page.locator("button.add").nth(packs).click()
        arrived(page)
        said.wait_for()
        assert in_cart(page) == f"Keranjang {packs} barang"
    assert page.url.endswith("/produk?urut=termurah")
    if javascript:
        assert is_same(page)
        assert found(page, ALL_RULES) == []
    said.get_by_role("link", name="Lihat keranjang").click()
    page.wait_for_url("**/keranjang")
    assert page.locator(".line").count() == 2


@BOTH
def test_a_count_that_cannot_be_is_answered_in_words(window: Window, javascript: bool) -> None:
    page = window.open(f"/produk/{GOODS}", javascript=javascript)
    page.get_by_label("Jumlah", exact=True).fill("9999")
    page.locator(".buybar").get_by_role("button", name="Keranjang").click()
    arrived(page)
    page.get_by_text("Tulis angka bulat dari 1").first.wait_for()
    assert page.url.endswith(f"/produk/{GOODS}" if javascript else "/keranjang/isi")
    assert page.locator("[data-cart-count]").is_hidden()


def test_a_photo_opens_large_comes_nearer_and_closes(window: Window) -> None:
    page = window.open(f"/produk/{GOODS}", size=PHONE, javascript=True)
    page.locator(".gallery a").first.click()
    dialog = page.locator("dialog.zoom")
    dialog.get_by_role("status").filter(has_text="Kemasan depan").wait_for()
    assert found(page, ALL_RULES) == []
    near = dialog.get_by_role("button", name="Perbesar")
    near.click()
    assert near.get_attribute("aria-pressed") == "true"
    room = dialog.locator("div")
    assert room.evaluate("room => room.scrollWidth > room.clientWidth")
    room.click(position={"x": 40, "y": 40})
    assert near.get_attribute("aria-pressed") == "false"
    page.keyboard.press("Escape")
    dialog.wait_for(state="hidden")
    assert page.evaluate("document.activeElement.matches('.gallery a')")


def test_a_large_photo_that_comes_late_does_not_take_the_place_of_the_next(
    window: Window,
) -> None:
    page = window.open(f"/produk/{GOODS}", size=PHONE, javascript=True)
    photos = page.locator(".gallery a")
    first, second = (photos.nth(place).get_attribute("href") for place in (0, 1))
    photos.locator("img").evaluate_all("all => all.forEach(one => { one.alt = 'Isi'; })")
    late = hold_back(page, f"**{first}")
    photos.first.click()
    page.locator("dialog.zoom button[value='1']").click()
    shown = page.locator(f"dialog.zoom img[src$='{second}']")
    shown.wait_for()
    late.pop().continue_()
    page.unroute(f"**{first}")
    page.evaluate("url => Object.assign(new Image(), {src: url}).decode()", first)
    assert shown.count() == 1


def test_a_photo_leads_to_its_file_without_script(window: Window) -> None:
    page = window.open(f"/produk/{GOODS}", size=PHONE, javascript=False)
    address = page.locator(".gallery a").first.get_attribute("href")
    # Asked for, not opened: Chromium styles a bare picture inline, which our policy forbids.
    answer = page.request.get(f"{page.url.partition('/produk')[0]}{address}")
    assert (answer.status, answer.headers["content-type"]) == (200, "image/jpeg")


@BOTH
def test_buying_at_once_goes_on_to_the_checkout(window: Window, javascript: bool) -> None:
    page = window.open(f"/produk/{GOODS}", javascript=javascript)
    page.locator("button[name=lalu]").click()
    page.wait_for_url("**/checkout")


def test_putting_in_falls_back_to_the_plain_form(window: Window) -> None:
    page = window.open("/produk")

    def refuse(route: "Route") -> None:
        if route.request.headers["accept"] == "application/json":
            route.fulfill(status=503, body="away")
        else:
            route.continue_()

    page.route("**/keranjang/isi", refuse)
    page.locator("button.add").first.click()
    page.locator("main").get_by_role("status").or_(page.locator(".flash [role=status]")).wait_for()
    assert in_cart(page) == "Keranjang 1 barang"
    window.complaints[:] = [one for one in window.complaints if "503" not in one]


# ------------------------------------------------------------------ counts
@BOTH
def test_a_count_in_the_cart_goes_up_and_the_total_with_it(
    window: Window, javascript: bool
) -> None:
    page = window.open(f"/produk/{GOODS}", javascript=javascript)
    page.locator(".buybar").get_by_role("button", name="Keranjang").click()
    arrived(page)
    page.goto("/keranjang")
    if javascript:
        stamp(page)
    before = total(page)
    for _time in range(2):
        page.get_by_role("button", name="Tambah").click()
    page.locator("#tas").get_by_text("3").wait_for()
    assert total(page) == 3 * before
    assert page.locator("input[name^=jml-]").input_value() == "3"
    if javascript:
        assert is_same(page)
        assert "3 barang" in page.locator("[role=status]").last.inner_text()
        assert page.evaluate("document.activeElement.name") == "tambah"
        assert found(page, ALL_RULES) == []


def total(page: "Page") -> int:
    return int(re.sub(r"\D", "", page.locator("aside .price").first.text_content() or ""))


def test_counts_changed_faster_than_the_shop_answers_all_count(window: Window) -> None:
    page = window.open("/produk?urut=termurah")
    for card in (0, 1):
        page.locator("button.add").nth(card).click()
        arrived(page)
    page.goto("/keranjang")
    held = hold_back(page, "**/keranjang/ubah")
    for _time in range(3):
        for line in (0, 1):
            page.get_by_role("button", name="Tambah").nth(line).click()
        page.wait_for_timeout(700)
    assert held, "nothing was on its way meanwhile"
    let_go(page, held)
    page.locator("#tas").get_by_text("8", exact=True).wait_for()
    counts = page.locator("input[name^=jml-]")
    assert [counts.nth(line).input_value() for line in (0, 1)] == ["4", "4"]


def test_a_count_that_cannot_be_has_the_focus_on_its_sentence(window: Window) -> None:
    page = window.open(f"/produk/{GOODS}")
    page.locator(".buybar").get_by_role("button", name="Keranjang").click()
    arrived(page)
    page.goto("/keranjang")
    count = page.locator("input[name^=jml-]")
    count.fill("0")
    count.press("Tab")
    page.locator("[role=alert]").wait_for()
    assert page.evaluate("document.activeElement.getAttribute('role')") == "alert"
    assert count.input_value() == "0"


def test_beside_a_count_nothing_stands_that_does_nothing(window: Window) -> None:
    plain = window.open(f"/produk/{GOODS}", javascript=False)
    assert plain.locator(".qty button:visible").count() == 0
    page = window.open(f"/produk/{GOODS}")
    page.get_by_role("button", name="Tambah jumlah").click()
    assert page.get_by_label("Jumlah", exact=True).input_value() == "2"
    for _time in range(3):
        page.get_by_role("button", name="Kurangi jumlah").click()
    assert page.get_by_label("Jumlah", exact=True).input_value() == "1"


# ------------------------------------------------------------------ filters
def test_on_a_wide_screen_a_tick_filters_at_once_and_back_goes_back(window: Window) -> None:
    page = window.open("/produk", size=WIDE)
    stamp(page)
    everything = page.locator("[data-say]").inner_text()
    tick = page.get_by_role("checkbox", name=re.compile(r"^Minuman \d"))
    tick.check()
    page.wait_for_url("**/produk?kategori=minuman")
    assert is_same(page)
    assert page.evaluate("document.activeElement.value") == "minuman"
    narrowed = page.locator("[data-say]").inner_text()
    assert narrowed != everything
    assert page.locator("[role=status]").inner_text() == narrowed
    assert found(page, ALL_RULES) == []
    page.locator("#harga-max").fill("20rb")
    page.locator("#harga-max").press("Enter")
    page.wait_for_url("**/produk?kategori=minuman&harga_max=20rb")
    page.go_back()
    page.get_by_text(narrowed, exact=True).and_(page.locator("[data-say]")).wait_for()
    assert tick.is_checked()
    page.go_back()
    page.get_by_text(everything, exact=True).and_(page.locator("[data-say]")).wait_for()
    assert is_same(page)
    page.locator("button.add").first.click()
    page.get_by_role("status").filter(has_text="masuk keranjang").wait_for()


@BOTH
def test_on_a_phone_several_ticks_come_before_the_button(window: Window, javascript: bool) -> None:
    page = window.open("/produk", javascript=javascript)
    page.get_by_role("link", name="Saring").click()
    for drinks_and_crops in (r"^Minuman \d", r"^Hasil Tani \d"):
        page.get_by_role("checkbox", name=re.compile(drinks_and_crops)).check()
    page.get_by_role("button", name="Tampilkan", exact=True).click()
    page.wait_for_url(re.compile("kategori="))
    empty = "harga_min=&harga_max="
    assert (empty in page.url) is not javascript
    assert page.url.count("kategori=") == 2
