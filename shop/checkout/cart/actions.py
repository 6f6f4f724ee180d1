"""Putting goods into a cart, changing and taking them out, and joining two carts."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    bindparam,
    case,
    delete,
    func,
    literal,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningInsert

from shop.catalog.products.queries import Sellable, sellable
from shop.catalog.products.rules import steps_text
from shop.checkout.cart.models import Cart, CartLine
from shop.checkout.cart.queries import CartHead, CartKey, cart_of
from shop.checkout.cart.rules import Line, LineChanges, check_count, settled, stored_line_of
from shop.core.database.schema import table_of
from shop.core.values.codes import new_code
from shop.core.values.text import MAX_PACKS


def add_to_cart(
    session: Session, *, key: CartKey, variant_id: int, packs: int, now: datetime
) -> Sellable:
    """Add packs of a variant to the cart of ``key``, creating the cart if needed.

    :param key: at the first add of a browser with the hash of the cookie it is about to get.
    :returns: the goods, at the price that the shopper has seen with this add.
    :raises NotForSale: and the other refusals of :func:`shop.checkout.cart.rules.check_count`.
    """
    found = sellable(session, [variant_id]).get(variant_id)
    # First as if nothing lay inside; how much really does is known once the line is written.
    goods = check_count(found, max(packs, found.least_packs if found else 1))
    cart_id = _open(session, key, packs, now)
    total = _add_line(session, cart_id, goods, packs, now)
    return check_count(goods, packs, inside=total - packs)


def reorder(
    session: Session, *, key: CartKey, packs_by_variant: Mapping[int, int], now: datetime
) -> tuple[str, ...]:
    """Put earlier goods back into the cart, as far as in stock; twice adds nothing.

    :return: names of what is not sold any more, or not so many of it.
    """
    goods = sellable(session, packs_by_variant)
    cart_id = _open(session, key, 0, now)
    missing = []
    for variant_id, wanted in sorted(packs_by_variant.items()):
        found = goods.get(variant_id)
        packs = min(wanted, found.available) if found and found.is_published else 0
        if found and packs < wanted:
            missing.append(found.name)
        if found and packs >= found.least_packs:
            session.execute(
                _insert(session, CartLine)
                .values(_new_line(cart_id, found, packs, now))
                .on_conflict_do_update(
                    index_elements=[CartLine.cart_id, CartLine.variant_id],
                    set_={"packs": packs, "saved_for_later": False, **_terms(found)},
                )
            )
    _count_again(session, cart_id, now)
    return tuple(missing)


def apply_changes(
    session: Session,
    *,
    cart: CartHead,
    lines: Sequence[Line],
    changes: LineChanges,
    now: datetime,
) -> None:
    """Set counts, take lines out, and accept what happened to marked lines.

    Lines that another window took out meanwhile stay out.

    :param lines: what lies in the cart, read in this transaction.
    """
    after = settled(lines, changes)
    changed = [
        {
            "cart": cart.id,
            "variant": line.variant_id,
            "count": stored.packs,
            "price": stored.price,
            "steps": steps_text(stored.steps),
        }
        for line in lines
        if (stored := after[line.variant_id]) is not None and stored != stored_line_of(line)
    ]
    if changed:
        session.execute(_CHANGE_LINE, changed)
    gone = [variant_id for variant_id, stored in after.items() if stored is None]
    if gone:
        session.execute(_REMOVE_LINES, {"cart": cart.id, "gone": gone})
    _count_again(session, cart.id, now)


def keep_draft(session: Session, *, cart_id: int, draft: Mapping[str, Any], now: datetime) -> None:
    """Remember what was chosen and typed at checkout so far."""
    session.execute(_STORE_DRAFT, {"cart": cart_id, "new_draft": dict(draft), "now": now})


def merge(session: Session, *, guest_token_hash: str, person_id: int, now: datetime) -> None:
    """At sign-in the guest's cart joins the person's: packs of the same goods add up."""
    guest = cart_of(session, CartKey(token_hash=guest_token_hash), lock=True)
    if guest is None:
        return
    own = cart_of(session, CartKey(person_id=person_id), lock=True)
    if own is None:
        guest.token_hash, guest.person_id, guest.touched_at = None, person_id, now
        session.flush()
        return
    _move_lines(session, guest.id, own.id)
    own.draft = {**own.draft, **guest.draft}
    session.flush()
    session.execute(delete(CartLine).where(CartLine.cart_id == guest.id))
    session.execute(delete(Cart).where(Cart.id == guest.id))
    _count_again(session, own.id, now)


def save_for_later(
    session: Session, *, cart_id: int, variant_id: int, later: bool, now: datetime
) -> bool:
    """Save a line for later, or move it back into the cart.

    :return: False when no such line lies there (any more); nothing changes then.
    """
    moved = session.scalar(
        update(CartLine)
        .where(CartLine.cart_id == cart_id, CartLine.variant_id == variant_id)
        .where(CartLine.saved_for_later.is_not(later))
        .values(saved_for_later=later)
        .returning(CartLine.variant_id)
        .execution_options(synchronize_session=False)
    )
    if moved is None:
        return False
    _count_again(session, cart_id, now)
    return True


def remove_saved(session: Session, *, cart_id: int, variant_id: int) -> None:
    """Remove a line that was saved for later."""
    session.execute(
        delete(CartLine)
        .where(CartLine.cart_id == cart_id, CartLine.variant_id == variant_id)
        .where(CartLine.saved_for_later)
    )


def delete_guest_data(session: Session, *, token_hash: str) -> None:
    """A guest leaves a borrowed phone: goods, name and address that were typed are gone (R27)."""
    cart_id = select(Cart.id).where(Cart.token_hash == token_hash).scalar_subquery()
    session.execute(delete(CartLine).where(CartLine.cart_id == cart_id))
    session.execute(delete(Cart).where(Cart.token_hash == token_hash))


def _move_lines(session: Session, guest_id: int, own_id: int) -> None:
    """Two statements, however many lines; what either wants to buy now is bought."""
    columns = [
        CartLine.variant_id,
        CartLine.packs,
        CartLine.seen_price,
        CartLine.seen_steps,
        CartLine.saved_for_later,
        CartLine.added_at,
    ]
    guests = select(literal(own_id), *columns).where(CartLine.cart_id == guest_id)
    names = ["cart_id", *(column.key for column in columns)]
    key = [CartLine.cart_id, CartLine.variant_id]
    wanted = _insert(session, CartLine).from_select(names, guests.where(~CartLine.saved_for_later))
    together = _packs_to_buy() + wanted.excluded.packs
    session.execute(
        wanted.on_conflict_do_update(
            index_elements=key,
            set_={
                "packs": case((together > MAX_PACKS, MAX_PACKS), else_=together),
                "seen_price": wanted.excluded.seen_price,
                "seen_steps": wanted.excluded.seen_steps,
                "saved_for_later": False,
            },
        )
    )
    aside = _insert(session, CartLine).from_select(names, guests.where(CartLine.saved_for_later))
    session.execute(aside.on_conflict_do_nothing(index_elements=key))


def _packs_to_buy() -> Any:  # an expression; its type has no short name
    """Packs of the row at hand that are to be bought now: none of what was put aside."""
    return case((CartLine.saved_for_later, 0), else_=CartLine.packs)


def _open(session: Session, key: CartKey, packs: int, now: datetime) -> int:
    """The cart's id, with ``packs`` counted in; made by the same statement at the first add."""
    is_guest = key.person_id is None
    values: dict[str, Any] = {
        "token_hash": key.token_hash if is_guest else None,
        "person_id": key.person_id,
        "checkout_token": new_code(),
        "draft": {},
        "packs": packs,
        "created_at": now,
        "touched_at": now,
    }
    opening = _opening(session.get_bind().dialect.name, is_guest=is_guest)
    cart_id: int = session.execute(opening, values).scalar_one()
    return cart_id


