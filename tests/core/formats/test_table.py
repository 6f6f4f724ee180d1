"""Tables that people saved from spreadsheets, in whatever way theirs does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.core.formats.csv_files import Unreadable, UnreadableTable, read_table
from shop.core.values.errors import InvalidInput
from shop.core.values.units import parse_grams

SAME = "nama;harga\r\nKopi é;12000\r\n;;\r\nTeh;9000\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("parted", [";", ",", "\t"])
@pytest.mark.parametrize("ends", ["\r\n", "\n"])
def test_however_it_was_saved_the_rows_are_the_same(encoding: str, parted: str, ends: str) -> None:
    data = SAME.replace(";", parted).replace("\r\n", ends).encode(encoding)
    assert read_table(data, ["nama", "harga"]) == {
        2: {"nama": "Kopi é", "harga": "12000"},
        4: {"nama": "Teh", "harga": "9000"},
    }


def test_excels_own_first_line_and_a_heading_in_capitals_are_read() -> None:
    data = b"sep=;\r\n Nama ;HARGA;lain\r\nKopi;1;x\r\n"
    assert read_table(data, ["nama", "harga"])[2]["harga"] == "1"


def test_a_row_with_too_few_cells_has_empty_ones() -> None:
    assert read_table(b"a,b\n1\n", ["a", "b"]) == {2: {"a": "1", "b": ""}}


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", Unreadable.EMPTY),
        (b" \r\n", Unreadable.EMPTY),
        (b"a;b\r\n;\r\n", Unreadable.EMPTY),
        (b"PK\x03\x04\x14\x00", Unreadable.NOT_TEXT),
        (b"a;b\x00", Unreadable.NOT_TEXT),
        (b"\xff\xfea\x00", Unreadable.NOT_TEXT),
        (b"a;b\n\x81\x8d\n", Unreadable.NOT_TEXT),
        (b'a;b\n"1;2\n', Unreadable.BROKEN),
        (b"a;c\n1;2\n", Unreadable.COLUMNS),
        (b"a;b\n" + b"1;2\n" * 4, Unreadable.LONG),
    ],
)
def test_what_is_no_table_says_why(data: bytes, why: Unreadable) -> None:
    with pytest.raises(UnreadableTable) as refusal:
        read_table(data, ["a", "b"], maximum=3)
    assert refusal.value.why is why


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    try:
        rows = read_table(data, ["a"])
    except UnreadableTable:
        return
    assert all(number >= 2 and "a" in row for number, row in rows.items())


@pytest.mark.parametrize(
    ("typed", "grams"),
    [
        ("1,3 kg", 1_300),
        ("1.301kg", 1_301),
        ("850 g", 850),
        ("2", 2_000),
        ("0,5", 500),
        ("7 GR", 7),
    ],
)
def test_a_weight_is_read_as_people_write_it(typed: str, grams: int) -> None:
    assert parse_grams(typed) == grams


@pytest.mark.parametrize("typed", ["", "0", "-1", "1,3 g", "1.2345 kg", "dua", "1e3", "9" * 50])
def test_what_is_no_weight_is_refused(typed: str) -> None:
    with pytest.raises(InvalidInput):
        parse_grams(typed)
