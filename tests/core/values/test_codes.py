"""Codes: nobody guesses them, everybody can read them out."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.core.values.codes import (
    hash_token,
    new_code,
    new_pickup_code,
    new_secret,
    order_number,
    read_order_number,
)


def test_codes_are_url_safe_and_never_the_same() -> None:
    codes = {new_code() for _ in range(1_000)}
    assert len(codes) == 1_000
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{22}", code) for code in codes)
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", new_secret())


def test_pickup_codes_have_six_digits_and_no_leading_zero() -> None:
    assert all(re.fullmatch(r"[1-9]\d{5}", new_pickup_code()) for _ in range(1_000))


def test_the_database_keeps_a_fingerprint_and_not_the_secret() -> None:
    secret = new_secret()
    assert re.fullmatch(r"[0-9a-f]{64}", hash_token(secret))
    assert hash_token(secret) == hash_token(secret) != hash_token(new_secret())


def test_an_order_number_names_its_cooperative_and_year() -> None:
    assert order_number("GYO", 2026, 123) == "GYO-26-000123"


@pytest.mark.parametrize(
    "typed",
    ["GYO-26-000123", "gyo-26-000123", " gyo 26 123 ", "GYO26000123", "gyo/26/0123", "GYO–26–123"],
)
def test_order_numbers_are_found_as_people_type_them(typed: str) -> None:
    assert read_order_number(typed) == "GYO-26-000123"


@pytest.mark.parametrize("typed", ["", "GYO", "26-000123", "GYOX-26-1", "GYO-26-", "' OR 1=1 --"])
def test_what_is_no_order_number_is_none(typed: str) -> None:
    assert read_order_number(typed) is None


@given(st.from_regex(r"[A-Z]{3}", fullmatch=True), st.integers(2026, 2099), st.integers(1, 999_999))
def test_every_order_number_reads_back(code: str, year: int, count: int) -> None:
    number = order_number(code, year, count)
    assert read_order_number(number) == number
    assert read_order_number(number.lower().replace("-", " ")) == number


@given(st.text(max_size=60))
def test_no_text_breaks_the_reader(typed: str) -> None:
    found = read_order_number(typed)
    assert found is None or re.fullmatch(r"[A-Z]{3}-\d{2}-\d{6}", found)
