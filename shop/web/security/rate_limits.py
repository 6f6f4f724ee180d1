"""How often something may be tried: counted in the database, so that all processes agree.

A span begins with its first try and ends by itself; nobody stays locked out for good.
"""

import hashlib
import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Flask, make_response, request
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, case, delete, literal, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from shop.core.database.schema import UtcDateTime
from shop.core.values import clock
from shop.core.values.errors import ShopError
from shop.web.http.app_state import database
from shop.web.http.responses import error_page
from shop.web.security.models import RateCounter


class RateLimitExceeded(ShopError):
    """The rate limit is reached; ``wait_seconds`` later a try is allowed again."""

    def __init__(self, wait_seconds: int) -> None:
        super().__init__(f"wait {wait_seconds} seconds")
        self.wait_seconds = wait_seconds

    @property
    def wait_minutes(self) -> int:
        """The same in whole minutes, rounded up, as people are told."""
        return -(-self.wait_seconds // 60)


@dataclass(frozen=True, slots=True)
class Limit:
    """So many tries of something within a span of time."""

    scope: str
    """What is tried, e.g. ``"sign-in:login"``."""
    maximum: int
    window_seconds: int


def hit(scope: str, subject: str, maximum: int, window_seconds: int) -> None:
    """Count one hit, in a short transaction of its own.

    :param scope: what is tried, e.g. ``"track:order"``.
    :param subject: on or by whom: a login, an address, an order number.
    :param maximum: tries allowed within ``window_seconds``, counted from the first.
    :raises RateLimitExceeded: at every try after that, until the span is over.
    """
    hit_all((Limit(scope, maximum, window_seconds), subject))


def hit_all(*tries: tuple[Limit, str]) -> None:
    """Count one hit on several limits at once.

    :raises RateLimitExceeded: when any of them is used up, with the longest wait.
    """
    now = clock.now()

    def work(session: Session) -> list[datetime]:
        # In one order always: two sign-ins at once must not wait for each other.
        ordered = sorted(tries, key=lambda one: (one[0].scope, one[1]))
        ends = [count(session, limit, subject, now) for limit, subject in ordered]
        return [end for end in ends if end is not None]

    over = database().write(work)
    if over:
        raise RateLimitExceeded(max(1, int((max(over) - now).total_seconds())))


def undo_hit(*tries: tuple[Limit, str]) -> None:
    """Undo one hit on each limit after a successful attempt."""
    now = clock.now()
    keys = [_key(limit.scope, subject) for limit, subject in tries]
    with database().writing() as session:
        session.execute(
            update(RateCounter)
            .where(RateCounter.key.in_(keys), RateCounter.tries > 0, RateCounter.ends_at > now)
            .values(tries=RateCounter.tries - 1)
        )


def count(session: Session, limit: Limit, subject: str, now: datetime) -> datetime | None:
    """Count one try; None while it is allowed, else when the span ends."""
    # One statement reads and counts: two processes at once cannot both take the last try.
    statement = _counted(
        session.get_bind().dialect.name == "sqlite",
        _key(limit.scope, subject),
        now,
        now + timedelta(seconds=limit.window_seconds),
    )
    tries, ends_at = session.execute(
        statement.returning(RateCounter.tries, RateCounter.ends_at)
    ).one()
    return ends_at if tries > limit.maximum else None


def sweep(session: Session, now: datetime) -> None:
    """Forget the spans that are over."""
    session.execute(delete(RateCounter).where(RateCounter.ends_at < now))


def visitor_address() -> str:
    """Where the request comes from, as far as one household reaches.

    An IPv6 line hands out 2^64 addresses, so its first half counts as one.
    """
    try:
        address = ipaddress.ip_address(request.remote_addr or "")
    except ValueError:
        return "unknown"
    if address.version == 6:
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def init_app(app: Flask) -> None:
    """Answer too many tries with a page that says how long to wait."""
    app.register_error_handler(RateLimitExceeded, _too_many_page)


def _too_many_page(error: RateLimitExceeded) -> ResponseReturnValue:
    response = make_response(error_page(429, wait_minutes=error.wait_minutes))
    response.headers["Retry-After"] = str(error.wait_seconds)
    return response


def _key(scope: str, subject: str) -> str:
    return hashlib.sha256(f"{scope}\n{subject}".encode()).hexdigest()


def _counted(
    is_sqlite: bool, key: str, now: datetime, ends_at: datetime
) -> sqlite.Insert | postgresql.Insert:
    is_over: ColumnElement[bool] = RateCounter.ends_at <= now
    again = {
        "tries": case((is_over, 1), else_=RateCounter.tries + 1),
        "ends_at": case((is_over, literal(ends_at, UtcDateTime)), else_=RateCounter.ends_at),
    }
    first = {"key": key, "tries": 1, "ends_at": ends_at}
    if is_sqlite:
        return (
            sqlite.insert(RateCounter)
            .values(first)
            .on_conflict_do_update(index_elements=["key"], set_=again)
        )
    return (
        postgresql.insert(RateCounter)
        .values(first)
        .on_conflict_do_update(index_elements=["key"], set_=again)
    )
