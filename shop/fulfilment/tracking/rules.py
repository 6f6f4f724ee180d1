"""A list of tracking numbers as people paste it: which order got which number.

No database here; ``actions`` compares the list with the orders.
"""

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from shop.core.values.codes import read_order_number
from shop.core.values.text import one_line
from shop.fulfilment.orders.errors import NotATrackingNumber
from shop.fulfilment.orders.rules import read_tracking

MAX_ROWS = 500
LONGEST_SHOWN = 60
COLUMNS = ("nomor_pesanan", "penerima", "tujuan", "kurir", "resi")
"""The heading of the list that is given out to be filled in."""
ORDER_NAMES = frozenset(
    {"pesanan", "nomorpesanan", "nopesanan", "order", "nomororder", "noorder", "ordernumber"}
)
TRACKING_NAMES = frozenset(
    {"resi", "nomorresi", "noresi", "awb", "nomorawb", "tracking", "trackingnumber"}
)


class Fault(StrEnum):
    """Why a row cannot go, as far as the row itself tells."""

    NO_ORDER = "no_order"
    """No cell is an order number."""
    UNCLEAR = "unclear"
    """More cells than two, and nothing says which is the tracking number."""
    NOT_TRACKING = "not_tracking"
    TWICE = "twice"
    """The order stands in an earlier row too."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list."""

    row: int
    """Where it stands, counted from 1 as the page shows it."""
    text: str
    """As it was typed."""
    number: str = ""
    """The order, as the books write it."""
    tracking: str = ""
    """As couriers print it; empty: nobody filled it in yet."""
    fault: Fault | None = None
    other_row: int = 0
    """The earlier row, for TWICE."""

    @property
    def is_blank(self) -> bool:
        """Whether an order stands there that has no number yet: no mistake, only not done."""
        return self.fault is None and not self.tracking


def read_list(lines: Iterable[str], code: str) -> tuple[Row, ...]:
    """The rows of a pasted list; empty lines and headings are no rows.

    Cells are parted by tabs, semicolons, commas or blanks. A heading may name the columns in any
    order, and a second one anew; without one the order is known by its look.

    :param code: of the cooperative: its own order numbers are told from tracking numbers by it.
    """
    rows: list[Row] = []
    columns: tuple[int, int] | None = None
    first_rows: dict[str, int] = {}
    for place, line in enumerate(lines, start=1):
        cells, _ = cells_of(line)
        named = _heading(cells)
        if named is not None:
            columns = named
        elif any(cells):
            found = _read(place, line.rstrip(), columns, code)
            if found.number and found.tracking and found.fault is None:
                before = first_rows.setdefault(found.number, place)
                if before != place:
                    found = _faulty(found, Fault.TWICE, before)
            rows.append(found)
    # A line that was given out empty counts for nothing once the order was filled in elsewhere.
    return tuple(one for one in rows if not (one.is_blank and one.number in first_rows))


def cells_of(line: str) -> tuple[list[str], bool]:
    """What stands in a line, and whether marks part it rather than blanks."""
    for mark in ("\t", ";", ","):
        if mark in line:
            parted = next(csv.reader([line], delimiter=mark), [])
            return [one_line(cell).lstrip("'") for cell in parted], True
    return line.split(), False


def line_of(cells: Sequence[str]) -> str:
    """Cells of a sheet as one line that ``cells_of`` reads again."""
    return "\t".join(one_line(cell.replace("\t", " ").replace('"', "")) for cell in cells).rstrip()


def _heading(cells: Sequence[str]) -> tuple[int, int] | None:
    """Where order and tracking number stand, if this line names them."""
    names = [re.sub(r"[^a-z]", "", cell.lower()) for cell in cells]
    order = [place for place, name in enumerate(names) if name in ORDER_NAMES]
    tracking = [place for place, name in enumerate(names) if name in TRACKING_NAMES]
    return (order[0], tracking[0]) if order and tracking else None


def _read(place: int, text: str, columns: tuple[int, int] | None, code: str) -> Row:
    cells, is_parted = cells_of(text)
    if columns is not None and is_parted:
        order, tracking = (cells[one] if one < len(cells) else "" for one in columns)
        return _judged(Row(place, text, read_order_number(order) or ""), tracking)
    known = [one for one, cell in enumerate(cells) if read_order_number(cell)]
    if not known:
        return Row(place, text, fault=Fault.NO_ORDER)
    # JNE1234567 is a tracking number that looks like an order of somebody called JNE.
    own = [one for one in known if cells[one].upper().startswith(code)]
    at = (own or known)[0]
    others = [cell for one, cell in enumerate(cells) if cell and one != at]
    row = Row(place, text, read_order_number(cells[at]) or "")
    if is_parted and len(others) > 1:
        return _faulty(row, Fault.UNCLEAR)
    return _judged(row, "".join(others))  # couriers print it in groups: JP 1234 5678


def _judged(row: Row, tracking: str) -> Row:
    if not row.number:
        return _faulty(row, Fault.NO_ORDER)
    if not tracking.strip():
        return row
    try:
        number = read_tracking(tracking)
    except NotATrackingNumber:
        return _faulty(row, Fault.NOT_TRACKING)
    return Row(row.row, row.text, row.number, number)


def _faulty(row: Row, fault: Fault, other_row: int = 0) -> Row:
    return Row(row.row, row.text, row.number, row.tracking, fault, other_row)
