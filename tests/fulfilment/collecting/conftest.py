"""The desk and the members around one sort of goods."""

import pytest

from shop.core.database.engine import Database
from tests.factories import Goods
from tests.fulfilment.collecting.brought import Village
from tests.fulfilment.paid import Desk


@pytest.fixture
def desk(db: Database, kopi: Goods) -> Desk:
    return Desk(db, kopi.cooperative.id)


@pytest.fixture
def village(db: Database, kopi: Goods) -> Village:
    return Village(db, kopi)
