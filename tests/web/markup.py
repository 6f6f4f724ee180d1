"""A page taken apart, and what an HTML checker would say about it."""

from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
)
DRAWN = frozenset(["path", "circle", "ellipse", "rect", "use"])
POINTERS = ("for", "aria-describedby", "aria-labelledby", "form", "list")


@dataclass
class Element:
    """One tag: its name, attributes, words and the element around it."""

    tag: str
    attrs: dict[str, str]
    parent: "Element | None"
    text: str = ""

    def inside(self, tag: str) -> "Element | None":
        """The nearest element around it with this tag."""
        at = self.parent
        while at is not None and at.tag != tag:
            at = at.parent
        return at


@dataclass
class Markup(HTMLParser):
    """``Markup.of(html)``: elements in order, and tags that were left open or closed twice."""

    elements: list[Element] = field(default_factory=list)
    mistakes: list[str] = field(default_factory=list)
    _open: list[Element] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    @classmethod
    def of(cls, html: str) -> "Markup":
        """Take a page apart."""
        page = cls()
        page.feed(html)
        page.close()
        page.mistakes += [f"<{one.tag}> left open" for one in page._open]
        return page

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _value in attrs]
        self.mistakes += [f"{tag} has {name} twice" for name in names if names.count(name) > 1]
        parent = self._open[-1] if self._open else None
        element = Element(tag, {name: value or "" for name, value in attrs}, parent)
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag in DRAWN:
            self._open.pop()
        elif tag not in VOID:
            self.mistakes.append(f"<{tag}/> closes nothing")

    def handle_endtag(self, tag: str) -> None:
        if self._open and self._open[-1].tag == tag:
            self._open.pop()
        else:
            self.mistakes.append(
                f"</{tag}> where <{self._open[-1].tag if self._open else ''}> is open"
            )

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text += data

    def all(self, tag: str, **attrs: str) -> list[Element]:
        """Elements with this tag and these attributes (``class_`` means one of the classes)."""
        wanted = attrs.pop("class_", None)
        return [
            one
            for one in self.elements
            if one.tag == tag
            and all(one.attrs.get(name) == value for name, value in attrs.items())
            and (wanted is None or wanted in one.attrs.get("class", "").split())
        ]

    @property
    def faults(self) -> list[str]:
        """What a checker would complain about, and what our content policy refuses."""
        found = list(self.mistakes)
        ids = Counter(one.attrs["id"] for one in self.elements if "id" in one.attrs)
        found += [f"id {name} stands {count} times" for name, count in ids.items() if count > 1]
        for one in self.elements:
            if one.text.startswith("<Macro "):
                found.append("a macro's name instead of its words")
            for pointer in POINTERS:
                found += [
                    f"{one.tag} {pointer} points to nothing: {name}"
                    for name in one.attrs.get(pointer, "").split()
                    if name not in ids
                ]
            href = one.attrs.get("href", "")
            if href.startswith("#") and href[1:] not in ids:
                found.append(f"{one.tag} leads to nothing: {href}")
            if "style" in one.attrs or any(name.startswith("on") for name in one.attrs):
                found.append(f"{one.tag} carries style or script")
            if one.tag in {"p", "span"} and one.inside("p") and one.tag == "p":
                found.append("a paragraph in a paragraph")
            if one.tag == "form" and one.inside("form"):
                found.append("a form in a form")
            if one.tag == "img" and "alt" not in one.attrs:
                found.append("a picture without alt")
            if (
                one.tag in {"div", "ul", "p", "h2"}
                and one.parent
                and one.parent.tag in {"p", "span"}
            ):
                found.append(f"<{one.tag}> in <{one.parent.tag}>")
        found += [f"{len(self.all('h1'))} h1"] * (len(self.all("h1")) != 1)
        return found
