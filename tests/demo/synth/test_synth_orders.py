"""Invented orders are sound ones: books, shelves, numbers and states agree, each time the same."""

import pytest
from sqlalchemy import func, select

from bench.synth.load import load_synth
from bench.synth.load_orders import load_orders
from bench.synth.orders import Shop, Ware, purchases
from bench.synth.plan import Plan
from shop.catalog.inventory.models import StockItem
from shop.cli.invariants import checks
from shop.core.database.engine import Database
from shop.core.database.schema import table_of
from shop.payments.ledger.models import LedgerPosting
from shop.sales.orders.models import Order, OrderCounter, OrderState
from tests.factories import NOON

ORDERS = 300
GAYO, KINTAMANI = (
    Shop(number, code, "Asia/Jakarta", 800, is_pkp=False, pickup_place="Kantor")
    for number, code in ((1, "GYO"), (2, "KIN"))
)
WARES = [
    Ware(number, number, 1, shop, "Kopi", "", f"K-{number}", 30_000, 250, (100, 80, 60), sold)
    for number, (shop, sold) in enumerate(((GAYO, 900), (GAYO, 90), (KINTAMANI, 9)), 1)
]


@pytest.fixture
def market(db: Database) -> Database:
    load_synth(db, Plan(products=40, cooperatives=4, seed=7), now=NOON, regions=False)
    return db


def test_a_year_of_orders_leaves_nothing_to_complain_about(market: Database) -> None:
    told: list[tuple[int, int]] = []
    with market.reading() as session:
        shelves = dict(session.execute(select(StockItem.variant_id, StockItem.on_hand)).all())
    load_orders(market, ORDERS, 7, now=NOON, progress=lambda done, of: told.append((done, of)))
    with market.reading() as session:
        assert [name for name, check in checks(session).items() if not check["ok"]] == []
        states = dict(
            session.execute(select(Order.state, func.count()).group_by(Order.state)).all()
        )
        after = dict(session.execute(select(StockItem.variant_id, StockItem.on_hand)).all())
        assert session.scalars(select(func.count()).select_from(LedgerPosting)).one() > 2 * ORDERS
    assert told == [(ORDERS, ORDERS)]
    assert sum(states.values()) == ORDERS
    assert states[OrderState.DONE] > 200
    assert {OrderState.LAPSED, OrderState.ARRIVED, OrderState.ON_THE_WAY} <= states.keys()
    assert after == shelves


def test_numbers_run_without_gaps_and_a_second_year_goes_on_after_them(market: Database) -> None:
    load_orders(market, 60, 7, now=NOON)
    load_orders(market, 60, 8, now=NOON)
    with market.reading() as session:
        assert all(check["ok"] for check in checks(session).values())
        numbers = sorted(session.scalars(select(Order.number)))
        counted = session.execute(select(*table_of(OrderCounter).columns)).all()
    assert len(numbers) == 120 == sum(row.last for row in counted)
    for start in {number[:7] for number in numbers}:
        mine = [int(number[7:]) for number in numbers if number.startswith(start)]
        assert mine == list(range(1, len(mine) + 1))


def test_the_same_numbers_invent_the_same_orders_in_time_and_by_what_sells() -> None:
    once = list(purchases(WARES, 400, 3, NOON))
    assert once == list(purchases(WARES, 400, 3, NOON))
    assert once != list(purchases(WARES, 400, 4, NOON))
    assert sum(len(bought.parts) for bought in once) == 400
    placed = [bought.placed_at for bought in once]
    assert placed == sorted(placed)
    assert placed[-1] < NOON
    for bought in once:
        for part in bought.parts:
            moments = [bought.placed_at, *(step.at for step in part.steps)]
            assert moments == sorted(moments)
            assert moments[-1] <= NOON
    firsts = [bought.parts[0].wares[0][0].variant_id for bought in once]
    assert firsts.count(1) > 5 * firsts.count(2) > firsts.count(3)
