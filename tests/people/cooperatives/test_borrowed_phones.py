"""Members on somebody else's phone: code and PIN from the desk, and nothing of an office (R27)."""

import re
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from shop.core.database.engine import Database
from shop.core.values import clock
from shop.people.accounts.actions import give_operator_right
from shop.people.accounts.models import OperatorRight, Person, SignInSession
from shop.people.accounts.passwords import hash_password, is_password
from shop.people.accounts.queries import Known
from shop.people.cooperatives import pin_sign_in_views
from shop.people.cooperatives.actions import seat
from shop.people.cooperatives.member_pins import give_pin
from shop.people.cooperatives.models import Cooperative, Member, MemberPin, Role
from shop.people.cooperatives.rules import MAX_PIN_TRIES, is_pin, new_pin, read_member_code
from shop.people.sign_in.actions import start_session
from shop.services.audit.models import AuditEvent
from shop.web.security.csrf import SIGN_IN_COOKIE
from tests.factories import NOON, make_cooperative, make_member, make_person, make_seat
from tests.support.engines import PAGES
from tests.support.entering import sign_in
from tests.support.statements import statements
from tests.support.visitor import Visitor

pytestmark = pytest.mark.only_on("sqlite", because=PAGES)

PIN, WRONG = "481502", "999999"
REFUSAL = "Kode anggota atau PIN belum cocok"


@pytest.fixture
def gayo(app: Flask, db: Database) -> Cooperative:
    return make_cooperative(db)


@pytest.fixture
def wati(db: Database, gayo: Cooperative) -> Person:
    """Bu Wati manages Koperasi Gayo."""
    person = make_person(db, "Wati", "wati@gayo.example")
    make_seat(db, gayo, person, Role.MANAJER)
    return person


@pytest.fixture
def ani(db: Database, gayo: Cooperative, wati: Person) -> Member:
    """Ani has neither phone nor e-mail nor account: a code, and a PIN that Bu Wati gave her."""
    member = make_member(db, gayo)
    with db.writing() as session:
        give_pin(session, gayo.id, member.code, hash_password(PIN), actor_id=wati.id, now=NOON)
        return session.get_one(Member, member.id)


def _enter(client: Visitor, code: str, pin: str, address: str = "203.0.113.1") -> int:
    return client.post(
        "/masuk/pin",
        data={"kode": code, "pin": pin},
        environ_base={"REMOTE_ADDR": address},
    ).status_code


def _tries(db: Database, member: Member) -> int:
    with db.reading() as session:
        return session.scalars(
            select(MemberPin.tries).where(MemberPin.person_id == member.person_id)
        ).one()


def _fresh(app: Flask) -> Visitor:
    visitor: Visitor = app.test_client()  # type: ignore[assignment]  # conftest sets the class
    return visitor


# ------------------------------------------------------------------ the desk


def test_the_desk_gives_a_pin_that_is_shown_once_and_opens_the_stall(
    app: Flask, db: Database, gayo: Cooperative, wati: Person
) -> None:
    member, desk = make_member(db, gayo), _fresh(app)
    sign_in(desk, db, wati)
    home = f"/kelola/{gayo.slug}/anggota/{member.code}"
    assert desk.post(f"{home}/pin").headers["Location"].endswith(home)
    said = re.search(r": (\d{6}), untuk kode", desk.get(home).text)
    assert said is not None
    assert said[1] not in desk.get(home).text

    phone = _fresh(app)
    answer = phone.post("/masuk/pin", data={"kode": member.code.lower(), "pin": said[1]})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/lapak")
    assert phone.get("/lapak").status_code == 200


def test_a_member_without_an_account_gets_one_and_keeps_it(
    db: Database, gayo: Cooperative, wati: Person, ani: Member
) -> None:
    with db.writing() as session:
        give_pin(session, gayo.id, ani.code, hash_password(WRONG), actor_id=wati.id, now=NOON)
    with db.reading() as session:
        assert session.get_one(Member, ani.id).person_id == ani.person_id
        person = session.get_one(Person, ani.person_id)
        assert (person.email_login, person.phone_login, person.password_hash) == (None,) * 3
        assert person.contact_id == ani.contact_id
        given = session.scalars(
            select(AuditEvent.actor_id).where(AuditEvent.action == "member.pin-given")
        ).all()
    assert given == [wati.id] * 2


def test_the_pin_is_kept_as_a_hash_alone(db: Database, ani: Member) -> None:
    with db.reading() as session:
        assert session.scalars(select(MemberPin.pin_hash)).one().startswith("$argon2id$")


@pytest.mark.parametrize("office", [role for role in Role if role is not Role.ANGGOTA])
def test_nobody_with_an_office_gets_a_pin(
    client: Visitor, db: Database, gayo: Cooperative, wati: Person, office: Role
) -> None:
    person, member = make_person(db, "Made"), make_member(db, gayo)
    elsewhere = make_cooperative(db, "KTM", "Koperasi Kintamani")
    make_seat(db, elsewhere, person, office)
    with db.writing() as session:
        session.get_one(Member, member.id).person_id = person.id
    sign_in(client, db, wati)
    home = f"/kelola/{gayo.slug}/anggota/{member.code}"
    assert f'{home}/pin"' not in client.get(home).text
    assert client.post(f"{home}/pin").status_code == 409
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(MemberPin)) == 0


