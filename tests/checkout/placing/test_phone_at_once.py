"""One phone with many carts at once holds goods three times, beside the control."""

from collections.abc import Callable
from functools import partial

import pytest

from shop.checkout.placing import actions
from shop.checkout.placing.actions import Placed
from shop.checkout.placing.errors import TooManyOpen
from shop.core.database.engine import Database
from shop.core.database.settings_by_date import DEFAULTS
from shop.sales.orders.models import Purchase
from tests.checkout.conftest import Market
from tests.checkout.placed import browser, count, fill, place
from tests.factories import NOON, shelf
from tests.support.at_once import together

MAX_OPEN_PURCHASES = DEFAULTS["open_purchases_per_phone"]
ONE = 45_000 + 12_000
PHONE = "+6281200000099"


def carts(db: Database, market: Market, letters: str) -> list[Callable[[], Placed]]:
    """Pressing Pay in so many browsers, all with one phone number."""
    keys = [browser(letter) for letter in letters]
    tokens = [fill(db, key, {market.gayo: 1}) for key in keys]
    return [
        partial(place, db, key, token, ONE, phone=PHONE)
        for key, token in zip(keys, tokens, strict=True)
    ]


def test_twelve_carts_of_one_phone_at_once_hold_goods_three_times(
    db: Database, market: Market
) -> None:
    results = together(*carts(db, market, "abcdefghijkl"))
    placed = [one for one in results if isinstance(one, Placed)]
    refused = [one for one in results if isinstance(one, TooManyOpen)]
    assert (len(placed), len(refused)) == (MAX_OPEN_PURCHASES, 12 - MAX_OPEN_PURCHASES), [
        repr(one) for one in results
    ]
    assert shelf(db, market.gayo).reserved == count(db, Purchase) == MAX_OPEN_PURCHASES


def test_counted_before_ones_turn_one_phone_holds_as_often_as_it_likes(
    db: Database, market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: everybody has counted before anybody wrote, as without turns."""
    works = carts(db, market, "abcdef")
    with db.reading() as session:
        seen = actions._open_purchases(session, PHONE, NOON)
    monkeypatch.setattr(actions, "_open_purchases", lambda *_args: seen)
    assert all(isinstance(work(), Placed) for work in works)
    assert shelf(db, market.gayo).reserved == 6 > MAX_OPEN_PURCHASES
