"""A cooperative is suspended while its goods are being bought: who was first has their order."""

from functools import partial

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.catalog.inventory.queries import Shelf
from shop.checkout.placing.actions import Placed
from shop.checkout.placing.errors import CheckoutAsksMore, NothingToBuy
from shop.core.database.engine import Database
from shop.fulfilment.suspension.actions import suspend
from shop.sales.orders.models import Order, Purchase
from tests.checkout.conftest import Market
from tests.checkout.placed import browser, count, fill, look_at, place
from tests.checkout.unlocked import in_between
from tests.factories import NOON, shelf
from tests.support.at_once import together
from tests.support.engines import ONE_WRITER

COFFEE = 57_000
"""One of coffee, brought to Jatiwaringin."""


def stop(db: Database, market: Market) -> int:
    """Suspend Koperasi Gayo; how many of its orders stood there when it was its turn."""

    def work(session: Session) -> int:
        mine = market.gayo.cooperative.id
        suspend(session, mine, reason="Diperiksa.", now=NOON, person_id=1)
        orders = select(func.count(Order.id)).where(Order.cooperative_id == mine)
        return session.scalar(orders) or 0

    return db.write(work)


def test_no_order_comes_after_the_suspension(db: Database, market: Market) -> None:
    buyers = []
    for letter in "abcdefgh":
        key = browser(letter)
        token = fill(db, key, {market.gayo: 1})
        buyers.append(
            partial(place, db, key, token, COFFEE, phone=f"+62812000000{ord(letter):02d}")
        )
    *placed, stood = together(*buyers, partial(stop, db, market))
    bought = [one for one in placed if isinstance(one, Placed)]
    refused = [one for one in placed if isinstance(one, CheckoutAsksMore | NothingToBuy)]
    assert len(bought) + len(refused) == len(buyers), [repr(one) for one in placed]
    assert len(bought) == stood == count(db, Purchase)
    assert shelf(db, market.gayo) == Shelf(on_hand=20, reserved=len(bought))


def test_after_the_suspension_the_line_is_marked_and_nothing_is_placed(
    db: Database, market: Market
) -> None:
    key = browser("s")
    token = fill(db, key, {market.gayo: 1})
    stop(db, market)
    with pytest.raises(CheckoutAsksMore):
        place(db, key, token, COFFEE)
    assert look_at(db, key).has_marks
    assert count(db, Purchase) == 0


def test_a_look_before_the_transaction_holds_nobody_back(db: Database, market: Market) -> None:
    """The control: what was read before Pay knows nothing of the suspension."""
    key = browser("s")
    token = fill(db, key, {market.gayo: 1})
    shown = look_at(db, key)
    stood = stop(db, market)
    place(db, key, token, COFFEE, shown=shown)
    assert (stood, count(db, Purchase)) == (0, 1)


@pytest.mark.only_on("postgresql", because=ONE_WRITER)
def test_without_the_lock_on_the_cooperative_an_order_comes_after_the_suspension(
    db: Database, market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: SQLite has one writer at a time, PostgreSQL needs the lock in the reading."""
    key = browser("s")
    token = fill(db, key, {market.gayo: 1})
    placed, stood = in_between(
        monkeypatch, partial(place, db, key, token, COFFEE), partial(stop, db, market)
    )
    assert isinstance(placed, Placed)
    assert (stood, count(db, Purchase)) == (0, 1)
