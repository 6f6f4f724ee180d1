"""A sheet of prices sent in at the desk: what goes in, and what is said of the rest."""

from datetime import date
from io import BytesIO

import pytest
from sqlalchemy import select

from shop.core.database.engine import Database
from shop.people.cooperatives.models import Cooperative
from shop.services.audit.models import AuditEvent
from shop.shipping.rates.models import RateCard
from tests.factories import make_cooperative
from tests.shipping.pricing import GOOD, HEADING, HERE, MONDAY, upload, ways
from tests.support.engines import PAGES
from tests.support.visitor import Visitor
from tests.web.markup import Markup

pytestmark = pytest.mark.usefixtures("monday")


@pytest.mark.only_on("sqlite", because=PAGES)
@pytest.mark.parametrize(
    ("encoding", "parted"), [("utf-8-sig", ";"), ("utf-8", ","), ("cp1252", ";")]
)
def test_a_sheet_of_prices_holds_from_its_day_and_again_changes_nothing(
    db: Database, wati: Visitor, gyo: Cooperative, encoding: str, parted: str
) -> None:
    for said in ("3 harga berubah", "Tidak ada harga yang berubah"):
        answer = upload(wati, GOOD, encoding=encoding, parted=parted)
        assert answer.status_code == 303
        assert said in wati.get(HERE).text
    assert ways(db, gyo, "32.73", MONDAY) == {"courier:jne-reg": 10_000}
    assert ways(db, gyo, "32.05", MONDAY) == {"courier:jne-reg": 12_000}
    assert ways(db, gyo, "32.05", date(2026, 11, 22)) == {}
    with db.reading() as session:
        assert len(session.scalars(select(RateCard)).all()) == 1
        logged = session.scalars(select(AuditEvent.action)).all()
        assert logged.count("tariff.uploaded") == 1


@pytest.mark.only_on("sqlite", because=PAGES)
def test_right_rows_go_in_and_each_wrong_one_says_row_column_value_and_reason(
    db: Database, wati: Visitor, gyo: Cooperative
) -> None:
    answer = upload(
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
    assert ways(db, gyo, "32.05", MONDAY) == {"courier:jne-reg": 12_000}
    assert ways(db, gyo, "31", MONDAY) == {}


@pytest.mark.only_on("sqlite", because=PAGES)
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
    assert ways(db, kintamani, "32.05", MONDAY) == {}
    assert ways(db, gyo, "32.73", MONDAY) == {"courier:jne-reg": 10_000}


@pytest.mark.only_on("sqlite", because=PAGES)
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


@pytest.mark.only_on("sqlite", because=PAGES)
def test_no_file_and_a_day_that_is_over_are_refused(wati: Visitor) -> None:
    answer = wati.post(f"{HERE}/unggah", data={"mulai": "2026-11-23"})
    assert (answer.status_code, "Berkasnya kosong" in answer.text) == (422, True)
    answer = upload(wati, GOOD, "2026-11-22")
    assert (answer.status_code, "hari ini atau sesudahnya" in answer.text) == (422, True)
    answer = upload(wati, GOOD, "besok")
    assert (answer.status_code, 'value="besok"' in answer.text) == (422, True)


@pytest.mark.only_on("sqlite", because=PAGES)
def test_what_was_downloaded_goes_in_again_without_a_change(
    db: Database, wati: Visitor, gyo: Cooperative
) -> None:
    upload(wati, GOOD)
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
