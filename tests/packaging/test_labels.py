"""What a pack may claim, how its facts are written, and how complete its label is."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.core.database import Database
from shop.packaging.actions import (
    NewHalal,
    NewPack,
    NewPermit,
    check_halal,
    check_permit,
    describe,
)
from shop.packaging.errors import ClaimNotFound, NothingToCheck, NumberMalformed
from shop.packaging.models import Halal, PackFacts, Permit
from shop.packaging.rules import (
    Claim,
    HalalState,
    Label,
    PermitKind,
    Span,
    best_before_text,
    claim_on,
    contains_pork,
    halal_number,
    keeping,
    net_text,
    permit_number,
    pirt_ends,
    pirt_number,
    score,
    short_storage,
    size_text,
)
from tests.factories import NOON, make_person
from tests.support.vectors import VECTORS

FACTS = [name for name in Label.__dataclass_fields__ if name != "is_food"]


@pytest.mark.parametrize(
    "typed", ["P-IRT 2063205010072-29", "2063205010072-29", "pirt 206320501007229"]
)
def test_a_pirt_number_is_read_however_it_is_typed(typed: str) -> None:
    assert pirt_number(typed) == "2063205010072-29"


@pytest.mark.parametrize(
    "typed",
    ["", "206320501007", "9063205010072-29", "2063205010072-2X", "٢٠٦٣٢٠٥٠١٠٠٧٢٢٩", "1" * 400],
)
def test_what_is_no_pirt_number_is_none(typed: str) -> None:
    assert pirt_number(typed) is None


def test_a_pirt_number_tells_the_last_day_of_its_year() -> None:
    assert pirt_ends("2063205010072-29") == date(2029, 12, 31)
    assert pirt_ends("nonsense") is None


@pytest.mark.parametrize(
    ("kind", "typed", "written"),
    [
        (PermitKind.MD, "BPOM RI MD 699090133764", "699090133764"),
        (PermitKind.MD, "206090206350742", "206090206350742"),
        (PermitKind.MD, "12345", None),
        (PermitKind.NA, "NA18279903277", "18279903277"),
        (PermitKind.TR, "TR 203345678", "203345678"),
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


@pytest.mark.parametrize("case", VECTORS["pirt"])
def test_pirt_numbers_from_the_register_are_judged_as_it_does(case: dict[str, Any]) -> None:
    assert (pirt_number(case["nomor"]) is not None) is case["sah"]
    ends = pirt_ends(case["nomor"])
    if "berakhir" in case:
        assert ends is not None
        assert ends.year == case["berakhir"]


@pytest.mark.parametrize("case", VECTORS["halal"])
def test_halal_numbers_are_judged_as_the_register_does(case: dict[str, Any]) -> None:
    assert (halal_number(case["nomor"]) is not None) is case["sah"]


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


@pytest.mark.parametrize("is_food", [True, False])
def test_a_label_with_everything_scores_a_hundred(is_food: bool) -> None:
    whole = score(Label(is_food=is_food, **dict.fromkeys(FACTS, True)))
    assert (whole.points, whole.gains, whole.is_complete) == (100, (), True)
    assert score(Label(is_food=is_food)).points == 0


def test_the_next_three_gains_come_biggest_first() -> None:
    gains = score(Label(is_food=True)).gains
    assert [(gain.fact, gain.points) for gain in gains] == [
        ("front_photo", 20),
        ("label_photo", 15),
        ("contents_photo", 12),
    ]


@given(st.booleans(), st.sets(st.sampled_from(FACTS)), st.sampled_from(FACTS))
def test_one_more_fact_never_costs_points(is_food: bool, there: set[str], more: str) -> None:
    before = score(Label(is_food=is_food, **dict.fromkeys(there, True)))
    after = score(Label(is_food=is_food, **dict.fromkeys({*there, more}, True)))
    assert 0 <= before.points <= after.points <= 100
    assert len(after.gains) <= 3


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


def test_a_manager_who_saw_the_paper_turns_a_claim_into_a_check(db: Database) -> None:
    wati = make_person(db, "Bu Wati")
    pack = NewPack(
        halal=NewHalal(state=HalalState.CERTIFIED, number="ID11110000090010224"),
        permits=(NewPermit(kind=PermitKind.PIRT, number="2063205010072-29"),),
    )
    with db.writing() as session:
        describe(session, 7, pack, now=NOON)
        permit_id = session.query(Permit).one().id
        assert check_permit(session, permit_id, person_id=wati.id, now=NOON) == 7
        check_halal(session, 7, person_id=wati.id, now=NOON)
    with db.reading() as session:
        permit, halal = session.query(Permit).one(), session.get_one(Halal, 7)
    assert (permit.claim, permit.checked_by_id, permit.checked_at) == (
        Claim.CHECKED,
        wati.id,
        NOON,
    )
    assert (halal.claim, halal.checked_by_id) == (Claim.CHECKED, wati.id)


def test_a_paper_without_a_number_cannot_have_been_seen(db: Database) -> None:
    wati = make_person(db, "Bu Wati")
    pack = NewPack(
        halal=NewHalal(state=HalalState.APPLIED), permits=(NewPermit(kind=PermitKind.PIRT),)
    )
    with db.writing() as session:
        describe(session, 7, pack, now=NOON)
        permit_id = session.query(Permit).one().id
    with pytest.raises(NothingToCheck), db.writing() as session:
        check_permit(session, permit_id, person_id=wati.id, now=NOON)
    with pytest.raises(NothingToCheck), db.writing() as session:
        check_halal(session, 7, person_id=wati.id, now=NOON)
    with pytest.raises(ClaimNotFound), db.writing() as session:
        check_permit(session, permit_id + 1, person_id=wati.id, now=NOON)
