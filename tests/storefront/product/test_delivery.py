"""What sending one pack to a city costs, on the product's own page."""

from datetime import UTC, date, datetime
from urllib.parse import urlencode

import pytest
import time_machine
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from shop.catalog.packaging.models import PackFacts
from shop.catalog.packaging.rules import SendLimit
from shop.catalog.products.models import Product, Variant
from shop.core.database.engine import Database
from shop.core.values.money import Rupiah
from shop.core.values.units import Grams
from shop.people.cooperatives.models import Closing, Cooperative
from shop.shipping.places.models import Region
from shop.shipping.rates.rate_cards import RateLine, set_rates, set_service
from tests.factories import NOON, make_regions
from tests.support.statements import statements
from tests.support.visitor import Visitor
from tests.web.markup import Markup

COFFEE = "kopi-arabika-gayo-sangrai-sedang-biji"
PAGE = f"/produk/{COFFEE}"
PRICE = '<b class="num">Rp19.000</b>'
REGIONS = (
    ("31", "DKI Jakarta"),
    ("32", "Jawa Barat"),
    ("32.04", "Kabupaten Bandung"),
    ("32.73", "Kota Bandung"),
)


@pytest.fixture
def rates(market: Database) -> Database:
    """Gayo posts to West Java."""
    with market.writing() as session:
        make_regions(session, REGIONS)
        set_service(
            session,
            code="jne-reg",
            courier="JNE",
            name="JNE Reguler",
            divisor=6000,
            tolerance=Grams(300),
            minimum=Grams(1_000),
        )
        set_rates(
            session,
            cooperative_id=_gayo(session),
            service_code="jne-reg",
            since=date(2026, 1, 1),
            lines=[
                RateLine("32", Rupiah(21_000), 3, 5, by_air=True),
                RateLine("32.73", Rupiah(19_000), 2, 4, by_air=True),
            ],
        )
    return market


def _gayo(session: Session) -> int:
    return session.scalars(select(Cooperative.id).where(Cooperative.code == "GYO")).one()


@pytest.mark.usefixtures("rates")
def test_a_city_is_typed_and_the_page_says_what_sending_there_costs(pages: Visitor) -> None:
    before = pages.get(PAGE)
    assert "Ongkir ke kota saya" in before.text
    assert PRICE not in before.text
    page = pages.get(f"{PAGE}?ke=Kota+Bandung")
    assert Markup.of(page.text).faults == []
    assert "Satu bungkus ke Kota Bandung, Jawa Barat:" in page.text
    assert PRICE in page.text
    assert "kurir menghitung paling sedikit 1 kg" in page.text
    assert "Set-Cookie" not in page.headers
    assert 'value="Kota Bandung"' in page.text


@pytest.mark.usefixtures("rates")
def test_a_name_of_two_places_offers_the_other(pages: Visitor) -> None:
    page = pages.get(f"{PAGE}?ke=bandung").text
    assert "Satu bungkus ke Kota Bandung" in page
    assert f'href="{PAGE}?ke=32.04#ongkir"' in page
    assert "Satu bungkus ke Kabupaten Bandung" in pages.get(f"{PAGE}?ke=32.04").text


@pytest.mark.usefixtures("rates")
@pytest.mark.parametrize("typed", ["xyzzy", "%", "_", "99.99", "'\"<script>", "a" * 500, "\u0663"])
def test_a_place_nobody_knows_is_said_in_words(pages: Visitor, typed: str) -> None:
    page = pages.get(PAGE, query_string={"ke": typed})
    assert page.status_code == 200
    assert "Tempat ini belum ketemu" in page.text
    assert Markup.of(page.text).faults == []


def test_where_nothing_goes_the_page_says_so(rates: Database, pages: Visitor) -> None:
    with rates.writing() as session:
        session.add(Region(code="31.71", name="Kota Jakarta Pusat", parent_code="31", folded="x"))
    assert "Tidak dikirim ke sana." in pages.get(f"{PAGE}?ke=31.71").text


