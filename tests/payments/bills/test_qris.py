"""A merchant's QRIS code is read to the last sign, or refused with its fault."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.core.database.engine import Database
from shop.core.formats.barcodes import picture
from shop.payments.bills.actions import add_payee
from shop.payments.bills.models import PayeeKind
from shop.payments.bills.qris import (
    MAX_QRIS_RUPIAH,
    BadQris,
    Fault,
    Merchant,
    belongs_to,
    checksum,
    fields,
    read_static,
    with_amount,
    write,
)
from tests.factories import NOON
from tests.support.vectors import VECTORS

QRIS = VECTORS["qris"]
STATIC: str = QRIS["statis"]
SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ .-"


def fault_of(code: str) -> Fault:
    with pytest.raises(BadQris) as refused:
        read_static(code)
    return refused.value.fault


def changed(**values: str | None) -> str:
    """The static code with other fields, soundly summed."""
    found = fields(STATIC)
    for tag, value in values.items():
        found.pop(tag[1:], None)
        if value:
            found[tag[1:]] = value
    return write(found)


@pytest.mark.parametrize("vector", VECTORS["crc16_ccitt_false"], ids=lambda one: one["crc"])
def test_the_checksum_is_that_of_published_codes(vector: dict[str, str]) -> None:
    assert checksum(vector["input"]) == vector["crc"]


def test_a_static_code_names_its_merchant() -> None:
    merchant = Merchant("KOPERASI CONTOH DEMO", "GARUT", "ID1020000000001")
    assert read_static(STATIC) == merchant
    assert read_static(f"  {STATIC}\n") == merchant


def test_the_amount_and_the_bill_are_written_where_readers_look_for_them() -> None:
    assert with_amount(STATIC, QRIS["nominal_idr"]) == QRIS["dinamis"]
    assert (
        with_amount(STATIC, QRIS["nominal_idr"], bill=QRIS["nomor_tagihan"])
        == QRIS["dinamis_dengan_tagihan"]
    )


@pytest.mark.parametrize("amount", [0, -1, MAX_QRIS_RUPIAH + 1])
def test_an_amount_that_qris_cannot_carry_is_a_mistake_of_ours(amount: int) -> None:
    with pytest.raises(ValueError, match="cannot be paid"):
        with_amount(STATIC, amount)


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("", Fault.EMPTY),
        ("   ", Fault.EMPTY),
        (QRIS["rusak_crc"], Fault.CHECKSUM),
        (QRIS["rusak_panjang"], Fault.LENGTH),
        (STATIC[:-4], Fault.LENGTH),
        (STATIC[:-8], Fault.CHECKSUM),
        (STATIC[:-4] + STATIC[-4:].lower(), Fault.CHECKSUM),
        (STATIC + "0" * 600, Fault.TOO_LONG),
        (STATIC + "00", Fault.LENGTH),
        ("000201" + STATIC, Fault.LENGTH),
        ("https://contoh.example/bayar", Fault.LENGTH),
        ("0" * 200, Fault.LENGTH),
        ("٠٠٠٢", Fault.NOT_QRIS),
        ("00\x0002", Fault.NOT_QRIS),
        (QRIS["dinamis"], Fault.NOT_STATIC),
        (changed(t54="5000"), Fault.NOT_STATIC),
        (changed(t55="01"), Fault.NOT_STATIC),
        (changed(t01=None), Fault.NOT_STATIC),
        (changed(t53="840"), Fault.CURRENCY),
        (changed(t58="SG"), Fault.NOT_QRIS),
        (changed(t00="02"), Fault.NOT_QRIS),
        (changed(t59=None), Fault.NOT_QRIS),
        (changed(t26=None, t51=None), Fault.NOT_QRIS),
        (changed(t51="0013SG.PAYNOW.WWW"), Fault.NOT_QRIS),
    ],
)
def test_a_code_that_is_broken_or_another_thing_is_refused_with_its_fault(
    code: str, fault: Fault
) -> None:
    assert fault_of(code) is fault


def test_a_code_of_another_merchant_is_refused() -> None:
    own = {"name": "Koperasi  Contoh Demo", "number": "id1020000000001"}
    assert belongs_to(STATIC, **own).city == "GARUT"
    for other in (changed(t59="TOKO LAIN"), changed(t51="0014ID.CO.QRIS.WWW0215ID9990000000009")):
        assert read_static(other) != read_static(STATIC)
        with pytest.raises(BadQris) as refused:
            belongs_to(other, **own)
        assert refused.value.fault is Fault.OTHER_MERCHANT


@given(st.integers(0, len(STATIC) - 1), st.sampled_from(SIGNS))
def test_one_wrong_sign_is_always_noticed(place: int, sign: str) -> None:
    if STATIC[place] != sign:
        with pytest.raises(BadQris):
            read_static(STATIC[:place] + sign + STATIC[place + 1 :])


@given(st.text(max_size=600))
def test_whatever_is_typed_is_read_or_refused(text: str) -> None:
    with suppress(BadQris):
        assert read_static(text).name


@given(
    st.dictionaries(
        st.integers(0, 99).map(lambda tag: f"{tag:02}").filter(lambda tag: tag != "63"),
        st.text(SIGNS, min_size=1, max_size=99),
        max_size=8,
    )
)
def test_what_is_written_is_read_again(values: dict[str, str]) -> None:
    code = write(values)
    assert fields(code) == values | {"63": code[-4:]}
    assert checksum(code[:-4]) == code[-4:]


@given(st.integers(1, MAX_QRIS_RUPIAH))
def test_an_amount_never_changes_who_is_paid(amount: int) -> None:
    before, after = fields(STATIC), fields(with_amount(STATIC, amount))
    assert after.pop("54") == str(amount)
    assert {tag for tag in before if before[tag] != after[tag]} == {"01", "63"}


def test_the_picture_is_an_svg_of_the_code() -> None:
    drawn = picture(STATIC)
    assert drawn.startswith("data:image/svg+xml")
    assert len(drawn) < 9_000
    assert "fill%3D%27%23fff%27" in drawn  # dark pages would swallow a code without its ground


def test_an_account_with_a_broken_code_is_not_made(db: Database) -> None:
    with pytest.raises(BadQris), db.writing() as session:
        add_payee(
            session,
            kind=PayeeKind.QRIS,
            provider="QRIS",
            number=None,
            holder=None,
            verified_at=NOON,
            qris=QRIS["rusak_crc"],
        )
