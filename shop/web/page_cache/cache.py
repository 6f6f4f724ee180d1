"""Pages kept ready for visitors without cookies, and dropped in the moment they are untrue.

A view says with :func:`depends_on` which goods, cooperatives and lists its page shows. The finished
answer – packed, with its headers – is kept in this process. Before any is given out, everything
that was committed since is asked for (:class:`Changes`) and what leans on it is dropped: so the
very next visitor sees a new price, whichever process wrote it. What a page says of the time of
day changes with a full hour at most, and no page is kept beyond it.
"""

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote_plus

from flask import Flask, request

from shop.core.database.engine import Database
from shop.core.values import clock
from shop.web.http.headers import accepts_gzip
from shop.web.page_cache.invalidation import ALL, Change, Changes

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

LEANS: Final = "lumbung.leans-on"
HOUR: Final = 3_600  # seconds
BESIDE_BYTES: Final = 1_500
"""What a page takes beside its body: headers, key, places in the index; a rounded guess."""
LONGEST_QUERY: Final = 300
"""Signs; what is longer nobody asks twice."""
LONGEST_TOLD: Final = 2_000
"""Signs of an address up to which what no page reads is taken out of it."""
MAX_REMEMBERED: Final = 50_000
"""Goods and cooperatives of which the last change is known."""
_NOT_IN_304: Final = frozenset({"content-length", "content-type", "content-encoding"})

_logger = logging.getLogger(__name__)

Key = tuple[str, ...]
Subject = tuple[str, int]
LISTS: Final[Subject] = ("lists", 0)


def depends_on(
    *, products: Iterable[int] = (), cooperatives: Iterable[int] = (), lists: bool = False
) -> None:
    """Say what the page at hand shows, all of it: then it may be kept until some of it changes.

    :param products: whose price, stock or words stand on it.
    :param cooperatives: whose facts, or a choice of whose goods.
    :param lists: whether it lists or counts goods of all cooperatives.
    """
    subjects: set[Subject] = {("product", key) for key in products}
    subjects |= {("cooperative", key) for key in cooperatives}
    request.environ[LEANS] = subjects | {LISTS} if lists else subjects


@dataclass(frozen=True, slots=True)
class _Kept:
    headers: list[tuple[str, str]]
    body: bytes
    etag: str
    subjects: frozenset[Subject]
    hour: int

    @property
    def size(self) -> int:
        return len(self.body) + BESIDE_BYTES


@dataclass
class _Answer:
    """What the shop answers, caught on its way out."""

    status: str = ""
    headers: list[tuple[str, str]] = field(default_factory=list)
    extra: tuple[Any, ...] = ()  # what start_response was given beside these two

    def start(self, status: str, headers: list[tuple[str, str]], *extra: Any) -> Callable[..., Any]:
        self.status, self.headers, self.extra = status, headers, extra
        return lambda _data: None


class PageCache:
    """The kept pages of one process, the least asked for leaving first."""

    def __init__(self, new: Callable[[], Sequence[Change]], most_bytes: int) -> None:
        self._new = new
        self._most = most_bytes
        self._lock = threading.Lock()
        self._pages: OrderedDict[Key, _Kept] = OrderedDict()
        self._by_subject: dict[Subject, set[Key]] = {}
        self._changed: dict[Subject, int] = {}
        self._tick = self._all_changed = 0
        self._bytes = 0

    def follow(self) -> int:
        """Drop what was changed since the last look.

        :return: a mark: what is made from now on knows all that changed before it.
        """
        with self._lock:
            return self._follow()

    def get(self, key: Key, hour: int) -> _Kept | None:
        """The page under this key, if it is still true."""
        with self._lock:
            self._follow()
            kept = self._pages.get(key)
            if kept is None or kept.hour != hour:
                return None
            self._pages.move_to_end(key)
            return kept

    def put(self, key: Key, kept: _Kept, mark: int) -> None:
        """Keep a page, unless something it shows was changed while it was made."""
        with self._lock:
            self._follow()
            if mark < self._all_changed or any(
                self._changed.get(subject, 0) > mark for subject in kept.subjects
            ):
                return
            self._drop(key)
            self._pages[key] = kept
            self._bytes += kept.size
            for subject in kept.subjects:
                self._by_subject.setdefault(subject, set()).add(key)
            while self._bytes > self._most:
                self._drop(next(iter(self._pages)))

    def _follow(self) -> int:
        try:
            changes = self._new()
        except Exception:
            # The page itself will say what is wrong with the database.
            _logger.warning("kept pages are dropped: their database does not answer", exc_info=True)
            changes = ALL
        if changes:
            self._tick += 1
            for change in changes:
                self._apply(change)
        return self._tick

    def _apply(self, change: Change) -> None:
        if change.is_everything or len(self._changed) > MAX_REMEMBERED:
            self._pages.clear()
            self._by_subject.clear()
            self._changed.clear()
            self._bytes, self._all_changed = 0, self._tick
            return
        touched: list[Subject] = [LISTS] if change.lists else []
        if change.product_id is not None:
            touched.append(("product", change.product_id))
        if change.cooperative_id is not None:
            touched.append(("cooperative", change.cooperative_id))
        for subject in touched:
            self._changed[subject] = self._tick
            for key in self._by_subject.pop(subject, ()):
                self._drop(key)

    def _drop(self, key: Key) -> None:
        kept = self._pages.pop(key, None)
        if kept is None:
            return
        self._bytes -= kept.size
        for subject in kept.subjects:
            keys = self._by_subject.get(subject)
            if keys is not None:
                keys.discard(key)
                if not keys:
                    del self._by_subject[subject]


