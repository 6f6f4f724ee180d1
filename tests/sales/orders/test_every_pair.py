"""Every pair of states: the table's own ways pass, all others are refused and change nothing."""

from collections.abc import Callable
from functools import partial
from itertools import product

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from shop.core.database.engine import Database
from shop.fulfilment.order_steps import actions, packing, shortages
from shop.fulfilment.order_steps.customer_cancellation import cancel_unshipped
from shop.fulfilment.orders.rules import NOT_ARRIVED, Reason
from shop.fulfilment.parcels import (
    actions as parcels,
)
from shop.fulfilment.parcels import (
    failed_deliveries,
    missing_parcels,
)
from shop.sales.orders.actions import advance
from shop.sales.orders.errors import MoveRefused
from shop.sales.orders.models import (
    Actor,
    Order,
    OrderEvent,
    OrderLine,
    OrderState,
    Parcel,
    ParcelLine,
)
from shop.sales.orders.rules import (
    ALLOWED_TRANSITIONS,
    NOT_FROM_QUANTITIES,
    DeliveryKind,
    Quantities,
    ShortageChoice,
    advance_quantities,
    state_of,
    way_to,
)
from tests.factories import NOON, Goods, make_goods, quote
from tests.fulfilment.paid import make_paid

S = OrderState
PAIRS = list(product(OrderState, OrderState))
TABLE = {
    S.UNPAID: {S.NEW, S.LAPSED, S.CANCELLED},
    S.LAPSED: {S.NEW, S.CANCELLED},
    S.NEW: {S.ACCEPTED, S.REFUSED, S.CANCELLED},
    S.ACCEPTED: {S.READY, S.CANCELLED},
    S.READY: {S.ACCEPTED, S.ON_THE_WAY, S.ARRIVED, S.CANCELLED},
    S.ON_THE_WAY: {S.ARRIVED, S.UNDELIVERED},
    S.UNDELIVERED: {S.ON_THE_WAY, S.RETURNED},
    S.ARRIVED: {S.DONE},
}
"""The table as it was decided, written down a second time: ``ALLOWED_TRANSITIONS`` has to be it."""


def packs_at(state: OrderState) -> Quantities:
    """Two packs as they stand when their order is in a state."""
    line = Quantities(packs=2)
    if state in (S.UNPAID, S.LAPSED, S.NEW, S.CANCELLED):
        return line
    if state is S.REFUSED:
        advance_quantities(line, state, reason="short")
        return line
    line.accepted = 2
    for step in (S.READY, S.ON_THE_WAY, S.ARRIVED):
        if step in way_to(S.ACCEPTED, state) or step is state:
            advance_quantities(line, step)
    if state is S.RETURNED:
        advance_quantities(line, state)
    return line


@pytest.mark.parametrize(("before", "after"), PAIRS)
def test_the_table_is_the_one_that_was_decided(before: OrderState, after: OrderState) -> None:
    assert (after in ALLOWED_TRANSITIONS[before]) == (after in TABLE.get(before, set()))


@pytest.mark.parametrize("state", OrderState)
def test_every_state_is_told_by_its_packs(state: OrderState) -> None:
    told = state_of(
        [packs_at(state)],
        confirmed=state is not S.UNPAID,
        beside=state if state in NOT_FROM_QUANTITIES else None,
    )
    assert told is state


@pytest.mark.parametrize(("before", "after"), PAIRS)
def test_a_way_between_two_states_is_made_of_legal_steps(
    before: OrderState, after: OrderState
) -> None:
    way = way_to(before, after)
    assert all(
        step in ALLOWED_TRANSITIONS[at] for at, step in zip((before, *way), way, strict=False)
    )
    assert way == () or way[-1] is after


# ------------------------------------------------------------------ over the database


@pytest.fixture
def kopi(db: Database) -> Goods:
    return make_goods(db, price=45_000, on_hand=200)


