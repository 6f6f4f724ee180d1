"""Packs are missing: the shopper chooses on the link, and a day of silence chooses too (R9)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.cooperatives.rules import Role
from shop.core import clock
from shop.core.database import Database
from shop.fulfilment import actions, notices, short
from shop.fulfilment.calling_off import call_off_unsent
from shop.fulfilment.errors import NoSuchDay
from shop.fulfilment.queries import order_to_work_on
from shop.fulfilment.rules import Reason, Shortfall
from shop.fulfilment.silence import follow_silence
from shop.fulfilment.suspending import cancel_left_over, suspend
from shop.orders.errors import AlreadyMoved, MoveRefused
from shop.orders.models import Actor, Order, OrderEvent, OrderState, ShortOffer
from shop.orders.rules import SHORT_ASKED, Choice
from shop.outbox import mail
from shop.outbox.letters import words
from shop.outbox.models import Notice
from shop.web.csrf import CART_COOKIE
from tests.factories import DAY, NOON, Goods, make_goods, make_person, make_seat, shelf
from tests.fulfilment.paid import (
    Desk,
    broken,
    lines_of,
    make_paid,
    order_of,
    refunds,
    state_of,
    told,
)
from tests.support.entering import sign_in
from tests.support.visitor import Visitor
from tests.web.markup import Markup

SECOND = timedelta(seconds=1)
FRIDAY = date(2026, 11, 27)
HOME = "/kelola/koperasi-gyo/pesanan"


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOON)


@pytest.fixture
def kopi(db: Database) -> Goods:
    return make_goods(db, price=45_000, on_hand=10)


@pytest.fixture
def number(db: Database, kopi: Goods) -> str:
    """Five packs of ten that lay on the shelf."""
    return make_paid(db, {kopi: 5}).numbers[0]


def ask(
    desk: Desk,
    number: str,
    there: int = 3,
    reason: Reason = Reason.SHORT,
    left: int | None = None,
    complete_on: date | None = FRIDAY,
) -> None:
    line = lines_of(desk.db, number)[0]
    desk.do(
        number,
        lambda s, order: short.accept_or_ask(
            s,
            order,
            counts={line.id: there},
            shortfalls={line.id: Shortfall(reason, left)},
            complete_on=complete_on,
            now=NOON,
        ),
    )


def choose(desk: Desk, number: str, choice: Choice) -> None:
    desk.do(
        number,
        lambda s, order: short.choose(s, order, choice, actor=Actor.SHOPPER, now=NOON + DAY / 2),
    )


def accepted(db: Database, number: str) -> list[int]:
    return [line.accepted for line in lines_of(db, number)]


def test_the_shopper_is_asked_and_nothing_is_accepted_or_paid_back_before(
    db: Database, gayo: Desk, number: str
) -> None:
    ask(gayo, number)
    order = order_of(db, number)
    assert (order.state, order.needs, order.accept_by) == (OrderState.NEW, SHORT_ASKED, NOON + DAY)
    assert (accepted(db, number), refunds(db), told(db)) == ([0], [], ["order_short"])
    assert broken(db) == {}


def test_send_what_there_is_gives_the_rest_back(
    db: Database, kopi: Goods, gayo: Desk, number: str
) -> None:
    ask(gayo, number)
    choose(gayo, number, Choice.SEND)
    assert (state_of(db, number), accepted(db, number)) == (OrderState.ACCEPTED, [3])
    assert refunds(db) == [(Reason.SHORT, 90_000)]
    assert shelf(db, kopi).on_hand == 5
    with db.reading() as session:
        last = session.scalars(select(OrderEvent).order_by(OrderEvent.id.desc())).first()
    assert last is not None
    assert (last.to_state, last.actor) == (OrderState.ACCEPTED, Actor.SHOPPER)
    assert broken(db) == {}


def test_wait_until_the_day_takes_all_of_it_and_promises_that_day(
    db: Database, gayo: Desk, number: str
) -> None:
    late = date(2026, 12, 11)
    ask(gayo, number, complete_on=late)
    choose(gayo, number, Choice.WAIT)
    order = order_of(db, number)
    assert (order.state, accepted(db, number), refunds(db)) == (OrderState.ACCEPTED, [5], [])
    assert order.ship_by is not None
    assert clock.in_zone(order.ship_by, "Asia/Jakarta").date() == late
    assert broken(db) == {}


@pytest.mark.parametrize("by", ["choice", "one tap"])
def test_cancelling_gives_all_of_it_back_and_the_shelf_what_is_really_there(
    db: Database, kopi: Goods, gayo: Desk, number: str, by: str
) -> None:
    ask(gayo, number, left=4)
    assert shelf(db, kopi).on_hand == 4
    if by == "choice":
        choose(gayo, number, Choice.CANCEL)
    else:
        gayo.do(number, lambda s, order: call_off_unsent(s, order, now=NOON))
    assert state_of(db, number) is OrderState.CANCELLED
    assert sum(amount for _, amount in refunds(db)) >= 5 * 45_000
    assert shelf(db, kopi).on_hand == 7  # four that were counted, three that had been put aside
    assert broken(db) == {}


@pytest.mark.parametrize(
    ("reason", "left", "there"),
    [
        (Reason.SHORT, None, 5),
        (Reason.SHORT, 4, 4),
        (Reason.NOT_MADE, None, 7),
        (Reason.NOT_MADE, 6, 6),
    ],
)
def test_the_shelf_is_right_whichever_way_it_was_counted(
    db: Database, kopi: Goods, gayo: Desk, number: str, reason: Reason, left: int | None, there: int
) -> None:
    ask(gayo, number, reason=reason, left=left)
    choose(gayo, number, Choice.SEND)
    assert shelf(db, kopi).on_hand == there
    assert broken(db) == {}


def test_a_day_of_silence_sends_what_there_is(db: Database, gayo: Desk, number: str) -> None:
    ask(gayo, number)
    follow_silence(db, NOON + DAY - SECOND)
    assert state_of(db, number) is OrderState.NEW
    follow_silence(db, NOON + DAY)
    follow_silence(db, NOON + DAY)
    assert (state_of(db, number), accepted(db, number)) == (OrderState.ACCEPTED, [3])
    assert refunds(db) == [(Reason.SHORT, 90_000)]
    assert "order_waiting" not in told(db), "its cooperative has answered"
    assert broken(db) == {}


def test_a_cooperative_that_finds_the_rest_accepts_all_and_the_question_is_closed(
    db: Database, gayo: Desk, number: str
) -> None:
    ask(gayo, number)
    gayo.accept_all(number)
    assert (state_of(db, number), accepted(db, number), refunds(db)) == (
        OrderState.ACCEPTED,
        [5],
        [],
    )
    with pytest.raises(AlreadyMoved):
        choose(gayo, number, Choice.CANCEL)
    follow_silence(db, NOON + 2 * DAY)
    assert accepted(db, number) == [5]


def test_what_was_not_offered_or_asked_cannot_be_chosen(
    db: Database, gayo: Desk, number: str
) -> None:
    with pytest.raises(MoveRefused):
        choose(gayo, number, Choice.SEND)
    ask(gayo, number, complete_on=None)
    with pytest.raises(MoveRefused):
        choose(gayo, number, Choice.WAIT)
    with pytest.raises(AlreadyMoved):
        ask(gayo, number)
    choose(gayo, number, Choice.SEND)
    for choice in Choice:
        with pytest.raises((AlreadyMoved, MoveRefused)):
            choose(gayo, number, choice)
    assert refunds(db) == [(Reason.SHORT, 90_000)]


@pytest.mark.parametrize("day", [date(2026, 11, 23), date(2020, 1, 1), date(2027, 3, 1)])
def test_a_day_that_is_over_or_far_off_is_not_offered(
    db: Database, gayo: Desk, number: str, day: date
) -> None:
    with pytest.raises(NoSuchDay):
        ask(gayo, number, complete_on=day)
    assert order_of(db, number).needs is None


def test_all_or_nothing_asks_nobody(db: Database, gayo: Desk, kopi: Goods) -> None:
    none, full = (make_paid(db, {kopi: 2}).numbers[0] for _ in range(2))
    ask(gayo, none, there=0)
    ask(gayo, full, there=2)
    assert (state_of(db, none), state_of(db, full)) == (OrderState.REFUSED, OrderState.ACCEPTED)


@pytest.mark.parametrize("by", ["refused", "refused as short", "suspended"])
def test_an_order_that_ends_another_way_leaves_on_the_shelf_what_was_counted(
    db: Database, kopi: Goods, gayo: Desk, number: str, by: str
) -> None:
    ask(gayo, number, left=4)
    if by == "suspended":
        db.write(
            partial(
                suspend, cooperative_id=kopi.cooperative.id, reason="Kosong", now=NOON, person_id=1
            )
        )
        gayo.do(number, partial(cancel_left_over, now=NOON, person_id=1))
    else:
        reason = Reason.CLOSED if by == "refused" else Reason.SHORT
        gayo.do(number, partial(actions.refuse, reason=reason, now=NOON))
    assert shelf(db, kopi).on_hand == 7  # four that were counted, three that had been put aside
    with db.reading() as session:
        assert session.get_one(ShortOffer, order_of(db, number).id).answered_at == NOON
    assert broken(db) == {}


# ------------------------------------------------------------------ two at once


def both(db: Database, *work: Callable[[Session], None]) -> int:
    together = Barrier(2)

    def try_it(one: Callable[[Session], None]) -> bool:
        together.wait()
        try:
            db.write(one)
        except (MoveRefused, AlreadyMoved):
            return False
        return True

    with ThreadPoolExecutor(2) as hands:
        return sum(hands.map(try_it, work))


def unlocked(session: Session, number: str) -> Order:
    return session.scalars(select(Order).where(Order.number == number)).one()


def test_a_choice_and_the_worker_at_once_are_one_answer(
    db: Database, kopi: Goods, gayo: Desk, number: str
) -> None:
    ask(gayo, number)
    order_id = order_of(db, number).id

    def cancel(session: Session) -> None:
        order = order_to_work_on(session, kopi.cooperative.id, number)
        short.choose(session, order, Choice.CANCEL, actor=Actor.SHOPPER, now=NOON + DAY)

    def silence(session: Session) -> None:
        short.take_silence(session, order_id, NOON + DAY)

    assert both(db, cancel, silence) in (1, 2)  # the worker that comes late does nothing
    with db.reading() as session:
        answer = session.get_one(ShortOffer, order_id).answer
    expected = {Choice.CANCEL: OrderState.CANCELLED, Choice.SEND: OrderState.ACCEPTED}
    assert answer is not None
    assert state_of(db, number) is expected[answer]
    assert broken(db) == {}


def answer_twice(db: Database, number: str) -> int:
    """Two browsers choose without anybody keeping the order; how many answers counted."""

    def cancel(session: Session) -> None:
        short._answer(session, unlocked(session, number), Choice.CANCEL, Actor.SHOPPER, NOON)

    return both(db, cancel, cancel)


def test_two_answers_are_one_even_where_nobody_keeps_the_order(
    db: Database, gayo: Desk, number: str
) -> None:
    ask(gayo, number)
    assert answer_twice(db, number) == 1


def test_without_the_condition_both_answers_would_count(
    db: Database, gayo: Desk, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: the same race, looked at before and written without asking again."""
    ask(gayo, number)

    def careless(session: Session, order: Order, choice: Choice, *_: object) -> None:
        session.get_one(ShortOffer, order.id).answer = choice
        session.flush()

    monkeypatch.setattr(short, "_answer", careless)
    assert answer_twice(db, number) == 2


