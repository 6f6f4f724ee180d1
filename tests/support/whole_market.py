"""The whole demo market as a template: loaded once a run, copied for each test that trades in it.

``tests.support.market`` is the smaller one: goods alone, for searching and listing.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.databases import Engine, Templates


@dataclass(frozen=True)
class Market:
    """A database with the whole demo market and the folder of its pictures, for one test."""

    database_url: str
    media_url: str


@contextmanager
def whole_market(templates: Templates, engine: Engine, folder: Path) -> Iterator[Market]:
    """A market of this test's own.

    Pictures are drawn for SQLite alone, as they are the same bytes on both engines and take most
    of the time; on PostgreSQL the goods stand there without.

    :param folder: where this test keeps its files.
    """
    drawn = templates.house / "market-media"

    def build(url: str) -> None:
        load(url, drawn, pictures=engine == "sqlite")

    with templates.copy(engine, "whole_market", build) as url:
        media = folder / "media"
        if drawn.exists():
            shutil.copytree(drawn, media)
        yield Market(url, f"file:{media}")


def load(url: str, media: Path, *, pictures: bool) -> None:
    """Load the demo market into a migrated database."""
    from shop.core.database import Database
    from shop.demo.load import load_market

    database = Database(url)
    load_market(database, media_url=f"file:{media}", say=lambda _line: None, pictures=pictures)
    database.dispose()
