"""A member packs and a shopper complains in a browser without scripts, on a phone and a desk."""

from functools import partial
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from shop.aftersales.complaints.models import Complaint
from shop.aftersales.complaints.rules import RequestedRemedy, State
from shop.core.database.engine import Database
from shop.core.values import clock
from shop.fulfilment.collecting.rules import LineState
from shop.fulfilment.order_steps import actions
from shop.people.accounts.models import Person
from shop.people.accounts.queries import Known
from shop.people.sign_in.actions import start_session
from shop.sales.orders.models import Actor
from shop.web.security.csrf import CART_COOKIE, SIGN_IN_COOKIE
from tests.factories import make_goods, make_person, quote
from tests.fulfilment.collecting.brought import Village
from tests.fulfilment.paid import Desk, make_paid
from tests.support.browser import DESK, PHONE, Window, arrived
from tests.support.live import LiveShop

if TYPE_CHECKING:
    from playwright.sync_api import Page

SIZES = pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])


def fits(page: "Page", size: tuple[int, int]) -> bool:
    wide: int = page.evaluate("document.documentElement.scrollWidth")
    return wide <= size[0]


@SIZES
def test_a_member_sees_what_to_pack_and_says_that_it_is_ready(
    live: LiveShop, window: Window, size: tuple[int, int]
) -> None:
    db = Database(live.database_url)
    maker = make_person(db, "Ani", "ani@gayo.example")
    kopi = make_goods(db, on_hand=40, maker=maker)
    now = clock.now()
    number = make_paid(db, {kopi: 3}, now=now).numbers[0]
    Desk(db, kopi.cooperative.id).accept_all(number, now)
    page = window.open(size=size, javascript=False, base_url=live.url)
    with db.writing() as session:
        person = session.get_one(Person, maker.id)
        known = Known(person.id, person.password_hash, person.generation)
        secret = start_session(session, known, now=now)
    page.context.add_cookies([{"name": SIGN_IN_COOKIE, "value": secret, "url": live.url}])
    page.goto("/lapak/siapkan")
    shown = page.locator("main").inner_text()
    assert "3 ×" in shown
    assert "Sari" not in shown
    assert fits(page, size)
    page.get_by_role("button", name="Siap").first.click()
    arrived(page)
    assert Village(db, kopi).lines()[0].state is LineState.READY
    page.get_by_role("button", name="Belum siap").first.click()
    arrived(page)
    assert Village(db, kopi).lines()[0].state is LineState.ASKED
    db.dispose()


@SIZES
def test_a_shopper_complains_and_takes_it_back(
    live: LiveShop, window: Window, size: tuple[int, int]
) -> None:
    db = Database(live.database_url)
    kopi = make_goods(db, price=45_000, on_hand=60)
    now = clock.now()
    way = {kopi.cooperative.id: quote(9_000)}
    number = make_paid(db, {kopi: 3}, quotes=way, now=now).numbers[0]
    desk = Desk(db, kopi.cooperative.id)
    desk.ship(number, now=now)
    desk.do(number, partial(actions.confirm_arrival, actor=Actor.SHOPPER, now=now))
    page = window.open(size=size, javascript=False, base_url=live.url)
    page.context.add_cookies([{"name": CART_COOKIE, "value": "sari", "url": live.url}])
    page.goto(f"/pesanan/{number}")
    assert fits(page, size)
    page.get_by_role("link", name="keluh").locator("visible=true").first.click()
    page.wait_for_load_state()
    page.get_by_role("link", name="Keluhkan barang ini").first.click()
    page.wait_for_load_state()
    page.locator("input[name=alasan][value=broken]").check(force=True)
    page.locator("input[name=jumlah]").fill("9")
    page.locator("textarea[name=cerita]").fill("Dua bungkus sobek.")
    page.locator(f"input[name=harapan][value={RequestedRemedy.REFUND}]").check(force=True)
    page.get_by_role("button", name="Kirim keluhan").click()
    arrived(page)
    assert page.locator("textarea[name=cerita]").input_value() == "Dua bungkus sobek."
    page.locator("input[name=jumlah]").fill("2")
    page.get_by_role("button", name="Kirim keluhan").click()
    arrived(page)
    assert "Dua bungkus sobek." in page.locator("main").inner_text()
    assert fits(page, size)
    page.locator("summary", has_text="Tarik keluhan ini").click()
    page.get_by_role("button", name="Ya, tarik").click()
    arrived(page)
    with db.reading() as session:
        assert session.scalars(select(Complaint.state)).one() is State.WITHDRAWN
    db.dispose()
