"""A new account: nobody learns from it who has one already, and nobody's number is taken over."""

import re
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from shop.core.database.engine import Database
from shop.core.values import clock
from shop.people.accounts.models import Contact, Person, Registration
from shop.people.sign_in.jobs import purge_expired
from tests.people.conftest import PASSWORD, PHONE, SARI, Mailbox
from tests.support.engines import PAGES
from tests.support.visitor import Visitor

pytestmark = pytest.mark.only_on("sqlite", because=PAGES)

BUDI = "budi@pembeli.example"
NUMBER = "0812-3456-7890"


def _register(client: Visitor, **typed: str) -> tuple[int, str]:
    form = {"nama": "Budi", "whatsapp": "", "surel": "", "sandi": PASSWORD} | typed
    answer = client.post("/daftar", data=form)
    return answer.status_code, answer.headers.get("Location", "").partition("?")[0]


def _count(db: Database, table: type[Person] | type[Registration]) -> int:
    with db.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_a_mailed_link_makes_the_account_and_signs_in(
    client: Visitor, db: Database, mailbox: Mailbox
) -> None:
    assert _register(client, surel=" Budi@Pembeli.Example ", whatsapp=NUMBER) == (
        303,
        "/daftar/terkirim",
    )
    assert _count(db, Person) == 0
    link = mailbox.link("/daftar/")
    page = client.get(link)
    assert BUDI in page.text
    assert _count(db, Person) == 0  # a mail reader that follows links makes nothing
    assert client.post(link).headers["Location"] == "/akun"
    assert "Budi" in client.get("/akun").text
    with db.reading() as session:
        person = session.scalars(select(Person)).one()
    assert (person.email_login, person.phone_login) == (BUDI, "+6281234567890")
    assert client.post(link).status_code == 404  # once
    assert _count(db, Registration) == 0


def test_a_known_address_gets_the_same_page_and_its_owner_a_letter(
    client: Visitor, db: Database, sari: Person, mailbox: Mailbox
) -> None:
    pages = set()
    for email in (SARI, BUDI):
        assert _register(client, surel=email) == (303, "/daftar/terkirim")
        pages.add(client.get("/daftar/terkirim").text)
    assert len(pages) == 1
    told = {reader: subject for reader, subject, _ in mailbox.letters()}
    assert told == {SARI: "Anda sudah punya akun", BUDI: "Selesaikan pendaftaran Anda"}
    assert _count(db, Person) == 1


def test_a_number_alone_makes_the_account_at_once_and_says_the_same_for_a_known_one(
    client: Visitor, db: Database, sari: Person
) -> None:
    answers = set()
    for number in (NUMBER, PHONE):
        assert _register(client, whatsapp=number) == (303, "/masuk")
        page = client.get("/masuk").text
        answers.add(re.sub(r'name="csrf_token" value="[^"]*"', "", page))
    assert len(answers) == 1
    assert _count(db, Person) == 2
    entered = client.post("/masuk", data={"login": NUMBER, "sandi": PASSWORD})
    assert entered.status_code == 303


def test_registering_a_known_number_changes_nothing_for_its_owner(
    app: Flask, client: Visitor, db: Database, sari: Person
) -> None:
    _register(client, whatsapp=PHONE, sandi="punya joko sekarang", nama="Joko")
    joko = app.test_client()
    refused = joko.post("/masuk", data={"login": PHONE, "sandi": "punya joko sekarang"})
    assert refused.status_code == 422
    assert joko.post("/masuk", data={"login": PHONE, "sandi": PASSWORD}).status_code == 303
    with db.reading() as session:
        assert session.scalars(select(Contact.name)).all() == ["Sari"]


def test_a_number_that_is_anothers_login_stays_theirs(
    client: Visitor, db: Database, sari: Person, mailbox: Mailbox
) -> None:
    _register(client, surel=BUDI, whatsapp=PHONE)
    assert client.post(mailbox.link("/daftar/")).status_code == 303
    with db.reading() as session:
        budi = session.scalars(select(Person).where(Person.email_login == BUDI)).one()
    assert budi.phone_login is None


def test_no_strangers_words_go_to_an_address_that_nobody_confirmed(
    client: Visitor, mailbox: Mailbox
) -> None:
    _register(client, surel=BUDI, nama="Klik https://jahat.example sekarang")
    assert "jahat" not in str(mailbox.letters())


def test_an_unconfirmed_registration_is_forgotten_after_a_day(
    client: Visitor, db: Database, mailbox: Mailbox
) -> None:
    now = clock.now()
    _register(client, surel=BUDI)
    link = mailbox.link("/daftar/")
    with time_machine.travel(now + timedelta(hours=25), tick=False):
        assert client.get(link).status_code == 404
        assert client.post(link).status_code == 404
        purge_expired(db, clock.now())
    assert _count(db, Registration) == 0


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("nama", ""),
        ("nama", "x" * 121),
        ("whatsapp", "12345"),
        ("whatsapp", "٠٨١٢٣٤٥٦٧٨٩٠"),
        ("surel", "budi@"),
        ("surel", "budi@pembeli.example\nBcc: a@b.c"),
        ("sandi", "pendek"),
        ("sandi", ""),
        ("sandi", "081234567890"),
    ],
)
def test_a_wrong_field_is_named_and_the_others_stay(
    client: Visitor, db: Database, field: str, typed: str
) -> None:
    form = {"nama": "Budi", "whatsapp": NUMBER, "surel": "", "sandi": PASSWORD} | {field: typed}
    answer = client.post("/daftar", data=form)
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    for name in ("nama", "whatsapp"):
        if name != field:
            assert f'value="{form[name]}"' in answer.text
    assert _count(db, Person) == 0


def test_one_way_to_sign_in_is_enough_and_none_is_refused(client: Visitor) -> None:
    answer = client.post("/daftar", data={"nama": "Budi", "sandi": PASSWORD})
    assert answer.status_code == 422
    assert 'href="#whatsapp"' in answer.text


def test_extra_fields_give_no_right(client: Visitor, db: Database) -> None:
    _register(client, whatsapp=NUMBER, role="ketua", operator="1", person_id="1", generation="9")
    with db.reading() as session:
        person = session.scalars(select(Person)).one()
    assert person.generation == 1
    client.post("/masuk", data={"login": NUMBER, "sandi": PASSWORD})
    assert client.get("/operator").status_code == 404


def test_one_address_registers_so_many_an_hour_and_no_more(client: Visitor, db: Database) -> None:
    statuses = [_register(client, whatsapp=f"0812345678{n:02d}")[0] for n in range(22)]
    assert statuses == [303] * 20 + [429] * 2
    assert _count(db, Person) == 20


def test_the_demo_shows_its_mails_and_nothing_else_of_the_machine(
    client: Visitor, mailbox: Mailbox, sari: Person
) -> None:
    answer = client.post("/lupa-sandi", data={"login": SARI})
    sent = client.get(answer.headers["Location"])
    letter = re.search(r'href="(/surat-demo/[a-z0-9-]+)"', sent.text)
    assert letter is not None
    assert "Surat belum ada" in client.get(letter[1]).text
    link = mailbox.link("/sandi-baru/")
    page = client.get(letter[1]).text
    assert "Buat sandi baru" in page
    assert f'href="{link}"' in page
    for name in ("../secrets/secret_key", "..%2f..%2fetc%2fpasswd", ".hidden", "%00"):
        assert "Buat sandi baru" not in client.get(f"/surat-demo/{name}").text
