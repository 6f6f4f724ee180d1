"""What a voucher gives, and when it gives nothing: decisions without a database."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from shop.core.values.clock import HOME_ZONE, day_in
from shop.core.values.money import Rupiah, allocate, apply_basis_points
from shop.sales.vouchers.errors import VoucherRefused, Why

ZONE = HOME_ZONE
"""Whose midnight a voucher begins and ends at: one for the whole country."""
LONGEST_CODE = 24
_CODE = re.compile(r"[A-Z0-9-]{3,24}")


def fold_code(typed: str) -> str | None:
    """A code as it is compared: without spaces, in capitals; None for what can be no code.

    >>> fold_code(" panen raya10 ")
    'PANENRAYA10'
    """
    # The length is tested first: four hundred letters must not cost anything.
    folded = "".join(typed[:80].split()).upper() if len(typed) <= 80 else ""
    return folded if _CODE.fullmatch(folded) else None


@dataclass(frozen=True, slots=True)
class Terms:
    """A voucher as its sponsor made it, with how often it was used so far."""

    voucher_id: int
    code: str
    cooperative_id: int | None
    """Who pays for it: a cooperative, for its own goods; None: the platform, for all."""
    cooperative_name: str
    percent_bp: int | None
    """Basis points off the goods; None: ``amount`` rupiah off."""
    amount: int | None
    least_goods: int
    """Rupiah that the goods it counts have to cost."""
    most_discount: int | None
    starts_at: datetime
    ends_at: datetime
    """The first moment in which it holds no more."""
    most_uses: int | None
    most_per_buyer: int | None
    used: int
    stopped_at: datetime | None


@dataclass(frozen=True, slots=True)
class Goods:
    """A line of the cart, as far as vouchers go."""

    cooperative_id: int
    amount: Rupiah


def last_day(terms: Terms) -> date:
    """The last day a voucher holds, as its sponsor typed it."""
    return day_in(ZONE, terms.ends_at - timedelta(seconds=1))


def eligible(terms: Terms, goods: Sequence[Goods]) -> tuple[Rupiah, ...]:
    """What of each line the voucher counts: all of it, or nothing of another cooperative's."""
    own = terms.cooperative_id
    return tuple(
        line.amount if own is None or line.cooperative_id == own else Rupiah(0) for line in goods
    )


def check(terms: Terms, goods: Sequence[Goods], *, used_by_buyer: int, now: datetime) -> None:
    """Whether a voucher holds for these goods and this buyer, now.

    :raises VoucherRefused: with the first reason that a shopper could do something about last.
    """
    if terms.stopped_at is not None:
        raise VoucherRefused(Why.STOPPED)
    if now < terms.starts_at:
        raise VoucherRefused(Why.NOT_YET)
    if now >= terms.ends_at:
        raise VoucherRefused(Why.EXPIRED)
    if terms.most_uses is not None and terms.used >= terms.most_uses:
        raise VoucherRefused(Why.USED_UP)
    if terms.most_per_buyer is not None and used_by_buyer >= terms.most_per_buyer:
        raise VoucherRefused(Why.ALREADY)
    counted = sum(eligible(terms, goods))
    if not counted:
        raise VoucherRefused(Why.FOREIGN)
    if counted < terms.least_goods:
        raise VoucherRefused(Why.BELOW, terms.least_goods - counted)


def discount_of(terms: Terms, counted: int) -> Rupiah:
    """Rupiah off goods that cost ``counted``: never more than they cost, never above the cap."""
    off = apply_basis_points(counted, terms.percent_bp) if terms.percent_bp else terms.amount or 0
    maximum = counted if terms.most_discount is None else min(counted, terms.most_discount)
    return Rupiah(min(off, maximum))


def shares(discount: int, counted: Sequence[int]) -> tuple[Rupiah, ...]:
    """The part of a discount that each line carries; they sum to it, to the last rupiah."""
    if not discount:
        return (Rupiah(0),) * len(counted)
    return allocate(discount, counted)
