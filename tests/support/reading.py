"""A page as its reader meets it: every piece of text, with the language it is said to be in."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

from tests.web.markup import VOID

UNREAD = frozenset({"script", "style", "template"})
SPOKEN = ("alt", "aria-label", "placeholder", "title", "data-say")
"""Attributes that somebody reads or hears."""
HEAD = frozenset({"description", "og:title", "og:description", "og:image:alt", "twitter:title"})


@dataclass(frozen=True)
class Piece:
    """One piece of text, between two tags or in an attribute."""

    text: str
    lang: str
    is_prose: bool
    """Between tags, where another language could be marked; an attribute or a title cannot."""


@dataclass(frozen=True)
class Way:
    """An address that a page leads to."""

    address: str
    is_link: bool
    """False for a form's."""
    is_switch: bool
    """Whether it says of itself that it leads to the other language."""


@dataclass
class Reading(HTMLParser):
    """``Reading.of(html)``: pieces of text, addresses that lead on, and style or script in it."""

    pieces: list[Piece] = field(default_factory=list)
    ways: list[Way] = field(default_factory=list)
    inline: list[str] = field(default_factory=list)
    _langs: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    @classmethod
    def of(cls, html: str) -> "Reading":
        """Read a page."""
        page = cls()
        page.feed(html)
        page.close()
        return page

    @property
    def text(self) -> str:
        """All that a person reads. A page's source also holds random tokens, with any letters."""
        return " ".join(piece.text for piece in self.pieces)

    @property
    def lang(self) -> str:
        """The language in which the page stands where it is."""
        return self._langs[-1][1] if self._langs else ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        lang = told.get("lang", self.lang)
        for name in SPOKEN:
            self._say(told.get(name, ""), lang, is_prose=False)
        if tag == "meta" and told.get("name", told.get("property", "")) in HEAD:
            self._say(told.get("content", ""), lang, is_prose=False)
        if tag in {"input", "button"} and told.get("type") in {"submit", "button"}:
            self._say(told.get("value", "") if tag == "input" else "", lang, is_prose=True)
        for name in ("href", "action", "formaction"):
            if name in told and tag != "link":
                self.ways.append(Way(told[name], name == "href", "hreflang" in told))
        if tag == "style" or "style" in told or any(name.startswith("on") for name in told):
            self.inline.append(f"<{tag}> with style or script")
        if tag == "script" and "src" not in told and told.get("type") != "application/ld+json":
            self.inline.append("a script in the page")
        if tag not in VOID:
            self._langs.append((tag, lang))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self._langs.pop()

    def handle_endtag(self, tag: str) -> None:
        if any(tag == one for one, _lang in self._langs):
            while self._langs.pop()[0] != tag:
                pass

    def handle_data(self, data: str) -> None:
        tag = self._langs[-1][0] if self._langs else ""
        if tag not in UNREAD:
            self._say(data, self.lang, is_prose=tag != "title")

    def _say(self, text: str, lang: str, *, is_prose: bool) -> None:
        words = " ".join(text.split())
        if words:
            self.pieces.append(Piece(words, lang, is_prose))
