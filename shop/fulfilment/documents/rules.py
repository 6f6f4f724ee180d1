"""What an invoice and a credit note say (rule R25), reckoned from a sold order. No I/O."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Protocol

from shop.core.values.money import Rupiah, allocate, included_tax
from shop.fulfilment.orders.rules import goods_name
from shop.sales.orders.rules import HasShares, discount_of, refund_of

KEEP_YEARS = 10
"""How long data of a payment are kept at least (PP 80/2019, art. 25)."""


class DocumentKind(StrEnum):
    """What is issued under a number of its own."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    """Takes back a part of an invoice that stands."""


_LETTERS: Mapping[DocumentKind, str] = {
    DocumentKind.INVOICE: "INV",
    DocumentKind.CREDIT_NOTE: "NK",
}


class SoldLine(HasShares, Protocol):
    """A line of an order as far as paper tells of it."""

    id: int
    name: str
    variant_name: str
    net_label: str
    sku: str
    accepted: int
    refunded: int
    pph22: int


@dataclass(frozen=True, slots=True)
class Paper:
    """The sums of a document, in whole rupiah."""

    lines: tuple[Mapping[str, Any], ...]
    goods: Rupiah
    """Before discount, PPN included where the seller charges it."""
    discount: Rupiah
    delivery: Rupiah
    total: Rupiah
    tax_base: Rupiah
    ppn: Rupiah
    pph22: Rupiah

    def as_facts(self) -> dict[str, Any]:
        """The same as JSON keeps it."""
        return {
            "lines": [dict(line) for line in self.lines],
            "goods": self.goods,
            "discount": self.discount,
            "delivery": self.delivery,
            "total": self.total,
            "tax_base": self.tax_base,
            "ppn": self.ppn,
            "pph22": self.pph22,
        }


def number_of(kind: DocumentKind, cooperative_code: str, day: date, running: int) -> str:
    """``INV/GRT/2026/11/000123``: the month is for reading, the year counts."""
    return f"{_LETTERS[kind]}/{cooperative_code}/{day.year}/{day.month:02d}/{running:06d}"


def retained_until(day: date) -> date:
    """The last day on which the buyer's identity is kept."""
    return date(day.year + KEEP_YEARS, 12, 31)


def invoice_of(
    lines: Sequence[SoldLine], delivery: int, *, is_pkp: bool, figures: Mapping[str, int]
) -> Paper:
    """The invoice over the packs that a cooperative promised to send.

    :param delivery: what the shopper pays for it, rupiah.
    :param figures: ``settings_on``, of the day it is issued.
    """
    return _paper(
        [(line, range(1, line.accepted + 1)) for line in lines], delivery, is_pkp, figures
    )


def credit_note_of(
    lines: Sequence[SoldLine],
    amount: int,
    packs: Mapping[int, int],
    *,
    is_pkp: bool,
    figures: Mapping[str, int],
) -> Paper:
    """The credit note for money that goes back after the invoice.

    What of the amount is not the price of packs is delivery, or a sum that no pack stands for.

    :param amount: all that goes back for the order, rupiah.
    :param packs: how many packs of which line go back, by line id; the lines count them already.
    """
    returned = []
    for line in lines:
        count = min(packs.get(line.id, 0), line.refunded)
        first = line.packs - line.refunded + 1
        returned.append((line, range(first, first + count)))
    goods = sum(refund_of(line, units) for line, units in returned)
    if goods > amount:  # less than the price goes back: no pack is named
        returned, goods = [], 0
    return _paper(returned, amount - goods, is_pkp, figures)


def _paper(
    sold: Sequence[tuple[SoldLine, range]],
    delivery: int,
    is_pkp: bool,
    figures: Mapping[str, int],
) -> Paper:
    shown, goods, discount, pph22 = [], 0, 0, 0
    for line, units in sold:
        if not units:
            continue
        gross, off = line.unit_price * len(units), discount_of(line, units)
        goods, discount = goods + gross, discount + off
        each = allocate(line.pph22, (1,) * line.packs)
        pph22 += sum(each[unit - 1] for unit in units)
        shown.append(
            {
                "name": goods_name(line.name, line.variant_name, line.net_label),
                "sku": line.sku,
                "packs": len(units),
                "unit_price": line.unit_price,
                "discount": off,
                "sum": gross - off,
            }
        )
    net = goods - discount
    # Rounded once for the document, never line by line (rule R25).
    base, ppn = included_tax(net, figures) if is_pkp else (Rupiah(net), Rupiah(0))
    return Paper(
        tuple(shown),
        Rupiah(goods),
        Rupiah(discount),
        Rupiah(delivery),
        Rupiah(net + delivery),
        base,
        ppn,
        Rupiah(pph22),
    )
