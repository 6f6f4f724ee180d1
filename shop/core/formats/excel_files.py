"""Reading the first sheet of an Excel workbook: the one door to openpyxl."""

from datetime import date
from io import BytesIO
from zipfile import ZIP_STORED, BadZipFile, ZipFile

from shop.core.formats.csv_files import MAX_ROWS, Unreadable, UnreadableTable

MARK = b"PK\x03\x04"
MAX_UNPACKED = 10_000_000
"""Bytes that a workbook may become: a small archive can hold a very large sheet."""
MAX_COLUMNS = 30
MAX_DIGITS = 10**15
"""Excel keeps 15 digits of a number; what is longer was rounded when it was typed."""


def is_workbook(data: bytes) -> bool:
    """Whether a file may be a workbook as spreadsheets save it today (XLSX)."""
    return data.startswith(MARK)


def read_workbook(data: bytes, most_rows: int) -> list[list[str]]:
    """The cells of the first sheet as text, row by row.

    :raises UnreadableTable: when it is no workbook, or larger than anybody needs.
    """
    from openpyxl import load_workbook

    try:
        # Row by row and no farther: a single cell in the last row would fill the memory else.
        book = load_workbook(_repacked(data), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        wide = {"max_col": MAX_COLUMNS, "values_only": True}
        rows = [
            _trimmed([_written(cell) for cell in row])
            for row in sheet.iter_rows(max_row=MAX_ROWS, **wide)  # type: ignore[call-overload]
        ]
    except UnreadableTable:
        raise
    except Exception as fault:  # a broken workbook breaks in as many ways as it has parts
        raise UnreadableTable(Unreadable.NOT_TEXT) from fault
    while rows and not rows[-1]:
        rows.pop()
    if len(rows) > most_rows:
        raise UnreadableTable(Unreadable.LONG)
    return rows


def _repacked(data: bytes) -> BytesIO:
    """The same archive unpacked once, counted while it grows: what it says of itself may lie."""
    plain = BytesIO()
    room = MAX_UNPACKED
    try:
        with ZipFile(BytesIO(data)) as packed, ZipFile(plain, "w", ZIP_STORED) as out:
            for entry in packed.infolist():
                with packed.open(entry) as part:
                    content = part.read(room + 1)
                room -= len(content)
                if room < 0:
                    raise UnreadableTable(Unreadable.LONG)
                out.writestr(entry.filename, content)
    except BadZipFile as fault:
        raise UnreadableTable(Unreadable.NOT_TEXT) from fault
    return plain


def _trimmed(cells: list[str]) -> list[str]:
    """A row without the empty cells behind its last one."""
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _written(cell: object) -> str:
    """A cell as somebody would have typed it; rounded numbers are shown as what they are."""
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return str(int(cell)) if cell % 1 == 0 and abs(cell) < MAX_DIGITS else f"{cell:.4e}"
    return cell.isoformat() if isinstance(cell, date) else str("" if cell is None else cell)
