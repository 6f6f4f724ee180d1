"""When money may go out, and who has to agree. No input or output."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from shop.core.values.money import Rupiah


class HoldReason(StrEnum):
    """Why the money of an order is on hold (rule R20)."""

    NOT_OVER = "not_over"
    """On its way, or inside the time for complaints."""
    ATTENTION = "attention"
    """Somebody has something to settle first: *perlu tindakan*, a complaint."""
    REFUND = "refund"
    DISPUTE = "dispute"
    IN_BATCH = "in_batch"
    """In a batch that is not paid yet."""


class BlockReason(StrEnum):
    """Why a cooperative's payouts are blocked."""

    SUSPENDED = "suspended"
    NO_ACCOUNT = "no_account"
    NEW_ACCOUNT = "new_account"
    """Changed a short time ago: the wait leaves time to notice a theft."""
    DEBT = "debt"
    """Owes as much as it is owed, or more: the rest is netted in a later batch."""


@dataclass(frozen=True, slots=True)
class Owed:
    """What stands for one order between the platform and its cooperative.

    Negative where the cooperative owes: a refund after the payout, or the fee of cash it took.
    """

    order_id: int
    number: str
    cooperative_id: int
    own: Rupiah
    """The cooperative's own part."""
    members: Rupiah
    """Its members' part, which passes through its hands."""
    ended_at: datetime | None
    waits: tuple[HoldReason, ...] = ()

    @property
    def amount(self) -> Rupiah:
        """Both together."""
        return Rupiah(self.own + self.members)


def payable(found: Iterable[Owed]) -> tuple[tuple[Owed, ...], Rupiah]:
    """Orders that nothing keeps back, debts among them, and what they come to."""
    free = tuple(one for one in found if not one.waits)
    return free, Rupiah(sum(one.amount for one in free))


def account_rests_until(verified_at: datetime, rest_hours: int) -> datetime:
    """From when on money may go to an account that was changed."""
    return verified_at + timedelta(hours=rest_hours)


def may_approve(total: int, limit: int, *, prepared_by: int | None, person_id: int) -> bool:
    """Whether this person may approve: above the limit never the one who put it together.

    :param limit: rupiah up to which one person is enough.
    """
    return total <= limit or person_id != prepared_by


def may_pay(
    total: int, limit: int, *, prepared_by: int | None, approved_by: int | None, person_id: int
) -> bool:
    """Whether this person may record the payment.

    What the shop itself put together was seen by one person only when it was approved, so above
    the limit another one pays.
    """
    return total <= limit or prepared_by is not None or person_id != approved_by
