"""Two tabs, two people, two clicks: one of them is heard, and without the guard both would be."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

import pytest
from sqlalchemy import ColumnElement, func, select, text, true
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shop.aftersales.complaint_answers import refunds as money
from shop.aftersales.complaint_answers import replacements
from shop.aftersales.complaints import actions, transitions
from shop.aftersales.complaints.errors import AlreadyAnswered, AlreadyComplained
from shop.aftersales.complaints.models import Complaint
from shop.aftersales.complaints.rules import RefusalReason, RequestedRemedy, State
from shop.core.database.engine import Database
from shop.core.values.errors import RuleBroken
from shop.sales.orders.models import Order
from tests.aftersales.complaining import broken, complaint_of, file, give, on_complaint, stands
from tests.aftersales.giving import arrived
from tests.factories import NOON, Goods, make_goods, make_person, shelf
from tests.fulfilment.paid import refunds

HANDS = 4


@pytest.fixture
def kopi(db: Database) -> Goods:
    return make_goods(db, price=45_000, on_hand=60)


@pytest.fixture
def number(db: Database, kopi: Goods) -> str:
    return arrived(db, {kopi: 5})


def at_once(works: Sequence[Callable[[], object]]) -> list[str]:
    """Let several begin together; what each was refused with, nothing for who was heard."""
    together = Barrier(len(works))

    def try_it(work: Callable[[], object]) -> str:
        together.wait()
        try:
            work()
        except (RuleBroken, IntegrityError) as refusal:
            return type(refusal).__name__
        return ""

    with ThreadPoolExecutor(len(works)) as hands:
        return sorted(hands.map(try_it, works))


def count(db: Database) -> int:
    with db.reading() as session:
        return session.scalar(select(func.count()).select_from(Complaint)) or 0


def withdraw(db: Database, number: str) -> None:
    on_complaint(db, number, lambda s, _o, c: actions.withdraw(s, c, now=NOON))


def refuse(db: Database, number: str) -> None:
    on_complaint(
        db,
        number,
        lambda s, o, c: actions.refuse(s, o, c, reason=RefusalReason.AS_SAID, words="", now=NOON),
    )


def anything_goes(
    _complaint: Complaint, _allowed: tuple[State, ...], _asked: int | None = None
) -> ColumnElement[bool]:
    """The guard taken away: whoever comes last writes over who came first."""
    return (Complaint.id == _complaint.id) & true()


# ------------------------------------------------------------------ filing


def test_four_tabs_that_file_the_same_line_are_one_complaint(db: Database, number: str) -> None:
    said = at_once([lambda: file(db, number)] * HANDS)
    assert said == ["", *[AlreadyComplained.__name__] * (HANDS - 1)]
    assert count(db) == 1
    assert broken(db) == {}


def test_the_database_itself_keeps_a_second_complaint_of_a_line_out(
    db: Database, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "active_of_line", lambda *_: None)
    file(db, number)
    with pytest.raises(IntegrityError):
        file(db, number)
    assert count(db) == 1


def test_without_look_and_index_each_tab_would_have_its_own(
    db: Database, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control."""
    monkeypatch.setattr(actions, "active_of_line", lambda *_: None)
    with db.writing() as session:
        session.execute(text("DROP INDEX uq_complaints_line"))
    assert at_once([lambda: file(db, number)] * HANDS) == [""] * HANDS
    assert count(db) == HANDS


# ------------------------------------------------------------------ answering


def test_four_clicks_of_managers_give_back_once(db: Database, number: str) -> None:
    file(db, number)
    said = at_once([lambda: give(db, number)] * HANDS)
    assert said == ["", *[AlreadyAnswered.__name__] * (HANDS - 1)]
    assert len(refunds(db)) == 1
    assert broken(db) == {}


