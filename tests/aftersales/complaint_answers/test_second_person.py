"""Above a limit a second person looks at the answer (rule R13)."""

from collections.abc import Iterator
from functools import partial

import pytest
from sqlalchemy.orm import Session

from shop.aftersales.complaint_answers import refunds as money
from shop.aftersales.complaints import actions
from shop.aftersales.complaints.errors import SecondLooks
from shop.aftersales.complaints.models import Complaint
from shop.aftersales.complaints.rules import RefusalReason, RequestedRemedy, State
from shop.aftersales.refunds import actions as refunds_by_hand
from shop.aftersales.refunds.errors import NoSuchRefund
from shop.aftersales.refunds.events import on_decided
from shop.aftersales.refunds.models import RefundRequest
from shop.core.database.engine import Database
from shop.sales.orders.models import Order
from tests.aftersales.complaining import (
    broken,
    complaint_of,
    fall_silent,
    file,
    give,
    on_complaint,
    on_order,
    promise,
    stands,
)
from tests.aftersales.giving import arrived
from tests.aftersales.giving import give as give_by_hand
from tests.factories import (
    DAY,
    NOON,
    Goods,
    make_person,
)
from tests.fulfilment.paid import refunds


@pytest.fixture
def heard() -> Iterator[None]:
    """Complaints hear of second looks, as they do once the shop is put together."""
    on_decided.append(money.hear_second)
    yield
    on_decided.remove(money.hear_second)


def ask(db: Database, number: str, packs: int = 30) -> int:
    """Bu Wati wants to give more back than one person may; the request's id."""
    request = give(db, number, packs, person_id=make_person(db, "Bu Wati").id)
    assert isinstance(request, RefundRequest)
    assert complaint_of(db, number).request_id == request.id
    return request.id


def say(db: Database, number: str, request_id: int, *, is_allowed: bool) -> None:
    """Pak Made looks at it."""
    made = make_person(db, "Pak Made").id
    on_order(
        db,
        number,
        lambda s, o: refunds_by_hand.decide(
            s, o, request_id=request_id, is_allowed=is_allowed, person_id=made, now=NOON
        ),
    )


@pytest.mark.usefixtures("heard")
def test_above_a_limit_a_second_person_answers(db: Database, kopi: Goods) -> None:
    number = arrived(db, {kopi: 30})
    file(db, number, 30)
    for is_allowed in (False, True):
        say(db, number, ask(db, number), is_allowed=is_allowed)
        found = complaint_of(db, number)
        assert found.request_id is None
        assert found.state is (State.GRANTED if is_allowed else State.OPEN)
        assert is_allowed or found.due_at is not None
    assert broken(db) == {}


@pytest.mark.usefixtures("heard")
def test_a_no_of_the_second_person_unsays_the_yes_and_gives_no_new_days(
    db: Database, kopi: Goods
) -> None:
    number = arrived(db, {kopi: 30})
    file(db, number, 30)
    before, wati = complaint_of(db, number).due_at, make_person(db, "Bu Wati").id
    request = on_complaint(
        db,
        number,
        lambda s, o, c: money.give_money(
            s,
            o,
            c,
            packs=29,
            delivery=0,
            till_pays=True,
            refusal=RefusalReason.USED_UP,
            words="Kami kembalikan.",
            person_id=wati,
            now=NOON + DAY,
        ),
    )
    assert complaint_of(db, number).due_at == before
    say(db, number, request.id, is_allowed=False)
    found = complaint_of(db, number)
    assert (found.due_at, found.refusal, found.answer_words) == (before, None, "")


@pytest.mark.usefixtures("heard")
def test_a_second_person_who_says_nothing_leaves_it_to_the_operator(
    db: Database, kopi: Goods
) -> None:
    number = arrived(db, {kopi: 30})
    file(db, number, 30)
    request_id = ask(db, number)
    fall_silent(db, NOON + 2 * DAY)
    assert stands(db, number) is State.OPEN
    fall_silent(db, NOON + 10 * DAY)
    found = complaint_of(db, number)
    assert (found.state, found.request_id) == (State.APPEALED, None)
    with pytest.raises(NoSuchRefund):
        say(db, number, request_id, is_allowed=True)
    give_by_hand(db, number, 30)  # no question stands in the way of another refund
    assert len(refunds(db)) == 1
    assert broken(db) == {}


@pytest.mark.usefixtures("heard")
def test_while_a_second_person_looks_nothing_else_answers(db: Database, kopi: Goods) -> None:
    number = arrived(db, {kopi: 30})
    file(db, number, 30, wished=RequestedRemedy.EXCHANGE)
    request_id = ask(db, number)

    def withdraw(session: Session, _order: Order, complaint: Complaint) -> None:
        actions.withdraw(session, complaint, now=NOON)

    def refuse(session: Session, order: Order, complaint: Complaint) -> None:
        actions.refuse(session, order, complaint, reason=RefusalReason.AS_SAID, words="", now=NOON)

    for work in (withdraw, refuse):
        with pytest.raises(SecondLooks):
            on_complaint(db, number, work)
    for other in (partial(promise, db, number), partial(give, db, number)):
        with pytest.raises(SecondLooks):
            other()
    say(db, number, request_id, is_allowed=True)
    assert stands(db, number) is State.GRANTED
    assert len(refunds(db)) == 1
    assert broken(db) == {}
