"""Codes that people and programs hold on to."""

import hashlib
import re
import secrets

_CODE = re.compile(r"[A-Za-z0-9_-]{22}")


def new_code() -> str:
    """22 url-safe characters from 128 random bits: nobody guesses it."""
    return secrets.token_urlsafe(16)


def is_code(text: str) -> bool:
    """Whether ``text`` could be one of these codes; nothing else is worth a look."""
    return _CODE.fullmatch(text) is not None


def new_secret() -> str:
    """43 url-safe characters from 256 random bits, for cookies and tokens."""
    return secrets.token_urlsafe(32)


def hash_token(secret: str) -> str:
    """SHA-256 of a token, in hex; the database stores only this."""
    return hashlib.sha256(secret.encode()).hexdigest()


def new_pickup_code() -> str:
    """Six digits, the first not zero, so that nobody drops it on the phone."""
    return str(100_000 + secrets.randbelow(900_000))


def order_number(cooperative_code: str, year: int, count: int) -> str:
    """``GYO-26-000123``: cooperative, two digits of the year, running number in that year."""
    return f"{cooperative_code}-{year % 100:02d}-{count:06d}"


def read_order_number(text: str) -> str | None:
    """The order number as the books write it, from what a person typed; None if it is none."""
    typed = re.sub(r"[^A-Z0-9]", "", text.upper()[:40])
    found = re.fullmatch(r"([A-Z]{3})(\d{2})(\d{1,6})", typed)
    return order_number(found[1], int(found[2]), int(found[3])) if found else None
