"""*Keluhan* on the pages of all three sides, from the order to the money."""

import pytest
from sqlalchemy import update

from shop.aftersales.complaints.queries import for_operator, of_cooperative
from shop.aftersales.complaints.rules import RequestedRemedy, State
from shop.core.database.engine import Database
from shop.payments.bills.models import Payee
from tests.aftersales.browsers import at_desk, at_operator, here, picture, send
from tests.aftersales.complaining import broken, file, stands
from tests.aftersales.giving import arrived
from tests.factories import Goods, make_goods
from tests.fulfilment.paid import refunds
from tests.support.engines import PAGES
from tests.support.statements import statements
from tests.support.visitor import Visitor

pytestmark = pytest.mark.usefixtures("noon")


@pytest.mark.only_on("sqlite", because=PAGES)
def test_a_complaint_goes_from_the_order_to_the_desk_and_its_money_back(
    db: Database, sari: Visitor, wati: Visitor, number: str
) -> None:
    assert f"/pesanan/{number}/keluhan" in sari.get(f"/pesanan/{number}").text
    assert here(number) in sari.get(f"/pesanan/{number}/keluhan").text
    assert send(sari, number, [picture()]).status_code == 303
    page = sari.get(here(number)).text
    assert "Menunggu jawaban koperasi" in page
    assert "Bungkusnya sobek." in page
    assert "Keluhan: Rusak, pecah atau bocor" in sari.get(f"/pesanan/{number}").text
    # At the desk: in the list, on the order's page, on its own.
    assert at_desk(number) in wati.get("/kelola/koperasi-gyo/keluhan").text
    assert at_desk(number) in wati.get(f"/kelola/koperasi-gyo/pesanan/{number}").text
    page = wati.get(at_desk(number)).text
    assert "Bungkusnya sobek." in page
    assert f"{at_desk(number)}/foto/1" in page
    assert wati.get(f"{at_desk(number)}/foto/1").mimetype == "image/jpeg"
    fields = {"jumlah": "1", "ongkir": "", "tanggung": "kas", "kurang": "", "pesan": "Maaf."}
    assert wati.post(f"{at_desk(number)}/uang", data=fields).status_code == 303
    assert stands(db, number) is State.GRANTED
    assert [amount for _, amount in refunds(db)] == [45_000]
    page = sari.get(f"/pesanan/{number}").text
    assert "Keluhan dikabulkan: uang kembali untuk 1 bungkus" in page
    assert at_desk(number) in wati.get("/kelola/koperasi-gyo/keluhan?lihat=sudah").text
    assert broken(db) == {}


@pytest.mark.only_on("sqlite", because=PAGES)
def test_refused_appealed_and_decided_with_both_sides_in_sight(
    db: Database, sari: Visitor, wati: Visitor, dewi: Visitor, number: str
) -> None:
    send(sari, number, [picture()])
    answer = wati.post(f"{at_desk(number)}/tolak", data={"alasan": "", "pesan": "Cocok."})
    assert answer.text.count('id="pesan-tolak"') == answer.text.count('id="pesan-uang"') == 1
    assert answer.status_code == 422
    assert "Pilih alasannya" in answer.text
    assert "Cocok." in answer.text
    wati.post(f"{at_desk(number)}/tolak", data={"alasan": "not_shown", "pesan": "Tidak tampak."})
    page = sari.get(here(number)).text
    assert "Tidak tampak." in page
    assert "Kerusakannya tidak terlihat di foto" in page
    assert sari.post(f"{here(number)}/banding", data={"banding": " "}).status_code == 422
    assert sari.post(f"{here(number)}/banding", data={"banding": "Lihat lagi."}).status_code == 303
    assert at_operator(number) in dewi.get("/operator/keluhan").text
    page = dewi.get(at_operator(number)).text
    for words in ("Bungkusnya sobek.", "Tidak tampak.", "Lihat lagi.", "Rp45.000"):
        assert words in page
    assert dewi.get(f"{at_operator(number)}/foto/1").status_code == 200
    fields = {"putusan": "", "jumlah": "1", "tanggung": "kas", "pesan": "Sobekannya terlihat."}
    answer = dewi.post(at_operator(number), data=fields)
    assert answer.status_code == 422
    assert "Pilih putusannya" in answer.text
    assert "Sobekannya terlihat." in answer.text
    assert dewi.post(at_operator(number), data=fields | {"putusan": "kembali"}).status_code == 303
    again = dewi.post(at_operator(number), data=fields | {"putusan": "kembali"})
    assert again.status_code == 409
    assert len(refunds(db)) == 1
    assert "Sobekannya terlihat." in sari.get(here(number)).text
    assert broken(db) == {}


