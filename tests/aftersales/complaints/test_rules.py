"""Where a complaint can go, and when delivery goes back with it."""

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from shop.aftersales.complaints.models import ComplaintEvent
from shop.aftersales.complaints.rules import (
    ALLOWED_TRANSITIONS,
    OVER,
    State,
    delivery_goes_back,
    packs_to_complain_of,
)
from shop.core.database.engine import Database
from shop.payments.bills.models import Refund
from tests.aftersales.complaining import file, give


def test_every_way_of_a_complaint_leads_to_an_end() -> None:
    reached, waiting = {State.OPEN}, [State.OPEN]
    while waiting:
        for state in ALLOWED_TRANSITIONS[waiting.pop()] - reached:
            reached.add(state)
            waiting.append(state)
    assert reached == set(State)
    assert {state for state in State if not ALLOWED_TRANSITIONS[state]} == OVER


class Counted:
    def __init__(self, line_id: int, packs: int, delivered: int, refunded: int) -> None:
        self.id, self.packs, self.delivered, self.refunded = line_id, packs, delivered, refunded


@given(
    lines=st.lists(
        st.integers(1, 9).flatmap(
            lambda packs: st.tuples(st.just(packs), st.integers(0, packs), st.integers(0, packs))
        ),
        min_size=1,
        max_size=4,
    ),
    left=st.integers(0, 50_000),
    data=st.data(),
)
def test_delivery_goes_back_once_with_the_last_pack_of_all(
    lines: list[tuple[int, int, int]], left: int, data: st.DataObject
) -> None:
    counted = [Counted(place, *counts) for place, counts in enumerate(lines)]
    for line in counted:
        assert 0 <= packs_to_complain_of(line) <= min(line.delivered, line.packs - line.refunded)
    line = data.draw(st.sampled_from(counted))
    packs = data.draw(st.integers(0, line.packs - line.refunded))
    back = delivery_goes_back(counted, line.id, packs, left)
    line.refunded += packs
    is_all = all(one.refunded == one.packs for one in counted)
    assert back == (left if is_all else 0)


def test_no_step_of_a_complaint_is_forgotten(db: Database, number: str) -> None:
    file(db, number)
    give(db, number)
    with db.reading() as session:
        steps = session.execute(
            select(ComplaintEvent.from_state, ComplaintEvent.to_state, ComplaintEvent.packs)
        ).all()
        assert session.scalar(select(func.count()).select_from(Refund)) == 1
    assert [tuple(step) for step in steps] == [
        (None, State.OPEN, 0),
        (State.OPEN, State.GRANTED, 1),
    ]
