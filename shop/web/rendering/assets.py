"""Stylesheets, scripts, fonts and drawings as files that never change: their name carries
their content.

CSS is written by component and joined here, in layer order, when the app starts: one file for
shoppers, one more for workspaces. Script stays in modules, so that a page loads only those it
uses; they lie in one folder whose name changes with any of them, and find each other by their
plain names. Everything is served from memory, so nothing is written, two processes cannot
disagree, and a picture of the shop's face costs no trip through Flask.
"""

import gzip
import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Final

import brotli
from flask import Flask
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from shop.web.rendering import scripts

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

PREFIX: Final = "/static/"
LAYERS: Final = ("reset", "tokens", "base", "layout", "components", "utilities", "print")
SHOPPERS: Final = "css/toko.css"
WORKSPACES: Final = "css/meja.css"
MODULES: Final = "js/"

TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".ico": "image/x-icon",
    ".png": "image/png",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}
PACKED: Final = frozenset({".png", ".webp", ".woff2"})  # compressed by their format already


class UnknownAsset(LookupError):
    """A template names a file that does not exist; a mistake of ours."""


def minified(css: str) -> str:
    """Without comments and the white space that only people need.

    Plain on purpose: it knows our own files, not all of CSS. Text in quotes keeps its spaces,
    because a motif's drawing stands in one.
    """
    parts = re.split(r"(\"[^\"]*\")", re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL))
    for index in range(0, len(parts), 2):
        loose = re.sub(r"\s+", " ", parts[index])
        loose = re.sub(r" ?([{};,>]) ?", r"\1", loose)
        parts[index] = re.sub(r": ", ":", loose).replace(";}", "}")
    return "".join(parts).strip()


