"""What silence means, and what a closing does to the days (rules R13, R14)."""

from sqlalchemy import select

from shop.aftersales.complaint_answers import timeouts
from shop.aftersales.complaints.rules import ComplaintReason, RequestedRemedy, State
from shop.catalog.inventory.models import HoldState, StockHold
from shop.catalog.packaging.batches import broken_lately
from shop.core.database.engine import Database
from shop.people.cooperatives.models import Closing
from tests.aftersales.complaining import (
    broken,
    complaint_of,
    fall_silent,
    file,
    give,
    promise,
    stands,
)
from tests.aftersales.giving import arrived
from tests.aftersales.giving import give as give_by_hand
from tests.factories import (
    DAY,
    NOON,
    Goods,
)
from tests.fulfilment.paid import refunds


def close_for_two_weeks(db: Database, goods: Goods) -> None:
    """The cooperative announces that it closes, from now on."""
    with db.writing() as session:
        session.add(
            Closing(
                cooperative_id=goods.cooperative.id,
                last_sending=NOON.date(),
                reopens=(NOON + 14 * DAY).date(),
                planned_at=NOON,
            )
        )
        session.flush()
        timeouts.set_clocks_anew(session, goods.cooperative.id, NOON)


def test_silence_grants_a_small_wish_in_money_and_hands_a_large_one_up(
    db: Database, kopi: Goods
) -> None:
    small, large = arrived(db, {kopi: 6}), arrived(db, {kopi: 6})
    file(db, small, 5, wished=RequestedRemedy.EXCHANGE)  # Rp225.000
    file(db, large, 6)  # Rp270.000 and the delivery
    fall_silent(db, NOON + 2 * DAY)
    assert (stands(db, small), stands(db, large)) == (State.OPEN, State.OPEN)
    fall_silent(db, NOON + 10 * DAY)
    fall_silent(db, NOON + 10 * DAY)
    assert (stands(db, small), stands(db, large)) == (State.GRANTED, State.APPEALED)
    assert [amount for _, amount in refunds(db)] == [225_000]
    assert broken(db) == {}


def test_what_went_back_by_hand_meanwhile_comes_before_the_operator(
    db: Database, number: str
) -> None:
    file(db, number, 2)
    give_by_hand(db, number, 2)
    fall_silent(db, NOON + 10 * DAY)
    assert stands(db, number) is State.APPEALED
    assert len(refunds(db)) == 1


def test_a_closing_that_is_planned_meanwhile_moves_the_answer(
    db: Database, kopi: Goods, number: str
) -> None:
    file(db, number)
    before = complaint_of(db, number).due_at
    close_for_two_weeks(db, kopi)
    after = complaint_of(db, number).due_at
    assert before is not None
    assert after is not None
    assert after >= before + 7 * DAY


def test_promised_packs_are_held_as_long_as_a_closing_lasts(
    db: Database, kopi: Goods, number: str
) -> None:
    file(db, number, wished=RequestedRemedy.EXCHANGE)
    promise(db, number)
    before = complaint_of(db, number).due_at
    close_for_two_weeks(db, kopi)
    after = complaint_of(db, number).due_at
    assert before is not None
    assert after is not None
    assert after >= before + 7 * DAY
    with db.reading() as session:
        held = select(StockHold.until).where(StockHold.state == HoldState.HELD)
        assert session.scalars(held).one() == after
    fall_silent(db, before + DAY)
    assert stands(db, number) is State.PROMISED


def test_what_came_broken_is_told_to_its_maker_once_and_for_half_a_year(
    db: Database, kopi: Goods
) -> None:
    broke, stale = arrived(db, {kopi: 3}), arrived(db, {kopi: 3})
    file(db, broke, 2)
    file(db, stale, 1, wrong=ComplaintReason.SPOILED)
    for number, packs in ((broke, 2), (stale, 1)):
        give(db, number, packs)
    with db.reading() as session:
        for days, packs in ((0, 2), (179, 2), (181, 0)):
            assert broken_lately(session, kopi.product_id, NOON + days * DAY) == packs