@pytest.mark.only_on("sqlite", because=PAGES)
def test_a_second_parcel_is_prepared_sent_and_received(
    db: Database, sari: Visitor, wati: Visitor, number: str
) -> None:
    file(db, number, wished=RequestedRemedy.EXCHANGE)
    assert wati.post(f"{at_desk(number)}/barang", data={"pesan": ""}).status_code == 303
    bad = wati.post(f"{at_desk(number)}/kirim", data={"kurir": "JNE", "resi": "???"})
    assert bad.status_code == 422
    assert "JNE" in bad.text
    good = {"kurir": "JNE", "resi": "JP87654321"}
    assert wati.post(f"{at_desk(number)}/kirim", data=good).status_code == 303
    assert wati.post(f"{at_desk(number)}/kirim", data=good).status_code == 409
    assert "JP87654321" in sari.get(f"/pesanan/{number}").text
    assert sari.post(f"{here(number)}/diterima").status_code == 303
    assert stands(db, number) is State.GRANTED
    assert broken(db) == {}


@pytest.mark.only_on("sqlite", because=PAGES)
@pytest.mark.parametrize("held", [True, False], ids=["operator", "cooperative"])
def test_who_keeps_the_money_itself_is_not_said_to_wait_for_it(
    db: Database, sari: Visitor, kopi: Goods, number: str, held: bool
) -> None:
    if not held:
        with db.writing() as session:
            session.execute(update(Payee).values(cooperative_id=kopi.cooperative.id))
    page = sari.get(here(number)).text
    assert "Koperasi punya 3 hari kerja untuk menjawab." in page
    assert ("tidak diteruskan ke koperasi" in page) is held
    page = sari.get(send(sari, number).location).text
    assert "Keluhan Anda sampai ke koperasi." in page
    assert ("Uang pesanan ini ditahan" in page) is held
    assert "uangnya kembali sendiri kalau nilainya kecil" in page


def test_a_list_costs_the_same_statements_with_two_and_with_twenty(
    db: Database, kopi: Goods
) -> None:
    costs = []
    for wanted in (2, 18):
        for _ in range(wanted):
            file(db, arrived(db, {kopi: 1}))
        with db.reading() as session, statements(db) as seen:
            of_cooperative(session, kopi.cooperative.id, is_over=False)
            of_cooperative(session, kopi.cooperative.id, is_over=True)
            for_operator(session)
        costs.append(len(seen))
    assert costs[0] == costs[1]


@pytest.mark.only_on("sqlite", because=PAGES)
def test_choosing_goods_costs_the_same_statements_with_one_line_and_with_six(
    db: Database, sari: Visitor, kopi: Goods
) -> None:
    others = [make_goods(db, kopi.cooperative, on_hand=9) for _ in range(5)]
    costs = []
    for packs in ({kopi: 1}, dict.fromkeys([kopi, *others], 1)):
        number = arrived(db, packs)
        with statements(db) as seen:
            page = sari.get(f"/pesanan/{number}/keluhan").text
        assert page.count("Keluhkan barang ini") == len(packs)
        costs.append(len(seen))
    assert costs[0] == costs[1]
