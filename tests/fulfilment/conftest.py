"""Whose desk it is and who is there, for tests of what a cooperative does with its orders."""

import pytest

from shop.core.database.engine import Database
from shop.core.values import clock
from shop.people.cooperatives.rules import Role
from shop.sales.orders.rules import DeliveryKind
from shop.web.security.csrf import CART_COOKIE
from tests.factories import NOON, Goods, make_goods, make_person, make_seat, quote
from tests.fulfilment.paid import Desk, make_paid
from tests.support.entering import sign_in
from tests.support.visitor import Visitor


@pytest.fixture
def gayo(db: Database, kopi: Goods) -> Desk:
    return Desk(db, kopi.cooperative.id)


@pytest.fixture
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock stands still."""
    monkeypatch.setattr(clock, "now", lambda: NOON)


@pytest.fixture
def kopi(db: Database) -> Goods:
    """What Koperasi Gayo sells, with more on the shelf than anybody orders."""
    return make_goods(db, price=45_000, on_hand=500)


@pytest.fixture
def number(db: Database, kopi: Goods) -> str:
    """An order of five packs, paid."""
    return make_paid(db, {kopi: 5}).numbers[0]


@pytest.fixture
def wati(db: Database, client: Visitor, kopi: Goods) -> Visitor:
    """The browser, and the manager who signed in with it."""
    person = make_person(db, "Bu Wati")
    make_seat(db, kopi.cooperative, person, Role.MANAJER)
    sign_in(client, db, person)
    return client


@pytest.fixture
def sari(client: Visitor) -> Visitor:
    """The browser, which bought."""
    client.set_cookie(CART_COOKIE, "sari")
    return client


@pytest.fixture
def teh(db: Database, kopi: Goods) -> Goods:
    """Tea of the same cooperative."""
    return make_goods(db, kopi.cooperative, name="Teh", price=20_000, on_hand=20)


@pytest.fixture
def packed(db: Database, kopi: Goods, teh: Goods, gayo: Desk) -> str:
    """An order of five packs of coffee and two of tea, packed, for the courier."""
    way = quote(9_000, DeliveryKind.COURIER)
    number = make_paid(db, {kopi: 5, teh: 2}, quotes={kopi.cooperative.id: way}).numbers[0]
    gayo.make_ready(number)
    return number
