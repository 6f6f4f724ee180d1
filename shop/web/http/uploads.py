"""Pages that take photos: their requests may be larger than those of every other page."""

from collections.abc import Callable
from typing import TypeVar

from flask import Flask, current_app, request

View = TypeVar("View", bound=Callable[..., object])

MAX_UPLOAD_BYTES = 40_000_000
"""Bytes: three photos as phones write them, and the words beside them."""
_MARK = "__takes_files__"


def takes_files(view: View) -> View:
    """Let a page receive files; every other page refuses a body above 1 MB unread."""
    setattr(view, _MARK, True)
    return view


def init_app(app: Flask) -> None:
    """Widen the limit for those pages; before anything reads the form."""
    app.before_request(_widen)


def _widen() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    # Files come in parts; words alone are never that many.
    if getattr(view, _MARK, False) and request.mimetype == "multipart/form-data":
        request.max_content_length = MAX_UPLOAD_BYTES
