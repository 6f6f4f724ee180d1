"""A person's own account: name and number, language, and what others may not learn from it."""

import re
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from shop.core.database.engine import Database
from shop.core.values import clock
from shop.people.accounts.actions import create_person
from shop.people.accounts.models import Contact, Person, Registration
from shop.people.accounts.rules import read_login
from shop.services.audit.models import AuditEvent
from tests.people.conftest import PASSWORD, PHONE, SARI
from tests.support.engines import PAGES
from tests.support.entering import sign_in
from tests.support.visitor import Visitor

pytestmark = pytest.mark.only_on("sqlite", because=PAGES)

JOKO = "+6281234567890"
NEW = "0812 0000 1111"


@pytest.fixture
def joko(app: Flask, db: Database) -> Person:
    """The stranger, who signs in by a number."""
    with db.writing() as session:
        return create_person(
            session, name="Joko", phone=JOKO, email=None, password=PASSWORD, now=clock.now()
        )


def logins(db: Database) -> dict[str, str | None]:
    """Who signs in by which number."""
    with db.reading() as session:
        rows = session.execute(
            select(Contact.name, Person.phone_login).join(Contact, Contact.id == Person.contact_id)
        )
        return {row.name: row.phone_login for row in rows}


def number_of(db: Database, name: str) -> str | None:
    """How somebody is called."""
    with db.reading() as session:
        return session.scalars(select(Contact.phone).where(Contact.name == name)).one()


def test_the_account_page_shows_name_number_mail_and_every_way_on(
    client: Visitor, db: Database, sari: Person
) -> None:
    sign_in(client, db, sari)
    page = client.get("/akun")
    for shown in ("Sari", "0840-0009-0010", SARI):
        assert shown in page.text
    for path in ("pesanan", "alamat", "data-diri", "bahasa", "sandi", "perangkat"):
        assert f'href="/akun/{path}"' in page.text


def test_a_name_is_changed_without_a_password(client: Visitor, db: Database, sari: Person) -> None:
    sign_in(client, db, sari)
    answer = client.post("/akun/data-diri", data={"nama": "Sari W.", "whatsapp": PHONE})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/akun")
    assert "Sari W." in client.get("/akun").text


@pytest.mark.parametrize("password", ["", "salah sekali"])
def test_a_new_number_needs_the_password_and_keeps_what_was_typed(
    client: Visitor, db: Database, sari: Person, password: str
) -> None:
    sign_in(client, db, sari)
    typed = {"nama": "Sari Baru", "whatsapp": NEW, "sandi": password}
    answer = client.post("/akun/data-diri", data=typed)
    assert answer.status_code == 422
    assert 'href="#sandi"' in answer.text
    assert NEW in answer.text
    assert "Sari Baru" in answer.text
    assert "salah sekali" not in answer.text
    assert logins(db) == {"Sari": PHONE}


def test_a_free_number_signs_in_from_now_on_and_the_old_one_no_more(
    app: Flask, client: Visitor, db: Database, sari: Person
) -> None:
    sign_in(client, db, sari)
    typed = {"nama": "Sari", "whatsapp": NEW, "sandi": PASSWORD}
    assert client.post("/akun/data-diri", data=typed).status_code == 303
    assert logins(db) == {"Sari": "+6281200001111"}
    other = app.test_client()
    assert other.post("/masuk", data={"login": PHONE, "sandi": PASSWORD}).status_code == 422
    assert other.post("/masuk", data={"login": NEW, "sandi": PASSWORD}).status_code == 303


def test_a_number_that_is_anothers_login_stays_theirs_and_is_answered_alike(
    app: Flask, db: Database, sari: Person, joko: Person
) -> None:
    said = []
    for number in ("0812-3456-7890", "0812-0000-2222"):
        client = app.test_client()
        sign_in(client, db, sari)
        answer = client.post(
            "/akun/data-diri", data={"nama": "Sari", "whatsapp": number, "sandi": PASSWORD}
        )
        assert answer.status_code == 303
        page = client.get("/akun").text.replace(number, "")
        said.append(re.sub(r'name="csrf_token" value="[^"]*"', "", page))
        if number == "0812-3456-7890":
            assert logins(db) == {"Sari": PHONE, "Joko": JOKO}
            assert number_of(db, "Sari") == JOKO
    assert said[0] == said[1]


