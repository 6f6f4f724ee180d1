"""Signing people in for tests of what lies behind the door."""

from flask.testing import FlaskClient

from shop.core.database.engine import Database
from shop.core.values import clock
from shop.people.accounts.models import Person
from shop.people.accounts.queries import Known
from shop.people.sign_in.actions import start_session
from shop.web.security.csrf import SIGN_IN_COOKIE


def sign_in(client: FlaskClient, db: Database, person: Person) -> str:
    """Give this visitor a session as the sign-in page would; the secret of its cookie."""
    with db.writing() as session:
        secret = start_session(
            session, Known(person.id, person.password_hash, person.generation), now=clock.now()
        )
    client.set_cookie(SIGN_IN_COOKIE, secret)
    return secret
