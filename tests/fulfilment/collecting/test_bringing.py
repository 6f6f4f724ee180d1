"""A line from its maker to the cooperative: asked for, ready, received – and never too much."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from shop.catalog.packaging.models import Batch, PackFacts
from shop.core.database.engine import Database
from shop.fulfilment.collecting.actions import (
    Brought,
    NewBatch,
    mark_ready,
    set_collection_days,
    unmark_ready,
)
from shop.fulfilment.collecting.errors import (
    BatchNeeded,
    BatchOver,
    CountMoved,
    MoreThanAsked,
    MoreThanMade,
    NoSuchBatch,
    NoSuchLine,
    NothingCounted,
    NotWanted,
)
from shop.fulfilment.collecting.invariants import verify
from shop.fulfilment.collecting.models import CollectedLine, LineReceipt
from shop.fulfilment.collecting.queries import lines_of_member, lines_to_collect
from shop.fulfilment.collecting.rules import Fault, LineState, line_state, next_collection
from shop.fulfilment.order_steps import actions
from shop.fulfilment.orders.rules import Reason
from shop.people.cooperatives.models import Member
from shop.people.cooperatives.rules import Calendar
from shop.services.audit.models import AuditEvent
from tests.factories import DAY, NOON, Goods, make_cooperative, make_goods
from tests.fulfilment.collecting.brought import TODAY, Village, key_of
from tests.fulfilment.paid import Desk, make_paid
from tests.support.statements import statements


@pytest.fixture
def kopi(db: Database) -> Goods:
    return make_goods(db, on_hand=40)


def order(db: Database, goods: Goods, packs: int = 3) -> str:
    return make_paid(db, {goods: packs}).numbers[0]


def log(db: Database) -> list[AuditEvent]:
    with db.reading() as session:
        return list(
            session.scalars(
                select(AuditEvent).where(AuditEvent.action.like("line.%")).order_by(AuditEvent.id)
            )
        )


def test_a_line_is_asked_for_then_ready_then_received(
    db: Database, kopi: Goods, desk: Desk, village: Village
) -> None:
    number = order(db, kopi)
    desk.accept_all(number)
    key = key_of(number)
    assert [(line.key, line.left, line.state) for line in village.lines()] == [
        (key, 3, LineState.ASKED)
    ]
    assert village.ready(key)
    assert village.lines()[0].state is LineState.READY
    assert village.receive(key, Brought(2)) == 1
    assert (village.lines()[0].left, village.lines()[0].state) == (1, LineState.READY)
    assert village.receive(key, Brought(1), seen=2) == 0
    assert village.lines()[0].state is LineState.RECEIVED
    assert [event.action for event in log(db)] == ["line.ready", "line.received", "line.received"]
    with db.reading() as session:
        assert all(check.ok for check in verify(session).values())


def test_a_member_without_a_phone_is_acted_for_and_the_log_says_so(
    db: Database, kopi: Goods, village: Village
) -> None:
    key = key_of(order(db, kopi))
    with db.writing() as session:
        assert mark_ready(
            session,
            cooperative_id=kopi.cooperative.id,
            key=key,
            member_id=None,
            person_id=None,
            now=NOON,
        )
    assert log(db)[0].after == {"member_id": kopi.member_id, "by_desk": True}


def test_ready_is_taken_back_until_something_came(
    db: Database, kopi: Goods, village: Village
) -> None:
    key = key_of(order(db, kopi))
    given_back = {
        "cooperative_id": kopi.cooperative.id,
        "key": key,
        "member_id": kopi.member_id,
        "person_id": None,
        "now": NOON,
    }
    assert village.ready(key)
    assert not village.ready(key)
    with db.writing() as session:
        assert unmark_ready(session, **given_back)  # type: ignore[arg-type]
    assert village.lines()[0].state is LineState.ASKED
    village.ready(key)
    village.receive(key, Brought(1))
    with db.writing() as session:
        assert not unmark_ready(session, **given_back)  # type: ignore[arg-type]


@pytest.mark.parametrize("key", ["GYO-26-000001.7", "GYO-26-999999.1", "", "x", "GYO-26-000001.x"])
def test_a_line_that_is_not_there_is_nowhere(
    db: Database, kopi: Goods, village: Village, key: str
) -> None:
    order(db, kopi)
    with pytest.raises(NoSuchLine):
        village.ready(key)


def test_nobody_says_ready_for_another_member_or_cooperative(
    db: Database, kopi: Goods, village: Village
) -> None:
    madu = make_goods(db, make_cooperative(db, "KPS", "Koperasi Kintamani"))
    teh = make_goods(db, kopi.cooperative)
    for foreign in (order(db, madu, 1), order(db, teh, 1)):
        with pytest.raises(NoSuchLine):
            village.ready(key_of(foreign))
    with pytest.raises(NoSuchLine):
        village.receive(key_of(order(db, madu, 1)), Brought(1))


def test_an_order_that_is_packed_or_called_off_asks_for_nothing_any_more(
    db: Database, kopi: Goods, desk: Desk, village: Village
) -> None:
    packed, off = order(db, kopi), order(db, kopi)
    for number in (packed, off):
        desk.accept_all(number)
    desk.do(packed, lambda s, one: actions.mark_ready(s, one, now=NOON))
    desk.do(off, lambda s, one: actions.cancel(s, one, reason=Reason.DAMAGED, now=NOON))
    assert village.lines() == ()
    for number in (packed, off):
        with pytest.raises(NotWanted):
            village.ready(key_of(number))
        with pytest.raises(NotWanted):
            village.receive(key_of(number), Brought(1))


def test_no_more_is_received_than_the_order_asks_for(
    db: Database, kopi: Goods, village: Village
) -> None:
    key = key_of(order(db, kopi))
    with pytest.raises(MoreThanAsked) as refusal:
        village.receive(key, Brought(4))
    assert refusal.value.left == 3
    with pytest.raises(NothingCounted):
        village.receive(key, Brought(0))
    assert village.receipts() == []


def test_who_counts_what_was_counted_already_is_told(
    db: Database, kopi: Goods, village: Village
) -> None:
    key = key_of(order(db, kopi))
    village.receive(key, Brought(2))
    with pytest.raises(CountMoved) as refusal:
        village.receive(key, Brought(1), seen=0)
    assert refusal.value.received == 2


def test_packs_that_are_not_fit_are_written_down_and_not_counted(
    db: Database, kopi: Goods, village: Village
) -> None:
    key = key_of(order(db, kopi))
    assert village.receive(key, Brought(1, turned_away=2, fault=Fault.WET)) == 2
    (receipt,) = village.receipts()
    assert (receipt.packs, receipt.turned_away, receipt.fault) == (1, 2, Fault.WET)


def test_what_was_received_is_never_changed(db: Database, kopi: Goods, village: Village) -> None:
    village.receive(key_of(order(db, kopi)), Brought(1))
    for statement in (update(LineReceipt).values(packs=9), text("DELETE FROM line_receipts")):
        with pytest.raises(DBAPIError, match="only grows"), db.writing() as session:
            session.execute(statement)


# ------------------------------------------------------------------ batches


def make_perishable(db: Database, goods: Goods, days: int = 30) -> None:
    with db.writing() as session:
        facts = session.get(PackFacts, goods.product_id) or PackFacts(product_id=goods.product_id)
        facts.shelf_life_days = days
        session.add(facts)


def test_goods_that_spoil_come_with_the_code_they_were_made_under(
    db: Database, kopi: Goods, village: Village
) -> None:
    make_perishable(db, kopi)
    key = key_of(order(db, kopi))
    with pytest.raises(BatchNeeded):
        village.receive(key, Brought(1))
    village.receive(key, Brought(1, batch=NewBatch("GYO261120A", TODAY - timedelta(days=3))))
    with db.reading() as session:
        batch = session.scalars(select(Batch)).one()
    assert batch.best_before == TODAY + timedelta(days=27)
    assert village.receipts()[0].batch_id == batch.id


def test_goods_past_their_last_day_are_not_received(
    db: Database, kopi: Goods, village: Village
) -> None:
    key = key_of(order(db, kopi))
    over = village.batch("LAMA", last_day=TODAY - timedelta(days=1))
    with pytest.raises(BatchOver):
        village.receive(key, Brought(1, batch=over))
    assert village.receive(key, Brought(1, batch=village.batch("BARU", last_day=TODAY))) == 2


def test_no_more_packs_come_of_a_batch_than_were_made(
    db: Database, kopi: Goods, village: Village
) -> None:
    key, batch = key_of(order(db, kopi)), village.batch("A", made=2)
    with pytest.raises(MoreThanMade) as refusal:
        village.receive(key, Brought(3, batch=batch))
    assert refusal.value.left == 2
    village.receive(key, Brought(2, batch=batch))
    with pytest.raises(MoreThanMade):
        village.receive(key, Brought(1, batch=batch), seen=2)
    with db.reading() as session:
        assert all(check.ok for check in verify(session).values())


def test_a_batch_of_other_goods_is_refused(db: Database, kopi: Goods, village: Village) -> None:
    other = Village(db, make_goods(db, kopi.cooperative)).batch("B")
    with pytest.raises(NoSuchBatch):
        village.receive(key_of(order(db, kopi)), Brought(1, batch=other))


def test_a_sum_that_its_receipts_do_not_say_is_found(
    db: Database, kopi: Goods, village: Village
) -> None:
    village.receive(key_of(order(db, kopi)), Brought(1, batch=village.batch("A")))
    with db.writing() as session:
        session.execute(update(CollectedLine).values(received=9))
        session.execute(update(Batch).values(brought=5))
    with db.reading() as session:
        assert {name for name, check in verify(session).items() if not check.ok} == {
            "received_packs_are_their_receipts",
            "no_more_received_than_ordered",
            "batches_bring_no_more_than_was_made",
        }


# ------------------------------------------------------------------ days and villages


def test_what_is_collected_stands_by_day_village_and_member(db: Database, kopi: Goods) -> None:
    teh = make_goods(db, kopi.cooperative, name="Teh")
    with db.writing() as session:
        session.get_one(Member, kopi.member_id).village = "Takengon"
        session.get_one(Member, teh.member_id).village = "Bebesen"
        set_collection_days(
            session,
            cooperative_id=kopi.cooperative.id,
            weekdays={"": "5", "Bebesen": "2"},
            person_id=None,
            now=NOON,
        )
    for goods in (kopi, teh):
        Desk(db, kopi.cooperative.id).accept_all(order(db, goods, 1))
    with db.reading() as session:
        found = lines_to_collect(session, kopi.cooperative.id, NOON)
    assert [(line.by, line.village, line.name, line.is_collected) for line in found] == [
        (date(2026, 11, 24), "Bebesen", "Teh", True),
        (date(2026, 11, 27), "Takengon", "Kopi Gayo", True),
    ]


def test_a_collection_that_was_missed_is_late_and_waits_for_the_next(
    db: Database, kopi: Goods, desk: Desk
) -> None:
    with db.writing() as session:
        set_collection_days(
            session,
            cooperative_id=kopi.cooperative.id,
            weekdays={"": "2"},
            person_id=None,
            now=NOON,
        )
    desk.accept_all(order(db, kopi))
    with db.reading() as session:
        (line,) = lines_to_collect(session, kopi.cooperative.id, NOON + 3 * DAY)
    assert (line.by, line.is_late) == (date(2026, 12, 1), True)


def test_lists_ask_the_same_for_two_lines_and_twenty(db: Database, kopi: Goods) -> None:
    def cost() -> int:
        with statements(db) as seen, db.reading() as session:
            lines_of_member(session, kopi.cooperative.id, kopi.member_id, NOON)
            lines_to_collect(session, kopi.cooperative.id, NOON)
        return len(seen)

    for _ in range(2):
        order(db, kopi, 1)
    two = cost()
    for _ in range(18):
        order(db, kopi, 1)
    assert cost() == two


@given(
    weekdays=st.sets(st.integers(1, 7)),
    day=st.dates(date(2026, 1, 1), date(2027, 10, 1)),
)
def test_a_collection_day_is_one_of_its_days_and_the_first_that_nobody_rests_on(
    weekdays: set[int], day: date
) -> None:
    calendar = Calendar("Asia/Jakarta")
    found = next_collection(calendar, weekdays, day)
    if not weekdays:
        assert found is None
        return
    assert found is not None
    assert found >= day
    assert found.isoweekday() in weekdays
    assert not calendar.rests_on(found)
    between = (day + timedelta(days=ahead) for ahead in range((found - day).days))
    assert all(one.isoweekday() not in weekdays or calendar.rests_on(one) for one in between)


@given(asked=st.integers(1, 999), received=st.integers(0, 999), is_ready=st.booleans())
def test_a_line_is_received_exactly_when_nothing_is_left(
    asked: int, received: int, is_ready: bool
) -> None:
    state = line_state(asked, received, is_ready=is_ready)
    assert (state is LineState.RECEIVED) == (received >= asked)
