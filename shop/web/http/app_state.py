"""What the running app holds for its pages."""

from dataclasses import dataclass
from pathlib import Path
from typing import cast

from flask import current_app

from shop.core.database.engine import Database

EXTENSION = "lumbung"


@dataclass(frozen=True, slots=True)
class Runtime:
    """The app's surroundings, handed down by ``shop.app`` and never changed."""

    database: Database
    secret_keys: tuple[str, ...]
    """Newest first: the first signs, all check."""
    public_url: str
    """What links in mails start with; never taken from a request."""
    https: bool
    is_demo: bool
    var_dir: Path
    fast_passwords: bool
    """Cheap password hashes, in tests only."""
    takes_cards: bool
    """Whether shoppers can pay by card."""


def runtime() -> Runtime:
    """The surroundings of the app that answers this request."""
    return cast("Runtime", current_app.extensions[EXTENSION])


def database() -> Database:
    """The database of the app that answers this request."""
    return runtime().database