@pytest.fixture
def order_at(db: Database, kopi: Goods) -> Callable[[OrderState], int]:
    """An order of two packs put into a state, with the packs and the parcel that tell it."""
    way = quote(9_000, DeliveryKind.COURIER)
    number = make_paid(db, {kopi: 2}, quotes={kopi.cooperative.id: way}).numbers[0]

    def put(state: OrderState) -> int:
        line = packs_at(state)
        with db.writing() as session:
            order = session.scalars(select(Order).where(Order.number == number)).one()
            session.execute(
                update(OrderLine)
                .where(OrderLine.order_id == order.id)
                .values(
                    accepted=line.accepted,
                    packed=line.packed,
                    shipped=line.shipped,
                    delivered=line.delivered,
                    returned=line.returned,
                    refusal=line.refusal,
                )
            )
            line_id = session.scalars(
                select(OrderLine.id).where(OrderLine.order_id == order.id)
            ).one()
            order.state, order.needs, order.ship_by = state, None, NOON
            order.arrived_at = NOON if line.delivered else None
            if line.shipped:
                parcel = Parcel(
                    order_id=order.id,
                    handed_over_at=NOON,
                    arrived_at=NOON if line.delivered else None,
                    failed_at=NOON if state is S.UNDELIVERED else None,
                    returned_at=NOON if line.returned else None,
                )
                session.add(parcel)
                session.flush()
                session.add(ParcelLine(parcel_id=parcel.id, line_id=line_id, packs=2))
            return order.id

    return put


def facts(db: Database, order_id: int) -> tuple[object, ...]:
    """All that a step could change of an order."""
    with db.reading() as session:
        order = session.get_one(Order, order_id)
        lines = session.execute(
            select(
                OrderLine.accepted,
                OrderLine.packed,
                OrderLine.shipped,
                OrderLine.delivered,
                OrderLine.returned,
                OrderLine.refunded,
            ).where(OrderLine.order_id == order_id)
        ).all()
        events = len(
            session.scalars(select(OrderEvent.id).where(OrderEvent.order_id == order_id)).all()
        )
        sent = len(session.scalars(select(Parcel.id).where(Parcel.order_id == order_id)).all())
        return order.state, order.needs, order.refunded, tuple(map(tuple, lines)), events, sent


@pytest.mark.parametrize("before", OrderState)
def test_no_step_that_the_table_lacks_changes_anything(
    db: Database, order_at: Callable[[OrderState], int], before: OrderState
) -> None:
    order_id = order_at(before)
    was = facts(db, order_id)
    for after in OrderState:
        if after in TABLE.get(before, set()):
            continue
        step = partial(advance, to=after, actor=Actor.OPERATOR, now=NOON)
        with pytest.raises(MoveRefused), db.writing() as session:
            step(session, session.get_one(Order, order_id))
        assert facts(db, order_id) == was


Verb = Callable[[Session, Order], object]


def _counts(session: Session, order: Order, packs: int = 2) -> dict[int, int]:
    lines = session.scalars(select(OrderLine.id).where(OrderLine.order_id == order.id))
    return dict.fromkeys(lines, packs)


def _accept(session: Session, order: Order) -> None:
    actions.accept(session, order, counts=_counts(session, order), now=NOON)


def _take_back(session: Session, order: Order) -> None:
    failed_deliveries.return_to_stock(session, order, fit=_counts(session, order), now=NOON)


def _another(session: Session, order: Order) -> None:
    parcels.send_another(
        session, order, packs=_counts(session, order, 1), reason=Reason.DAMAGED, now=NOON
    )


def _part(session: Session, order: Order) -> None:
    packs = _counts(session, order, 1)
    actions.hand_over(session, order, tracking="JP12345", packs=packs, now=NOON)


def _miss(session: Session, order: Order) -> None:
    if not missing_parcels.report_missing(session, order, NOON):
        raise MoveRefused(order.number, order.state, order.state)


