"""Reads of money out: batches and what became of them."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from shop.core.database.pagination import PAGE_ROWS, Page, page_of, read_cursor
from shop.core.values.money import Rupiah
from shop.finance.payouts.amounts_due import changed_accounts
from shop.finance.payouts.bank_file import Transfer
from shop.finance.payouts.errors import NoSuchBatch
from shop.finance.payouts.models import BatchState, Payout, PayoutBatch, PayoutOrder, PayoutState
from shop.payments.bills.models import Payee
from shop.payments.ledger.queries import held_for_orders
from shop.people.accounts.models import Contact
from shop.people.cooperatives.models import Cooperative, Member
from shop.sales.orders.models import Order, OrderState
from shop.sales.orders.rules import ENDS


@dataclass(frozen=True, slots=True)
class BatchRow:
    """A batch in a list."""

    code: str
    state: BatchState
    total: Rupiah
    prepared_at: datetime
    count: int
    waiting: int
    """Payouts that are neither paid nor failed."""
    failed: int


@dataclass(frozen=True, slots=True)
class Part:
    """So much of a payout is for this order."""

    number: str
    own: Rupiah
    members: Rupiah


@dataclass(frozen=True, slots=True)
class PayoutRow:
    """What one cooperative, or one member, gets of a batch."""

    code: str
    name: str
    owner_code: str
    provider: str
    """Empty: handed over in cash, or sent by the cooperative as the member wishes."""
    number: str
    holder: str
    way: str
    """How a member wants it, as the register says."""
    amount: Rupiah
    state: PayoutState
    reference: str | None
    paid_on: date | None
    parts: tuple[Part, ...]
    account_changed: bool = False
    """Its account is not the one to pay to any more."""


@dataclass(frozen=True, slots=True)
class Received:
    """A payout as its cooperative sees it."""

    amount: Rupiah
    state: PayoutState
    reference: str | None
    paid_on: date | None
    prepared_at: datetime
    orders: int


@dataclass(frozen=True, slots=True)
class Held:
    """An order whose money still stands as *titipan*."""

    number: str
    state: OrderState
    amount: Rupiah
    paid_at: datetime


def batches(
    session: Session, cooperative_id: int | None, after: str | None = None
) -> Page[BatchRow]:
    """Batches of one desk, latest first, a page at a time; one statement."""
    waiting, failed = (
        func.sum(case((Payout.state == state, 1), else_=0))
        for state in (PayoutState.WAITING, PayoutState.FAILED)
    )
    wanted = (
        select(PayoutBatch, func.count(Payout.id), waiting, failed)
        .join(Payout, Payout.batch_id == PayoutBatch.id)
        .where(PayoutBatch.cooperative_id.is_not_distinct_from(cooperative_id))
        .group_by(PayoutBatch.id)
        .order_by(PayoutBatch.id.desc())
        .limit(PAGE_ROWS + 1)
    )
    key = read_cursor(after, (int,))
    if key is not None:
        wanted = wanted.where(PayoutBatch.id < key[0])
    page = page_of(list(session.execute(wanted)), PAGE_ROWS, lambda row: (row[0].id,))
    return Page(
        tuple(
            BatchRow(
                batch.code,
                batch.state,
                Rupiah(batch.total),
                batch.prepared_at,
                count,
                int(still),
                int(lost),
            )
            for batch, count, still, lost in page.rows
        ),
        page.next_cursor,
    )


def payouts_of(session: Session, batch: PayoutBatch) -> tuple[PayoutRow, ...]:
    """What each owner gets of a batch, by name, with its orders; four statements."""
    batch_id = batch.id
    changed = dict(
        changed_accounts(
            session,
            batch,
            select(Payout.id).where(
                Payout.batch_id == batch_id, Payout.state == PayoutState.WAITING
            ),
        )
    )
    parts: dict[int, list[Part]] = {}
    for payout_id, number, own, members in session.execute(
        select(PayoutOrder.payout_id, Order.number, PayoutOrder.own, PayoutOrder.members)
        .join(Payout, Payout.id == PayoutOrder.payout_id)
        .join(Order, Order.id == PayoutOrder.order_id)
        .where(Payout.batch_id == batch_id)
        .order_by(PayoutOrder.order_id)
    ):
        parts.setdefault(payout_id, []).append(Part(number, Rupiah(own), Rupiah(members)))
    name = func.coalesce(Contact.name, Cooperative.short_name)
    rows = session.execute(
        select(
            Payout,
            name,
            Cooperative.code,
            Payee.provider,
            Payee.number,
            Payee.holder,
            Member.code,
            Member.payout_way,
        )
        .join(Cooperative, Cooperative.id == Payout.cooperative_id)
        .outerjoin(Payee, Payee.id == Payout.payee_id)
        .outerjoin(Member, Member.id == Payout.member_id)
        .outerjoin(Contact, Contact.id == Member.contact_id)
        .where(Payout.batch_id == batch_id)
        .order_by(name, Payout.id)
    )
    return tuple(
        PayoutRow(
            payout.code,
            owner,
            member_code or code,
            provider or "",
            number or "",
            holder or "",
            way or "",
            Rupiah(payout.amount),
            payout.state,
            payout.reference,
            payout.paid_on,
            tuple(parts.get(payout.id, ())),
            payout.id in changed,
        )
        for payout, owner, code, provider, number, holder, member_code, way in rows
    )


def transfers_of(session: Session, batch: PayoutBatch) -> tuple[Transfer, ...]:
    """What a bank is asked to send for a batch and has not sent yet; none to a changed account."""
    return tuple(
        Transfer(
            one.provider,
            one.number,
            one.holder,
            one.amount,
            f"Lumbung {one.owner_code} {one.code[:8]}",
        )
        for one in payouts_of(session, batch)
        if one.state is PayoutState.WAITING and not one.account_changed
    )


def received(
    session: Session, cooperative_id: int, after: str | None = None, member_id: int | None = None
) -> Page[Received]:
    """What a cooperative was paid, or was to be, latest first; one statement.

    :param member_id: instead what it paid this member.
    """
    count = (
        select(func.count())
        .where(PayoutOrder.payout_id == Payout.id)
        .correlate(Payout)
        .scalar_subquery()
    )
    wanted = (
        select(Payout, PayoutBatch.prepared_at, count)
        .join(PayoutBatch, PayoutBatch.id == Payout.batch_id)
        .where(Payout.cooperative_id == cooperative_id)
        .where(Payout.member_id.is_not_distinct_from(member_id))
        .where(Payout.state != PayoutState.DROPPED)
        .order_by(Payout.id.desc())
        .limit(PAGE_ROWS + 1)
    )
    key = read_cursor(after, (int,))
    if key is not None:
        wanted = wanted.where(Payout.id < key[0])
    page = page_of(list(session.execute(wanted)), PAGE_ROWS, lambda row: (row[0].id,))
    return Page(
        tuple(
            Received(
                Rupiah(payout.amount),
                payout.state,
                payout.reference,
                payout.paid_on,
                prepared_at,
                int(orders),
            )
            for payout, prepared_at, orders in page.rows
        ),
        page.next_cursor,
    )


def paid_to_member(session: Session, member_id: int) -> Rupiah:
    """All that a member was paid so far; one statement."""
    total = session.scalar(
        select(func.sum(Payout.amount)).where(
            Payout.member_id == member_id, Payout.state == PayoutState.PAID
        )
    )
    return Rupiah(int(total or 0))


def held_orders(session: Session, cooperative_id: int) -> tuple[Held, ...]:
    """Paid orders that are not over, and what is held for them, oldest first; two statements."""
    rows = session.execute(
        select(Order.id, Order.number, Order.state, Order.paid_at)
        .where(Order.cooperative_id == cooperative_id, Order.paid_at.is_not(None))
        .where(Order.state.not_in((*ENDS, OrderState.UNPAID, OrderState.LAPSED)))
        .order_by(Order.id)
    ).all()
    held = held_for_orders(session, [row.id for row in rows])
    return tuple(Held(row.number, row.state, held[row.id], row.paid_at) for row in rows)


def batch_by_code(session: Session, code: str, cooperative_id: int | None = None) -> PayoutBatch:
    """A batch of the operator's, or of one cooperative.

    :raises NoSuchBatch: when there is none there.
    """
    found = session.scalars(
        select(PayoutBatch)
        .where(PayoutBatch.code == code)
        .where(PayoutBatch.cooperative_id.is_not_distinct_from(cooperative_id))
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NoSuchBatch
    return found


def payout_of(
    session: Session, batch: PayoutBatch, payout_code: str, *, lock: bool = False
) -> Payout:
    """One payout of a batch, as it stands now.

    :raises NoSuchBatch: when it is none of this batch.
    """
    wanted = (
        select(Payout)
        .where(Payout.batch_id == batch.id, Payout.code == payout_code)
        .execution_options(populate_existing=True)
    )
    found = session.scalars(wanted.with_for_update() if lock else wanted).one_or_none()
    if found is None:
        raise NoSuchBatch
    return found
