"""A tariff, a fee or a closing that changes while people press Pay: nobody pays, and no order
keeps, what its shopper never saw. Beside each stands the control without the guard.
"""

from datetime import date
from functools import partial

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.catalog.inventory.queries import Shelf
from shop.checkout.placing import actions
from shop.checkout.placing.actions import Placed
from shop.checkout.placing.errors import NothingToBuy, PriceChanged
from shop.checkout.placing.review import Review
from shop.core.database.engine import Database
from shop.core.values import clock
from shop.core.values.clock import HOME_ZONE, day_in
from shop.core.values.money import Rupiah
from shop.people.working_days.actions import plan_closing
from shop.sales.fees.actions import set_fee
from shop.sales.orders.models import Order, OrderLine, Purchase
from shop.shipping.rates.rate_cards import RateLine, set_rates
from tests.checkout.conftest import Market
from tests.checkout.placed import browser, count, fill, look_at, place
from tests.checkout.unlocked import in_between
from tests.factories import NOON, shelf
from tests.support.at_once import together
from tests.support.books import broken
from tests.support.engines import ONE_WRITER

COFFEE = 45_000 + 12_000
"""One of coffee, brought to Jatiwaringin."""
BOTH = COFFEE + 65_000 + 15_000
"""With a pack of oranges."""
OLD_FEE, NEW_FEE = 300, 700


def buyers(db: Database, market: Market, *, both: bool = False) -> list[partial[Placed]]:
    """Eight who press Pay with what they saw."""
    found = []
    for letter in "abcdefgh":
        key = browser(letter)
        token = fill(db, key, {market.gayo: 1, **({market.kintamani: 1} if both else {})})
        phone = f"+62812000000{ord(letter):02d}"
        found.append(partial(place, db, key, token, BOTH if both else COFFEE, phone=phone))
    return found


def a_look(db: Database, market: Market, *, both: bool = False) -> tuple[partial[Placed], Review]:
    """Somebody who is about to press Pay, and what they saw."""
    key = browser("s")
    token = fill(db, key, {market.gayo: 1, **({market.kintamani: 1} if both else {})})
    return partial(place, db, key, token, BOTH if both else COFFEE), look_at(db, key)


def raise_tariff(db: Database, market: Market) -> None:
    """Two thousand more for a kilogram to Jawa Barat, from today's card on."""
    with db.writing() as session:
        set_rates(
            session,
            cooperative_id=market.gayo.cooperative.id,
            service_code="hemat",
            since=date(2026, 1, 1),
            lines=[RateLine("32", Rupiah(14_000), 2, 4, by_air=False)],
        )


def delivery_fees(db: Database) -> list[int]:
    with db.reading() as session:
        return list(session.scalars(select(Order.delivery_fee)))


def test_a_tariff_that_rises_while_people_pay_charges_nobody_what_they_did_not_see(
    db: Database, market: Market
) -> None:
    *placed, _raised = together(*buyers(db, market), partial(raise_tariff, db, market))
    bought = [one for one in placed if isinstance(one, Placed)]
    told = [one for one in placed if isinstance(one, PriceChanged)]
    assert len(bought) + len(told) == len(placed), [repr(one) for one in placed]
    assert delivery_fees(db) == [12_000] * len(bought)
    assert {(one.seen, one.total) for one in told} <= {(COFFEE, COFFEE + 2_000)}
    assert shelf(db, market.gayo) == Shelf(on_hand=20, reserved=len(bought))
    with pytest.raises(PriceChanged):
        place(db, browser("z"), fill(db, browser("z"), {market.gayo: 1}), COFFEE)
    assert broken(db) == {}


def test_a_quote_from_before_the_transaction_sells_at_a_tariff_that_is_over(
    db: Database, market: Market
) -> None:
    """The control: the guard is that Pay quotes again, and compares with what the button said."""
    press, shown = a_look(db, market)
    raise_tariff(db, market)
    press(shown=shown)
    assert delivery_fees(db) == [12_000]


