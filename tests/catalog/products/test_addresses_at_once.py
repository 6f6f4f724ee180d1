"""Several who bring goods of one name at the same moment: each gets an address of its own."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from shop.catalog.products import actions as products
from shop.core.database.engine import Database
from shop.people.cooperatives.models import Member
from tests.catalog.conftest import new_product
from tests.factories import NOON
from tests.support.at_once import together


def adding(db: Database, maker: Member, number: int) -> Callable[[], object]:
    wanted = new_product(maker, sku=str(number))
    return lambda: db.write(lambda session: products.add_product(session, wanted, now=NOON).slug)


def test_goods_of_one_name_that_come_at_once_get_addresses_in_turn(
    db: Database, maker: Member
) -> None:
    taken = together(*(adding(db, maker, number) for number in range(4)))
    assert sorted(map(str, taken)) == ["kopi-gayo", "kopi-gayo-2", "kopi-gayo-3", "kopi-gayo-4"]


def test_without_waiting_two_who_look_at_once_are_given_the_same_one(
    db: Database, maker: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: a look alone keeps nothing for who looked."""
    monkeypatch.setattr(products, "advisory_lock", lambda _session, _subject: None)
    with Session(db.read_engine) as one, Session(db.read_engine) as other:
        given = [products.free_slug(session, "kopi-gayo", None) for session in (one, other)]
    assert given == ["kopi-gayo", "kopi-gayo"]
