"""``doctor``: each missing or unsafe setting, and how to mend it."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

import click
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from config import BadSetting, Settings
from shop.cli.common import has_demo_accounts, newest_revision, reach, revision
from shop.core.formats.indonesia import last_holiday_year
from shop.core.values import clock
from shop.core.values.errors import ShopError
from shop.people.accounts.models import OperatorSeat
from shop.services.outbox.queries import last_seen_worker
from shop.services.outbox.rules import WORKER_QUIET

TRIED_FILE = "lumbung-doctor"
MIN_FREE_BYTES = 500_000_000
HOLIDAY_NOTICE_MONTH = 10
MIN_WEBHOOK_SECRET_LENGTH = 24


@dataclass(frozen=True)
class Finding:
    """One thing the doctor looked at."""

    name: str
    grade: str
    """``ok``, ``warn`` or ``stop``."""
    words: str


@click.command()
def doctor() -> None:
    """Name each missing or unsafe setting with its cure; exit 1 if one would stop the shop."""
    try:
        findings = list(_look(Settings.from_environment()))
    except BadSetting as fault:
        findings = [Finding("settings", "stop", str(fault))]
    for finding in findings:
        click.echo(f"{finding.grade:5} {finding.name}: {finding.words}")
    if any(finding.grade == "stop" for finding in findings):
        raise SystemExit(1)


def _look(found: Settings) -> Iterator[Finding]:
    yield Finding("LUMBUNG_ENV", "ok", found.env)
    yield from _addresses(found)
    yield from _places(found)
    yield from _mail(found)
    yield from _cards(found)
    yield from _calendar()
    yield from _database(found)


def _addresses(found: Settings) -> Iterator[Finding]:
    host = urlsplit(found.public_url).hostname or ""
    if host not in found.trusted_hosts:
        yield Finding(
            "TRUSTED_HOSTS", "stop", f"does not name {host}, so every page is 400: add it."
        )
    if found.env == "production" and found.https and not found.proxy_hops:
        yield Finding(
            "PROXY_HOPS",
            "warn",
            "0 although people come by https: behind a proxy all share one address and one limit."
            " Set PROXY_HOPS=1.",
        )
    if found.env == "production" and not found.https:
        yield Finding(
            "PUBLIC_URL",
            "stop",
            f"{found.public_url} is not https: sign-ins could be read on the way."
            " Put a proxy with a certificate in front and set PUBLIC_URL=https://….",
        )
    else:
        yield Finding("PUBLIC_URL", "ok", found.public_url)


def _places(found: Settings) -> Iterator[Finding]:
    place = found.var_dir
    while not place.exists():
        place = place.parent
    if not place.is_dir():
        yield Finding("VAR_DIR", "stop", f"{place} is no folder: set VAR_DIR to one.")
    elif not os.access(place, os.W_OK):
        yield Finding("VAR_DIR", "stop", f"{found.var_dir} cannot be written: change its owner.")
    elif shutil.disk_usage(place).free < MIN_FREE_BYTES:
        yield Finding("VAR_DIR", "warn", f"less than 500 MB free at {found.var_dir}: make room.")
    else:
        yield Finding("VAR_DIR", "ok", str(found.var_dir))
    yield from _photos(found)


def _photos(found: Settings) -> Iterator[Finding]:
    """Whether photos can be kept and read where the settings say: one is tried."""
    from shop.services.media.storage import storage_of

    service = found.s3_endpoint_url or ""
    if found.env == "production" and service.startswith("http://"):
        yield Finding(
            "S3_ENDPOINT_URL", "warn", f"{service} is not https: photos can be read on the way."
        )
    try:
        storage = storage_of(found)
        storage.put(TRIED_FILE, b"lumbung")
        storage.get(TRIED_FILE)
        storage.delete(TRIED_FILE)
    except (ShopError, OSError, ValueError) as fault:
        reason = type(fault.__cause__ or fault).__name__
        cure = (
            "compare bucket, S3_ENDPOINT_URL, S3_REGION and the two keys with the service's page."
            if found.media_url.startswith("s3:")
            else "change the folder's owner."
        )
        yield Finding("MEDIA_URL", "stop", f"{found.media_url} takes no photo ({reason}): {cure}")
    else:
        yield Finding("MEDIA_URL", "ok", found.media_url)


def _mail(found: Settings) -> Iterator[Finding]:
    if found.smtp_url is None:
        grade = "warn" if found.env == "production" else "ok"
        yield Finding("SMTP_URL", grade, "none: mails become files in VAR_DIR/outbox.")
    if found.env == "production" and found.mail_from.endswith(".example>"):
        yield Finding("MAIL_FROM", "warn", "is still the example: set your own sender.")


def _cards(found: Settings) -> Iterator[Finding]:
    if found.stripe_secret_key is None:
        yield Finding(
            "cards",
            "warn",
            "not offered: set STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET to take them.",
        )
        return
    if found.has_double:
        yield Finding(
            "cards", "ok", f"no real money: the payment double at {found.stripe_api_base}"
        )
        return
    weak = [s for s in found.stripe_webhook_secrets if len(s) < MIN_WEBHOOK_SECRET_LENGTH]
    if weak:
        yield Finding(
            "STRIPE_WEBHOOK_SECRET",
            "stop",
            "is shorter than any of Stripe's, so that others could forge events:"
            " copy it whole from the webhook's page, whsec_….",
        )
    else:
        yield Finding("cards", "ok", f"paid at Stripe, told to {found.public_url}/webhooks/stripe")


def _calendar() -> Iterator[Finding]:
    today, last = date.today(), last_holiday_year()  # noqa: DTZ011 - the operator's own day
    if last < today.year or (last == today.year and today.month >= HOLIDAY_NOTICE_MONTH):
        yield Finding(
            "holidays", "warn", f"known up to {last} only: promises count weekends alone after it."
        )
    else:
        yield Finding("holidays", "ok", f"known up to {last}")


def _database(found: Settings) -> Iterator[Finding]:
    database = reach(found)
    try:
        stands = revision(database)
    except click.ClickException as fault:
        yield Finding("DATABASE_URL", "stop", fault.message)
        return
    if stands != newest_revision():
        yield Finding("database", "stop", "is not up to date: run `lumbung db upgrade`.")
        return
    yield Finding("database", "ok", f"at {stands}, {database.engine.dialect.name}")
    try:
        with database.reading() as session:
            seats = session.scalar(select(OperatorSeat.person_id).limit(1))
            seen = last_seen_worker(session)
    except SQLAlchemyError as fault:
        yield Finding("database", "stop", f"cannot be read ({type(fault).__name__}).")
        return
    if seats is None:
        yield Finding(
            "operator", "warn", "nobody: run `lumbung user create EMAIL --role operator`."
        )
    if found.env == "production" and has_demo_accounts(database):
        yield Finding(
            "demo accounts",
            "stop",
            "stand in this database, with a password everybody knows: start with an empty one.",
        )
    if seen is None or clock.now() - seen > WORKER_QUIET:
        yield Finding("worker", "warn", "none was seen lately: start `lumbung worker`.")
    else:
        yield Finding("worker", "ok", "alive")
