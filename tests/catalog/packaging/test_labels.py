"""What a pack may claim, and how its facts are written and kept."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from shop.catalog.packaging.actions import NewHalal, NewPack, NewPermit, describe, pack_of
from shop.catalog.packaging.errors import NumberMalformed
from shop.catalog.packaging.models import Halal, PackFacts, Permit
from shop.catalog.packaging.rules import (
    Claim,
    HalalState,
    PermitKind,
    Span,
    best_before_text,
    claim_on,
    contains_pork,
    keeping,
    short_storage,
    size_text,
)
from shop.catalog.products.rules import net_text
from shop.core.database.engine import Database
from tests.factories import NOON
from tests.support.vectors import VECTORS


def test_a_date_that_passed_outweighs_every_tick() -> None:
    ends = date(2026, 12, 31)
    assert claim_on(Claim.CHECKED, ends, date(2026, 12, 31)) is Claim.CHECKED
    assert claim_on(Claim.CHECKED, ends, date(2027, 1, 1)) is Claim.LAPSED
    assert claim_on(Claim.CHECKED, None, date(2099, 1, 1)) is Claim.CHECKED


@pytest.mark.parametrize("case", VECTORS["kedaluwarsa"])
def test_best_before_names_the_day_up_to_three_months(case: dict[str, Any]) -> None:
    days = case["masa_simpan_hari"]
    last_day = date.fromisoformat(case["produksi"]) + timedelta(days=days)
    assert case["teks"] == f"Baik digunakan sebelum: {best_before_text(last_day, days)}"


@pytest.mark.parametrize(
    ("days", "span"),
    [
        (None, None),
        (0, None),
        (7, Span(7, "day")),
        (45, Span(45, "day")),
        (75, Span(2, "month")),
        (150, Span(5, "month")),
        (365, Span(12, "month")),
        (540, Span(18, "month")),
        (730, Span(2, "year")),
    ],
)
def test_how_long_goods_keep_is_said_as_makers_say_it(days: int, span: Span | None) -> None:
    assert keeping(days) == span


def test_net_contents_are_written_in_units_of_the_law() -> None:
    assert net_text(250, "g") == "250 g"
    assert net_text(1000, "ml") == "1 liter"
    assert net_text(1250, "g") == "1,25 kg"
    assert net_text(1, "pcs") == "1 buah"
    assert net_text(None, "g") == net_text(3, None) == ""


def test_measures_are_never_said_smaller_than_they_are() -> None:
    assert size_text(230, 141, 75) == "23 × 15 × 8 cm"


def test_a_card_shows_the_first_words_of_the_storage_line() -> None:
    assert short_storage("Suhu ruang, tempat kering, tutup rapat") == "Suhu ruang"
    assert short_storage(None) == ""


@pytest.mark.parametrize("text", ["daging babi 70%", "Lard", "BABI, garam"])
def test_pork_among_the_ingredients_is_seen(text: str) -> None:
    assert contains_pork(text)


@pytest.mark.parametrize("text", [None, "", "daging sapi, lada", "babitan"])
def test_no_pork_is_seen_where_there_is_none(text: str | None) -> None:
    assert not contains_pork(text)


def test_a_label_is_written_down_and_replaced_whole(db: Database) -> None:
    pirt = NewPermit(kind=PermitKind.PIRT, number="P-IRT 2063205010072-29")
    with db.writing() as session:
        describe(session, 7, NewPack(net_content=250, net_unit="g", permits=(pirt,)), now=NOON)
        describe(session, 7, NewPack(net_content=500, net_unit="g", permits=(pirt,)), now=NOON)
    with db.reading() as session:
        facts = session.get_one(PackFacts, 7)
        permits = session.query(Permit).all()
    assert facts.net_content == 500
    assert [permit.number for permit in permits] == ["2063205010072-29"]


@pytest.mark.parametrize(
    "pack",
    [
        NewPack(permits=(NewPermit(kind=PermitKind.PIRT, number="12"),)),
        NewPack(halal=NewHalal(state=HalalState.CERTIFIED, number="12")),
    ],
)
def test_a_number_of_the_wrong_form_is_not_written_down(db: Database, pack: NewPack) -> None:
    with pytest.raises(NumberMalformed), db.writing() as session:
        describe(session, 7, pack, now=NOON)


def test_saving_the_same_number_again_takes_no_check_away(db: Database) -> None:
    checked = NewPermit(kind=PermitKind.PIRT, number="2063205010072-29", claim=Claim.CHECKED)
    halal = NewHalal(state=HalalState.CERTIFIED, number="ID11110000090010224", claim=Claim.CHECKED)
    with db.writing() as session:
        describe(session, 7, NewPack(permits=(checked,), halal=halal), now=NOON)
    with db.writing() as session:
        describe(session, 7, replace(pack_of(session, 7), storage="Suhu ruang"), now=NOON)
    with db.reading() as session:
        kept, certificate = session.query(Permit).one(), session.get_one(Halal, 7)
    assert (kept.claim, kept.checked_at) == (Claim.CHECKED, NOON)
    assert (certificate.claim, certificate.checked_at) == (Claim.CHECKED, NOON)


def test_another_number_has_to_be_checked_anew(db: Database) -> None:
    checked = NewPermit(kind=PermitKind.PIRT, number="2063205010072-29", claim=Claim.CHECKED)
    other = NewPermit(kind=PermitKind.PIRT, number="2063205010072-30")
    with db.writing() as session:
        describe(session, 7, NewPack(permits=(checked,)), now=NOON)
    with db.writing() as session:
        describe(session, 7, NewPack(permits=(other,)), now=NOON)
    with db.reading() as session:
        permit = session.query(Permit).one()
    assert (permit.number, permit.claim) == ("2063205010072-30", Claim.CLAIMED)
    assert permit.valid_until == date(2030, 12, 31)
