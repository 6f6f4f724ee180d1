"""Two taps on *Siap*, two people at the same crate: one act, one receipt."""

import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.catalog.packaging.models import Batch
from shop.core.database.engine import Database
from shop.fulfilment.collecting.actions import Brought, reject_packs
from shop.fulfilment.collecting.batches import unfit_receipts
from shop.fulfilment.collecting.errors import CountMoved, MoreThanMade
from shop.fulfilment.collecting.invariants import verify
from shop.fulfilment.collecting.models import CollectedLine, LineReceipt
from shop.services.audit.models import AuditEvent
from tests.factories import DAY, NOON, Goods, make_goods
from tests.fulfilment.collecting.brought import TODAY, Village, key_of
from tests.fulfilment.paid import Desk, make_paid, order_of
from tests.races.unguarded import Unguarded

RACERS = 4


@pytest.fixture
def kopi(db: Database) -> Goods:
    return make_goods(db, on_hand=40)


def at_once(act: Callable[[int], object]) -> Counter[object]:
    """What became of an act that several do at the same moment."""
    start, answers = threading.Barrier(RACERS, timeout=30), []

    def take_part(racer: int) -> None:
        start.wait()
        try:
            answers.append(act(racer))
        except (CountMoved, MoreThanMade) as refusal:
            answers.append(type(refusal).__name__)

    threads = [threading.Thread(target=take_part, args=(racer,)) for racer in range(RACERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Counter(answers)


def holds(db: Database) -> bool:
    with db.reading() as session:
        return all(check.ok for check in verify(session).values())


def test_taps_on_ready_at_once_are_one(db: Database, kopi: Goods, village: Village) -> None:
    key = key_of(make_paid(db, {kopi: 3}).numbers[0])
    assert at_once(lambda _racer: village.ready(key)) == {True: 1, False: RACERS - 1}
    with db.reading() as session:
        said = select(func.count()).where(AuditEvent.action == "line.ready")
        assert session.scalar(said) == 1


def test_one_crate_counted_by_several_at_once_is_one_receipt(
    db: Database, kopi: Goods, village: Village
) -> None:
    key = key_of(make_paid(db, {kopi: 5}).numbers[0])
    answers = at_once(lambda _racer: village.receive(key, Brought(2)))
    assert answers == {3: 1, "CountMoved": RACERS - 1}
    assert len(village.receipts()) == 1
    assert holds(db)


def test_the_last_packs_of_a_batch_go_to_one_line(
    db: Database, kopi: Goods, village: Village
) -> None:
    keys = [key_of(make_paid(db, {kopi: 3}).numbers[0]) for _ in range(RACERS)]
    batch = village.batch("A", made=4)
    answers = at_once(lambda racer: village.receive(keys[racer], Brought(3, batch=batch)))
    assert answers == {0: 1, "MoreThanMade": RACERS - 1}
    assert holds(db)


def test_without_what_was_seen_one_crate_is_counted_by_everybody(
    db: Database, database_url: str, kopi: Goods, village: Village
) -> None:
    """The control: look at what was received, add to it afterwards, write a receipt."""
    key = key_of(make_paid(db, {kopi: 5}).numbers[0])
    line_id = village.lines()[0].line_id
    village.ready(key)

    def receive(unguarded: Unguarded, _racer: int) -> None:
        with unguarded.session() as session:
            received = session.scalars(select(CollectedLine.received)).one()
        unguarded.all_have_looked.wait()
        with unguarded.session() as session, session.begin():
            session.scalars(select(CollectedLine)).one().received = received + 2
            session.add(LineReceipt(order_line_id=line_id, packs=2, turned_away=0, at=NOON))

    Unguarded(database_url).race(receive)
    assert len(village.receipts()) == Unguarded.RACERS
    assert not holds(db)


def test_without_the_condition_a_batch_brings_more_than_was_made(
    db: Database, database_url: str, village: Village
) -> None:
    """The control: whoever looked finds packs left, and takes them."""
    batch = village.batch("A", made=4)
    taken: list[int] = []

    def take(unguarded: Unguarded, _racer: int) -> None:
        with unguarded.session() as session:
            left = _left(session, batch)
        unguarded.all_have_looked.wait()
        if left >= 3:
            taken.append(3)

    Unguarded(database_url).race(take)
    assert sum(taken) > 4


def _left(session: Session, batch_id: int) -> int:
    found = session.get_one(Batch, batch_id)
    return (found.made or 0) - found.brought


def test_taps_that_take_packs_out_at_once_take_them_once(
    db: Database, kopi: Goods, village: Village
) -> None:
    number, desk = too_old(db, kopi, village), Desk(db, kopi.cooperative.id)
    work = partial(reject_packs, person_id=None, now=NOON + 3 * DAY)
    assert at_once(lambda _racer: desk.do(number, work)) == {2: 1, 0: RACERS - 1}
    assert holds(db)


def test_without_the_order_kept_every_tap_would_find_them(
    db: Database, database_url: str, kopi: Goods, village: Village
) -> None:
    """The control: what is to be taken out is looked at before anybody has written."""
    order_id = order_of(db, too_old(db, kopi, village)).id
    found: list[int] = []

    def act(unguarded: Unguarded, _racer: int) -> None:
        with unguarded.session() as session:
            rows = unfit_receipts(session, order_id, TODAY + timedelta(days=3))
        found.extend(packs for _line, _batch, packs in rows)
        unguarded.all_have_looked.wait()

    Unguarded(database_url).race(act)
    assert found == [2] * Unguarded.RACERS


def too_old(db: Database, goods: Goods, village: Village) -> str:
    """An accepted order whose two packs came and are past their last day in three days."""
    number = make_paid(db, {goods: 2}).numbers[0]
    Desk(db, goods.cooperative.id).accept_all(number)
    batch = village.batch("OLD", last_day=TODAY + timedelta(days=2))
    village.receive(key_of(number), Brought(2, batch=batch))
    return number
