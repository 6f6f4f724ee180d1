"""*Kembalikan uang* at the desk: reckoned first, given once, above a limit by two people."""

from collections.abc import Mapping

import pytest
from flask import Flask
from sqlalchemy import select

from shop.aftersales.refunds.models import RefundRequest
from shop.core.database.engine import Database
from shop.core.values import clock
from shop.payments.bills.models import Refund
from shop.people.cooperatives.rules import Role
from tests.aftersales.giving import arrived, finish, give
from tests.factories import NOON, Goods, make_cooperative, make_goods, make_person, make_seat
from tests.fulfilment.paid import Desk, books, broken, make_paid, paid_by, refunds
from tests.support.engines import PAGES
from tests.support.entering import sign_in
from tests.support.visitor import Visitor

pytestmark = pytest.mark.only_on("sqlite", because=PAGES)

ONE = {"isi-1": "1", "ongkir": "0", "alasan": "damaged", "stok": "rak", "tanggung": "bersama"}


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOON)


@pytest.fixture
def kopi(db: Database) -> Goods:
    return make_goods(db, price=45_000, on_hand=100)


@pytest.fixture
def number(db: Database, kopi: Goods) -> str:
    return arrived(db, {kopi: 3})


def somebody(
    app: Flask, db: Database, goods: Goods, role: Role = Role.MANAJER, name: str = "Bu Wati"
) -> Visitor:
    person = make_person(db, name)
    make_seat(db, goods.cooperative, person, role)
    client = app.test_client()
    assert isinstance(client, Visitor)
    sign_in(client, db, person)
    return client


@pytest.fixture
def wati(app: Flask, db: Database, kopi: Goods) -> Visitor:
    return somebody(app, db, kopi)


def here(number: str) -> str:
    return f"/kelola/koperasi-gyo/pesanan/{number}/uang-kembali"


def look(visitor: Visitor, number: str, fields: Mapping[str, str]) -> tuple[int, str]:
    answer = visitor.get(here(number), query_string={"lihat": "1", **fields})
    return answer.status_code, answer.text


def test_nobody_is_asked_about_the_shelf_while_the_parcel_is_on_its_way(
    db: Database, wati: Visitor, number: str, kopi: Goods
) -> None:
    assert 'name="stok"' in wati.get(here(number)).text
    on_its_way = paid_by(db, kopi)
    Desk(db, kopi.cooperative.id).ship(on_its_way)
    page = wati.get(here(on_its_way)).text
    assert 'name="isi-1"' in page
    assert 'name="stok"' not in page


def test_what_it_takes_from_whom_stands_there_before_anybody_confirms(
    db: Database, wati: Visitor, number: str
) -> None:
    assert f"{here(number)}" in wati.get(f"/kelola/koperasi-gyo/pesanan/{number}").text
    status, page = look(wati, number, {**ONE, "ongkir": "Rp2.000"})
    assert status == 200
    for words in (
        "Kembalikan Rp47.000",
        "Rp41.400",  # from the maker
        "Rp4.250",  # from the till: its part and the delivery
        "Rp1.350",  # the platform's fee
        "Barangnya masuk stok lagi.",
    ):
        assert words in page
    assert refunds(db) == []
    _, page = look(wati, number, {**ONE, "tanggung": "kas", "stok": "tidak"})
    assert "tetap menerima bagiannya" in page
    assert "Rp43.650" in page  # the till bears the maker's part too
    assert "Stok tidak berubah." in page


def test_two_clicks_give_back_once_and_say_so(db: Database, wati: Visitor, number: str) -> None:
    sent = {**ONE, "terlihat": "0"}
    answers = [wati.post(here(number), data=sent) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert "Sudah tercatat sebelumnya." in wati.get(here(number)).text
    assert refunds(db) == [("damaged", 45_000)]
    assert broken(db) == {}


def test_two_clicks_for_all_that_is_left_give_back_once(
    db: Database, wati: Visitor, number: str
) -> None:
    sent = {**ONE, "isi-1": "3", "ongkir": "12000", "terlihat": "0"}
    assert [wati.post(here(number), data=sent).status_code for _ in range(2)] == [303, 303]
    assert refunds(db) == [("damaged", 147_000)]
    assert "Uangnya sudah kembali semua." in wati.get(here(number)).text


def test_of_two_managers_who_looked_at_once_the_second_reckons_anew(
    app: Flask, db: Database, kopi: Goods, wati: Visitor, number: str
) -> None:
    ketua = somebody(app, db, kopi, Role.KETUA, "Pak Ketua")
    assert wati.post(here(number), data={**ONE, "terlihat": "0"}).status_code == 303
    answer = ketua.post(here(number), data={**ONE, "isi-1": "2", "terlihat": "0"})
    assert answer.status_code == 409
    assert "sudah Rp45.000 yang kembali" in answer.text
    assert "Masih bisa kembali Rp102.000" in answer.text
    assert refunds(db) == [("damaged", 45_000)]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"isi-1": "0"}, "paling sedikit satu bungkus"),
        ({"isi-1": "-1"}, "Tulis angka bulat dari 0 sampai 3"),
        ({"isi-1": "4"}, "Tulis angka bulat dari 0 sampai 3"),
        ({"isi-1": "satu"}, "Tulis angka bulat dari 0 sampai 3"),
        ({"ongkir": "12001"}, "Paling banyak Rp12.000."),
        ({"ongkir": "-1"}, "Jumlahnya tidak bisa kurang dari nol"),
        ({"alasan": ""}, "Pilih alasannya."),
        ({"alasan": "tidak ada"}, "Pilih"),
        ({"tanggung": "operator"}, "Pilih salah satu yang ada di daftar."),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_goes_back(
    db: Database, wati: Visitor, number: str, typed: dict[str, str], words: str
) -> None:
    fields = {**ONE, **typed}
    status, page = look(wati, number, fields)
    assert (status, words in page) == (422, True)
    answer = wati.post(here(number), data={**fields, "terlihat": "0"})
    assert (answer.status_code, words in answer.text) == (422, True)
    for name, text in typed.items():
        assert text in answer.text or name in ("alasan", "tanggung")
    assert refunds(db) == []


