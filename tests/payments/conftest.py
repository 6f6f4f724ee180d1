"""A market one of whose cooperatives is paid on an account of its own."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine

from shop.core.database.engine import Database
from tests.checkout.conftest import Market, make_market
from tests.factories import NOON
from tests.payments.owned import make_own


@pytest.fixture
def noon() -> Iterator[None]:
    """An hour after everything was placed; time goes on."""
    with time_machine.travel(NOON + timedelta(hours=1), tick=True):
        yield


@pytest.fixture
def market(db: Database) -> Market:
    return make_market(db)


@pytest.fixture
def account(db: Database, market: Market) -> int:
    """Gayo's own account, verified, where its shoppers pay."""
    return make_own(db, market.gayo)
