"""Keyset pages: the next page starts after a row, never after a count of rows."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Row = TypeVar("Row")
Key = tuple[int | str, ...]

PAGE_ROWS = 24


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows and the cursor of what follows them (None on the last page)."""

    rows: tuple[Row, ...]
    next_cursor: str | None


def write_cursor(key: Key) -> str:
    """The sort key of the last row shown, as it stands in an address."""
    raw = json.dumps(key, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def read_cursor(text: str | None, shape: tuple[type, ...]) -> Key | None:
    """The key behind a cursor; None when it is missing, broken or of another sort.

    A cursor comes from an address that anybody can type: a wrong one shows the first page.
    """
    if not text or len(text) > 400:
        return None
    try:
        raw = base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
        key = json.loads(raw)
    except (ValueError, UnicodeError, binascii.Error, RecursionError):
        return None
    if not isinstance(key, list) or len(key) != len(shape):
        return None
    if any(type(part) is not kind for part, kind in zip(key, shape, strict=True)):
        return None
    return tuple(key) if all(map(_is_kept, key)) else None


def _is_kept(part: int | str) -> bool:
    """Whether a database could hold it: no huge number, no NUL, no half of a character."""
    if isinstance(part, int):
        return abs(part) < 2**63
    return "\x00" not in part and not any("\ud800" <= sign <= "\udfff" for sign in part)


def page_of(rows: Sequence[Row], size: int, key: Callable[[Row], Key]) -> Page[Row]:
    """A page from ``size + 1`` rows read: the extra one only tells that more follow."""
    shown = tuple(rows[:size])
    more = len(rows) > size
    return Page(shown, write_cursor(key(shown[-1])) if more else None)
