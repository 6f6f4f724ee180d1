"""What a request must satisfy before its view runs: its path, its size, and who may enter.

Every route says who may enter, or the app does not start.
"""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import Flask, current_app, request

from shop.core.values.errors import NotFound

P = ParamSpec("P")
R = TypeVar("R")
View = TypeVar("View", bound=Callable[..., object])

Guard = Callable[[], None]
"""Lets the request pass, or raises NotFound, NotAllowed or a way to sign in."""

MAX_UPLOAD_BYTES = 40_000_000
"""Bytes: three photos as phones write them, and the words beside them."""
_MARK = "__open_to__"
_TAKES_FILES = "__takes_files__"


class UndeclaredRoute(RuntimeError):
    """A route that does not say who may enter: a mistake of ours, found at start."""


def anyone() -> None:
    """A page for everybody."""


def open_to(*guards: Guard) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Declare who may enter a view; each guard has to let the request pass, in this order."""
    if not guards:
        raise UndeclaredRoute("open_to() names nobody")

    def declare(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            for guard in guards:
                guard()
            return view(*args, **kwargs)

        setattr(guarded, _MARK, guards)
        return guarded

    return declare


def takes_files(view: View) -> View:
    """Let a page receive files; every other page refuses a body above 1 MB unread."""
    setattr(view, _TAKES_FILES, True)
    return view


def require_declarations(app: Flask) -> None:
    """Refuse to start with a route that is open by accident.

    :raises UndeclaredRoute: naming all of them.
    """
    silent = [name for name, view in app.view_functions.items() if not hasattr(view, _MARK)]
    if silent:
        raise UndeclaredRoute(f"say with @open_to who may enter: {', '.join(sorted(silent))}")


def init_app(app: Flask) -> None:
    """Check path and size of each request, before anything reads its form."""
    app.before_request(_check_path)
    app.before_request(_limit_size)


def _check_path() -> None:
    """No address of ours holds a NUL; PostgreSQL would refuse it in the middle of a page."""
    if "\x00" in request.path:
        raise NotFound


def _limit_size() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    # Files come in parts; words alone are never that many.
    if getattr(view, _TAKES_FILES, False) and request.mimetype == "multipart/form-data":
        request.max_content_length = MAX_UPLOAD_BYTES
