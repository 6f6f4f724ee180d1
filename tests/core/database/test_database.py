"""The database's edge: looking changes nothing, writing is all or nothing, every turn comes."""

import json
import subprocess
import sys
import threading
from datetime import UTC, datetime

import pytest
from sqlalchemy import bindparam, column, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from shop.core.database.engine import Database, DatabaseBusy
from shop.web.security.models import RateCounter
from tests.support.engines import OWN_FILE, OWN_SERVER

SQLITE = pytest.mark.only_on("sqlite", because=OWN_FILE)
"""The queue of writers is ours on SQLite only; PostgreSQL has its own."""

POSTGRESQL = pytest.mark.only_on("postgresql", because=OWN_SERVER)

WRITERS = 8
TIMES = 40
NOON = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)


@pytest.fixture
def counter(db: Database) -> Database:
    """A database with one row that counts."""
    with db.writing() as session:
        session.add(RateCounter(key="steps", tries=0, ends_at=NOON))
    return db


def _tries(db: Database, key: str = "steps") -> int:
    with db.reading() as session:
        return session.scalars(select(RateCounter.tries).where(RateCounter.key == key)).one()


def test_what_is_written_can_be_read(counter: Database) -> None:
    with counter.writing() as session:
        session.execute(update(RateCounter).values(tries=3))
    assert _tries(counter) == 3


def test_a_refusal_undoes_the_whole_block(counter: Database) -> None:
    def refuse() -> None:
        with counter.writing() as session:
            session.execute(update(RateCounter).values(tries=3))
            session.flush()
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        refuse()
    assert _tries(counter) == 0


def test_a_broken_rule_of_the_database_undoes_the_whole_block(counter: Database) -> None:
    def write_twice() -> None:
        with counter.writing() as session:
            session.execute(update(RateCounter).values(tries=3))
            session.execute(insert(RateCounter).values(key="steps", tries=1, ends_at=NOON))

    with pytest.raises(IntegrityError):
        write_twice()
    assert _tries(counter) == 0


def test_reading_cannot_change_anything(counter: Database) -> None:
    with pytest.raises(DBAPIError), counter.reading() as session:
        session.execute(update(RateCounter).values(tries=3))
    assert _tries(counter) == 0


def test_reading_leaves_no_change_behind_even_when_asked_to_commit(counter: Database) -> None:
    with counter.reading() as session:
        row = session.scalars(select(RateCounter)).one()
        row.tries = 9
        with pytest.raises(DBAPIError):
            session.commit()
    assert _tries(counter) == 0


def test_a_transaction_inside_another_is_refused_and_the_outer_one_is_undone(
    counter: Database,
) -> None:
    def write_within() -> None:
        with counter.writing() as session:
            session.execute(update(RateCounter).values(tries=3))
            with counter.writing():
                pass

    with pytest.raises(RuntimeError, match="already open"):
        write_within()
    assert _tries(counter) == 0
    with counter.writing() as session:  # and the next one is free to begin
        session.execute(update(RateCounter).values(tries=1))
    assert _tries(counter) == 1


def test_a_reader_neither_waits_for_a_writer_nor_sees_its_half(counter: Database) -> None:
    with counter.writing() as session:
        session.execute(update(RateCounter).values(tries=3))
        session.flush()
        seen: list[int] = []
        reader = threading.Thread(target=lambda: seen.append(_tries(counter)))
        reader.start()
        reader.join(5)
        assert seen == [0]
    assert _tries(counter) == 3


def test_rows_stay_readable_after_their_transaction(counter: Database) -> None:
    with counter.writing() as session:
        row = session.scalars(select(RateCounter)).one()
    assert row.key == "steps"


def test_a_time_without_a_zone_is_refused(counter: Database) -> None:
    with pytest.raises(Exception, match="needs a zone"), counter.writing() as session:
        session.execute(update(RateCounter).values(ends_at=NOON.replace(tzinfo=None)))


def test_moments_come_back_in_utc(counter: Database) -> None:
    with counter.reading() as session:
        assert session.scalars(select(RateCounter.ends_at)).one() == NOON


@SQLITE
def test_sqlite_keeps_what_it_promises(db: Database) -> None:
    with db.engine.connect() as connection:
        kept = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert kept["journal_mode"] == "wal"
    assert kept["synchronous"] == 2  # FULL
    assert kept["foreign_keys"] == 1
    assert kept["busy_timeout"] >= 10_000


@POSTGRESQL
def test_postgresql_answers_with_one_process(db: Database) -> None:
    for session in (db.reading(), db.writing()):
        with session as open_one:
            assert open_one.scalar(text("SHOW max_parallel_workers_per_gather")) == "0"


@POSTGRESQL
def test_what_pages_ask_stays_prepared_from_one_page_to_the_next(counter: Database) -> None:
    for _page in range(3):
        assert _tries(counter) == 0
    with counter.reading() as session:
        runs = "SELECT generic_plans + custom_plans FROM pg_prepared_statements"
        asked = session.scalars(text(f"{runs} WHERE statement LIKE '%rate_counters%'")).all()
    assert asked == [2]


