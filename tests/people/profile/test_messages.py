"""The list "kirim lewat WhatsApp": one tap each, all at once, and never twice."""

from collections.abc import Mapping, Sequence

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.core.database.engine import Database
from shop.core.values import clock
from shop.people.accounts.actions import give_operator_right
from shop.people.accounts.models import OperatorRight, Person
from shop.people.cooperatives.models import Role
from shop.services.outbox import notices
from shop.services.outbox.actions import heartbeat, leave_by_hand, notify
from shop.services.outbox.models import Notice, NoticeState
from shop.web.http import app_state
from tests.factories import NOON, make_contact, make_cooperative, make_person, make_seat
from tests.support.engines import PAGES
from tests.support.entering import sign_in
from tests.support.statements import statements
from tests.support.visitor import Visitor

pytestmark = pytest.mark.only_on("sqlite", because=PAGES)

PAGE = "/kelola/koperasi-gyo/kabar"


@pytest.fixture
def wati(app: Flask, client: Visitor, db: Database, monkeypatch: pytest.MonkeyPatch) -> Person:
    """Bu Wati at her desk, where notices of the kind ``order_arrived`` have words."""

    def describe(_session: Session, given: Sequence[Notice]) -> Mapping[int, Mapping[str, object]]:
        return {
            one.id: {
                "number": f"GYO-26-{one.order_id:06d}",
                "cooperative": "Koperasi <Gayo>",
                "link": "http://localhost/pembelian/abc",
            }
            for one in given
        }

    monkeypatch.setattr(notices, "_describers", {"order_arrived": describe})
    person = make_person(db, "Bu Wati", "wati@gayo.example")
    make_seat(db, make_cooperative(db), person, Role.MANAJER)
    sign_in(client, db, person)
    return person


def _notices(db: Database, count: int, *, of_operator: bool = False) -> list[int]:
    cooperative_id = None if of_operator else make_cooperative(db).id
    ids = []
    for n in range(count):
        contact_id = make_contact(db, f"Sari {n}")
        with db.writing() as session:
            key = f"{cooperative_id}:{contact_id}"
            notify(
                session,
                key=key,
                kind="order_arrived",
                contact_id=contact_id,
                cooperative_id=cooperative_id,
                order_id=n,
                now=NOON,
            )
            notice = session.scalars(select(Notice).where(Notice.key == key)).one()
            leave_by_hand(session, notice.id)
            ids.append(notice.id)
    return ids


def _sent(db: Database) -> set[int]:
    with db.reading() as session:
        return set(session.scalars(select(Notice.id).where(Notice.state == NoticeState.SENT)))


def test_each_line_names_the_reader_and_opens_whatsapp_with_the_text(
    client: Visitor, db: Database, wati: Person
) -> None:
    _notices(db, 2)
    page = client.get(PAGE).text
    assert "Kirim lewat WhatsApp (2)" in page
    assert "Sari 1 · Pesanan GYO-26-000001 sudah tiba" in page
    assert 'href="https://wa.me/62840' in page
    assert "Koperasi &lt;Gayo&gt;" in page
    assert "<Gayo>" not in page


def test_one_tap_ticks_one_line_whatever_else_is_chosen(
    client: Visitor, db: Database, wati: Person
) -> None:
    first, second, third = _notices(db, 3)
    form = {"satu": str(second), "kabar": [str(first), str(third)]}
    assert client.post(PAGE, data=form).status_code == 303
    assert _sent(db) == {second}
    with db.reading() as session:
        notice = session.get(Notice, second)
    assert notice is not None
    assert notice.sent_by_id == wati.id


def test_all_can_be_chosen_by_a_link_and_ticked_at_once(
    client: Visitor, db: Database, wati: Person
) -> None:
    ids = _notices(db, 3)
    assert client.get(PAGE).text.count(" checked") == 0
    assert client.get(f"{PAGE}?pilih=semua").text.count(" checked") == 3
    client.post(PAGE, data={"kabar": [str(one) for one in ids]})
    assert _sent(db) == set(ids)
    page = client.get(PAGE).text
    assert "Semua sudah dikabari" in page
    client.post(PAGE, data={"kabar": [str(ids[0])]})  # a second tap
    assert _sent(db) == set(ids)


@pytest.mark.parametrize("extra", [{}, {"hitung": "1"}])
def test_the_enter_key_and_an_empty_form_tick_nothing(
    client: Visitor, db: Database, wati: Person, extra: dict[str, str]
) -> None:
    (one,) = _notices(db, 1)
    form = {"kabar": str(one)} | extra if extra else {}
    answer = client.post(PAGE, data=form)
    assert answer.status_code == 303
    assert "Belum ada kabar yang dipilih" in client.get(PAGE).text
    assert _sent(db) == set()


def test_the_list_is_paged_and_costs_the_same_statements_for_two_and_for_twenty(
    client: Visitor, db: Database, wati: Person, app: Flask
) -> None:
    with app.app_context():
        asked = app_state.database()

    def count() -> int:
        with statements(asked) as found:
            assert client.get(PAGE).status_code == 200
        return len(found)

    _notices(db, 2)
    few = count()
    _notices(db, 28)
    assert count() == few
    page = client.get(PAGE).text
    assert page.count("Buka WhatsApp") == 24 + 1  # and once in the sentence above them
    after = page.partition('href="?setelah=')[2].partition('"')[0]
    assert client.get(f"{PAGE}?setelah={after}").text.count("Buka WhatsApp") == 6 + 1


def test_the_operator_sees_what_waits_and_whether_the_worker_lives(
    client: Visitor, db: Database, wati: Person
) -> None:
    for right in OperatorRight:
        with db.writing() as session:
            give_operator_right(session, wati.id, right, NOON)
    (one,) = _notices(db, 1, of_operator=True)
    home = client.get("/operator").text
    assert "Kirim lewat WhatsApp (1)" in home
    assert 'href="/operator/uang-masuk"' in home
    assert "tidak memberi tanda" in home
    with db.writing() as session:
        heartbeat(session, "desa:1", clock.now())
    assert "tidak memberi tanda" not in client.get("/operator").text
    client.post("/operator/kabar", data={"satu": str(one)})
    assert _sent(db) == {one}
