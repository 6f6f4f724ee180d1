"""Months and ways to pay as charts and tables write them."""

from collections.abc import Sequence
from datetime import date

from babel.dates import format_date
from flask_babel import get_locale
from flask_babel import gettext as _

from shop.finance.dashboards.queries import MonthSum
from shop.payments.bills.models import Method

Bar = tuple[str, str, int]
"""Under the bar, in the table, and how much."""


def bars(sums: Sequence[MonthSum]) -> list[Bar]:
    """Months as the macro ``bars`` takes them."""
    return [
        (_month(one.month.first, "LLL"), _month(one.month.first, "LLLL y"), one.amount)
        for one in sums
    ]


def method_word(method: Method) -> str:
    """A way to pay."""
    return str(
        {
            Method.TRANSFER: _("Transfer bank"),
            Method.CARD: _("Kartu"),
            Method.QRIS: _("QRIS"),
            Method.COD: _("Bayar di tempat"),
            Method.AT_PICKUP: _("Bayar saat ambil"),
        }[method]
    )


def _month(first: date, pattern: str) -> str:
    return format_date(first, pattern, locale=get_locale())
