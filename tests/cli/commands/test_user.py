"""Making people who can sign in, without a browser."""

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from shop.core.database.engine import Database
from shop.people.accounts.models import OperatorRight, OperatorSeat, Person
from shop.people.cooperatives.models import Role, Seat
from tests.cli.conftest import Command
from tests.factories import make_cooperative
from tests.support.customer import Customer, InProcess
from tests.support.engines import COMMANDS, PAGES

if TYPE_CHECKING:
    from flask import Flask

PASSWORD = "kopi pagi di tepi danau"


@pytest.mark.only_on("sqlite", because=PAGES)
def test_the_first_operator_gets_every_right_and_can_sign_in(
    run: Command, db: Database, app: "Flask"
) -> None:
    told = run(
        "user",
        "create",
        "wati@example.id",
        "--role",
        "operator",
        "--password-stdin",
        typed=f"{PASSWORD}\n",
    )
    assert told.exit_code == 0, told.output
    assert "wati@example.id is operator." in told.output
    with db.reading() as session:
        rights = set(session.scalars(select(OperatorSeat.right)))
    assert rights == set(OperatorRight)
    wati = Customer(InProcess(app))
    wati.go("/masuk")
    wati.press("Masuk", {"login": "wati@example.id", "sandi": PASSWORD}, of="/masuk")
    assert wati.go("/operator/uang-masuk").status == 200


@pytest.mark.parametrize("role", [role.value for role in Role])
@pytest.mark.only_on("sqlite", because=COMMANDS)
def test_every_role_can_be_seated_at_a_cooperative(run: Command, db: Database, role: str) -> None:
    gayo = make_cooperative(db)
    told = run(
        "user",
        "create",
        "wati@example.id",
        "--role",
        role,
        "--cooperative",
        gayo.slug,
        "--password-stdin",
        typed=f"{PASSWORD}\n",
    )
    assert told.exit_code == 0, told.output
    with db.reading() as session:
        assert list(session.scalars(select(Seat.role))) == [Role(role)]


def test_a_known_person_only_gets_the_seat(run: Command, db: Database) -> None:
    gayo = make_cooperative(db)
    for role in ("manajer", "bendahara"):
        told = run(
            "user",
            "create",
            "wati@example.id",
            "--role",
            role,
            "--cooperative",
            gayo.slug,
            "--password-stdin",
            typed=f"{PASSWORD}\n",
        )
        assert told.exit_code == 0, told.output
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Person)) == 1
        assert session.scalar(select(func.count()).select_from(Seat)) == 2


def test_a_password_is_asked_twice_when_it_is_not_piped(run: Command, db: Database) -> None:
    told = run(
        "user", "create", "wati@example.id", "--role", "operator", typed=f"{PASSWORD}\n{PASSWORD}\n"
    )
    assert told.exit_code == 0, told.output
    assert PASSWORD not in told.output


@pytest.mark.only_on("sqlite", because=COMMANDS)
@pytest.mark.parametrize(
    ("arguments", "typed", "cure"),
    [
        (("--role", "operator"), "pendek\n", "at least 10 characters"),
        (("--role", "operator"), "password123\n", "first to be guessed"),
        (("--role", "operator"), "wati@example.id\n", "first to be guessed"),
        (("--role", "manajer"), PASSWORD, "--cooperative SLUG"),
        (("--role", "operator", "--cooperative", "gayo"), PASSWORD, "sits at no cooperative"),
        (("--role", "manajer", "--cooperative", "tidak-ada"), PASSWORD, "see /koperasi"),
        (("--role", "raja"), PASSWORD, "'operator', 'ketua'"),
    ],
    ids=[
        "short password",
        "password everybody tries",
        "password that is the e-mail",
        "no cooperative",
        "operator at a desk",
        "unknown cooperative",
        "role",
    ],
)
def test_what_cannot_be_is_refused_with_the_cure(
    run: Command, db: Database, arguments: tuple[str, ...], typed: str, cure: str
) -> None:
    told = run("user", "create", "wati@example.id", *arguments, "--password-stdin", typed=typed)
    assert told.exit_code != 0
    assert cure in told.output
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Person)) == 0
