"""Guessing a PIN many times at once buys no further tries; the control shows that it could."""

from collections import Counter

import pytest
from sqlalchemy import select

from shop.core.database.engine import Database
from shop.people.cooperatives.member_pins import give_pin, start_pin_attempt
from shop.people.cooperatives.models import MemberPin
from shop.people.cooperatives.rules import MAX_PIN_TRIES
from tests.factories import NOON, make_cooperative, make_member, make_person
from tests.races.crowd import Crowd
from tests.races.unguarded import Unguarded

GUESSES = 40


@pytest.fixture
def code(db: Database) -> str:
    """A member with a PIN; their code."""
    gayo = make_cooperative(db)
    member, wati = make_member(db, gayo), make_person(db, "Wati")
    with db.writing() as session:
        give_pin(session, gayo.id, member.code, "hash", actor_id=wati.id, now=NOON)
    return member.code


def _tries(db: Database) -> int:
    with db.reading() as session:
        return session.scalars(select(MemberPin.tries)).one()


def test_forty_guesses_at_once_are_ten_that_get_an_answer(
    db: Database, database_url: str, crowd: Crowd, code: str
) -> None:
    acts = [{"do": "guess", "code": code}] * GUESSES
    assert Counter(crowd.together(database_url, acts)) == {
        "checked": MAX_PIN_TRIES,
        "refused": GUESSES - MAX_PIN_TRIES,
    }
    assert _tries(db) == MAX_PIN_TRIES


def test_without_the_guard_the_last_try_is_had_by_everybody(
    db: Database, database_url: str, code: str
) -> None:
    """The control: the count is looked at first and written after the check."""
    for _ in range(MAX_PIN_TRIES - 1):
        with db.writing() as session:
            start_pin_attempt(session, code, NOON)
    answered: list[int] = []

    def guess(unguarded: Unguarded, racer: int) -> None:
        with unguarded.session() as session:
            tries = session.scalars(select(MemberPin.tries)).one()
        unguarded.all_have_looked.wait()
        if tries < MAX_PIN_TRIES:
            answered.append(racer)
            with unguarded.session() as session, session.begin():
                session.scalars(select(MemberPin)).one().tries = tries + 1

    Unguarded(database_url).race(guess)
    assert len(answered) == Unguarded.RACERS > 1
