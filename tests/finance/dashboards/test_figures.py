"""Figures of the reports are those of the books: every bar can be found in the lines."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import func, select

from shop.core.database.engine import Database
from shop.core.database.months import last_months
from shop.core.values import clock
from shop.finance.dashboards.member_queries import (
    done_shares,
    earned_by_month,
    goods_page,
    held_shares,
    money_of,
    own_goods,
)
from shop.finance.dashboards.queries import (
    NOT_SOLD,
    best_goods,
    held_now,
    paid_by_method,
    sales_by_month,
)
from shop.fulfilment.board.overview import figures
from shop.fulfilment.collecting.queries import lines_of_member
from shop.fulfilment.orders.rules import member_part
from shop.payments.bills.models import Payment, PaymentState
from shop.payments.ledger.models import AccountKind, LedgerAccount, LedgerEntry, LedgerPosting
from shop.payments.ledger.queries import balance_of, held_for_orders
from shop.people.cooperatives.models import Cooperative, Member
from shop.sales.orders.models import Order, OrderLine, OrderState
from shop.sales.orders.rules import unit_shares
from tests.support.databases import Templates
from tests.support.engines import BOOKS, Engine
from tests.support.statements import statements
from tests.support.whole_market import lived_market

JAKARTA, JAYAPURA = "Asia/Jakarta", "Asia/Jayapura"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
def lived(templates: Templates, engine: Engine) -> Iterator[Database]:
    with lived_market(templates, engine) as url:
        database = Database(url)
        yield database
        database.dispose()


def test_a_year_of_months_ends_with_this_one_by_the_zones_own_calendar() -> None:
    last_minute = datetime(2026, 12, 31, 16, 59, tzinfo=UTC)
    jakarta, jayapura = (last_months(zone, last_minute) for zone in (JAKARTA, JAYAPURA))
    assert [month.first for month in jakarta][::11] == [date(2026, 1, 1), date(2026, 12, 1)]
    assert [month.first for month in jayapura][::11] == [date(2026, 2, 1), date(2027, 1, 1)]
    assert jakarta[-1].ends == last_minute + timedelta(minutes=1)
    assert all(one.ends == next_one.begins for one, next_one in pairwise(jakarta))


def test_sales_are_what_the_lines_of_sold_orders_keep(lived: Database) -> None:
    months = last_months(JAKARTA, clock.now(), 14)
    with lived.reading() as session:
        whole = sum(one.amount for one in sales_by_month(session, months))
        parts = sum(
            one.amount
            for cooperative_id in session.scalars(select(Cooperative.id))
            for one in sales_by_month(session, months, cooperative_id)
        )
        lines = session.scalars(
            select(OrderLine)
            .join(Order, Order.id == OrderLine.order_id)
            .where(Order.state.not_in(NOT_SOLD), Order.paid_at.is_not(None))
        ).all()
        kept = sum(
            unit_shares(line, unit).net
            for line in lines
            for unit in range(1, line.packs - line.refunded + 1)
        )
    assert whole == parts == kept > 0


def test_a_desks_week_and_its_months_count_sales_alike(lived: Database) -> None:
    months = last_months(JAKARTA, clock.now(), 14)
    with lived.reading() as session:
        sold = 0
        for place in session.scalars(select(Cooperative)):
            by_month = sales_by_month(session, months, place.id)
            since_long_ago = figures(session, place.id, place.zone, LONG_AGO)
            assert since_long_ago.sales == sum(one.amount for one in by_month)
            sold += since_long_ago.sales
    assert sold > 0


def test_sales_of_finished_orders_are_what_the_books_divided(lived: Database) -> None:
    with lived.reading() as session:
        done = session.scalars(select(Order.id).where(Order.state == OrderState.DONE)).all()
        divided = session.scalar(
            select(func.sum(LedgerPosting.amount))
            .join(LedgerEntry, LedgerEntry.id == LedgerPosting.entry_id)
            .join(LedgerAccount, LedgerAccount.id == LedgerPosting.account_id)
            .where(LedgerEntry.kind == "order-done", LedgerAccount.kind == AccountKind.ESCROW)
        )
        delivery = session.scalar(select(func.sum(Order.delivery_fee)).where(Order.id.in_(done)))
        costs = session.scalar(
            select(func.sum(LedgerPosting.amount))
            .join(LedgerEntry, LedgerEntry.id == LedgerPosting.entry_id)
            .join(LedgerAccount, LedgerAccount.id == LedgerPosting.account_id)
            .where(LedgerEntry.kind == "payment-cost", LedgerPosting.order_id.in_(done))
            .where(LedgerAccount.kind == AccountKind.ESCROW)
        )
        months = last_months(JAKARTA, clock.now(), 14)
        sales = sum(one.amount for one in sales_by_month(session, months))
        under_way = session.scalars(
            select(OrderLine)
            .join(Order, Order.id == OrderLine.order_id)
            .where(Order.state.not_in([*NOT_SOLD, OrderState.DONE]), Order.paid_at.is_not(None))
        ).all()
    waiting = sum(
        unit_shares(line, unit).net
        for line in under_way
        for unit in range(1, line.packs - line.refunded + 1)
    )
    assert sales - waiting == int(divided or 0) - int(delivery or 0) + int(costs or 0)


def test_what_was_paid_in_each_way_adds_up_to_the_paid_bills(lived: Database) -> None:
    with lived.reading() as session:
        found = paid_by_method(session, LONG_AGO)
        paid = session.execute(
            select(func.count(), func.sum(Payment.amount)).where(Payment.state == PaymentState.PAID)
        ).one()
    assert (sum(one.count for one in found), sum(one.amount for one in found)) == tuple(paid)


def test_what_is_held_is_what_stands_in_the_books(lived: Database) -> None:
    with lived.reading() as session:
        held = held_now(session)
        orders = session.scalars(select(Order.id)).all()
        rows = session.execute(
            select(LedgerAccount.code, func.sum(LedgerPosting.amount))
            .join(LedgerPosting, LedgerPosting.account_id == LedgerAccount.id)
            .where(LedgerAccount.kind == AccountKind.CASH_DRAWER)
            .group_by(LedgerAccount.code)
        )
        drawers = {code: int(amount) for code, amount in rows}
        passing = sum(one for code, one in drawers.items() if code.endswith(":members"))
        cash = sum(drawers.values()) - passing
        assert cash > 0, "some parcel was paid at the door"
        assert held.escrow == sum(held_for_orders(session, orders).values()) - cash > 0
        assert held.members == -balance_of(session, AccountKind.MEMBER_DUE) - passing > 0


def test_the_best_goods_are_the_ones_of_which_most_packs_were_kept(lived: Database) -> None:
    with lived.reading() as session:
        best = best_goods(session, LONG_AGO)
        maximum = session.scalar(
            select(func.sum(OrderLine.packs - OrderLine.refunded).label("packs"))
            .join(Order, Order.id == OrderLine.order_id)
            .where(Order.state.not_in(NOT_SOLD), Order.paid_at.is_not(None))
            .group_by(OrderLine.product_id)
            .order_by(func.sum(OrderLine.packs - OrderLine.refunded).desc())
            .limit(1)
        )
    assert len(best) == 5
    assert best[0].packs == maximum
    assert [one.packs for one in best] == sorted((one.packs for one in best), reverse=True)


def test_what_members_earned_is_what_the_books_owe_them(lived: Database) -> None:
    months = last_months(JAKARTA, clock.now(), 14)
    with lived.reading() as session:
        members = session.scalars(select(Member.id)).all()
        earned = {
            member: sum(one.amount for one in earned_by_month(session, member, months))
            for member in members
        }
        due = {member: money_of(session, member).due for member in members}
        assert earned == due
        assert sum(due.values()) == -balance_of(session, AccountKind.MEMBER_DUE)
        busiest = max(members, key=lambda member: earned[member])
        page = done_shares(session, busiest)
        told = list(page.rows)
        while page.next_cursor:
            page = done_shares(session, busiest, page.next_cursor)
            told += page.rows
        assert sum(share.amount for share in told) == earned[busiest]


def test_what_is_held_for_members_is_their_part_of_orders_under_way(lived: Database) -> None:
    with lived.reading() as session:
        members = session.scalars(select(Member.id)).all()
        held = sum(share.amount for member in members for share in held_shares(session, member))
        lines = session.scalars(
            select(OrderLine)
            .join(Order, Order.id == OrderLine.order_id)
            .where(Order.state.not_in([*NOT_SOLD, OrderState.DONE]), Order.paid_at.is_not(None))
        ).all()
    assert held == sum(member_part(line) for line in lines) > 0


def test_members_prepare_what_is_new_or_accepted_and_nothing_else(lived: Database) -> None:
    with lived.reading() as session:
        members = session.execute(select(Member.cooperative_id, Member.id)).all()
        wanted = sum(
            line.asked
            for place, member in members
            for line in lines_of_member(session, place, member, clock.now())
        )
        new = session.scalar(
            select(func.sum(OrderLine.packs))
            .join(Order, Order.id == OrderLine.order_id)
            .where(Order.state == OrderState.NEW)
        )
        accepted = session.scalar(
            select(func.sum(OrderLine.accepted))
            .join(Order, Order.id == OrderLine.order_id)
            .where(Order.state == OrderState.ACCEPTED)
        )
    assert wanted == int(new or 0) + int(accepted or 0) > 0


@pytest.mark.only_on("sqlite", because=BOOKS)
def test_figures_cost_the_same_however_much_was_sold(lived: Database) -> None:
    months = last_months(JAKARTA, clock.now())

    def cost(member: int, cooperative: int) -> int:
        with lived.reading() as session, statements(lived) as asked:
            sales_by_month(session, months, cooperative)
            best_goods(session, LONG_AGO, cooperative)
            own_goods(session, member, maximum=5)
            goods_page(session, member, None)
            lines_of_member(session, cooperative, member, clock.now())
            earned_by_month(session, member, months)
            money_of(session, member)
            done_shares(session, member)
        return len(asked)

    with lived.reading() as session:
        members = session.execute(
            select(Member.id, Member.cooperative_id, func.count(OrderLine.id))
            .outerjoin(OrderLine, OrderLine.member_id == Member.id)
            .group_by(Member.id, Member.cooperative_id)
            .order_by(func.count(OrderLine.id))
        ).all()
    quiet, busy = members[0], members[-1]
    assert quiet[2] < busy[2]
    assert cost(quiet[0], quiet[1]) == cost(busy[0], busy[1]) <= 13
