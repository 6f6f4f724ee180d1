"""Several people at one parcel's cash: each step is taken once, and without the guard twice."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from shop.checkout.placing import actions as placing
from shop.checkout.placing import cash_option
from shop.checkout.placing.actions import Placed
from shop.checkout.placing.errors import NoWayToPay
from shop.core.database.engine import Database
from shop.core.database.settings_by_date import DEFAULTS
from shop.fulfilment.order_steps import actions
from shop.fulfilment.orders.queries import order_to_work_on
from shop.fulfilment.orders.rules import Reason
from shop.fulfilment.parcels.failed_deliveries import record_failed_delivery
from shop.payments.cash import actions as cash
from shop.payments.cash.actions import hand_over
from shop.payments.cash.errors import CashMoved
from shop.payments.cash.models import CashDue, CashState
from shop.payments.cash.queries import Record
from shop.payments.ledger.models import LedgerEntry
from shop.sales.orders.errors import AlreadyMoved, MoveRefused
from shop.sales.orders.models import OrderState
from shop.services.audit.models import AuditEvent
from tests.checkout.conftest import Market
from tests.checkout.placed import browser, fill
from tests.factories import NOON
from tests.fulfilment.paid import Desk, broken, state_of
from tests.payments.cash.door import (
    bring,
    draft_for,
    due_of,
    make_door,
    order_for_cash,
    press_pay,
    take,
)
from tests.support.at_once import together

MAX_OPEN_PURCHASES = DEFAULTS["open_purchases_per_phone"]
"""Parcels whose cash is asked, for one phone."""


@pytest.fixture
def door(db: Database) -> Market:
    return make_door(db)


@pytest.fixture
def desk(db: Database, door: Market) -> Desk:
    return Desk(db, door.kintamani.cooperative.id)


@pytest.fixture
def number(db: Database, door: Market, desk: Desk) -> str:
    """A parcel at the door."""
    (found,) = order_for_cash(db, {door.kintamani: 2})
    bring(db, desk, found)
    return found


def at_once(db: Database, *works: Callable[[Session], object]) -> int:
    """Let transactions begin together; how many of them went through."""
    together = Barrier(len(works))

    def try_it(work: Callable[[Session], object]) -> bool:
        together.wait()
        try:
            db.write(work)
        except (CashMoved, MoveRefused, AlreadyMoved):
            return False
        return True

    with ThreadPoolExecutor(len(works)) as hands:
        return sum(hands.map(try_it, works))


def collecting(desk: Desk, number: str) -> Callable[[Session], object]:
    def work(session: Session) -> None:
        order = order_to_work_on(session, desk.cooperative_id, number)
        actions.own_delivery_done(session, order, receiver="Bu Tini", cash=135_000, now=NOON)

    return work


def failing(desk: Desk, number: str) -> Callable[[Session], object]:
    def work(session: Session) -> None:
        order = order_to_work_on(session, desk.cooperative_id, number)
        record_failed_delivery(session, order, reason=Reason.NOT_TAKEN, now=NOON)

    return work


def handing(desk: Desk, number: str, person_id: int) -> Callable[[Session], object]:
    return partial(
        hand_over,
        cooperative_id=desk.cooperative_id,
        number=number,
        person_id=person_id,
        now=NOON,
    )


def entries(db: Database, kind: str) -> int:
    with db.reading() as session:
        wanted = select(func.count()).where(LedgerEntry.kind == kind)
        return session.scalar(wanted) or 0


def test_of_four_who_collect_at_once_one_does(db: Database, desk: Desk, number: str) -> None:
    assert at_once(db, *[collecting(desk, number)] * 4) == 1
    assert entries(db, "payment") == 1
    assert broken(db) == {}


def test_collected_and_refused_at_once_is_one_of_them(
    db: Database, desk: Desk, number: str
) -> None:
    assert at_once(db, collecting(desk, number), failing(desk, number)) == 1
    was_taken = state_of(db, number) is OrderState.ARRIVED
    assert (due_of(db, number).state is CashState.COLLECTED) == was_taken
    assert entries(db, "payment") == was_taken
    assert broken(db) == {}


def test_of_four_treasurers_at_once_one_puts_it_into_the_drawer(
    db: Database, desk: Desk, number: str
) -> None:
    take(db, desk, number)
    assert at_once(db, *[handing(desk, number, person) for person in range(1, 5)]) == 1
    assert entries(db, "cash-handed") == 1
    assert broken(db) == {}


def test_six_carts_of_one_phone_at_once_promise_cash_three_times(
    db: Database, door: Market
) -> None:
    works = carts_for_cash(db, door, 6)
    results = together(*works)
    placed = [one for one in results if isinstance(one, Placed)]
    refused = [one for one in results if isinstance(one, NoWayToPay)]
    assert (len(placed), len(refused)) == (MAX_OPEN_PURCHASES, 6 - MAX_OPEN_PURCHASES), [
        repr(one) for one in results
    ]
    assert broken(db) == {}


def test_counted_before_ones_turn_one_phone_promises_as_often_as_it_likes(
    db: Database, door: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: everybody has counted before anybody wrote."""
    nothing = Record(refused=0, open=0)
    monkeypatch.setattr(placing, "record_of", lambda *_args: nothing)
    monkeypatch.setattr(cash_option, "record_of", lambda *_args: nothing)
    assert all(isinstance(one, Placed) for one in together(*carts_for_cash(db, door, 6)))


def carts_for_cash(db: Database, door: Market, count: int) -> list[Callable[[], object]]:
    """Pressing Pay in so many browsers, all with one phone, all in cash."""
    keys = [browser(f"tunai-{number}-") for number in range(count)]
    tokens = [fill(db, key, {door.kintamani: 1}) for key in keys]
    draft = draft_for(db, {door.kintamani: 1})
    return [
        partial(press_pay, db, key, token, draft) for key, token in zip(keys, tokens, strict=True)
    ]


def test_without_the_conditional_step_two_would_say_that_they_have_it(
    db: Database, desk: Desk, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: the same race, moved without asking again where it stands."""

    def careless(session: Session, order_id: int, values: dict[str, Any], *_: object) -> None:
        session.execute(update(CashDue).where(CashDue.order_id == order_id).values(**values))

    take(db, desk, number)
    monkeypatch.setattr(cash, "_step", careless)
    assert at_once(db, *[handing(desk, number, person) for person in (1, 2)]) == 2
    with db.reading() as session:
        said = session.scalars(
            select(AuditEvent.actor_id).where(AuditEvent.action == "cash.handed")
        )
        assert sorted(who or 0 for who in said) == [1, 2]
