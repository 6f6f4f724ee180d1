"""Delivery at the desk: prices by zone, sheets sent in, rounds, places, and the box to try."""

from collections.abc import Iterator, Sequence
from datetime import date, time
from io import BytesIO

import pytest
import time_machine
from sqlalchemy import insert, select
from werkzeug.test import TestResponse

from shop.audit.models import AuditEvent
from shop.cooperatives.models import Cooperative
from shop.cooperatives.rules import Role
from shop.core.database import Database
from shop.core.money import Rupiah
from shop.core.units import Grams
from shop.shipping.actions import change_round
from shop.shipping.invariants import verify
from shop.shipping.models import OwnDelivery, PickupPlace, Rate, RateCard, Region
from shop.shipping.queries import quote_all
from shop.shipping.rules import OpenHours, Quote, Unit, folded_name
from shop.shipping.tariff import set_service
from tests.factories import NOON, make_cooperative, make_person, make_seat
from tests.support.entering import sign_in
from tests.support.statements import statements
from tests.support.visitor import Visitor
from tests.web.markup import Markup

HERE = "/kelola/koperasi-gyo/ongkir"
REGIONS = (
    ("11", "Aceh"),
    ("11.04", "Kabupaten Aceh Tengah"),
    ("31", "DKI Jakarta"),
    ("32", "Jawa Barat"),
    ("32.04", "Kabupaten Bandung"),
    ("32.05", "Kabupaten Garut"),
    ("32.73", "Kota Bandung"),
)
HEADING = "layanan;tujuan;nama_tujuan;harga_per_kg_idr;hari_paling_cepat;hari_paling_lama;jalur"
GOOD = (
    "jne-reg;32;Jawa Barat;12000;2;4;darat",
    "jne-reg;32.73;Kota Bandung;Rp10.000;1;3;darat",
    "jne-reg;31;DKI Jakarta;13rb;2;4;udara",
)
BOX = Unit(1, Grams(1_300), *([0] * 3))  # type: ignore[arg-type]  # no size


@pytest.fixture(autouse=True)
def _monday() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def gyo(db: Database) -> Cooperative:
    with db.writing() as session:
        session.execute(
            insert(Region),
            [
                {
                    "code": code,
                    "name": name,
                    "parent_code": code[:-3] or None,
                    "folded": folded_name(name, code),
                }
                for code, name in REGIONS
            ],
        )
        for code, name, least in (("jne-reg", "JNE Reguler", 1_000), ("jne-jtr", "JTR", 10_000)):
            set_service(
                session,
                code=code,
                courier="JNE",
                name=name,
                divisor=6000,
                tolerance=Grams(300),
                least=Grams(least),
            )
    return make_cooperative(db)


def _enter(db: Database, client: Visitor, cooperative: Cooperative, role: Role) -> Visitor:
    person = make_person(db, "Bu Wati")
    make_seat(db, cooperative, person, role)
    sign_in(client, db, person)
    return client


@pytest.fixture
def wati(db: Database, client: Visitor, gyo: Cooperative) -> Visitor:
    return _enter(db, client, gyo, Role.MANAJER)


def _upload(
    wati: Visitor, rows: Sequence[str], day: str = "2026-11-23", **how: str
) -> TestResponse:
    text = "\r\n".join((HEADING, *rows)).replace(";", how.get("parted", ";"))
    data = text.encode(how.get("encoding", "utf-8"))
    return wati.post(
        f"{HERE}/unggah",
        data={"mulai": day, "berkas": (BytesIO(data), "tarif.csv")},
        content_type="multipart/form-data",
    )


def _ways(db: Database, cooperative: Cooperative, code: str, on: date) -> dict[str, int]:
    with db.reading() as session:
        quotes: tuple[Quote, ...] = quote_all(session, {cooperative.id: [BOX]}, code, on=on)[
            cooperative.id
        ]
    return {quote.choice: quote.fee for quote in quotes}


MONDAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("encoding", "parted"), [("utf-8-sig", ";"), ("utf-8", ","), ("cp1252", ";")]
)
def test_a_sheet_of_prices_holds_from_its_day_and_again_changes_nothing(
    db: Database, wati: Visitor, gyo: Cooperative, encoding: str, parted: str
) -> None:
    for said in ("3 harga berubah", "Tidak ada harga yang berubah"):
        answer = _upload(wati, GOOD, encoding=encoding, parted=parted)
        assert answer.status_code == 303
        assert said in wati.get(HERE).text
    assert _ways(db, gyo, "32.73", MONDAY) == {"courier:jne-reg": 10_000}
    assert _ways(db, gyo, "32.05", MONDAY) == {"courier:jne-reg": 12_000}
    assert _ways(db, gyo, "32.05", date(2026, 11, 22)) == {}
    with db.reading() as session:
        assert len(session.scalars(select(RateCard)).all()) == 1
        logged = session.scalars(select(AuditEvent.action)).all()
        assert logged.count("tariff.uploaded") == 1


