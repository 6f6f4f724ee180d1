"""Settings, from the environment only. Each has its unit, its default and its reason.

What belongs to the trade (holds, fees, figures of the law) is not here: it stands in one dated
table with its defaults in ``shop.core.database.settings_by_date``.
"""

import contextlib
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

Environment = Literal["demo", "production", "test"]

ROOT = Path(__file__).resolve().parent
STRIPE = "https://api.stripe.com"
STRIPE_PAGES = "https://checkout.stripe.com"


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
    """MEDIA_URL: where photos live; default ``file:VAR_DIR/media``, or ``s3://bucket/prefix``."""

    s3_endpoint_url: str | None
    """S3_ENDPOINT_URL: the service that has the bucket; none: Amazon's own."""

    s3_region: str | None
    """S3_REGION: for example ``ap-southeast-3``; many services know none."""

    s3_access_key_id: str | None
    """S3_ACCESS_KEY_ID: who the shop is there; needed with an ``s3://`` address."""

    s3_secret_access_key: str | None
    """S3_SECRET_ACCESS_KEY: and that it is the shop."""

    smtp_url: str | None
    """SMTP_URL: ``smtp://user:password@host:587``; none: mails become files in VAR_DIR/outbox."""

    mail_from: str
    """MAIL_FROM: the sender of all mail."""

    stripe_secret_key: str | None
    """STRIPE_SECRET_KEY: Stripe's key, live in production. None there: cards are not offered. In
    demo and test one is made and kept in ``VAR_DIR/secrets``, for the payment double."""

    stripe_webhook_secrets: tuple[str, ...]
    """STRIPE_WEBHOOK_SECRET: several, comma-separated, while one is changed at Stripe; an event
    signed with any of them counts. Made and kept like the key."""

    stripe_api_base: str
    """STRIPE_API_BASE: default Stripe itself; in demo and test the payment double, which listens
    there: default ``http://127.0.0.1:PORT+1``."""

    stripe_page_url: str
    """STRIPE_PAGE_URL: where browsers reach the pay page: with the double the host of PUBLIC_URL
    at its port, or what a proxy in front of it is called."""

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

    pages_kept_mb: int
    """PAGES_KEPT_MB: megabytes of public pages that each of them stores, some 12 pages each;
    default 16; 0 stores none."""

    @property
    def is_demo(self) -> bool:
        """Whether demo accounts and invented goods may stand in this shop."""
        return self.env in ("demo", "test")

    @property
    def has_double(self) -> bool:
        """Whether cards are paid at the payment double, with no real money."""
        return self.stripe_api_base != STRIPE

    @property
    def double_port(self) -> int | None:
        """Port of the payment double; None where cards are paid at Stripe itself."""
        if not self.has_double:
            return None
        double = urlsplit(self.stripe_api_base)
        return double.port or (443 if double.scheme == "https" else 80)

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
        port = _count(environ, "PORT", 8000, maximum=65_535)
        host = environ.get("HOST") or "127.0.0.1"
        public_url = (environ.get("PUBLIC_URL") or f"http://127.0.0.1:{port}").rstrip("/")
        trusted = environ.get("TRUSTED_HOSTS") or f"127.0.0.1,localhost,{_host_of(public_url)}"
        stripe_api_base = _stripe_api_base(environ, env, host, port)
        return cls(
            env=env,  # type: ignore[arg-type]
            var_dir=var_dir,
            secret_keys=_secret_keys(environ, env, var_dir),
            database_url=environ.get("DATABASE_URL") or f"sqlite:///{var_dir / 'lumbung.db'}",
            media_url=_media_url(environ, var_dir),
            s3_endpoint_url=environ.get("S3_ENDPOINT_URL", "").strip().rstrip("/") or None,
            s3_region=environ.get("S3_REGION", "").strip() or None,
            s3_access_key_id=environ.get("S3_ACCESS_KEY_ID", "").strip() or None,
            s3_secret_access_key=environ.get("S3_SECRET_ACCESS_KEY", "").strip() or None,
            smtp_url=environ.get("SMTP_URL") or None,
            stripe_secret_key=_stripe_secret_key(environ, env, var_dir),
            stripe_webhook_secrets=_stripe_webhook_secrets(environ, env, var_dir),
            stripe_api_base=stripe_api_base,
            stripe_page_url=_stripe_page_url(environ, stripe_api_base, public_url),
            mail_from=environ.get("MAIL_FROM") or "Lumbung <kabar@lumbung.example>",
            public_url=public_url,
            trusted_hosts=tuple(part.strip() for part in trusted.split(",") if part.strip()),
            proxy_hops=_count(environ, "PROXY_HOPS", 0, minimum=0, maximum=4),
            host=host,
            port=port,
            web_processes=_count(environ, "WEB_PROCESSES", 2, maximum=64),
            web_threads=_count(environ, "WEB_THREADS", 8, maximum=256),
            pages_kept_mb=_count(environ, "PAGES_KEPT_MB", 16, minimum=0, maximum=1_000),
        )


