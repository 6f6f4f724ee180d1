"""Every form of the shop with everything people type wrong, and what others type on purpose.

Forms are found on the pages themselves, so that a new one is swept without anybody thinking of it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest
from sqlalchemy import delete

from shop.web.models import RateCounter
from shop.web.runtime import EXTENSION
from tests.pages.addresses import LETTERS, MACHINES, PLACES, Place
from tests.support.busy_day import DESK, BusyDay, busy_day
from tests.support.customer import Answer, Customer, InProcess
from tests.support.databases import Templates
from tests.support.effort import SOAK
from tests.support.engines import PAGES, Engine
from tests.support.forms import PageForm
from tests.support.inside import shop_app

if TYPE_CHECKING:
    from flask import Flask

    from shop.core.database import Database

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
SHORT: Mapping[Engine, int] = {"sqlite": 1, "postgresql": 3}
"""In ``make test`` one field in so many gets one of the values, and the next one the next."""
PARTS: Mapping[str, int] = {"member": 2, "manager": 3} if SOAK else {}
"""In how many tests a person's forms are swept, so that none of them takes many minutes."""
FORGED = ("", "a.2026-01-01.x", "s.x.y", "\x00", "é" * 10, "x" * 100_000)
SWEEPS = [(who, part) for who in PEOPLE for part in range(PARTS.get(who, 1))]


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


@pytest.fixture
def sweep(templates: Templates, engine: Engine, who: str, tmp_path: Path) -> Iterator[Sweep]:
    with (
        busy_day(templates, engine, tmp_path) as day,
        shop_app(day.database_url, tmp_path / "var") as app,
    ):
        yield Sweep(app, day, templates, who)


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


def some_of(values: Mapping[str, str], engine: Engine, turn: int) -> Mapping[str, str]:
    """What a field gets: all of the values in ``make soak``, else one of them or none."""
    if SOAK:
        return values
    if turn % SHORT[engine]:
        return {}
    name = list(values)[turn // SHORT[engine] % len(values)]
    return {name: values[name]}


@pytest.mark.soak
@pytest.mark.parametrize(("who", "part"), SWEEPS)
def test_no_form_breaks_on_wrong_input(sweep: Sweep, engine: Engine, part: int) -> None:
    # Sari meets the guest's forms again; what databases disagree about is enough there.
    values = WRONG if engine == "sqlite" and sweep.who != "sari" else NASTY
    forms = list(posting_forms(sweep))[part :: PARTS.get(sweep.who, 1)]
    turns = count(part)
    for form in forms:
        button = form.buttons[-1] if form.buttons else None
        names = dict.fromkeys((*form.free, *(one.name for one in form.buttons if one.name)))
        for name in names:
            pressed = button if button and button.name != name else None
            for what, value in some_of(values, engine, next(turns)).items():
                sweep.post(form, form.data({name: value}, press=pressed), f"{name} {what}")
        token = [(name, value) for name, value in form.fields if name == "csrf_token"]
        sweep.post(form, token, "nothing but its token")
    assert sweep.complaints == []
    assert forms


@pytest.mark.soak
@pytest.mark.only_on("sqlite", because=PAGES)
@pytest.mark.parametrize("who", PEOPLE)
def test_no_form_is_accepted_without_its_own_token(sweep: Sweep) -> None:
    for form in posting_forms(sweep):
        for token in FORGED if SOAK else FORGED[:1]:
            answer = sweep.visitor.send(form.action, form.data({"csrf_token": token}), follow=False)
            assert answer.status == 400, f"{form.action}: {answer.status}"
            assert faults_of(answer) == []


@pytest.mark.only_on("sqlite", because=PAGES)
@pytest.mark.parametrize("who", ["guest"])
def test_no_forged_token_is_accepted(sweep: Sweep) -> None:
    form = next(posting_forms(sweep))
    for token in FORGED:
        answer = sweep.visitor.send(form.action, form.data({"csrf_token": token}), follow=False)
        assert answer.status == 400, token[:20]


ADDRESSES = {
    "NUL": "%00",
    "markup": "%3Cb%3E",
    "huge": "1" + "0" * 20,
    "negative": "-1",
    "long": "x" * 500,
    "Arabic digits": "%D9%A1%D9%A2",
    "another": "tidak-ada",
    "broken text": "%ff%fe",
}


TREASURERS = "/kelola/<slug>/uang-masuk"
"""Where the manager has no right, whatever the address goes on to name."""
ROOTS = {"anyone": "/", "manager": "/kelola", "operator": "/operator"}


@pytest.mark.only_on("sqlite", because=PAGES)
@pytest.mark.parametrize("who", ROOTS)
def test_an_unknown_address_is_a_page_with_a_way_on(sweep: Sweep) -> None:
    skipped = MACHINES | {"/static/<path:name>"}
    for rule in sweep.app.url_map.iter_rules():
        if not rule.arguments or "GET" not in (rule.methods or ()) or rule.rule in skipped:
            continue
        if not rule.rule.startswith(ROOTS[sweep.who]):
            continue
        for what, value in ADDRESSES.items():
            for slug in (value, DESK):  # also inside one's own desk
                path = re.sub("<[^>]+>", value, re.sub("<slug>", slug, rule.rule))
                if value not in path:
                    continue
                answer = sweep.visitor.go(path)
                if answer.path.startswith("/masuk") or rule.rule in LETTERS:
                    assert answer.status < 500, f"{path} ({what})"
                    continue
                # A zero byte is nowhere, before anybody asks who wants to know.
                closed = rule.rule.startswith(TREASURERS) and slug == DESK and what != "NUL"
                assert answer.status == (403 if closed else 404), f"{path} ({what})"
                assert faults_of(answer) == [], path


QUERIES: Mapping[str, tuple[tuple[str, str], ...]] = {
    "anyone": (
        (
            "/produk",
            "q kategori koperasi provinsi harga_min harga_max halal tersedia siap_kirim tahan_min"
            " suhu_ruang urut setelah",
        ),
        ("/wilayah", "q di"),
        ("/wilayah.json", "q di"),
        ("/masuk", "lanjut"),
        ("/masuk/pin", "lanjut"),
    ),
    "sari": (("/akun/pesanan", "setelah"),),
    "manager": (
        (f"/kelola/{DESK}/pesanan", "tahap cari setelah pilih"),
        (f"/kelola/{DESK}/pesanan/daftar-ambil", "tahap"),
        (f"/kelola/{DESK}/produk", "cari stok setelah"),
    ),
    "operator": (("/operator/uang-masuk", "cari setelah"),),
}
"""Who asks which page what: names of a query, by address."""


@pytest.mark.parametrize("who", QUERIES)
def test_no_question_in_an_address_breaks_a_page(sweep: Sweep, engine: Engine) -> None:
    values = WRONG if engine == "sqlite" else NASTY
    for path, names in QUERIES[sweep.who]:
        for name in names.split():
            for what, value in values.items():
                answer = sweep.visitor.go(f"{path}?{urlencode({name: value})}")
                assert answer.status < 500, f"{path}?{name} ({what})"
                assert SCRIPT not in answer.text
                if answer.headers["content-type"].startswith("text/html"):
                    assert answer.markup.faults == [], f"{path}?{name} ({what})"