def test_who_left_gets_no_pin(
    client: Visitor, db: Database, gayo: Cooperative, wati: Person
) -> None:
    member = make_member(db, gayo)
    with db.writing() as session:
        session.get_one(Member, member.id).left_on = NOON.date()
    sign_in(client, db, wati)
    assert client.post(f"/kelola/{gayo.slug}/anggota/{member.code}/pin").status_code == 409


def test_a_new_pin_ends_what_the_old_one_opened(
    client: Visitor, db: Database, gayo: Cooperative, wati: Person, ani: Member
) -> None:
    assert _enter(client, ani.code, PIN) == 303
    with db.writing() as session:
        give_pin(session, gayo.id, ani.code, hash_password(WRONG), actor_id=wati.id, now=NOON)
    assert client.get("/lapak").headers["Location"].startswith("/masuk")
    assert _enter(client, ani.code, PIN) == 422


# ------------------------------------------------------------------ guessing


def test_an_unknown_code_and_a_wrong_pin_are_answered_alike_and_as_slowly(
    client: Visitor, db: Database, ani: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[str] = []

    def check(pin: str, kept: str | None) -> bool:
        hashed.append(pin)
        return is_password(pin, kept)

    monkeypatch.setattr(pin_sign_in_views, "is_password", check)
    found = []
    for code in (ani.code, "GYO-M9999"):
        with statements(db) as ran:
            answer = client.post("/masuk/pin", data={"kode": code, "pin": WRONG})
        found.append((answer.status_code, answer.text.replace(code, "KODE"), len(ran)))
    assert found[0] == found[1]
    assert REFUSAL in found[0][1]
    assert hashed == [WRONG] * 2


def test_ten_wrong_ones_lock_the_pin_until_the_desk_makes_a_new_one(
    client: Visitor, db: Database, gayo: Cooperative, wati: Person, ani: Member
) -> None:
    now = clock.now()
    for turn in range(MAX_PIN_TRIES):
        with time_machine.travel(now + timedelta(minutes=16 * (turn // 5)), tick=False):
            assert _enter(client, ani.code, WRONG, f"203.0.113.{turn}") == 422
    with time_machine.travel(now + timedelta(days=1), tick=False):
        assert _enter(client, ani.code, PIN) == 422
        assert _tries(db, ani) == MAX_PIN_TRIES
        sign_in(client, db, wati)
        home = f"/kelola/{gayo.slug}/anggota/{ani.code}"
        assert "Terkunci" in client.get(home).text
        with db.writing() as session:
            give_pin(
                session, gayo.id, ani.code, hash_password(PIN), actor_id=wati.id, now=clock.now()
            )
        assert "Terkunci" not in client.get(home).text
        assert _tries(db, ani) == 0


def test_a_right_pin_forgets_the_wrong_ones_before_it(
    client: Visitor, db: Database, ani: Member
) -> None:
    for _ in range(3):
        _enter(client, ani.code, WRONG)
    assert _tries(db, ani) == 3
    assert _enter(client, ani.code, PIN) == 303
    assert _tries(db, ani) == 0


def test_one_code_is_tried_five_times_from_wherever(client: Visitor, ani: Member) -> None:
    spellings = (ani.code, ani.code.lower(), ani.code.replace("-", " "))
    answers = [_enter(client, spellings[n % 3], WRONG, f"203.0.113.{n}") for n in range(7)]
    assert answers == [422] * 5 + [429] * 2


def test_one_address_tries_twenty_codes(client: Visitor, gayo: Cooperative) -> None:
    answers = [_enter(client, f"GYO-M{n}", WRONG) for n in range(22)]
    assert answers == [422] * 20 + [429] * 2


def test_a_whole_village_comes_in_on_one_phone(app: Flask, ani: Member) -> None:
    for _ in range(25):
        assert _enter(_fresh(app), ani.code, PIN) == 303


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "12 345", "١٢٣٤٥٦", "-12345"])
def test_what_cannot_be_a_pin_is_said_and_costs_no_try(
    client: Visitor, db: Database, ani: Member, typed: str
) -> None:
    answer = client.post("/masuk/pin", data={"kode": ani.code, "pin": typed})
    assert answer.status_code == 422
    assert "6 angka" in answer.text
    assert f'value="{ani.code}"' in answer.text
    assert _tries(db, ani) == 0


def test_codes_are_read_however_they_are_typed() -> None:
    for typed in ("GYO-M01", "gyo m01", " gyom01", "Gyo–M01"):
        assert read_member_code(typed) == "GYO-M01"


def test_new_pins_are_six_digits_and_differ() -> None:
    pins = {new_pin() for _ in range(200)}
    assert all(is_pin(pin) for pin in pins)
    assert len(pins) > 190


# ------------------------------------------------------------------ inside


def test_the_session_ends_with_the_browser_or_after_fifteen_minutes(
    client: Visitor, db: Database, ani: Member
) -> None:
    now = clock.now()
    with time_machine.travel(now, tick=False):
        answer = client.post("/masuk/pin", data={"kode": ani.code, "pin": PIN})
        cookie = next(
            one for one in answer.headers.getlist("Set-Cookie") if one.startswith(SIGN_IN_COOKIE)
        )
        assert "Max-Age" not in cookie
        assert "Expires" not in cookie
    with time_machine.travel(now + timedelta(minutes=14), tick=False):
        assert client.get("/lapak").status_code == 200
    with time_machine.travel(now + timedelta(minutes=30), tick=False):
        assert client.get("/lapak").status_code == 303


def test_pages_about_money_ask_the_pin_again(client: Visitor, db: Database, ani: Member) -> None:
    now = clock.now()
    with time_machine.travel(now, tick=False):
        _enter(client, ani.code, PIN)
        assert "Hak saya" not in client.get("/lapak").text
        asked = client.get("/lapak/pendapatan").headers["Location"]
        assert asked == "/lapak/buka-uang?lanjut=/lapak/pendapatan"
        assert "Tulis PIN sekali lagi" in client.get(asked).text
        page, lanjut = "/lapak/buka-uang", "/lapak/pendapatan"
        assert client.post(page, data={"rahasia": WRONG, "lanjut": lanjut}).status_code == 422
        assert client.get("/lapak/pendapatan").status_code == 303
        answer = client.post(page, data={"rahasia": PIN, "lanjut": lanjut})
        assert (answer.status_code, answer.headers["Location"]) == (303, "/lapak/pendapatan")
        assert client.get("/lapak/pendapatan").status_code == 200
        assert "Hak saya" in client.get("/lapak").text
    with time_machine.travel(now + timedelta(minutes=6), tick=False):
        assert client.get("/lapak/pendapatan").status_code == 303


def test_asking_again_leads_to_this_site_alone(client: Visitor, ani: Member) -> None:
    _enter(client, ani.code, PIN)
    data = {"rahasia": PIN, "lanjut": "https://elsewhere.example/"}
    assert client.post("/lapak/buka-uang", data=data).headers["Location"] == "/lapak"


def test_who_borrowed_a_phone_with_a_password_is_asked_for_that(
    client: Visitor, db: Database, ani: Member
) -> None:
    with db.writing() as session:
        person = session.get_one(Person, ani.person_id)
        person.password_hash = hash_password("tiga kata rahasia")
        known = Known(person.id, person.password_hash, person.generation)
        secret = start_session(session, known, now=clock.now(), is_borrowed=True)
    client.set_cookie(SIGN_IN_COOKIE, secret)
    assert "Tulis sandi sekali lagi" in client.get("/lapak/buka-uang").text
    assert client.post("/lapak/buka-uang", data={"rahasia": PIN}).status_code == 422
    answer = client.post("/lapak/buka-uang", data={"rahasia": "tiga kata rahasia"})
    assert answer.status_code == 303
    assert client.get("/lapak/pendapatan").status_code == 200


def test_the_own_phone_is_not_asked_again(client: Visitor, db: Database, ani: Member) -> None:
    with db.reading() as session:
        person = session.get_one(Person, ani.person_id)
    sign_in(client, db, person)
    assert client.get("/lapak/pendapatan").status_code == 200


def test_a_pin_opens_no_desk_even_after_a_seat_was_given(
    client: Visitor, db: Database, gayo: Cooperative, ani: Member
) -> None:
    _enter(client, ani.code, PIN)
    assert ani.person_id is not None
    with db.writing() as session:
        seat(session, gayo.id, ani.person_id, Role.MANAJER, NOON)
        give_operator_right(session, ani.person_id, OperatorRight.OPERATE, NOON)
    for page in ("/kelola", f"/kelola/{gayo.slug}", "/operator"):
        assert client.get(page).status_code == 404, page
    assert "/kelola/" not in client.get("/akun").text


def test_an_officer_does_not_come_in_by_the_pin_of_earlier_days(
    client: Visitor, db: Database, gayo: Cooperative, ani: Member
) -> None:
    assert ani.person_id is not None
    with db.writing() as session:
        seat(session, gayo.id, ani.person_id, Role.BENDAHARA, NOON)
    answer = client.post("/masuk/pin", data={"kode": ani.code, "pin": PIN})
    assert answer.status_code == 422
    assert REFUSAL in answer.text
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(SignInSession)) == 0


@pytest.mark.parametrize("what", ["left", "blocked"])
def test_who_left_or_was_blocked_is_as_unknown_as_a_stranger(
    client: Visitor, db: Database, ani: Member, what: str
) -> None:
    with db.writing() as session:
        if what == "left":
            session.get_one(Member, ani.id).left_on = NOON.date()
        else:
            session.get_one(Person, ani.person_id).blocked_at = NOON
    answer = client.post("/masuk/pin", data={"kode": ani.code, "pin": PIN})
    assert answer.status_code == 422
    assert REFUSAL in answer.text
