"""Missing packs on the shopper's link, at the desk, and in the letter."""

from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from shop.core.database.engine import Database
from shop.fulfilment.order_desk import notices
from shop.sales.orders.models import OrderState
from shop.sales.orders.rules import SHORT_ASKED
from shop.services.outbox import mailer
from shop.services.outbox.message_templates import words
from shop.services.outbox.models import Notice
from tests.factories import Goods
from tests.fulfilment.asking import accepted, ask
from tests.fulfilment.paid import HOME, Desk, broken, make_paid, order_of, state_of
from tests.support.engines import PAGES
from tests.support.visitor import Visitor
from tests.web.markup import Markup

pytestmark = pytest.mark.usefixtures("noon")


@pytest.mark.only_on("sqlite", because=PAGES)
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


@pytest.mark.only_on("sqlite", because=PAGES)
@pytest.mark.parametrize("pilihan", ["", "semua", "\x00", "x" * 10_000])
def test_what_is_no_choice_changes_nothing(
    db: Database, gayo: Desk, sari: Visitor, number: str, pilihan: str
) -> None:
    ask(gayo, number)
    assert sari.post(f"/pesanan/{number}/kurang", data={"pilihan": pilihan}).status_code == 303
    assert order_of(db, number).needs == SHORT_ASKED


@pytest.mark.only_on("sqlite", because=PAGES)
def test_for_a_stranger_the_order_does_not_exist(
    db: Database, gayo: Desk, client: Visitor, number: str
) -> None:
    ask(gayo, number)
    answer = client.post(f"/pesanan/{number}/kurang", data={"pilihan": "batal"})
    assert answer.status_code == 404
    assert state_of(db, number) is OrderState.NEW


@pytest.mark.only_on("sqlite", because=PAGES)
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


@pytest.mark.only_on("sqlite", because=PAGES)
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
    monkeypatch.setattr(mailer, "post", lambda: post)
    with db.reading() as session:
        notice = session.scalars(select(Notice).where(Notice.kind == "order_short")).one()
        facts = dict(notices.about_missing_packs(session, [notice])[notice.id])
    facts.pop("language")
    letter = words("order_short", name="Sari", language=reads, **facts)
    assert number in letter.subject
    there = "ada 3 dari 5" if reads == "id" else "3 of 5 are there"
    assert there in letter.body
    assert f"/pesanan/{number}" in letter.body
