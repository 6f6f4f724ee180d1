"""Public pages, stored until something that they show changes.

A view declares with :func:`depends_on` which goods, cooperatives and lists its page shows. Two
things are stored of such a page, in the memory of this process:

- the page itself, rendered once for everybody, with gaps where visitors differ (``slots``);
- the finished answer for visitors without cookies, compressed, with its headers.

Before any is used, everything that was committed since the last look is read
(``invalidation``), and what depends on it is dropped: whom this process answers next sees a new
price, whichever process wrote it. What a page says of the time of day changes at a full hour at
the earliest, so nothing is used after its hour.
"""

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol
from urllib.parse import unquote_plus

from flask import request

from shop.core.values import clock
from shop.web.http.headers import accepts_gzip
from shop.web.page_cache.invalidation import ALL, Change

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

SUBJECTS: Final = "lumbung.page-subjects"
"""In the WSGI environment: what the page at hand depends on."""
KEY: Final = "lumbung.page-key"
"""In the WSGI environment: the address as the cache knows it; absent for what is not cached."""
HOUR: Final = 3_600  # seconds
OVERHEAD_BYTES: Final = 1_500
"""What an entry takes beside its content: headers, key, index; a rounded guess."""
MAX_QUERY_LENGTH: Final = 300
"""Characters; longer queries are rarely repeated, so their pages are not stored."""
MAX_NORMALIZED_LENGTH: Final = 2_000
"""Characters of a query up to which unknown parameters are removed; longer ones stay whole."""
MAX_REMEMBERED: Final = 50_000
"""Goods and cooperatives of which the last change is remembered."""
_NOT_IN_304: Final = frozenset({"content-length", "content-type", "content-encoding"})

_logger = logging.getLogger(__name__)

Key = tuple[str, ...]
Subject = tuple[str, int]
"""A kind and an id: ``("product", 7)``."""
LISTS: Final[Subject] = ("lists", 0)
"""All lists and counts of goods; there is one of it."""


def depends_on(
    *, products: Iterable[int] = (), cooperatives: Iterable[int] = (), lists: bool = False
) -> None:
    """Declare all that this page depends on, so that it can be stored until one of them changes.

    Call it before the page is rendered, and only for a page that is the same for everybody but
    for its slots. Several calls add up.

    :param products: ids of goods whose price, stock or text is on the page.
    :param cooperatives: ids of cooperatives whose facts are on it, or a choice of their goods.
    :param lists: whether it lists or counts goods of all cooperatives.
    """
    subjects: set[Subject] = {("product", key) for key in products}
    subjects |= {("cooperative", key) for key in cooperatives}
    if lists:
        subjects.add(LISTS)
    request.environ[SUBJECTS] = request.environ.get(SUBJECTS, frozenset()) | subjects


class Sized(Protocol):
    """What can be stored."""

    @property
    def size(self) -> int:
        """Bytes in memory."""


@dataclass(frozen=True, slots=True)
class FinishedAnswer:
    """An answer for visitors without cookies, compressed, with its headers."""

    headers: tuple[tuple[str, str], ...]
    body: bytes
    etag: str

    @property
    def size(self) -> int:
        """Bytes of the body."""
        return len(self.body)


@dataclass(frozen=True, slots=True)
class _Entry:
    content: Any  # as it was stored: a FinishedAnswer, or a page of ``slots``
    subjects: frozenset[Subject]
    hour: int
    size: int


class ReadAt(NamedTuple):
    """When the changes were read last."""

    generation: int
    """Grows with every look that found something."""
    hour: int
    """Whole hours since 1970."""


class Looked(NamedTuple):
    """What a look into the store found."""

    content: Any  # what was put under the key; None if nothing is
    read_at: ReadAt


class PageCache:
    """What one process has stored; the least recently used leaves first.

    :param new_changes: reads what was committed since it was called last.
    :param max_bytes: of all entries together.
    """

    def __init__(self, new_changes: Callable[[], Sequence[Change]], max_bytes: int) -> None:
        self._new_changes = new_changes
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        self._entries: OrderedDict[Key, _Entry] = OrderedDict()
        self._keys_by_subject: dict[Subject, set[Key]] = {}
        self._changed_in: dict[Subject, int] = {}
        self._generation = self._all_changed_in = 0
        self._bytes = 0

    def look_up(self, key: Key) -> Looked:
        """What is stored under this key and still true, after all changes so far."""
        with self._lock:
            self._read_changes()
            hour = _hour()
            entry = self._entries.get(key)
            if entry is None or entry.hour != hour:
                return Looked(None, ReadAt(self._generation, hour))
            self._entries.move_to_end(key)
            return Looked(entry.content, ReadAt(self._generation, hour))

    def put(self, key: Key, content: Sized, subjects: frozenset[Subject], read_at: ReadAt) -> None:
        """Store something, unless what it shows has changed since its data was read.

        :param read_at: from :meth:`look_up`, called before the data was read.
        """
        entry = _Entry(content, subjects, read_at.hour, content.size + OVERHEAD_BYTES)
        with self._lock:
            self._read_changes()
            if read_at.generation < self._all_changed_in or any(
                self._changed_in.get(subject, 0) > read_at.generation for subject in entry.subjects
            ):
                return
            self._drop(key)
            if entry.size > self._max_bytes:
                return
            self._entries[key] = entry
            self._bytes += entry.size
            for subject in entry.subjects:
                self._keys_by_subject.setdefault(subject, set()).add(key)
            while self._bytes > self._max_bytes:
                self._drop(next(iter(self._entries)))

    def _read_changes(self) -> None:
        try:
            changes = self._new_changes()
        except Exception:
            # The view will fail on the same database, and answer with an error page.
            _logger.warning(
                "stored pages are dropped: their database does not answer", exc_info=True
            )
            changes = ALL
        if changes:
            self._generation += 1
            for change in changes:
                self._apply(change)

    def _apply(self, change: Change) -> None:
        if change.is_everything or len(self._changed_in) > MAX_REMEMBERED:
            self._entries.clear()
            self._keys_by_subject.clear()
            self._changed_in.clear()
            self._bytes, self._all_changed_in = 0, self._generation
            return
        changed: list[Subject] = [LISTS] if change.lists else []
        if change.product_id is not None:
            changed.append(("product", change.product_id))
        if change.cooperative_id is not None:
            changed.append(("cooperative", change.cooperative_id))
        for subject in changed:
            self._changed_in[subject] = self._generation
            for key in self._keys_by_subject.pop(subject, ()):
                self._drop(key)

    def _drop(self, key: Key) -> None:
        entry = self._entries.pop(key, None)
        if entry is None:
            return
        self._bytes -= entry.size
        for subject in entry.subjects:
            keys = self._keys_by_subject.get(subject)
            if keys is not None:
                keys.discard(key)
                if not keys:
                    del self._keys_by_subject[subject]


