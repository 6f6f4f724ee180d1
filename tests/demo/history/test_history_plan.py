"""The plan of a year: on whatever day it ends, no clock has run out and each life is in order."""

from collections import defaultdict
from datetime import datetime, timedelta

import pytest

from demo.history.plan import Fate, Paying, plan
from demo.history.schedule import Verb, steps
from shop.core.database.settings_by_date import DEFAULTS
from shop.core.formats.indonesia import add_working_days
from tests.demo.conftest import DAYS


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_on_any_day_the_year_ends_today_and_no_clock_has_run_out(today: datetime) -> None:
    planned = plan(today)
    taken = steps(planned, today)
    times = [step.at for step in taken]
    assert times == sorted(set(times))
    assert times[-1] < today
    assert times[0] > today - timedelta(days=366)
    paid = {step.purchase: step.at for step in taken if step.verb is Verb.PAY}
    last = {(step.purchase, step.part): step for step in taken if step.part is not None}
    two_days = DEFAULTS["accept_working_days"]
    for number, one in enumerate(planned):
        if one.placed_at is not None:
            continue
        if one.paying in (Paying.OPEN, Paying.SHORT):
            assert number not in paid
            continue
        for place, part in enumerate(one.parts):
            if part.fate is Fate.NEW:
                answer_by = add_working_days(part.basket.zone, paid[number], two_days)
                assert answer_by > today + timedelta(hours=12)
            if part.fate is Fate.ARRIVED:
                arrived = last[number, place]
                assert arrived.verb in (Verb.ARRIVE, Verb.HAND_OVER)
                assert add_working_days(part.basket.zone, arrived.at, two_days) > today


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_each_life_begins_with_its_purchase_and_goes_on_in_order(today: datetime) -> None:
    order = list(Verb)
    lives: dict[tuple[int, int | None], list[Verb]] = defaultdict(list)
    for step in steps(plan(today), today):
        if step.part is not None:
            assert Verb.PAY in lives[step.purchase, None]
        lives[step.purchase, step.part].append(step.verb)
    for (_, part), life in lives.items():
        if part is None:
            assert life[0] is Verb.PLACE
        elif Verb.FAIL not in life:
            assert life == sorted(life, key=order.index)
