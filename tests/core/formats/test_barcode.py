"""Bars are read back as a scanner would: widths to signs, with the check sum of the standard."""

import re

from barcode.charsets import code128
from hypothesis import given
from hypothesis import strategies as st

from shop.core.formats.barcodes import QUIET, bars

NAMES = {number: sign for sign, number in code128.B.items()}
STARTS = {104: "B", 105: "C"}
SWITCH = {99: "C", 100: "B"}


def modules(svg: str) -> str:
    """The narrowest bars, 1 for black, without the white at both ends."""
    wide = int(re.search(r'viewBox="0 0 (\d+)', svg)[1])  # type: ignore[index]
    signs = ["0"] * wide
    for start, length in re.findall(r"M(\d+) 0h(\d+)v", svg):
        signs[int(start) : int(start) + int(length)] = "1" * int(length)
    drawn = "".join(signs)
    assert drawn[:QUIET] == drawn[-QUIET:] == "0" * QUIET
    return drawn[QUIET:-QUIET]


def read(drawn: str) -> str:
    """What a scanner hears."""
    known = {code: number for number, code in enumerate(code128.CODES)}
    body, stop = drawn[:-13], drawn[-13:]
    assert stop == code128.STOP + "11"
    first, *numbers, check = (known[body[at : at + 11]] for at in range(0, len(body), 11))
    assert check == (first + sum(at * one for at, one in enumerate(numbers, 1))) % 103
    charset, heard = STARTS[first], ""
    for one in numbers:
        if one in SWITCH and SWITCH[one] != charset:
            charset = SWITCH[one]
        else:
            heard += f"{one:02d}" if charset == "C" else NAMES[one]
    return heard


def test_an_order_number_is_read_back() -> None:
    assert read(modules(bars("GYO-26-000123"))) == "GYO-26-000123"


@given(
    code=st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=3, max_size=3),
    year=st.integers(0, 99),
    running=st.integers(1, 999_999),
)
def test_every_order_number_is_read_back(code: str, year: int, running: int) -> None:
    number = f"{code}-{year:02d}-{running:06d}"
    assert read(modules(bars(number))) == number
