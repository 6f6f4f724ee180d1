"""Numbers of permits and certificates, as the registers write them and as people type them."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.catalog.packaging.permit_numbers import (
    Pirt,
    halal_number,
    needs_md,
    permit_ends,
    permit_number,
    read_pirt,
)
from shop.catalog.packaging.rules import PermitKind
from tests.support.vectors import VECTORS

DIGITS = "0123456789"


def pirt_number(typed: str) -> str | None:
    pirt = read_pirt(typed)
    return pirt.number if pirt else None


@pytest.mark.parametrize(
    "typed",
    [
        "P-IRT 2063205010072-29",
        "2063205010072-29",
        "pirt 206320501007229",
        "P-IRT No. 2063205010072-29",
        "PIRT No: 206 3205 01 0072 - 29",
    ],
)
def test_a_pirt_number_is_read_however_it_is_typed(typed: str) -> None:
    assert pirt_number(typed) == "2063205010072-29"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "206320501007",
        "20632050100729",
        "9063205010072-29",
        "2063205010072-2X",
        "٢٠٦٣٢٠٥٠١٠٠٧٢٢٩",
        "1" * 400,
    ],
)
def test_what_is_no_pirt_number_is_none(typed: str) -> None:
    assert pirt_number(typed) is None


def test_a_pirt_number_tells_the_last_day_of_its_year() -> None:
    assert permit_ends(PermitKind.PIRT, "2063205010072-29") == date(2029, 12, 31)
    assert permit_ends(PermitKind.PIRT, "nonsense") is None
    assert permit_ends(PermitKind.MD, "699090133764") is None


@pytest.mark.parametrize(
    ("kind", "typed", "written"),
    [
        (PermitKind.MD, "BPOM RI MD 699090133764", "699090133764"),
        (PermitKind.MD, "206090206350742", "206090206350742"),
        (PermitKind.MD, "20609020635074", None),
        (PermitKind.MD, "12345", None),
        (PermitKind.ML, "BPOM RI ML 699090133764", "699090133764"),
        (PermitKind.NA, "NA18279903277", "NA18279903277"),
        (PermitKind.NA, "BPOM nb 18279903277", "NB18279903277"),
        (PermitKind.NA, "18279903277", "NA18279903277"),
        (PermitKind.NA, "NF18279903277", None),
        (PermitKind.TR, "TR 203345678", "203345678"),
        (PermitKind.SD, "BPOM SD 203345678", "203345678"),
        (PermitKind.PIRT, "2063205010072-29", "2063205010072-29"),
        (PermitKind.PSAT, "PSAT-PDUK 3201 0001 2023", "320100012023"),
    ],
)
def test_each_register_has_its_own_form(kind: PermitKind, typed: str, written: str | None) -> None:
    assert permit_number(kind, typed) == written


def test_a_halal_number_is_id_and_seventeen_digits() -> None:
    assert halal_number("id 11110000090010224") == "ID11110000090010224"
    assert halal_number("ID1111") is None
    assert halal_number("ID١١١١٠٠٠٠٠٩٠٠١٠٢٢٤") is None


@given(st.text(max_size=80))
def test_no_text_breaks_the_readers_of_numbers(typed: str) -> None:
    halal_number(typed)
    for kind in PermitKind:
        written = permit_number(kind, typed)
        assert written is None or permit_number(kind, written) == written


@given(
    st.builds(
        Pirt,
        pack=st.sampled_from("12345678"),
        group=st.text(DIGITS, min_size=2, max_size=2),
        region=st.text(DIGITS, min_size=4, max_size=4),
        product=st.text(DIGITS, min_size=2, max_size=2),
        producer=st.text(DIGITS, min_size=4, max_size=4),
        ends=st.integers(2000, 2099),
    ),
    st.sampled_from(["", "P-IRT ", "PIRT No. ", "p-irt: "]),
)
def test_a_pirt_number_that_is_written_is_read_again_part_by_part(pirt: Pirt, said: str) -> None:
    assert read_pirt(said + pirt.number) == pirt
    assert pirt.last_day == date(pirt.ends, 12, 31)


@given(st.text(DIGITS, min_size=17, max_size=17), st.sampled_from(["", " ", ".", "-"]))
def test_a_halal_number_that_is_written_is_read_again(digits: str, between: str) -> None:
    assert halal_number(f"id{between}{digits}") == f"ID{digits}"


@pytest.mark.parametrize("case", VECTORS["pirt"])
def test_pirt_numbers_from_the_register_are_judged_as_it_does(case: dict[str, Any]) -> None:
    pirt = read_pirt(case["nomor"])
    assert (pirt is not None) is case["sah"]
    if pirt is None:
        return
    assert pirt.is_group_known is ("peringatan" not in case)
    assert case.get("berakhir", pirt.ends) == pirt.ends
    told = (pirt.pack, pirt.group, pirt.region, pirt.product, pirt.producer)
    parts = ("kemasan", "jenis", "wilayah", "urut_produk", "urut_irtp")
    assert tuple(case.get(part, own) for part, own in zip(parts, told, strict=True)) == told


@pytest.mark.parametrize("case", VECTORS["halal"])
def test_halal_numbers_are_judged_as_the_register_does(case: dict[str, Any]) -> None:
    assert (halal_number(case["nomor"]) is not None) is case["sah"]


@pytest.mark.parametrize(
    ("pack_type", "storage", "needs"),
    [
        ("Retort pouch", "Suhu ruang", True),
        ("Botol kaca, pasteurisasi", None, True),
        ("Kantong vakum nilon 80 mikron", "Beku -18 °C", True),
        ("Kantong vakum nilon 80 mikron", "Dingin 2-8 °C", False),
        (None, None, False),
    ],
)
def test_home_industry_may_not_sterilise_or_freeze(
    pack_type: str | None, storage: str | None, needs: bool
) -> None:
    assert needs_md(pack_type, storage) is needs
