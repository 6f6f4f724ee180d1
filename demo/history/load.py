"""A year of trade in the demo market, made by the same verbs that the pages call.

The steps are taken in the order they would have happened, several in a transaction. What was done
is told by the latest event or receipt in the books, so that an interrupted load goes on after it.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

import shop.fulfilment.documents.jobs  # noqa: F401 - invoices follow, as in the running shop
from demo.history import payments
from demo.history.collecting import leave_open
from demo.history.messages import load_talk, settle_letters
from demo.history.plan import Planned, plan
from demo.history.schedule import Step, steps
from demo.history.stock import Option, count_shelves, opening_packs, spare_packs
from demo.history.trade import Trade
from demo.market.csv_lists import rows
from shop.catalog.inventory.models import MovementReason, StockMovement
from shop.core.database.engine import Database
from shop.payments.bills.actions import release_codes
from shop.payments.bills.models import Receipt
from shop.payments.cash.models import CashDue
from shop.people.cooperatives.models import Cooperative
from shop.sales.orders.models import OrderEvent

BEFORE = timedelta(days=400)
"""How long before today the market was opened: a year of trade and a little more."""

AT_ONCE = 50
"""Steps a transaction."""


def opened_at(session: Session, now: datetime, *, history: bool) -> datetime:
    """When the market was opened: known once its cooperatives are there."""
    known = session.scalar(select(func.min(Cooperative.created_at)))
    return known or (now - BEFORE if history else now)


def opening(opened: datetime) -> dict[Option, int]:
    """Packs that lie on the shelves at the opening, beside those of the file."""
    return opening_packs(*_year(opened))


def is_wanted(session: Session) -> bool:
    """Whether the shelves were opened with more than the file says: a year's sales are to come."""
    opened = session.scalar(
        select(func.sum(StockMovement.change)).where(StockMovement.reason == MovementReason.OPENING)
    )
    return int(opened or 0) > sum(int(row["stok"]) for row in rows("products"))


def is_told(session: Session, now: datetime) -> bool:
    """Whether all that is wanted has happened."""
    if not is_wanted(session):
        return True
    _, taken = _year(opened_at(session, now, history=True))
    return _done_until(session, taken) >= len(taken)


def load_history(database: Database, *, now: datetime) -> int:
    """Take the steps of the year that were not taken yet.

    :return: how many purchases the year has.
    """
    with database.reading() as session:
        if not is_wanted(session):
            return 0
        opened = opened_at(session, now, history=True)
        planned, taken = _year(opened)
        first = _done_until(session, taken)
        trade = Trade(session, planned, taken)
    for some in _together(taken[first:], trade):
        if trade.is_card(some[0]):
            with database.reading() as session:
                payment = trade.bill(session, some[0])
            payments.pay_by_card(database, some[0], payment)
            payments.do_card_jobs(database)
            continue
        with database.writing() as session:
            for step in some:
                trade.take(session, step)
            if some[-1] is taken[-1]:
                spare = spare_packs(planned, taken)
                count_shelves(session, spare, trade.managers, some[-1].at)
                load_talk(session, opened + BEFORE)
                leave_open(session, trade.managers, some[-1].at)
            release_codes(session, some[-1].at)
            settle_letters(session, opened + BEFORE)
        payments.do_card_jobs(database)
    return len(planned)


def _together(taken: Sequence[Step], trade: Trade) -> Iterator[list[Step]]:
    """Steps that share a transaction; a card is paid alone, as the network is asked for it."""
    some: list[Step] = []
    for step in taken:
        if trade.is_card(step):
            if some:
                yield some
            yield [step]
            some = []
            continue
        some.append(step)
        if len(some) == AT_ONCE:
            yield some
            some = []
    if some:
        yield some


def _year(opened: datetime) -> tuple[Sequence[Planned], Sequence[Step]]:
    today = opened + BEFORE
    planned = plan(today)
    return planned, steps(planned, today)


def _done_until(session: Session, taken: Sequence[Step]) -> int:
    """How many of the steps were taken: they are taken in order, several at once.

    Each step leaves an event of an order, money that moved none, or a shopper's yes.
    """
    left = (
        select(func.max(moment)).where(moment <= taken[-1].at).scalar_subquery()
        for moment in (OrderEvent.at, Receipt.recorded_at, CashDue.confirmed_at)
    )
    last = max((at for at in session.execute(select(*left)).one() if at is not None), default=None)
    return 0 if last is None else sum(step.at <= last for step in taken)
