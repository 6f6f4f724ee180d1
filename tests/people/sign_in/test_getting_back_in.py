"""A lost password: a mailed link or a code from the desk, once, and the thief stays outside."""

import re
import threading
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from shop.core.database.engine import Database
from shop.core.values import clock
from shop.core.values.codes import hash_token
from shop.people.accounts.actions import create_person, give_operator_right
from shop.people.accounts.models import OperatorRight, Person, RecoveryToken
from shop.people.accounts.rules import new_desk_code, read_desk_code, show_desk_code
from shop.people.cooperatives.actions import add_member
from shop.people.cooperatives.models import Role
from shop.services.outbox.models import OutboxJob
from shop.web.security.csrf import SIGN_IN_COOKIE
from tests.factories import NOON, make_cooperative, make_person, make_seat
from tests.people.conftest import PASSWORD, PHONE, SARI, Mailbox
from tests.support.engines import PAGES
from tests.support.entering import sign_in
from tests.support.visitor import Visitor

pytestmark = pytest.mark.only_on("sqlite", because=PAGES)

NEW = "kopi hujan sore"
WATI = "wati@gayo.example"


def _ask(client: Visitor, login: str = SARI) -> None:
    assert client.post("/lupa-sandi", data={"login": login}).status_code == 303


def _can_enter(app: Flask, password: str, login: str = SARI) -> bool:
    answer = app.test_client().post("/masuk", data={"login": login, "sandi": password})
    return answer.status_code == 303


@pytest.mark.parametrize("login", [SARI, PHONE])
def test_a_mailed_link_sets_a_new_password_and_signs_in(
    app: Flask, client: Visitor, sari: Person, mailbox: Mailbox, login: str
) -> None:
    _ask(client, login)
    link = mailbox.link("/sandi-baru/")
    assert client.get(link).status_code == 200
    assert client.post(link, data={"sandi": NEW}).headers["Location"] == "/akun"
    assert client.get("/akun").status_code == 200
    assert _can_enter(app, NEW)
    assert not _can_enter(app, PASSWORD)


def test_a_link_works_once(app: Flask, client: Visitor, sari: Person, mailbox: Mailbox) -> None:
    _ask(client)
    link = mailbox.link("/sandi-baru/")
    client.post(link, data={"sandi": NEW})
    thief = app.test_client()
    assert thief.get(link).status_code == 404
    assert thief.post(link, data={"sandi": "punya joko sekarang"}).status_code == 404
    assert _can_enter(app, NEW)


def test_a_link_ends_after_half_an_hour_and_with_any_change_of_password(
    app: Flask, client: Visitor, sari: Person, mailbox: Mailbox
) -> None:
    now = clock.now()
    _ask(client)
    first = mailbox.link("/sandi-baru/")
    with time_machine.travel(now + timedelta(minutes=31), tick=False):
        assert client.get(first).status_code == 404
        assert client.post(first, data={"sandi": NEW}).status_code == 404
    _ask(client)
    second = mailbox.link("/sandi-baru/")
    assert second != first
    client.post(second, data={"sandi": NEW})
    assert app.test_client().post(first, data={"sandi": "punya joko"}).status_code == 404


def test_a_guessed_link_opens_nothing(client: Visitor, sari: Person) -> None:
    for guess in ("a", "x" * 43, "%00", "../masuk", "é"):
        assert client.get(f"/sandi-baru/{guess}").status_code == 404
        assert client.post(f"/sandi-baru/{guess}", data={"sandi": NEW}).status_code == 404


def test_a_link_carries_256_bits_of_which_the_database_knows_the_hash_only(
    client: Visitor, db: Database, sari: Person, mailbox: Mailbox
) -> None:
    _ask(client)
    secret = mailbox.link("/sandi-baru/").rpartition("/")[2]
    assert len(secret) == 43
    with db.reading() as session:
        assert session.scalar(select(RecoveryToken.secret_hash)) == hash_token(secret)
        payloads = session.scalars(select(OutboxJob.payload)).all()
    assert secret not in str(payloads)
    assert SARI not in str(payloads)


@pytest.mark.parametrize("header", ["Host", "X-Forwarded-Host", "Forwarded"])
def test_a_poisoned_host_never_reaches_the_mail(
    client: Visitor, sari: Person, mailbox: Mailbox, header: str
) -> None:
    poison = "host=jahat.example" if header == "Forwarded" else "jahat.example"
    client.post("/lupa-sandi", data={"login": SARI}, headers={header: poison})
    assert "jahat" not in str(mailbox.letters())
    if header != "Host":
        assert mailbox.link("/sandi-baru/")


