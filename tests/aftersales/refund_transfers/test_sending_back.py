"""Money without a way back goes where its shopper said, once, large sums by two people."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from shop.aftersales.refund_transfers.notices import remind
from shop.core.database.engine import Database
from shop.core.values import clock
from shop.payments.bills.models import (
    Refund,
    RefundDestination,
    RefundState,
    RefundTransfer,
    TransferState,
)
from shop.payments.cards.gateway import RefundProgress
from shop.payments.cards.jobs import send_refund
from shop.people.accounts.actions import give_operator_right
from shop.people.accounts.models import OperatorRight
from shop.services.outbox.models import Notice
from shop.web.security.csrf import CART_COOKIE
from tests.aftersales.giving import bring, give
from tests.checkout.cards import as_card, paid_attempt
from tests.factories import (
    NOON,
    Goods,
    Placed,
    make_goods,
    make_payee,
    make_person,
    make_purchase,
)
from tests.fulfilment.paid import books, broken, make_paid
from tests.support.engines import PAGES
from tests.support.entering import sign_in
from tests.support.fake_gateway import FakeGateway
from tests.support.statements import statements
from tests.support.visitor import Visitor

pytestmark = pytest.mark.only_on("sqlite", because=PAGES)

LIST = "/operator/uang-kembali"


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOON)


@pytest.fixture
def kopi(db: Database) -> Goods:
    return make_goods(db, price=45_000, on_hand=200)


@pytest.fixture
def sari(client: Visitor) -> Visitor:
    client.set_cookie(CART_COOKIE, "sari")
    return client


def operator(app: Flask, db: Database, name: str = "Operator") -> Visitor:
    person = make_person(db, name)
    with db.writing() as session:
        give_operator_right(session, person.id, OperatorRight.CONFIRM_MONEY, NOON)
    client = app.test_client()
    assert isinstance(client, Visitor)
    sign_in(client, db, person)
    return client


def digits(db: Database, placed: Placed) -> str:
    from shop.people.accounts.models import Contact
    from shop.sales.orders.models import Purchase

    with db.reading() as session:
        phone = session.scalars(
            select(Contact.phone)
            .join(Purchase, Purchase.contact_id == Contact.id)
            .where(Purchase.id == placed.purchase_id)
        ).one()
    return str(phone)[-4:]


def owed(db: Database, kopi: Goods, packs: int = 1) -> Placed:
    """A purchase of which so many packs go back."""
    placed = make_paid(db, {kopi: packs + 1})
    bring(db, placed.numbers[0])
    give(db, placed.numbers[0], packs)
    return placed


def named(db: Database, placed: Placed) -> dict[str, str]:
    return {
        "tujuan": "BRI",
        "nomor": "0012 3456-7890",
        "nama": "Sari Dewi",
        "digit": digits(db, placed),
    }


def name(sari: Visitor, db: Database, placed: Placed) -> None:
    answer = sari.post(f"/pembelian/{placed.code}/uang-kembali", data=named(db, placed))
    assert answer.status_code == 303


def sent(db: Database, amount: int, reference: str = "TRX-1") -> dict[str, str]:
    with db.reading() as session:
        destination = session.scalars(
            select(RefundDestination.id).order_by(RefundDestination.id.desc()).limit(1)
        ).one()
    return {"tujuan": str(destination), "jumlah": str(amount), "rujukan": reference}


def refund(db: Database) -> Refund:
    with db.reading() as session:
        return session.scalars(select(Refund).order_by(Refund.id).limit(1)).one()


def test_the_shopper_names_a_bank_and_the_operator_sends_it_there_once(
    app: Flask, db: Database, kopi: Goods, sari: Visitor
) -> None:
    placed = owed(db, kopi)
    before = books(db)["bank"]
    assert f"/pembelian/{placed.code}/uang-kembali" in sari.get(f"/pembelian/{placed.code}").text
    assert "Rp45.000" in sari.get(f"/pembelian/{placed.code}/uang-kembali").text
    name(sari, db, placed)
    page = sari.get(f"/pembelian/{placed.code}/uang-kembali").text
    assert "BRI ••7890" in page
    assert "001234567890" not in page
    teller = operator(app, db)
    page = teller.get(LIST).text
    assert "001234567890" in page
    assert "Sudah saya kirim Rp45.000" in page
    data = sent(db, 45_000)
    assert [teller.post(LIST, data=data).status_code for _ in range(2)] == [303, 303]
    assert refund(db).state is RefundState.DONE
    assert books(db)["bank"] == before - 45_000
    assert "refund_due" not in books(db)
    with db.reading() as session:
        kinds = session.scalars(select(Notice.kind)).all()
        assert len(session.scalars(select(RefundTransfer)).all()) == 1
    assert kinds.count("refund_sent") == 1
    assert "Tidak ada uang yang menunggu" in sari.get(f"/pembelian/{placed.code}/uang-kembali").text
    assert "sudah dikembalikan" in sari.get(f"/pembelian/{placed.code}").text
    assert broken(db) == {}


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"tujuan": " "}, "misalnya BRI atau DANA"),
        ({"nomor": "12"}, "6 sampai 20"),
        ({"nomor": "BRI 123456"}, "Hanya angka"),
        ({"nama": ""}, "misalnya Sari Dewi"),
        ({"digit": "12"}, "Tulis tepat 4 angka"),
        ({"digit": "0000"}, "Angkanya tidak cocok"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_the_rest_stays(
    db: Database, kopi: Goods, sari: Visitor, wrong: dict[str, str], words: str
) -> None:
    placed = owed(db, kopi)
    answer = sari.post(
        f"/pembelian/{placed.code}/uang-kembali", data={**named(db, placed), **wrong}
    )
    assert (answer.status_code, words in answer.text) == (422, True)
    if "nama" not in wrong:
        assert "Sari Dewi" in answer.text
    assert refund(db).destination_id is None


def test_the_digits_are_not_guessed_and_strangers_see_nothing(
    app: Flask, db: Database, kopi: Goods, sari: Visitor
) -> None:
    placed = owed(db, kopi)
    page = f"/pembelian/{placed.code}/uang-kembali"
    tries = [sari.post(page, data={**named(db, placed), "digit": "0000"}) for _ in range(6)]
    assert [answer.status_code for answer in tries] == [422] * 5 + [429]
    joko = app.test_client()
    answer = joko.get(page)
    assert (answer.status_code, answer.location) == (303, f"/pembelian/{placed.code}")
    assert joko.post(page, data=named(db, placed)).status_code == 404
    assert refund(db).destination_id is None


def test_a_large_sum_waits_for_a_second_person(
    app: Flask, db: Database, kopi: Goods, sari: Visitor
) -> None:
    placed = owed(db, kopi, 50)
    name(sari, db, placed)
    first, second = operator(app, db, "Satu"), operator(app, db, "Dua")
    first.post(LIST, data=sent(db, 2_250_000))
    assert refund(db).state is RefundState.SENT
    assert "sedang kami kirim" in sari.get(f"/pembelian/{placed.code}/uang-kembali").text
    assert broken(db) == {}
    with db.reading() as session:
        waiting = f"{LIST}/{session.scalars(select(RefundTransfer.id)).one()}"
    first.post(waiting, data={"jawaban": "setuju"})
    assert refund(db).state is RefundState.SENT
    for _ in range(2):
        assert second.post(waiting, data={"jawaban": "setuju"}).status_code == 303
    assert refund(db).state is RefundState.DONE
    assert "refund_due" not in books(db)
    assert broken(db) == {}


def test_what_was_not_sent_after_all_waits_again(
    app: Flask, db: Database, kopi: Goods, sari: Visitor
) -> None:
    placed = owed(db, kopi, 50)
    name(sari, db, placed)
    teller = operator(app, db)
    teller.post(LIST, data=sent(db, 2_250_000))
    with db.reading() as session:
        waiting = f"{LIST}/{session.scalars(select(RefundTransfer.id)).one()}"
    teller.post(waiting, data={"jawaban": "tolak"})
    assert refund(db).state is RefundState.ASKED
    assert "Sudah saya kirim Rp2.250.000" in teller.get(LIST).text
    assert books(db)["refund_due"] == -2_250_000
    # The reference is free again.
    assert teller.post(LIST, data=sent(db, 2_250_000)).status_code == 303
    assert broken(db) == {}


def test_money_that_a_bank_sends_back_is_owed_again_and_named_anew(
    app: Flask, db: Database, kopi: Goods, sari: Visitor
) -> None:
    placed = owed(db, kopi)
    name(sari, db, placed)
    teller = operator(app, db)
    teller.post(LIST, data=sent(db, 45_000))
    with db.reading() as session:
        transfer = f"{LIST}/{session.scalars(select(RefundTransfer.id)).one()}"
    for _ in range(2):
        assert teller.post(transfer, data={"jawaban": "tolak"}).status_code == 303
    assert refund(db).state is RefundState.FAILED
    assert books(db)["refund_due"] == -45_000
    page = sari.get(f"/pembelian/{placed.code}/uang-kembali").text
    assert "menolak uangnya" in page
    with db.reading() as session:
        assert session.scalars(select(Notice.kind)).all().count("refund_came_back") == 1
    assert broken(db) == {}
    name(sari, db, placed)
    teller.post(LIST, data=sent(db, 45_000, "TRX-2"))
    assert refund(db).state is RefundState.DONE
    assert broken(db) == {}


def test_a_card_that_takes_nothing_back_is_paid_out_by_hand(
    app: Flask, db: Database, kopi: Goods, sari: Visitor
) -> None:
    from shop.checkout.settlement.actions import settle_purchase

    make_payee(db)
    placed = as_card(db, make_purchase(db, {kopi: 2}))
    paid_attempt(db, placed)
    with db.writing() as session:
        settle_purchase(session, payment_id=placed.payment_id, now=NOON)
    bring(db, placed.numbers[0])
    give(db, placed.numbers[0], 1)
    assert "uang-kembali" not in sari.get(f"/pembelian/{placed.code}").text
    gateway = FakeGateway()
    gateway.progress = RefundProgress.FAILED
    send_refund(db, gateway, refund(db).id, NOON)
    assert refund(db).state is RefundState.FAILED
    assert "uang-kembali" in sari.get(f"/pembelian/{placed.code}").text
    name(sari, db, placed)
    operator(app, db).post(LIST, data=sent(db, 45_000))
    assert refund(db).state is RefundState.DONE
    assert books(db)["bank"] == -45_000  # the card's money stands at the gateway
    assert broken(db) == {}


def test_wrong_references_and_sums_are_refused_with_what_is_right(
    app: Flask, db: Database, kopi: Goods, sari: Visitor
) -> None:
    first, second = owed(db, kopi), owed(db, kopi, 2)
    teller = operator(app, db)
    name(sari, db, first)
    assert teller.post(LIST, data=sent(db, 45_000)).status_code == 303
    name(sari, db, second)
    used = teller.post(LIST, data=sent(db, 90_000))
    assert (used.status_code, "sudah dipakai" in used.text) == (422, True)
    assert "TRX-1" in used.text
    other = teller.post(LIST, data=sent(db, 45_000, "TRX-2"))
    assert (other.status_code, "sekarang Rp90.000 yang menunggu" in other.text) == (422, True)
    for wrong in ({"rujukan": ""}, {"jumlah": "-1"}, {"jumlah": "0"}, {"tujuan": "x"}):
        answer = teller.post(LIST, data={**sent(db, 90_000, "TRX-2"), **wrong})
        assert answer.status_code == 422
    assert teller.post(f"{LIST}/999", data={"jawaban": "setuju"}).status_code == 303
    with db.reading() as session:
        assert session.scalars(select(RefundTransfer.state)).all() == [TransferState.PAID]


def test_who_does_not_confirm_money_sees_no_account_numbers(
    app: Flask, db: Database, client: Visitor
) -> None:
    person = make_person(db, "Joko")
    sign_in(client, db, person)
    assert client.get(LIST).status_code in (403, 404)
    assert client.post(LIST).status_code in (403, 404)


def test_whose_money_waits_is_asked_at_once_and_then_more_and_more_rarely(
    db: Database, kopi: Goods, sari: Visitor
) -> None:
    placed = owed(db, kopi)

    def asked(days: int) -> int:
        return db.write(lambda session: remind(session, NOON + timedelta(days=days)))

    assert [asked(days) for days in (0, 1, 3, 4, 7, 400, 800)] == [1, 0, 1, 0, 1, 1, 0]
    name(sari, db, placed)
    assert asked(30) == 0


def test_a_list_of_twenty_costs_what_a_list_of_two_does(
    app: Flask, db: Database, kopi: Goods, sari: Visitor
) -> None:
    teller = operator(app, db)

    def cost() -> int:
        with statements(db) as seen:
            page = teller.get(LIST).text
        assert len(re.findall("Sudah saya kirim", page)) >= 2
        return len(seen)

    for _ in range(2):
        name(sari, db, owed(db, kopi))
    few = cost()
    for _ in range(8):
        name(sari, db, owed(db, kopi))
    assert cost() == few
