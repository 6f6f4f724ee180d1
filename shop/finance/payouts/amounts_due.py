"""What is owed for each order, and what keeps it back: read from the books, never counted apart.

Every posting of what is owed names its order, the payouts' too. So what stands for an order is the
sum of its postings: it falls to nothing when paid, and below when something goes back later.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session

from shop.core.database import settings_by_date
from shop.core.values.clock import HOME_ZONE, day_in
from shop.core.values.money import Rupiah
from shop.finance.payouts.errors import AccountChanged, BatchStale
from shop.finance.payouts.models import Payout, PayoutBatch, PayoutOrder
from shop.finance.payouts.rules import BlockReason, HoldReason, Owed, account_rests_until, payable
from shop.payments.bills.holding_accounts import PASSING
from shop.payments.bills.models import Payee, PayeeKind, PaymentOrder, Refund, RefundState
from shop.payments.cards.disputes import has_open_dispute
from shop.payments.cards.models import AlertKind, GatewayAlert
from shop.payments.ledger.models import AccountKind, LedgerAccount, LedgerPosting
from shop.people.accounts.models import Contact
from shop.people.cooperatives.models import Cooperative, Member
from shop.sales.orders.models import Order
from shop.sales.orders.rules import ENDS

_IS_OWN = LedgerAccount.kind == AccountKind.COOPERATIVE_DUE
_IS_PASSING = and_(
    LedgerAccount.kind == AccountKind.CASH_DRAWER,
    LedgerAccount.code.endswith(f":{PASSING}", autoescape=True),
)
_IS_MEMBERS = or_(LedgerAccount.kind == AccountKind.MEMBER_DUE, _IS_PASSING)


@dataclass(frozen=True, slots=True)
class CooperativeDue:
    """What may go to one cooperative now, and what may not."""

    cooperative_id: int
    name: str
    orders: tuple[Owed, ...]
    """What nothing keeps back, debts among them."""
    waiting: tuple[Owed, ...]
    amount: Rupiah
    """What the free orders come to; below zero it is a debt."""
    stop: BlockReason | None
    payee_id: int | None
    payable_from: datetime | None = None
    """From when on the account may be paid to, where it changed a short time ago."""


def owed_for_orders(
    session: Session,
    *,
    cooperative_id: int | None = None,
    order_ids: Collection[int] | None = None,
    except_payouts: Collection[int] = (),
) -> tuple[Owed, ...]:
    """Orders with an open balance, oldest first, with what keeps each back; one statement.

    :param order_ids: these orders alone, whether or not anything stands for them.
    :param except_payouts: payouts whose hold on an order does not count.
    """
    own, members = _part(_IS_OWN), _part(_IS_MEMBERS)
    stands = (
        select(LedgerPosting.order_id, own.label("own"), members.label("members"))
        .join(LedgerAccount, LedgerAccount.id == LedgerPosting.account_id)
        .where(LedgerPosting.order_id.is_not(None), or_(_IS_OWN, _IS_MEMBERS))
        .group_by(LedgerPosting.order_id)
    )
    if cooperative_id is not None:
        stands = stands.where(LedgerAccount.cooperative_id == cooperative_id)
    if order_ids is None:
        stands = stands.having((own != 0) | (members != 0))
    else:
        stands = stands.where(LedgerPosting.order_id.in_(order_ids))
    part = stands.subquery()
    rows = session.execute(
        select(
            Order.id,
            Order.number,
            Order.cooperative_id,
            part.c.own,
            part.c.members,
            Order.ended_at,
            *_keeps_back(except_payouts),
        )
        .join(part, part.c.order_id == Order.id)
        .order_by(Order.id)
    )
    return tuple(
        Owed(
            order_id,
            number,
            owner,
            Rupiah(int(its_own)),
            Rupiah(int(its_members)),
            ended_at,
            tuple(wait for wait, holds in zip(HoldReason, keeps, strict=True) if holds),
        )
        for order_id, number, owner, its_own, its_members, ended_at, *keeps in rows
    )


def due_by_cooperative(
    session: Session, now: datetime, cooperative_id: int | None = None
) -> tuple[CooperativeDue, ...]:
    """What stands for each cooperative for which anything does, by name; four statements."""
    by_owner: dict[int, list[Owed]] = {}
    for one in owed_for_orders(session, cooperative_id=cooperative_id):
        by_owner.setdefault(one.cooperative_id, []).append(one)
    owners = session.scalars(
        select(Cooperative)
        .where(Cooperative.id.in_(by_owner))
        .order_by(Cooperative.short_name, Cooperative.id)
    ).all()
    accounts = accounts_of(session, by_owner)
    rest = settings_by_date.settings_on(session, day_in(HOME_ZONE, now))[
        "payout_account_rest_hours"
    ]
    return tuple(_due_of(one, by_owner[one.id], accounts.get(one.id), rest, now) for one in owners)


@dataclass(frozen=True, slots=True)
class DueToMember:
    """What a cooperative holds for one of its members and is to hand on."""

    member_id: int
    name: str
    code: str
    way: str
    """How the member wants it, as the register says: ``transfer``, ``tunai``."""
    parts: Mapping[int, int]
    """Rupiah by order id, below zero where a debt is netted."""

    @property
    def amount(self) -> Rupiah:
        """All of it."""
        return Rupiah(sum(self.parts.values()))


def due_to_members(
    session: Session, cooperative_id: int, *, except_payouts: Collection[int] = ()
) -> tuple[DueToMember, ...]:
    """What came for each member of a cooperative and was not handed on, by name; two statements.

    What has not come yet is not in its hands: an order counts once its money was sent.

    :param except_payouts: payouts whose hold on an order does not count.
    """
    came = (
        select(LedgerPosting.order_id)
        .join(LedgerAccount, LedgerAccount.id == LedgerPosting.account_id)
        .where(LedgerAccount.cooperative_id == cooperative_id, _IS_PASSING)
        .group_by(LedgerPosting.order_id)
        .having(func.sum(LedgerPosting.amount) != 0)
    )
    in_batch = exists().where(
        PayoutOrder.order_id == LedgerPosting.order_id,
        PayoutOrder.member_id == LedgerAccount.member_id,
        PayoutOrder.is_open,
        PayoutOrder.payout_id.not_in(except_payouts),
    )
    amount = -func.sum(LedgerPosting.amount)
    rows = session.execute(
        select(LedgerAccount.member_id, LedgerPosting.order_id, amount)
        .join(LedgerAccount, LedgerAccount.id == LedgerPosting.account_id)
        .where(LedgerAccount.kind == AccountKind.MEMBER_DUE)
        .where(LedgerAccount.cooperative_id == cooperative_id)
        .where(LedgerPosting.order_id.in_(came), ~in_batch)
        .group_by(LedgerAccount.member_id, LedgerPosting.order_id)
        .having(amount != 0)
        .order_by(LedgerPosting.order_id)
    )
    parts: dict[int, dict[int, int]] = {}
    for member_id, order_id, owed in rows:
        if member_id is not None and order_id is not None:  # never, by the conditions above
            parts.setdefault(member_id, {})[order_id] = int(owed)
    members = session.execute(
        select(Member.id, Contact.name, Member.code, Member.payout_way)
        .join(Contact, Contact.id == Member.contact_id)
        .where(Member.id.in_(parts))
        .order_by(Contact.name, Member.id)
    )
    return tuple(
        DueToMember(member_id, name, code, way or "", parts[member_id])
        for member_id, name, code, way in members
    )


def _due_of(
    cooperative: Cooperative, found: list[Owed], payee: Payee | None, rest: int, now: datetime
) -> CooperativeDue:
    orders, amount = payable(found)
    payable_from = (
        account_rests_until(payee.verified_at, rest) if payee and payee.verified_at else None
    )
    if cooperative.suspended_at is not None:
        stop: BlockReason | None = BlockReason.SUSPENDED
    elif payable_from is None:
        stop = BlockReason.NO_ACCOUNT
    elif now < payable_from:
        stop = BlockReason.NEW_ACCOUNT
    elif orders and amount <= 0:
        stop = BlockReason.DEBT
    else:
        stop = None
    return CooperativeDue(
        cooperative.id,
        cooperative.short_name,
        orders,
        tuple(one for one in found if one.waits),
        amount,
        stop,
        payee.id if payee else None,
        payable_from if stop is BlockReason.NEW_ACCOUNT else None,
    )


def accounts_of(session: Session, owners: Collection[int]) -> dict[int, Payee]:
    """The newest verified and open bank account of each cooperative."""
    found = session.scalars(
        select(Payee)
        .where(Payee.cooperative_id.in_(owners), Payee.kind == PayeeKind.BANK)
        .where(Payee.verified_at.is_not(None), Payee.closed_at.is_(None))
        .order_by(Payee.id)
    )
    return {payee.cooperative_id: payee for payee in found if payee.cooperative_id is not None}


def changed_accounts(
    session: Session, batch: PayoutBatch, wanted: Select[int]
) -> tuple[tuple[int, str], ...]:
    """Payouts whose account is not the one to pay to any more, with their cooperatives' names.

    Closed, never checked again after a change, changed since the batch was put together, or
    followed by another; also where the cooperative is suspended by now. Two statements.

    :param wanted: ids of payouts of this batch.
    """
    rows = session.execute(
        select(Payout.id, Payout.payee_id, Cooperative)
        .join(Cooperative, Cooperative.id == Payout.cooperative_id)
        .where(Payout.id.in_(wanted), Payout.payee_id.is_not(None))
        .order_by(Payout.id)
    ).all()
    newest = accounts_of(session, [owner.id for _, _, owner in rows])
    found = []
    for payout_id, payee_id, owner in rows:
        account = newest.get(owner.id)
        is_same = account is not None and account.id == payee_id
        checked = account.verified_at if account is not None else None
        if (
            not is_same
            or checked is None
            or checked > batch.prepared_at
            or owner.suspended_at is not None
        ):
            found.append((payout_id, owner.short_name))
    return tuple(found)


def _part(which: ColumnElement[bool]) -> ColumnElement[int]:
    """What the accounts of one side stand at, as owed: credits count up."""
    return func.coalesce(func.sum(case((which, -LedgerPosting.amount), else_=0)), 0)


def _keeps_back(except_payouts: Collection[int]) -> tuple[ColumnElement[bool], ...]:
    """Whether each reason of ``HoldReason`` holds, in its order."""
    refund = exists().where(Refund.order_id == Order.id, Refund.state != RefundState.DONE)
    told = (
        exists()
        .where(PaymentOrder.order_id == Order.id)
        .where(GatewayAlert.payment_id == PaymentOrder.payment_id)
        .where(GatewayAlert.kind == AlertKind.DISPUTE, GatewayAlert.resolved_at.is_(None))
    )
    dispute = or_(told, has_open_dispute(Order.id))
    batch = exists().where(
        PayoutOrder.order_id == Order.id,
        PayoutOrder.is_open,
        PayoutOrder.member_id.is_(None),
        PayoutOrder.payout_id.not_in(except_payouts),
    )
    return (
        Order.state.not_in(ENDS),
        Order.needs.is_not(None),
        refund,
        dispute,
        batch,
    )


def require_still_owed(session: Session, batch: PayoutBatch) -> None:
    """Each order of a batch is still owed exactly what the batch would pay for it.

    :raises BatchStale: with the orders that are not.
    """
    payouts = list(session.scalars(select(Payout.id).where(Payout.batch_id == batch.id)))
    parts = session.scalars(select(PayoutOrder).where(PayoutOrder.payout_id.in_(payouts))).all()
    orders = {part.order_id for part in parts}
    # In id order, and before they are read: whoever gives money back locks the order as well.
    session.execute(
        select(Order.id).where(Order.id.in_(orders)).order_by(Order.id).with_for_update()
    ).all()
    owed: dict[tuple[int, int | None], tuple[int, int]]
    if batch.cooperative_id is None:
        owed = {
            (one.order_id, None): (one.own, one.members)
            for one in owed_for_orders(session, order_ids=orders, except_payouts=payouts)
            if not one.waits
        }
    else:
        owed = {
            (order_id, one.member_id): (0, amount)
            for one in due_to_members(session, batch.cooperative_id, except_payouts=payouts)
            for order_id, amount in one.parts.items()
        }
    stale = {
        part.order_id
        for part in parts
        if owed.get((part.order_id, part.member_id)) != (part.own, part.members)
    }
    if stale:
        raise BatchStale(
            session.scalars(select(Order.number).where(Order.id.in_(stale)).order_by(Order.id))
        )


def require_accounts(session: Session, batch: PayoutBatch, wanted: Select[int]) -> None:
    """Money goes to the newest account that was checked before the batch was put together.

    Members have no account with us: their batches name none.

    :param wanted: ids of the payouts that are asked about.
    :raises AccountChanged: with the owners whose account is another by now.
    """
    names = [name for _payout, name in changed_accounts(session, batch, wanted)]
    if names:
        raise AccountChanged(names)


def second_person_limit(session: Session, now: datetime) -> int:
    """Rupiah of a batch up to which one person is enough (record 0221)."""
    return settings_by_date.settings_on(session, day_in(HOME_ZONE, now))[
        "payout_second_person_above"
    ]
