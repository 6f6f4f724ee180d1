"""Longer texts that people write: markdown without HTML, cleaned before anybody reads it.

The only door to markdown-it and nh3. A text is read as markdown with HTML switched off, and what
comes out passes a list of what may stay: words, emphasis, lists and links. Pictures are left out,
because one from elsewhere would tell its owner who reads the page.
"""

from collections.abc import Iterator
from enum import StrEnum
from functools import cache
from html import unescape
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

ALLOWED: Final = frozenset({"p", "br", "strong", "em", "ul", "ol", "li", "blockquote", "a"})
LINKS: Final = frozenset({"https", "http", "mailto", "tel"})
NOT_OURS: Final = "nofollow ugc noopener"
"""Links in such texts lend nobody the shop's good name, and no page the visitor's window."""


class Lost(StrEnum):
    """What somebody wrote that readers will not see as it was meant."""

    MARKUP = "markup"
    """HTML: it is shown as the words that were typed."""
    PICTURE = "picture"
    LINK = "link"
    """One that leads to nothing a browser may open, like ``javascript:``."""


def lost(text: str) -> frozenset[Lost]:
    """What of a text does not come out, so that its writer can be told."""
    return frozenset(filter(None, map(_loss, _tokens(_looker().parse(text)))))


def _tokens(tokens: "list[Token]") -> "Iterator[Token]":
    for token in tokens:
        yield token
        yield from _tokens(token.children or [])


def _loss(token: "Token") -> Lost | None:
    if token.type in ("html_inline", "html_block"):
        return Lost.MARKUP
    if token.type == "image":
        return Lost.PICTURE
    scheme, colon, _rest = str(token.attrs.get("href", "")).partition(":")
    return Lost.LINK if colon and scheme.strip().lower() not in LINKS else None


def as_html(text: str) -> str:
    """The text as HTML that is safe to stand on a page, whatever was typed."""
    import nh3

    return nh3.clean(
        _reader().render(text),
        tags=set(ALLOWED),
        attributes={"a": {"href"}},
        url_schemes=set(LINKS),
        link_rel=NOT_OURS,
    ).strip()


def as_plain(text: str) -> str:
    """The same in words alone and in one line, for search engines, cards and paper."""
    import nh3

    # A line's end parts words, also where its tag goes.
    parted = as_html(text).replace("<br>", " ").replace("</p>", " ").replace("</li>", " ")
    return " ".join(unescape(nh3.clean(parted, tags=set())).split())


@cache
def _reader() -> "MarkdownIt":
    return _markdown(html=False)


@cache
def _looker() -> "MarkdownIt":
    """Reads what is taken away too; nothing of what it reads is ever shown."""
    looker = _markdown(html=True)
    looker.validateLink = _any_link  # type: ignore[method-assign]
    return looker


def _any_link(url: str) -> bool:
    return bool(url)


def _markdown(*, html: bool) -> "MarkdownIt":
    from markdown_it import MarkdownIt

    # Headings, rules and code are left as typed: who writes "# 1" or four spaces means words.
    reader = MarkdownIt("commonmark", {"html": html, "breaks": True})
    return reader.disable(["heading", "lheading", "hr", "code", "fence"])