def test_without_comparing_somebody_pays_a_tariff_they_never_saw(
    db: Database, market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control of the other half."""
    press, _shown = a_look(db, market)
    raise_tariff(db, market)
    monkeypatch.setattr(actions, "_agreed_total", lambda shown, _seen: shown.totals.total)
    press()
    assert delivery_fees(db) == [14_000]


def raise_fee(db: Database) -> None:
    """From today on seven per cent instead of three."""
    today = day_in(HOME_ZONE, NOON)
    with db.writing() as session:
        set_fee(
            session,
            cooperative_id=None,
            category_path=None,
            since=today,
            fee_bp=NEW_FEE,
            today=today,
            now=NOON,
        )


def fees(db: Database) -> list[tuple[int, set[int]]]:
    """Of each purchase, in basis points: the fees that its lines froze."""
    found: dict[int, set[int]] = {}
    with db.reading() as session:
        lines = select(Order.purchase_id, OrderLine.fee_bp)
        for purchase_id, fee_bp in session.execute(lines.join(OrderLine)):
            found.setdefault(purchase_id, set()).add(fee_bp)
    return sorted(found.items())


def test_a_fee_that_rises_while_people_pay_is_one_fee_for_all_of_a_purchase(
    db: Database, market: Market
) -> None:
    placed = together(*buyers(db, market, both=True), partial(raise_fee, db))[:-1]
    assert all(isinstance(one, Placed) for one in placed), [repr(one) for one in placed]
    frozen = [bp for _purchase, bp in fees(db)]
    assert all(one in ({OLD_FEE}, {NEW_FEE}) for one in frozen), frozen
    last = place(db, browser("z"), fill(db, browser("z"), {market.gayo: 1}), COFFEE)
    assert isinstance(last, Placed)
    assert fees(db)[-1][1] == {NEW_FEE}
    assert broken(db) == {}


def test_a_fee_read_before_the_transaction_is_frozen_after_it_is_over(
    db: Database, market: Market
) -> None:
    """The control: what was read before Pay knows nothing of the new fee."""
    press, shown = a_look(db, market, both=True)
    raise_fee(db)
    press(shown=shown)
    assert [bp for _purchase, bp in fees(db)] == [{OLD_FEE}]


def close(db: Database, market: Market) -> int:
    """Koperasi Gayo closes; how many of its orders stood there when it was its turn."""

    def work(session: Session) -> int:
        mine, today = market.gayo.cooperative.id, day_in(HOME_ZONE, clock.now())
        plan_closing(
            session,
            cooperative_id=mine,
            last_sending=date(2026, 1, 1),
            reopens=date(today.year + 1, 1, 1),
            note=None,
            person_id=1,
            now=NOON,
        )
        orders = select(func.count(Order.id)).where(Order.cooperative_id == mine)
        return session.scalar(orders) or 0

    return db.write(work)


def test_no_order_comes_after_a_cooperative_closed(db: Database, market: Market) -> None:
    *placed, stood = together(*buyers(db, market), partial(close, db, market))
    bought = [one for one in placed if isinstance(one, Placed)]
    told = [one for one in placed if isinstance(one, NothingToBuy)]
    assert len(bought) + len(told) == len(placed), [repr(one) for one in placed]
    assert len(bought) == stood == count(db, Purchase)
    assert shelf(db, market.gayo) == Shelf(on_hand=20, reserved=len(bought))


@pytest.mark.only_on("postgresql", because=ONE_WRITER)
def test_without_the_lock_on_the_cooperative_an_order_comes_after_it_closed(
    db: Database, market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: SQLite has one writer at a time, PostgreSQL needs the lock in the reading."""
    press, _shown = a_look(db, market)
    placed, stood = in_between(monkeypatch, press, partial(close, db, market))
    assert isinstance(placed, Placed)
    assert (stood, count(db, Purchase)) == (0, 1)
