"""Two taps on *Siap*, two people at the same crate: one act, one receipt."""

import threading
from collections import Counter
from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.audit.models import AuditEvent
from shop.collecting.actions import Brought
from shop.collecting.errors import CountMoved, MoreThanMade
from shop.collecting.invariants import verify
from shop.collecting.models import CollectedLine, LineReceipt
from shop.core.database import Database
from shop.packaging.models import Batch
from tests.collecting.brought import Village, key_of
from tests.factories import NOON, Goods, make_goods
from tests.fulfilment.paid import make_paid
from tests.races.test_money_and_shelves import Unguarded

RACERS = 4


@pytest.fixture
def kopi(db: Database) -> Goods:
    return make_goods(db, on_hand=40)


@pytest.fixture
def village(db: Database, kopi: Goods) -> Village:
    return Village(db, kopi)


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
