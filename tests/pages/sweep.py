"""A visitor who sends what is wrong, and what the answer owes its reader."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from sqlalchemy import delete

from shop.web.http.app_state import EXTENSION
from shop.web.security.models import RateCounter
from tests.pages.addresses import PLACES, Place
from tests.support.busy_day import BusyDay
from tests.support.customer import Answer, Customer, InProcess
from tests.support.databases import Templates
from tests.support.forms import PageForm

if TYPE_CHECKING:
    from flask import Flask

    from shop.core.database.engine import Database

SCRIPT = "<script>alert(1)</script>"
NASTY = {
    "NUL": "a\x00b",
    "huge": "1" + "0" * 20,
    "long": "x" * 500,
}
"""What databases do not agree about."""
WRONG = {
    **NASTY,
    "zero": "0",
    "negative": "-1",
    "fraction": "1.5",
    "empty": "",
    "letters": "abc",
    "Arabic digits": "١٢٣",
    "markup": SCRIPT,
    "surrogate": "\U0001f375\u202e",
}
PEOPLE = ("anyone", "guest", "rahma", "sari", "member", "manager", "treasurer", "operator")


@dataclass
class Sweep:
    """One visitor at one shop, whose accepted forms are undone."""

    app: "Flask"
    day: BusyDay
    templates: Templates
    who: str
    complaints: list[str] = field(default_factory=list)

    @property
    def visitor(self) -> Customer:
        """The visitor with the pockets of the morning."""
        return Customer(InProcess(self.app), dict(self.day.pockets.get(self.who, {})))

    @property
    def database(self) -> "Database":
        """What the shop stands on."""
        found: Database = self.app.extensions[EXTENSION].database
        return found

    def post(self, form: PageForm, data: list[tuple[str, str]], told: str) -> None:
        """Send a form and judge the answer."""
        # Tries are counted; here each is the first.
        self.database.write(lambda session: session.execute(delete(RateCounter)))
        said = f"{form.action} with {told}"
        try:
            answer = self.visitor.send(form.action, data, follow=False)
        except Exception as fault:
            self.complaints.append(f"{said}: {fault!r}")
            return
        if answer.status == 303:
            self.database.dispose()
            self.templates.renew(self.day.database_url, "busy_day")
        elif 400 <= answer.status < 500:
            self.complaints += [f"{said}: {one}" for one in faults_of(answer)]
            if answer.status == 422:
                self.complaints += [f"{said}: {one}" for one in not_kept(answer, form, data)]
        else:
            self.complaints.append(f"{said}: {answer.status}")


def faults_of(answer: Answer) -> list[str]:
    """What a page that says no owes its reader."""
    page = answer.markup
    found = list(page.faults)
    if SCRIPT in answer.text:
        found.append("writes what was typed as markup")
    if len(answer.words) < 40:
        found.append(f"says too little: {answer.words}")
    ways = [link for link in page.all("a") if link.inside("main")]
    if not ways and not [one for one in page.all("form") if one.inside("main")]:
        found.append("has no way on")
    return found


def not_kept(answer: Answer, form: PageForm, data: list[tuple[str, str]]) -> list[str]:
    """What was written right and is gone from the refused page, or that nothing says what is wrong.

    One field at a time is wrong here; that one may be cut or cleaned.
    """
    right = dict(form.fields)
    again = [one for one in answer.forms if one.action == form.action]
    shown = {pair for one in again for pair in one.fields}
    there = {name for one in again for name in one.written}
    found = [
        f"{name} lost {value!r}"
        for name, value in data
        if name in form.written & there and right.get(name) == value and (name, value) not in shown
    ]
    told = [
        one
        for one in answer.markup.elements
        if one.attrs.get("role") == "alert"
        or one.attrs.get("aria-invalid")
        or {"note--warn", "note--err"} & set(one.attrs.get("class", "").split())
    ]
    if not told:
        found.append("does not say what is wrong")
    return found


def posting_forms(sweep: Sweep) -> Iterator[PageForm]:
    """Each form that a visitor meets, once."""
    met: set[tuple[str, tuple[str, ...]]] = set()
    for place in places_of(sweep.who):
        page = sweep.visitor.go(place.at(sweep.day))
        for form in page.forms:
            for action in dict.fromkeys((form.action, *(one.action for one in form.buttons))):
                key = (action, tuple(sorted(set(form.names))))
                if action and form.method == "post" and key not in met:
                    met.add(key)
                    yield replace(form, action=action)


def places_of(who: str) -> Iterator[Place]:
    """The pages of a visitor."""
    return (place for place in PLACES if place.who == who)
