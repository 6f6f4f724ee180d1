"""Two people at one batch: its money leaves once, and without the guard it would leave twice."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from shop.core.database.engine import Database
from shop.finance.payouts import actions, amounts_due
from shop.finance.payouts.amounts_due import CooperativeDue
from shop.finance.payouts.errors import BatchOver, BatchStale, NothingDue, PayoutOver
from shop.finance.payouts.models import BatchState, PayoutBatch, PayoutOrder
from shop.services.audit.models import AuditEvent
from tests.factories import Goods, make_person
from tests.finance.payouts.owed import (
    LATER,
    approved,
    broken,
    due_of,
    make_owed,
    make_seller,
    owe_back,
    pay,
    payouts_of,
    prepared,
)

Work = Callable[[], object]
REFUSED = (BatchOver, BatchStale, NothingDue, PayoutOver)


@pytest.fixture
def kopi(db: Database) -> Goods:
    return make_seller(db)


def both(*works: Work) -> int:
    """Let all begin together; how many of them went through."""
    together = Barrier(len(works))

    def try_it(work: Work) -> bool:
        together.wait()
        try:
            return work() is not False
        except REFUSED:
            return False

    with ThreadPoolExecutor(len(works)) as hands:
        return sum(hands.map(try_it, works))


def decisions(db: Database, batch: PayoutBatch, who: int) -> tuple[Work, Work]:
    """Agreeing to a batch, and giving it up."""
    agree = partial(actions.approve, code=batch.code, now=LATER, person_id=who)
    give_up = partial(actions.drop, code=batch.code, now=LATER, person_id=who)
    return partial(db.write, agree), partial(db.write, give_up)


def noted(db: Database, action: str) -> int:
    """How often somebody did this."""
    with db.reading() as session:
        found = session.scalar(
            select(func.count()).select_from(AuditEvent).where(AuditEvent.action == action)
        )
        return int(found or 0)


def test_a_payout_that_two_record_at_once_is_paid_once(db: Database, kopi: Goods) -> None:
    for round_ in range(3):
        make_owed(db, kopi)
        batch, payout, who = approved(db)
        click = partial(pay, db, batch, payout, who)
        assert both(click, click, partial(pay, db, batch, payout, who, "OTHER")) == 1
        assert noted(db, "payout.paid") == round_ + 1
    assert broken(db) == {}


def test_without_the_conditional_claim_two_would_record_it(
    db: Database, kopi: Goods, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: looked at before, and written without asking again."""
    make_owed(db, kopi)
    batch, payout, who = approved(db)
    monkeypatch.setattr(actions, "_claim_paid", lambda *_: True)
    assert both(*[partial(pay, db, batch, payout, who)] * 2) == 2
    assert noted(db, "payout.paid") == 2


def test_approved_and_dropped_at_once_is_one_of_them(db: Database, kopi: Goods) -> None:
    make_owed(db, kopi)
    for _ in range(3):
        batch, who = prepared(db), make_person(db).id
        agree, give_up = decisions(db, batch, who)
        assert both(agree, agree, give_up) == 1
        with db.reading() as session:
            state = session.get_one(PayoutBatch, batch.id).state
        if state is BatchState.APPROVED:
            (payout,) = payouts_of(db, batch)
            pay(db, batch, payout, who)
            make_owed(db, kopi)
        assert broken(db) == {}


def test_without_the_conditional_decision_both_would_stand(
    db: Database, kopi: Goods, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: the state is set, not moved."""

    def careless(session: Session, batch: PayoutBatch, to: BatchState, **facts: object) -> None:
        batch.state = to
        session.flush()

    monkeypatch.setattr(actions, "_decide", careless)
    make_owed(db, kopi)
    batch, who = prepared(db), make_person(db).id
    agree, _give_up = decisions(db, batch, who)
    assert both(agree, agree) == 2
    assert noted(db, "payout.approved") == 2


def test_two_who_put_together_at_once_have_no_order_twice(db: Database, kopi: Goods) -> None:
    make_owed(db, kopi)
    work = partial(db.write, partial(actions.prepare, now=LATER))
    assert both(work, work, work) == 1
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(PayoutOrder)) == 1
    assert broken(db) == {}


def test_without_waiting_and_the_wall_an_order_would_stand_in_two_batches(
    db: Database, kopi: Goods, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: both saw the same list, nobody waits, and no index refuses the second."""
    make_owed(db, kopi)
    with db.reading() as session:
        seen = amounts_due.due_by_cooperative(session, LATER)

    def as_seen(_session: Session, _now: object) -> tuple[CooperativeDue, ...]:
        return seen

    monkeypatch.setattr(actions, "due_by_cooperative", as_seen)
    monkeypatch.setattr(actions, "_one_at_a_time", lambda _session: None)
    with db.writing() as session:
        session.execute(text("DROP INDEX uq_payout_orders_open"))
    work = partial(db.write, partial(actions.prepare, now=LATER))
    assert both(work, work) == 2
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(PayoutOrder)) == 2


def test_of_an_order_whose_money_goes_back_meanwhile_the_debt_is_seen_or_stands_beside_it(
    db: Database, kopi: Goods
) -> None:
    (number,) = make_owed(db, kopi)
    batch, who = prepared(db), make_person(db).id
    agree, _give_up = decisions(db, batch, who)
    went = both(agree, partial(owe_back, db, number, 20_000))
    with db.reading() as session:
        state = session.get_one(PayoutBatch, batch.id).state
    if went == 1:  # the debt came first
        assert state is BatchState.PREPARED
        db.write(partial(actions.drop, code=batch.code, now=LATER, person_id=who))
        assert due_of(db, kopi).amount == 79_300
    else:
        pay(db, batch, payouts_of(db, batch)[0], who)
        assert due_of(db, kopi).amount == -20_000
    assert broken(db) == {}


def test_without_asking_again_more_would_be_agreed_to_than_is_owed(
    db: Database, kopi: Goods, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: the debt was there before anybody agreed, and nobody looks."""
    monkeypatch.setattr(actions, "require_still_owed", lambda *_: None)
    (number,) = make_owed(db, kopi)
    batch, who = prepared(db), make_person(db).id
    owe_back(db, number, 20_000)
    db.write(partial(actions.approve, code=batch.code, now=LATER, person_id=who))
    assert payouts_of(db, batch)[0].amount == 99_300  # of 79,300 that are owed
