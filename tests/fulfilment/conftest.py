"""Whose desk it is, for tests of what a cooperative does with its orders."""

import pytest

from shop.core.database import Database
from tests.factories import Goods
from tests.fulfilment.paid import Desk


@pytest.fixture
def gayo(db: Database, kopi: Goods) -> Desk:
    return Desk(db, kopi.cooperative.id)
