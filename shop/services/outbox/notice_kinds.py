"""What is told to whom: every kind of notice in one table."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Recipient(StrEnum):
    """Who receives a kind of notice."""

    SHOPPER = "shopper"
    MEMBER = "member"
    MANAGER = "manager"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class Kind:
    """Who reads it, and whether it may wait for the morning."""

    reader: Recipient
    is_urgent: bool = False
    """Mailed at once also to who wants one mail a day: something ends soon, or goods wait."""


_SHOPPER = Kind(Recipient.SHOPPER)
_SHOPPER_NOW = Kind(Recipient.SHOPPER, is_urgent=True)
_MEMBER = Kind(Recipient.MEMBER)
_MANAGER = Kind(Recipient.MANAGER)
_MANAGER_NOW = Kind(Recipient.MANAGER, is_urgent=True)
_OPERATOR_NOW = Kind(Recipient.OPERATOR, is_urgent=True)

KINDS: Mapping[str, Kind] = {
    # A purchase and its money.
    "purchase_placed": _SHOPPER_NOW,
    "purchase_cash": _SHOPPER_NOW,
    "purchase_paid": _SHOPPER,
    "purchase_lapsed": _SHOPPER,
    "paid_twice": _SHOPPER,
    "refund_where": _SHOPPER_NOW,
    "refund_sent": _SHOPPER,
    "refund_came_back": _SHOPPER_NOW,
    # An order on its way.
    "order_short": _SHOPPER_NOW,
    "order_accepted": _SHOPPER,
    "order_refused": _SHOPPER,
    "order_sold_out": _SHOPPER,
    "order_ready_pickup": _SHOPPER_NOW,
    "order_unfetched": _SHOPPER_NOW,
    "order_not_fetched": _SHOPPER,
    "order_shipped": _SHOPPER,
    "order_undelivered": _SHOPPER_NOW,
    "order_arrived": _SHOPPER,
    "order_returned": _SHOPPER,
    "order_refunded": _SHOPPER,
    # A complaint.
    "complaint_answered": _SHOPPER_NOW,
    "complaint_decided": _SHOPPER_NOW,
    "complaint_filed": _MANAGER_NOW,
    "complaint_ended": _MANAGER,
    "complaint_appealed": _OPERATOR_NOW,
    "goods_recalled": _SHOPPER_NOW,
    # What people write to each other.
    "message_new": _MANAGER,
    "message_answer": _SHOPPER,
    # A cooperative's desk.
    "order_new": _MANAGER_NOW,
    "order_waiting": _MANAGER_NOW,
    "order_missed": _MANAGER,
    "order_called_off": _MANAGER_NOW,
    "cooperative_suspended": _MANAGER_NOW,
    "cooperative_resumed": _MANAGER,
    # Who makes the goods.
    "product_approved": _MEMBER,
    "product_returned": _MEMBER,
    "stock_low": _MEMBER,
    # The operator.
    "order_unanswered": _OPERATOR_NOW,
}


def can_be_digested(kind: str) -> bool:
    """Whether a notice may go into the daily digest; kinds not in the table go at once."""
    known = KINDS.get(kind)
    return known is not None and not known.is_urgent
