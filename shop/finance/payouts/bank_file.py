"""The file that a bank takes: one transfer a line, amounts in whole rupiah."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from io import StringIO

from shop.core.formats.csv_files import escape_formula

HEADING = ("no", "bank", "rekening", "atas_nama", "jumlah", "berita")


@dataclass(frozen=True, slots=True)
class Transfer:
    """One line of the file."""

    bank: str
    number: str
    holder: str
    amount: int
    message: str
    """What the receiver reads beside it."""


def bank_file(transfers: Iterable[Transfer]) -> bytes:
    """UTF-8 with its mark and semicolons, as Indonesian spreadsheets open it."""
    text = StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(HEADING)
    for row, one in enumerate(transfers, start=1):
        words = (one.bank, one.number, one.holder)
        writer.writerow([row, *map(escape_formula, words), one.amount, escape_formula(one.message)])
    return text.getvalue().encode("utf-8-sig")
