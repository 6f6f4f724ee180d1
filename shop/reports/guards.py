"""Who may look at a member's own figures."""

from typing import cast

from flask import g, request

from shop.accounts.errors import SignInNeeded
from shop.accounts.guards import current_person
from shop.core.errors import NotFound
from shop.reports.member_queries import Membership, memberships_of
from shop.web import database
from shop.web.access import Guard


def member() -> Guard:
    """Only who sits at a cooperative as its member, and only for what is theirs.

    Who is a member of several chooses by ``?koperasi=<slug>``; for everybody else the pages do
    not exist.
    """

    def guard() -> None:
        person = current_person()
        if person is None:
            raise SignInNeeded
        with database().reading() as session:
            mine = memberships_of(session, person.id)
        wanted = request.args.get("koperasi")
        found = [one for one in mine if wanted in (None, one.slug)]
        if not found:
            raise NotFound
        g.membership, g.memberships = found[0], mine

    return guard


def current_membership() -> Membership:
    """As the member of which cooperative this request looks; only behind the guard ``member``."""
    return cast("Membership", g.membership)


def all_memberships() -> tuple[Membership, ...]:
    """Every cooperative the person is a member of; only behind the guard ``member``."""
    return cast("tuple[Membership, ...]", g.memberships)