def test_who_signs_in_by_number_alone_cannot_lose_it(
    client: Visitor, db: Database, joko: Person
) -> None:
    sign_in(client, db, joko)
    typed = {"nama": "Joko", "whatsapp": "", "sandi": PASSWORD}
    answer = client.post("/akun/data-diri", data=typed)
    assert answer.status_code == 422
    assert 'href="#whatsapp"' in answer.text
    assert logins(db) == {"Joko": JOKO}


def test_who_signs_in_by_mail_may_go_without_a_number(
    client: Visitor, db: Database, sari: Person
) -> None:
    sign_in(client, db, sari)
    typed = {"nama": "Sari", "whatsapp": "", "sandi": PASSWORD}
    assert client.post("/akun/data-diri", data=typed).status_code == 303
    assert logins(db) == {"Sari": None}


def test_the_log_says_what_changed_and_holds_neither_name_nor_number(
    client: Visitor, db: Database, sari: Person
) -> None:
    sign_in(client, db, sari)
    client.post("/akun/data-diri", data={"nama": "Sari", "whatsapp": PHONE})  # as it was
    client.post("/akun/data-diri", data={"nama": "Dewi", "whatsapp": NEW, "sandi": PASSWORD})
    with db.reading() as session:
        event = session.scalars(
            select(AuditEvent).where(AuditEvent.action == "person.contact-changed")
        ).one()
    assert event.after == {"fields": ["name", "phone"]}
    assert event.before is None


def test_numbers_cannot_be_tried_out_one_after_the_other(
    client: Visitor, db: Database, sari: Person
) -> None:
    sign_in(client, db, sari)
    answers = [
        client.post(
            "/akun/data-diri",
            data={"nama": "Sari", "whatsapp": f"08120000{n:04d}", "sandi": PASSWORD},
        )
        for n in range(7)
    ]
    assert [answer.status_code for answer in answers] == [303] * 5 + [429] * 2
    assert "081200000006" in answers[-1].text
    later = clock.now() + timedelta(hours=25)
    with time_machine.travel(later, tick=False):
        sign_in(client, db, sari)
        typed = {"nama": "Sari", "whatsapp": NEW, "sandi": PASSWORD}
        assert client.post("/akun/data-diri", data=typed).status_code == 303


def test_ten_wrong_passwords_in_five_minutes_are_enough_on_both_pages_together(
    client: Visitor, db: Database, sari: Person
) -> None:
    sign_in(client, db, sari)
    typed = {"nama": "Sari", "whatsapp": NEW, "sandi": "salah sekali"}
    for _ in range(10):
        assert client.post("/akun/data-diri", data=typed).status_code == 422
    assert client.post("/akun/data-diri", data=typed).status_code == 429
    new = {"sandi_lama": PASSWORD, "sandi": "tiga kata lain"}
    assert client.post("/akun/sandi", data=new).status_code == 429


@pytest.mark.parametrize(
    "path", ["", "/data-diri", "/bahasa", "/perangkat", "/sandi", "/alamat", "/alamat/baru"]
)
def test_a_stranger_is_led_to_the_sign_in(client: Visitor, path: str) -> None:
    answer = client.get(f"/akun{path}")
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/masuk?lanjut=/akun{path}"