def test_more_than_is_left_is_refused_with_what_is_left(
    db: Database, wati: Visitor, number: str
) -> None:
    give(db, number, 2, delivery=10_000)
    status, page = look(wati, number, {**ONE, "isi-1": "2", "ongkir": "5000"})
    assert status == 422
    assert "Tinggal 1." in page
    assert "Paling banyak Rp2.000." in page


def test_a_large_refund_waits_for_a_second_person(app: Flask, db: Database, kopi: Goods) -> None:
    wati = somebody(app, db, kopi)
    treasurer = somebody(app, db, kopi, Role.BENDAHARA, "Bu Bendahara")
    number = arrived(db, {kopi: 30})
    sent = {**ONE, "isi-1": "30", "terlihat": "0"}
    _, page = look(wati, number, sent)
    assert "Minta persetujuan untuk Rp1.350.000" in page
    assert wati.post(here(number), data=sent).status_code == 303
    assert refunds(db) == []
    again = wati.post(here(number), data=sent)
    assert again.status_code == 422
    assert "menunggu orang kedua" in again.text
    with db.reading() as session:
        waiting = f"{here(number)}/{session.scalars(select(RefundRequest.id)).one()}"
    refused = wati.post(waiting, data={"jawaban": "setuju"})
    assert refused.status_code == 409
    assert "Orang lain yang harus menyetujui" in refused.text
    assert "Setujui Rp1.350.000" in treasurer.get(here(number)).text
    for _ in range(2):
        assert treasurer.post(waiting, data={"jawaban": "setuju"}).status_code == 303
    assert refunds(db) == [("damaged", 1_350_000)]
    assert broken(db) == {}


def test_what_the_second_person_does_not_allow_stays_and_can_be_asked_anew(
    app: Flask, db: Database, kopi: Goods, wati: Visitor
) -> None:
    number = arrived(db, {kopi: 30})
    sent = {**ONE, "isi-1": "30", "terlihat": "0"}
    for _ in range(2):
        wati.post(here(number), data=sent)
        with db.reading() as session:
            open_one = select(RefundRequest.id).where(RefundRequest.decided_at.is_(None))
            waiting = f"{here(number)}/{session.scalars(open_one).one()}"
        assert wati.post(waiting, data={"jawaban": "tolak"}).status_code == 303
    assert refunds(db) == []


def test_money_of_a_done_order_becomes_a_debt(db: Database, wati: Visitor, number: str) -> None:
    finish(db)
    _, page = look(wati, number, ONE)
    assert "menjadi utang" in page
    wati.post(here(number), data={**ONE, "isi-1": "3", "ongkir": "12000", "terlihat": "0"})
    assert books(db)["refund_due"] == -147_000
    assert broken(db) == {}


def test_only_who_runs_the_desk_gives_back_and_others_do_not_find_the_order(
    app: Flask, db: Database, kopi: Goods, number: str
) -> None:
    for role, looks, gives in (
        (Role.KETUA, 200, 303),
        (Role.BENDAHARA, 200, 403),
        (Role.PENGAWAS, 200, 403),
        (Role.PENGEMAS, 403, 403),
    ):
        visitor = somebody(app, db, kopi, role, role.value)
        assert visitor.get(here(number)).status_code == looks
        with db.reading() as session:
            seen = sum(session.scalars(select(Refund.amount)))
        sent = {**ONE, "terlihat": str(seen)}
        assert visitor.post(here(number), data=sent).status_code == gives
    other = make_goods(db, make_cooperative(db, "KPS", "Koperasi Kintamani"))
    stranger = somebody(app, db, other, name="Pak Made")
    theirs = here(number).replace("gyo", "kps")
    assert stranger.get(here(number)).status_code == 404
    assert stranger.get(theirs).status_code == 404
    assert stranger.post(theirs, data={**ONE, "terlihat": "0"}).status_code == 404
    assert stranger.post(f"{theirs}/1", data={"jawaban": "setuju"}).status_code == 404


def test_an_order_that_nobody_paid_or_took_up_gives_nothing_back(
    db: Database, kopi: Goods, wati: Visitor
) -> None:
    number = make_paid(db, {kopi: 1}).numbers[0]
    assert "tidak ada uang yang bisa dikembalikan" in wati.get(here(number)).text
    answer = wati.post(here(number), data={**ONE, "terlihat": "0"})
    assert answer.status_code == 422
    assert refunds(db) == []
