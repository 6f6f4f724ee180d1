"""A batch is called back: who got it is found and told once, and nothing of it leaves any more."""

import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

import shop.fulfilment.recalls.notices  # noqa: F401 - says what the notice is about
from shop.core.database.engine import Database
from shop.fulfilment.collecting.actions import Brought
from shop.fulfilment.collecting.batches import unfit_goods
from shop.fulfilment.collecting.errors import AlreadyRecalled, BatchOver, UnfitGoods
from shop.fulfilment.collecting.models import Recall
from shop.fulfilment.collecting.recalls import (
    AffectedOrder,
    BatchFacts,
    batches_with_code,
    orders_with,
    recall,
)
from shop.fulfilment.collecting.rules import RecallReason
from shop.fulfilment.order_steps import actions
from shop.people.cooperatives.models import Role
from shop.sales.orders.models import OrderState
from shop.services.outbox.models import Notice
from shop.services.outbox.notices import by_hand
from tests.factories import DAY, NOON, Goods, make_cooperative, make_goods
from tests.fulfilment.collecting.brought import TODAY, Village, key_of
from tests.fulfilment.collecting.test_pages import at_desk
from tests.fulfilment.paid import Desk, lines_of, make_paid, order_of
from tests.races.unguarded import Unguarded
from tests.support.engines import PAGES
from tests.support.statements import statements
from tests.support.visitor import Visitor

pytestmark = pytest.mark.only_on("sqlite", because=PAGES)


@pytest.fixture(autouse=True)
def monday(app: Flask) -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def kopi(db: Database) -> Goods:
    return make_goods(db, on_hand=90)


def order(db: Database, desk: Desk, goods: Goods, *, out: bool) -> str:
    number = make_paid(db, {goods: 2}).numbers[0]
    desk.accept_all(number)
    if out:
        send(desk, number)
    return number


def send(desk: Desk, number: str) -> None:
    desk.do(number, lambda s, one: actions.mark_ready(s, one, now=NOON))
    desk.do(number, lambda s, one: actions.hand_over(s, one, tracking="JP1234567890", now=NOON))


def facts(db: Database, goods: Goods, code: str = "GYO-A") -> BatchFacts:
    with db.reading() as session:
        return batches_with_code(session, goods.cooperative.id, code)[0]


def got(db: Database, goods: Goods) -> list[AffectedOrder]:
    with db.reading() as session:
        return list(orders_with(session, goods.cooperative.id, facts(db, goods)))


def call_back(db: Database, goods: Goods, *, tells_maybe: bool = False, code: str = "GYO-A") -> int:
    batch = facts(db, goods, code)
    with db.writing() as session:
        return recall(
            session,
            cooperative_id=goods.cooperative.id,
            batch=batch,
            reason=RecallReason.ALLERGEN,
            tells_maybe=tells_maybe,
            person_id=None,
            now=NOON,
        )


def told(db: Database) -> list[Notice]:
    with db.reading() as session:
        return list(session.scalars(select(Notice).where(Notice.kind == "goods_recalled")))


def test_a_recall_finds_who_got_the_batch_and_who_may_have(
    db: Database, kopi: Goods, desk: Desk, village: Village
) -> None:
    batch = village.batch("GYO-A", last_day=TODAY + timedelta(days=30))
    other = village.batch("GYO-B", last_day=TODAY + timedelta(days=30))
    sure, different = (order(db, desk, kopi, out=False) for _ in range(2))
    village.receive(key_of(sure), Brought(2, batch=batch))
    village.receive(key_of(different), Brought(2, batch=other))
    for number in (sure, different):
        send(desk, number)
    waits, maybe = order(db, desk, kopi, out=False), order(db, desk, kopi, out=True)
    teh = order(db, desk, make_goods(db, kopi.cooperative), out=True)
    found = {one.number: (one.is_certain, one.is_out, one.packs) for one in got(db, kopi)}
    assert found == {
        sure: (True, True, 2),
        maybe: (False, True, 2),
        waits: (False, False, 2),
    }
    assert teh not in found


