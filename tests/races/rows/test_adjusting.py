"""A shelf that several change at once, while shoppers hold from it; the control loses packs."""

from collections import Counter

from shop.catalog.inventory.models import StockItem
from shop.core.database.engine import Database
from tests.factories import make_goods, shelf
from tests.races.crowd import Crowd
from tests.races.unguarded import Unguarded
from tests.support.books import broken


def test_forty_adjustments_at_once_are_all_counted(
    db: Database, database_url: str, crowd: Crowd
) -> None:
    goods = make_goods(db, on_hand=100)
    acts = [
        {
            "do": "change",
            "variant_id": goods.variant_id,
            "cooperative_id": goods.cooperative.id,
            "by": by,
        }
        for by in (3, -2) * 20
    ]
    assert Counter(crowd.together(database_url, acts)) == {"changed": 40}
    assert shelf(db, goods).on_hand == 120
    assert broken(db) == {}


def test_taking_away_and_holding_at_once_never_share_a_pack(
    db: Database, database_url: str, crowd: Crowd
) -> None:
    goods = make_goods(db, on_hand=20)
    take = {
        "do": "change",
        "variant_id": goods.variant_id,
        "cooperative_id": goods.cooperative.id,
        "by": -1,
    }
    holds = [
        {"do": "hold", "variant_id": goods.variant_id, "holder": f"pembeli-{buyer}"}
        for buyer in range(20)
    ]
    answers = Counter(crowd.together(database_url, [*holds, *[take] * 20]))
    assert answers["changed"] + answers["held"] == 20
    assert answers["short"] == 20
    found = shelf(db, goods)
    assert found.available == 0
    assert found.on_hand == answers["held"] == 20 - answers["changed"]
    assert broken(db) == {}


def test_without_the_guard_all_but_one_adjustment_is_lost(db: Database, database_url: str) -> None:
    """The control: the shelf is looked at, and the sum written back."""
    goods = make_goods(db, on_hand=100)

    def adjust(unguarded: Unguarded, racer: int) -> None:
        with unguarded.session() as session:
            there = session.get_one(StockItem, goods.variant_id).on_hand
        unguarded.all_have_looked.wait()
        with unguarded.session() as session, session.begin():
            session.get_one(StockItem, goods.variant_id).on_hand = there + 3

    Unguarded(database_url).race(adjust)
    assert shelf(db, goods).on_hand == 103
