"""Whatever is somebody's: opened or sent by everybody else it shows nothing and moves nothing.

Pages and forms are found by walking the shop as their owners do, so that a new one is attacked
without anybody thinking of it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from sqlalchemy import select

from migrations.tables import target
from shop.core.database.engine import Database
from shop.web.http.app_state import EXTENSION
from tests.pages.addresses import PLACES
from tests.support.busy_day import BusyDay, busy_day
from tests.support.customer import Answer, Customer, InProcess
from tests.support.databases import Templates
from tests.support.engines import PAGES
from tests.support.forms import PageForm
from tests.support.inside import shop_app
from tests.support.trade import sign_in

pytestmark = pytest.mark.only_on("sqlite", because=PAGES)

OWNERS = ("guest", "sari", "manager", "operator")
INTRUDERS = {
    "stranger": "",
    "budi": "budi@pembeli.example",
    "member": "gyo-m01@anggota.example",
    "made": "pengelola@gyo.koperasi.example",
    "supervisor": "pengawas@gyo.koperasi.example",
    "operator": "operator@lumbung.example",
}
"""Nobody, a shopper, a member, manager and supervisor of another cooperative, the operator."""
OWN = re.compile(
    r"(/en)?/(keranjang|checkout|masuk|keluar|daftar|lupa-sandi|lacak|hemat-data|akun|lapak)"
    r"(/(isi|ubah|isi-lagi|bahasa|data-diri|sandi|alamat/baru|perangkat/keluarkan-lain|kode|pin"
    r"|buka-uang|lupakan|pemberitahuan/surat))?"
    r"|(/en)?/produk/[a-z0-9-]+/tanya"
)
"""Forms without anybody's id in their address: whoever sends one acts on their own things."""
SHARED = re.compile(
    r"/|/produk.*|/koperasi.*|/cerita.*|/keranjang|/checkout|/akun(/[a-z-]+)?|/akun/alamat/baru|/akun/pemberitahuan/surat|/wilayah.*|/lacak|/kelola|/daftar.*|/masuk(/pin)?|/lapak/buka-uang|/lupa-sandi.*"
)
"""Pages that everybody has, each their own."""
SECRETS = ("0812-3456-7890", "081234567890", "6281234567890", "Jl. Melati No. 12")
"""What only the owner of a purchase, and the desk that sends it, may read."""
UNCOUNTED = {"rate_counters", "sessions", "audit_events", "audit_origins", "regions"}
"""Tables that remember trying, and the one that nobody can write to."""


@dataclass
class Scene:
    """A busy day with its owners and one who goes round with their addresses."""

    day: BusyDay
    line: InProcess
    db: Database
    walked: dict[str, list[PageForm]] = field(default_factory=dict)

    def owner(self, who: str) -> Customer:
        """Somebody with the pockets of the morning."""
        return Customer(self.line, dict(self.day.pockets[who]))

    def intruder(self, who: str) -> Customer:
        """Somebody else, signed in as themselves."""
        found = Customer(self.line)
        if INTRUDERS[who]:
            sign_in(found, INTRUDERS[who])
        return found

    def owned_paths(self, who: str) -> list[str]:
        """The pages that belong to this owner alone."""
        found = [place.at(self.day) for place in PLACES if place.who == who]
        return [path for path in found if not SHARED.fullmatch(path)]

    def owned_forms(self, who: str) -> list[PageForm]:
        """What this owner can send, each form once."""
        if who not in self.walked:
            self.walked[who] = list(self._walk(who))
        return self.walked[who]

    def _walk(self, who: str) -> Iterator[PageForm]:
        met = set()
        for place in PLACES:
            if place.who != who:
                continue
            for form in self.owner(who).go(place.at(self.day)).forms:
                for action in dict.fromkeys((form.action, *(one.action for one in form.buttons))):
                    if action and form.method == "post" and action not in met:
                        met.add(action)
                        if not OWN.fullmatch(action.partition("?")[0]):
                            yield replace(form, action=action)

    def everything(self) -> dict[str, list[str]]:
        """All rows that count, to compare."""
        with self.db.reading() as session:
            return {
                table.name: sorted(map(str, session.execute(select(table)).all()))
                for table in target().sorted_tables
                if table.name not in UNCOUNTED
            }


@pytest.fixture(scope="module")
def scene(templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """One day for all attacks: none may change it."""
    folder: Path = tmp_path_factory.mktemp("scene")
    with (
        busy_day(templates, "sqlite", folder) as day,
        shop_app(day.database_url, folder / "var") as app,
    ):
        yield Scene(day, InProcess(app), app.extensions[EXTENSION].database)


def leaks(answer: Answer) -> list[str]:
    """What of the owner stands on a page."""
    return [secret for secret in SECRETS if secret in answer.text]


@pytest.mark.parametrize("who", INTRUDERS)
def test_anothers_page_shows_nothing_of_theirs(scene: Scene, engine: str, who: str) -> None:
    intruder, wrong = scene.intruder(who), []
    for path in (path for one in OWNERS if one != who for path in scene.owned_paths(one)):
        for address in (path, f"/en{path}"):
            answer = intruder.go(address)
            if answer.status >= 500 or leaks(answer):
                wrong.append(f"{address}: {answer.status} {leaks(answer)}")
            is_closed = answer.status in (403, 404) or answer.path.partition("?")[0] != address
            is_bill = "/pembelian/" in path and 'name="digit"' in answer.text
            if not (is_closed or is_bill):
                wrong.append(f"{address}: {answer.status} is open")
    assert wrong == []


@pytest.mark.parametrize("who", INTRUDERS)
def test_anothers_form_moves_nothing(scene: Scene, engine: str, who: str) -> None:
    intruder = scene.intruder(who)
    token = next(
        value
        for form in intruder.go("/lacak").forms
        for name, value in form.fields
        if name == "csrf_token"
    )
    forms = [form for one in OWNERS if one != who for form in scene.owned_forms(one)]
    before, wrong = scene.everything(), []
    for form in forms:
        for press in form.buttons or (None,):
            data = form.data({"csrf_token": token}, press=press)
            answer = intruder.send(form.action, data, follow=False)
            leads = answer.headers.get("location", "")
            is_door = answer.status == 303 and leads.startswith("/masuk")
            is_digits = answer.status == 422 and form.action.startswith("/pembelian/")
            if not (answer.status in (403, 404, 429) or is_door or is_digits):
                wrong.append(f"{form.action}: {answer.status} {leads}")
            if leaks(answer):
                wrong.append(f"{form.action} tells {leaks(answer)}")
    assert wrong == []
    assert scene.everything() == before


def test_there_is_something_to_take(scene: Scene, engine: str) -> None:
    assert all(scene.owned_paths(owner) for owner in OWNERS)
    assert sum(len(scene.owned_forms(owner)) for owner in OWNERS) > 20
    assert leaks(scene.owner("guest").go(f"/pembelian/{scene.day.paid}"))
