"""Cursors come from addresses that anybody can type."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.core.database.pagination import page_of, read_cursor, write_cursor


@given(
    st.integers(-(2**63) + 1, 2**63 - 1),
    st.text(st.characters(exclude_characters="\x00", codec="utf-8"), max_size=40),
)
def test_a_cursor_reads_back_as_it_was_written(number: int, name: str) -> None:
    cursor = write_cursor((number, name))
    if len(cursor) <= 400:
        assert read_cursor(cursor, (int, str)) == (number, name)


def _raw(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


@pytest.mark.parametrize(
    "cursor",
    [
        None,
        "",
        "x",
        "%%%",
        "é",
        "A" * 401,
        _raw({"a": 1}),
        _raw([1]),
        _raw([1, 2, 3]),
        _raw([1, 2]),
        _raw([True, "a"]),
        _raw([2**63, "a"]),
        _raw([1.5, "a"]),
        _raw([1, "a\x00"]),
        _raw([1, "\ud800"]),
        _raw(None),
        _raw([[], "a"]),
    ],
)
def test_a_wrong_cursor_shows_the_first_page(cursor: str | None) -> None:
    assert read_cursor(cursor, (int, str)) is None


@given(st.text(max_size=450))
def test_no_text_breaks_the_reader(cursor: str) -> None:
    found = read_cursor(cursor, (int,))
    assert found is None or isinstance(found[0], int)


def test_the_extra_row_only_tells_that_more_follow() -> None:
    page = page_of([5, 4, 3], 2, lambda row: (row,))
    assert page.rows == (5, 4)
    assert read_cursor(page.next_cursor, (int,)) == (4,)
    last = page_of([3], 2, lambda row: (row,))
    assert (last.rows, last.next_cursor) == ((3,), None)
    assert page_of([], 2, lambda row: (row,)).rows == ()