def test_two_managers_who_count_at_once_ask_once(db: Database, gayo: Desk, number: str) -> None:
    line = lines_of(db, number)[0]

    def count(session: Session) -> None:
        short.accept_or_ask(
            session,
            unlocked(session, number),
            counts={line.id: 3},
            shortfalls={line.id: Shortfall(Reason.SHORT)},
            now=NOON,
        )

    assert both(db, count, count) == 1
    assert told(db) == ["order_short"]


# ------------------------------------------------------------------ pages


@pytest.fixture
def sari(client: Visitor) -> Visitor:
    """The browser that bought."""
    client.set_cookie(CART_COOKIE, "sari")
    return client


@pytest.mark.parametrize(
    ("pilihan", "state"),
    [
        ("kirim", OrderState.ACCEPTED),
        ("tunggu", OrderState.ACCEPTED),
        ("batal", OrderState.CANCELLED),
    ],
)
def test_the_link_offers_the_choices_and_a_second_tap_changes_nothing(
    db: Database, gayo: Desk, sari: Visitor, number: str, pilihan: str, state: OrderState
) -> None:
    ask(gayo, number)
    page = sari.get(f"/pesanan/{number}")
    assert Markup.of(page.text).faults == []
    for word in ("ada 3 dari 5", "Kirim yang ada", "Tunggu sampai 27 Nov 2026", "Batalkan"):
        assert word in page.text
    for _ in range(2):
        sent = {"pilihan": pilihan}
        assert sari.post(f"/pesanan/{number}/kurang", data=sent).status_code == 303
        assert state_of(db, number) is state
    assert "Mau bagaimana" not in sari.get(f"/pesanan/{number}").text
    assert broken(db) == {}


