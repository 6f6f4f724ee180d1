"""Guessing is slow, by login and by address, and the owner always has a way in."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from shop.core.values import clock
from shop.people.accounts.models import Person
from tests.people.conftest import PASSWORD, PHONE, SARI, Mailbox
from tests.support.engines import PAGES
from tests.support.visitor import Visitor

pytestmark = pytest.mark.only_on("sqlite", because=PAGES)

HERE = {"REMOTE_ADDR": "203.0.113.1"}


def _try(client: Visitor, login: str, password: str, address: str = "203.0.113.1") -> int:
    return client.post(
        "/masuk",
        data={"login": login, "sandi": password},
        environ_base={"REMOTE_ADDR": address},
    ).status_code


def test_twenty_guesses_on_one_account_from_many_places_get_ten_answers(
    client: Visitor, sari: Person
) -> None:
    answers = [_try(client, SARI, f"tebak {n}", f"203.0.113.{n}") for n in range(20)]
    assert answers == [422] * 10 + [429] * 10


def test_one_guess_on_each_of_twenty_accounts_from_one_place_gets_ten_answers(
    client: Visitor, sari: Person
) -> None:
    answers = [_try(client, f"orang{n}@lain.example", PASSWORD) for n in range(20)]
    assert answers == [422] * 10 + [429] * 10


def test_the_page_says_how_long_and_keeps_what_was_typed(client: Visitor, sari: Person) -> None:
    for _ in range(10):
        _try(client, SARI, "salah lagi")
    answer = client.post("/masuk", data={"login": SARI, "sandi": PASSWORD}, environ_base=HERE)
    assert answer.status_code == 429
    assert "Tunggu 5 menit" in answer.text
    assert f'value="{SARI}"' in answer.text
    assert 0 < int(answer.headers["Retry-After"]) <= 300


def test_the_owner_gets_in_when_the_five_minutes_are_over(client: Visitor, sari: Person) -> None:
    now = clock.now()
    for n in range(30):
        _try(client, SARI, f"tebak {n}", f"203.0.113.{n}")
    assert _try(client, SARI, PASSWORD) == 429
    with time_machine.travel(now + timedelta(minutes=6), tick=False):
        assert _try(client, SARI, PASSWORD) == 303


def test_while_somebody_guesses_the_owner_gets_in_by_mail(
    client: Visitor, sari: Person, mailbox: Mailbox
) -> None:
    for n in range(30):
        _try(client, SARI, f"tebak {n}", f"203.0.113.{n}")
    client.post("/lupa-sandi", data={"login": SARI})
    link = mailbox.link("/sandi-baru/")
    assert client.post(link, data={"sandi": "kopi hujan sore"}).status_code == 303
    assert client.get("/akun").status_code == 200


def test_one_spelling_or_another_of_a_login_is_counted_as_one(
    client: Visitor, sari: Person
) -> None:
    spellings = (PHONE, "0840-0009-0010", "0840 0009 0010", "62840 0009 0010")
    answers = [_try(client, spellings[n % 4], "salah lagi", f"203.0.113.{n}") for n in range(12)]
    assert answers == [422] * 10 + [429] * 2


def test_a_village_that_shares_one_address_signs_in_without_end(app: Flask, sari: Person) -> None:
    for _ in range(25):
        visitor: Visitor = app.test_client()  # type: ignore[assignment]  # conftest sets the class
        assert _try(visitor, SARI, PASSWORD) == 303


def test_a_forwarded_address_that_nobody_vouches_for_gives_no_new_tries(
    client: Visitor, sari: Person
) -> None:
    answers = [
        client.post(
            "/masuk",
            data={"login": f"orang{n}@lain.example", "sandi": "x" * 9},
            environ_base=HERE,
            headers={"X-Forwarded-For": f"198.51.100.{n}", "X-Real-IP": f"198.51.100.{n}"},
        ).status_code
        for n in range(12)
    ]
    assert answers == [422] * 10 + [429] * 2
