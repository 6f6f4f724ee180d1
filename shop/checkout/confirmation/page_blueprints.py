"""Pages that stand at every desk with accounts: the operator's, and cooperatives' own (rule R1)."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Blueprint, g, url_for
from flask.typing import ResponseReturnValue

from shop.people.cooperatives.guards import current_desk
from shop.people.sign_in.guards import current_person
from shop.web.http.access import Guard, open_to

View = Callable[..., ResponseReturnValue]


class DeskPages:
    """Views that are written once and stand at several desks."""

    def __init__(self) -> None:
        self._noted: list[tuple[str, str, View]] = []

    def get(self, rule: str) -> Callable[[View], View]:
        """A page that is looked at, below the address of its list."""
        return self._note(rule, "GET")

    def post(self, rule: str) -> Callable[[View], View]:
        """A form that is sent there."""
        return self._note(rule, "POST")

    def stand(self, bp: Blueprint, home: str, guard: Guard) -> None:
        """Open all of them at one desk.

        :param home: the address of the list there.
        """
        for rule, method, view in self._noted:
            bp.add_url_rule(
                home + rule, view.__name__, open_to(guard)(_without_slug(view)), methods=[method]
            )

    def _note(self, rule: str, method: str) -> Callable[[View], View]:
        def note(view: View) -> View:
            self._noted.append((rule, method, view))
            return view

        return note


def at(name: str, **values: str | int | None) -> str:
    """The address of one of these pages at the desk of this request."""
    found: dict[str, Any] = {**values}
    if "desk" in g:
        found["slug"] = current_desk().slug
    return url_for(f".{name}", **found)


def whose() -> int | None:
    """Whose accounts the desk of this request looks after; None: the operator's."""
    return current_desk().cooperative_id if "desk" in g else None


def person_id() -> int:
    """Who sits there."""
    person = current_person()
    assert person is not None  # the guard let somebody in
    return person.id


def _without_slug(view: View) -> View:
    # The guard read it: a page asks whose desk it is, never the address.
    @wraps(view)
    def inner(slug: str = "", **values: Any) -> ResponseReturnValue:  # noqa: ARG001
        return view(**values)

    return inner
