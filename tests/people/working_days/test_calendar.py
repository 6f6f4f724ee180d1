"""On which days a cooperative works, and what a closing does to shoppers and to clocks."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from shop.core.database.engine import Database
from shop.core.values.clock import day_in
from shop.people.cooperatives.models import Closing
from shop.people.cooperatives.rules import Calendar, ClosedTime, Role
from shop.people.working_days.actions import plan_closing
from shop.people.working_days.queries import calendar_of
from shop.sales.orders.models import Order, OrderState
from tests.factories import (
    DAY,
    NOON,
    Goods,
    make_cooperative,
    make_goods,
    make_person,
    make_purchase,
    make_seat,
)
from tests.support.engines import PAGES
from tests.support.entering import sign_in
from tests.support.visitor import Visitor
from tests.web.markup import Markup

pytestmark = pytest.mark.only_on("sqlite", because=PAGES)

HERE = "/kelola/koperasi-gyo/kalender"
JAKARTA = "Asia/Jakarta"
LEBARAN = ClosedTime(date(2026, 11, 24), date(2026, 12, 3), "Pulang kampung")


@pytest.fixture(autouse=True)
def _monday() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def kopi(db: Database) -> Goods:
    return make_goods(db, on_hand=10)


@pytest.fixture
def wati(db: Database, client: Visitor, kopi: Goods) -> Visitor:
    person = make_person(db, "Bu Wati")
    make_seat(db, kopi.cooperative, person, Role.MANAJER)
    sign_in(client, db, person)
    return client


def test_a_closing_pauses_the_days_that_promises_count() -> None:
    usual, closed = Calendar(JAKARTA), Calendar(JAKARTA, closed_times=(LEBARAN,))
    assert usual.working_day(NOON, 2) == date(2026, 11, 25)
    assert closed.working_day(NOON, 1) == date(2026, 11, 24)
    assert closed.working_day(NOON, 2) == date(2026, 12, 3)


def test_each_cooperative_has_its_own_weekend() -> None:
    friday = Calendar(JAKARTA, "5")
    assert friday.works_on(date(2026, 11, 22))
    assert not friday.works_on(date(2026, 11, 20))
    assert not friday.works_on(date(2026, 12, 25))


@given(
    weekend=st.sets(st.sampled_from("1234567"), max_size=6),
    closed=st.lists(st.tuples(st.integers(-30, 60), st.integers(2, 40)), max_size=4),
    days=st.integers(0, 12),
    hours=st.integers(0, 24 * 20),
)
def test_whatever_is_closed_a_promise_ends_on_a_day_somebody_works(
    weekend: set[str], closed: list[tuple[int, int]], days: int, hours: int
) -> None:
    start = NOON + timedelta(hours=hours)
    times = tuple(
        ClosedTime(first := NOON.date() + timedelta(days=ahead), first + timedelta(days=long))
        for ahead, long in closed
    )
    calendar = Calendar(JAKARTA, "".join(sorted(weekend)), times)
    end = calendar.working_day(start, days)
    assert calendar.works_on(end)
    # Nothing that rests can bring a promise nearer.
    assert end >= Calendar(JAKARTA, "".join(sorted(weekend))).working_day(start, days)
    today = day_in(JAKARTA, start)
    walked = [today + timedelta(days=n) for n in range(1, (end - today).days + 1)]
    if days or calendar.works_on(today):
        assert sum(map(calendar.works_on, walked)) == days


def _plan(wati: Visitor, **changed: str) -> tuple[int, str]:
    sent = {"terakhir": "2026-11-24", "buka": "2026-12-03", "catatan": "Pulang kampung", **changed}
    answer = wati.post(HERE, data=sent)
    return answer.status_code, answer.text


def test_a_closing_is_planned_shown_and_taken_back(
    db: Database, wati: Visitor, kopi: Goods
) -> None:
    assert _plan(wati)[0] == 303
    page = wati.get(HERE).text
    assert Markup.of(page).faults == []
    assert "Kirim terakhir 24 November 2026, buka lagi 3 Desember 2026" in page
    assert "Pulang kampung" in page
    with db.reading() as session:
        found = calendar_of(session, kopi.cooperative.id, NOON.date())
        closing_id = session.scalars(select(Closing.id)).one()
    assert [time.reopens for time in found.closed_times] == [date(2026, 12, 3)]
    for _ in range(2):
        assert wati.post(f"{HERE}/{closing_id}/batal").status_code == 303
    with db.reading() as session:
        assert calendar_of(session, kopi.cooperative.id, NOON.date()).closed_times == ()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"terakhir": ""}, "Pilih hari kirim terakhir"),
        ({"terakhir": "2026-11-20"}, "Pilih kemarin, hari ini"),
        ({"terakhir": "2029-01-01"}, "dalam setahun"),
        ({"terakhir": "Lebaran"}, "Tulis tanggalnya"),
        ({"buka": "2026-11-25"}, "paling cepat dua hari"),
        ({"buka": "2027-11-25"}, "Paling lama 62 hari"),
        ({"catatan": "x" * 201}, "paling banyak 200 huruf"),
    ],
)
def test_a_closing_that_makes_no_sense_is_refused_in_words(
    db: Database, wati: Visitor, wrong: dict[str, str], said: str
) -> None:
    status, page = _plan(wati, **wrong)
    assert (status, said in page) == (422, True)
    assert Markup.of(page).faults == []
    assert next(iter(wrong.values())) in page
    with db.reading() as session:
        assert session.scalars(select(Closing)).all() == []


@pytest.mark.usefixtures("kopi")
def test_shoppers_read_it_on_the_cooperatives_own_page(wati: Visitor) -> None:
    _plan(wati)
    page = wati.get("/koperasi/koperasi-gyo").text
    assert "Kirim terakhir 24 November 2026, buka lagi 3 Desember 2026" in page
    assert "Pulang kampung" in page
    assert Markup.of(page).faults == []
    assert "3 December 2026" in wati.get("/en/koperasi/koperasi-gyo").text


def test_days_that_are_closed_already_are_not_closed_twice(wati: Visitor) -> None:
    assert _plan(wati)[0] == 303
    status, page = _plan(wati, terakhir="2026-12-01", buka="2026-12-10")
    assert (status, "Sudah ada rencana tutup" in page) == (422, True)
    assert _plan(wati, terakhir="2026-12-03", buka="2026-12-10")[0] == 303


def test_some_day_of_the_week_is_left_to_work(db: Database, wati: Visitor, kopi: Goods) -> None:
    assert wati.post(f"{HERE}/libur", data={"libur": ["5"]}).status_code == 303
    with db.reading() as session:
        assert calendar_of(session, kopi.cooperative.id, NOON.date()).weekend == "5"
    for ticked in (list("1234567"), ["8"], ["x"]):
        answer = wati.post(f"{HERE}/libur", data={"libur": ticked})
        assert (answer.status_code, "satu hari kerja" in answer.text) == (422, True)


def test_anothers_closing_does_not_exist_here(db: Database, wati: Visitor) -> None:
    kintamani, made = make_cooperative(db, "KIN", "Koperasi Kintamani"), make_person(db, "Pak Made")
    with db.writing() as session:
        foreign = plan_closing(
            session,
            cooperative_id=kintamani.id,
            last_sending=date(2026, 11, 24),
            reopens=date(2026, 12, 3),
            note=None,
            person_id=made.id,
            now=NOON,
        ).id
    assert wati.post(f"{HERE}/{foreign}/batal").status_code == 404
    with db.reading() as session:
        assert session.get_one(Closing, foreign).withdrawn_at is None


def _deadline(db: Database) -> datetime | None:
    with db.reading() as session:
        return session.scalars(select(Order.accept_by)).one()


def test_planning_a_closing_pauses_clocks_that_run_and_taking_it_back_lets_them_run(
    db: Database, wati: Visitor, kopi: Goods
) -> None:
    make_purchase(db, {kopi: 1})
    with db.writing() as session:
        order = session.scalars(select(Order)).one()
        order.state, order.paid_at = OrderState.NEW, NOON
        order.accept_by = Calendar(JAKARTA).add_working_days(NOON, 2)
    before = _deadline(db)
    assert _plan(wati)[0] == 303
    paused = _deadline(db)
    assert paused is not None
    assert day_in(JAKARTA, paused) == date(2026, 12, 3)
    with db.reading() as session:
        closing_id = session.scalars(select(Closing.id)).one()
    wati.post(f"{HERE}/{closing_id}/batal")
    assert _deadline(db) == before
    with time_machine.travel(NOON + 9 * DAY, tick=False):
        _plan(wati, terakhir="2026-12-02", buka="2026-12-09")
    assert _deadline(db) == before  # it had run out