def test_whoever_has_it_is_told_once_and_others_only_when_the_desk_says_so(
    db: Database, kopi: Goods, desk: Desk, village: Village
) -> None:
    batch = village.batch("GYO-A")
    sure = order(db, desk, kopi, out=False)
    village.receive(key_of(sure), Brought(2, batch=batch))
    send(desk, sure)
    order(db, desk, kopi, out=True)
    assert call_back(db, kopi) == 1
    with pytest.raises(AlreadyRecalled):
        call_back(db, kopi, tells_maybe=True)
    (notice,) = told(db)
    with db.reading() as session:
        (line,) = by_hand(session, [notice])
    assert "GYO-A" in line.subject
    assert sure in line.text
    assert "alergen" in line.text


def test_who_has_the_first_parcel_is_told_while_the_rest_waits(
    db: Database, kopi: Goods, desk: Desk, village: Village
) -> None:
    number = order(db, desk, kopi, out=False)
    village.receive(key_of(number), Brought(2, batch=village.batch("GYO-A")))
    desk.do(number, lambda s, one: actions.mark_ready(s, one, now=NOON))
    waits = order(db, desk, kopi, out=False)
    part = {lines_of(db, number)[0].id: 1}
    desk.do(number, partial(actions.hand_over, tracking="JP1234567890", packs=part, now=NOON))
    (sure, maybe) = got(db, kopi)
    assert (sure.number, sure.state, sure.is_out, sure.left_at) == (
        number,
        OrderState.READY,
        True,
        NOON,
    )
    assert (maybe.number, maybe.is_out, maybe.left_at) == (waits, False, None)
    assert call_back(db, kopi, tells_maybe=True) == 1
    assert [one.order_id for one in told(db)] == [sure.order_id]


def test_packs_without_a_code_may_be_of_a_batch_though_others_of_the_line_have_one(
    db: Database, kopi: Goods, desk: Desk, village: Village
) -> None:
    village.batch("GYO-A")
    other = village.batch("GYO-B")
    half, full = (order(db, desk, kopi, out=False) for _ in range(2))
    village.receive(key_of(half), Brought(1, batch=other))
    village.receive(key_of(full), Brought(2, batch=other))
    assert [(one.number, one.packs, one.is_certain) for one in got(db, kopi)] == [(half, 1, False)]


