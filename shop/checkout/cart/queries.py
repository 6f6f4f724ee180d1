"""Finding a cart and reading what lies in it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, select, true
from sqlalchemy.orm import Session

from shop.catalog.products.queries import sellable
from shop.catalog.products.rules import steps_of
from shop.checkout.cart.models import Cart, CartLine
from shop.checkout.cart.rules import Line
from shop.core.database.engine import Reader
from shop.core.database.schema import table_of
from shop.core.values.money import Rupiah


@dataclass(frozen=True, slots=True)
class CartKey:
    """Whose cart: a signed-in person's, else the one of a browser's cookie.

    :ivar token_hash: SHA-256 of the cookie; None for a person and before the first add.
    """

    person_id: int | None = None
    token_hash: str | None = None

    @property
    def is_new(self) -> bool:
        """A browser that was never given a cart."""
        return self.person_id is None and self.token_hash is None


@dataclass(frozen=True, slots=True)
class CartHead:
    """What a cart is beside its lines: read by columns, as an object of the model costs more."""

    id: int
    checkout_token: str
    draft: Mapping[str, Any]
    """What was chosen at checkout so far."""
    packs: int = 0
    """How many packs lie in it."""


def cart_of(session: Session, key: CartKey, *, lock: bool = False) -> Cart | None:
    """The cart behind ``key``.

    :param lock: keep others from changing it until this transaction ends.
    """
    if key.is_new:
        return None
    wanted = select(Cart).where(_belongs(key))
    return session.scalar(wanted.with_for_update() if lock else wanted)


_carts = table_of(Cart).c
# Asked with every page of who has a cart: built once.
_PACKS_OF_PERSON = select(_carts.packs).where(_carts.person_id == bindparam("key"))
_PACKS_OF_GUEST = select(_carts.packs).where(_carts.token_hash == bindparam("key"))


def packs_in_cart(session: Reader, key: CartKey) -> int:
    """How many packs lie in it, for the header; 0 without a cart, and then nothing is asked."""
    if key.is_new:
        return 0
    if key.person_id is not None:
        return session.scalar(_PACKS_OF_PERSON, {"key": key.person_id}) or 0
    return session.scalar(_PACKS_OF_GUEST, {"key": key.token_hash}) or 0


def cart_with_lines(
    session: Session, key: CartKey, *, lock: bool = False
) -> tuple[CartHead, tuple[Line, ...]] | None:
    """The cart behind ``key`` and its lines beside what is sold now, first put in first.

    Two statements, however many lines.
    """
    found = _read(session, key, later=False, lock=lock)
    return found and found[:2]


def cart_with_all(
    session: Session, key: CartKey
) -> tuple[CartHead, tuple[Line, ...], tuple[Line, ...]] | None:
    """The same with the lines that were put aside for later, for the same two statements."""
    return _read(session, key, later=True)


def _read(
    session: Session, key: CartKey, *, later: bool, lock: bool = False
) -> tuple[CartHead, tuple[Line, ...], tuple[Line, ...]] | None:
    if key.is_new:
        return None
    wanted = _with_lines(guest=key.person_id is None, later=later, lock=lock)
    rows = session.execute(wanted, {"key": key.person_id or key.token_hash}).all()
    if not rows:
        return None
    kept = [row for row in rows if row.variant_id is not None]
    goods = sellable(session, [row.variant_id for row in kept], lock=lock)
    together: Counter[int] = Counter()
    for row in kept:
        found = goods.get(row.variant_id)
        if found is not None and found.is_published and not row.saved_for_later:
            together[found.product_id] += row.packs
    lines: dict[bool, list[Line]] = {False: [], True: []}
    for row in kept:
        found = goods.get(row.variant_id)
        inside = together[found.product_id] if found else 0
        lines[row.saved_for_later].append(
            Line(
                row.variant_id,
                row.packs,
                Rupiah(row.seen_price),
                found,
                inside,
                steps_of(row.seen_steps),
            )
        )
    cart = CartHead(*rows[0][:4])
    return cart, tuple(lines[False]), tuple(lines[True])


@cache
def _with_lines(*, guest: bool, later: bool, lock: bool) -> Select[*tuple[Any, ...]]:
    """Built once for each manner of asking, as every look at a cart asks it."""
    lines = table_of(CartLine).c
    wanted = (
        select(
            _carts.id,
            _carts.checkout_token,
            _carts.draft,
            _carts.packs.label("all_packs"),
            lines.variant_id,
            lines.packs,
            lines.seen_price,
            lines.seen_steps,
            lines.saved_for_later,
        )
        .outerjoin_from(
            table_of(Cart),
            table_of(CartLine),
            and_(lines.cart_id == _carts.id, true() if later else ~lines.saved_for_later),
        )
        .where((_carts.token_hash if guest else _carts.person_id) == bindparam("key"))
        .order_by(lines.added_at, lines.variant_id)
    )
    return wanted.with_for_update(of=table_of(Cart)) if lock else wanted


def _belongs(key: CartKey) -> ColumnElement[bool]:
    if key.person_id is not None:
        return Cart.person_id == key.person_id
    return Cart.token_hash == key.token_hash