def _count(
    environ: Mapping[str, str], name: str, default: int, *, minimum: int = 1, maximum: int
) -> int:
    text = environ.get(name) or str(default)
    if not text.isdecimal() or not minimum <= int(text) <= maximum:
        raise BadSetting(f"{name}={text}: use a whole number from {minimum} to {maximum}.")
    return int(text)


def _host_of(url: str) -> str:
    return url.partition("://")[2].partition("/")[0].rpartition("@")[2].partition(":")[0]


def _media_url(environ: Mapping[str, str], var_dir: Path) -> str:
    url = environ.get("MEDIA_URL", "").strip() or f"file:{var_dir / 'media'}"
    scheme, _, rest = url.partition(":")
    bucket = rest.removeprefix("//").partition("/")[0]
    if scheme == "s3" and bucket:
        for name in ("S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY"):
            if not environ.get(name, "").strip():
                raise BadSetting(
                    f"{name} is missing although MEDIA_URL={url}: copy it from the page of the"
                    " bucket, or leave MEDIA_URL out to keep photos in VAR_DIR/media."
                )
        service = environ.get("S3_ENDPOINT_URL", "").strip()
        if service and not service.startswith(("https://", "http://")):
            raise BadSetting(
                f"S3_ENDPOINT_URL={service}: use an address such as https://s3.example.id."
            )
    elif scheme != "file" or not rest:
        raise BadSetting(f"MEDIA_URL={url}: use file:<folder> or s3://<bucket>/<prefix>.")
    return url


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


def _stripe_secret_key(environ: Mapping[str, str], env: str, var_dir: Path) -> str | None:
    key = environ.get("STRIPE_SECRET_KEY", "").strip()
    if not (key.isascii() and key.isprintable()) or " " in key:
        raise BadSetting("STRIPE_SECRET_KEY holds what no key holds: copy it again, one line.")
    if env == "production":
        if key and not key.startswith(("sk_live_", "rk_live_")):
            raise BadSetting(
                "STRIPE_SECRET_KEY is no live key: production takes sk_live_… only,"
                " or leave it and STRIPE_WEBHOOK_SECRET out to offer no cards."
            )
        if bool(key) != bool(environ.get("STRIPE_WEBHOOK_SECRET", "").strip(" ,")):
            lacks, has = ("STRIPE_WEBHOOK_SECRET", "STRIPE_SECRET_KEY")[:: 1 if key else -1]
            raise BadSetting(
                f"{lacks} is missing although {has} is set: copy it from Stripe's dashboard,"
                " or leave both out to offer no cards."
            )
        return key or None
    if key and not key.startswith(("sk_test_", "rk_test_")):
        raise BadSetting(
            f"STRIPE_SECRET_KEY is no test key: with LUMBUNG_ENV={env} real money must not move."
            " Use sk_test_…, or leave it out for the payment double."
        )
    return key or _kept_secret(var_dir / "secrets" / "stripe_secret_key", "sk_test_")


def _stripe_webhook_secrets(environ: Mapping[str, str], env: str, var_dir: Path) -> tuple[str, ...]:
    given = environ.get("STRIPE_WEBHOOK_SECRET", "").split(",")
    found = tuple(secret.strip() for secret in given if secret.strip())
    if found or env == "production":
        return found
    return (_kept_secret(var_dir / "secrets" / "stripe_webhook_secret", "whsec_"),)


def _stripe_api_base(environ: Mapping[str, str], env: str, host: str, port: int) -> str:
    given = environ.get("STRIPE_API_BASE", "").strip().rstrip("/")
    if env == "production":
        if given and given != STRIPE:
            raise BadSetting(
                f"STRIPE_API_BASE={given}: production pays at {STRIPE} alone. Leave it out."
            )
        return STRIPE
    near = "127.0.0.1" if host in ("0.0.0.0", "::", "localhost") else host  # noqa: S104 - asked
    base = given or f"http://{near}:{port + 1}"
    try:
        parts = urlsplit(base)
        whole = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        whole = whole and not parts.path
    except ValueError:  # a port that is none, such as 65536 beside PORT=65535
        whole = False
    if not whole:
        raise BadSetting(f"STRIPE_API_BASE={base}: use an address such as http://127.0.0.1:8001.")
    return base


def _stripe_page_url(environ: Mapping[str, str], api_base: str, public_url: str) -> str:
    if api_base == STRIPE:
        return STRIPE_PAGES
    given = environ.get("STRIPE_PAGE_URL", "").strip().rstrip("/")
    double = urlsplit(api_base)
    port = f":{double.port}" if double.port else ""
    return given or f"{double.scheme}://{_host_of(public_url)}{port}"


def _kept_secret(path: Path, prefix: str = "") -> str:
    """A secret of this machine's demo, made once and readable by its owner only."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        # Written whole before it has its name: of two that start at once nobody reads half.
        draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(prefix + secrets.token_urlsafe(48))
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(draft)
        draft.unlink()
    return path.read_text()
