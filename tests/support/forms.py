"""The forms of a page, filled in as a browser would send them."""

import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass

from tests.web.markup import Element, Markup

BUTTONS = ("submit", "image")
WRITTEN = ("text", "search", "tel", "email", "number", "url", "date")
SILENT = ("reset", "button", "file", "image", "submit")


@dataclass(frozen=True)
class Button:
    """What sends a form."""

    words: str
    name: str = ""
    value: str = ""
    action: str = ""


@dataclass(frozen=True)
class PageForm:
    """A form as it stands on the page."""

    action: str
    method: str
    fields: tuple[tuple[str, str], ...]
    """Names and values that are sent when nothing is changed."""
    names: tuple[str, ...]
    """All names, also of what is not ticked now."""
    buttons: tuple[Button, ...]
    written: frozenset[str] = frozenset()
    """Names of fields that people write into and see again; passwords are not shown twice."""

    def data(
        self, typed: Mapping[str, str] | None = None, *, press: Button | None = None
    ) -> list[tuple[str, str]]:
        """What is sent when somebody fills in ``typed`` and presses a button."""
        typed = typed or {}
        sent = [(name, value) for name, value in self.fields if name not in typed]
        sent += typed.items()
        if press is not None and press.name:
            sent.append((press.name, press.value))
        return sent

    @property
    def free(self) -> tuple[str, ...]:
        """The names that a visitor could tamper with: all but the token."""
        return tuple(name for name in self.names if name != "csrf_token")


def forms_of(page: Markup, path: str) -> tuple[PageForm, ...]:
    """All forms of a page.

    :param path: where the page stands, for forms that lead to itself.
    """
    return tuple(_form(page, element, path) for element in page.all("form"))


def _form(page: Markup, form: Element, path: str) -> PageForm:
    fields: list[tuple[str, str]] = []
    names: list[str] = []
    buttons: list[Button] = []
    written: set[str] = set()
    for one in page.elements:
        if not _belongs(one, form) or "disabled" in one.attrs:
            continue
        kind = one.attrs.get("type", "submit" if one.tag == "button" else "text")
        if kind in BUTTONS and one.tag in ("button", "input"):
            buttons.append(_button(one, path))
        name = one.attrs.get("name")
        if not name or one.tag not in ("input", "select", "textarea"):
            continue
        if name not in names:
            names.append(name)
        if one.tag == "textarea" or (one.tag == "input" and kind in WRITTEN):
            written.add(name)
        value = _value(page, one, kind)
        if value is not None:
            fields.append((name, value))
    action = urllib.parse.urljoin(path, form.attrs.get("action") or path)
    method = form.attrs.get("method", "get").lower()
    return PageForm(action, method, tuple(fields), tuple(names), tuple(buttons), frozenset(written))


def _belongs(one: Element, form: Element) -> bool:
    named = one.attrs.get("form")
    if named is not None:
        return named == form.attrs.get("id")
    return one.inside("form") is form


def _button(one: Element, path: str) -> Button:
    words = " ".join(one.text.split()) or one.attrs.get("aria-label", one.attrs.get("value", ""))
    action = one.attrs.get("formaction")
    return Button(
        words,
        one.attrs.get("name", ""),
        one.attrs.get("value", ""),
        urllib.parse.urljoin(path, action) if action else "",
    )


def _value(page: Markup, one: Element, kind: str) -> str | None:
    if one.tag == "textarea":
        return one.text.replace("\r\n", "\n").removeprefix("\n")
    if one.tag == "select":
        options = [option for option in page.all("option") if option.inside("select") is one]
        chosen = [option for option in options if "selected" in option.attrs] or options[:1]
        return chosen[0].attrs.get("value", chosen[0].text) if chosen else None
    if kind in SILENT:
        return None
    if kind in ("radio", "checkbox"):
        return one.attrs.get("value", "on") if "checked" in one.attrs else None
    return one.attrs.get("value", "")