def _hour() -> int:
    return int(clock.now().timestamp()) // HOUR


def known_parameters(query: str, known: frozenset[str]) -> str:
    """The parameters of a query that a page reads; others (``?fbclid=…``) change nothing.

    >>> known_parameters("fbclid=x&kategori=minuman&utm_source=ig", frozenset({"kategori"}))
    'kategori=minuman'
    """
    parts = query.split("&")
    return "&".join(part for part in parts if unquote_plus(part.partition("=")[0]) in known)


def page_key(environ: "WSGIEnvironment", known: Mapping[str, frozenset[str]]) -> Key | None:
    """Under which key a requested page is stored; None for requests that are never cached.

    Parameters that no page reads are removed from the request, so that the page names its own
    address without them.

    :param known: by the first part of a path, the parameters that its pages read
        (``shop.app.KNOWN_PARAMETERS``).
    """
    if environ["REQUEST_METHOD"] != "GET":
        return None
    path, query = environ.get("PATH_INFO", ""), environ.get("QUERY_STRING", "")
    read = known.get(path[1:].partition("/")[0])
    # Routing overlooks slashes in front: "//produk" leads to the list, not to the front page.
    if read is None or path.startswith("//"):
        return None
    if query and len(query) <= MAX_NORMALIZED_LENGTH:
        environ["QUERY_STRING"] = query = known_parameters(query, read)
    if len(query) > MAX_QUERY_LENGTH:
        return None
    return (
        path,
        query,
        environ.get("SCRIPT_NAME", ""),
        environ.get("HTTP_HOST", ""),
        environ["wsgi.url_scheme"],
    )


@dataclass
class _Captured:
    """An answer of the app, caught on its way out."""

    status: str = ""
    headers: list[tuple[str, str]] = field(default_factory=list)
    extra: tuple[Any, ...] = ()  # what start_response was given beside these two

    def start(self, status: str, headers: list[tuple[str, str]], *extra: Any) -> Callable[..., Any]:
        self.status, self.headers, self.extra = status, headers, extra
        return lambda _data: None


class FinishedAnswers:
    """WSGI middleware: answers visitors without cookies before the app is asked."""

    def __init__(
        self, app: "WSGIApplication", cache: PageCache, known: Mapping[str, frozenset[str]]
    ) -> None:
        self._app = app
        self._cache = cache
        self._known = known

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        key = page_key(environ, self._known)
        if key is None:
            return self._app(environ, start_response)
        environ[KEY] = key
        if environ.get("HTTP_COOKIE"):
            return self._app(environ, start_response)
        # One for each encoding: compressed bytes must not reach browsers that cannot read them.
        encoding = "gzip" if accepts_gzip(environ.get("HTTP_ACCEPT_ENCODING", "")) else "identity"
        answer_key = ("answer", encoding, *key)
        found = self._cache.look_up(answer_key)
        if found.content is None:
            return self._make(answer_key, found.read_at, environ, start_response)
        answer: FinishedAnswer = found.content
        if answer.etag and answer.etag in environ.get("HTTP_IF_NONE_MATCH", ""):
            return _not_modified(answer.headers, start_response)
        start_response("200 OK", list(answer.headers))
        return [answer.body]

    def _make(
        self,
        key: Key,
        read_at: ReadAt,
        environ: "WSGIEnvironment",
        start_response: "StartResponse",
    ) -> Iterable[bytes]:
        # With this header the app might answer 304, and there would be no body to store.
        known_etag = environ.pop("HTTP_IF_NONE_MATCH", "")
        captured = _Captured()
        made = self._app(environ, captured.start)
        try:
            parts = list(made)
        finally:
            if hasattr(made, "close"):
                made.close()
        headers = {name.lower(): value for name, value in captured.headers}
        subjects, etag = environ.get(SUBJECTS), headers.get("etag", "")
        if (
            subjects is not None
            and captured.status.startswith("200")
            and headers.get("cache-control", "").startswith("public")
            and "set-cookie" not in headers
        ):
            parts = [b"".join(parts)]
            answer = FinishedAnswer(tuple(captured.headers), parts[0], etag)
            self._cache.put(key, answer, subjects, read_at)
        if etag and etag in known_etag and captured.status.startswith("200"):
            return _not_modified(captured.headers, start_response)
        start_response(captured.status, captured.headers, *captured.extra)
        return parts


def _not_modified(
    headers: Iterable[tuple[str, str]], start_response: "StartResponse"
) -> Iterable[bytes]:
    kept = [pair for pair in headers if pair[0].lower() not in _NOT_IN_304]
    start_response("304 NOT MODIFIED", kept)
    return []
