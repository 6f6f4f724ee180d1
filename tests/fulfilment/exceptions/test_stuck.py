"""What goes on only when people look into it stands before the operator, with whom to call."""

from functools import partial

import pytest

from shop.core.database.engine import Database
from shop.core.values import clock
from shop.fulfilment.exceptions.queries import cash_outside, missed_orders
from shop.fulfilment.order_steps import actions
from shop.fulfilment.parcels import missing_parcels
from shop.payments.cash.models import CashState
from shop.people.accounts.models import OperatorRight, OperatorSeat
from shop.sales.orders.models import Actor
from tests.factories import DAY, NOON, Goods, make_goods, make_person
from tests.fulfilment.paid import Desk, broken, order_of, paid_by
from tests.payments.cash.door import bring, due_of, make_door, order_for_cash, take
from tests.support.engines import PAGES
from tests.support.entering import sign_in
from tests.support.statements import statements
from tests.support.visitor import Visitor
from tests.web.markup import Markup

HERE = "/operator/macet"


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOON + 10 * DAY)


@pytest.fixture
def kopi(db: Database) -> Goods:
    return make_goods(db, price=45_000, on_hand=60)


@pytest.fixture
def operator(db: Database, client: Visitor) -> Visitor:
    person = make_person(db, "Operator", "operator@contoh.id")
    with db.writing() as session:
        session.add(OperatorSeat(person_id=person.id, right=OperatorRight.OPERATE, since=NOON))
    sign_in(client, db, person)
    return client


def missed(db: Database, kopi: Goods, gayo: Desk) -> str:
    """A parcel that its cooperative marked as arrived and its shopper has not."""
    number = paid_by(db, kopi)
    gayo.ship(number)
    gayo.do(number, partial(actions.confirm_arrival, actor=Actor.COOPERATIVE, now=NOON))
    gayo.do(number, lambda s, order: missing_parcels.report_missing(s, order, NOON))
    return number


@pytest.mark.only_on("sqlite", because=PAGES)
def test_a_missed_parcel_stands_there_until_the_operator_settles_it(
    db: Database, kopi: Goods, gayo: Desk, operator: Visitor
) -> None:
    number = missed(db, kopi, gayo)
    page = operator.get(HERE)
    assert Markup.of(page.text).faults == []
    assert number in page.text
    for _ in range(2):
        assert operator.post(f"{HERE}/{number}/tiba").status_code == 303
    assert order_of(db, number).needs is None
    page = operator.get(HERE)
    assert "Tidak ada yang macet" in page.text
    assert Markup.of(page.text).faults == []
    assert broken(db) == {}


@pytest.mark.only_on("sqlite", because=PAGES)
def test_what_is_still_on_its_way_is_named_and_not_settled(
    db: Database, kopi: Goods, gayo: Desk, operator: Visitor
) -> None:
    number = paid_by(db, kopi)
    gayo.ship(number)
    gayo.do(number, lambda s, order: missing_parcels.report_missing(s, order, NOON))
    page = operator.get(HERE).text
    assert "Masih di jalan" in page
    assert f"{HERE}/{number}/tiba" not in page
    operator.post(f"{HERE}/{number}/tiba")
    assert order_of(db, number).needs == "not_arrived"


@pytest.mark.only_on("sqlite", because=PAGES)
def test_cash_that_stays_outside_is_named_and_taken_into_the_drawer(
    db: Database, operator: Visitor
) -> None:
    door = make_door(db)
    desk = Desk(db, door.kintamani.cooperative.id)
    number = order_for_cash(db, {door.kintamani: 2})[0]
    bring(db, desk, number)
    take(db, desk, number)
    with db.reading() as session:
        assert cash_outside(session, NOON + DAY) == ()
    page = operator.get(HERE)
    assert Markup.of(page.text).faults == []
    assert "Tunai belum sampai di bendahara" in page.text
    for _ in range(2):
        assert operator.post(f"{HERE}/{number}/kas").status_code == 303
    assert due_of(db, number).state is CashState.HANDED_OVER
    assert broken(db) == {}


@pytest.mark.only_on("sqlite", because=PAGES)
@pytest.mark.parametrize("number", ["GYO-26-999999", "x", "%00"])
def test_an_order_that_nobody_has_is_not_settled(operator: Visitor, number: str) -> None:
    for step in ("tiba", "kas"):
        assert operator.post(f"{HERE}/{number}/{step}").status_code == 404


@pytest.mark.only_on("sqlite", because=PAGES)
def test_nobody_else_sees_it(client: Visitor) -> None:
    assert client.get(HERE).status_code in (303, 403, 404)
    assert client.post(f"{HERE}/GYO-26-000001/tiba").status_code in (303, 403, 404)


def test_twenty_cost_as_much_as_two(db: Database, kopi: Goods, gayo: Desk) -> None:
    def cost() -> int:
        with statements(db) as found, db.reading() as session:
            missed_orders(session)
            cash_outside(session, NOON)
        return len(found)

    for _ in range(2):
        missed(db, kopi, gayo)
    two = cost()
    for _ in range(8):
        missed(db, kopi, gayo)
    assert cost() == two == 2