def test_known_and_unknown_are_answered_alike_and_leave_the_same_rows(
    client: Visitor, db: Database, sari: Person, mailbox: Mailbox
) -> None:
    answers = set()
    for login in (SARI, "tidak-ada@lain.example", "0812 0000 0000", "bukan apa-apa"):
        answer = client.post("/lupa-sandi", data={"login": login})
        page = client.get("/lupa-sandi/terkirim")
        answers.add((answer.status_code, answer.headers["Location"].partition("?")[0], page.text))
    assert len(answers) == 1
    with db.reading() as session:
        assert len(session.scalars(select(OutboxJob.id)).all()) == 4
    assert [reader for reader, *_ in mailbox.letters()] == [SARI]


def test_a_new_password_ends_every_other_session(
    app: Flask, client: Visitor, db: Database, sari: Person, mailbox: Mailbox
) -> None:
    thief: Visitor = app.test_client()  # type: ignore[assignment]  # conftest sets the class
    sign_in(thief, db, sari)
    _ask(client)
    client.post(mailbox.link("/sandi-baru/"), data={"sandi": NEW})
    assert thief.get("/akun").status_code == 303
    assert client.get("/akun").status_code == 200


def test_changing_the_password_keeps_this_browser_and_ends_the_others(
    app: Flask, client: Visitor, db: Database, sari: Person, mailbox: Mailbox
) -> None:
    thief: Visitor = app.test_client()  # type: ignore[assignment]  # conftest sets the class
    sign_in(thief, db, sari)
    old = sign_in(client, db, sari)
    wrong = client.post("/akun/sandi", data={"sandi_lama": "salah", "sandi": NEW})
    assert wrong.status_code == 422
    assert 'href="#sandi_lama"' in wrong.text
    answer = client.post("/akun/sandi", data={"sandi_lama": PASSWORD, "sandi": NEW})
    assert answer.status_code == 303
    assert client.get("/akun").status_code == 200
    cookie = client.get_cookie(SIGN_IN_COOKIE)
    assert cookie is not None
    assert cookie.value != old
    assert thief.get("/akun").status_code == 303
    assert mailbox.letters()[-1][1] == "Sandi Anda sudah diganti"


@pytest.mark.parametrize(
    "weak", ["", "pendek", "x" * 129, "12345678", "password", "aaaaaaaa", "KataSandi", "abcdefgh"]
)
def test_a_weak_password_is_refused_in_words_and_the_link_still_holds(
    client: Visitor, sari: Person, mailbox: Mailbox, weak: str
) -> None:
    _ask(client)
    link = mailbox.link("/sandi-baru/")
    answer = client.post(link, data={"sandi": weak})
    assert answer.status_code == 422
    assert 'href="#sandi"' in answer.text
    assert client.post(link, data={"sandi": NEW}).status_code == 303


def test_asking_too_often_is_told_alike_for_everybody(client: Visitor, sari: Person) -> None:
    for login in (SARI, "tidak-ada@lain.example"):
        for _ in range(5):
            _ask(client, login)
        answer = client.post("/lupa-sandi", data={"login": login})
        assert answer.status_code == 429
        assert "Tunggu" in answer.text
        assert int(answer.headers["Retry-After"]) > 3_600


# ------------------------------------------------------------------ a code from the desk


@pytest.fixture
def ani(app: Flask, db: Database) -> Person:
    """A member without e-mail who forgot her password; Bu Wati manages her cooperative."""
    gayo = make_cooperative(db)
    wati = make_person(db, "Bu Wati", WATI)
    make_seat(db, gayo, wati, Role.MANAJER)
    with db.writing() as session:
        person = create_person(
            session,
            name="Ani",
            phone="+6284000090077",
            email=None,
            password=PASSWORD,
            now=clock.now(),
        )
        add_member(
            session,
            cooperative_id=gayo.id,
            code="GYO-M77",
            number="2020.077",
            contact_id=person.contact_id,
            joined_on=NOON.date(),
            person_id=person.id,
            now=NOON,
        )
        return person


