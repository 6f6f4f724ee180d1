"""The whole shop as an app inside the test's own process."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType
from typing import TYPE_CHECKING
from unittest.mock import patch

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

if TYPE_CHECKING:
    from flask import Flask

    from config import Settings

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


_idle: list["Flask"] = []
"""Apps of this process that no test uses now; usually one, as tests run one after the other."""


@contextmanager
def shop_app(database_url: str, var_dir: Path, **extra: str) -> Iterator["Flask"]:
    """The shop over a migrated database; its clients are visitors without cookies.

    All tests of a process use the same app, attached to their own database and files, because
    making one costs as much as a short test. A test that changes more than what ``attach`` sets
    gets an app of its own.

    :param extra: more settings, by the names of the environment.
    """
    from config import Settings
    from shop.app import attach
    from shop.payments.cards import gateway_timeouts
    from shop.web.http import app_state

    settings = Settings.from_environment(
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
    is_shared = all(name.startswith(ATTACHED) for name in extra)
    if is_shared and _idle:
        app = _idle.pop()
        attach(app, settings)
    else:
        app = _new_app(settings)
    # Where nobody answers for the gateway, a second try gets no other answer than the first.
    pauses = gateway_timeouts.PAUSES if "STRIPE_API_BASE" in extra else (0.0, 0.0)
    try:
        with patch.object(gateway_timeouts, "PAUSES", pauses):
            yield app
    finally:
        with app.app_context():
            app_state.database().dispose()
    if is_shared:
        _idle.append(app)


ATTACHED = ("STRIPE_", "S3_", "MEDIA_URL")
"""Settings that ``attach`` sets; with others a test gets an app of its own."""


def _new_app(settings: "Settings") -> "Flask":
    from shop.app import create_app
    from tests.support.visitor import Visitor

    app = create_app(settings)
    app.jinja_env.bytecode_cache = COMPILED
    app.test_client_class = Visitor
    return app
