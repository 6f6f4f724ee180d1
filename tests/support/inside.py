"""The whole shop as an app inside the test's own process."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

NOBODY = "http://127.0.0.1:9"
"""No payment double answers here; a test that wants one asks for ``sandbox``."""


@contextmanager
def shop_app(database_url: str, var_dir: Path, **extra: str) -> Iterator["Flask"]:
    """The shop over a migrated database; its clients are visitors without cookies.

    :param extra: more settings, by the names of the environment.
    """
    from config import Settings
    from shop import web
    from shop.app import create_app
    from tests.support.visitor import Visitor

    app = create_app(
        Settings.from_environment(
            {
                "LUMBUNG_ENV": "test",
                "DATABASE_URL": database_url,
                "VAR_DIR": str(var_dir),
                "PUBLIC_URL": "http://localhost",
                "STRIPE_API_BASE": NOBODY,
                # A test that asks a page twice means to have it made twice.
                "PAGES_KEPT_MB": "0",
                **extra,
            }
        )
    )
    app.test_client_class = Visitor
    yield app
    with app.app_context():
        web.database().dispose()
