"""Rows as the driver gives them: the same that SQLAlchemy reads, on both databases."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import (
    Boolean,
    Column,
    Integer,
    MetaData,
    String,
    Table,
    bindparam,
    func,
    insert,
    literal,
    select,
    union_all,
)
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from shop.core.database.engine import Database
from shop.core.database.schema import UtcDateTime
from shop.web.page_cache.prepared_queries import Kinds, OneTrip, Question, dialect_of
from tests.support.statements import statements

BASKETS = Table(
    "baskets",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("weave", String(20)),
    Column("is_sold", Boolean),
    Column("made_at", UtcDateTime),
)
NOON = datetime(2026, 11, 1, 5, tzinfo=UTC)

WOVEN = Question(
    select(BASKETS)
    .where(
        BASKETS.c.weave.in_(bindparam("weaves", expanding=True)),
        BASKETS.c.made_at > bindparam("since", type_=UtcDateTime()),
        BASKETS.c.weave.not_like("100%"),
    )
    .order_by(BASKETS.c.id)
    .limit(bindparam("size"))
)


@pytest.fixture
def baskets(db: Database) -> Iterator[Database]:
    with db.writing() as session:
        BASKETS.create(session.connection())
        rows = [
            {"weave": weave, "is_sold": hour % 2 == 0, "made_at": NOON + timedelta(hours=hour)}
            for hour, weave in enumerate(["rotan", "pandan", "rotan", "bambu", "100%", "pandan"])
        ]
        session.execute(insert(BASKETS), rows)
    yield db
    with db.writing() as session:
        BASKETS.drop(session.connection())


def asked(session: Session, **values: object) -> list[list[object]]:
    dialect = dialect_of(session)
    return [WOVEN.values(row, dialect) for row in WOVEN.rows(session, values)]


@pytest.mark.parametrize("weaves", [[], ["rotan"], ["rotan", "100%", "pandan"]])
def test_it_reads_what_sqlalchemy_reads(baskets: Database, weaves: list[str]) -> None:
    values = {"weaves": weaves, "since": NOON, "size": 3}
    with baskets.reading() as session:
        told = asked(session, **values)
        assert told == [list(row) for row in session.execute(WOVEN.statement, values)]
    assert len(told) == min(len(weaves), 3)


def test_what_one_asked_does_not_stay_for_the_next(baskets: Database) -> None:
    with baskets.reading() as session:
        few = asked(session, weaves=["rotan", "pandan"], since=NOON, size=1, dye="nobody asks")
        more = asked(session, weaves=["bambu", "pandan"], since=NOON, size=9)
        assert not asked(session, weaves=["bambu", "pandan"], since=NOON.replace(year=9000), size=9)
    assert [row[1] for row in few] == ["pandan"]
    assert [row[1] for row in more] == ["pandan", "bambu", "pandan"]


def test_lists_of_all_lengths_are_asked_in_few_texts(baskets: Database) -> None:
    with statements(baskets) as seen, baskets.reading() as session:
        for length in range(1, 10):
            weaves = [*(f"weave {number}" for number in range(1, length)), "bambu"]
            assert [row[1] for row in asked(session, weaves=weaves, since=NOON, size=9)] == [
                "bambu"
            ]
    assert len(set(seen)) == 5  # for 1, 2, up to 4, 8 and 16


def test_the_same_rows_are_the_same_key(baskets: Database) -> None:
    values = {"weaves": ["rotan", "bambu"], "since": NOON, "size": 9}
    with baskets.reading() as session:
        first, again = WOVEN.rows(session, values), WOVEN.rows(session, values)
    assert {tuple(first): "made of them"}[tuple(again)] == "made of them"


def test_one_statement_may_hold_several_questions_and_whoever_counts_sees_it(
    baskets: Database,
) -> None:
    weaves = select(BASKETS.c.weave, func.count()).where(BASKETS.c.weave.in_(["rotan", "bambu"]))
    both = Question(
        union_all(
            select(literal("all"), func.count()).select_from(BASKETS),
            weaves.group_by(BASKETS.c.weave),
        )
    )
    with statements(baskets) as seen, baskets.reading() as session:
        assert sorted(both.rows(session, {})) == [("all", 6), ("bambu", 1), ("rotan", 2)]
    assert len(seen) == 1


def test_columns_behind_those_that_are_known_are_left_out(baskets: Database) -> None:
    with baskets.reading() as session:
        [row] = WOVEN.rows(session, {"weaves": ["rotan"], "since": NOON, "size": 1})
        assert Kinds([BASKETS.c.id, BASKETS.c.weave]).values(row, dialect_of(session)) == [
            3,
            "rotan",
        ]


def test_a_value_that_nobody_told_is_a_mistake_of_ours(baskets: Database) -> None:
    with baskets.reading() as session, pytest.raises(KeyError):
        WOVEN.rows(session, {"weaves": ["rotan"], "size": 1})


def test_whoever_listens_changes_nothing_of_what_is_read(baskets: Database) -> None:
    values = {"weaves": ["rotan", "100%"], "since": NOON, "size": 9}
    with baskets.connect_readonly() as connection:
        unheard = WOVEN.rows(connection, values)
        with statements(baskets) as seen:
            assert WOVEN.rows(connection, values) == unheard
    assert len(seen) == 1
    assert len(unheard) == 1


def test_what_the_driver_complains_of_is_an_error_like_every_other(db: Database) -> None:
    missing = Question(select(Table("missing", MetaData(), Column("id", Integer))))
    with db.connect_readonly() as connection, pytest.raises(DatabaseError):
        missing.rows(connection, {})


def test_several_reads_in_one_statement_say_what_each_would(baskets: Database) -> None:
    sold = select(BASKETS.c.id, BASKETS.c.made_at).where(
        BASKETS.c.is_sold, BASKETS.c.made_at > bindparam("since")
    )
    kinds = select(BASKETS.c.weave, BASKETS.c.is_sold).where(BASKETS.c.made_at > bindparam("since"))
    trip, values = OneTrip(sold, kinds), {"since": NOON}
    with statements(baskets) as seen, baskets.reading() as session:
        rows = trip.rows(session, values)
        assert len(seen) == 1
        parts = [sorted(part) for part in trip.parted(rows, dialect_of(session))]
        assert parts == [sorted(part) for part in trip.read(session, values)]
        assert parts == [sorted(session.execute(one, values)) for one in (sold, kinds)]
    assert parts[0][0].made_at == NOON + timedelta(hours=2)
