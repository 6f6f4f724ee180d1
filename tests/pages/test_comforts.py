"""What script adds for those who have it; each comfort beside the plain way that always works."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.pages.test_in_a_browser import ALL_RULES, found
from tests.support.browser import DESK as WIDE
from tests.support.browser import PHONE, Window, arrived
from tests.support.busy_day import DESK, GOODS, BusyDay, busy_day
from tests.support.databases import Templates
from tests.support.live import LiveShop, live_shop

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

BOTH = pytest.mark.parametrize("javascript", [True, False], ids=["script", "no-script"])
BOARD = f"/kelola/{DESK}/pesanan"


@pytest.fixture(scope="module")
def own_day(
    templates: Templates, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[BusyDay, LiveShop]]:
    """A day on which buttons may be pressed."""
    with busy_day(templates, "sqlite", tmp_path_factory.mktemp("day")) as day:
        folder = tmp_path_factory.mktemp("live")
        with live_shop(day.database_url, folder, worker=False, MEDIA_URL=day.media_url) as shop:
            yield day, shop


@pytest.fixture
def window(browser: "Browser", own_day: tuple[BusyDay, LiveShop]) -> Iterator[Window]:
    window = Window(browser, base_url=own_day[1].url)
    yield window
    window.close()


@pytest.fixture
def day(own_day: tuple[BusyDay, LiveShop]) -> BusyDay:
    return own_day[0]


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
