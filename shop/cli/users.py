"""``user``: the first operator, and others."""

import sys

import click
from sqlalchemy import select

from shop.cli.common import open_database, settings
from shop.core.values import clock
from shop.people.accounts.models import OperatorRight, Person
from shop.people.accounts.rules import weakness
from shop.people.cooperatives.models import Cooperative, Role

MIN_PASSWORD_LENGTH = 10
"""Two more than shoppers need: these people see others' orders and money."""
ROLES = ("operator", *(role.value for role in Role))


@click.group()
def user() -> None:
    """People who can sign in."""


@user.command("create")
@click.argument("email")
@click.option("--role", type=click.Choice(ROLES), required=True, help="What the person may do.")
@click.option("--cooperative", "slug", help="Slug of the cooperative; for all but the operator.")
@click.option("--name", help="How the person is addressed; the e-mail's first part if left out.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def create(email: str, role: str, slug: str | None, name: str | None, password_stdin: bool) -> None:
    """Make a person with EMAIL and seat them; a known person only gets the seat."""
    from shop.people.accounts.actions import create_person, give_operator_right
    from shop.people.cooperatives.actions import seat

    if (role == "operator") == bool(slug):
        raise click.UsageError(
            "an operator sits at no cooperative; every other role needs --cooperative SLUG."
        )
    database = open_database(settings())
    now = clock.now()
    with database.reading() as session:
        known = session.scalar(select(Person.id).where(Person.email_login == email.lower()))
        home = session.scalar(select(Cooperative.id).where(Cooperative.slug == (slug or "")))
    if slug and home is None:
        raise click.ClickException(f"there is no cooperative {slug}: see /koperasi for the slugs.")
    called = name or email.partition("@")[0]
    password = None if known else _password(password_stdin, (called, email))
    with database.writing() as session:
        person_id = known
        if person_id is None:
            person_id = create_person(
                session,
                name=called,
                phone=None,
                email=email,
                password=password,
                now=now,
            ).id
        if home is None:
            for right in OperatorRight:
                give_operator_right(session, person_id, right, now)
        else:
            seat(session, home, person_id, Role(role), now)
    click.echo(f"{email} is {role}{f' of {slug}' if slug else ''}.")


def _password(from_stdin: bool, about: tuple[str, ...]) -> str:
    if from_stdin:
        password = sys.stdin.readline().rstrip("\n")
    else:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    if len(password) < MIN_PASSWORD_LENGTH:
        raise click.ClickException(f"the password needs at least {MIN_PASSWORD_LENGTH} characters.")
    if weakness(password, about) is not None:
        raise click.ClickException("this password is among the first to be guessed: take another.")
    return str(password)
