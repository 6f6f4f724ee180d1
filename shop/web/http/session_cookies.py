"""The signed cookie of Flask's session, written only when something in it changed."""

from flask import Flask, Response
from flask.sessions import SecureCookieSessionInterface, SessionMixin


class SparingSessions(SecureCookieSessionInterface):
    """Signed cookies, written when they change."""

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write the cookie when something in the session changed.

        Flask would also let every answer vary by cookies for which Flask-Login looked into the
        session, photos included; which answers do is decided in ``headers``.
        """
        if session.modified:
            super().save_session(app, session, response)
