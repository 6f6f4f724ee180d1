"""Headers of every answer, and who may keep a copy of it."""

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import Flask, Response, g, request
from zlib_ng import gzip_ng

P = ParamSpec("P")
R = TypeVar("R")

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self';"
    " base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)
LEAST_COMPRESSED = 600
"""Bytes below which an answer fits a packet or two anyway."""
PACKED = 3
"""Of 1 to 9: a twentieth larger than 6, in half of its time."""


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
    headers["Content-Security-Policy"] = f"{_POLICY} {origin}" if origin else _POLICY
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=()"
    if request.is_secure:
        headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
    _compress(response)
    if "Cache-Control" not in headers:
        _say_who_keeps(response)
    return response


def _say_who_keeps(response: Response) -> None:
    seconds = g.get("shared_seconds")
    response.vary.add("Cookie")
    if seconds is None or response.status_code != 200 or request.cookies:
        response.headers["Cache-Control"] = "private, no-store"
        return
    response.headers["Cache-Control"] = f"public, max-age={seconds}"
    response.set_etag(hashlib.blake2b(response.get_data(), digest_size=16).hexdigest(), weak=True)
    response.make_conditional(request)


def _compress(response: Response) -> None:
    if (
        response.direct_passthrough
        or response.is_streamed
        or response.status_code in (204, 304)
        or "Content-Encoding" in response.headers
        or not (response.mimetype or "").startswith(("text/", "application/json"))
    ):
        return
    response.vary.add("Accept-Encoding")
    if request.accept_encodings["gzip"] > 0 and (response.content_length or 0) > LEAST_COMPRESSED:
        packed = gzip_ng.compress(  # type: ignore[no-untyped-call]
            response.get_data(), compresslevel=PACKED, mtime=0
        )
        response.set_data(packed)
        response.headers["Content-Encoding"] = "gzip"
