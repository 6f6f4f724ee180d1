"""Commands, called in this process: a second each is too much for so many."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from shop.cli import lumbung

Command = Callable[..., Result]


@pytest.fixture
def environment(database_url: str, var_dir: Path) -> dict[str, str | None]:
    """What the commands of this test find in their environment."""
    return {
        "LUMBUNG_ENV": "test",
        "DATABASE_URL": database_url,
        "VAR_DIR": str(var_dir),
        "SECRET_KEY": None,
        "PUBLIC_URL": None,
        "TRUSTED_HOSTS": None,
        "MEDIA_URL": None,
        "S3_ENDPOINT_URL": None,
        "S3_REGION": None,
        "S3_ACCESS_KEY_ID": None,
        "S3_SECRET_ACCESS_KEY": None,
        "SMTP_URL": None,
        "STRIPE_SECRET_KEY": None,
        "STRIPE_WEBHOOK_SECRET": None,
        "STRIPE_API_BASE": None,
    }


@pytest.fixture
def run(environment: dict[str, str | None]) -> Command:
    """``run("user", "create", …, typed="…", LUMBUNG_ENV="production")``."""

    def invoke(*arguments: str, typed: str | None = None, **changed: str) -> Result:
        result = CliRunner().invoke(
            lumbung, list(arguments), input=typed, env={**environment, **changed}
        )
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return invoke
