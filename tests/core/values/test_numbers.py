"""Counts that people type."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.core.values.text import MAX_PACKS, InvalidCount, parse_count, read_id


@given(st.integers(1, MAX_PACKS))
def test_a_plain_count_is_read(count: int) -> None:
    assert parse_count(str(count)) == count
    assert parse_count(f"  {count} ") == count


@pytest.mark.parametrize(
    "typed",
    [
        "0",
        "-1",
        "1.5",
        "1,5",
        "1e3",
        "+2",
        "",
        " ",
        "dua",
        "2 pcs",
        "١٢",
        "２",
        "²",
        "1_000",
        "100000000000000000000",
        "9" * 4000,
        str(MAX_PACKS + 1),
        "0x1",
    ],
)
def test_anything_else_is_refused_with_the_bounds(typed: str) -> None:
    with pytest.raises(InvalidCount) as refusal:
        parse_count(typed)
    assert (refusal.value.minimum, refusal.value.maximum) == (1, MAX_PACKS)
    assert len(refusal.value.typed) <= 40


def test_bounds_can_be_others() -> None:
    assert parse_count("0", minimum=0) == 0
    with pytest.raises(InvalidCount):
        parse_count("3", minimum=4)


@given(st.text(max_size=20))
def test_no_text_breaks_the_reader(typed: str) -> None:
    try:
        count = parse_count(typed)
    except InvalidCount:
        return
    assert 1 <= count <= MAX_PACKS


@pytest.mark.parametrize(
    "typed", ["", "-1", "1.0", " 7", "٧", "9" * 19, "0" * 20 + "9" * 30, "9" * 5_000, "1\x00"]
)
def test_an_id_that_no_page_wrote_is_none(typed: str) -> None:
    assert read_id(typed) is None


@given(st.integers(0, 10**18 - 1))
def test_an_id_is_read(number: int) -> None:
    assert read_id(str(number)) == number
