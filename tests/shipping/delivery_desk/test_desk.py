"""Delivery at the desk: prices by zone, what is missing of them, and the box to try."""

from datetime import date

import pytest
from sqlalchemy import insert, select

from shop.core.database.engine import Database
from shop.people.cooperatives.models import Cooperative
from shop.people.cooperatives.rules import Role
from shop.shipping.places.models import Region
from shop.shipping.quotes.queries import quote_all
from shop.shipping.rates.invariants import verify
from shop.shipping.rates.models import Rate
from tests.shipping.pricing import BOX, GOOD, HERE, MONDAY, enter, upload, ways
from tests.support.engines import PAGES
from tests.support.statements import statements
from tests.support.visitor import Visitor
from tests.web.markup import Markup

pytestmark = pytest.mark.usefixtures("monday")


def zone(**changed: str) -> dict[str, str]:
    return {
        "layanan": "jne-reg",
        "wilayah": "Kota Bandung\n32.05 Kab. Garut",
        "harga": "11rb",
        "hari_cepat": "1",
        "hari_lama": "3",
        "jalur": "darat",
        "mulai": "2026-11-23",
        **changed,
    }


@pytest.mark.only_on("sqlite", because=PAGES)
def test_a_zone_is_a_list_of_areas_by_code_or_by_name(
    db: Database, wati: Visitor, gyo: Cooperative
) -> None:
    assert wati.post(f"{HERE}/zona", data=zone()).status_code == 303
    assert ways(db, gyo, "32.73", MONDAY) == {"courier:jne-reg": 11_000}
    assert ways(db, gyo, "32.05", MONDAY) == {"courier:jne-reg": 11_000}
    page = wati.get(f"{HERE}/zona?layanan=jne-reg&tujuan=32.05").text
    assert Markup.of(page).faults == []
    assert "32.05 Kabupaten Garut\n32.73 Kota Bandung</textarea>" in page
    assert wati.post(f"{HERE}/zona", data=zone(wilayah="32.05", hapus="1")).status_code == 303
    assert ways(db, gyo, "32.05", MONDAY) == {}
    assert ways(db, gyo, "32.73", MONDAY) == {"courier:jne-reg": 11_000}


@pytest.mark.only_on("sqlite", because=PAGES)
def test_a_price_for_later_leaves_todays_until_its_day(
    db: Database, wati: Visitor, gyo: Cooperative
) -> None:
    wati.post(f"{HERE}/zona", data=zone())
    wati.post(f"{HERE}/zona", data=zone(harga="15000", mulai="2026-12-01"))
    assert ways(db, gyo, "32.73", date(2026, 11, 30)) == {"courier:jne-reg": 11_000}
    assert ways(db, gyo, "32.73", date(2026, 12, 1)) == {"courier:jne-reg": 15_000}
    page = wati.get(HERE).text
    assert "sampai 1 Desember 2026" in page
    assert "mulai 1 Desember 2026" in page
    with db.reading() as session:
        assert all(check.ok for check in verify(session).values())


@pytest.mark.only_on("sqlite", because=PAGES)
@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"wilayah": ""}, "Tulis paling sedikit satu wilayah."),
        ({"wilayah": "Bandung"}, "32.04 Kabupaten Bandung, 32.73 Kota Bandung"),
        ({"wilayah": "Atlantis\n77.01"}, "Tidak ketemu: Atlantis, 77.01."),
        ({"harga": "-9000"}, "tidak bisa kurang dari nol"),
        ({"harga": "99999999"}, "Terlalu besar"),
        ({"harga": ""}, "Tulis harga per kilogram"),
        ({"hari_lama": "0"}, "Paling lama tidak boleh kurang"),
        ({"hari_cepat": "-1"}, "Tulis angka bulat dari 0 sampai 90"),
        ({"layanan": "kilat", "wilayah": "32.05"}, "Pilih salah satu"),
        ({"mulai": "2020-01-01"}, "Pilih hari ini"),
    ],
)
def test_a_wrong_zone_keeps_what_was_typed_and_says_what_is_right(
    db: Database, wati: Visitor, wrong: dict[str, str], said: str
) -> None:
    answer = wati.post(f"{HERE}/zona", data=zone(**wrong))
    assert (answer.status_code, said in answer.text) == (422, True)
    assert Markup.of(answer.text).faults == []
    assert list(wrong.values())[-1].partition("\n")[0] in answer.text
    with db.reading() as session:
        assert session.scalars(select(Rate)).all() == []


