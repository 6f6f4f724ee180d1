"""A year of trade is made: once, whole after every interruption, on any day, or not at all."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from demo.history import load, payments
from demo.history.plan import plan
from demo.history.schedule import Verb, steps
from demo.history.trade import Trade
from shop.cli.invariants import checks
from shop.core.database.engine import Database
from shop.core.values import clock
from shop.payments.bills.models import Receipt
from shop.people.cooperatives.models import Cooperative
from shop.sales.orders.models import Order, Purchase
from tests.demo.conftest import DAYS, load_into
from tests.support.databases import Templates
from tests.support.engines import BOOKS, Engine
from tests.support.whole_market import PLACES

FEW = 13
"""One purchase of so many, where a test makes a year of its own."""


@pytest.fixture
def places(templates: Templates, engine: Engine) -> Iterator[Database]:
    """All regions, and no market yet."""
    with templates.copy(engine, PLACES.name, PLACES.build) as url:
        database = Database(url)
        yield database
        database.dispose()


@pytest.mark.parametrize(
    "stop_at",
    [30, *(pytest.param(step, marks=pytest.mark.soak_only) for step in (31, 55))],
)
@pytest.mark.only_on("sqlite", because=BOOKS)
def test_an_interrupted_year_goes_on_where_it_was(
    places: Database, var_dir: Path, monkeypatch: pytest.MonkeyPatch, stop_at: int
) -> None:
    some = few()
    monkeypatch.setattr(load, "plan", some)
    real, left = Trade.take, iter(range(stop_at))

    def fall_over(self: Trade, *what: Any) -> None:
        if next(left, None) is None:
            raise KeyboardInterrupt
        real(self, *what)

    with monkeypatch.context() as patch:
        patch.setattr(Trade, "take", fall_over)
        with pytest.raises(KeyboardInterrupt):
            load_into(places, var_dir)
    with places.reading() as session:
        assert (session.scalar(select(func.count()).select_from(Purchase)) or 0) > 0
        assert not load.is_told(session, clock.now())
    load_into(places, var_dir)
    with places.reading() as session:
        assert load.is_told(session, clock.now())
        made = session.scalars(select(Purchase.placed_at)).all()
        opened = session.scalars(select(func.min(Cooperative.created_at))).one()
        today = opened + load.BEFORE
        placed = [step.at for step in steps(some(today), today) if step.verb is Verb.PLACE]
        assert sorted(made) == placed
        assert {name: check for name, check in checks(session).items() if not check["ok"]} == {}


@pytest.mark.only_on("sqlite", because=BOOKS)
def test_a_year_interrupted_while_a_card_is_paid_goes_on_as_well(
    places: Database, var_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(load, "plan", few())

    def fall_over(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        # The card is paid at the double, and nobody has looked at it yet.
        patch.setattr(payments, "poll_page", fall_over)
        with pytest.raises(KeyboardInterrupt):
            load_into(places, var_dir)
    load_into(places, var_dir)
    with places.reading() as session:
        assert load.is_told(session, clock.now())
        assert {name: check for name, check in checks(session).items() if not check["ok"]} == {}


@pytest.mark.only_on("sqlite", because=BOOKS)
def test_a_market_without_a_past_stays_without(
    market_url: str, var_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    market = Database(market_url)
    load_into(market, var_dir)
    with market.reading() as session:
        assert session.scalar(select(func.count()).select_from(Purchase)) == 0
        assert load.is_told(session, clock.now())
    market.dispose()


@pytest.mark.soak_only
@pytest.mark.parametrize("today", DAYS[2:4], ids=str)
@pytest.mark.only_on("sqlite", because=BOOKS)
def test_a_year_that_ends_on_new_years_day_is_made_like_any_other(
    places: Database, var_dir: Path, monkeypatch: pytest.MonkeyPatch, today: datetime
) -> None:
    monkeypatch.setattr(load, "plan", few())
    monkeypatch.setattr(clock, "now", lambda: today)
    load_into(places, var_dir)
    with places.reading() as session:
        assert load.is_told(session, today)
        assert {name: check for name, check in checks(session).items() if not check["ok"]} == {}
        years = {number[4:6] for number in session.scalars(select(Order.number))}
        assert "26" in years


@pytest.mark.only_on("sqlite", because=BOOKS)
def test_a_year_that_ends_with_money_and_no_order_moved_is_told_as_well(
    places: Database, var_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def short(today: datetime) -> Any:
        paid = {step.purchase for step in steps(plan(today), today) if step.verb is Verb.PAY_PART}
        return [plan(today)[number] for number in sorted(paid)][-1:]

    def until_paid_short(planned: Any, today: datetime) -> Any:
        return steps(planned, today)[:2]

    monkeypatch.setattr(load, "plan", short)
    monkeypatch.setattr(load, "steps", until_paid_short)
    load_into(places, var_dir)
    with places.reading() as session:
        assert load.is_told(session, clock.now())
        assert session.scalar(select(func.count()).select_from(Receipt)) == 1


def few() -> Any:
    """A plan of a few purchases."""
    return lambda today: plan(today)[::FEW]
