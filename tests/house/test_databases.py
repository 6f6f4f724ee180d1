"""The tests' own floor: if copies leaked into each other, no other test would mean anything."""

from sqlalchemy import text

from shop.core.database import Database
from tests.support.databases import Engine, Templates


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
