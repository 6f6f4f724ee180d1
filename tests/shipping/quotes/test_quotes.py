"""Every way a parcel can go, from rates that stand in tables."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, time

import pytest
from sqlalchemy import select

from shop.core.database.engine import Database
from shop.core.values.units import Grams, Millimetres
from shop.shipping.places.models import Region
from shop.shipping.quotes.queries import quote_all
from shop.shipping.quotes.reachability import from_fee
from shop.shipping.rates.errors import WrongRates
from shop.shipping.rates.invariants import verify
from shop.shipping.rates.models import RateCard
from shop.shipping.rates.rate_cards import RateLine, set_rates, set_service
from shop.shipping.rates.rules import Quote, Unit
from tests.factories import make_cooperative
from tests.shipping.conftest import lines_of
from tests.support.statements import statements

GARUT, BANDUNG, JAKARTA = "32.05.07.2007", "32.73.01.1001", "31.71.06.1001"
MONDAY = date(2026, 11, 23)
COFFEE = Unit(2, Grams(250), Millimetres(200), Millimetres(100), Millimetres(60))
VASE = Unit(1, Grams(2_100), Millimetres(300), Millimetres(300), Millimetres(240))


def _quotes(
    db: Database,
    cooperative_id: int,
    village: str | None,
    *units: Unit,
    goods: Mapping[int, int] | None = None,
    on: date = MONDAY,
) -> tuple[Quote, ...]:
    with db.reading() as session:
        found = quote_all(
            session, {cooperative_id: units or (COFFEE,)}, village, goods=goods, on=on
        )
    return found[cooperative_id]


def _ways(quotes: Sequence[Quote]) -> list[tuple[str, int]]:
    return [(quote.kind, quote.fee) for quote in quotes]


def test_nearby_all_three_ways_are_offered_cheapest_first(db: Database, garut: int) -> None:
    quotes = _quotes(db, garut, GARUT)
    assert _ways(quotes) == [("pickup", 0), ("courier", 9_000), ("own", 12_000)]
    pickup, courier, own = quotes
    assert pickup.place == "Jl. Cikuray 1 · Senin–Sabtu 08.00–16.00"
    assert (courier.days_least, courier.days_most) == (2, 4)
    assert (own.weekdays, own.cut_off) == ((2, 4, 6), time(9, 0))


def test_farther_away_the_cooperatives_round_is_not_offered(db: Database, garut: int) -> None:
    assert _ways(_quotes(db, garut, BANDUNG)) == [("pickup", 0), ("courier", 9_000)]


def test_before_the_place_is_known_only_pickup_has_a_price(db: Database, garut: int) -> None:
    assert _ways(_quotes(db, garut, None)) == [("pickup", 0)]


def test_a_place_without_a_rate_is_not_delivered_to(db: Database, garut: int) -> None:
    assert _ways(_quotes(db, garut, "91.71.01.1001")) == [("pickup", 0)]


def test_a_cooperative_without_anything_answers_with_nothing(db: Database) -> None:
    bare = make_cooperative(db, "BJR", "Koperasi Banjar").id
    assert _quotes(db, bare, GARUT) == ()


def test_the_space_a_vase_takes_is_what_counts(db: Database, garut: int) -> None:
    courier = next(q for q in _quotes(db, garut, JAKARTA, VASE) if q.kind == "courier")
    assert (courier.scale_grams, courier.volumetric_grams) == (2_100, 3_600)
    assert (courier.billable_grams, courier.fee) == (4_000, 44_000)


def test_enough_goods_ride_for_nothing(db: Database, garut: int) -> None:
    quotes = _quotes(db, garut, GARUT, goods={garut: 200_000})
    assert next(q.fee for q in quotes if q.kind == "own") == 0


@pytest.mark.parametrize(
    ("limit", "ways"),
    [
        ("lokal-beku", {"pickup", "own"}),
        ("lokal-hari-sama", {"pickup", "own"}),
        ("dingin", {"pickup", "own"}),
        ("darat-laut", {"pickup", "own", "courier"}),
    ],
)
def test_goods_with_a_limit_go_only_where_they_may(
    db: Database, garut: int, limit: str, ways: set[str]
) -> None:
    quotes = _quotes(db, garut, GARUT, replace(COFFEE, limit=limit))
    assert {quote.kind for quote in quotes} == ways


def test_land_or_sea_goods_do_not_fly(db: Database, garut: int) -> None:
    central_java = "33.75.04.1003"
    quotes = _quotes(db, garut, central_java, replace(COFFEE, limit="darat-laut"))
    assert {quote.kind for quote in quotes} == {"pickup"}


def test_the_narrowest_area_sets_the_price(db: Database, garut: int) -> None:
    with db.writing() as session:
        set_rates(
            session,
            cooperative_id=garut,
            service_code="jne-reg",
            since=MONDAY,
            lines=lines_of(("32", 9_000), ("32.05", 7_000), ("32.05.07", 5_000), ("31", 11_000)),
        )
    assert ("courier", 5_000) in _ways(_quotes(db, garut, GARUT))
    assert ("courier", 7_000) in _ways(_quotes(db, garut, "32.05.01.1001"))
    assert ("courier", 9_000) in _ways(_quotes(db, garut, BANDUNG))


def test_a_new_rate_card_holds_from_its_day_and_the_old_one_until_then(
    db: Database, garut: int
) -> None:
    with db.writing() as session:
        set_rates(
            session,
            cooperative_id=garut,
            service_code="jne-reg",
            since=date(2026, 12, 1),
            lines=lines_of(("31", 13_000), ("32", 10_000)),
        )
    november = _quotes(db, garut, JAKARTA, on=date(2026, 11, 30))
    december = _quotes(db, garut, JAKARTA, on=date(2026, 12, 1))
    assert ("courier", 11_000) in _ways(november)
    assert ("courier", 13_000) in _ways(december)


def test_the_same_rates_again_change_nothing(db: Database, garut: int) -> None:
    lines = lines_of(("33", 14_000), ("32", 9_000), ("31", 11_000))
    before = _quotes(db, garut, JAKARTA)
    with db.writing() as session:
        set_rates(session, cooperative_id=garut, service_code="jne-reg", since=MONDAY, lines=lines)
    assert _quotes(db, garut, JAKARTA) == before


def test_rates_corrected_on_their_first_day_replace_that_days(db: Database, garut: int) -> None:
    for price in (12_000, 12_500):
        with db.writing() as session:
            set_rates(
                session,
                cooperative_id=garut,
                service_code="jne-reg",
                since=MONDAY,
                lines=lines_of(("31", price)),
            )
    assert ("courier", 12_500) in _ways(_quotes(db, garut, JAKARTA))


@pytest.mark.parametrize(
    "lines",
    [
        lines_of(("31", 9_000), ("31", 8_000)),
        lines_of(("31", -1)),
        lines_of(("31", 9_000), days=(4, 2)),
        lines_of(("31", 9_000), days=(-1, 2)),
    ],
)
def test_rates_that_make_no_sense_are_refused(
    db: Database, garut: int, lines: list[RateLine]
) -> None:
    with pytest.raises(WrongRates), db.writing() as session:
        set_rates(session, cooperative_id=garut, service_code="jne-reg", since=MONDAY, lines=lines)


def test_from_tells_the_least_that_bringing_costs(db: Database, garut: int) -> None:
    bare = make_cooperative(db, "BJR", "Koperasi Banjar").id
    with db.reading() as session:
        assert from_fee(session, [garut, bare], on=MONDAY) == {garut: 9_000}


def test_from_counts_a_trucks_minimum(db: Database) -> None:
    bantul = make_cooperative(db, "BTL", "Koperasi Bantul").id
    with db.writing() as session:
        set_service(
            session,
            code="jne-jtr",
            courier="JTR",
            name="JTR",
            divisor=5000,
            tolerance=Grams(300),
            minimum=Grams(10_000),
        )
        set_rates(
            session,
            cooperative_id=bantul,
            service_code="jne-jtr",
            since=MONDAY,
            lines=lines_of(("31", 3_500)),
        )
    with db.reading() as session:
        assert from_fee(session, [bantul], on=MONDAY) == {bantul: 35_000}


def test_twelve_parcels_cost_as_many_statements_as_one(db: Database, garut: int) -> None:
    others = [make_cooperative(db, f"K{n:02d}", f"Koperasi {n}").id for n in range(11)]
    with db.writing() as session:
        for other in others:
            set_rates(
                session,
                cooperative_id=other,
                service_code="jne-reg",
                since=date(2026, 1, 1),
                lines=lines_of(("31", 11_000), ("32", 9_000)),
            )
    asked = []
    for cooperatives in ([garut], [garut, *others]):
        with db.reading() as session, statements(db) as told:
            found = quote_all(session, dict.fromkeys(cooperatives, (COFFEE,)), GARUT, on=MONDAY)
            from_fee(session, cooperatives, on=MONDAY)
        assert set(found) == set(cooperatives)
        asked.append(len(told))
    assert asked == [2, 2]


def test_verify_finds_two_cards_on_one_day_and_a_region_under_nothing(
    db: Database, garut: int
) -> None:
    with db.reading() as session:
        assert all(check.ok for check in verify(session).values())
    with db.writing() as session:
        session.add(Region(code="92.01", parent_code="92", name="Sorong", folded="sorong"))
        old = session.scalars(select(RateCard)).one()
        old.ends = date(2026, 12, 2)
        session.flush()
        set_service(
            session,
            code="jne-reg",
            courier="JNE",
            name="JNE Reguler",
            divisor=6000,
            tolerance=Grams(300),
            minimum=Grams(1_000),
        )
        session.add(
            RateCard(
                cooperative_id=garut,
                service_code="jne-reg",
                since=date(2026, 12, 1),
                divisor=6000,
                tolerance_grams=300,
                least_grams=1000,
            )
        )
    with db.reading() as session:
        broken = {name: check.wrong for name, check in verify(session).items() if not check.ok}
    assert set(broken) == {
        "shipping_cards_follow_one_another",
        "shipping_regions_have_their_parents",
    }
    assert "two rate cards on 2026-12-01" in broken["shipping_cards_follow_one_another"][0]


def test_prices_for_a_day_before_a_planned_card_end_where_it_begins(
    db: Database, garut: int
) -> None:
    for since, price in ((date(2027, 1, 1), 15_000), (MONDAY, 12_000)):
        with db.writing() as session:
            set_rates(
                session,
                cooperative_id=garut,
                service_code="jne-reg",
                since=since,
                lines=lines_of(("31", price)),
            )
    for on, price in (
        (date(2026, 11, 22), 11_000),
        (MONDAY, 12_000),
        (date(2026, 12, 31), 12_000),
        (date(2027, 1, 1), 15_000),
    ):
        assert ("courier", price) in _ways(_quotes(db, garut, JAKARTA, on=on)), on
    with db.reading() as session:
        assert all(check.ok for check in verify(session).values())
