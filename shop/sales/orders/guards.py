"""Whose purchase it is (rule R26): the browser that placed it, the person, or who knows the phone.

Without one of these a page shows a first name and a district only.
"""

import time
from dataclasses import dataclass

from flask import request, session

from shop.core.values.codes import hash_token
from shop.people.sign_in.guards import current_person
from shop.web.security.csrf import CART_COOKIE

GRANT_SECONDS = 30 * 60
MAX_GRANTS = 6
_GRANTS = "izin"


@dataclass(frozen=True, slots=True)
class Owned:
    """What tells whose a purchase is."""

    code: str
    person_id: int | None
    viewer_hash: str


def may_see_all(purchase: Owned) -> bool:
    """Whether this visitor may see names, addresses and codes of the purchase, and act on it."""
    person = current_person()
    if person is not None and person.id == purchase.person_id:
        return True
    cookie = request.cookies.get(CART_COOKIE, "")
    if cookie and hash_token(cookie) == purchase.viewer_hash:
        return True
    return _grants().get(purchase.code, 0) > time.time()


def let_see(purchase_code: str) -> None:
    """Open a purchase to this browser for half an hour: it proved to know the phone."""
    now = int(time.time())
    grants = {code: until for code, until in _grants().items() if until > now}
    grants[purchase_code] = now + GRANT_SECONDS
    session[_GRANTS] = dict(sorted(grants.items(), key=lambda grant: grant[1])[-MAX_GRANTS:])


def _grants() -> dict[str, int]:
    # Signed by the shop and kept by the browser. Asked only of who brings a cookie at all.
    kept = session.get(_GRANTS) if request.cookies else None
    return kept if isinstance(kept, dict) else {}
