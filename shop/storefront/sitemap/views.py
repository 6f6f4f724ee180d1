"""What machines ask a shop for: where its pages stand, what to leave alone, what it looks like."""

import json
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import cast

from flask import Blueprint, Response, current_app, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from shop.core.database.engine import Database
from shop.core.values.errors import NotFound
from shop.storefront.sitemap import queries as sitemap
from shop.web.http.access import anyone, open_to
from shop.web.http.app_state import database, runtime
from shop.web.i18n.language import LANGUAGES, in_language, language, localized_url

bp = Blueprint("machines", __name__)

KEPT = "public, max-age=3600"
"""An hour: goods come and go more slowly than that, and machines are patient."""

ONES_OWN = (
    "/keranjang",
    "/pembelian",
    "/pesanan",
    "/akun",
    "/surat-demo",
    "/kelola",
    "/lapak",
    "/operator",
    "/webhooks",
)
"""Beginnings of addresses that are one person's, or a desk's: nothing to be found there."""


@bp.get("/sitemap.xml")
@open_to(anyone)
def all_pages() -> ResponseReturnValue:
    """All public pages; in a large market the files in which they stand."""
    with database().reading() as session:
        found = sitemap.parts(session)
    if len(found) > 1:
        files: list[tuple[str, sitemap.Day]] = [("/sitemap/toko.xml", None)]
        files += [(f"/sitemap/{part.number}.xml", part.changed_at) for part in found]
        return _streamed(sitemap.written_index(files, runtime().public_url))
    return _addresses(lambda session: (*sitemap.places(session), *sitemap.goods(session)))


@bp.get("/sitemap/toko.xml")
@open_to(anyone)
def lists() -> ResponseReturnValue:
    """Pages that are no goods."""
    return _addresses(sitemap.places)


@bp.get("/sitemap/<int:part>.xml")
@open_to(anyone)
def some_goods(part: int) -> ResponseReturnValue:
    """Goods of one part.

    :raises NotFound: for a part that no goods stand in.
    """
    with database().reading() as session:
        if part not in {one.number for one in sitemap.parts(session)}:
            raise NotFound(str(part))
    return _addresses(lambda session: sitemap.goods(session, part))


Read = Callable[[Session], Iterable[tuple[str, sitemap.Day]]]


def _addresses(read: Read) -> Response:
    # The app is gone when the last lines are written: take along what they need.
    shop, root = database(), runtime().public_url

    def lines(shop: Database) -> Iterator[str]:
        with shop.reading() as session:
            yield from sitemap.written(read(session), root)

    return _streamed(lines(shop))


def _streamed(lines: Iterator[str]) -> Response:
    """Sent while it is written, packed if the machine takes that: a large market needs no room."""
    packs = request.accept_encodings["gzip"] > 0
    response = Response(_packed(lines) if packs else lines, mimetype="application/xml")
    response.headers["Cache-Control"] = KEPT
    response.vary.add("Accept-Encoding")
    if packs:
        response.headers["Content-Encoding"] = "gzip"
    return response


def _packed(lines: Iterator[str]) -> Iterator[bytes]:
    packer = zlib.compressobj(6, wbits=31)  # 31: with gzip's own head and end
    for line in lines:
        if some := packer.compress(line.encode()):
            yield some
    yield packer.flush()


@bp.get("/robots.txt")
@open_to(anyone)
def robots() -> ResponseReturnValue:
    """What search engines may walk through, and where the list of pages is."""
    closed = dict.fromkeys(in_language(one, path) for path in ONES_OWN for one in LANGUAGES)
    lines = [
        "User-agent: *",
        *(f"Disallow: {path}" for path in closed),
        "",
        f"Sitemap: {runtime().public_url}/sitemap.xml",
        "",
    ]
    response = Response("\n".join(lines), mimetype="text/plain")
    response.headers["Cache-Control"] = KEPT
    return response


@bp.get("/manifest.webmanifest")
@open_to(anyone)
def manifest() -> ResponseReturnValue:
    """What a phone shows of the shop on its first screen."""
    icons = [
        {"src": _asset("img/ikon.svg"), "sizes": "any", "type": "image/svg+xml"},
        {"src": _asset("img/ikon-192.png"), "sizes": "192x192", "type": "image/png"},
        {"src": _asset("img/ikon-512.png"), "sizes": "512x512", "type": "image/png"},
        {
            "src": _asset("img/ikon-penuh-512.png"),
            "sizes": "512x512",
            "type": "image/png",
            "purpose": "maskable",
        },
    ]
    shortcuts = [
        {"name": word, "url": localized_url(path)}
        for word, path in (
            (_("Katalog"), "/produk"),
            (_("Keranjang"), "/keranjang"),
            (_("Lacak pesanan"), "/lacak"),
        )
    ]
    told = {
        "id": "/",
        "name": _("Lumbung, toko bersama koperasi Indonesia"),
        "short_name": "Lumbung",
        "description": _("Belanja langsung dari anggota koperasi Indonesia."),
        "lang": language(),
        "dir": "ltr",
        "start_url": localized_url("/"),
        "scope": "/",
        "display": "standalone",
        "background_color": "#fcfbf7",
        "theme_color": "#122549",
        "categories": ["shopping"],
        "icons": icons,
        "shortcuts": shortcuts,
    }
    response = Response(
        json.dumps(told, ensure_ascii=False, separators=(",", ":")),
        mimetype="application/manifest+json",
    )
    response.headers["Cache-Control"] = KEPT
    return response


@bp.get("/favicon.ico")
@open_to(anyone)
def favicon() -> ResponseReturnValue:
    """The sign, for browsers and machines that look for it where it has always been."""
    response = redirect(_asset("img/favicon.ico"), code=302)
    response.headers["Cache-Control"] = KEPT
    return response


def _asset(name: str) -> str:
    """The lasting address of a file of ours, as templates know it."""
    url = cast("Callable[[str], str]", current_app.jinja_env.globals["asset"])
    return url(name)
