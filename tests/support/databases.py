"""Fresh real databases: made once as a template, copied for each test."""

import fcntl
import shutil
import sqlite3
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, create_engine, make_url, text

from shop.core.database import migrations
from tests.support import postgres
from tests.support.engines import Engine

Build = Callable[[str], None]
"""Fills the database behind an address; runs once a test run for each engine."""


@dataclass(frozen=True)
class Recipe:
    """How a template is made."""

    name: str
    build: Build
    base: "Recipe | None" = None
    """The template it begins with; None begins with nothing."""


MIGRATED = Recipe("migrated", migrations.upgrade)
"""All tables and no rows."""


class Templates:
    """All databases of one test run, shared by its processes through one folder."""

    def __init__(self, house: Path) -> None:
        self.house = house
        self._asking: Connection | None = None

    @contextmanager
    def copy(
        self,
        engine: Engine,
        name: str = MIGRATED.name,
        build: Build = MIGRATED.build,
        base: Recipe | None = MIGRATED,
    ) -> Iterator[str]:
        """The address of a database nobody else has, gone when the block ends.

        :param name: which template; ``migrated`` has all tables and no rows.
        :param build: makes that template the first time it is wanted.
        :param base: the template that ``build`` begins with.
        """
        recipe = MIGRATED if name == MIGRATED.name else Recipe(name, build, base)
        here = self._sqlite if engine == "sqlite" else self._postgresql
        with here(recipe) as url:
            yield url

    def renew(self, url: str, name: str) -> None:
        """Make a copy what its template is, again; nobody may have it open."""
        if url.startswith("sqlite"):
            file = Path(url.removeprefix("sqlite:///"))
            for rest in ("-wal", "-shm"):
                file.with_name(file.name + rest).unlink(missing_ok=True)
            shutil.copyfile(self.house / f"{name}.db", file)
            return
        database = make_url(url).database
        template = f"{self._prefix()}_{name}"
        self._say(f"DROP DATABASE {database} WITH (FORCE)")
        self._say(f"CREATE DATABASE {database} TEMPLATE {template} STRATEGY FILE_COPY")

    @contextmanager
    def _alone(self, what: str) -> Iterator[None]:
        with (self.house / f"{what}.lock").open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _sqlite_template(self, recipe: Recipe) -> Path:
        template = self.house / f"{recipe.name}.db"
        with self._alone(f"sqlite-{recipe.name}"):
            if not template.exists():
                draft = self.house / f"{recipe.name}.draft.db"
                draft.unlink(missing_ok=True)
                if recipe.base is not None:
                    shutil.copyfile(self._sqlite_template(recipe.base), draft)
                recipe.build(f"sqlite:///{draft}")
                with sqlite3.connect(draft) as connection:  # all of it into the one file
                    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                connection.close()
                draft.rename(template)
        return template

    @contextmanager
    def _sqlite(self, recipe: Recipe) -> Iterator[str]:
        template = self._sqlite_template(recipe)
        file = self.house / f"{uuid.uuid4().hex}.db"
        shutil.copyfile(template, file)
        try:
            yield f"sqlite:///{file}"
        finally:
            for rest in self.house.glob(f"{file.name}*"):
                rest.unlink()

    def _server(self) -> str:
        with self._alone("pg"):
            return postgres.server_url(self.house)

    def _say(self, statement: str) -> None:
        """On one connection a process: a new one for each would cost half of what is asked."""
        if self._asking is None:
            engine = create_engine(self._server(), isolation_level="AUTOCOMMIT")
            self._asking = engine.connect()
        self._asking.execute(text(statement))

    def hang_up(self) -> None:
        """End this process's own connection to the server, if it has one."""
        if self._asking is not None:
            self._asking.close()
            self._asking.engine.dispose()
            self._asking = None

    def _prefix(self) -> str:
        # On somebody's own server two runs must not meet.
        return self.house.name.replace("-", "_")

    def _postgresql_template(self, server: str, recipe: Recipe) -> str:
        template = f"{self._prefix()}_{recipe.name}"
        mark = self.house / f"{template}.made"
        with self._alone(f"pg-{recipe.name}"):
            if not mark.exists():
                base = "template1"
                if recipe.base is not None:
                    base = self._postgresql_template(server, recipe.base)
                self._say(f"DROP DATABASE IF EXISTS {template} WITH (FORCE)")
                self._say(f"CREATE DATABASE {template} TEMPLATE {base}")
                recipe.build(_named(server, template))
                mark.touch()
        return template

    @contextmanager
    def _postgresql(self, recipe: Recipe) -> Iterator[str]:
        server = self._server()
        template = self._postgresql_template(server, recipe)
        database = f"{self._prefix()}_{uuid.uuid4().hex}"
        self._say(f"CREATE DATABASE {database} TEMPLATE {template} STRATEGY FILE_COPY")
        try:
            yield _named(server, database)
        finally:
            self._say(f"DROP DATABASE {database} WITH (FORCE)")


def _named(server: str, database: str) -> str:
    return make_url(server).set(database=database).render_as_string(hide_password=False)