VERBS: dict[str, tuple[Verb, dict[OrderState, OrderState]]] = {
    "accept": (_accept, {S.NEW: S.ACCEPTED}),
    "refuse": (partial(actions.refuse, reason=Reason.SHORT, now=NOON), {S.NEW: S.REFUSED}),
    "call off": (
        partial(actions.cancel, reason=Reason.SHORT, now=NOON),
        {S.ACCEPTED: S.CANCELLED, S.READY: S.CANCELLED},
    ),
    "shopper calls off in time": (partial(cancel_unshipped, now=NOON), {S.NEW: S.CANCELLED}),
    "make ready": (partial(actions.mark_ready, now=NOON), {S.ACCEPTED: S.READY}),
    "unpack": (partial(packing.undo_packing, now=NOON), {S.READY: S.ACCEPTED}),
    "hand over": (
        partial(actions.hand_over, tracking="JP12345", now=NOON),
        {S.READY: S.ON_THE_WAY},
    ),
    "hand over a part": (_part, {S.READY: S.READY}),
    "arrived": (
        partial(actions.confirm_arrival, actor=Actor.SHOPPER, now=NOON),
        {S.ON_THE_WAY: S.ARRIVED},
    ),
    "could not deliver": (
        partial(failed_deliveries.record_failed_delivery, reason=Reason.NOBODY_THERE, now=NOON),
        {S.ON_THE_WAY: S.UNDELIVERED},
    ),
    "try again": (partial(failed_deliveries.try_again, now=NOON), {S.UNDELIVERED: S.ON_THE_WAY}),
    "take back": (_take_back, {S.UNDELIVERED: S.RETURNED}),
    "send again": (
        partial(parcels.send_again, tracking="JP54321", now=NOON),
        {S.ON_THE_WAY: S.ON_THE_WAY, S.UNDELIVERED: S.ON_THE_WAY},
    ),
    "send another": (_another, {S.ARRIVED: S.ARRIVED}),
    "miss": (_miss, {S.ON_THE_WAY: S.ON_THE_WAY, S.ARRIVED: S.ARRIVED}),
    "settle a claim": (partial(missing_parcels.settle, now=NOON, person_id=None), {}),
    "choose": (
        partial(shortages.choose, choice=ShortageChoice.SEND, actor=Actor.SHOPPER, now=NOON),
        {},
    ),
}
"""Each verb with the states it may start from and where it leads; from all others it is refused.

The last two need what nobody has set here: a claim, a question.
"""


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_starts_only_where_it_may_and_leads_where_it_says(
    db: Database, kopi: Goods, order_at: Callable[[OrderState], int], verb: str
) -> None:
    act, ways = VERBS[verb]
    for state in OrderState:
        if state in ways:
            continue
        order_id = order_at(state)
        was = facts(db, order_id)
        with pytest.raises(MoveRefused), db.writing() as session:
            act(session, session.get_one(Order, order_id))
        assert facts(db, order_id) == was, state
        _forget_parcels(db, order_id)


LEGAL = [
    pytest.param(verb, before, id=f"{verb} from {before}")
    for verb, (_, ways) in VERBS.items()
    for before in ways
]


@pytest.mark.parametrize(("verb", "before"), LEGAL)
def test_where_a_verb_may_start_it_moves_the_order(
    db: Database, order_at: Callable[[OrderState], int], verb: str, before: OrderState
) -> None:
    act, ways = VERBS[verb]
    order_id = order_at(before)
    if before is S.UNDELIVERED:
        _note_failure(db, order_id)
    was = facts(db, order_id)
    with db.writing() as session:
        act(session, session.get_one(Order, order_id))
    now = facts(db, order_id)
    assert now[0] is ways[before]
    assert now != was
    if verb == "miss":
        assert now[1] == NOT_ARRIVED


def _note_failure(db: Database, order_id: int) -> None:
    """Why a parcel was not handed over is told by the step that said so."""
    with db.writing() as session:
        session.add(
            OrderEvent(
                order_id=order_id,
                at=NOON,
                actor=Actor.COOPERATIVE,
                from_state=S.ON_THE_WAY,
                to_state=S.UNDELIVERED,
                reason=Reason.NOBODY_THERE,
                facts={},
            )
        )


def _forget_parcels(db: Database, order_id: int) -> None:
    """The next state starts with no parcel of this one under way."""
    with db.writing() as session:
        session.execute(
            update(Parcel)
            .where(Parcel.order_id == order_id)
            .values(given_up_at=NOON, failed_at=None)
        )
