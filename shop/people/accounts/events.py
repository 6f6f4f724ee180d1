"""What rooms above may listen to. They add themselves when the app is put together."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from shop.people.accounts.queries import SignedIn


@dataclass(frozen=True, slots=True)
class AccountLink:
    """A way on from the account page."""

    path: str
    icon: str
    words: str
    is_desk: bool = False
    """Leads to work, not to shopping."""


on_sign_in: list[Callable[[Session, int, str | None], None]] = []
"""Called in the transaction of every sign-in: session, person's id, the guest's cart cookie."""

account_links: list[Callable[[Session, SignedIn], Sequence[AccountLink]]] = []
"""What ``/akun`` shows a person: their orders, their desks."""
