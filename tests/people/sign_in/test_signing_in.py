"""Coming in: by number or e-mail, alike for known and unknown, without being led astray."""

import re
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from shop.core.database.engine import Database
from shop.core.values import clock
from shop.core.values.codes import hash_token
from shop.people.accounts import events
from shop.people.accounts.actions import create_person
from shop.people.accounts.models import Person, SignInSession
from shop.people.accounts.passwords import hash_password, is_password
from shop.services.audit.models import AuditEvent
from shop.web.security.csrf import CART_COOKIE, SIGN_IN_COOKIE
from tests.people.conftest import PASSWORD, PHONE, SARI
from tests.support.engines import PAGES
from tests.support.entering import sign_in
from tests.support.visitor import Visitor

pytestmark = pytest.mark.only_on("sqlite", because=PAGES)


def _post(
    client: Visitor, login: str, password: str = PASSWORD, wanted: str = ""
) -> tuple[int, str]:
    answer = client.post("/masuk", data={"login": login, "sandi": password, "lanjut": wanted})
    return answer.status_code, answer.headers.get("Location", "")


@pytest.mark.parametrize("login", [SARI, " SARI@Pembeli.Example ", PHONE, "0840-0009-0010"])
def test_people_sign_in_by_mail_or_number_however_they_write_it(
    client: Visitor, sari: Person, login: str
) -> None:
    assert _post(client, login) == (303, "/akun")
    page = client.get("/akun")
    assert page.status_code == 200
    assert "Sari" in page.text


def test_only_a_hash_of_the_cookie_is_kept_and_it_is_new_each_time(
    client: Visitor, db: Database, sari: Person
) -> None:
    _post(client, SARI)
    first = client.get_cookie(SIGN_IN_COOKIE)
    assert first is not None
    assert first.http_only
    assert first.same_site == "Lax"
    assert len(first.value) >= 43
    with db.reading() as session:
        assert session.scalar(select(SignInSession.token_hash)) == hash_token(first.value)
    client.post("/keluar")
    _post(client, SARI)
    second = client.get_cookie(SIGN_IN_COOKIE)
    assert second is not None
    assert second.value != first.value


def test_a_planted_cookie_is_not_the_one_that_signs_in(client: Visitor, sari: Person) -> None:
    client.set_cookie(SIGN_IN_COOKIE, "planted-by-joko")
    _post(client, SARI)
    thief = client.application.test_client()
    thief.set_cookie(SIGN_IN_COOKIE, "planted-by-joko")
    assert thief.get("/akun").status_code == 303


def test_a_cookie_copied_before_sign_out_is_dead_after(
    client: Visitor, db: Database, sari: Person
) -> None:
    secret = sign_in(client, db, sari)
    thief = client.application.test_client()
    thief.set_cookie(SIGN_IN_COOKIE, secret)
    assert thief.get("/akun").status_code == 200
    assert client.post("/keluar").status_code == 303
    assert thief.get("/akun").status_code == 303


def test_signing_in_again_ends_what_the_same_browser_had(
    client: Visitor, db: Database, sari: Person
) -> None:
    secret = sign_in(client, db, sari)
    _post(client, SARI)
    thief = client.application.test_client()
    thief.set_cookie(SIGN_IN_COOKIE, secret)
    assert thief.get("/akun").status_code == 303


def test_unknown_mistyped_and_blocked_read_the_same(
    client: Visitor, db: Database, sari: Person
) -> None:
    with db.writing() as session:
        blocked = create_person(
            session,
            name="Joko",
            phone=None,
            email="joko@lain.example",
            password=PASSWORD,
            now=clock.now(),
        )
        blocked.blocked_at = clock.now()
    answers = set()
    for login, password in (
        (SARI, "bukan sandinya"),
        ("tidak-ada@lain.example", PASSWORD),
        ("joko@lain.example", PASSWORD),
        ("bukan nomor", PASSWORD),
    ):
        answer = client.post("/masuk", data={"login": login, "sandi": password})
        assert answer.status_code == 422
        assert client.get_cookie(SIGN_IN_COOKIE) is None
        text = re.sub(r'name="csrf_token" value="[^"]*"', "", answer.text)
        answers.add(text.replace(f'value="{login}"', ""))
    assert len(answers) == 1


def test_an_unknown_login_costs_the_same_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    from shop.people.accounts import passwords

    kept = passwords._in_use[0]

    class Counting:
        current_hasher = kept.current_hasher

        def verify(self, password: str, password_hash: str) -> bool:
            asked.append(password_hash)
            return kept.verify(password, password_hash)

        def hash(self, password: str) -> str:
            return kept.hash(password)

    monkeypatch.setattr(passwords, "_in_use", [Counting()])
    assert not is_password("apa saja", None)
    assert not is_password("apa saja", hash_password("lain"))
    assert len(asked) == 2
    assert len({one.rpartition("$")[0].rpartition("$")[0] for one in asked}) == 1  # same cost


def test_the_login_stays_and_the_password_is_never_sent_back(client: Visitor, sari: Person) -> None:
    answer = client.post("/masuk", data={"login": SARI, "sandi": "salah-sekali"})
    assert f'value="{SARI}"' in answer.text
    assert "salah-sekali" not in answer.text
    assert "belum cocok" in answer.text