def test_right_rows_go_in_and_each_wrong_one_says_row_column_value_and_reason(
    db: Database, wati: Visitor, gyo: Cooperative
) -> None:
    answer = _upload(
        wati,
        (
            GOOD[0],
            "jne-reg;31;;-5000;2;4;darat",
            "kilat;31;;5000;2;4;darat",
            "jne-reg;99;;5000;2;4;darat",
            "jne-reg;32;Jawa Barat;15000;2;4;darat",
            "jne-reg;11;;murah;2;4;darat",
            "jne-reg;11;;9000;4;2;darat",
            "jne-reg;11;;9000;1;2;<b>kapal</b>",
        ),
    )
    assert answer.status_code == 422
    markup = Markup.of(answer.text)
    assert markup.faults == []
    words = " ".join(answer.text.split())
    assert "1 baris masuk (1 harga berubah), 7 baris belum" in words
    for row, column, value, reason in (
        (3, "harga_per_kg_idr", "-5000", "di bawah nol"),
        (4, "layanan", "kilat", "Layanan ini tidak dikenal. Pilih: jne-reg, jne-jtr"),
        (5, "tujuan", "99", "Tidak ada wilayah"),
        (6, "tujuan", "32", "sudah ada di baris 2"),
        (7, "harga_per_kg_idr", "murah", "misalnya 12000"),
        (8, "hari_paling_lama", "2", "paling sedikit sama"),
        (9, "jalur", "&lt;b&gt;kapal&lt;/b&gt;", "darat, laut, atau udara"),
    ):
        line = f'<td class="num">{row}</td><th scope="row">{column}</th><td>{value}</td><td>'
        assert line in words, (row, column)
        assert reason in words.partition(line)[2].partition("</td>")[0], (row, column)
    assert _ways(db, gyo, "32.05", MONDAY) == {"courier:jne-reg": 12_000}
    assert _ways(db, gyo, "31", MONDAY) == {}


def test_another_cooperatives_rows_are_not_taken(
    db: Database, wati: Visitor, gyo: Cooperative
) -> None:
    kintamani = make_cooperative(db, "KIN", "Koperasi Kintamani")
    data = f"kode_koperasi;{HEADING}\r\nKIN;{GOOD[0]}\r\nGYO;{GOOD[1]}\r\n".encode()
    answer = wati.post(
        f"{HERE}/unggah",
        data={"mulai": "2026-11-23", "berkas": (BytesIO(data), "t.csv")},
        content_type="multipart/form-data",
    )
    assert (answer.status_code, "milik koperasi lain" in answer.text) == (422, True)
    assert _ways(db, kintamani, "32.05", MONDAY) == {}
    assert _ways(db, gyo, "32.73", MONDAY) == {"courier:jne-reg": 10_000}


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "Berkasnya kosong"),
        (b"PK\x03\x04", "bukan berkas CSV"),
        (b"\x00\x01", "bukan berkas CSV"),
        (b"nama;harga\r\nKopi;1\r\n", "Belum ada: layanan, tujuan"),
        (HEADING.encode() + b'\r\n"jne-reg;31', "tanda kutip"),
    ],
)
def test_a_broken_file_is_refused_in_words(wati: Visitor, data: bytes, said: str) -> None:
    answer = wati.post(
        f"{HERE}/unggah",
        data={"mulai": "2026-11-23", "berkas": (BytesIO(data), "t.csv")},
        content_type="multipart/form-data",
    )
    assert (answer.status_code, said in answer.text) == (422, True)
    assert Markup.of(answer.text).faults == []


def test_no_file_and_a_day_that_is_over_are_refused(wati: Visitor) -> None:
    answer = wati.post(f"{HERE}/unggah", data={"mulai": "2026-11-23"})
    assert (answer.status_code, "Berkasnya kosong" in answer.text) == (422, True)
    answer = _upload(wati, GOOD, "2026-11-22")
    assert (answer.status_code, "hari ini atau sesudahnya" in answer.text) == (422, True)
    answer = _upload(wati, GOOD, "besok")
    assert (answer.status_code, 'value="besok"' in answer.text) == (422, True)


def test_what_was_downloaded_goes_in_again_without_a_change(
    db: Database, wati: Visitor, gyo: Cooperative
) -> None:
    _upload(wati, GOOD)
    sheet = wati.get(f"{HERE}/tarif.csv")
    assert sheet.data.startswith(b"\xef\xbb\xbflayanan;tujuan;nama_tujuan;")
    answer = wati.post(
        f"{HERE}/unggah",
        data={"mulai": "2026-11-24", "berkas": (BytesIO(sheet.data), "t.csv")},
        content_type="multipart/form-data",
    )
    assert answer.status_code == 303
    with db.reading() as session:
        assert len(session.scalars(select(RateCard)).all()) == 1
    del gyo


