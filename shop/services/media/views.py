"""Handing out photos: named by their contents, kept by browsers for a year."""

from collections.abc import Iterable

from flask import Blueprint, Flask, Response, send_file

from shop.services.media.errors import PhotoNotFound
from shop.services.media.photo_uploads import storage
from shop.services.media.queries import Candidate
from shop.services.media.rules import FOREVER, format_of
from shop.web.http.access import anyone, open_to

bp = Blueprint("media", __name__)


def media_url(name: str) -> str:
    """The address of a stored photo."""
    return f"/media/{name}"


def srcset(candidates: Iterable[Candidate]) -> str:
    """The files a browser may choose from, as the attribute of this name takes them."""
    return ", ".join(f"{media_url(file.name)} {file.width}w" for file in candidates)


def init_app(app: Flask, _settings: object) -> None:
    """Let templates name photos."""
    app.jinja_env.globals.update(media_url=media_url, srcset=srcset)


@bp.get("/media/<path:name>")
@open_to(anyone)
def photo(name: str) -> Response:
    """One rendition of a photo.

    :raises PhotoNotFound: for a name that we never give, or that stands nowhere.
    """
    kind = format_of(name)
    if kind is None:
        raise PhotoNotFound(name)
    file = storage().path(name)
    if file is None:
        response = Response(storage().get(name), mimetype=kind.mime_type)
    elif file.is_file():
        response = send_file(file, mimetype=kind.mime_type, conditional=False, etag=False)
    else:
        raise PhotoNotFound(name)
    response.headers["Cache-Control"] = FOREVER
    return response
