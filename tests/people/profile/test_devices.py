"""Where somebody is signed in: seen, ended, and dead at the next request."""

from datetime import timedelta
from functools import partial

import pytest
import time_machine
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from shop.core.database.engine import Database
from shop.core.values import clock
from shop.core.values.codes import hash_token
from shop.people.accounts.errors import NotOwnDevice
from shop.people.accounts.models import Person, SignInSession
from shop.people.accounts.queries import signed_in_by
from shop.people.accounts.rules import Device, device_of
from shop.people.profile.actions import SHOWN, devices_of, end_device, end_other_devices
from shop.people.sign_in.actions import remember_seen
from shop.services.audit.models import AuditEvent
from shop.web.security.csrf import SIGN_IN_COOKIE
from tests.factories import make_person
from tests.people.conftest import PASSWORD, SARI
from tests.support.at_once import together
from tests.support.engines import PAGES
from tests.support.entering import sign_in
from tests.support.statements import statements
from tests.support.visitor import Visitor

pytestmark = pytest.mark.only_on("sqlite", because=PAGES)

ANDROID = (
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/126.0.0.0 Mobile Safari/537.36"
)
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15"
    " (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1"
)
EDGE = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0"
)


@pytest.mark.parametrize(
    ("said", "device"),
    [
        (ANDROID, Device("Chrome", "Android")),
        (IPHONE, Device("Safari", "iPhone")),
        (EDGE, Device("Edge", "Windows")),
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko Firefox/127.0",
            Device("Firefox", "Linux"),
        ),
        ("Opera/9.80 (J2ME/MIDP; Opera Mini/9 (Compatible; U; id)", Device("Opera Mini", None)),
        ("", Device(None, None)),
        ("<script>alert(1)</script>", Device(None, None)),
    ],
)
def test_a_browser_is_known_by_two_words(said: str, device: Device) -> None:
    assert device_of(said) == device


@given(said=st.text(max_size=2_000))
def test_nothing_a_browser_says_is_kept_as_it_said_it(said: str) -> None:
    found = device_of(said)
    assert all(name is None or len(name) <= 20 for name in (found.browser, found.system))


def _enter(app: Flask, agent: str, **more: str) -> Visitor:
    """A browser in which Sari has signed in."""
    client = app.test_client()
    answer = client.post(
        "/masuk",
        data={"login": SARI, "sandi": PASSWORD, **more},
        headers={"User-Agent": agent},
    )
    assert answer.status_code == 303
    assert isinstance(client, Visitor)
    return client


def _code(client: Visitor) -> str:
    cookie = client.get_cookie(SIGN_IN_COOKIE)
    assert cookie is not None
    return hash_token(cookie.value)[:16]


def test_the_list_names_each_browser_and_marks_the_present_one(app: Flask, sari: Person) -> None:
    phone, office = _enter(app, ANDROID), _enter(app, EDGE)
    page = phone.get("/akun/perangkat").text
    assert "Chrome di Android" in page
    assert "Edge di Windows" in page
    assert page.count("Perangkat ini") == 1
    assert _code(office) in page
    assert _code(phone) not in page  # this one is left by signing out
    assert "127.0.0.1" not in page


def test_an_ended_device_is_dead_at_its_next_request_and_the_others_live(
    app: Flask, db: Database, sari: Person
) -> None:
    phone, office, home = (_enter(app, ANDROID), _enter(app, EDGE), _enter(app, IPHONE))
    answer = phone.post(f"/akun/perangkat/{_code(office)}/keluarkan")
    assert answer.headers["Location"] == "/akun/perangkat"
    assert office.get("/akun").status_code == 303
    assert phone.get("/akun").status_code == 200
    assert home.get("/akun").status_code == 200
    # Twice is as good as once.
    assert phone.post(f"/akun/perangkat/{_code(office)}/keluarkan").status_code == 303
    with db.reading() as session:
        events = session.scalars(
            select(AuditEvent).where(AuditEvent.action == "person.devices-signed-out")
        ).all()
    assert len(events) == 1
    assert events[0].subject == f"person:{sari.id}"


def test_all_others_end_at_once_and_this_one_stays(app: Flask, sari: Person) -> None:
    browsers = [_enter(app, ANDROID) for _ in range(4)]
    assert browsers[0].post("/akun/perangkat/keluarkan-lain").status_code == 303
    assert [one.get("/akun").status_code for one in browsers] == [200, 303, 303, 303]
    assert "Keluarkan semua" not in browsers[0].get("/akun/perangkat").text


def test_to_end_the_present_device_is_to_sign_out(app: Flask, sari: Person) -> None:
    phone = _enter(app, ANDROID)
    answer = phone.post(f"/akun/perangkat/{_code(phone)}/keluarkan")
    assert answer.headers["Location"] == "/"
    assert phone.get_cookie(SIGN_IN_COOKIE) is None
    assert phone.get("/akun").status_code == 303


def test_nobody_ends_anothers_device_or_learns_that_it_exists(
    app: Flask, db: Database, sari: Person
) -> None:
    phone = _enter(app, ANDROID)
    joko = app.test_client()
    sign_in(joko, db, make_person(db, "Joko"))
    for code in (_code(phone), "0" * 16, "%25", "x", _code(phone).upper(), "0" * 64):
        assert joko.post(f"/akun/perangkat/{code}/keluarkan").status_code == 404
    joko.post("/akun/perangkat/keluarkan-lain")
    assert phone.get("/akun").status_code == 200
    assert _code(phone) not in joko.get("/akun/perangkat").text


