"""The whole shop as an app inside the test's own process."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


@contextmanager
def shop_app(database_url: str, var_dir: Path) -> Iterator["Flask"]:
    """The shop over a migrated database; its clients are visitors without cookies."""
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
            }
        )
    )
    app.test_client_class = Visitor
    yield app
    with app.app_context():
        web.database().dispose()
