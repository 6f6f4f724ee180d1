"""When a parcel can be there: the way's days on the cooperative's calendar."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.core.values.clock import day_in
from shop.people.cooperatives.rules import Calendar, ClosedTime
from shop.shipping.quotes.arrival_estimates import Road, arrival

MONDAY = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
"""Nine in the morning in Jakarta, eleven in Jayapura."""
JAKARTA = Calendar("Asia/Jakarta")
ZONES = ("Asia/Jakarta", "Asia/Pontianak", "Asia/Makassar", "Asia/Jayapura")
COURIER = Road("courier", 2, 4)
TUESDAYS = Road("own", weekdays=(2,), cut_off=time(10))
COUNTER = Road("pickup", weekdays=(1, 2, 3, 4, 5, 6), cut_off=time(10))


def test_a_courier_takes_the_cards_days_from_the_hand_over_on() -> None:
    assert arrival(COURIER, JAKARTA, at=MONDAY) == (date(2026, 11, 25), date(2026, 11, 27))
    # The shipping promise leaves two working days, and two more are needed for making.
    assert arrival(COURIER, JAKARTA, at=MONDAY, make_days=2, spare=2) == (
        date(2026, 11, 27),
        date(2026, 12, 1),
    )


def test_what_is_ordered_in_the_afternoon_leaves_the_next_working_day() -> None:
    friday_afternoon = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)
    assert arrival(COURIER, JAKARTA, at=friday_afternoon)[0] == date(2026, 12, 2)


def test_a_round_drives_on_its_days_and_a_counter_hands_over_until_its_cut_off() -> None:
    assert arrival(TUESDAYS, JAKARTA, at=MONDAY) == (date(2026, 11, 24),) * 2
    assert arrival(COUNTER, JAKARTA, at=MONDAY)[0] == date(2026, 11, 23)
    assert arrival(COUNTER, JAKARTA, at=MONDAY + timedelta(hours=2))[0] == date(2026, 11, 24)
    # Saturday is no working day, and the counter is open all the same.
    saturday = MONDAY + timedelta(days=5)
    assert arrival(COUNTER, JAKARTA, at=saturday)[0] == date(2026, 11, 28)


@pytest.mark.parametrize(
    ("zone", "first"),
    [
        ("Asia/Jakarta", date(2026, 11, 23)),
        ("Asia/Makassar", date(2026, 11, 23)),
        ("Asia/Jayapura", date(2026, 11, 24)),
    ],
)
def test_the_cut_off_is_read_from_the_clock_of_the_cooperative(zone: str, first: date) -> None:
    assert arrival(COUNTER, Calendar(zone), at=MONDAY)[0] == first


def test_a_holiday_hands_nothing_over() -> None:
    christmas = datetime(2026, 12, 25, 1, 0, tzinfo=UTC)
    assert arrival(COUNTER, JAKARTA, at=christmas)[0] == date(2026, 12, 26)


moments = st.integers(-320 * 24 * 60, 7 * 24 * 60).map(
    lambda wait: MONDAY + timedelta(minutes=wait)
)
closings = st.builds(
    lambda begins, days: ClosedTime(begins, begins + timedelta(days=days + 1)),
    st.dates(date(2026, 1, 1), date(2026, 12, 20)),
    st.integers(1, 30),
)
calendars = st.builds(
    Calendar,
    st.sampled_from(ZONES),
    st.sets(st.sampled_from("1234567"), max_size=3).map(lambda days: "".join(sorted(days))),
    st.lists(closings, max_size=2).map(tuple),
)
roads = st.builds(
    Road,
    st.sampled_from(("courier", "own", "pickup")),
    st.integers(0, 5),
    st.integers(5, 14),
    st.sets(st.integers(1, 7), max_size=7).map(lambda days: tuple(sorted(days))),
    st.one_of(st.none(), st.times()),
)
few = st.integers(0, 10)


@given(road=roads, calendar=calendars, at=moments, make_days=few, spare=few)
def test_nothing_arrives_before_today_or_ends_before_it_begins(
    road: Road, calendar: Calendar, at: datetime, make_days: int, spare: int
) -> None:
    first, last = arrival(road, calendar, at=at, make_days=make_days, spare=spare)
    assert day_in(calendar.zone, at) <= first <= last
    if road.kind != "courier":
        assert not calendar.rests_on(first)


@given(road=roads, calendar=calendars, at=moments, make_days=few, more=few, spare=few)
def test_longer_making_never_brings_it_sooner(
    road: Road, calendar: Calendar, at: datetime, make_days: int, more: int, spare: int
) -> None:
    soon = arrival(road, calendar, at=at, make_days=make_days, spare=spare)
    late = arrival(road, calendar, at=at, make_days=make_days + more, spare=spare)
    assert soon[0] <= late[0]
    assert soon[1] <= late[1]


@given(road=roads, calendar=calendars, closed=closings, at=moments, make_days=few)
def test_a_closing_only_pushes_it_out(
    road: Road, calendar: Calendar, closed: ClosedTime, at: datetime, make_days: int
) -> None:
    with_one_more = Calendar(calendar.zone, calendar.weekend, (*calendar.closed_times, closed))
    before = arrival(road, calendar, at=at, make_days=make_days, spare=2)
    after = arrival(road, with_one_more, at=at, make_days=make_days, spare=2)
    assert before[0] <= after[0]
    assert before[1] <= after[1]


@given(road=roads, calendar=calendars, at=moments, wait=st.integers(0, 200), make_days=few)
def test_who_orders_later_never_has_it_sooner(
    road: Road, calendar: Calendar, at: datetime, wait: int, make_days: int
) -> None:
    later = at + timedelta(hours=wait)
    assert (
        arrival(road, calendar, at=at, make_days=make_days)[0]
        <= arrival(road, calendar, at=later, make_days=make_days)[0]
    )
