"""Tables as spreadsheets save them in text: reading one, and giving one out safely."""

import csv
from collections.abc import Sequence
from enum import StrEnum
from io import StringIO

from shop.core.values.errors import InvalidInput

MAX_ROWS = 20_000
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""With one of these a spreadsheet begins to reckon instead of to show."""
_BINARY = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF")


class Unreadable(StrEnum):
    """Why a file is no table."""

    EMPTY = "empty"
    NOT_TEXT = "not_text"
    """A workbook, a picture: not saved as CSV."""
    BROKEN = "broken"
    """A quote that never ends."""
    COLUMNS = "columns"
    LONG = "long"


class UnreadableTable(InvalidInput):
    """A file that is no table with the columns that were asked for."""

    def __init__(self, why: Unreadable, missing: Sequence[str] = ()) -> None:
        super().__init__(f"{why}: {', '.join(missing)}")
        self.why, self.missing = why, tuple(missing)


def read_table(
    data: bytes, columns: Sequence[str], maximum: int = MAX_ROWS
) -> dict[int, dict[str, str]]:
    """Rows by their number in the sheet (the first below the heading is 2), empty ones left out.

    UTF-8 with or without its mark, else Windows-1252; cells parted by whatever parts the heading.

    :param columns: what the heading must name, in any order, among other columns.
    :raises UnreadableTable: when it cannot be read at all; what stands in the cells is not judged.
    """
    text = decode_text(data)
    heading, _, _rest = text.partition("\n")
    if heading.casefold().startswith("sep="):  # Excel writes it for itself
        text = _rest
        heading = text.partition("\n")[0]
    parted = max(";,\t", key=heading.count)
    try:
        lines = list(csv.reader(StringIO(text, newline=""), delimiter=parted, strict=True))
    except csv.Error as fault:
        raise UnreadableTable(Unreadable.BROKEN) from fault
    if not lines:
        raise UnreadableTable(Unreadable.EMPTY)
    names = [name.strip().casefold() for name in lines[0]]
    missing = [column for column in columns if column not in names]
    if missing:
        raise UnreadableTable(Unreadable.COLUMNS, missing)
    rows = {
        number: dict(zip(names, (*cells, *[""] * len(names)), strict=False))
        for number, cells in enumerate(lines[1:], start=2)
        if any(cell.strip() for cell in cells)
    }
    if not rows:
        raise UnreadableTable(Unreadable.EMPTY)
    if len(rows) > maximum:
        raise UnreadableTable(Unreadable.LONG)
    return rows


def decode_text(data: bytes) -> str:
    """Decode a text file, whatever its encoding.

    :raises UnreadableTable: when it is no text.
    """
    if not data.strip():
        raise UnreadableTable(Unreadable.EMPTY)
    if data.startswith(_BINARY) or b"\x00" in data:
        raise UnreadableTable(Unreadable.NOT_TEXT)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = data.decode("cp1252")
        except UnicodeDecodeError as fault:
            raise UnreadableTable(Unreadable.NOT_TEXT) from fault
    return text.strip("\r\n")


def escape_formula(words: str) -> str:
    """Escape text that a spreadsheet would run as a formula, with a quote before it.

    >>> inert("=1+1")
    "'=1+1"
    """
    flat = " ".join(words.split())
    return f"'{flat}" if flat.startswith(FORMULA) else flat
