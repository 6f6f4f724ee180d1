"""On which database engines a test runs, and why.

A test that asks for ``db`` or ``engine`` runs on SQLite and on PostgreSQL. One that could not come
out differently says so and runs once::

    pytestmark = pytest.mark.only_on("sqlite", because=PAGES)
"""

from typing import Literal, get_args

import pytest

Engine = Literal["sqlite", "postgresql"]
ENGINES: tuple[Engine, ...] = get_args(Engine)

PAGES = "pages and forms; the statements below them are tested on both engines"
COMMANDS = "commands and files; the statements below them are tested on both engines"
BOOKS = "rules over rows that both engines return alike; they are built on both elsewhere"
FLOW = "one long story over actions that are tested on both engines one by one"
ONE_WRITER = "SQLite lets one writer in at a time, so this cannot happen there"
OWN_FILE = "about the database file, which only SQLite has"
OWN_SERVER = "about the database server, which only PostgreSQL has"
"""Reasons that many tests share."""


def engines_of(item: pytest.Item) -> tuple[Engine, ...]:
    """The engines that a test is meant for.

    :raises pytest.UsageError: when the marker names no engine or gives no reason.
    """
    marker = item.get_closest_marker("only_on")
    if marker is None:
        return ENGINES
    found = tuple(engine for engine in ENGINES if engine in marker.args)
    if len(found) != len(marker.args) or not found or not marker.kwargs.get("because"):
        raise pytest.UsageError(
            f'{item.nodeid}: write only_on("sqlite" or "postgresql", because="…")'
        )
    return found
