"""A shopper for tests: a client that fills in the form's token as a browser would."""

from typing import Any

from flask.testing import FlaskClient
from werkzeug.datastructures import Headers
from werkzeug.test import TestResponse

from shop.web.security import csrf


class Visitor(FlaskClient):
    """Posts like a form of our own page. For a forged form set ``sends_token`` to False."""

    sends_token = True

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:  # Any: Flask's own signature
        """Ask for a page; a POST carries the token that belongs to this visitor's cookies."""
        if self.sends_token and kwargs.get("method") == "POST":
            headers = Headers(kwargs.get("headers"))
            headers.setdefault("X-CSRF-Token", self.token())
            headers.setdefault("Sec-Fetch-Site", "same-origin")
            kwargs["headers"] = headers
        return super().open(*args, **kwargs)

    def token(self) -> str:
        """The token a page would give this visitor now."""
        names = (csrf.SIGN_IN_COOKIE, csrf.CART_COOKIE)
        held = [cookie for name in names if (cookie := self.get_cookie(name)) is not None]
        pocket = "; ".join(f"{cookie.key}={cookie.value}" for cookie in held)
        with self.application.test_request_context("/", headers={"Cookie": pocket}):
            return csrf.token()
