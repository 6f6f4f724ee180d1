"""What a page tells machines about itself: where it stands, whether to list it, how to show it.

A view that shows something of its own says so with :func:`canonical_url`; every other page (a
cart, an account, a desk, a refusal) asks search engines not to list it. Addresses start with
PUBLIC_URL, never with what a request called us, so that a page is the same for everybody.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal
from urllib.parse import urlsplit

from flask import Flask, Response, g, request
from markupsafe import Markup

from shop.web.http.app_state import EXTENSION, Runtime, runtime
from shop.web.i18n.language import HOME, LANGUAGES, in_language, language

Kind = Literal["website", "article", "product"]
"""What Open Graph calls a page."""

Facts = Mapping[str, object]
"""One thing in the words of schema.org."""

NEVER_MET: Final = frozenset({"/checkout"})
"""Pages that only a cart opens: whoever comes without one is led to the cart's own page, which asks
not to be listed. So these need not ask, and a check of what they offer people finds no fault."""

_THIS_MACHINE: Final = frozenset({"127.0.0.1", "::1", "localhost"})
TITLE_END: Final = " — Lumbung"
_LOCALES: Final = {"id": "id_ID", "en": "en_US"}
_IN_SCRIPT: Final = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})
"""Inside a script element only these could end it; JSON reads them all the same."""


@dataclass(frozen=True, slots=True)
class Preview:
    """The picture that stands beside a link to a page."""

    path: str
    """Of ours, with its stroke: ``/media/…``."""
    width: int
    height: int
    alt: str


@dataclass(frozen=True, slots=True)
class Head:
    """What the head of the present page says beside its title and description."""

    address: str
    """Where the page stands, whole."""
    others: tuple[tuple[str, str], ...]
    """Language and whole address of the same page, its own among them; the last is for all."""
    kind: Kind
    preview: Preview | None
    is_listed: bool
    locale: str
    other_locales: tuple[str, ...]


def whole(path: str) -> str:
    """An address of ours as it is known outside."""
    return f"{runtime().public_url}{path}"


def public_address(path: str) -> str:
    """Where a page stands for those who read in the present language, whole."""
    return whole(in_language(language(), path))


def canonical_url(
    path: str,
    *,
    kind: Kind = "website",
    preview: Preview | None = None,
    is_listed: bool = True,
    facts: Sequence[Facts] | Markup = (),
) -> None:
    """Set the canonical address of the current page, one in each language.

    :param path: without ``/en`` and without what makes no other page (order, cursor, tracking).
    :param preview: what links to it show; the shop's sign when left out.
    :param is_listed: whether search engines should list it.
    :param facts: what it is about, for machines; pages that are kept give them as
        :func:`written_facts`.
    """
    g.page_head = _head(path, kind, preview, is_listed, language(), runtime().public_url)
    g.page_facts = facts if isinstance(facts, Markup) else written_facts(facts)


@lru_cache
def _head(
    path: str, kind: Kind, preview: Preview | None, is_listed: bool, tongue: str, _public_url: str
) -> Head:
    return Head(
        address=whole(in_language(tongue, path)),
        others=(
            *((one, whole(in_language(one, path))) for one in LANGUAGES),
            ("x-default", whole(in_language(HOME, path))),
        ),
        kind=kind,
        preview=preview,
        is_listed=is_listed,
        locale=_LOCALES[tongue],
        other_locales=tuple(_LOCALES[one] for one in LANGUAGES if one != tongue),
    )


def page_head() -> Head | None:
    """What the present page said of itself; None for pages that are nobody else's business."""
    found: Head | None = g.get("page_head")
    return found


def is_noindex() -> bool:
    """Whether the current page is marked ``noindex``."""
    found = page_head()
    return not found.is_listed if found else request.path not in NEVER_MET


def page_facts() -> Markup:
    """What the page is about, as JSON-LD: data that browsers never run."""
    found: Markup = g.get("page_facts", Markup())
    return found


def written_facts(facts: Iterable[Facts]) -> Markup:
    """Facts as they stand in the head."""
    written = Markup()
    for one in facts:
        text = json.dumps(
            {"@context": "https://schema.org", **one}, ensure_ascii=False, separators=(",", ":")
        )
        # Nothing in it can end the element: see _IN_SCRIPT.
        body = Markup(text.translate(_IN_SCRIPT))  # noqa: S704
        written += Markup('<script type="application/ld+json">{}</script>').format(body)
    return written


def bare_title(title: str) -> str:
    """A page's title for places that name the shop beside it."""
    return title.removesuffix(TITLE_END)


def init_app(app: Flask) -> None:
    """Let the base template write the head, and keep a demo out of search engines."""
    if _keeps_out(app.extensions[EXTENSION]):
        app.after_request(_keep_demo_out)
    app.jinja_env.globals.update(
        page_head=page_head,
        page_facts=page_facts,
        is_noindex=is_noindex,
        whole=whole,
    )
    app.jinja_env.filters["bare_title"] = bare_title


def _keeps_out(here: Runtime) -> bool:
    """Nobody should find invented goods; a shop that only its own machine reaches needs no word."""
    return here.is_demo and urlsplit(here.public_url).hostname not in _THIS_MACHINE


def _keep_demo_out(response: Response) -> Response:
    response.headers["X-Robots-Tag"] = "noindex"
    return response