def _desk_code(app: Flask, db: Database) -> str:
    """The code as Bu Wati reads it from her page."""
    wati: Visitor = app.test_client()  # type: ignore[assignment]  # conftest sets the class
    with db.reading() as session:
        person = session.scalars(
            select(Person).where(Person.email_login == "wati@gayo.example")
        ).one()
    sign_in(wati, db, person)
    home = "/kelola/koperasi-gyo/anggota/GYO-M77"
    answer = wati.post(f"{home}/kode")
    assert answer.headers["Location"] == home
    shown = wati.get(home).text
    assert "GYO-M77" in shown
    found = re.search(r"Kode untuk Ani: ([A-Z2-9]{4}-[A-Z2-9]{4})\.", shown)
    assert found is not None
    assert found[1] not in wati.get(home).text  # shown once
    return found[1]


def _use(client: Visitor, code: str, login: str = "0840 0009 0077") -> int:
    return client.post(
        "/lupa-sandi/kode", data={"login": login, "kode": code, "sandi": NEW}
    ).status_code


def test_a_member_without_e_mail_gets_back_in_with_a_code_from_the_desk(
    app: Flask, client: Visitor, db: Database, ani: Person
) -> None:
    code = _desk_code(app, db)
    assert _use(client, f" {code.lower()} ") == 303
    assert "Ani" in client.get("/akun").text
    assert _can_enter(app, NEW, "0840-0009-0077")
    assert _use(app.test_client(), code) == 422  # type: ignore[arg-type]  # conftest sets the class


def test_a_code_ends_after_half_an_hour_and_when_a_newer_one_is_given(
    app: Flask, client: Visitor, db: Database, ani: Person
) -> None:
    first = _desk_code(app, db)
    second = _desk_code(app, db)
    assert _use(client, first) == 422
    with time_machine.travel(clock.now() + timedelta(minutes=31), tick=False):
        assert _use(client, second) == 422


def test_a_code_opens_one_account_only(
    app: Flask, client: Visitor, db: Database, ani: Person, sari: Person
) -> None:
    assert _use(client, _desk_code(app, db), SARI) == 422


def test_five_guesses_in_half_an_hour_and_the_rightful_code_waits_with_them(
    app: Flask, client: Visitor, db: Database, ani: Person
) -> None:
    now = clock.now()
    for _ in range(5):
        assert _use(client, new_desk_code()) == 422
    code = _desk_code(app, db)
    assert _use(client, code) == 429
    with time_machine.travel(now + timedelta(minutes=31), tick=False):
        assert _use(client, _desk_code(app, db)) == 303


def test_known_and_unknown_logins_with_a_wrong_code_read_the_same(
    client: Visitor, ani: Person
) -> None:
    answers = set()
    for login in ("0840 0009 0077", "0840 0009 0078", "siapa@lain.example"):
        answer = client.post(
            "/lupa-sandi/kode", data={"login": login, "kode": "AAAA-BBBB", "sandi": NEW}
        )
        text = re.sub(r'name="csrf_token" value="[^"]*"', "", answer.text)
        answers.add((answer.status_code, text.replace(login, "")))
    assert len(answers) == 1


def test_a_code_is_read_however_it_is_typed() -> None:
    code = new_desk_code()
    for typed in (code, code.lower(), show_desk_code(code), f" {code[:2]} {code[2:]} "):
        assert read_desk_code(typed) == code
    assert set(code).isdisjoint("ILO01")


def test_an_operator_is_not_recovered_at_a_desk(
    app: Flask, client: Visitor, db: Database, ani: Person
) -> None:
    with db.writing() as session:
        give_operator_right(session, ani.id, OperatorRight.OPERATE, NOON)
        wati = session.scalars(
            select(Person).where(Person.email_login == "wati@gayo.example")
        ).one()
    sign_in(client, db, wati)
    assert client.post("/kelola/koperasi-gyo/anggota/GYO-M77/kode").status_code == 409


def test_two_uses_of_one_code_at_once_set_one_password(
    app: Flask, db: Database, ani: Person
) -> None:
    code = _desk_code(app, db)
    gate, answers = threading.Barrier(2), []

    def use() -> None:
        visitor: Visitor = app.test_client()  # type: ignore[assignment]  # conftest sets the class
        gate.wait()
        answers.append(_use(visitor, code))

    both = [threading.Thread(target=use) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(answers) == [303, 422]
