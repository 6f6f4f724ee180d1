"""Where money goes that has no way back of its own (rule R23): the shopper names it once."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from shop.aftersales.refunds.errors import NothingToGiveBack
from shop.core.values.money import Rupiah
from shop.payments.bills.models import Method, Payment, Refund, RefundDestination, RefundState

BY_HAND: ColumnElement[bool] = and_(
    Refund.transfer_id.is_(None),
    or_(
        and_(
            Payment.method != Method.CARD,
            Refund.state.in_((RefundState.ASKED, RefundState.FAILED)),
        ),
        # A card that takes nothing back any more.
        Refund.state == RefundState.FAILED,
    ),
)
"""Refunds beside their payment that a person has to send and nobody has."""


@dataclass(frozen=True, slots=True)
class Destination:
    """A bank or e-wallet account, as its owner sees it again."""

    provider: str
    number_end: str
    """The last four digits: who looks over a shoulder sees no more."""
    holder: str


@dataclass(frozen=True, slots=True)
class ToGoBack:
    """Money of a purchase that waits to be sent, and where to."""

    waiting: Rupiah
    destination: Destination | None
    """Where what waits will go."""
    under_way: Rupiah
    """Rupiah that somebody is sending just now."""
    was_refused: bool
    """The account that was named before sent it back."""


def to_go_back(session: Session, purchase_id: int) -> ToGoBack:
    """What of a purchase's money a person has to send; in three statements."""
    waiting = session.execute(
        select(Refund.amount, Refund.destination_id)
        .join(Payment, Payment.id == Refund.payment_id)
        .where(Payment.purchase_id == purchase_id, BY_HAND)
    ).all()
    under_way = session.scalars(
        select(Refund.amount)
        .join(Payment, Payment.id == Refund.payment_id)
        .where(Payment.purchase_id == purchase_id, Refund.transfer_id.is_not(None))
        .where(Refund.state == RefundState.SENT)
    ).all()
    latest = session.scalars(
        select(RefundDestination)
        .where(RefundDestination.purchase_id == purchase_id)
        .order_by(RefundDestination.id.desc())
        .limit(1)
    ).first()
    is_named = latest is not None and latest.refused_at is None
    return ToGoBack(
        waiting=Rupiah(sum(amount for amount, _ in waiting)),
        destination=Destination(latest.provider, latest.number[-4:], latest.holder)
        if latest is not None and is_named
        else None,
        under_way=Rupiah(sum(under_way)),
        was_refused=latest is not None and not is_named,
    )


def name_destination(
    session: Session,
    *,
    purchase_id: int,
    contact_id: int,
    provider: str,
    number: str,
    holder: str,
    now: datetime,
) -> Rupiah:
    """Note where all waiting money of a purchase goes; rupiah. The last word counts.

    :raises NothingToGiveBack: when nothing waits any more: somebody is sending it.
    """
    destination = RefundDestination(
        contact_id=contact_id,
        purchase_id=purchase_id,
        provider=provider,
        number=number,
        holder=holder,
        created_at=now,
    )
    session.add(destination)
    session.flush()
    # Kept from who is about to send it: that money goes where it was said before.
    waiting = session.execute(
        select(Refund.id, Refund.amount)
        .join(Payment, Payment.id == Refund.payment_id)
        .where(Payment.purchase_id == purchase_id, BY_HAND)
        .order_by(Refund.id)
        .with_for_update(of=Refund)
    ).all()
    if not waiting:
        raise NothingToGiveBack(purchase_id)
    session.execute(
        update(Refund)
        .where(Refund.id.in_([refund_id for refund_id, _ in waiting]))
        .values(destination_id=destination.id)
        .execution_options(synchronize_session=False)
    )
    return Rupiah(sum(amount for _, amount in waiting))
