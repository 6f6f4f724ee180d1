"""In which language a page stands, and how an address of ours is written for it.

Public, cart and account pages have a second address with ``/en`` before it, so that a page's
address alone decides its language and shared caches need not know anybody's wish. Workspaces have
one address; there the person's setting decides.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from flask import Flask, current_app, g, has_request_context, request
from flask_babel import Babel, force_locale, get_locale, gettext
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

from shop.web.i18n import translations

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

HOME: Final = "id"
ENGLISH: Final = "en"
LANGUAGES: Final = (HOME, ENGLISH)
NAMES: Final = {HOME: "Bahasa Indonesia", ENGLISH: "English"}
"""Each in its own language: whoever looks for it may not read the other."""

_PREFIX: Final = "/en"
_FOUND: Final = "lumbung.language"
_WISH: Final = "lumbung.language-wish"
_FIRST: Final = re.compile(r"/([^/?#]*)")
TWO_ADDRESSES: Final = frozenset(
    {
        "",
        "produk",
        "koperasi",
        "cerita",
        "wilayah",
        "keranjang",
        "checkout",
        "pembelian",
        "pesanan",
        "lacak",
        "masuk",
        "keluar",
        "daftar",
        "lupa-sandi",
        "sandi-baru",
        "akun",
        "surat-demo",
        "hemat-data",
        "manifest.webmanifest",
    }
)
"""First parts of the addresses that also stand under ``/en``."""


MAX_ADDRESS_LENGTH = 8_000
"""Characters; three hundred values of facets are fewer."""


def language() -> str:
    """``id`` or ``en``: the language of the page, or of the letter, that is being written."""
    try:
        found: str = g.language
    except (AttributeError, RuntimeError):  # nobody has asked yet, or there is no request
        if not has_request_context():
            return str(get_locale() or HOME)[:2]
        found = g.language = _of_request()
    return found


@contextmanager
def written_in(wanted: str) -> Iterator[None]:
    """Write in this language while the block runs, whatever the page's is.

    :param wanted: ``id`` or ``en``.
    """
    before = g.pop("language", None)
    g.language = wanted
    try:
        with force_locale(wanted):
            yield
    finally:
        g.pop("language", None)
        if before is not None:
            g.language = before


def localized_url(address: str) -> str:
    """The address in the language of the current page.

    Addresses that stand once (workspaces, pictures, other sites, ``#parts``) stay as they are.
    """
    return in_language(language(), address) if language() != HOME else address


def in_language(wanted: str, address: str | None = None) -> str:
    """The same page in another language.

    :param address: the page at hand when left out; written in either language otherwise.
    """
    plain = _plain(here() if address is None else address)
    first = _FIRST.match(plain)
    if wanted == HOME or first is None or first[1] not in TWO_ADDRESSES:
        return plain
    return f"{_PREFIX}{plain}"


def here() -> str:
    """The page at hand, as its visitor reached it; without what nobody typed in earnest.

    A page names it several times: kept whole, a long address would make it many times as heavy.
    """
    whole = request.script_root + request.full_path
    return (
        whole.rstrip("?")
        if len(whole) <= MAX_ADDRESS_LENGTH
        else request.script_root + request.path
    )


def is_localized() -> bool:
    """Whether the current page also exists under ``/en``."""
    first = _FIRST.match(request.path)
    return first is not None and first[1] in TWO_ADDRESSES


def alternate_url() -> str:
    """The current page's address in the other language; empty where there is none."""
    if request.method != "GET" or not is_localized():
        return ""
    return in_language(HOME if language() == ENGLISH else ENGLISH)


def lang_id() -> Markup:
    """The attribute for an element that holds what people wrote in Indonesian.

    Empty on Indonesian pages, where it would say nothing new.
    """
    return Markup(' lang="id"') if language() != HOME else Markup("")


def as_written(text: str, tongue: str = HOME) -> str:
    """What somebody wrote, or a letter says, in its own language: marked on a page of another."""
    if not text or language() == tongue:
        return text
    return Markup('<span lang="{}">{}</span>').format(tongue, text)


def our_word(name: str) -> str:
    """A word of our own lists that stands in a table (a category), in the page's language.

    Templates must not give such a word to ``_``: that takes it for a sentence of ours, in which
    markup is markup and a "%" stands for something else.
    """
    return word(name) if name else name


def named(name: str, name_en: str | None) -> str:
    """The name of goods for whoever reads this page; for attributes and titles, never marked."""
    return name_en if name_en and language() == ENGLISH else name


def shown_name(name: str, name_en: str | None) -> str:
    """The same for the text of a page: an Indonesian name is marked where nothing better is."""
    return named(name, name_en) if name_en else as_written(name)


def set_language_selector(app: Flask, ask: Callable[[], str | None]) -> None:
    """Use ``ask`` to find the language of pages with one address: the person's setting."""
    app.extensions[_WISH] = ask


_ready: dict[tuple[str, str, str], str] = {}
"""Words of ours in each language, as sentences, pages and letters write them."""
_MAX_READY: Final = 10_000


def word(text: str, /, **values: object) -> str:
    """A word of ours in the language of the page, with values in it: what rooms call ``_``.

    Looking it up in the catalogue of words takes longer than most of what pages do with it.
    """
    found = _found_word("", text, lambda found: found)
    return found % values if values else found


@pass_eval_context
def template_word(asked: EvalContext, text: str, /, **values: object) -> str:
    """What templates call ``_``: the same, as markup where the template writes some.

    A page asks for a hundred, always the same ones: each is looked up once a process.
    """
    form: type[str] = Markup if asked.autoescape else str
    if values:
        return _found_word(form.__name__, text, form) % values
    # "%%" stands for one "%", in words without values too.
    return _found_word(f"{form.__name__}%", text, lambda found: form(found) % {})


def _found_word(way: str, text: str, write: Callable[[str], str]) -> str:
    key = (language(), way, text)
    found = _ready.get(key)
    if found is None:
        found = write(gettext(text))
        if len(_ready) < _MAX_READY:
            _ready[key] = found
    return found


def init_app(app: Flask) -> None:
    """Serve both addresses and write each page in its language."""
    translations.compile_sheets()
    Babel(app, locale_selector=lambda: language() if has_request_context() else HOME)
    app.jinja_env.globals.update(gettext=template_word, _=template_word)
    app.wsgi_app = _TwoAddresses(app.wsgi_app)  # type: ignore[method-assign]
    app.jinja_env.globals.update(
        to=localized_url,
        page_address=here,  # pages name addresses of their own "here"
        lang_id=lang_id,
        as_written=as_written,
        our_word=our_word,
        named=named,
        shown_name=shown_name,
        in_language=in_language,
        language=language,
        alternate_url=alternate_url,
        language_names=NAMES,
    )


def _of_request() -> str:
    # An address under "/en" that no page has is still asked for, and answered, in English.
    if request.environ.get(_FOUND) == ENGLISH or request.path.startswith(f"{_PREFIX}/"):
        return ENGLISH
    if is_localized():
        return HOME
    ask: Callable[[], str | None] | None = current_app.extensions.get(_WISH)
    chosen = ask() if ask is not None else None
    return chosen if chosen in LANGUAGES else HOME


def _plain(address: str) -> str:
    """An address without ``/en``."""
    if address == _PREFIX or address.startswith((f"{_PREFIX}/", f"{_PREFIX}?", f"{_PREFIX}#")):
        # One stroke, whatever stood there: two would name another site.
        return "/" + address[len(_PREFIX) :].lstrip("/\\")
    return address


class _TwoAddresses:
    """Takes ``/en`` off an address before the app sees it: each page has one route only."""

    def __init__(self, app: "WSGIApplication") -> None:
        self._app = app

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> "list[bytes]":
        path: str = environ.get("PATH_INFO", "")
        if path == _PREFIX or path.startswith(f"{_PREFIX}/"):
            rest = path[len(_PREFIX) :] or "/"
            first = _FIRST.match(rest)
            # Routing overlooks strokes in front: "//kelola" would be a desk under "/en".
            if first is not None and first[1] in TWO_ADDRESSES and not rest.startswith("//"):
                environ["PATH_INFO"] = rest
                environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + _PREFIX
                environ[_FOUND] = ENGLISH
        return self._app(environ, start_response)  # type: ignore[return-value]
