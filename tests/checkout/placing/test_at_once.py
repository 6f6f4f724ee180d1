"""Many at once at one till, beside the control that shows the race without the guard."""

from collections.abc import Callable

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from shop.catalog.inventory.models import StockItem
from shop.catalog.inventory.queries import Shelf
from shop.checkout.cart.queries import CartKey
from shop.checkout.placing.actions import Placed
from shop.core.database.engine import Database
from shop.sales.orders.models import Purchase
from tests.checkout.conftest import Market
from tests.checkout.placed import browser, codes, count, fill, look_at, place
from tests.factories import shelf
from tests.support.at_once import together


def test_many_submits_at_once_are_one_purchase(db: Database, market: Market) -> None:
    key = browser("s")
    token = fill(db, key, {market.gayo: 2})
    results = together(*[lambda: place(db, key, token, 102_000)] * 8)
    assert {getattr(result, "code", result) for result in results} == codes(db)
    assert count(db, Purchase) == 1
    assert shelf(db, market.gayo) == Shelf(on_hand=20, reserved=2)


def test_without_the_look_under_the_lock_two_submits_both_believe_to_be_the_first(
    db: Database, market: Market
) -> None:
    """The control: the guard is that Pay looks again with the cart in its hand."""
    key = browser("s")
    token = fill(db, key, {market.gayo: 2})
    looks = [look_at(db, key) for _ in range(2)]
    place(db, key, token, 102_000, shown=looks[0])
    # Only the unique index is left to stop the second, and it can but break off.
    with pytest.raises(IntegrityError):
        place(db, key, token, 102_000, shown=looks[1])


def test_the_last_pack_is_sold_once(db: Database, market: Market) -> None:
    with db.writing() as session:
        session.execute(
            update(StockItem)
            .where(StockItem.variant_id == market.gayo.variant_id)
            .values(reserved=19)
        )
    keys = [browser(letter) for letter in "abcdef"]
    tokens = [fill(db, key, {market.gayo: 1}) for key in keys]

    def buy(key: CartKey, token: str, phone: str) -> Callable[[], Placed]:
        return lambda: place(db, key, token, 57_000, phone=phone)

    results = together(
        *(
            buy(key, token, f"+62812000000{number:02d}")
            for number, (key, token) in enumerate(zip(keys, tokens, strict=True))
        )
    )
    assert sum(isinstance(result, Placed) for result in results) == 1
    assert shelf(db, market.gayo) == Shelf(on_hand=20, reserved=20)
    assert count(db, Purchase) == 1