# ----------------------------------------------------------------------------- language
def test_a_chosen_language_is_kept_and_the_next_page_speaks_it(
    client: Visitor, db: Database, sari: Person
) -> None:
    sign_in(client, db, sari)
    answer = client.post("/akun/bahasa", data={"bahasa": "en"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/en/akun")
    page = client.get("/en/akun")
    assert '<html lang="en">' in page.text
    answer = client.post("/en/akun/bahasa", data={"bahasa": "id"})
    assert answer.headers["Location"] == "/akun"
    with db.reading() as session:
        assert session.get_one(Person, sari.id).language == "id"


@pytest.mark.parametrize("wrong", ["", "fr", "EN", "<script>", "x" * 5_000])
def test_a_language_that_is_none_is_refused(
    client: Visitor, db: Database, sari: Person, wrong: str
) -> None:
    sign_in(client, db, sari)
    answer = client.post("/akun/bahasa", data={"bahasa": wrong})
    assert answer.status_code == 422
    assert 'href="#bahasa"' in answer.text


def _speaks_english(db: Database, person: Person) -> None:
    with db.writing() as session:
        session.get_one(Person, person.id).language = "en"


def test_who_chose_english_comes_in_to_english_pages_and_is_told_why(
    client: Visitor, db: Database, sari: Person
) -> None:
    _speaks_english(db, sari)
    answer = client.post("/masuk", data={"login": SARI, "sandi": PASSWORD})
    assert answer.headers["Location"] == "/en/akun"
    assert 'class="note' in client.get("/en/akun").text


def test_a_wanted_page_wins_over_the_language(client: Visitor, db: Database, sari: Person) -> None:
    _speaks_english(db, sari)
    typed = {"login": SARI, "sandi": PASSWORD, "lanjut": "/akun/pesanan"}
    assert client.post("/masuk", data=typed).headers["Location"] == "/akun/pesanan"


def test_who_comes_in_through_an_english_page_stays_in_english(
    client: Visitor, sari: Person
) -> None:
    answer = client.post("/en/masuk", data={"login": SARI, "sandi": PASSWORD})
    assert answer.headers["Location"] == "/en/akun"


def test_who_registers_on_an_english_page_has_chosen_english(client: Visitor, db: Database) -> None:
    typed = {"nama": "Ann", "surel": "ann@lain.example", "sandi": PASSWORD}
    client.post("/en/daftar", data=typed)
    client.post("/en/daftar", data={"nama": "Ben", "whatsapp": NEW, "sandi": PASSWORD})
    client.post("/daftar", data={"nama": "Cahya", "whatsapp": JOKO, "sandi": PASSWORD})
    with db.reading() as session:
        assert session.scalars(select(Registration.language)).one() == "en"
        rows = session.execute(select(Person.phone_login, Person.language))
        assert {row.phone_login: row.language for row in rows} == {
            read_login(NEW).phone: "en",
            JOKO: "id",
        }


# -------------------------------------------------------------------------------- strangers
def test_a_token_of_somebody_else_moves_nothing_here(
    app: Flask, client: Visitor, db: Database, sari: Person, joko: Person
) -> None:
    other, passing = app.test_client(), app.test_client()
    assert isinstance(other, Visitor)
    assert isinstance(passing, Visitor)
    sign_in(other, db, joko)
    sign_in(client, db, sari)
    forms = {
        "/akun/data-diri": {"nama": "Joko", "whatsapp": NEW, "sandi": PASSWORD},
        "/akun/bahasa": {"bahasa": "en"},
        "/akun/sandi": {"sandi_lama": PASSWORD, "sandi": "milik orang lain"},
        "/akun/perangkat/keluarkan-lain": {},
        "/akun/alamat/baru": {"nama": "Joko"},
        "/keluar": {},
    }
    client.sends_token = False
    for token in ("", "é" * 10, "x" * 100_000, passing.token(), other.token()):
        for path, data in forms.items():
            for home in ("", "/en"):
                answer = client.post(
                    home + path,
                    data={**data, "csrf_token": token},
                    headers={"Sec-Fetch-Site": "same-origin"},
                )
                assert answer.status_code == 400
    assert client.get("/akun").status_code == 200
    assert logins(db) == {"Sari": PHONE, "Joko": JOKO}
