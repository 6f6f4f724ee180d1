"""One order in several parcels: each has its goods, its number and its own arrival."""

from types import SimpleNamespace

import pytest
from sqlalchemy import select

from shop.core.database.engine import Database
from shop.fulfilment.order_desk import notices
from shop.fulfilment.orders.errors import GoesWhole, NothingChosen, WrongCount
from shop.fulfilment.parcels import actions as parcels
from shop.payments.ledger.queries import held_for_order
from shop.sales.orders.models import Actor, OrderEvent, OrderState
from shop.services.outbox.models import Notice
from tests.factories import DAY, NOON
from tests.fulfilment.paid import Desk, broken, order_of, told
from tests.fulfilment.parcelled import arrive, counted, goods_of, packs, parcels_of, send


def test_what_is_sent_first_leaves_the_order_ready_and_the_rest_brings_it_on_its_way(
    db: Database, gayo: Desk, packed: str
) -> None:
    first, rest = packs(db, packed, 3, 2), packs(db, packed, 2, 0)
    send(gayo, packed, first, "JP11111")
    assert order_of(db, packed).state is OrderState.READY
    assert counted(db, packed) == [(3, 0, 0), (2, 0, 0)]
    send(gayo, packed, None, "JP22222")
    assert order_of(db, packed).state is OrderState.ON_THE_WAY
    one, two = parcels_of(db, packed)
    assert (one.tracking_number, two.tracking_number) == ("JP11111", "JP22222")
    assert [goods_of(db, one), goods_of(db, two)] == [first, rest]
    # Each parcel is told, with its own number.
    assert told(db) == ["order_accepted", "order_shipped", "order_shipped"]
    assert broken(db) == {}


def test_each_letter_names_its_own_parcel(
    db: Database, gayo: Desk, packed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(gayo, packed, packs(db, packed, 3, 2), "JP11111")
    send(gayo, packed, None, "JP22222")
    monkeypatch.setattr(notices, "post", lambda: SimpleNamespace(link=str))
    with db.reading() as session:
        sent = session.scalars(
            select(Notice).where(Notice.kind == "order_shipped").order_by(Notice.id)
        ).all()
        facts = notices.about_steps(session, sent)
        told_of = [(facts[one.id]["tracking"], facts[one.id]["parcel"]) for one in sent]
    assert told_of == [("JP11111", 1), ("JP22222", 2)]


def test_an_order_has_arrived_with_the_last_of_its_parcels_and_only_then_is_money_due(
    db: Database, gayo: Desk, packed: str
) -> None:
    send(gayo, packed, packs(db, packed, 3, 0), "JP11111")
    one = parcels_of(db, packed)[0]
    arrive(gayo, packed, one)
    assert order_of(db, packed).state is OrderState.READY
    assert counted(db, packed) == [(3, 3, 0), (0, 0, 0)]
    send(gayo, packed, None, "JP22222")
    assert order_of(db, packed).arrived_at is None
    arrive(gayo, packed, None)
    order = order_of(db, packed)
    assert (order.state, order.arrived_at) == (OrderState.ARRIVED, NOON + DAY)
    assert counted(db, packed) == [(5, 5, 0), (2, 2, 0)]
    with db.reading() as session:
        assert held_for_order(session, order.id) == order.total
    assert broken(db) == {}


@pytest.mark.parametrize("counts", [(6, 0), (0, 3), (-1, 1)])
def test_more_than_is_packed_is_refused_with_its_line_and_nothing_leaves(
    db: Database, gayo: Desk, packed: str, counts: tuple[int, int]
) -> None:
    with pytest.raises(WrongCount):
        send(gayo, packed, packs(db, packed, *counts), "JP11111")
    assert (parcels_of(db, packed), counted(db, packed)) == ([], [(0, 0, 0), (0, 0, 0)])


def test_what_left_cannot_leave_again_and_an_empty_parcel_never(
    db: Database, gayo: Desk, packed: str
) -> None:
    send(gayo, packed, packs(db, packed, 4, 2), "JP11111")
    with pytest.raises(WrongCount) as refused:
        send(gayo, packed, packs(db, packed, 2, 0), "JP22222")
    assert (refused.value.counted, refused.value.ordered) == (2, 1)
    with pytest.raises(NothingChosen):
        send(gayo, packed, {}, "JP22222")
    with pytest.raises(WrongCount):
        send(gayo, packed, {9_999: 1}, "JP22222")
    assert len(parcels_of(db, packed)) == 1


def test_each_step_of_a_part_leaves_an_event_from_the_state_to_itself(
    db: Database, gayo: Desk, packed: str
) -> None:
    send(gayo, packed, packs(db, packed, 1, 0), "JP11111")
    arrive(gayo, packed, parcels_of(db, packed)[0])
    with db.reading() as session:
        steps = session.execute(
            select(OrderEvent.from_state, OrderEvent.to_state, OrderEvent.actor, OrderEvent.reason)
            .where(OrderEvent.order_id == order_of(db, packed).id, OrderEvent.reason.is_not(None))
            .order_by(OrderEvent.id)
        ).all()
    assert [tuple(step) for step in steps] == [
        (OrderState.READY, OrderState.READY, Actor.COOPERATIVE, "part_sent"),
        (OrderState.READY, OrderState.READY, Actor.SHOPPER, "part_arrived"),
    ]


def test_what_is_paid_in_cash_leaves_in_one_parcel(
    db: Database, gayo: Desk, packed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parcels, "is_asked", lambda _session, _order_id: True)
    with pytest.raises(GoesWhole):
        send(gayo, packed, packs(db, packed, 1, 0), "JP11111")
    send(gayo, packed, None, "JP11111")
    assert order_of(db, packed).state is OrderState.ON_THE_WAY
