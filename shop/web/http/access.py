"""Who may enter: every route says so, or the app does not start."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import Flask

P = ParamSpec("P")
R = TypeVar("R")

Guard = Callable[[], None]
"""Lets the request pass, or raises NotFound, NotAllowed or a way to sign in."""

_MARK = "__open_to__"


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


def require_declarations(app: Flask) -> None:
    """Refuse to start with a route that is open by accident.

    :raises UndeclaredRoute: naming all of them.
    """
    silent = [name for name, view in app.view_functions.items() if not hasattr(view, _MARK)]
    if silent:
        raise UndeclaredRoute(f"say with @open_to who may enter: {', '.join(sorted(silent))}")