def test_the_code_of_a_device_signs_nobody_in(app: Flask, sari: Person) -> None:
    phone = _enter(app, ANDROID)
    thief = app.test_client()
    for value in (_code(phone), hash_token(str(_code(phone)))):
        thief.set_cookie(SIGN_IN_COOKIE, value)
        assert thief.get("/akun").status_code == 303


def test_a_new_password_ends_a_copied_cookie_and_the_old_one_of_this_browser(
    app: Flask, sari: Person
) -> None:
    phone, thief = _enter(app, ANDROID), app.test_client()
    copied = phone.get_cookie(SIGN_IN_COOKIE)
    assert copied is not None
    thief.set_cookie(SIGN_IN_COOKIE, copied.value)
    assert thief.get("/akun").status_code == 200
    new = {"sandi_lama": PASSWORD, "sandi": "empat kata yang lain"}
    answer = phone.post("/akun/sandi", data=new, headers={"User-Agent": ANDROID})
    assert answer.status_code == 303
    assert phone.get("/akun").status_code == 200
    assert thief.get("/akun").status_code == 303
    assert phone.get("/akun/perangkat").text.count("Chrome di Android") == 1


def test_a_list_of_many_costs_what_a_list_of_two_costs(
    app: Flask, db: Database, sari: Person
) -> None:
    client = app.test_client()

    def cost() -> int:
        with statements(db) as found:
            assert client.get("/akun/perangkat").status_code == 200
        return len(found)

    for _ in range(2):
        sign_in(client, db, sari)
    few = cost()
    for _ in range(SHOWN + 5):
        sign_in(client, db, sari)
    assert cost() == few
    page = client.get("/akun/perangkat").text
    assert page.count('action="/akun/perangkat/') == SHOWN  # all but this one, and "all others"
    assert "Dan 7 perangkat lain" in page


def test_changes_are_counted(app: Flask, db: Database, sari: Person) -> None:
    client = app.test_client()
    sign_in(client, db, sari)
    answers = [client.post("/akun/perangkat/keluarkan-lain").status_code for _ in range(61)]
    assert answers == [303] * 60 + [429]


# ----------------------------------------------------------------------- borrowed phones
def test_a_borrowed_phone_is_left_after_a_quarter_of_an_hour_without_use(
    app: Flask, sari: Person
) -> None:
    start = clock.now()
    phone = _enter(app, ANDROID, pinjam="1")
    cookie = phone.get_cookie(SIGN_IN_COOKIE)
    assert cookie is not None
    assert cookie.max_age is None
    assert cookie.expires is None
    for minute in range(10, 60, 10):
        with time_machine.travel(start + timedelta(minutes=minute), tick=False):
            assert phone.get("/akun").status_code == 200
    with time_machine.travel(start + timedelta(minutes=66), tick=False):
        assert phone.get("/akun").status_code == 303


def test_a_borrowed_phone_stays_one_when_the_password_changes(app: Flask, sari: Person) -> None:
    start = clock.now()
    phone = _enter(app, ANDROID, pinjam="1")
    phone.post("/akun/sandi", data={"sandi_lama": PASSWORD, "sandi": "empat kata yang lain"})
    cookie = phone.get_cookie(SIGN_IN_COOKIE)
    assert cookie is not None
    assert cookie.max_age is None
    assert "HP pinjam" in phone.get("/akun/perangkat").text
    with time_machine.travel(start + timedelta(minutes=17), tick=False):
        assert phone.get("/akun").status_code == 303


# -------------------------------------------------------------------------- two at once
def test_a_session_that_is_ended_while_it_is_used_stays_ended(
    app: Flask, db: Database, sari: Person
) -> None:
    client, start = app.test_client(), clock.now()
    secret = sign_in(client, db, sari)
    with db.reading() as session:
        using = signed_in_by(session, secret, start)
    assert using is not None
    # The page was begun before the session ended, and is noted as a use after it.
    with db.writing() as session:
        end_device(session, sari.id, hash_token(secret)[:16], now=start)
    with db.writing() as session:
        remember_seen(session, using, start + timedelta(hours=2))
    with db.reading() as session:
        assert signed_in_by(session, secret, start + timedelta(hours=2)) is None


def test_many_that_end_each_other_at_once_leave_no_error_and_no_doubt(
    app: Flask, db: Database, sari: Person
) -> None:
    secrets = [sign_in(app.test_client(), db, sari) for _ in range(4)]
    with db.reading() as session:
        ids = [
            session.scalars(
                select(SignInSession.id).where(SignInSession.token_hash == hash_token(secret))
            ).one()
            for secret in secrets
        ]

    def end_all_but(here: int) -> None:
        db.write(lambda s: end_other_devices(s, sari.id, here=here, now=clock.now()))

    assert together(*(partial(end_all_but, here) for here in ids)) == [None] * len(ids)
    with db.reading() as session:
        left = devices_of(session, sari.id, here=None, now=clock.now())
        events = session.scalars(
            select(AuditEvent.after).where(AuditEvent.action == "person.devices-signed-out")
        ).all()
    assert left.count <= 1
    ended = [one for event in events for one in (event or {})["sessions"]]
    assert sorted(ended) == sorted(set(ended))  # each was ended once
    assert len(ended) + left.count == len(ids)


def test_a_code_that_is_none_is_not_looked_up(db: Database, sari: Person) -> None:
    with pytest.raises(NotOwnDevice), db.writing() as session:
        end_device(session, sari.id, "%", now=clock.now())
