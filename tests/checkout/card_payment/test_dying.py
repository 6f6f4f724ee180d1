"""Killed before any write of one purchase by card: a retry makes one purchase, paid once."""

import shutil
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from shop.core.database.engine import Database
from shop.payments.bills.models import Refund
from shop.payments.ledger.models import LedgerEntry
from shop.sales.orders.models import Order, OrderState, Purchase
from shop.web.http.app_state import EXTENSION
from tests.checkout.cards import make_gateway_payee
from tests.checkout.conftest import Market
from tests.checkout.shopping import pay_data, stand_at_checkout
from tests.support.books import broken
from tests.support.customer import Customer, InProcess
from tests.support.engines import OWN_FILE
from tests.support.mortal import Mortal
from tests.support.sandbox import WEBHOOK, Double

MAX_WRITES = 150
SHARES = 3
"""``make test`` kills at every third write, ``make soak`` at every one."""

sqlite_only = pytest.mark.only_on("sqlite", because=OWN_FILE)
in_shares = pytest.mark.parametrize(
    "first",
    [1, *(pytest.param(first, marks=pytest.mark.soak_only) for first in range(2, SHARES + 1))],
)


class Shelter:
    """A database as it once was, put back before every death."""

    def __init__(self, url: str, folder: Path, *open_here: Database) -> None:
        self._file = Path(url.removeprefix("sqlite:///"))
        self._kept = folder / "kept.db"
        self._open_here = open_here
        self._close()
        shutil.copyfile(self._file, self._kept)

    def put_back(self) -> None:
        self._close()
        for rest in ("-wal", "-shm"):
            self._file.with_name(self._file.name + rest).unlink(missing_ok=True)
        shutil.copyfile(self._kept, self._file)

    def _close(self) -> None:
        for database in self._open_here:
            database.dispose()


@pytest.fixture
def dying(database_url: str, var_dir: Path, sandbox: Double) -> Iterator[Mortal]:
    """A shop at the same database and double, that does not live long."""
    found = Mortal(
        "tests.checkout.dying",
        {
            "LUMBUNG_ENV": "test",
            "DATABASE_URL": database_url,
            "VAR_DIR": str(var_dir),
            "STRIPE_API_BASE": sandbox.url,
            "PUBLIC_URL": "http://localhost",
        },
    )
    yield found
    found.close()


@pytest.fixture
def sari(db: Database, app: Flask, market: Market) -> Customer:
    """She stands at the till, and Pay is all that is left."""
    make_gateway_payee(db)
    customer = Customer(InProcess(app))
    stand_at_checkout(customer, {market.gayo: 1})
    return customer


def purchases(db: Database) -> int:
    with db.reading() as session:
        return session.scalar(select(func.count()).select_from(Purchase)) or 0


def is_paid_once(db: Database) -> bool:
    with db.reading() as session:
        states = session.scalars(select(Order.state)).all()
        posted = session.scalar(select(func.count()).where(LedgerEntry.kind == "payment"))
        refunds = session.scalars(select(Refund.id)).all()
    return (states, posted, refunds) == ([OrderState.NEW], 1, [])


@sqlite_only
@in_shares
def test_killed_while_pay_is_answered_a_second_press_is_one_purchase_paid_once(
    db: Database,
    database_url: str,
    app: Flask,
    sandbox: Double,
    sari: Customer,
    dying: Mortal,
    tmp_path: Path,
    first: int,
) -> None:
    pressed = pay_data(sari.page, cara="card")
    body = urllib.parse.urlencode(pressed)
    headers = {
        "Cookie": "; ".join(f"{name}={value}" for name, value in sari.cookies.items()),
        "Content-Type": "application/x-www-form-urlencoded",
        "Sec-Fetch-Site": "same-origin",
    }
    shelter = Shelter(database_url, tmp_path, db, app.extensions[EXTENSION].database)
    found: list[int] = []
    for at in range(first, MAX_WRITES, SHARES):
        shelter.put_back()
        if not dying.dies(at=at, path="/checkout", body=body, headers=headers):
            break
        found.append(purchases(db))
        assert broken(db) == {}, at
        again = Customer(sari.line, dict(sari.cookies)).send("/checkout", pressed, follow=False)
        assert again.status == 303, (at, again.words)
        sandbox.press(again.headers["location"], "bayar")
        sandbox.deliver(app.test_client())
        assert purchases(db) == 1, at
        assert is_paid_once(db), at
        assert broken(db) == {}, at
    # Nothing before the commit of the placing, one purchase ever after.
    assert found == sorted(found)
    assert set(found) == {0, 1}


@sqlite_only
@in_shares
def test_killed_while_an_event_is_taken_in_the_next_telling_settles_once(
    db: Database,
    database_url: str,
    app: Flask,
    sandbox: Double,
    sari: Customer,
    dying: Mortal,
    tmp_path: Path,
    first: int,
) -> None:
    pressed = pay_data(sari.page, cara="card")
    sandbox.press(sari.send("/checkout", pressed, follow=False).headers["location"], "bayar")
    event = next(one for one in sandbox.waiting() if one["type"] == "checkout.session.completed")
    shelter = Shelter(database_url, tmp_path, db, app.extensions[EXTENSION].database)
    found: list[bool] = []
    for at in range(first, MAX_WRITES, SHARES):
        shelter.put_back()
        body, signature = sandbox.letter(event)
        headers = {"Stripe-Signature": signature, "Content-Type": "application/json"}
        if not dying.dies(at=at, path=WEBHOOK, body=body.decode(), headers=headers):
            break
        found.append(is_paid_once(db))
        assert broken(db) == {}, at
        told = app.test_client().post(WEBHOOK, data=body, headers=headers)
        assert told.status_code == 204, at
        assert is_paid_once(db), at
        assert broken(db) == {}, at
    # Only who dies after the one commit has settled.
    assert not any(found[:-1])
    assert len(found) > 3
