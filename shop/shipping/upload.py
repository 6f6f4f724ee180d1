"""A tariff that a manager sends in: which rows can be used, and why the others cannot."""

from dataclasses import dataclass
from enum import StrEnum

from shop.core.table import read_table
from shop.shipping.errors import WrongRates
from shop.shipping.sheets import RateRow, read_rate

COLUMNS = (
    "layanan",
    "tujuan",
    "harga_per_kg_idr",
    "hari_paling_cepat",
    "hari_paling_lama",
    "jalur",
)
"""What the heading must name; ``kode_koperasi`` and ``nama_tujuan`` may stand there too."""
LONGEST_SHOWN = 60


class Complaint(StrEnum):
    """Why a row cannot be used."""

    CELL = "cell"
    """The cell cannot be read; its column says what it should be."""
    NEGATIVE = "negative"
    UNKNOWN_SERVICE = "unknown_service"
    UNKNOWN_AREA = "unknown_area"
    OTHER_COOPERATIVE = "other_cooperative"
    TWICE = "twice"


@dataclass(frozen=True, slots=True)
class RowFault:
    """One cell that stands in the way, for whoever has the sheet before them."""

    row: int
    column: str
    value: str
    complaint: Complaint
    other_row: int = 0
    """The row that says the same, for TWICE."""


def read_upload(data: bytes, code: str) -> tuple[dict[int, RateRow], tuple[RowFault, ...]]:
    """The rows of a file that can be read, by number, and what is wrong with the others.

    :param code: of the cooperative that sends it, where the sheet names none.
    :raises UnreadableTable: when the file is no tariff at all.
    """
    rows: dict[int, RateRow] = {}
    faults = []
    for number, row in read_table(data, COLUMNS).items():
        own = row if row.get("kode_koperasi", "").strip() else {**row, "kode_koperasi": code}
        try:
            rows[number] = read_rate(number, own)
        except WrongRates as fault:
            faults.append(_fault(fault))
    return rows, tuple(faults)


def _fault(fault: WrongRates) -> RowFault:
    typed = fault.value.strip()
    is_negative = fault.column == "harga_per_kg_idr" and typed.startswith(("-", "−", "Rp-", "("))
    complaint = Complaint.NEGATIVE if is_negative else Complaint.CELL
    return RowFault(fault.row, fault.column, typed[:LONGEST_SHOWN], complaint)
