"""A shopper in a measurement: reads pages, fills the forms it finds, keeps its cookies."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

from flask import Flask
from werkzeug.test import Client, TestResponse

from shop.web.security import csrf

MAX_STEPS = 6
MARKET = "http://127.0.0.1"
SAME_ORIGIN = {"Origin": MARKET, "Sec-Fetch-Site": "same-origin"}


@dataclass
class Form:
    """A form of a page with what its fields hold."""

    action: str
    method: str
    name: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)

    def filled(self, values: Mapping[str, str]) -> dict[str, list[str]]:
        """All fields as a browser posts them, with ``values`` in place of what they hold."""
        posted: dict[str, list[str]] = {}
        for name, value in self.fields:
            if name not in values:
                posted.setdefault(name, []).append(value)
        return posted | {name: [value] for name, value in values.items()}

    def has(self, name: str) -> bool:
        """Whether the form asks for this field."""
        return any(name == known for known, _value in self.fields)


class _Forms(HTMLParser):
    """Collects the forms of a page; fields outside belong to the form they name."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._inside: Form | None = None
        self._strays: list[tuple[str, str, str]] = []
        self._text: str | None = None
        self._options: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = Form(has.get("action", ""), has.get("method", "get"), has.get("id", ""))
            self.forms.append(self._inside)
        elif tag == "textarea":
            self._text = has.get("name", "")
            self._add(has, "")
        elif tag == "select":
            self._options = has.get("name", "")
        elif tag == "option" and self._options and "selected" in has and self._inside:
            self._inside.fields.append((self._options, has.get("value", "")))
        elif tag == "button" and self._inside and has.get("name"):
            self._inside.buttons.append((has["name"], has.get("value", "")))
        elif tag == "input":
            kind = has.get("type", "text")
            if kind in ("radio", "checkbox") and "checked" not in has:
                return
            if kind not in ("submit", "image", "button", "file"):
                self._add(has, has.get("value", "on" if kind == "checkbox" else ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = None
        elif tag == "textarea":
            self._text = None
        elif tag == "select":
            self._options = None

    def handle_data(self, data: str) -> None:
        if self._text and self._inside:
            name, _value = self._inside.fields[-1]
            self._inside.fields[-1] = (name, data.removeprefix("\n"))

    def _add(self, has: Mapping[str, str], value: str) -> None:
        name = has.get("name")
        if name and "disabled" not in has:
            if "form" in has:
                self._strays.append((has["form"], name, value))
            elif self._inside:
                self._inside.fields.append((name, value))

    def close(self) -> None:
        super().close()
        for wanted, name, value in self._strays:
            for form in self.forms:
                if form.name == wanted:
                    form.fields.append((name, value))


def new_phone() -> str:
    """A number that nobody used: a phone may hold few unpaid purchases, also of earlier runs."""
    return f"084{secrets.randbelow(10**9):09d}"


class Shopper:
    """One visitor of an app in this process."""

    def __init__(self, app: Flask) -> None:
        self.client = Client(app)

    def get(self, path: str) -> TestResponse:
        """A page, which has to be there."""
        answer = self.client.get(path, base_url=MARKET, follow_redirects=True)
        if answer.status_code != 200:
            raise RuntimeError(f"{path} answered {answer.status_code}")
        return answer

    def post(self, action: str, fields: Mapping[str, list[str]]) -> TestResponse:
        """What a form posts, from a page of the shop."""
        return self.client.post(action, data=fields, base_url=MARKET, headers=SAME_ORIGIN)

    def form(self, path: str, action: str) -> Form:
        """The form of a page that posts to ``action``."""
        return next(form for form in forms_of(self.get(path)) if form.action == action)

    def fill(self, path: str, action: str, values: Mapping[str, str]) -> TestResponse:
        """Fill a form of a page and post it; a redirect has to answer."""
        answer = self.post(action, self.form(path, action).filled(values))
        if answer.status_code != 303:
            raise RuntimeError(f"{action} answered {answer.status_code}")
        return answer

    def cookies(self) -> str:
        """Its cookies of cart and sign-in, as a header sends them."""
        known = (csrf.CART_COOKIE, csrf.SIGN_IN_COOKIE)
        found = [self.client.get_cookie(name, domain="127.0.0.1") for name in known]
        return "; ".join(f"{one.key}={one.value}" for one in found if one)

    def put_in(self, variants: list[int]) -> None:
        """Fill the cart with a pack of each variant."""
        for variant in variants:
            self.fill("/produk", "/keranjang/isi", {"varian": str(variant), "jumlah": "1"})

    def address(self, phone: str) -> tuple[str, dict[str, list[str]]]:
        """The post that says who buys and where to, from the checkout's page: action, fields."""
        form = self._checkout()
        return form.action or "/checkout", form.filled(_typed(form, phone))

    def ready_to_pay(self, phone: str) -> tuple[str, dict[str, list[str]]]:
        """Go through the checkout up to the post that places the purchase: action and fields."""
        answer = self.post(*self.address(phone))
        if answer.status_code != 303:
            raise RuntimeError(f"the address was answered {answer.status_code}")
        form = self._checkout()
        pay = next(button for button in form.buttons if button[0] == "bayar")
        # By transfer: a card's post also asks the gateway, and that is not what is measured.
        chosen = {"cara": "transfer", pay[0]: pay[1]}
        return form.action or "/checkout", form.filled({**_typed(form, phone), **chosen})

    def _checkout(self) -> Form:
        page = forms_of(self.get("/checkout"))
        return next(form for form in page if form.has("tanda"))


def _typed(form: Form, phone: str) -> dict[str, str]:
    """What a shopper types into a form of the checkout."""
    typed = {
        "nama": "Sari Lestari",
        "wa": phone,
        "alamat": "Jl. Melati No. 12, RT 03/RW 05",
        "kel": "Jatiwaringin, Pondokgede, Kota Bekasi 17411",
    }
    return {name: value for name, value in typed.items() if form.has(name)}


def forms_of(page: TestResponse) -> list[Form]:
    """The forms of a page."""
    reader = _Forms()
    reader.feed(page.text)
    reader.close()
    for form in reader.forms:
        form.action = urljoin(page.request.path, form.action) if form.action else ""
    return reader.forms
