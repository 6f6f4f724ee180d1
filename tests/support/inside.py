"""The whole shop as an app inside the test's own process."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType
from typing import TYPE_CHECKING

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

if TYPE_CHECKING:
    from flask import Flask

NOBODY = "http://127.0.0.1:9"
"""No payment double answers here; a test that wants one asks for ``sandbox``."""


class CompiledOnce(BytecodeCache):
    """What the templates of all shops of this process compile to; a changed source is another.

    Each test has a folder of its own, where a shop finds nothing compiled: most of what a page
    cost in a test was compiling the same templates anew.
    """

    def __init__(self) -> None:
        self._code: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill in what is known of a template, if anything."""
        bucket.code = self._code.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Remember what a template compiled to."""
        if bucket.code is not None:
            self._code[bucket.key, bucket.checksum] = bucket.code


COMPILED = CompiledOnce()


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
    app.jinja_env.bytecode_cache = COMPILED
    app.test_client_class = Visitor
    yield app
    with app.app_context():
        web.database().dispose()
