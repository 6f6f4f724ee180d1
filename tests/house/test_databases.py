"""The tests' own floor: if copies leaked into each other, no other test would mean anything."""

from sqlalchemy import event, literal, select, text

from shop.core.database.engine import Database
from tests.support.databases import Templates
from tests.support.engines import Engine


def _sow(url: str) -> None:
    database = Database(url)
    with database.writing() as session:
        session.execute(text("CREATE TABLE seeds (name TEXT)"))
        session.execute(text("INSERT INTO seeds VALUES ('kopi')"))
    database.dispose()


def _seeds(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(text("SELECT name FROM seeds ORDER BY name")))


def test_what_one_test_writes_no_other_test_sees(templates: Templates, engine: Engine) -> None:
    with templates.copy(engine, "sown", _sow) as one, templates.copy(engine, "sown", _sow) as two:
        mine, other = Database(one), Database(two)
        with mine.writing() as session:
            session.execute(text("INSERT INTO seeds VALUES ('padi')"))
        assert _seeds(mine) == ["kopi", "padi"]
        assert _seeds(other) == ["kopi"]
        mine.dispose()
        other.dispose()


def test_the_two_engines_are_the_two_engines(db: Database, engine: Engine) -> None:
    assert db.engine.dialect.name == engine


def test_what_one_database_compiled_another_of_its_kind_finds_and_answers_for_itself(
    templates: Templates, engine: Engine
) -> None:
    with templates.copy(engine, "sown", _sow) as one, templates.copy(engine) as two:
        first, second = Database(one), Database(two)
        asked = []
        for database in (first, second):
            event.listen(
                database.engine,
                "before_cursor_execute",
                lambda _conn, _cursor, _sql, _values, context, _many: asked.append(
                    context.compiled
                ),
            )
            with database.writing() as session:
                name = session.scalar(select(literal(str(database.url.database))))
            assert name == database.url.database
        here, there = filter(None, asked)  # what begins a transaction is not compiled
        assert here is there
        first.dispose()
        second.dispose()
