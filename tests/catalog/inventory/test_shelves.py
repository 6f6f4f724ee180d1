"""Packs are held, sold, given back and counted; nothing is promised twice."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from shop.catalog.inventory.actions import adjust, restock
from shop.catalog.inventory.errors import BelowHeld, HoldEnded, InsufficientStock, NoShelf, Shortage
from shop.catalog.inventory.holds import consume, extend, release, reserve
from shop.catalog.inventory.models import MovementReason, StockHold, StockItem, StockMovement
from shop.catalog.inventory.queries import Shelf, available, movements
from shop.core.database.engine import Database
from shop.services.audit.models import AuditEvent
from tests.factories import DAY, NOON, Goods, make_cooperative, make_goods, shelf
from tests.support.books import broken

HOLDER = "pembelian-sari"


@pytest.fixture
def gayo(db: Database) -> Goods:
    return make_goods(db, make_cooperative(db), on_hand=5)


@pytest.fixture
def kintamani(db: Database) -> Goods:
    return make_goods(db, make_cooperative(db, "KPS", "Koperasi Kintamani"), on_hand=2)


def hold(db: Database, packs: dict[Goods, int], holder: str = HOLDER) -> None:
    with db.writing() as session:
        reserve(
            session,
            packs_by_variant={goods.variant_id: wanted for goods, wanted in packs.items()},
            holder=holder,
            until=NOON + DAY,
        )


def test_a_hold_keeps_packs_from_others_without_selling_them(db: Database, gayo: Goods) -> None:
    hold(db, {gayo: 3})
    assert shelf(db, gayo) == Shelf(on_hand=5, reserved=3)
    with db.reading() as session:
        assert available(session, [gayo.variant_id, 999]) == {gayo.variant_id: 2, 999: 0}


def test_what_cannot_be_covered_touches_no_shelf_and_names_every_shortage(
    db: Database, gayo: Goods, kintamani: Goods
) -> None:
    other = make_goods(db, on_hand=9)
    with pytest.raises(InsufficientStock) as refusal:
        hold(db, {gayo: 6, other: 1, kintamani: 3})
    assert refusal.value.shortages == (
        Shortage(gayo.variant_id, wanted=6, available=5),
        Shortage(kintamani.variant_id, wanted=3, available=2),
    )
    assert shelf(db, gayo) == Shelf(on_hand=5, reserved=0)
    assert shelf(db, other) == Shelf(on_hand=9, reserved=0)


def test_something_without_a_shelf_is_short(db: Database) -> None:
    with pytest.raises(InsufficientStock) as refusal, db.writing() as session:
        reserve(session, packs_by_variant={77: 1}, holder=HOLDER, until=NOON)
    assert refusal.value.shortages == (Shortage(77, wanted=1, available=0),)


def test_a_hold_is_given_back_once(db: Database, gayo: Goods) -> None:
    hold(db, {gayo: 3})
    with db.writing() as session:
        assert release(session, holder=HOLDER) == {gayo.variant_id: 3}
        assert release(session, holder=HOLDER) == {}
    assert shelf(db, gayo) == Shelf(on_hand=5, reserved=0)
    assert broken(db) == {}


def test_held_packs_are_sold_once(db: Database, gayo: Goods, kintamani: Goods) -> None:
    hold(db, {gayo: 3, kintamani: 1})
    with db.writing() as session:
        sold = consume(session, holder=HOLDER, now=NOON)
        assert sold == {gayo.variant_id: 3, kintamani.variant_id: 1}
        assert consume(session, holder=HOLDER, now=NOON) == {}
    assert shelf(db, gayo) == Shelf(on_hand=2, reserved=0)
    with db.reading() as session:
        latest = movements(session, gayo.cooperative.id, [gayo.variant_id])[0]
    assert (latest.change, latest.on_hand_after, latest.reason, latest.reference) == (
        -3,
        2,
        MovementReason.SOLD,
        HOLDER,
    )
    assert broken(db) == {}


def test_one_order_of_a_holder_can_be_sold_and_another_given_back(
    db: Database, gayo: Goods, kintamani: Goods
) -> None:
    hold(db, {gayo: 3, kintamani: 1})
    with db.writing() as session:
        consume(session, holder=HOLDER, variant_ids=[gayo.variant_id], now=NOON)
        release(session, holder=HOLDER, variant_ids=[kintamani.variant_id])
    assert shelf(db, gayo) == Shelf(on_hand=2, reserved=0)
    assert shelf(db, kintamani) == Shelf(on_hand=2, reserved=0)
    assert broken(db) == {}


def test_a_lapsed_hold_is_sold_from_what_is_free(db: Database, gayo: Goods) -> None:
    hold(db, {gayo: 3})
    with db.writing() as session:
        release(session, holder=HOLDER)
    hold(db, {gayo: 2}, holder="budi")
    with db.writing() as session:
        assert consume(session, holder=HOLDER, now=NOON) == {gayo.variant_id: 3}
    assert shelf(db, gayo) == Shelf(on_hand=2, reserved=2)
    assert broken(db) == {}


def test_a_lapsed_hold_whose_packs_are_gone_is_short_and_takes_nothing(
    db: Database, gayo: Goods
) -> None:
    hold(db, {gayo: 3})
    with db.writing() as session:
        release(session, holder=HOLDER)
    hold(db, {gayo: 3}, holder="budi")
    with pytest.raises(InsufficientStock), db.writing() as session:
        consume(session, holder=HOLDER, now=NOON)
    assert shelf(db, gayo) == Shelf(on_hand=5, reserved=3)
    assert broken(db) == {}


def test_a_hold_is_extended_while_it_stands(db: Database, gayo: Goods) -> None:
    hold(db, {gayo: 1})
    later = NOON + DAY + timedelta(minutes=20)
    with db.writing() as session:
        extend(session, holder=HOLDER, until=later)
        release(session, holder=HOLDER)
        assert session.scalars(select(StockHold.until)).one() == later
        with pytest.raises(HoldEnded):
            extend(session, holder=HOLDER, until=later)


def test_packs_come_back_with_their_reason(db: Database, gayo: Goods) -> None:
    with db.writing() as session:
        restock(session, packs_by_variant={gayo.variant_id: 2}, reference="GYO-26-000001", now=NOON)
        restock(session, packs_by_variant={}, reference="GYO-26-000001", now=NOON)
    assert shelf(db, gayo).on_hand == 7
    with db.reading() as session:
        latest = movements(session, gayo.cooperative.id, [gayo.variant_id])[0]
    assert (latest.change, latest.reason) == (2, MovementReason.RETURNED)
    assert broken(db) == {}


def count(db: Database, goods: Goods, counted: int, cooperative_id: int | None = None) -> int:
    with db.writing() as session:
        return adjust(
            session,
            variant_id=goods.variant_id,
            cooperative_id=cooperative_id or goods.cooperative.id,
            counted=counted,
            reason=MovementReason.COUNTED,
            person_id=7,
            now=NOON,
        )


@pytest.mark.parametrize("counted", [0, 3, 5, 12])
def test_counting_sets_the_shelf_and_leaves_a_trace(
    db: Database, gayo: Goods, counted: int
) -> None:
    assert count(db, gayo, counted) == counted - 5
    assert shelf(db, gayo).on_hand == counted
    with db.reading() as session:
        acts = session.scalars(select(AuditEvent)).all()
    assert [(act.actor_id, act.before) for act in acts] == (
        [] if counted == 5 else [(7, {"on_hand": 5})]
    )
    assert broken(db) == {}


def test_a_shelf_cannot_be_counted_below_what_is_held(db: Database, gayo: Goods) -> None:
    hold(db, {gayo: 3})
    with pytest.raises(BelowHeld) as refusal:
        count(db, gayo, 2)
    assert (refusal.value.counted, refusal.value.held) == (2, 3)
    assert count(db, gayo, 3) == -2


def test_nobody_counts_another_cooperatives_shelf(
    db: Database, gayo: Goods, kintamani: Goods
) -> None:
    with pytest.raises(NoShelf):
        count(db, gayo, 2, cooperative_id=kintamani.cooperative.id)
    with db.reading() as session:
        assert movements(session, kintamani.cooperative.id, [gayo.variant_id]) == ()


@pytest.mark.parametrize(
    "values", [{"on_hand": -1}, {"reserved": 6}, {"reserved": -1}, {"on_hand": 0, "reserved": 1}]
)
def test_the_database_itself_refuses_an_impossible_shelf(
    db: Database, gayo: Goods, values: dict[str, int]
) -> None:
    with pytest.raises(IntegrityError), db.writing() as session:
        session.execute(
            update(StockItem).where(StockItem.variant_id == gayo.variant_id).values(**values)
        )


@pytest.mark.parametrize("statement", ["UPDATE {} SET change = 0", "DELETE FROM {}"])
def test_movements_are_never_edited(db: Database, gayo: Goods, statement: str) -> None:
    with pytest.raises(DBAPIError, match="only grows"), db.writing() as session:
        session.execute(text(statement.format("stock_movements")))
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(StockMovement)) == 1


def test_a_shelf_that_was_changed_behind_our_back_is_found(db: Database, gayo: Goods) -> None:
    with db.writing() as session:
        session.execute(update(StockItem).values(on_hand=4, reserved=1))
    assert set(broken(db)) == {
        "stock_is_its_movements",
        "stock_reserved_is_its_holds",
        "stock_movements_tell_what_was_left",
    }