def stripped(script: str) -> str:
    """A module without the comments and the indentation that only people need.

    Only whole lines of comment go: a line of code is never read, so it is never misread.
    """
    lines = (line.strip() for line in script.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//")) + "\n"


def imports(script: str) -> tuple[str, ...]:
    """Names of the modules beside it that a module needs before it can run."""
    return tuple(re.findall(r"^import [^\"]*\"\./([\w-]+\.js)\";$", script, flags=re.MULTILINE))


@dataclass(slots=True)
class Asset:
    """One file: its bytes and, once somebody asked, its packed forms."""

    name: str
    body: bytes
    folder_mark: str = ""
    """For files that name each other: the hash of all of them stands in the folder's name."""
    packed: dict[str, bytes] = field(default_factory=dict)

    @property
    def suffix(self) -> str:
        """Ending that decides the content type."""
        return Path(self.name).suffix

    @property
    def path(self) -> str:
        """Name with the first 64 bits of its content's hash: ``css/toko.0a1b….css``."""
        if self.folder_mark:
            folder, _, file = self.name.partition("/")
            return f"{folder}.{self.folder_mark}/{file}"
        mark = _mark(self.body)
        return f"{self.name.removesuffix(self.suffix)}.{mark}{self.suffix}"

    def encoded(self, accepted: Accept) -> tuple[bytes, str | None]:
        """Body in the smallest form the browser takes, with the name of that form.

        Packing waits for the first question, so that the app starts at once.
        """
        if self.suffix in PACKED:
            return self.body, None
        for form, pack in _PACKERS:
            if accepted[form] > 0:
                if form not in self.packed:
                    self.packed[form] = pack(self.body)
                return self.packed[form], form
        return self.body, None


_PACKERS: Final[tuple[tuple[str, Callable[[bytes], bytes]], ...]] = (
    ("br", lambda body: bytes(brotli.compress(body, quality=9))),
    ("gzip", lambda body: gzip.compress(body, compresslevel=6, mtime=0)),
)


class Assets:
    """All files of ``static/``, by their plain name and by their lasting address."""

    def __init__(self, folder: Path) -> None:
        self._by_name = {
            name: Asset(name, file.read_bytes())
            for file in sorted(folder.rglob("*"))
            if file.suffix in TYPES and file.suffix != ".css"
            for name in [file.relative_to(folder).as_posix()]
            if not name.startswith(MODULES)
        }
        self._gather(folder / MODULES)
        css = folder / "css"
        shoppers = [css / f"{layer}.css" for layer in LAYERS if layer != "components"]
        shoppers[4:4] = sorted((css / "components").glob("*.css"))
        self._join(SHOPPERS, folder, shoppers, head=f"@layer {', '.join(LAYERS)};")
        self._join(WORKSPACES, folder, sorted((css / "desk").glob("*.css")))
        self._urls = {name: PREFIX + asset.path for name, asset in self._by_name.items()}
        self._by_url = {self._urls[name]: asset for name, asset in self._by_name.items()}

    def _join(self, name: str, folder: Path, files: Iterable[Path], head: str = "") -> None:
        """Make one stylesheet of many, with the addresses in it made lasting."""

        def lasting(match: re.Match[str], file: Path) -> str:
            target = (file.parent / match[1]).resolve().relative_to(folder.resolve())
            return f'url("{PREFIX}{self.asset(target.as_posix()).path}")'

        parts = [head]
        for file in files:
            text = file.read_text(encoding="utf-8")
            parts.append(
                re.sub(r"url\(\"(\.\./[^\"]+)\"\)", lambda m, f=file: lasting(m, f), text)  # type: ignore[misc]
            )
        self._by_name[name] = Asset(name, minified("\n".join(parts)).encode())

    def _gather(self, folder: Path) -> None:
        """Take all modules under one mark: a page never mixes modules of two releases."""
        texts = {
            MODULES + file.name: stripped(file.read_text(encoding="utf-8"))
            for file in sorted(folder.glob("*.js"))
        }
        mark = _mark("\0".join(part for pair in texts.items() for part in pair).encode())
        for name, text in texts.items():
            self._by_name[name] = Asset(name, text.encode(), folder_mark=mark)

    def with_imports(self, *names: str) -> tuple[str, ...]:
        """Modules by plain name and all that they import, so that a page can ask for all at once.

        :raises UnknownAsset: for a module nobody wrote.
        """
        found: dict[str, None] = {}
        ahead = list(names)
        while ahead:
            name = ahead.pop(0)
            if name not in found:
                found[name] = None
                ahead += [MODULES + one for one in imports(self.asset(name).body.decode())]
        return tuple(found)

    def asset(self, name: str) -> Asset:
        """One file by its plain name.

        :raises UnknownAsset: at the first page that asks, not in the browser's console.
        """
        try:
            return self._by_name[name]
        except KeyError:
            raise UnknownAsset(name) from None

    def url(self, name: str) -> str:
        """Lasting address of a file, e.g. ``css/toko.css``; the templates' ``asset()``."""
        try:
            return self._urls[name]
        except KeyError:
            raise UnknownAsset(name) from None

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        """Answer what lies under ``/static/``, mounted there in front of the app."""
        method = environ.get("REQUEST_METHOD", "GET")
        asset = self._by_url.get(environ["SCRIPT_NAME"] + environ["PATH_INFO"])
        if method not in {"GET", "HEAD"}:
            return _refuse(start, HTTPStatus.METHOD_NOT_ALLOWED, [("Allow", "GET, HEAD")])
        if asset is None:
            return _refuse(start, HTTPStatus.NOT_FOUND, [])
        body, encoding = asset.encoded(
            parse_accept_header(environ.get("HTTP_ACCEPT_ENCODING", ""), Accept)
        )
        headers = [
            ("Content-Type", TYPES[asset.suffix]),
            ("Content-Length", str(len(body))),
            ("Cache-Control", "public, max-age=31536000, immutable"),
            ("X-Content-Type-Options", "nosniff"),
            ("Cross-Origin-Resource-Policy", "same-origin"),
        ]
        if asset.suffix not in PACKED:
            headers.append(("Vary", "Accept-Encoding"))
        if encoding:
            headers.append(("Content-Encoding", encoding))
        start("200 OK", headers)
        return [] if method == "HEAD" else [body]


def init_app(app: Flask, folder: Path) -> None:
    """Serve the files of ``folder`` and let templates name them with ``asset()``."""
    assets = Assets(folder)
    app.wsgi_app = DispatcherMiddleware(  # type: ignore[method-assign]
        app.wsgi_app, {PREFIX.rstrip("/"): assets}
    )
    app.jinja_env.globals["asset"] = assets.url
    scripts.init_app(app, assets.with_imports, assets.url)


def _mark(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:16]


def _refuse(
    start: "StartResponse", status: HTTPStatus, extra: list[tuple[str, str]]
) -> Iterable[bytes]:
    headers = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", "0"), *extra]
    start(f"{status.value} {status.phrase}", headers)
    return []
