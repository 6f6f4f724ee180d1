"""Files of several banks are read alike; what cannot be read is named with its row."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.core.formats.csv_files import Unreadable, UnreadableTable
from shop.core.values.money import format_rupiah
from shop.payments.transfers.bank_statements import (
    LineFault,
    OtherAccount,
    Statement,
    read_statement,
)

TODAY = date(2026, 11, 26)
BCA = """Informasi Rekening - Mutasi Rekening
No. rekening : 0012345678
Nama : LUMBUNG
Periode : 20/11/2026 - 26/11/2026
Kode Mata Uang : IDR

Tanggal Transaksi,Keterangan,Cabang,Jumlah,,Saldo
'23/11,TRSF E-BANKING CR 2311 SARI,'0000,"147,356.00",CR,"1,147,356.00"
'24/11,BIAYA ADM,'0000,"15,000.00",DB,"1,132,356.00"
'24/11,SETORAN TUNAI,'0000,50000.00,CR,"1,182,356.00"
Saldo Awal,:,,"1,000,000.00"
"""
MANDIRI = """Account No;Date;Val. Date;Description;Reference No.;Debit;Credit
0012345678;23/11/26;23/11/26;TRANSFER  DARI SARI;;.00;147,356.00
0012345678;24/11/26;24/11/26;BIAYA;;15,000.00;.00
0012345678;24/11/26;24/11/26;SETORAN TUNAI;;0.00;50,000.00
"""
BRI = """TANGGAL TRANSAKSI;URAIAN TRANSAKSI;DEBET;KREDIT;SALDO
23/11/26;TRANSFER DARI SARI;0,00;147.356,00;1.147.356,00
24/11/26;BIAYA;15.000,00;0,00;1.132.356,00
24/11/26 08:15:00;SETORAN TUNAI;0,00;50.000,00;1.182.356,00
"""


def read(text: str, number: str | None = "0012345678") -> Statement:
    return read_statement(text.encode(), number=number, today=TODAY)


@pytest.mark.parametrize(("bank", "text"), [("BCA", BCA), ("Mandiri", MANDIRI), ("BRI", BRI)])
def test_money_that_came_in_is_read_whichever_bank_wrote_it(bank: str, text: str) -> None:
    statement = read(text)
    assert statement.bank == bank
    assert [(line.day.day, line.amount) for line in statement.lines] == [
        (23, 147_356),
        (24, 50_000),
    ]
    assert "SARI" in statement.lines[0].text
    assert statement.faults == ()


@pytest.mark.parametrize("text", [BCA, MANDIRI])
def test_a_file_of_another_account_is_refused(text: str) -> None:
    with pytest.raises(OtherAccount) as refused:
        read(text, "8840012345")
    assert "12345678" in refused.value.number


def test_the_same_line_has_the_same_key_in_every_file_and_equal_lines_stay_two() -> None:
    once = read(BRI).lines
    again = read("\n".join([*BRI.splitlines(), BRI.splitlines()[1]])).lines
    assert [line.source_key(1) for line in again[:2]] == [line.source_key(1) for line in once]
    assert len({line.source_key(1) for line in again}) == 3
    assert once[0].source_key(2) != once[0].source_key(1)


def test_days_without_a_year_are_the_last_such_day() -> None:
    text = BCA.replace("'24/11", "'27/11")
    assert [line.day for line in read(text).lines] == [date(2026, 11, 23), date(2025, 11, 27)]


@pytest.mark.parametrize(
    ("cell", "fault"),
    [
        ("147.356,50", LineFault(2, "147.356,50", is_day=False)),
        ("147,356.00", LineFault(2, "147,356.00", is_day=False)),
        ("-147.356,00", LineFault(2, "-147.356,00", is_day=False)),
        ("banyak", LineFault(2, "banyak", is_day=False)),
        ("٣٤", LineFault(2, "٣٤", is_day=False)),
    ],
)
def test_a_cell_that_cannot_be_read_is_named_and_the_others_stand(
    cell: str, fault: LineFault
) -> None:
    statement = read(BRI.replace("147.356,00;1", f"{cell};1"))
    assert statement.faults == (fault,)
    assert [line.amount for line in statement.lines] == [50_000]


def test_a_day_that_cannot_be_is_named() -> None:
    statement = read(BRI.replace("23/11/26", "31/02/26"))
    assert statement.faults == (LineFault(2, "31/02/26", is_day=True),)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", Unreadable.EMPTY),
        (b"PK\x03\x04aaaa", Unreadable.NOT_TEXT),
        (b"nama,harga\nkopi,45000\n", Unreadable.COLUMNS),
        (BRI.splitlines()[0].encode(), Unreadable.EMPTY),
        ((BRI + "23/11/26;SAMA;0,00;1,00;1\n" * 2_001).encode(), Unreadable.LONG),
    ],
)
def test_what_is_no_list_of_a_bank_is_refused(data: bytes, why: Unreadable) -> None:
    with pytest.raises(UnreadableTable) as refused:
        read_statement(data, number=None, today=TODAY)
    assert refused.value.why is why


@given(st.lists(st.tuples(st.integers(1, 10**9), st.sampled_from("ABC")), min_size=1, max_size=20))
def test_no_rupiah_is_lost_between_file_and_lines(rows: list[tuple[int, str]]) -> None:
    written = [f"23/11/26;{word};0,00;{format_rupiah(amount)[2:]},00;1" for amount, word in rows]
    lines = read("\n".join([BRI.splitlines()[0], *written])).lines
    assert sum(line.amount for line in lines) == sum(amount for amount, _word in rows)
    assert len({line.source_key(1) for line in lines}) == len(rows)


@given(st.binary(max_size=400))
def test_whatever_is_sent_is_read_or_refused(data: bytes) -> None:
    for head in (b"", BRI.splitlines()[0].encode() + b"\n"):
        try:
            statement = read_statement(head + data, number="1", today=TODAY)
        except (UnreadableTable, OtherAccount):
            continue
        assert all(line.amount > 0 for line in statement.lines)
