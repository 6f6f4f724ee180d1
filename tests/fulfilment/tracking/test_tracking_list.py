"""Lists of tracking numbers, however people keep them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.fulfilment.tracking.rules import Fault, Row, line_of, read_list

ONE, TWO = "GYO-26-000001", "GYO-26-000002"


def pairs(rows: tuple[Row, ...]) -> list[tuple[str, str]]:
    return [(one.number, one.tracking) for one in rows if one.fault is None]


def faults(rows: tuple[Row, ...]) -> list[tuple[int, Fault | None]]:
    return [(one.row, one.fault) for one in rows if one.fault is not None]


@pytest.mark.parametrize(
    "text",
    [
        f"{ONE}\tJP12345678",
        f"{ONE};JP12345678",
        f"{ONE}, jp 1234 5678",
        f"{ONE} JP 1234 5678",
        f"JP12345678\t{ONE}",
        f"jp12345678 {ONE.lower()}",
        f"'{ONE};'JP12345678;",
        f'"{ONE}","JP12345678"',
        "gyo-26-1  JP12345678  ",
    ],
)
def test_the_cells_of_a_line_are_found_however_they_are_parted(text: str) -> None:
    assert pairs(read_list([text], "GYO")) == [(ONE, "JP12345678")]


def test_a_heading_names_the_columns_in_any_order_and_a_second_one_anew() -> None:
    lines = [
        "penerima;resi;kurir;nomor_pesanan",
        f"Bu Dewi;JP11111111;JNE;{ONE}",
        "No. Pesanan,No. Resi",
        f"{TWO},JP22222222",
    ]
    assert pairs(read_list(lines, "GYO")) == [(ONE, "JP11111111"), (TWO, "JP22222222")]


def test_a_tracking_number_that_looks_like_an_order_is_told_from_the_own_one() -> None:
    assert pairs(read_list([f"JNE1234567 {ONE}", f"{TWO};JNE1234568"], "GYO")) == [
        (ONE, "JNE1234567"),
        (TWO, "JNE1234568"),
    ]


def test_each_bad_row_is_named_with_its_reason_and_keeps_nobody_back() -> None:
    lines = [
        f"{ONE}\tJP11111111",
        "Bu Dewi JP1",
        f"{TWO};x!;",
        f"{TWO};Bu Dewi;JP22222222",
        "",
        f"{ONE};JP33333333",
        f"{TWO}\t",
    ]
    rows = read_list(lines, "GYO")
    assert pairs(rows) == [(ONE, "JP11111111"), (TWO, "")]
    assert faults(rows) == [
        (2, Fault.NO_ORDER),
        (3, Fault.NOT_TRACKING),
        (4, Fault.UNCLEAR),
        (6, Fault.TWICE),
    ]
    assert next(one.other_row for one in rows if one.fault is Fault.TWICE) == 1


def test_a_line_given_out_empty_counts_for_nothing_once_the_order_was_filled_in() -> None:
    rows = read_list([f"{ONE}\t", f"{TWO}\t", f"{ONE};JP11111111"], "GYO")
    assert pairs(rows) == [(TWO, ""), (ONE, "JP11111111")]
    assert [one.is_blank for one in rows] == [True, False]


@given(st.lists(st.text(max_size=60), max_size=20))
def test_any_text_is_a_list_with_reasons(lines: list[str]) -> None:
    rows = read_list(lines, "GYO")
    assert len(rows) <= len(lines)
    assert all(one.fault is not None or one.number for one in rows)


@given(st.lists(st.text(max_size=20), max_size=6))
def test_cells_of_a_sheet_are_one_line_that_is_read_again(cells: list[str]) -> None:
    line = line_of([*cells, ONE, "JP12345678"])
    assert "\n" not in line
    heading = line_of([*(f"x{n}" for n in range(len(cells))), "pesanan", "resi"])
    if "\t" in heading:
        assert pairs(read_list([heading, line], "GYO")) == [(ONE, "JP12345678")]
