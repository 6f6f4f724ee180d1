"""A shop that older code made and backed up goes on under this code.

``tests/data/before_areas`` says how the older shop was made. Here it is restored with the shop's
own command and upgraded. Whatever its people still hold has to work: cookies, forms in open tabs,
mailed links, addresses; and the worker has to finish what the older code promised.
"""

import json
import shutil
import tarfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from shop.app import JOBS
from shop.core.database import migrations
from shop.core.database.engine import Database
from shop.payments.bills.models import Refund, RefundState
from shop.payments.cards.models import AttemptState, PaymentAttempt
from shop.services.outbox import notice_kinds, notices, worker
from shop.services.outbox.message_templates import ROOT
from shop.services.outbox.models import JobState, Notice, NoticeState, OutboxJob
from tests.services.backup.conftest import Place
from tests.support.books import broken
from tests.support.customer import Customer, InProcess
from tests.support.databases import Templates
from tests.support.engines import FLOW, PAGES, Engine
from tests.support.sandbox import Double

BEFORE = Path(__file__).parents[1] / "data" / "before_areas"
STORED = json.loads((BEFORE / "stored_names.json").read_text())
"""Every kind of job, of periodic work and of notice that the older code could write into a row."""

pages = pytest.mark.only_on("sqlite", because=PAGES)
Given = dict[str, Any]
"""What the older shop gave to its people, as the JSON beside its backup says it."""


@pytest.fixture
def given(engine: Engine) -> Iterator[Given]:
    """The same moment as when the backup was made, so that nothing has expired."""
    found: Given = json.loads((BEFORE / f"{engine}.json").read_text())
    with time_machine.travel(datetime.fromisoformat(found["at"]), tick=False):
        yield found


@pytest.fixture
def var_dir(tmp_path: Path, engine: Engine, given: Given) -> Path:
    """The folder of the older shop: its secret key and its payment double."""
    with tarfile.open(BEFORE / f"{engine}.tar.xz") as packed:
        packed.extractall(tmp_path, filter="data")
    var_dir = tmp_path / "var"
    (var_dir / "secrets").mkdir(parents=True)
    (var_dir / "secrets" / "secret_key").write_text(given["secret_key"])
    shutil.move(tmp_path / "sandbox.db", var_dir)
    return var_dir


@pytest.fixture
def database_url(
    templates: Templates, engine: Engine, tmp_path: Path, var_dir: Path
) -> Iterator[str]:
    """The restored and upgraded database; the restored photos lie in ``var_dir``."""
    media = templates.house / f"before-areas-{engine}" / "media"

    def build(url: str) -> None:
        place = Place(url, media)
        for command in (("backup", "restore", str(tmp_path / "backup")), ("db", "upgrade")):
            result = place.run(*command)
            assert result.exit_code == 0, result.output

    with templates.copy(engine, "before_areas", build, base=None) as url:
        shutil.copytree(media, var_dir / "media")
        yield url


@pytest.fixture
def sari(app: Flask, given: Given) -> Customer:
    """Signed in before the upgrade."""
    return browser(app, given["cookies"]["signed_in"])


@pytest.fixture
def guest(app: Flask, given: Given) -> Customer:
    """Bought without an account before the upgrade."""
    return browser(app, given["cookies"]["guest"])


def browser(app: Flask, cookies: dict[str, str]) -> Customer:
    """Somebody who comes back with the cookies of before."""
    return Customer(InProcess(app), cookies=dict(cookies))


def test_the_restored_shop_stands_at_the_newest_tables_and_its_books_agree(
    db: Database, database_url: str
) -> None:
    assert migrations.current(database_url) == migrations.head()
    assert broken(db) == {}


def test_every_stored_name_has_somebody_who_handles_it() -> None:
    for name in JOBS:
        import_module(name)
    assert set(STORED["job_kinds"]) <= set(worker._handlers)
    assert set(STORED["periodic"]) <= set(worker._periodic)
    assert set(STORED["notice_kinds"]) <= set(notices._describers)
    assert set(STORED["notice_kinds"]) <= set(notice_kinds.KINDS)
    words = {file.stem for file in (ROOT / "templates" / "notices").glob("*.txt")}
    assert set(STORED["notice_kinds"]) <= words


@pytest.mark.only_on("sqlite", because=FLOW)
def test_the_worker_finishes_every_job_that_was_waiting(
    sandbox: Double, app: Flask, db: Database, given: Given, var_dir: Path
) -> None:
    with db.reading() as session:
        waiting = set(session.scalars(select(OutboxJob.kind)))
    periodic = {f"periodic:{name}" for name in STORED["periodic"]}
    assert waiting == {*STORED["job_kinds"], *periodic}, "one of each kind was promised"

    morning = datetime.fromisoformat(given["at"]) + timedelta(hours=23)
    for moment in (datetime.fromisoformat(given["at"]), morning):
        while worker.run_once(db, moment):
            pass

    with db.reading() as session:
        jobs = session.execute(select(OutboxJob.kind, OutboxJob.state, OutboxJob.fault)).all()
        assert [job for job in jobs if job.fault or job.state is not JobState.DONE] == []
        told = set(session.scalars(select(Notice.state)))
        assert told <= {NoticeState.SENT, NoticeState.BY_HAND}
        refunds = session.scalars(select(Refund.state).where(Refund.destination_id.is_(None)))
        assert RefundState.DONE in set(refunds), "money went back to the card"
        attempts = session.execute(select(PaymentAttempt.state, PaymentAttempt.cost)).all()
        assert {state for state, cost in attempts if cost is None} == {AttemptState.EXPIRED}
    sizes = {file.name for file in (var_dir / "media").rglob("*.*")}
    assert {"160.avif", "480.webp", "800.jpg"} <= sizes, "the sizes that the upload left"
    letters = [file.read_text() for file in (var_dir / "outbox").glob("*.eml")]
    readers = {"sari@pembeli.example", "ani@gayo.example", "rahmat@lumbung.example"}
    assert all(any(f"To: {reader}" in letter for letter in letters) for reader in readers)
    assert broken(db) == {}