def params(query: str, read: frozenset[str]) -> str:
    """The part of an address that a page reads, letter by letter.

    >>> told("fbclid=x&kategori=minuman&utm_source=ig", frozenset({"kategori"}))
    'kategori=minuman'
    """
    parts = query.split("&")
    return "&".join(part for part in parts if unquote_plus(part.partition("=")[0]) in read)


class StoredPages:
    """Stands before the shop and answers what it has ready."""

    def __init__(
        self, app: "WSGIApplication", shelf: PageCache, rooms: Mapping[str, frozenset[str]]
    ) -> None:
        self._app = app
        self._shelf = shelf
        self._rooms = rooms

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        key = self._key(environ)
        if key is None:
            return self._app(environ, start_response)
        hour = int(clock.now().timestamp()) // HOUR
        kept = self._shelf.get(key, hour)
        if kept is None:
            return self._make(key, hour, environ, start_response)
        if kept.etag and kept.etag in environ.get("HTTP_IF_NONE_MATCH", ""):
            return _not_modified(kept.headers, start_response)
        start_response("200 OK", kept.headers)
        return [kept.body]

    def _key(self, environ: "WSGIEnvironment") -> Key | None:
        """Under what a page is kept; None for requests that always go through."""
        if environ["REQUEST_METHOD"] != "GET" or environ.get("HTTP_COOKIE"):
            return None
        path, query = environ.get("PATH_INFO", ""), environ.get("QUERY_STRING", "")
        read = self._rooms.get(path[1:].partition("/")[0])
        # Routing overlooks strokes in front: "//produk" is no page of the first room.
        if read is None or path.startswith("//"):
            return None
        if query and len(query) <= LONGEST_TOLD:
            # The page is made without the rest as well: it names its own address.
            environ["QUERY_STRING"] = query = params(query, read)
        if len(query) > LONGEST_QUERY:
            return None
        return (
            path,
            query,
            # As the page was packed, or it would reach whoever cannot unpack it.
            "gzip" if accepts_gzip(environ.get("HTTP_ACCEPT_ENCODING", "")) else "",
            environ.get("SCRIPT_NAME", ""),
            environ.get("HTTP_HOST", ""),
            environ["wsgi.url_scheme"],
        )

    def _make(
        self,
        key: Key,
        hour: int,
        environ: "WSGIEnvironment",
        start_response: "StartResponse",
    ) -> Iterable[bytes]:
        mark = self._shelf.follow()
        # Whoever has the page already asks only whether it is the same: it is made all the same.
        known = environ.pop("HTTP_IF_NONE_MATCH", "")
        answer = _Answer()
        made = self._app(environ, answer.start)
        try:
            parts = list(made)
        finally:
            if hasattr(made, "close"):
                made.close()
        headers = {name.lower(): value for name, value in answer.headers}
        subjects, etag = environ.get(LEANS), headers.get("etag", "")
        if (
            subjects is not None
            and answer.status.startswith("200")
            and headers.get("cache-control", "").startswith("public")
            and "set-cookie" not in headers
        ):
            parts = [b"".join(parts)]
            kept = _Kept(answer.headers, parts[0], etag, frozenset(subjects), hour)
            self._shelf.put(key, kept, mark)
        if etag and etag in known and answer.status.startswith("200"):
            return _not_modified(answer.headers, start_response)
        start_response(answer.status, answer.headers, *answer.extra)
        return parts


def _not_modified(
    headers: Iterable[tuple[str, str]], start_response: "StartResponse"
) -> Iterable[bytes]:
    said = [pair for pair in headers if pair[0].lower() not in _NOT_IN_304]
    start_response("304 NOT MODIFIED", said)
    return []


def init_app(
    app: Flask, database: Database, *, rooms: Mapping[str, frozenset[str]], most_bytes: int
) -> None:
    """Keep pages ready, up to so many bytes a process.

    :param rooms: by the first part of their addresses, all that their pages read behind the "?".
    """
    if most_bytes:
        shelf = PageCache(Changes(database).new, most_bytes)
        app.wsgi_app = StoredPages(app.wsgi_app, shelf, rooms)  # type: ignore[method-assign]
