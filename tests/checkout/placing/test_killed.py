"""The machine loses power while somebody presses Pay: nothing is left, or the whole purchase."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from shop.catalog.inventory.models import StockHold
from shop.catalog.inventory.queries import Shelf
from shop.checkout.cart.models import Cart, CartLine
from shop.checkout.expiry.actions import expire_due_payments
from shop.core.database.engine import Database
from shop.payments.bills.models import Payment
from shop.payments.ledger.models import LedgerEntry
from shop.people.accounts.models import Contact
from shop.sales.orders.models import Order, OrderCounter, OrderLine, Purchase
from shop.services.outbox.models import Notice
from shop.shipping.places.models import Address
from tests.checkout.conftest import Market
from tests.checkout.placed import browser, count, fill, place
from tests.factories import DAY, NOON, shelf
from tests.support.books import broken
from tests.support.engines import OWN_FILE
from tests.support.mortal import Mortal

TOTAL = 2 * 45_000 + 12_000 + 65_000 + 15_000
KEPT = (Cart, CartLine, Contact, Address, StockHold, Purchase, Order, OrderLine, OrderCounter)
WRITTEN = (*KEPT, Payment, Notice, LedgerEntry)
MAX_WORDS = 80


@pytest.fixture
def mortal() -> Iterator[Mortal]:
    found = Mortal("tests.checkout.mortal")
    yield found
    found.close()


def rows(db: Database) -> dict[str, int]:
    """How many rows of everything that a placing writes."""
    with db.reading() as session:
        return {
            table.__tablename__: session.scalar(select(func.count()).select_from(table)) or 0
            for table in WRITTEN
        }


@pytest.mark.only_on("sqlite", because=OWN_FILE)
def test_killed_before_any_word_to_the_database_a_retry_makes_exactly_one_purchase(
    db: Database, database_url: str, market: Market, mortal: Mortal, tmp_path: Path
) -> None:
    key = browser("s")
    token = fill(db, key, {market.gayo: 2, market.kintamani: 1})
    before = rows(db)
    db.dispose()  # all of it stands in the one file now
    found: list[int] = []
    for at in range(1, MAX_WORDS):
        file = tmp_path / f"{at}.db"
        shutil.copyfile(database_url.removeprefix("sqlite:///"), file)
        url = f"sqlite:///{file}"
        if not mortal.dies(url=url, at=at, browser=key.token_hash or "", token=token, seen=TOTAL):
            break
        after = Database(url)
        found.append(count(after, Purchase))
        assert broken(after) == {}, at
        if not found[-1]:
            assert rows(after) == before, at
        place(after, key, token, TOTAL)
        assert count(after, Purchase) == 1, at
        assert shelf(after, market.gayo) == Shelf(on_hand=20, reserved=2), at
        assert broken(after) == {}, at
        with after.writing() as session:
            assert expire_due_payments(session, NOON + 2 * DAY) == 1
        assert shelf(after, market.gayo) == Shelf(on_hand=20, reserved=0), at
        after.dispose()
    # Only who dies after the commit has bought something.
    assert found == [0] * (len(found) - 1) + [1]
    assert len(found) > 20
