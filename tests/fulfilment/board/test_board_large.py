"""A board with two hundred open orders among years of trade stays quick, small and even.

``make soak`` measures fifty thousand orders.
"""

import gzip
import time
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import text

from shop.core.database.engine import Database
from shop.core.values import clock
from shop.people.cooperatives.rules import Role
from shop.web.http import app_state
from tests.factories import NOON, Goods, make_goods, make_person, make_seat
from tests.fulfilment.paid import HOME
from tests.support.effort import SOAK, effort
from tests.support.entering import sign_in
from tests.support.many_orders import fill
from tests.support.statements import statements
from tests.support.visitor import Visitor

ORDERS = effort("BOARD_ORDERS", short=600, soak=50_000)
ROUNDS = 40 if SOAK else 3
OPEN = 200
MAX_BYTES = 25_000
MAX_MS = 150
"""Half of the requests at most take so long by the clock, the database server included."""
PAGES = (
    "",
    "?tahap=baru",
    "?tahap=kemas",
    "?tahap=siap",
    "?tahap=jalan",
    "?tahap=selesai",
    "?tahap=batal",
    "?tahap=perlu",
    "?cari=rahma",
    "?cari=100003",
    "?cari=GYO-26-100003",
    "?cari=JP0000000003",
)


@dataclass(frozen=True)
class Cost:
    """What one page costs."""

    p50: float
    p95: float
    cpu: float
    """Milliseconds of this process a page; the others are of the clock on the wall."""
    packed: int
    asked: int


@pytest.fixture
def kopi(db: Database) -> Goods:
    return make_goods(db, on_hand=500)


@pytest.fixture
def wati(db: Database, client: Visitor, kopi: Goods, monkeypatch: pytest.MonkeyPatch) -> Visitor:
    monkeypatch.setattr(clock, "now", lambda: NOON)
    person = make_person(db, "Bu Wati")
    make_seat(db, kopi.cooperative, person, Role.MANAJER)
    sign_in(client, db, person)
    return client


def cost_of(app: Flask, visitor: Visitor, page: str) -> Cost:
    with app.app_context():
        own = app_state.database()
    visitor.get(HOME + page)
    with statements(own) as asked:
        answer = visitor.get(HOME + page)
    assert answer.status_code == 200
    took = []
    cpu = time.process_time()
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        visitor.get(HOME + page)
        took.append(1_000 * (time.perf_counter() - begun))
    cpu = 1_000 * (time.process_time() - cpu) / ROUNDS
    took.sort()
    return Cost(
        took[len(took) // 2],
        took[int(0.95 * (len(took) - 1))],
        cpu,
        len(gzip.compress(answer.get_data(), 6)),
        len(asked),
    )


@pytest.mark.soak
def test_years_of_trade_cost_the_board_nothing(
    db: Database, app: Flask, wati: Visitor, kopi: Goods
) -> None:
    fill(db, kopi, done=8, opened=8)
    few = {page: cost_of(app, wati, page) for page in PAGES}
    fill_more(db, kopi)
    slow: dict[str, float] = {}
    for page in PAGES:
        cost = cost_of(app, wati, page)
        print(
            f"{db.engine.dialect.name:10} {page or '(papan)':22} p50 {cost.p50:6.1f}"
            f"  p95 {cost.p95:6.1f}  cpu {cost.cpu:5.1f} ms"
            f"  {cost.packed:6} B gzip  {cost.asked} statements"
        )
        assert cost.packed <= MAX_BYTES, page
        assert 0 < cost.asked <= few[page].asked, page
        slow |= {page: cost.p50} if cost.p50 > MAX_MS else {}
    assert not slow or not SOAK


def fill_more(db: Database, kopi: Goods) -> None:
    """The whole trade beside what is there, and what the database knows about it."""
    fill(db, kopi, done=ORDERS - OPEN, opened=OPEN)
    with db.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))