def _zone(**changed: str) -> dict[str, str]:
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


def test_a_zone_is_a_list_of_areas_by_code_or_by_name(
    db: Database, wati: Visitor, gyo: Cooperative
) -> None:
    assert wati.post(f"{HERE}/zona", data=_zone()).status_code == 303
    assert _ways(db, gyo, "32.73", MONDAY) == {"courier:jne-reg": 11_000}
    assert _ways(db, gyo, "32.05", MONDAY) == {"courier:jne-reg": 11_000}
    page = wati.get(f"{HERE}/zona?layanan=jne-reg&tujuan=32.05").text
    assert Markup.of(page).faults == []
    assert "32.05 Kabupaten Garut\n32.73 Kota Bandung</textarea>" in page
    assert wati.post(f"{HERE}/zona", data=_zone(wilayah="32.05", hapus="1")).status_code == 303
    assert _ways(db, gyo, "32.05", MONDAY) == {}
    assert _ways(db, gyo, "32.73", MONDAY) == {"courier:jne-reg": 11_000}


def test_a_price_for_later_leaves_todays_until_its_day(
    db: Database, wati: Visitor, gyo: Cooperative
) -> None:
    wati.post(f"{HERE}/zona", data=_zone())
    wati.post(f"{HERE}/zona", data=_zone(harga="15000", mulai="2026-12-01"))
    assert _ways(db, gyo, "32.73", date(2026, 11, 30)) == {"courier:jne-reg": 11_000}
    assert _ways(db, gyo, "32.73", date(2026, 12, 1)) == {"courier:jne-reg": 15_000}
    page = wati.get(HERE).text
    assert "sampai 1 Desember 2026" in page
    assert "mulai 1 Desember 2026" in page
    with db.reading() as session:
        assert all(check.ok for check in verify(session).values())


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
    answer = wati.post(f"{HERE}/zona", data=_zone(**wrong))
    assert (answer.status_code, said in answer.text) == (422, True)
    assert Markup.of(answer.text).faults == []
    assert list(wrong.values())[-1].partition("\n")[0] in answer.text
    with db.reading() as session:
        assert session.scalars(select(Rate)).all() == []


def test_gaps_and_overlaps_stand_on_the_card(wati: Visitor) -> None:
    _upload(wati, GOOD[:2])
    page = " ".join(wati.get(HERE).text.split())
    assert "Belum ada tarif ke: Aceh, DKI Jakarta." in page
    assert "Kota Bandung di dalam Jawa Barat" in page
    assert Markup.of(page).faults == []


def test_the_box_tries_a_parcel_and_says_why_it_weighs_that(wati: Visitor) -> None:
    _upload(wati, GOOD)
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


def test_free_above_a_sum_of_goods(db: Database, wati: Visitor, gyo: Cooperative) -> None:
    sent = {"layanan": "jne-reg", "gratis_mulai": "200rb"}
    answer = wati.post(f"{HERE}/gratis", data=sent)
    assert (answer.status_code, "belum punya tarif" in answer.text) == (422, True)
    _upload(wati, GOOD)
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


ROUND = {
    "nama": "Diantar ke Bandung",
    "wilayah": "Kota Bandung",
    "hari": ["1", "3", "5"],
    "batas_jam": "9.30",
    "ongkir": "8000",
    "gratis_mulai": "150rb",
    "tunai_sampai": "500rb",
    "catatan": "Naik motor",
}
PLACE = {
    "nama": "Rumah sangrai",
    "alamat": "Jl. Danau 18",
    "hari": ["1", "2", "3"],
    "buka": "08.00",
    "tutup": "16:30",
    "batas_jam": "12",
}


def test_a_round_is_added_changed_and_taken_out(
    db: Database, wati: Visitor, gyo: Cooperative
) -> None:
    assert wati.post(f"{HERE}/antar", data=ROUND).status_code == 303
    with db.reading() as session:
        own = session.scalars(select(OwnDelivery)).one()
    assert (own.weekdays, own.cut_off, own.cash_most) == ("135", time(9, 30), 500_000)
    assert (own.days_least, own.days_most) == (0, 3)
    page = wati.get(f"{HERE}/antar/{own.id}").text
    assert Markup.of(page).faults == []
    assert "32.73 Kota Bandung</textarea>" in page
    assert wati.post(f"{HERE}/antar/{own.id}", data={**ROUND, "ongkir": "9000"}).status_code == 303
    assert _ways(db, gyo, "32.73", MONDAY) == {f"own:{own.id}": 9_000}
    wati.post(f"{HERE}/antar/{own.id}/pakai", data={"buka": "0"})
    assert _ways(db, gyo, "32.73", MONDAY) == {}
    wati.post(f"{HERE}/antar/{own.id}/pakai", data={"buka": "1"})
    assert _ways(db, gyo, "32.73", MONDAY) == {f"own:{own.id}": 9_000}


