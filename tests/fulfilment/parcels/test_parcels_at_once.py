"""Two people pack the same goods into two parcels: they leave once, and without the guard twice."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.core.database.engine import Database
from shop.fulfilment.order_steps import actions
from shop.fulfilment.orders.errors import WrongCount
from shop.fulfilment.orders.queries import order_to_work_on
from shop.fulfilment.parcels import actions as parcels
from shop.sales.orders import parcels as packs_of
from shop.sales.orders.errors import TooManyPacks
from shop.sales.orders.models import Order, OrderLine, OrderState, ParcelLine
from shop.sales.orders.rules import DeliveryKind
from tests.factories import NOON, Goods, make_goods, quote
from tests.fulfilment.paid import Desk, broken, lines_of, make_paid, order_of


@pytest.fixture
def kopi(db: Database) -> Goods:
    return make_goods(db, price=45_000, on_hand=20)


@pytest.fixture
def number(db: Database, kopi: Goods) -> str:
    """Five packs, packed, for the courier."""
    way = quote(9_000, DeliveryKind.COURIER)
    number = make_paid(db, {kopi: 5}, quotes={kopi.cooperative.id: way}).numbers[0]
    Desk(db, kopi.cooperative.id).make_ready(number)
    return number


def both(db: Database, find: Callable[[Session], Order], some: Mapping[int, int]) -> int:
    """Two managers send the same packs at once; how many of them could."""
    together = Barrier(2)

    def try_it(tracking: str) -> bool:
        together.wait()
        try:
            db.write(
                lambda session: actions.hand_over(
                    session, find(session), tracking=tracking, packs=some, now=NOON
                )
            )
        except (WrongCount, TooManyPacks):
            return False
        return True

    with ThreadPoolExecutor(2) as hands:
        return sum(hands.map(try_it, ("JP11111", "JP22222")))


def in_parcels(db: Database) -> int:
    with db.reading() as session:
        return session.scalar(select(func.sum(ParcelLine.packs))) or 0


def test_three_of_five_packs_leave_once_however_many_send_them(
    db: Database, kopi: Goods, number: str
) -> None:
    some = {lines_of(db, number)[0].id: 3}
    sent = both(db, lambda s: order_to_work_on(s, kopi.cooperative.id, number), some)
    assert (sent, in_parcels(db), lines_of(db, number)[0].shipped) == (1, 3, 3)
    assert order_of(db, number).state is OrderState.READY
    assert broken(db) == {}


@pytest.fixture
def looked_before(db: Database, number: str, monkeypatch: pytest.MonkeyPatch) -> int:
    """Both looked at the lines before either wrote, and nobody keeps the order from the other."""
    lines = lines_of(db, number)
    monkeypatch.setattr(parcels, "lines_to_work_on", lambda _session, _order_id: lines)
    return lines[0].id


def unlocked(number: str) -> Callable[[Session], Order]:
    return lambda session: session.scalars(select(Order).where(Order.number == number)).one()


def test_also_where_both_looked_before_the_count_itself_refuses_the_second(
    db: Database, number: str, looked_before: int
) -> None:
    assert both(db, unlocked(number), {looked_before: 3}) == 1
    assert (in_parcels(db), lines_of(db, number)[0].shipped) == (3, 3)
    assert broken(db) == {}


def test_without_the_condition_six_of_five_packs_would_leave(
    db: Database, number: str, looked_before: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: the same race, counted from what was seen and written without asking."""

    def careless(session: Session, _order: Order, some: Mapping[int, int]) -> None:
        for line_id, packs in some.items():
            session.get_one(OrderLine, line_id).shipped = packs
        session.flush()

    monkeypatch.setattr(packs_of, "ship_packs", careless)
    assert both(db, unlocked(number), {looked_before: 3}) == 2
    assert (in_parcels(db), lines_of(db, number)[0].shipped) == (6, 3)
