"""Somebody who reads pages and presses buttons, without a browser: quick, and many at once."""

import http.client
import urllib.parse
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from http.cookies import SimpleCookie
from typing import TYPE_CHECKING, Protocol

from tests.support.forms import PageForm, forms_of
from tests.web.markup import Markup

if TYPE_CHECKING:
    from flask import Flask

MAX_STEPS = 5
"""Redirects in a row; more would be a circle."""

Pairs = Iterable[tuple[str, str]]


@dataclass(frozen=True)
class Answer:
    """What the shop said."""

    path: str
    status: int
    text: str
    headers: Mapping[str, str]
    """By name in small letters."""

    @cached_property
    def markup(self) -> Markup:
        """The page taken apart."""
        return Markup.of(self.text)

    @cached_property
    def forms(self) -> tuple[PageForm, ...]:
        """What can be filled in here."""
        return forms_of(self.markup, self.path)

    @property
    def words(self) -> str:
        """The text of the page's main part, in one line."""
        return " ".join(self.markup.all("main")[0].text.split())


class Line(Protocol):
    """How a request reaches the shop."""

    def ask(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> tuple[int, bytes, list[tuple[str, str]]]:
        """Status, body, headers."""


@dataclass
class OverHttp:
    """To a running shop, a connection a request."""

    url: str
    seconds: float = 60

    def ask(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> tuple[int, bytes, list[tuple[str, str]]]:
        """Status, body, headers."""
        connection = http.client.HTTPConnection(self.url.partition("//")[2], timeout=self.seconds)
        try:
            connection.request(method, path, body, dict(headers))
            answer = connection.getresponse()
            return answer.status, answer.read(), answer.getheaders()
        finally:
            connection.close()


@dataclass
class InProcess:
    """To an app in this process."""

    app: "Flask"

    def ask(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> tuple[int, bytes, list[tuple[str, str]]]:
        """Status, body, headers."""
        from werkzeug.test import Client

        answer = Client(self.app, use_cookies=False).open(
            path, method=method, data=body, headers=dict(headers), base_url="http://localhost"
        )
        return answer.status_code, answer.get_data(), list(answer.headers.items())


@dataclass
class Customer:
    """One visitor with pockets for cookies, who stands on one page at a time."""

    line: Line
    cookies: dict[str, str] = field(default_factory=dict)
    page: Answer = field(default_factory=lambda: Answer("/", 0, "", {}))

    def go(self, path: str) -> Answer:
        """Open a page, following where it leads."""
        return self._follow(self._ask("GET", path))

    def press(self, words: str, typed: Mapping[str, str] | None = None, *, of: str = "") -> Answer:
        """Press the button of the page that says ``words``, and look where it leads.

        :param typed: what to fill in first, by field name.
        :param of: the action of the button's form, where several buttons say the same.
        """
        for form in self.page.forms:
            for button in form.buttons:
                if words in button.words and of in (button.action or form.action):
                    data = form.data(typed, press=button)
                    return self.send(button.action or form.action, data)
        buttons = [button.words for form in self.page.forms for button in form.buttons]
        raise AssertionError(f"no button {words!r} at {self.page.path}: {buttons}")

    def send(self, path: str, data: Pairs, *, follow: bool = True) -> Answer:
        """Post what a form would."""
        answer = self._ask("POST", path, urllib.parse.urlencode(list(data)).encode())
        return self._follow(answer) if follow else answer

    def _follow(self, answer: Answer) -> Answer:
        for _ in range(MAX_STEPS):
            if answer.status not in (301, 302, 303):
                self.page = answer
                return answer
            there = urllib.parse.urlsplit(answer.headers["location"])
            answer = self._ask("GET", there.path + (f"?{there.query}" if there.query else ""))
        raise AssertionError(f"led in a circle: {answer.path}")

    def _ask(self, method: str, path: str, body: bytes | None = None) -> Answer:
        headers = {"Sec-Fetch-Site": "same-origin"}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        status, content, told = self.line.ask(method, path, body, headers)
        for name, value in told:
            if name.lower() == "set-cookie":
                self._keep(value)
        named = {name.lower(): value for name, value in told}
        return Answer(path, status, content.decode(errors="replace"), named)

    def _keep(self, value: str) -> None:
        for name, morsel in SimpleCookie(value).items():
            if morsel["max-age"] == "0" or not morsel.value:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = morsel.value
