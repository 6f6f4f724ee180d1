"""Handing a printed document to whoever asked for it."""

from flask import Response


def as_file(made: bytes, name: str) -> Response:
    """A document to be kept or printed, which no cache keeps."""
    response = Response(made, mimetype="application/pdf")
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
