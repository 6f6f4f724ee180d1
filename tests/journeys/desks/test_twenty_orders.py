"""Twenty orders from new to shipped in twelve taps: links followed and forms sent are counted.

What is typed are the tracking numbers alone; the papers of the stage are printed on the way.
"""

from dataclasses import dataclass

import pytest
from flask import Flask

from shop.core.database.engine import Database
from shop.people.cooperatives.rules import Role
from shop.sales.orders.models import OrderState
from shop.web.security.csrf import SIGN_IN_COOKIE
from tests.factories import Goods, make_goods, make_person, make_seat
from tests.fulfilment.paid import paid_by, state_of
from tests.support.customer import Answer, Customer, InProcess
from tests.support.entering import sign_in
from tests.support.visitor import Visitor

HOME = "/kelola/koperasi-gyo/pesanan"
ORDERS, MAX_TAPS = 20, 12


@dataclass
class Thumb:
    """Taps a page: every link followed and every button pressed counts."""

    customer: Customer
    taps: int = 0

    def follow(self, words: str) -> Answer:
        """Tap the first link that says so."""
        self.taps += 1
        for link in self.customer.page.markup.all("a"):
            if words in " ".join(link.text.split()):
                return self.customer.go(link.attrs["href"])
        raise AssertionError(f"no link {words!r} at {self.customer.page.path}")

    def press(self, words: str, typed: dict[str, str] | None = None) -> Answer:
        """Tap a button, with what was typed before."""
        self.taps += 1
        return self.customer.press(words, typed)


@pytest.fixture
def kopi(db: Database) -> Goods:
    return make_goods(db, on_hand=500)


@pytest.fixture
def thumb(app: Flask, db: Database, client: Visitor, kopi: Goods) -> Thumb:
    person = make_person(db, "Bu Wati")
    make_seat(db, kopi.cooperative, person, Role.MANAJER)
    return Thumb(Customer(InProcess(app), {SIGN_IN_COOKIE: sign_in(client, db, person)}))


def test_twenty_orders_leave_in_twelve_taps(db: Database, thumb: Thumb, kopi: Goods) -> None:
    numbers = [paid_by(db, kopi) for _ in range(ORDERS)]
    thumb.customer.go(HOME)
    thumb.follow("Baru")
    thumb.follow(f"Pilih semua ({ORDERS})")
    thumb.press(f"Terima {ORDERS} pesanan")
    thumb.follow("Dikemas")
    papers = thumb.customer.page
    assert thumb.follow("Cetak semua kertasnya").text.startswith("%PDF")
    thumb.customer.page = papers  # the file lies in the downloads; the page stands where it was
    thumb.follow(f"Pilih semua ({ORDERS})")
    thumb.press(f"{ORDERS} selesai dikemas")
    thumb.follow("Siap")
    page = thumb.follow("Tempel nomor resi")
    (box,) = page.markup.all("textarea")
    listed = box.text.split()
    assert sorted(listed) == sorted(numbers)
    pasted = "\n".join(f"{number}\tJP{place:010}" for place, number in enumerate(listed))
    thumb.press("Periksa daftarnya", {"daftar": pasted})
    thumb.press(f"Serahkan {ORDERS} paket")
    assert {state_of(db, number) for number in numbers} == {OrderState.ON_THE_WAY}
    assert thumb.taps <= MAX_TAPS, thumb.taps