@cache
def _opening(engine: str, *, is_guest: bool) -> ReturningInsert[int]:
    carts, wanted = table_of(Cart).c, _insert_into(engine, Cart)
    return (
        wanted.on_conflict_do_update(
            index_elements=[carts.token_hash if is_guest else carts.person_id],
            set_={
                "packs": carts.packs + wanted.excluded.packs,
                "touched_at": wanted.excluded.touched_at,
            },
        )
    ).returning(carts.id)


def _add_line(session: Session, cart_id: int, goods: Sellable, packs: int, now: datetime) -> int:
    """Packs of the line afterwards. Two windows that add at once both count."""
    adding = _adding(session.get_bind().dialect.name)
    total: int = session.execute(adding, _new_line(cart_id, goods, packs, now)).scalar_one()
    return total


@cache
def _adding(engine: str) -> ReturningInsert[int]:
    lines, wanted = table_of(CartLine).c, _insert_into(engine, CartLine)
    to_buy = case((lines.saved_for_later, 0), else_=lines.packs)
    return wanted.on_conflict_do_update(
        index_elements=[lines.cart_id, lines.variant_id],
        set_={
            "packs": to_buy + wanted.excluded.packs,
            "saved_for_later": False,
            "seen_price": wanted.excluded.seen_price,
            "seen_steps": wanted.excluded.seen_steps,
        },
    ).returning(lines.packs)


def _new_line(cart_id: int, goods: Sellable, packs: int, now: datetime) -> dict[str, Any]:
    return {
        "cart_id": cart_id,
        "variant_id": goods.variant_id,
        "packs": packs,
        "saved_for_later": False,
        "added_at": now,
        **_terms(goods),
    }


def _terms(goods: Sellable) -> dict[str, Any]:
    """What the shopper sees of its price with this act, and thereby accepts."""
    return {"seen_price": goods.price, "seen_steps": steps_text(goods.steps)}


def _count_again(session: Session, cart_id: int, now: datetime) -> None:
    session.execute(_COUNT_AGAIN, {"cart": cart_id, "now": now})


def _insert(session: Session, model: type[Cart | CartLine]) -> sqlite.Insert | postgresql.Insert:
    return _insert_into(session.get_bind().dialect.name, model)


def _insert_into(engine: str, model: type[Cart | CartLine]) -> sqlite.Insert | postgresql.Insert:
    table = table_of(model)
    return sqlite.insert(table) if engine == "sqlite" else postgresql.insert(table)


# Built once: building them for each request took longer than running them.
_carts, _lines = table_of(Cart), table_of(CartLine)
_CART = _carts.c.id == bindparam("cart")
_CHANGE_LINE = (
    update(_lines)
    .where(_lines.c.cart_id == bindparam("cart"), _lines.c.variant_id == bindparam("variant"))
    .values(packs=bindparam("count"), seen_price=bindparam("price"), seen_steps=bindparam("steps"))
)
_REMOVE_LINES = delete(_lines).where(
    _lines.c.cart_id == bindparam("cart"),
    _lines.c.variant_id.in_(bindparam("gone", expanding=True)),
)
_STORE_DRAFT = (
    update(_carts).where(_CART).values(draft=bindparam("new_draft"), touched_at=bindparam("now"))
)
_COUNT_AGAIN = (
    update(_carts)
    .where(_CART)
    .values(
        packs=select(func.coalesce(func.sum(_lines.c.packs), 0))
        .where(_lines.c.cart_id == bindparam("cart"), ~_lines.c.saved_for_later)
        .scalar_subquery(),
        touched_at=bindparam("now"),
    )
)
