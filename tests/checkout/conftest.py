"""A small market: three cooperatives, each with another way to the shopper, and a few villages."""

import pickle
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time
from pathlib import Path
from typing import cast

import pytest

from shop.core.database.engine import Database
from shop.core.values.money import Rupiah
from shop.core.values.units import Grams
from shop.payments.cards import gateway_setup
from shop.shipping.places.models import Region
from shop.shipping.places.rules import folded_name
from shop.shipping.rates.actions import add_own_delivery, add_pickup_place
from shop.shipping.rates.rate_cards import RateLine, set_rates, set_service
from shop.shipping.rates.rules import OpenHours
from tests.factories import Goods, make_cooperative, make_goods, make_payee, numbered_from_one
from tests.support.databases import Templates
from tests.support.engines import Engine
from tests.support.fake_gateway import FakeGateway

JATIWARINGIN = "32.75.08.1001"
BATUR = "51.06.04.2001"
REGIONS = (
    ("32", "Jawa Barat", None),
    ("32.75", "Kota Bekasi", None),
    ("32.75.08", "Pondok Gede", None),
    (JATIWARINGIN, "Jatiwaringin", "17411"),
    ("32.75.08.1002", "Jatibening", "17412"),
    ("32.75.08.1003", "Jatibening Baru", "17412"),
    ("33", "Jawa Tengah", None),
    ("33.01", "Kabupaten Cilacap", None),
    ("33.01.02", "Adipala", None),
    ("33.01.02.2003", "Jatibening", "53271"),
    ("51", "Bali", None),
    ("51.06", "Kabupaten Bangli", None),
    ("51.06.04", "Kintamani", None),
    (BATUR, "Batur", "80652"),
)


@dataclass(frozen=True)
class Market:
    """Coffee from Gayo (courier, pick-up), oranges from Kintamani (own round near by, courier to
    Java), tempe from Sari Bumi (pick-up only).
    """

    gayo: Goods
    kintamani: Goods
    sari_bumi: Goods


@pytest.fixture
def database_url(
    request: pytest.FixtureRequest, templates: Templates, engine: Engine
) -> Iterator[str]:
    """A database of this test's own; with the small market in it where the test asks for it."""
    if "market" not in request.fixturenames:
        with templates.copy(engine) as url:
            yield url
        return

    def build(url: str) -> None:
        db = Database(url)
        with numbered_from_one():
            made = make_market(db)
        db.dispose()
        _market_file(templates, engine).write_bytes(pickle.dumps(made))

    with templates.copy(engine, "small_market", build) as url:
        yield url


@pytest.fixture
def market(db: Database, templates: Templates, engine: Engine) -> Market:
    """The small market, made once a run; ``database_url`` copied its rows behind ``db``."""
    return cast("Market", pickle.loads(_market_file(templates, engine).read_bytes()))


def _market_file(templates: Templates, engine: Engine) -> Path:
    return templates.house / f"small-market-{engine}.pickle"


def make_market(db: Database) -> Market:
    """Goods of three cooperatives, rates to Jawa Barat and Bali, an account to pay into."""
    gayo = make_goods(db, make_cooperative(db, "GYO", "Koperasi Gayo"), price=45_000, on_hand=20)
    kintamani = make_goods(
        db,
        make_cooperative(db, "KTM", "Koperasi Kintamani", zone="Asia/Makassar"),
        price=65_000,
        on_hand=20,
        name="Jeruk Kintamani",
    )
    sari = make_goods(
        db,
        make_cooperative(db, "SBM", "Koperasi Sari Bumi"),
        price=30_000,
        on_hand=20,
        name="Tempe",
    )
    make_payee(db)
    with db.writing() as session:
        session.add_all(
            Region(
                code=code,
                parent_code=code.rpartition(".")[0] or None,
                name=name,
                folded=folded_name(name, code),
                postcode=postcode,
            )
            for code, name, postcode in REGIONS
        )
        set_service(
            session,
            code="hemat",
            courier="Kurir Contoh",
            name="Kurir Contoh Hemat",
            divisor=6000,
            tolerance=Grams(300),
            minimum=Grams(1000),
        )
        for goods, lines in (
            (gayo, [_rate("32", 12_000), _rate("51", 20_000)]),
            (kintamani, [_rate("32", 15_000)]),
        ):
            set_rates(
                session,
                cooperative_id=goods.cooperative.id,
                service_code="hemat",
                since=date(2026, 1, 1),
                lines=lines,
            )
        for goods in (gayo, sari):
            add_pickup_place(
                session,
                cooperative_id=goods.cooperative.id,
                name="Gudang koperasi",
                address="Jl. Kopi 1",
                hours=OpenHours("12345", time(8), time(16), time(12)),
            )
        add_own_delivery(
            session,
            cooperative_id=kintamani.cooperative.id,
            name="Diantar koperasi",
            areas=["51.06"],
            fee=Rupiah(5_000),
            free_from=None,
            weekdays="135",
            cut_off=time(9, 0),
            days=(1, 2),
        )
    return Market(gayo, kintamani, sari)


def _rate(area: str, price: int) -> RateLine:
    return RateLine(area, Rupiah(price), 2, 4, by_air=False)


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch) -> FakeGateway:
    """The only gateway there is."""
    found = FakeGateway()
    monkeypatch.setattr(gateway_setup, "gateway", lambda: found)
    return found