@pytest.mark.parametrize("pilihan", ["", "semua", "\x00", "x" * 10_000])
def test_what_is_no_choice_changes_nothing(
    db: Database, gayo: Desk, sari: Visitor, number: str, pilihan: str
) -> None:
    ask(gayo, number)
    assert sari.post(f"/pesanan/{number}/kurang", data={"pilihan": pilihan}).status_code == 303
    assert order_of(db, number).needs == SHORT_ASKED


def test_for_a_stranger_the_order_does_not_exist(
    db: Database, gayo: Desk, client: Visitor, number: str
) -> None:
    ask(gayo, number)
    answer = client.post(f"/pesanan/{number}/kurang", data={"pilihan": "batal"})
    assert answer.status_code == 404
    assert state_of(db, number) is OrderState.NEW


@pytest.fixture
def wati(db: Database, client: Visitor, kopi: Goods) -> Visitor:
    person = make_person(db, "Bu Wati")
    make_seat(db, kopi.cooperative, person, Role.MANAJER)
    sign_in(client, db, person)
    return client


def test_the_desk_counts_fewer_says_a_day_and_waits(
    db: Database, wati: Visitor, number: str
) -> None:
    sent = {"kirim-1": "3", "alasan-1": "short", "rak-1": "4", "lengkap": "2026-11-01"}
    page = wati.post(f"{HOME}/{number}/terima", data=sent)
    assert page.status_code == 422
    assert "Pilih tanggal dari besok" in page.text
    assert Markup.of(page.text).faults == []
    sent["lengkap"] = "besok"
    assert wati.post(f"{HOME}/{number}/terima", data=sent).status_code == 422
    sent["lengkap"] = "2026-11-27"
    assert wati.post(f"{HOME}/{number}/terima", data=sent).status_code == 303
    page = wati.get(f"{HOME}/{number}")
    assert Markup.of(page.text).faults == []
    assert "pembeli sedang memilih" in page.text
    assert wati.post(f"{HOME}/{number}/terima", data={"kirim-1": "5"}).status_code == 303
    assert accepted(db, number) == [5]