@pytest.mark.only_on("sqlite", because=PAGES)
def test_gaps_and_overlaps_stand_on_the_card(wati: Visitor) -> None:
    upload(wati, GOOD[:2])
    page = " ".join(wati.get(HERE).text.split())
    assert "Belum ada tarif ke: Aceh, DKI Jakarta." in page
    assert "Kota Bandung di dalam Jawa Barat" in page
    assert Markup.of(page).faults == []


@pytest.mark.only_on("sqlite", because=PAGES)
def test_the_box_tries_a_parcel_and_says_why_it_weighs_that(wati: Visitor) -> None:
    upload(wati, GOOD)
    page = wati.get(f"{HERE}?ke=kota+bandung&berat=1,3+kg").text
    assert "Ke Kota Bandung, Jawa Barat, 1,3 kg:" in page
    assert "Rp10.000" in page
    assert "Lebih sampai 300 g gratis: dihitung 1 kg." in page
    page = wati.get(f"{HERE}?ke=32.73&berat=900+g&panjang=40&lebar=30&tinggi=20").text
    assert "makan tempat seperti 4 kg" in page
    assert "Kalau kotaknya paling tinggi 16 cm, dihitung 3 kg: hemat Rp10.000." in page
    assert "Tidak ada cara kirim ke sana" in wati.get(f"{HERE}?ke=11.04&berat=1").text
    page = wati.get(f"{HERE}?ke=xyzzy&berat=banyak&tinggi=0").text
    for said in ("Tempat ini belum ketemu", "Tulis beratnya", "1 sampai 300"):
        assert said in page
    assert 'value="banyak"' in page
    assert Markup.of(page).faults == []


@pytest.mark.only_on("sqlite", because=PAGES)
def test_free_above_a_sum_of_goods(db: Database, wati: Visitor, gyo: Cooperative) -> None:
    sent = {"layanan": "jne-reg", "gratis_mulai": "200rb"}
    answer = wati.post(f"{HERE}/gratis", data=sent)
    assert (answer.status_code, "belum punya tarif" in answer.text) == (422, True)
    upload(wati, GOOD)
    assert wati.post(f"{HERE}/gratis", data=sent).status_code == 303
    with db.reading() as session:
        for goods, fee in ((199_999, 10_000), (200_000, 0)):
            (quote,) = quote_all(
                session, {gyo.id: [BOX]}, "32.73", goods={gyo.id: goods}, on=MONDAY
            )[gyo.id]
            assert quote.fee == fee
    assert 'value="Rp200.000"' in wati.get(f"{HERE}/gratis?layanan=jne-reg").text
    for typed in ("0", "-1", "banyak"):
        answer = wati.post(f"{HERE}/gratis", data={**sent, "gratis_mulai": typed})
        assert answer.status_code == 422


@pytest.mark.only_on("sqlite", because=PAGES)
def test_packers_look_and_change_nothing_and_members_do_not_get_in(
    db: Database, client: Visitor, gyo: Cooperative
) -> None:
    packer = enter(db, client, gyo, Role.PENGEMAS)
    page = packer.get(HERE)
    assert (page.status_code, "Tambah tarif" in page.text) == (200, False)
    for path in ("unggah", "zona", "gratis", "antar", "ambil"):
        assert packer.get(f"{HERE}/{path}").status_code == 403
        assert packer.post(f"{HERE}/{path}").status_code == 403


@pytest.mark.only_on("sqlite", because=PAGES)
def test_twenty_zones_cost_as_many_statements_as_two(wati: Visitor, db: Database) -> None:
    database = wati.application.extensions["lumbung"].database
    with db.writing() as session:
        session.execute(
            insert(Region),
            [
                {
                    "code": f"33.{n:02d}",
                    "name": f"Kabupaten {n}",
                    "folded": f"k{n}",
                    "parent_code": "33",
                }
                for n in range(1, 21)
            ],
        )
    costs = []
    for count in (2, 20):
        rows = [f"jne-reg;33.{n:02d};;{9000 + n};1;2;darat" for n in range(1, count + 1)]
        assert upload(wati, rows).status_code == 303
        with statements(database) as told:
            wati.get(HERE)
        costs.append(len(told))
    assert costs[0] == costs[1]
