"""A pack is hidden while its last unit sells: the card counts it out once; the control, twice."""

import threading
from collections.abc import Callable
from time import monotonic

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from shop.catalog.inventory import actions as inventory
from shop.catalog.inventory.models import MovementReason, StockItem
from shop.catalog.products.models import ProductCard, Variant
from shop.catalog.products.product_cards import refresh_card
from shop.core.database.engine import Database
from tests.factories import NOON, Goods, make_goods

AT_MOST_SECONDS = 30


def two_packs(db: Database) -> tuple[Goods, int]:
    """Goods in two packs, one unit of each, and the second one's id."""
    goods = make_goods(db, on_hand=1)
    with db.writing() as session:
        second = Variant(
            product_id=goods.product_id,
            position=2,
            sku=f"{goods.sku}-2",
            option="besar",
            price=goods.price,
            gross_grams=500,
            length_mm=200,
            width_mm=100,
            height_mm=60,
        )
        session.add(second)
        session.flush()
        inventory.open_shelf(
            session,
            variant_id=second.id,
            cooperative_id=goods.cooperative.id,
            on_hand=1,
            now=NOON,
        )
        refresh_card(session, goods.product_id, today=NOON.date())
        return goods, second.id


def open_packs(db: Database, goods: Goods) -> int | None:
    with db.reading() as session:
        return session.scalar(
            select(ProductCard.open_packs).where(ProductCard.product_id == goods.product_id)
        )


def offer(session: Session, goods: Goods, variant_id: int, *, hidden: bool) -> None:
    session.get_one(Variant, variant_id).is_hidden = hidden
    refresh_card(session, goods.product_id, today=NOON.date())


def sell_last(session: Session, goods: Goods, variant_id: int) -> None:
    inventory.change_by(
        session,
        variant_id=variant_id,
        cooperative_id=goods.cooperative.id,
        change=-1,
        reason=MovementReason.DAMAGED,
        person_id=None,
        now=NOON,
    )


def meanwhile(
    db: Database, first: Callable[[Session], None], second: Callable[[Session], None]
) -> None:
    """Do the second while the first is done and not committed yet; it has to wait."""
    other = threading.Thread(target=lambda: db.write(second))
    with db.writing() as session:
        first(session)
        session.flush()
        other.start()
        _until_it_waits(db)
    other.join()


WAITING = (
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


def _until_it_waits(db: Database) -> None:
    if db.is_sqlite:
        return  # there is one writer at a time: it cannot but wait
    end = monotonic() + AT_MOST_SECONDS
    with db.engine.connect() as connection:
        while monotonic() < end:
            if connection.scalar(text(WAITING)):
                return
            connection.rollback()
    raise AssertionError("nobody waits")


def test_a_pack_hidden_while_its_last_unit_sells_is_counted_out_once(db: Database) -> None:
    goods, second = two_packs(db)
    assert open_packs(db, goods) == 2
    meanwhile(
        db,
        lambda session: offer(session, goods, second, hidden=True),
        lambda session: sell_last(session, goods, second),
    )
    assert open_packs(db, goods) == 1


def test_a_pack_shown_while_its_last_unit_sells_is_not_counted_in(db: Database) -> None:
    goods, second = two_packs(db)
    with db.writing() as session:
        offer(session, goods, second, hidden=True)
    meanwhile(
        db,
        lambda session: offer(session, goods, second, hidden=False),
        lambda session: sell_last(session, goods, second),
    )
    assert open_packs(db, goods) == 1


def test_a_last_unit_sold_while_its_pack_is_hidden_is_counted_out_once(db: Database) -> None:
    goods, second = two_packs(db)
    meanwhile(
        db,
        lambda session: sell_last(session, goods, second),
        lambda session: offer(session, goods, second, hidden=True),
    )
    assert open_packs(db, goods) == 1


def test_without_locking_the_card_first_the_pack_is_counted_out_twice(db: Database) -> None:
    """The control: looks for the pack and counts in one statement, as it did before."""
    goods, second = two_packs(db)
    with db.writing() as session:
        if not db.is_sqlite:
            session.execute(text(f"CREATE OR REPLACE {UNGUARDED}"))
    meanwhile(
        db,
        lambda session: offer(session, goods, second, hidden=True),
        lambda session: sell_last(session, goods, second),
    )
    assert open_packs(db, goods) == (1 if db.is_sqlite else 0)
    with db.reading() as session:
        assert session.get_one(StockItem, goods.variant_id).on_hand == 1


UNGUARDED = """
FUNCTION count_open_packs() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    UPDATE product_cards
        SET open_packs = open_packs + CASE WHEN NEW.on_hand > NEW.reserved THEN 1 ELSE -1 END
        WHERE product_id =
            (SELECT product_id FROM variants WHERE id = NEW.variant_id AND NOT is_hidden);
    RETURN NULL;
END $$
"""
