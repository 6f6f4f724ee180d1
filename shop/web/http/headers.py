"""Headers of every answer, and who may keep a copy of it."""

import hashlib
from collections.abc import Callable, Set
from functools import lru_cache, wraps
from typing import ParamSpec, TypeVar

from flask import Flask, Response, g, request
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header
from zlib_ng import gzip_ng

P = ParamSpec("P")
R = TypeVar("R")

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self';"
    " base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)
_ALWAYS = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()"),
)
MIN_COMPRESSED_BYTES = 600
"""Bytes below which an answer fits a packet or two anyway."""
SHARED_LEVEL, OWN_LEVEL = 3, 2
"""Of 1 to 9: for pages that many get; and for one visitor's own, a twentieth larger and sooner."""


def shared_for(seconds: int) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Mark a view whose page is the same for all visitors without cookies.

    Such a visitor's answer may be kept by a shared cache for ``seconds``; whoever holds a cookie
    gets a page of their own that nobody keeps.
    """

    def mark(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def marked(*args: P.args, **kwargs: P.kwargs) -> R:
            g.shared_seconds = seconds
            return view(*args, **kwargs)

        return marked

    return mark


def allow_form_to(origin: str | None) -> None:
    """Let forms of this answer lead on to another origin: a pay page.

    A browser refuses the redirect after a form otherwise, although our own page took it.

    :param origin: scheme, host and port; None changes nothing.
    """
    if origin:
        g.form_origin = origin


def init_app(app: Flask) -> None:
    """Finish every answer of ``app``: headers, caching, compression."""
    app.after_request(_finish)


def _finish(response: Response) -> Response:
    headers = response.headers
    origin = g.get("form_origin")
    # Only here any of them is set, so none has to be looked for first.
    headers.add("Content-Security-Policy", f"{_POLICY} {origin}" if origin else _POLICY)
    headers.extend(_ALWAYS)
    if request.is_secure:
        headers.add("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
    said = {name.lower() for name, _value in headers}
    varies = _compress(response, said)
    if "cache-control" not in said:
        _say_who_keeps(response)
        varies += ("Cookie",)
    if "vary" in said:
        response.vary.update(varies)
    elif varies:
        headers.add("Vary", ", ".join(varies))
    return response


def _say_who_keeps(response: Response) -> None:
    seconds = g.get("shared_seconds")
    if seconds is None or response.status_code != 200 or request.cookies:
        response.headers.add("Cache-Control", "private, no-store")
        return
    response.headers.add("Cache-Control", f"public, max-age={seconds}")
    # Processors have a step of their own for this one; it takes a third of the time of others.
    mark = hashlib.sha256(response.get_data()).hexdigest()[:32]
    response.set_etag(mark, weak=True)
    if "HTTP_IF_NONE_MATCH" in request.environ:
        response.make_conditional(request)


def _compress(response: Response, said: Set[str]) -> tuple[str, ...]:
    """Pack the answer where that helps; names what it depends on."""
    if "content-encoding" in said:  # packed by who made it, for those who take it
        return ("Accept-Encoding",)
    if (
        response.direct_passthrough
        or response.is_streamed
        or response.status_code in (204, 304)
        or not (response.mimetype or "").startswith(("text/", "application/json"))
    ):
        return ()
    if takes_gzip():
        body = response.get_data()
        if len(body) > MIN_COMPRESSED_BYTES:
            packed = gzip_ng.compress(  # type: ignore[no-untyped-call]
                body, compresslevel=_level(), mtime=0
            )
            response.set_data(packed)
            response.headers.add("Content-Encoding", "gzip")
    return ("Accept-Encoding",)


def _level() -> int:
    return OWN_LEVEL if request.cookies else SHARED_LEVEL


def takes_gzip() -> bool:
    """Whether the visitor's browser unpacks what is packed."""
    return accepts_gzip(request.environ.get("HTTP_ACCEPT_ENCODING", ""))


@lru_cache
def accepts_gzip(accepted: str) -> bool:
    """The same of what such a browser says."""
    return parse_accept_header(accepted, Accept)["gzip"] > 0