@pytest.mark.parametrize("missing", ["login", "sandi"])
def test_an_empty_field_is_named(client: Visitor, missing: str) -> None:
    typed = {"login": SARI, "sandi": PASSWORD} | {missing: " "}
    answer = client.post("/masuk", data=typed)
    assert answer.status_code == 422
    assert f'href="#{missing}"' in answer.text


ASTRAY = [
    "//jahat.example",
    "///jahat.example",
    "https://jahat.example",
    "http:jahat.example",
    "\\\\jahat.example",
    "/\\jahat.example",
    "/\t/jahat.example",
    "/\n/jahat.example",
    " //jahat.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "jahat.example",
    "//jahat.example%2f..",
    "/%09/jahat.example\\@x",
    "HTTPS://localhost@jahat.example/",
]


@pytest.mark.parametrize("wanted", ASTRAY)
def test_no_link_leads_off_the_shop_after_signing_in(
    client: Visitor, sari: Person, wanted: str
) -> None:
    status, place = _post(client, SARI, wanted=wanted)
    assert status == 303
    assert place == "/akun"


def test_who_wanted_a_page_gets_it_after_signing_in(client: Visitor, sari: Person) -> None:
    answer = client.get("/akun/sandi?x=1")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/masuk?lanjut=/akun/sandi?x%3D1"
    page = client.get(answer.headers["Location"])
    assert 'name="lanjut" value="/akun/sandi?x=1"' in page.text
    assert _post(client, SARI, wanted="/akun/sandi?x=1")[1] == "/akun/sandi?x=1"


def test_a_foreign_form_signs_nobody_in_or_out(client: Visitor, db: Database, sari: Person) -> None:
    client.sends_token = False
    for token in ("", "palsu", "é" * 10, "x" * 100_000):
        answer = client.post("/masuk", data={"login": SARI, "sandi": PASSWORD, "csrf_token": token})
        assert 400 <= answer.status_code < 500
    assert client.get_cookie(SIGN_IN_COOKIE) is None
    sign_in(client, db, sari)
    assert client.post("/keluar").status_code == 400
    assert client.get("/akun").status_code == 200


def test_a_session_lives_while_it_is_used_and_no_longer_than_half_a_year(
    client: Visitor, db: Database, sari: Person
) -> None:
    start = clock.now()
    sign_in(client, db, sari)
    for day in range(20, 180, 20):
        with time_machine.travel(start + timedelta(days=day), tick=False):
            assert client.get("/akun").status_code == 200
    with time_machine.travel(start + timedelta(days=181), tick=False):
        assert client.get("/akun").status_code == 303


def test_an_unused_session_ends_after_a_month(client: Visitor, db: Database, sari: Person) -> None:
    start = clock.now()
    sign_in(client, db, sari)
    with time_machine.travel(start + timedelta(days=31), tick=False):
        assert client.get("/akun").status_code == 303


def test_being_seen_is_written_once_an_hour(client: Visitor, db: Database, sari: Person) -> None:
    start = clock.now()
    sign_in(client, db, sari)

    def seen() -> set[object]:
        with db.reading() as session:
            return set(session.scalars(select(SignInSession.seen_at)))

    first = seen()
    client.get("/akun")
    assert seen() == first
    with time_machine.travel(start + timedelta(minutes=61), tick=False):
        client.get("/akun")
    assert seen() != first


def test_every_sign_in_is_in_the_log_and_told_to_who_listens(
    client: Visitor, db: Database, sari: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = []
    monkeypatch.setattr(
        events, "on_sign_in", [lambda _session, person, cart: heard.append((person, cart))]
    )
    client.set_cookie(CART_COOKIE, "keranjang-tamu")
    _post(client, SARI)
    assert heard == [(sari.id, "keranjang-tamu")]
    with db.reading() as session:
        event = session.scalars(
            select(AuditEvent).where(AuditEvent.action == "person.signed-in")
        ).one()
    assert event.actor_id == sari.id
    assert event.origin_id is not None


def test_a_sign_in_that_a_listener_refuses_leaves_no_session(
    client: Visitor, db: Database, sari: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_session: object, _person: int, _cart: str | None) -> None:
        raise RuntimeError("the cart could not be merged")

    monkeypatch.setattr(events, "on_sign_in", [refuse])
    with pytest.raises(RuntimeError):
        _post(client, SARI)
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(SignInSession)) == 0


def test_a_stronger_cost_reaches_old_passwords_at_the_next_sign_in(
    client: Visitor, db: Database, sari: Person
) -> None:
    from pwdlib import PasswordHash
    from pwdlib.hashers.argon2 import Argon2Hasher

    old = PasswordHash((Argon2Hasher(memory_cost=32, time_cost=1, parallelism=1),)).hash(PASSWORD)
    with db.writing() as session:
        person = session.get(Person, sari.id)
        assert person is not None
        person.password_hash = old
    assert _post(client, SARI)[0] == 303
    with db.reading() as session:
        now_kept = session.scalar(select(Person.password_hash))
    assert now_kept is not None
    assert now_kept != old
    assert is_password(PASSWORD, now_kept)


def test_anonymous_pages_ask_nothing_about_people(client: Visitor, db: Database) -> None:
    answer = client.get("/masuk")
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
