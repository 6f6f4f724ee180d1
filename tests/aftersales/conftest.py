"""An order of three packs that arrived, and the browsers of the three sides."""

import pytest
from flask import Flask

from shop.core.database.engine import Database
from shop.core.values import clock
from shop.people.accounts.actions import give_operator_right
from shop.people.accounts.models import OperatorRight
from shop.people.cooperatives.rules import Role
from shop.web.security.csrf import CART_COOKIE
from tests.aftersales.browsers import somebody, visitor
from tests.aftersales.giving import arrived
from tests.factories import NOON, Goods, make_goods, make_person
from tests.support.visitor import Visitor


@pytest.fixture
def kopi(db: Database) -> Goods:
    return make_goods(db, price=45_000, on_hand=60)


@pytest.fixture
def number(db: Database, kopi: Goods) -> str:
    return arrived(db, {kopi: 3})


@pytest.fixture
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock stands still."""
    monkeypatch.setattr(clock, "now", lambda: NOON)


@pytest.fixture
def sari(client: Visitor) -> Visitor:
    """The browser that bought."""
    client.set_cookie(CART_COOKIE, "sari")
    return client


@pytest.fixture
def wati(app: Flask, db: Database, kopi: Goods) -> Visitor:
    """The browser of the manager who is complained to."""
    return somebody(app, db, kopi, "Bu Wati", Role.MANAJER)


@pytest.fixture
def dewi(app: Flask, db: Database) -> Visitor:
    """The browser of the operator."""
    person = make_person(db, "Dewi")
    with db.writing() as session:
        give_operator_right(session, person.id, OperatorRight.OPERATE, NOON)
    return visitor(app, db, person)
