"""Reads of cash: what a cooperative takes, what a phone refused, where each parcel's money is."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from shop.core.database import pagination
from shop.core.database.schema import table_of
from shop.core.values.money import Rupiah
from shop.core.values.units import Grams
from shop.payments.bills.holding_accounts import PASSING
from shop.payments.cash.models import CashDue, CashState, CashTerms
from shop.payments.cash.rules import Terms
from shop.payments.ledger.models import AccountKind, LedgerAccount, LedgerPosting
from shop.people.accounts.models import Contact, Person
from shop.sales.orders.models import Order, Purchase
from shop.sales.orders.rules import ENDS, OrderState

CASH_ROWS = 20


def terms_of(session: Session, cooperative_ids: Collection[int]) -> dict[int, Terms]:
    """Up to where these cooperatives take cash; those that take none are left out."""
    found = session.execute(_TERMS, {"cooperatives": list(cooperative_ids)})
    return {
        one.cooperative_id: Terms(
            one.payee_id,
            one.at_door,
            None if one.pickup_most is None else Rupiah(one.pickup_most),
            Grams(one.grams_most),
        )
        for one in found
    }


_TERMS = select(table_of(CashTerms)).where(
    table_of(CashTerms).c.cooperative_id.in_(bindparam("cooperatives", expanding=True))
)


@dataclass(frozen=True, slots=True)
class Record:
    """What a phone did with cash before."""

    refused: int
    """Parcels that were brought or kept ready, and not taken."""
    open: int
    """Orders whose cash is still asked."""


def record_of(session: Session, phone: str) -> Record:
    """What a phone did with cash before; one statement."""
    rows = session.execute(
        select(CashDue.state, func.count())
        .join(Order, Order.id == CashDue.order_id)
        .join(Purchase, Purchase.id == Order.purchase_id)
        .join(Contact, Contact.id == Purchase.contact_id)
        .where(Contact.phone == phone)
        .where(CashDue.state.in_((CashState.REFUSED, CashState.ASKED)))
        .group_by(CashDue.state)
    )
    counted = {state: int(count) for state, count in rows}
    return Record(counted.get(CashState.REFUSED, 0), counted.get(CashState.ASKED, 0))


@dataclass(frozen=True, slots=True)
class CashView:
    """The cash of one order, as its pages show it."""

    state: CashState
    asked: Rupiah
    confirmed_at: datetime | None
    collected_at: datetime | None

    @property
    def is_asked(self) -> bool:
        """Whether somebody still has to take it."""
        return self.state is CashState.ASKED

    @property
    def waits_for_yes(self) -> bool:
        """Whether the shopper has to say first that the order stands."""
        return self.is_asked and self.confirmed_at is None


def cash_of(session: Session, order_ids: Collection[int]) -> dict[int, CashView]:
    """The cash of some orders by their id; those paid otherwise are left out."""
    found = session.scalars(select(CashDue).where(CashDue.order_id.in_(order_ids)))
    return {
        one.order_id: CashView(one.state, Rupiah(one.asked), one.confirmed_at, one.collected_at)
        for one in found
    }


def is_asked(session: Session, order_id: int) -> bool:
    """Whether an order's cash is still to be taken."""
    cash = cash_of(session, [order_id]).get(order_id)
    return cash is not None and cash.is_asked


def is_with_driver(order_id: int | InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """Whether the cash of the order at hand was taken and the treasurer has not got it."""
    return exists().where(CashDue.order_id == order_id, CashDue.state == CashState.COLLECTED)


@dataclass(frozen=True, slots=True)
class CashRow:
    """The cash of one parcel in a treasurer's list."""

    number: str
    amount: Rupiah
    way: str
    """How the parcel goes: the round, or the pick-up place."""
    holder: str
    """Who took it; empty while nobody has."""
    at: datetime
    state: OrderState


@dataclass(frozen=True, slots=True)
class Sums:
    """What a cooperative's cash comes to now, rupiah."""

    asked: Rupiah
    """Still to be taken at doors and counters."""
    with_holders: Rupiah
    """Taken, not yet with the treasurer."""
    in_drawer: Rupiah
    """With the treasurer, of orders that are not done."""
    fee_owed: Rupiah
    """Platform fee and what else is owed for cash orders that are done, not yet settled."""


def sums_of(session: Session, cooperative_id: int) -> Sums:
    """The four figures of *Kas*; two statements."""
    rows = session.execute(
        select(CashDue.state, func.sum(CashDue.asked))
        .join(Order, Order.id == CashDue.order_id)
        .where(CashDue.cooperative_id == cooperative_id, _counts())
        .group_by(CashDue.state)
    )
    by_state = {state: Rupiah(int(total)) for state, total in rows}
    owed = session.scalar(
        select(func.sum(LedgerPosting.amount))
        .join(LedgerAccount, LedgerAccount.id == LedgerPosting.account_id)
        .join(CashDue, CashDue.order_id == LedgerPosting.order_id)
        .join(Order, Order.id == CashDue.order_id)
        .where(_is_between_us(), LedgerAccount.cooperative_id == cooperative_id)
        .where(Order.state == OrderState.DONE)
    )
    return Sums(
        by_state.get(CashState.ASKED, Rupiah(0)),
        by_state.get(CashState.COLLECTED, Rupiah(0)),
        by_state.get(CashState.HANDED_OVER, Rupiah(0)),
        Rupiah(int(owed or 0)),
    )


def rows_of(
    session: Session, cooperative_id: int, state: CashState, after: str | None = None
) -> pagination.Page[CashRow]:
    """The parcels whose cash has come this far, oldest first; one statement."""
    start = pagination.read_cursor(after, (int,))
    wanted = _rows().where(
        CashDue.cooperative_id == cooperative_id, CashDue.state == state, _counts()
    )
    if start is not None:
        wanted = wanted.where(Order.id > start[0])
    found = session.execute(wanted.order_by(Order.id).limit(CASH_ROWS + 1)).all()
    page = pagination.page_of(found, CASH_ROWS, lambda row: (row[0].id,))
    return pagination.Page(
        tuple(
            CashRow(
                order.number,
                Rupiah(due.asked),
                order.delivery_name,
                holder or "",
                due.handed_at or due.collected_at or order.placed_at,
                order.state,
            )
            for order, due, holder in page.rows
        ),
        page.next_cursor,
    )


def _is_between_us() -> ColumnElement[bool]:
    """What platform and cooperative owe one another, its members' part in both directions."""
    passing = and_(
        LedgerAccount.kind == AccountKind.CASH_DRAWER,
        LedgerAccount.code.endswith(f":{PASSING}", autoescape=True),
    )
    due = LedgerAccount.kind.in_((AccountKind.COOPERATIVE_DUE, AccountKind.MEMBER_DUE))
    return or_(due, passing)


def _rows() -> Select[Order, CashDue, str | None]:
    return (
        select(Order, CashDue, Contact.name)
        .join(CashDue, CashDue.order_id == Order.id)
        .outerjoin(Person, Person.id == CashDue.collected_by_id)
        .outerjoin(Contact, Contact.id == Person.contact_id)
    )


def _counts() -> ColumnElement[bool]:
    """What lies in the drawer for an order that is done is the cooperative's own money."""
    return or_(CashDue.state != CashState.HANDED_OVER, Order.state.not_in(ENDS))
