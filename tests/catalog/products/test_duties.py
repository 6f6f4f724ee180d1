"""The operator's switches: warn, hide or block goods that lack what the law wants."""

from datetime import date

import pytest

from shop.catalog.packaging.actions import NewHalal, NewPack
from shop.catalog.packaging.label_rules import Strictness
from shop.catalog.packaging.rules import HalalState
from shop.catalog.products.actions import publish
from shop.catalog.products.errors import NotPublishable
from shop.catalog.products.models import Product, ProductCard, ProductState
from shop.catalog.workspace.jobs import enforce_compliance
from shop.core.database.engine import Database
from shop.core.database.settings_by_date import Policy, coming
from tests.catalog.conftest import AddGoods
from tests.factories import NOON

TODAY = date(2026, 11, 23)
APPLIED = NewPack(halal=NewHalal(state=HalalState.APPLIED))
NOT_HALAL = NewPack(halal=NewHalal(state=HalalState.NOT_HALAL))


def switch(db: Database, name: str, to: Strictness, since: date = TODAY) -> None:
    with db.writing() as session:
        session.merge(Policy(name=name, since=since, value=int(to)))


def keep(db: Database, today: date = TODAY) -> int:
    with db.writing() as session:
        return enforce_compliance(session, today, now=NOON)


def stands(db: Database, product_id: int) -> tuple[ProductState, bool]:
    with db.reading() as session:
        state = session.get_one(Product, product_id).state
        return state, session.get(ProductCard, product_id) is not None


def test_by_default_nothing_is_hidden(db: Database, add: AddGoods) -> None:
    product_id = add(pack=APPLIED)
    assert keep(db) == 0
    assert stands(db, product_id) == (ProductState.PUBLISHED, True)


def test_hidden_goods_come_back_when_the_switch_is_turned_back(db: Database, add: AddGoods) -> None:
    one, two = add("Satu", pack=APPLIED), add("Dua", pack=NOT_HALAL)
    switch(db, "halal_duty", Strictness.HIDE)
    assert keep(db) == 1
    assert stands(db, one) == (ProductState.PUBLISHED, False)
    assert stands(db, two) == (ProductState.PUBLISHED, True)
    assert keep(db) == 0
    switch(db, "halal_duty", Strictness.WARN, date(2026, 12, 1))
    assert keep(db, date(2026, 12, 1)) == 1
    assert stands(db, one) == (ProductState.PUBLISHED, True)


def test_blocked_goods_leave_the_shop_and_cannot_come_in(db: Database, add: AddGoods) -> None:
    product_id = add(pack=APPLIED)
    switch(db, "halal_duty", Strictness.BLOCK)
    assert keep(db) == 1
    assert stands(db, product_id) == (ProductState.HIDDEN, False)
    with pytest.raises(NotPublishable), db.writing() as session:
        publish(session, product_id, now=NOON)


def test_a_switch_holds_from_its_day_and_is_told_before(db: Database, add: AddGoods) -> None:
    product_id = add(pack=NOT_HALAL)
    switch(db, "label_minimum", Strictness.HIDE, date(2027, 1, 1))
    with db.reading() as session:
        assert coming(session, "label_minimum", TODAY) == (date(2027, 1, 1), 1)
        assert coming(session, "halal_duty", TODAY) is None
    assert keep(db) == 0
    assert keep(db, date(2027, 1, 1)) == 1
    assert stands(db, product_id) == (ProductState.PUBLISHED, False)


def test_before_the_day_of_the_duty_nobody_falls_short(db: Database, add: AddGoods) -> None:
    add(pack=APPLIED)
    switch(db, "halal_duty", Strictness.HIDE, date(2026, 1, 1))
    assert keep(db, date(2026, 10, 17)) == 0
    assert keep(db, date(2026, 10, 18)) == 1