def test_everybody_is_told_however_few_a_page_lists_and_who_has_it_stands_first(
    db: Database, kopi: Goods, desk: Desk, village: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    village.batch("GYO-A")
    gone = [order(db, desk, kopi, out=True) for _ in range(2)]
    waits = order(db, desk, kopi, out=False)
    assert [one.number for one in got(db, kopi)] == [*reversed(gone), waits]
    monkeypatch.setattr(orders_with, "__defaults__", (1,))
    assert len(got(db, kopi)) == 1
    assert call_back(db, kopi, tells_maybe=True) == 2


def test_those_who_may_have_it_can_be_told_too(
    db: Database, kopi: Goods, desk: Desk, village: Village
) -> None:
    village.batch("GYO-A")
    order(db, desk, kopi, out=True)
    assert call_back(db, kopi, tells_maybe=True) == 1


def test_nothing_of_a_recalled_batch_is_received_packed_or_sent(
    db: Database, kopi: Goods, desk: Desk, village: Village
) -> None:
    batch = village.batch("GYO-A")
    number, late = order(db, desk, kopi, out=False), order(db, desk, kopi, out=False)
    village.receive(key_of(number), Brought(2, batch=batch))
    call_back(db, kopi)
    with pytest.raises(BatchOver):
        village.receive(key_of(late), Brought(1, batch=batch))
    with pytest.raises(UnfitGoods) as refusal:
        desk.do(number, lambda s, one: actions.mark_ready(s, one, now=NOON + DAY))
    assert refusal.value.unfit[0].is_recalled


def test_several_who_call_a_batch_back_at_once_are_one_recall(
    db: Database, kopi: Goods, desk: Desk, village: Village
) -> None:
    batch = village.batch("GYO-A")
    number = order(db, desk, kopi, out=False)
    village.receive(key_of(number), Brought(2, batch=batch))
    send(desk, number)
    start = threading.Barrier(4, timeout=30)
    answers: list[object] = []

    def act() -> None:
        start.wait()
        try:
            answers.append(call_back(db, kopi))
        except AlreadyRecalled:
            answers.append("again")

    threads = [threading.Thread(target=act) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(answers) == {1: 1, "again": 3}
    assert len(told(db)) == 1


def test_without_the_one_row_everybody_who_looks_calls_it_back(
    db: Database, database_url: str, village: Village
) -> None:
    """The control: whether it was called back is looked at before writing."""
    village.batch("GYO-A")
    calls: list[int] = []

    def act(unguarded: Unguarded, racer: int) -> None:
        with unguarded.session() as session:
            known = session.scalar(select(func.count()).select_from(Recall))
        unguarded.all_have_looked.wait()
        if not known:
            calls.append(racer)

    Unguarded(database_url).race(act)
    assert len(calls) == Unguarded.RACERS


def leaves_during_a_recall(db: Database, goods: Goods, desk: Desk, number: str, code: str) -> bool:
    """A parcel is handed over while its batch is called back; whether it left."""
    start = threading.Barrier(2, timeout=30)

    def leave() -> bool:
        start.wait()
        try:
            desk.do(number, partial(actions.hand_over, tracking="JP1234567890", now=NOON))
        except UnfitGoods:
            return False
        return True

    def take_back() -> None:
        start.wait()
        call_back(db, goods, code=code)

    with ThreadPoolExecutor(2) as hands:
        left, called = hands.submit(leave), hands.submit(take_back)
        called.result()
        return left.result()


def test_a_parcel_that_leaves_during_a_recall_is_stopped_or_told(
    db: Database, kopi: Goods, desk: Desk, village: Village
) -> None:
    for turn in range(3):
        code = f"GYO-{turn}"
        number = order(db, desk, kopi, out=False)
        village.receive(key_of(number), Brought(2, batch=village.batch(code)))
        desk.do(number, lambda s, one: actions.mark_ready(s, one, now=NOON))
        before = len(told(db))
        has_left = leaves_during_a_recall(db, kopi, desk, number, code)
        assert len(told(db)) - before == has_left


def test_without_the_lock_a_parcel_leaves_and_nobody_is_told(
    db: Database, database_url: str, kopi: Goods, desk: Desk, village: Village
) -> None:
    """The control: each looks before the other has written."""
    number = order(db, desk, kopi, out=False)
    village.receive(key_of(number), Brought(2, batch=village.batch("GYO-A")))
    order_id, batch = order_of(db, number).id, facts(db, kopi)
    may_leave: list[bool] = []
    to_tell: list[int] = []

    def act(unguarded: Unguarded, racer: int) -> None:
        with unguarded.session() as session:
            if racer % 2:
                may_leave.append(not unfit_goods(session, order_id, TODAY))
            else:
                found = orders_with(session, kopi.cooperative.id, batch)
                to_tell.append(sum(one.is_out for one in found))
        unguarded.all_have_looked.wait()

    Unguarded(database_url).race(act)
    assert set(may_leave) == {True}
    assert set(to_tell) == {0}


def test_a_recall_asks_the_same_for_two_orders_and_twelve(
    db: Database, kopi: Goods, desk: Desk, village: Village
) -> None:
    village.batch("GYO-A")
    batch = facts(db, kopi)

    def cost() -> int:
        with statements(db) as seen, db.reading() as session:
            orders_with(session, kopi.cooperative.id, batch)
        return len(seen)

    for _ in range(2):
        order(db, desk, kopi, out=False)
    two = cost()
    for _ in range(10):
        order(db, desk, kopi, out=False)
    assert cost() == two


# ------------------------------------------------------------------ at the desk


def test_the_desk_finds_a_code_reads_who_got_it_and_calls_it_back(
    db: Database, client: Visitor, kopi: Goods, desk: Desk, village: Village
) -> None:
    number = order(db, desk, kopi, out=False)
    village.receive(key_of(number), Brought(2, batch=village.batch("GYO-A")))
    send(desk, number)
    wati, here = at_desk(db, client, kopi), f"/kelola/{kopi.cooperative.slug}/tarik"
    assert "tidak ada di barang koperasi ini" in wati.get(f"{here}?kode=TIDAK-ADA").text
    assert "GYO-A" in wati.get(here).text
    page = wati.get(f"{here}?kode=GYO-A").text
    assert number in page
    assert "Sari" in page  # it is still on its way: whoever packs may ask
    assert "https://wa.me/" in page
    sheet = wati.get(f"{here}.csv?kode=GYO-A")
    assert sheet.data.decode("utf-8-sig").splitlines() == [
        "pesanan;kemasan;kepastian;tahap;tanggal_kirim",
        f"{number};2;pasti;Di jalan;2026-11-23",
    ]
    answer = wati.post(here, data={"kode": "GYO-A", "sku": kopi.sku})
    assert answer.status_code == 422
    assert "Pilih sebabnya" in answer.text
    act = {"kode": "GYO-A", "sku": kopi.sku, "kenapa": "spoiled"}
    assert wati.post(here, data=act).status_code == 303
    assert wati.post(here, data=act).status_code == 303
    assert len(told(db)) == 1
    assert "Ditarik" in wati.get(f"{here}?kode=GYO-A").text


def test_the_board_says_in_words_why_a_parcel_may_not_leave(
    db: Database, client: Visitor, kopi: Goods, desk: Desk, village: Village
) -> None:
    number = order(db, desk, kopi, out=False)
    village.receive(key_of(number), Brought(2, batch=village.batch("GYO-A")))
    call_back(db, kopi)
    wati, orders = at_desk(db, client, kopi), f"/kelola/{kopi.cooperative.slug}/pesanan"
    answer = wati.post(f"{orders}/{number}/siap")
    assert answer.status_code == 409
    assert "kode GYO-A, sudah ditarik" in answer.text
    assert "Keluarkan yang tidak boleh dijual" in answer.text
    answer = wati.post(f"{orders}/kemas", data={"pesanan": number})
    assert answer.status_code == 422
    assert "kode GYO-A, sudah ditarik" in answer.text


def test_one_tap_takes_recalled_packs_out_and_their_maker_is_asked_anew(
    db: Database, client: Visitor, kopi: Goods, desk: Desk, village: Village
) -> None:
    number = order(db, desk, kopi, out=False)
    village.receive(key_of(number), Brought(2, batch=village.batch("GYO-A")))
    call_back(db, kopi)
    wati = at_desk(db, client, kopi)
    address = f"/kelola/{kopi.cooperative.slug}/pesanan/{number}/keluarkan"
    for _ in range(2):
        assert wati.post(address).status_code == 303
    (line,) = village.lines()
    assert line.left == 2
    supervisor = at_desk(db, client, kopi, Role.PENGAWAS)
    assert supervisor.post(address).status_code == 403


def test_codes_of_another_cooperative_are_nowhere(
    db: Database, client: Visitor, kopi: Goods, village: Village
) -> None:
    village.batch("GYO-A")
    stranger = make_goods(db, make_cooperative(db, "KPS", "Koperasi Kintamani"))
    made, here = at_desk(db, client, stranger), f"/kelola/{stranger.cooperative.slug}/tarik"
    act = {"kode": "GYO-A", "sku": kopi.sku, "kenapa": "spoiled"}
    assert made.post(here, data=act).status_code == 404
    assert made.get(f"{here}.csv?kode=GYO-A").status_code == 404
    assert made.get(f"/kelola/{kopi.cooperative.slug}/tarik").status_code == 404
    supervisor = at_desk(db, client, kopi, Role.PENGAWAS)
    own = f"/kelola/{kopi.cooperative.slug}/tarik"
    assert supervisor.get(f"{own}?kode=GYO-A").status_code == 200
    assert supervisor.post(own, data=act).status_code == 403
    for typed in ("\x00", "x" * 10_000, "GYO-A\x00"):
        assert supervisor.get(own, query_string={"kode": typed}).status_code == 200
