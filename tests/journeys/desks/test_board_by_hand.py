"""A manager takes orders through the board in a browser without scripts, on a phone and a desk."""

import re
from typing import TYPE_CHECKING

import pytest

from shop.core.database.engine import Database
from shop.core.values import clock
from shop.people.accounts.queries import Known
from shop.people.cooperatives.rules import Role
from shop.people.sign_in.actions import start_session
from shop.sales.orders.models import OrderState
from shop.web.security.csrf import SIGN_IN_COOKIE
from tests.factories import make_goods, make_person, make_seat, quote
from tests.fulfilment.paid import make_paid, state_of
from tests.support.browser import DESK, PHONE, Window, arrived
from tests.support.live import LiveShop

if TYPE_CHECKING:
    from playwright.sync_api import Page

HOME = "/kelola/koperasi-gyo/pesanan"
ORDERS = 3


def enter(db: Database, page: "Page", url: str) -> list[str]:
    """A manager at the desk of a cooperative with some paid orders; their numbers."""
    kopi = make_goods(db, on_hand=50)
    wati = make_person(db, "Bu Wati")
    make_seat(db, kopi.cooperative, wati, Role.MANAJER)
    now = clock.now()
    way = {kopi.cooperative.id: quote(9_000)}
    numbers = [make_paid(db, {kopi: 1}, quotes=way, now=now).numbers[0] for _ in range(ORDERS)]
    with db.writing() as session:
        known = Known(wati.id, wati.password_hash, wati.generation)
        secret = start_session(session, known, now=now)
    page.context.add_cookies([{"name": SIGN_IN_COOKIE, "value": secret, "url": url}])
    return numbers


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_orders_leave_by_links_and_forms_alone(
    live: LiveShop, window: Window, size: tuple[int, int]
) -> None:
    db = Database(live.database_url)
    page = window.open(size=size, javascript=False, base_url=live.url)
    numbers = enter(db, page, live.url)

    def follow(words: str) -> None:
        shown = page.get_by_role("link", name=re.compile(words)).locator("visible=true")
        shown.first.click()
        page.wait_for_load_state()

    def press(words: str) -> None:
        page.get_by_role("button", name=words).locator("visible=true").first.click()
        arrived(page)

    page.goto(f"{HOME}?tahap=baru")
    follow(r"Pilih semua")
    press(f"Terima {ORDERS} pesanan")
    follow(r"Dikemas")
    follow(r"Pilih semua")
    press(f"{ORDERS} selesai dikemas")
    follow(r"\bSiap\b")
    follow(r"Tempel nomor resi")
    pasted = "\n".join(f"{number};JP{place:08}" for place, number in enumerate(numbers))
    page.get_by_label("Nomor pesanan dan nomor resi").fill(pasted)
    press("Periksa daftarnya")
    press(f"Serahkan {ORDERS} paket")
    assert {state_of(db, number) for number in numbers} == {OrderState.ON_THE_WAY}
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= size[0]
    db.dispose()