def test_a_pickup_place_is_added_changed_and_taken_out(
    db: Database, wati: Visitor, gyo: Cooperative
) -> None:
    assert wati.post(f"{HERE}/ambil", data=PLACE).status_code == 303
    with db.reading() as session:
        place = session.scalars(select(PickupPlace)).one()
    assert place.hours == "Senin–Rabu 08.00–16.30"
    assert Markup.of(wati.get(f"{HERE}/ambil/{place.id}").text).faults == []
    wati.post(f"{HERE}/ambil/{place.id}/pakai", data={"buka": "0"})
    assert _ways(db, gyo, "32.73", MONDAY) == {}
    assert "tidak ditawarkan" in wati.get(HERE).text


@pytest.mark.parametrize(
    ("page", "sent", "wrong", "said"),
    [
        ("antar", ROUND, {"hari": []}, "paling sedikit satu hari"),
        ("antar", ROUND, {"hari": ["8"]}, "paling sedikit satu hari"),
        ("antar", ROUND, {"batas_jam": "25.00"}, "misalnya 11.00"),
        ("antar", ROUND, {"gratis_mulai": "0"}, "di atas nol"),
        ("antar", ROUND, {"tunai_sampai": "Rp0"}, "di atas nol"),
        ("antar", ROUND, {"wilayah": "Atlantis"}, "Tidak ketemu"),
        ("ambil", PLACE, {"tutup": "07.00"}, "sesudah jam buka"),
        ("ambil", PLACE, {"alamat": ""}, "Tulis alamatnya"),
    ],
)
def test_a_wrong_round_or_place_is_refused_in_words(
    db: Database,
    wati: Visitor,
    page: str,
    sent: dict[str, object],
    wrong: dict[str, object],
    said: str,
) -> None:
    answer = wati.post(f"{HERE}/{page}", data={**sent, **wrong})
    assert (answer.status_code, said in answer.text) == (422, True)
    assert Markup.of(answer.text).faults == []
    with db.reading() as session:
        assert not session.scalars(select(OwnDelivery)).all()
        assert not session.scalars(select(PickupPlace)).all()


def test_anothers_round_does_not_exist_here(db: Database, wati: Visitor, gyo: Cooperative) -> None:
    kintamani = make_cooperative(db, "KIN", "Koperasi Kintamani")
    with db.writing() as session:
        foreign = change_round(
            session,
            cooperative_id=kintamani.id,
            round_id=None,
            name="Milik lain",
            areas=["32.73"],
            fee=Rupiah(5_000),
            free_from=None,
            weekdays="1",
            cut_off=time(9),
            days=(0, 7),
            cash_most=None,
            note=None,
        ).id
    for path, data in (
        (f"{HERE}/antar/{foreign}", ROUND),
        (f"{HERE}/antar/{foreign}/pakai", {"buka": "0"}),
        (f"{HERE}/ambil/{foreign}", PLACE),
        (f"{HERE}/ambil/9/pakai", {"buka": "0"}),
    ):
        assert wati.post(path, data=data).status_code == 404, path
    assert _ways(db, kintamani, "32.73", MONDAY) == {f"own:{foreign}": 5_000}
    del gyo


def test_packers_look_and_change_nothing_and_members_do_not_get_in(
    db: Database, client: Visitor, gyo: Cooperative
) -> None:
    packer = _enter(db, client, gyo, Role.PENGEMAS)
    page = packer.get(HERE)
    assert (page.status_code, "Tambah tarif" in page.text) == (200, False)
    for path in ("unggah", "zona", "gratis", "antar", "ambil"):
        assert packer.get(f"{HERE}/{path}").status_code == 403
        assert packer.post(f"{HERE}/{path}").status_code == 403


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
        assert _upload(wati, rows).status_code == 303
        with statements(database) as told:
            wati.get(HERE)
        costs.append(len(told))
    assert costs[0] == costs[1]


def test_hours_are_written_as_people_say_them() -> None:
    for days, said in (
        ("123456", "Senin–Sabtu"),
        ("135", "Senin, Rabu, Jumat"),
        ("1234567", "Setiap hari"),
        ("6", "Sabtu"),
    ):
        hours = OpenHours(days, time(8), time(16, 30), time(12))
        assert hours.written == f"{said} 08.00–16.30"
