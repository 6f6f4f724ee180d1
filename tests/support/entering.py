"""Signing people in for tests of what lies behind the door."""

from flask.testing import FlaskClient

from shop.accounts.models import Person
from shop.accounts.queries import Known
from shop.accounts.sessions import start_session
from shop.core import clock
from shop.core.database import Database
from shop.web.csrf import SIGN_IN_COOKIE


def sign_in(client: FlaskClient, db: Database, person: Person) -> str:
    """Give this visitor a session as the sign-in page would; the secret of its cookie."""
    with db.writing() as session:
        secret = start_session(
            session, Known(person.id, person.password_hash, person.generation), now=clock.now()
        )
    client.set_cookie(SIGN_IN_COOKIE, secret)
    return secret