def test_without_the_state_inside_the_update_each_click_would_give(
    db: Database, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: every manager's page still shows an open complaint."""
    monkeypatch.setattr(transitions, "stands", anything_goes)
    monkeypatch.setattr(money, "require", lambda *_: None)
    file(db, number)
    at_once([lambda: give(db, number)] * 2)
    assert len(refunds(db)) == 2


def test_a_shopper_who_withdraws_while_a_manager_answers_is_heard_or_answered(
    db: Database, kopi: Goods
) -> None:
    for _ in range(3):
        number = arrived(db, {kopi: 2})
        before = len(refunds(db))
        file(db, number)
        said = at_once([partial(withdraw, db, number), partial(give, db, number)])
        assert said == ["", AlreadyAnswered.__name__]
        given = len(refunds(db)) - before
        assert stands(db, number) is (State.GRANTED if given else State.WITHDRAWN)
    assert broken(db) == {}


def test_without_the_state_inside_the_update_money_goes_back_for_what_was_withdrawn(
    db: Database, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control."""
    monkeypatch.setattr(transitions, "stands", anything_goes)
    monkeypatch.setattr(money, "require", lambda *_: None)
    file(db, number)
    withdraw(db, number)
    assert at_once([lambda: give(db, number)]) == [""]
    assert len(refunds(db)) == 1


def test_one_manager_refuses_and_another_promises_goods_the_shelf_follows_who_was_heard(
    db: Database, kopi: Goods, number: str
) -> None:
    file(db, number, wished=RequestedRemedy.EXCHANGE)

    def promise() -> None:
        on_complaint(
            db,
            number,
            lambda s, o, c: replacements.reserve_replacement(s, o, c, words="", now=NOON),
        )

    said = at_once([promise, lambda: refuse(db, number)])
    assert said == ["", AlreadyAnswered.__name__]
    held = shelf(db, kopi).reserved
    assert stands(db, number) is (State.PROMISED if held else State.ANSWERED)
    assert broken(db) == {}


def test_the_last_packs_on_the_shelf_are_promised_to_one(db: Database) -> None:
    scarce = make_goods(db, on_hand=5)
    numbers = [arrived(db, {scarce: 2}) for _ in range(2)]
    assert shelf(db, scarce).on_hand == 1
    for number in numbers:
        file(db, number, wished=RequestedRemedy.EXCHANGE)

    def promise(number: str) -> None:
        on_complaint(
            db,
            number,
            lambda s, o, c: replacements.reserve_replacement(s, o, c, words="", now=NOON),
        )

    said = at_once([partial(promise, one) for one in numbers])
    assert said == ["", "NoGoodsLeft"]
    assert shelf(db, scarce).reserved == 1
    assert broken(db) == {}


def test_a_parcel_that_is_sent_twice_leaves_once(db: Database, kopi: Goods, number: str) -> None:
    file(db, number, wished=RequestedRemedy.EXCHANGE)
    on_complaint(
        db, number, lambda s, o, c: replacements.reserve_replacement(s, o, c, words="", now=NOON)
    )
    before = shelf(db, kopi).on_hand

    def send() -> None:
        on_complaint(
            db, number, lambda s, o, c: replacements.send(s, o, c, tracking="JP87654321", now=NOON)
        )

    assert at_once([send, send]) == ["", AlreadyAnswered.__name__]
    assert shelf(db, kopi).on_hand == before - 1


def test_two_operators_decide_once(db: Database, number: str) -> None:
    file(db, number, 2)
    refuse(db, number)
    on_complaint(db, number, lambda s, o, c: actions.appeal(s, o, c, words="", now=NOON))
    people = [make_person(db, name).id for name in ("Dewi", "Joko")]

    def decide(person_id: int, packs: int) -> None:
        def work(session: Session, order: Order, complaint: Complaint) -> None:
            money.decide(
                session,
                order,
                complaint,
                packs=packs,
                till_pays=True,
                words="",
                person_id=person_id,
                now=NOON,
            )

        on_complaint(db, number, work)

    said = at_once([lambda: decide(people[0], 2), lambda: decide(people[1], 0)])
    assert said == ["", AlreadyAnswered.__name__]
    assert len(refunds(db)) == (1 if complaint_of(db, number).granted else 0)
    assert broken(db) == {}
