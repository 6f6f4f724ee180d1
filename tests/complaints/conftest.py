"""An order of three packs that arrived."""

import pytest

from shop.core.database import Database
from tests.factories import Goods, make_goods
from tests.refunds.giving import arrived


@pytest.fixture
def kopi(db: Database) -> Goods:
    return make_goods(db, price=45_000, on_hand=60)


@pytest.fixture
def number(db: Database, kopi: Goods) -> str:
    return arrived(db, {kopi: 3})
