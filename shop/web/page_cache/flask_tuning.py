"""Flask's own part of each request, without what this shop never needs."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from flask import Flask, Response
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from werkzeug.datastructures import Headers
from werkzeug.routing import Rule

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_CORRECTED: Final = frozenset({"location", "content-location"})


class QuickResponse(Response):
    """An answer whose headers are written out as they stand, where nothing is to be corrected."""

    def get_wsgi_headers(self, environ: "WSGIEnvironment") -> Headers:
        """Headers as the server sends them; a finished page's without a copy."""
        said = {name.lower() for name, _value in self.headers}
        if self.status_code == 200 and "content-length" in said and said.isdisjoint(_CORRECTED):
            return self.headers
        return super().get_wsgi_headers(environ)


class QuickSessions(SecureCookieSessionInterface):
    """Signed cookies as ever, written when they change."""

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write the cookie when something in it changed.

        Flask would let every answer vary by cookies for which Flask-Login looked into it, photos
        included; which answers do is said in ``headers``.
        """
        if session.modified:
            super().save_session(app, session, response)


class QuickRule(Rule):
    """A rule whose way of writing addresses is compiled when somebody asks for it.

    Compiling two for each of some three hundred routes was a quarter of what a start cost, and
    hardly any is ever asked: our pages write their addresses by ``to``.
    """

    # Any: Werkzeug's own; it gives back the function that writes an address.
    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., Any]:
        compiled: list[Callable[..., Any]] = []

        def build(rule: "QuickRule", **values: Any) -> Any:
            if not compiled:
                compiled.append(super()._compile_builder(append_unknown))
            return compiled[0](rule, **values)

        return build


class QuickFlask(Flask):
    """Flask with these."""

    response_class = QuickResponse
    session_interface = QuickSessions()
    url_rule_class = QuickRule
    # Without a most there is no order of use to keep: a page looks up two dozen templates.
    jinja_options: dict[str, Any] = {"cache_size": -1}  # noqa: RUF012 - as Flask declares it
