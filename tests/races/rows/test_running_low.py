"""Workers that look at shelves at the same moment; the control tells of one shelf many times."""

from collections import Counter

from sqlalchemy import func, select

from shop.catalog.inventory.actions import change_by
from shop.catalog.inventory.models import MovementReason, StockItem
from shop.core.database.engine import Database
from shop.services.outbox.models import Notice
from tests.factories import NOON, Goods, make_goods
from tests.races.crowd import Crowd
from tests.races.unguarded import Unguarded

LOOKERS = 12


def ran_low(db: Database) -> Goods:
    """A shelf that was full when it was last looked at, and is not now."""
    goods = make_goods(db, on_hand=20)
    with db.writing() as session:
        session.get_one(StockItem, goods.variant_id).tells_low = True
        change_by(
            session,
            variant_id=goods.variant_id,
            cooperative_id=goods.cooperative.id,
            change=-17,
            reason=MovementReason.DAMAGED,
            person_id=None,
            now=NOON,
        )
    return goods


def test_of_workers_who_look_at_once_one_tells(
    db: Database, database_url: str, crowd: Crowd
) -> None:
    ran_low(db)
    # Each at another minute: not the key of the notice keeps it to one, but the mark.
    acts = [{"do": "tell", "minute": minute} for minute in range(LOOKERS)]
    assert Counter(crowd.together(database_url, acts)) == {"1": 1, "0": LOOKERS - 1}
    with db.reading() as session:
        assert session.scalar(select(func.count(Notice.id))) == 1


def test_without_the_mark_inside_the_update_every_worker_tells(
    db: Database, database_url: str
) -> None:
    """The control: the shelf is looked at first, and the mark taken afterwards."""
    goods = ran_low(db)
    told = []

    def look(unguarded: Unguarded, racer: int) -> None:
        with unguarded.session() as session:
            there = session.get_one(StockItem, goods.variant_id)
            is_to_tell = there.tells_low and there.on_hand - there.reserved <= there.low_at
        unguarded.all_have_looked.wait()
        if is_to_tell:
            with unguarded.session() as session, session.begin():
                session.get_one(StockItem, goods.variant_id).tells_low = False
            told.append(racer)

    Unguarded(database_url).race(look)
    assert len(told) == Unguarded.RACERS
