"""What stays on the phone, and pages of text alone: for those who pay for each megabyte."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from shop.web.http.data_saver import COOKIE
from tests.pages.in_a_browser import ALL_RULES, TRANSFERS, WIDER, found
from tests.support.browser import DESK as WIDE
from tests.support.browser import PHONE, Window
from tests.support.busy_day import DESK, GOODS, BusyDay
from tests.support.live import LiveShop

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

OTHER = "kemeja-batik-cap-lengan-panjang"
TEXT_ALONE = 40_000
"""Bytes on the wire of a page and all it brings, its stylesheet included."""


@pytest.fixture
def window(browser: "Browser", day_shop: LiveShop) -> Iterator[Window]:
    window = Window(browser, base_url=day_shop.url)
    yield window
    window.close()


def seen(page: "Page") -> list[str]:
    """Where the goods lead that were looked at on this phone."""
    links = page.locator(".recent a")
    return [links.nth(at).get_attribute("href") or "" for at in range(links.count())]


# ------------------------------------------------------------------ recently seen
def test_goods_that_were_looked_at_stand_on_later_pages(window: Window) -> None:
    asked: list[str] = []
    page = window.open(f"/produk/{GOODS}")
    page.on("request", lambda request: asked.append(request.url + (request.post_data or "")))
    page.wait_for_load_state("networkidle")
    assert seen(page) == []
    page.goto(f"/produk/{OTHER}", wait_until="networkidle")
    assert seen(page) == [f"/produk/{GOODS}"]
    page.goto("/", wait_until="networkidle")
    assert seen(page) == [f"/produk/{OTHER}", f"/produk/{GOODS}"]
    page.goto("/en/produk", wait_until="networkidle")
    assert seen(page) == [f"/en/produk/{OTHER}", f"/en/produk/{GOODS}"]
    assert found(page, ALL_RULES) == []
    told = [one for one in asked if "dilihat" in one or (GOODS in one and OTHER in one)]
    assert told == []


def test_they_are_forgotten_with_one_tap(window: Window) -> None:
    page = window.open(f"/produk/{GOODS}")
    page.wait_for_load_state("networkidle")
    page.goto("/", wait_until="networkidle")
    page.get_by_role("button", name="Hapus riwayat ini").click()
    assert page.locator(".recent").is_hidden()
    page.goto("/produk", wait_until="networkidle")
    assert seen(page) == []


def test_nothing_moves_when_they_show(window: Window) -> None:
    page = window.open(f"/produk/{GOODS}")
    page.wait_for_load_state("networkidle")
    page.goto(f"/produk/{OTHER}", wait_until="networkidle")
    shift = page.evaluate(
        """() => new Promise(done => new PerformanceObserver(list => done(
             list.getEntries().reduce((sum, one) => sum + one.value, 0)
           )).observe({type: "layout-shift", buffered: true}) || setTimeout(done, 500, 0))"""
    )
    assert shift <= 0.01


@pytest.mark.parametrize("kept", ['"x"', "{", "[1]", '[{"slug":"a"}]', "null"])
def test_what_others_left_in_its_place_does_no_harm(window: Window, kept: str) -> None:
    page = window.open(f"/produk/{GOODS}")
    page.evaluate("kept => localStorage.setItem('lumbung-dilihat', kept)", kept)
    page.reload(wait_until="networkidle")
    page.goto("/", wait_until="networkidle")
    assert seen(page)[0] == f"/produk/{GOODS}"


def test_without_script_there_is_no_empty_box(window: Window) -> None:
    page = window.open(f"/produk/{GOODS}", javascript=False)
    assert page.locator("[data-enhance=recent]").is_hidden()


# ------------------------------------------------------------------ passing on
def test_a_page_is_passed_on_with_a_tap(window: Window) -> None:
    page = window.open(f"/koperasi/{DESK}")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_text("Bagikan", exact=True).click()
    page.get_by_role("button", name="Salin tautan").click()
    page.get_by_role("status").get_by_text("Tautan tersalin.").wait_for()
    copied = page.evaluate("() => navigator.clipboard.readText()")
    assert copied == f"{window.base_url}/koperasi/{DESK}"
    assert found(page, ALL_RULES) == []


def test_without_script_the_address_can_be_marked_and_copied(window: Window) -> None:
    page = window.open(f"/koperasi/{DESK}", javascript=False)
    page.get_by_text("Bagikan", exact=True).click()
    field = page.get_by_label("Tautan")
    assert field.input_value() == f"{window.base_url}/koperasi/{DESK}"
    assert page.get_by_role("link", name="Bagikan lewat WhatsApp").is_visible()
    assert page.get_by_role("button", name="Salin tautan").count() == 0


# ------------------------------------------------------------------ text alone
@pytest.mark.parametrize("start", ["", "/en"])
@pytest.mark.parametrize("size", [PHONE, WIDE], ids=["phone", "desk"])
def test_pages_of_text_alone_are_light_and_whole(
    window: Window, day: BusyDay, start: str, size: tuple[int, int]
) -> None:
    page = window.open(f"{start}/", size=size)
    page.locator("button[name=hemat]").click()
    page.wait_for_load_state("networkidle")
    assert page.url.endswith(f"{start}/")
    cookies = [
        {"name": name, "value": value, "url": str(window.base_url)}
        for name, value in day.pockets["guest"].items()
    ]
    page.context.add_cookies(cookies)  # type: ignore[arg-type]  # plain dicts are taken
    for path in (
        "/",
        "/produk",
        f"/produk/{GOODS}",
        f"/koperasi/{DESK}",
        "/keranjang",
        "/checkout",
    ):
        page.goto(f"{start}{path}", wait_until="load")
        loaded = page.evaluate(TRANSFERS)
        assert sum(bytes_ for _name, bytes_ in loaded) <= TEXT_ALONE, loaded
        # What an earlier page brought lies in the browser's memory and costs nothing.
        kinds = {name.rpartition(".")[2] for name, bytes_ in loaded if bytes_}
        assert not kinds & {"jpg", "webp", "avif", "woff2", "js"}, loaded
        assert page.evaluate(WIDER) <= 0, path
        if size == PHONE:
            assert found(page, ALL_RULES) == [], path


def test_a_desk_works_with_text_alone(window: Window, day: BusyDay) -> None:
    page = window.open()
    pockets = {**day.pockets["manager"], COOKIE: "1"}
    page.context.add_cookies(
        [
            {"name": name, "value": value, "url": str(window.base_url)}
            for name, value in pockets.items()
        ]
    )
    for path in ("pesanan", "produk", "anggota"):
        page.goto(f"/kelola/{DESK}/{path}", wait_until="networkidle")
        names = [name for name, bytes_ in page.evaluate(TRANSFERS) if bytes_]
        assert not [one for one in names if one.endswith((".js", ".woff2", ".webp", ".jpg"))]
        assert found(page, ALL_RULES) == [], path
    page.get_by_role("button", name="Tampilkan gambar lagi").click()
    page.wait_for_load_state("networkidle")
    assert page.url.endswith(f"/kelola/{DESK}/anggota")
    assert page.locator("html.hemat").count() == 0