def test_cookies_of_before_still_tell_who_comes_back(
    sari: Customer, guest: Customer, given: Given
) -> None:
    assert "Sari" in sari.go("/akun").words
    assert packs_in_cart(sari) == [str(given["signed_in_packs"])]
    assert packs_in_cart(guest) == [str(given["guest_packs"])]


def packs_in_cart(visitor: Customer) -> list[str]:
    """What stands in the fields of the cart's lines."""
    fields = [field for form in visitor.go("/keranjang").forms for field in form.fields]
    return [value for name, value in fields if name.startswith("jml-")]


@pages
def test_a_browser_that_knew_the_phone_still_sees_whose_order_it_is(
    app: Flask, given: Given
) -> None:
    order = f"/pesanan/{given['addresses']['open_order']}"
    knows = browser(app, given["cookies"]["knows_the_digits"]).go(order)
    assert "Sari Dewi" in knows.words
    assert knows.markup.all("img") == [], "and it still saves data"
    assert "Sari Dewi" not in browser(app, {}).go(order).words


@pages
def test_forms_of_open_tabs_are_still_taken(
    app: Flask, sari: Customer, guest: Customer, given: Given
) -> None:
    put_in = {"varian": str(given["variant"]), "jumlah": "1", "kembali": "/keranjang"}
    visitors = {"signed_in": sari, "guest": guest, "nobody": browser(app, {})}
    for who, visitor in visitors.items():
        before = packs_in_cart(visitor)
        typed = put_in | {"csrf_token": given["form_tokens"][who]}
        assert visitor.send("/keranjang/isi", typed.items()).status == 200
        assert packs_in_cart(visitor) != before
    assert guest.send("/keranjang/isi", put_in.items()).status == 400, "the control: no token"


@pages
def test_pages_about_what_was_bought_still_open(
    sari: Customer, guest: Customer, given: Given
) -> None:
    bought = given["addresses"]
    for name in ("paid_purchase", "refunded_purchase", "called_off_purchase"):
        assert "Sari Dewi" in sari.go(f"/pembelian/{bought[name]}").words
    assert "Sari Dewi" in sari.go(f"/pesanan/{bought['paid_order']}").words
    assert "Sari Dewi" in guest.go(f"/pembelian/{bought['open_purchase']}").words


@pages
def test_the_link_of_a_mail_still_says_where_money_goes_back(app: Flask, given: Given) -> None:
    owed = browser(app, given["cookies"]["guest_with_refund"])
    page = owed.go(f"/pembelian/{given['addresses']['owed_purchase']}/uang-kembali")
    assert page.status == 200
    assert "Ke mana uangnya kembali?" in page.words


@pages
def test_goods_and_their_photos_keep_their_addresses(
    app: Flask, given: Given, var_dir: Path
) -> None:
    client = app.test_client()
    product = given["addresses"]["product"]
    led = client.get(given["addresses"]["former_product"])
    assert (led.status_code, led.headers["Location"]) == (301, product)
    page = client.get(product)
    assert page.status_code == 200
    for photo in given["addresses"]["photos"]:
        stored = (var_dir / photo.lstrip("/")).read_bytes()
        with client.get(photo) as answer:
            assert answer.data == stored
    assert any(photo in page.text for photo in given["addresses"]["photos"])


@pages
def test_mailed_links_still_make_a_password_and_an_account(app: Flask, given: Given) -> None:
    for link in (given["addresses"]["new_password"], given["addresses"]["registration"]):
        visitor = app.test_client()
        assert visitor.get(link).status_code == 200
        assert visitor.post(link, data={"sandi": "kopi hujan sore"}).headers["Location"] == "/akun"
        assert visitor.get("/akun").status_code == 200


@pages
def test_passwords_and_pins_still_sign_in_and_wrong_tries_still_count(
    app: Flask, given: Given
) -> None:
    right = {"login": "wati@gayo.example", "sandi": given["password"]}
    elsewhere = {"REMOTE_ADDR": "203.0.113.1"}
    answer = app.test_client().post("/masuk", data=right, environ_base=elsewhere)
    assert answer.status_code == 303
    pin = {"kode": given["member_code"], "pin": given["pin"]}
    assert app.test_client().post("/masuk/pin", data=pin).status_code == 303
    guessed = {"login": given["guessed"], "sandi": given["password"]}
    answer = app.test_client().post("/masuk", data=guessed, environ_base=elsewhere)
    assert answer.status_code == 429