def test_many_orders_accepted_at_once_answer_no_question_for_a_shopper(
    db: Database, wati: Visitor, gayo: Desk, kopi: Goods, number: str
) -> None:
    other = make_paid(db, {kopi: 1}).numbers[0]
    ask(gayo, number)
    page = wati.post(f"{HOME}/terima", data={"pesanan": [number, other]})
    assert page.status_code == 422
    assert "pembeli sedang memilih" in page.text
    assert (state_of(db, number), state_of(db, other)) == (OrderState.NEW, OrderState.ACCEPTED)
    assert order_of(db, number).needs == SHORT_ASKED


@pytest.mark.parametrize("reads", ["id", "en"])
def test_the_letter_says_what_is_missing_and_until_when_in_the_buyers_language(
    db: Database, gayo: Desk, number: str, reads: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(gayo, number)
    link = partial("https://contoh.id{}".format)
    post: Any = type("Post", (), {"link": staticmethod(link)})()
    monkeypatch.setattr(notices, "post", lambda: post)
    monkeypatch.setattr(mail, "post", lambda: post)
    with db.reading() as session:
        notice = session.scalars(select(Notice).where(Notice.kind == "order_short")).one()
        facts = dict(notices.about_missing_packs(session, [notice])[notice.id])
    facts.pop("language")
    letter = words("order_short", name="Sari", language=reads, **facts)
    assert number in letter.subject
    there = "ada 3 dari 5" if reads == "id" else "3 of 5 are there"
    assert there in letter.body
    assert f"/pesanan/{number}" in letter.body
