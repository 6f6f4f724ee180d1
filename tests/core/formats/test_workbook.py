"""Workbooks as spreadsheets save them, and files that only say they are one."""

from datetime import date
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from openpyxl import Workbook

from shop.core.formats.csv_files import UnreadableTable
from shop.core.formats.excel_files import read_workbook


def book(*rows: list[Any]) -> bytes:
    made = Workbook()
    assert made.active is not None
    for row in rows:
        made.active.append(row)
    file = BytesIO()
    made.save(file)
    return file.getvalue()


def test_cells_are_read_as_somebody_would_have_typed_them() -> None:
    data = book(["Pesanan", "Resi"], ["GYO-26-1", 123456789012345], [None, date(2026, 11, 27)])
    assert read_workbook(data, 10) == [
        ["Pesanan", "Resi"],
        ["GYO-26-1", "123456789012345"],
        ["", "2026-11-27T00:00:00"],
    ]


def test_a_number_that_excel_rounded_is_not_taken_for_the_one_that_was_typed() -> None:
    assert read_workbook(book([1234567890123456]), 10) == [["1.2346e+15"]]


def test_one_cell_in_the_last_row_fills_no_memory() -> None:
    made = Workbook()
    assert made.active is not None
    made.active["A1"], made.active["XFD1048576"] = "x", "y"
    file = BytesIO()
    made.save(file)
    assert read_workbook(file.getvalue(), 10) == [["x"]]


def test_a_gap_between_the_rows_loses_none() -> None:
    made = Workbook()
    assert made.active is not None
    made.active["A1"], made.active["B3000"] = "x", "y"
    file = BytesIO()
    made.save(file)
    rows = read_workbook(file.getvalue(), 3_000)
    assert (len(rows), rows[-1]) == (3_000, ["", "y"])


def test_more_rows_than_asked_for_are_refused() -> None:
    with pytest.raises(UnreadableTable):
        read_workbook(book(*[["x"]] * 11), 10)


def test_an_archive_that_is_no_workbook_is_refused() -> None:
    file = BytesIO()
    with ZipFile(file, "w") as packed:
        packed.writestr("a.txt", "x")
    for data in (file.getvalue(), file.getvalue()[:-4], b"PK\x03\x04"):
        with pytest.raises(UnreadableTable):
            read_workbook(data, 10)