@POSTGRESQL
def test_a_plan_that_fits_all_values_knows_how_many_rows_are_wanted(counter: Database) -> None:
    some = select(RateCounter.tries).where(RateCounter.tries >= 0).limit(bindparam("maximum"))
    with counter.reading() as session:
        for maximum in (7, 8, 7):
            assert session.scalars(some, {"maximum": maximum}).all() == [0]
        kept = session.scalars(text("SELECT statement FROM pg_prepared_statements")).all()
    assert [words[-7:] for words in kept if "rate_counters" in words] == ["LIMIT 7"]


@POSTGRESQL
def test_a_server_that_cut_its_connections_is_asked_on_new_ones(counter: Database) -> None:
    assert _tries(counter) == 0
    with counter.writing() as session:
        mine = session.scalar(text("SELECT pg_backend_pid()"))
    other = Database(counter.url.render_as_string(hide_password=False))
    with other.writing() as session:
        ended = session.scalars(
            select(func.pg_terminate_backend(column("pid"), 5_000))
            .select_from(text("pg_stat_activity"))
            .where(text("datname = current_database() AND pid <> pg_backend_pid()"))
        )
        assert ended.all() == [True, True]
    other.dispose()
    assert _tries(counter) == 0
    with counter.writing() as session:
        assert session.scalar(text("SELECT pg_backend_pid()")) != mine


def test_rows_can_be_read_some_at_a_time_and_the_connection_is_free_again(db: Database) -> None:
    with db.writing() as session:
        session.add_all(RateCounter(key=f"{n}", tries=n, ends_at=NOON) for n in range(9))
    for _time in range(2):
        with db.reading() as session:
            some = select(RateCounter.tries).where(RateCounter.tries >= 0).order_by(RateCounter.key)
            rows = session.scalars(some.execution_options(yield_per=2))
            assert [next(rows), *rows] == list(range(9))
        assert _tries(db, "8") == 8


def test_work_that_postgresql_wants_repeated_is_repeated(counter: Database) -> None:
    tries: list[int] = []

    def work(session: object) -> str:
        tries.append(len(tries))
        if len(tries) < 3:
            raise _deadlock()
        return "done"

    assert counter.write(work) == "done"
    assert tries == [0, 1, 2]


def test_work_that_never_succeeds_is_given_up(counter: Database) -> None:
    tries: list[int] = []

    def work(session: object) -> None:
        tries.append(len(tries))
        raise _deadlock()

    with pytest.raises(DBAPIError):
        counter.write(work)
    assert len(tries) == 4


def _deadlock() -> OperationalError:
    cause = Exception("deadlock detected")
    cause.sqlstate = "40P01"  # type: ignore[attr-defined]
    return OperationalError("UPDATE", {}, cause)


def _two_programs(db: Database, manner: str) -> list[int]:
    """How often each writer was overtaken, over two programs of eight writers each."""
    command = [sys.executable, "-m", "tests.support.writers", _address(db)]
    programs = [
        subprocess.Popen(
            [*command, str(WRITERS), str(TIMES), manner], stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    overtaken: list[int] = []
    for program in programs:
        answer, _ = program.communicate(timeout=120)
        assert program.returncode == 0
        overtaken += json.loads(answer)
    return overtaken


def _unluckiest(overtaken: list[int]) -> int:
    """How often one writer in a hundred was overtaken.

    Not the unluckiest of all: a busy machine may stop any of them before it takes its ticket.
    """
    return sorted(overtaken)[-len(overtaken) // 100]


def _address(db: Database) -> str:
    return db.url.render_as_string(hide_password=False)


def test_two_programs_with_eight_writers_each_lose_no_step(counter: Database) -> None:
    assert len(_two_programs(counter, "queued")) == 2 * WRITERS * TIMES
    assert _tries(counter) == 2 * WRITERS * TIMES


@SQLITE
def test_writers_come_in_turn_and_without_the_queue_they_do_not(counter: Database) -> None:
    in_turn = _unluckiest(_two_programs(counter, "queued"))
    pushing = _unluckiest(_two_programs(counter, "unqueued"))
    assert in_turn < pushing, "the control: SQLite alone lets the unlucky wait for all others"


@SQLITE
def test_a_writer_that_waits_too_long_is_told_so(
    counter: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shop.core.database.engine.BUSY_SECONDS", 0.05)
    refused: list[type[Exception]] = []

    def write() -> None:
        try:
            with counter.writing() as session:
                session.execute(update(RateCounter).values(tries=7))
        except DatabaseBusy as refusal:
            refused.append(type(refusal))

    with counter.writing():
        other = threading.Thread(target=write)
        other.start()
        other.join(5)
    assert refused == [DatabaseBusy]
    assert _tries(counter) == 0
    write()  # the one that gave up left no ticket behind
    assert _tries(counter) == 7