def test_goods_that_must_stay_frozen_are_not_offered_a_courier(
    rates: Database, pages: Visitor
) -> None:
    with rates.writing() as session:
        session.execute(update(PackFacts).values(send_limit=SendLimit.FROZEN_LOCAL))
    page = pages.get(f"{PAGE}?ke=32.73").text
    assert "Tidak dikirim ke sana." in page
    assert PRICE not in page


def test_a_closed_cooperative_sends_nothing_until_it_opens(rates: Database, pages: Visitor) -> None:
    with rates.writing() as session:
        session.add(
            Closing(
                cooperative_id=_gayo(session),
                last_sending=date(2020, 1, 1),
                reopens=date(2100, 1, 1),
                note="Pulang kampung",
                planned_at=NOON,
            )
        )
    page = pages.get(f"{PAGE}?ke=32.73")
    assert page.status_code == 200
    assert PRICE not in page.text
    assert "buka lagi 1 Januari 2100" in page.text
    assert "Pulang kampung" in page.text


@pytest.mark.usefixtures("rates")
def test_asking_for_a_city_costs_four_statements_more(pages: Visitor) -> None:
    database = pages.application.extensions["lumbung"].database
    costs = []
    for path in (PAGE, f"{PAGE}?ke=bandung"):
        with statements(database) as asked:
            pages.get(path)
        costs.append(len(asked))
    assert costs[1] - costs[0] <= 4


@pytest.mark.usefixtures("rates")
def test_the_page_says_when_a_pack_arrives_in_both_languages(pages: Visitor) -> None:
    with time_machine.travel(NOON, tick=False):
        assert "tiba 25–29 November" in pages.get(f"{PAGE}?ke=32.73").text
        assert "arrives 25–29 November" in pages.get(f"/en{PAGE}?ke=32.73").text


def test_a_closing_pushes_the_day_out(rates: Database, pages: Visitor) -> None:
    with rates.writing() as session:
        session.add(
            Closing(
                cooperative_id=_gayo(session),
                last_sending=date(2026, 11, 23),
                reopens=date(2026, 12, 7),
                planned_at=NOON,
            )
        )
    with time_machine.travel(NOON, tick=False):
        assert "tiba 25 November–12 Desember" in pages.get(f"{PAGE}?ke=32.73").text


@pytest.mark.parametrize(
    ("zone", "is_closed"),
    [("Asia/Jakarta", False), ("Asia/Makassar", False), ("Asia/Jayapura", True)],
)
def test_closing_days_turn_at_the_cooperatives_own_midnight(
    rates: Database, pages: Visitor, zone: str, is_closed: bool
) -> None:
    # Half past ten at night in Jakarta; in Jayapura the next day has begun.
    tonight = datetime(2026, 11, 23, 15, 30, tzinfo=UTC)
    with rates.writing() as session:
        session.execute(update(Cooperative).where(Cooperative.code == "GYO").values(zone=zone))
        session.add(
            Closing(
                cooperative_id=_gayo(session),
                last_sending=date(2026, 11, 23),
                reopens=date(2026, 12, 7),
                planned_at=NOON,
            )
        )
    with time_machine.travel(tonight, tick=False):
        assert (PRICE not in pages.get(f"{PAGE}?ke=32.73").text) is is_closed


def test_the_city_and_the_choice_stay_beside_each_other(rates: Database, pages: Visitor) -> None:
    with rates.writing() as session:
        product = session.scalars(select(Product).where(Product.slug == COFFEE)).one()
        product.choice_name, product.other_choice_name = "gilingan", "berat"
        variants = session.scalars(
            select(Variant).where(Variant.product_id == product.id).order_by(Variant.position)
        ).all()
        for number, variant in enumerate(variants):
            variant.option, variant.other_option = f"Halus & {number}", "250 g"
    wanted = urlencode({"pilih": "Halus & 1", "ke": "bandung"})
    page = pages.get(f"{PAGE}?{wanted}").text
    assert '<input type="hidden" name="pilih" value="Halus &amp; 1">' in page
    assert f"{PAGE}?pilih=Halus+%26+1&amp;ke=32.04#ongkir" in page.replace("%20", "+")
    assert f"{PAGE}?pilih=Halus+%26+0&amp;ke=bandung" in page.replace("%20", "+")
