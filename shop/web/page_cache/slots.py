"""Slots: the few places of a page that differ between its visitors.

A template writes ``{{ slot("cart_count") }}``. In the rendered page stands a mark, and on the way
out the mark is replaced by what a function says for this visitor (:func:`define_slot`). So a page
that declares what it depends on (``cache.depends_on``) is rendered once, stored with its marks, and
answered to everybody by replacing them. Whatever is a visitor's own must stand in a slot:
``tests/storefront/home/test_shared_pages.py`` compares what visitors of all kinds read.
"""

import logging
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from flask import Flask, Response, current_app, g, request, session
from markupsafe import Markup

from shop.web.http.data_saver import is_data_saver_on
from shop.web.page_cache.cache import KEY, SUBJECTS, Key, PageCache, Subject
from shop.web.security.csrf import token

_logger = logging.getLogger(__name__)

_SECRET: Final = secrets.token_hex(16)
"""Nobody has seen it, so no text of anybody's holds a mark."""
_SLOTS: Final = "lumbung.slots"
_MARK: Final = re.compile(rf"{_SECRET}([a-z_]+);".encode())


def slot(name: str) -> Markup:
    """A mark where the page differs between visitors.

    :param name: as :func:`define_slot` was told; a to z and ``_``.
    """
    g.has_slots = True
    return Markup(f"{_SECRET}{name};")  # noqa: S704 - a hexadecimal secret and a name


@dataclass(frozen=True, slots=True)
class SlottedPage:
    """A rendered page, cut at its marks."""

    parts: tuple[bytes, ...]
    """Texts and names of slots by turns; the first and the last are texts."""
    subjects: frozenset[Subject] | None
    """What it depends on; None: it is not stored."""
    shared_seconds: int | None
    """How long shared caches may keep it, for visitors without cookies."""

    @property
    def size(self) -> int:
        """Bytes of all parts."""
        return sum(map(len, self.parts))

    def filled(self) -> bytes:
        """The page as the present visitor reads it."""
        values = {name: _value(name) for name in set(self.parts[1::2])}
        parts = list(self.parts)
        parts[1::2] = [values[name] for name in parts[1::2]]
        return b"".join(parts)


def _value(name: bytes) -> bytes:
    try:
        value: str = current_app.extensions[_SLOTS][name]()
    except Exception:
        # An error page has slots as well: its marks would be sent as they are.
        _logger.exception("slot %s stays empty", name.decode())
        return b""
    return value.encode()


def define_slot(app: Flask, name: str, value: Callable[[], str]) -> None:
    """Say what stands in a slot for the visitor of the present request.

    :param name: a to z and ``_``.
    :param value: its markup goes into the page as it is.
    """
    app.extensions.setdefault(_SLOTS, {})[name.encode()] = value


def slot_macro(name: str, *values: object) -> str:
    """What a macro of ``templates/slots.html`` says."""
    return str(getattr(current_app.jinja_env.get_template("slots.html").module, name)(*values))


def _messages() -> str:
    # Messages lie in the session's cookie. To open the session of a visitor without one would let
    # the answer vary by cookies.
    return slot_macro("messages") if request.cookies and "_flashes" in session else ""


class _Pages:
    """Stores slotted pages, and fills the slots of every page."""

    def __init__(self, cache: PageCache | None) -> None:
        self._cache = cache

    def answer(self) -> Response | None:
        """The requested page, if it is stored."""
        key = _key()
        if self._cache is None or key is None:
            return None
        found = self._cache.look_up(key)
        if found.content is None:
            g.changes_read_at = found.read_at
            return None
        page: SlottedPage = found.content
        g.shared_seconds, request.environ[SUBJECTS] = page.shared_seconds, page.subjects
        return Response(page.filled(), mimetype="text/html")

    def finish(self, response: Response) -> Response:
        """Store a page that may be stored, and fill its slots; error pages have slots too."""
        if not g.get("has_slots"):
            return response
        subjects: frozenset[Subject] | None = request.environ.get(SUBJECTS)
        parts = tuple(_MARK.split(response.get_data()))
        page = SlottedPage(parts, subjects, g.get("shared_seconds"))
        key = _key()
        if (
            self._cache is not None
            and key is not None
            and subjects is not None
            and page.shared_seconds is not None
            and response.status_code == 200
            and "Set-Cookie" not in response.headers
        ):
            self._cache.put(key, page, subjects, g.changes_read_at)
        response.set_data(page.filled())
        return response


def _key() -> Key | None:
    key: Key | None = request.environ.get(KEY)
    return None if key is None else ("page", "saver" if is_data_saver_on() else "", *key)


def init_app(app: Flask, cache: PageCache | None) -> None:
    """Fill the slots of all pages, and store those that may be stored.

    :param cache: None stores nothing.
    """
    define_slot(app, "csrf_token", token)
    define_slot(app, "messages", _messages)
    pages = _Pages(cache)
    app.before_request(pages.answer)
    app.after_request(pages.finish)
    app.jinja_env.globals.update(slot=slot, csrf_token=lambda: slot("csrf_token"))
