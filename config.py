"""Settings, from the environment only. Each has its unit, its default and its reason.

What belongs to the trade (holds, fees, figures of the law) is not here: it stands in one dated
table with its defaults in ``shop.core.policy``.
"""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Environment = Literal["demo", "production", "test"]

ROOT = Path(__file__).resolve().parent


class BadSetting(ValueError):
    """A setting that is missing or unsafe; the message says how to mend it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How this installation runs. Made once, handed down, never changed."""

    env: Environment
    """LUMBUNG_ENV: demo, test, or production when unset. Nothing insecure starts in production."""

    var_dir: Path
    """VAR_DIR: where files grow (database, photos, mails, secrets); default ``var``."""

    secret_keys: tuple[str, ...]
    """SECRET_KEY: several, comma-separated, newest first, each ≥ 32 characters. Signing uses the
    first, checking all, so a key can be changed while people shop. In demo and test one is made
    and kept in ``VAR_DIR/secrets``."""

    database_url: str
    """DATABASE_URL: default ``sqlite:///VAR_DIR/lumbung.db``; or ``postgresql+psycopg://…``."""

    media_url: str
    """MEDIA_URL: where photos live; default ``file:VAR_DIR/media``."""

    smtp_url: str | None
    """SMTP_URL: ``smtp://user:password@host:587``; none: mails become files in VAR_DIR/outbox."""

    mail_from: str
    """MAIL_FROM: the sender of all mail."""

    public_url: str
    """PUBLIC_URL: scheme and host that links in mails start with, never taken from a request."""

    trusted_hosts: tuple[str, ...]
    """TRUSTED_HOSTS: host names the shop answers to, comma-separated; others get 400."""

    proxy_hops: int
    """PROXY_HOPS: how many proxies of ours stand in front and write X-Forwarded-For and -Proto;
    default 0, so that nobody can claim another's address. Limits count by that address."""

    host: str
    """HOST: address to listen on; default 127.0.0.1."""

    port: int
    """PORT: default 8000."""

    web_processes: int
    """WEB_PROCESSES: worker processes of the server; default 2."""

    web_threads: int
    """WEB_THREADS: threads that answer requests in each of them; default 8."""

    @property
    def is_demo(self) -> bool:
        """Whether demo accounts and invented goods may stand in this shop."""
        return self.env in ("demo", "test")

    @property
    def https(self) -> bool:
        """Whether people reach the shop by https: cookies are then marked secure."""
        return self.public_url.startswith("https://")

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> "Settings":
        """Read all settings.

        :raises BadSetting: for what is missing or cannot be read, with its cure.
        """
        env = environ.get("LUMBUNG_ENV") or "production"
        if env not in ("demo", "production", "test"):
            raise BadSetting(f"LUMBUNG_ENV={env}: use demo, test or production (or leave it out).")
        var_dir = Path(environ.get("VAR_DIR") or ROOT / "var").resolve()
        port = _count(environ, "PORT", 8000, most=65_535)
        host = environ.get("HOST") or "127.0.0.1"
        public_url = (environ.get("PUBLIC_URL") or f"http://127.0.0.1:{port}").rstrip("/")
        trusted = environ.get("TRUSTED_HOSTS") or f"127.0.0.1,localhost,{_host_of(public_url)}"
        return cls(
            env=env,  # type: ignore[arg-type]
            var_dir=var_dir,
            secret_keys=_secret_keys(environ, env, var_dir),
            database_url=environ.get("DATABASE_URL") or f"sqlite:///{var_dir / 'lumbung.db'}",
            media_url=environ.get("MEDIA_URL") or f"file:{var_dir / 'media'}",
            smtp_url=environ.get("SMTP_URL") or None,
            mail_from=environ.get("MAIL_FROM") or "Lumbung <kabar@lumbung.example>",
            public_url=public_url,
            trusted_hosts=tuple(part.strip() for part in trusted.split(",") if part.strip()),
            proxy_hops=_count(environ, "PROXY_HOPS", 0, least=0, most=4),
            host=host,
            port=port,
            web_processes=_count(environ, "WEB_PROCESSES", 2, most=64),
            web_threads=_count(environ, "WEB_THREADS", 8, most=256),
        )


def _count(
    environ: Mapping[str, str], name: str, default: int, *, least: int = 1, most: int
) -> int:
    text = environ.get(name) or str(default)
    if not text.isdecimal() or not least <= int(text) <= most:
        raise BadSetting(f"{name}={text}: use a whole number from {least} to {most}.")
    return int(text)


def _host_of(url: str) -> str:
    return url.partition("://")[2].partition("/")[0].rpartition("@")[2].partition(":")[0]


def _secret_keys(environ: Mapping[str, str], env: str, var_dir: Path) -> tuple[str, ...]:
    keys = tuple(key.strip() for key in environ.get("SECRET_KEY", "").split(",") if key.strip())
    if keys:
        if any(len(key) < 32 for key in keys):
            raise BadSetting(
                "SECRET_KEY is shorter than 32 characters:"
                ' make one with python3 -c "import secrets; print(secrets.token_urlsafe(48))".'
            )
        return keys
    if env == "production":
        raise BadSetting(
            "SECRET_KEY is missing: make one with"
            ' python3 -c "import secrets; print(secrets.token_urlsafe(48))" and set it.'
        )
    return (_kept_secret(var_dir / "secrets" / "secret_key"),)


def _kept_secret(path: Path) -> str:
    """A secret of this machine's demo, made once and readable by its owner only."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text()
    with os.fdopen(descriptor, "w") as file:
        secret = secrets.token_urlsafe(48)
        file.write(secret)
    return secret
