"""A database that knows all of Indonesia, made once a run; cooperatives that send every way."""

from collections.abc import Iterator
from datetime import date, time

import pytest
import time_machine
from sqlalchemy.orm import Session

from shop.core.database.engine import Database
from shop.core.values.money import Rupiah
from shop.core.values.units import Grams
from shop.people.cooperatives.models import Cooperative
from shop.people.cooperatives.rules import Role
from shop.shipping.places.actions import load_regions
from shop.shipping.rates.actions import add_own_delivery, add_pickup_place
from shop.shipping.rates.rate_cards import RateLine, set_rates, set_service
from shop.shipping.rates.rules import OpenHours
from tests.factories import NOON, make_cooperative, make_regions
from tests.shipping.pricing import enter
from tests.support.databases import Templates
from tests.support.engines import Engine
from tests.support.visitor import Visitor

REGIONS = (
    ("11", "Aceh"),
    ("11.04", "Kabupaten Aceh Tengah"),
    ("31", "DKI Jakarta"),
    ("32", "Jawa Barat"),
    ("32.04", "Kabupaten Bandung"),
    ("32.05", "Kabupaten Garut"),
    ("32.73", "Kota Bandung"),
)


def _load(url: str) -> None:
    database = Database(url)
    with database.writing() as session:
        load_regions(session, now=NOON)
    database.dispose()


@pytest.fixture
def mapped(templates: Templates, engine: Engine) -> Iterator[Database]:
    """A database of this test's own with every province, regency, district and village."""
    with templates.copy(engine, "regions", _load) as url:
        database = Database(url)
        yield database
        database.dispose()


def offer_services(session: Session, regular: str, trucking: str) -> None:
    """What posts parcels, by the names that people read."""
    for code, name, minimum in (("jne-reg", regular, 1_000), ("jne-jtr", trucking, 10_000)):
        set_service(
            session,
            code=code,
            courier="JNE",
            name=name,
            divisor=6000,
            tolerance=Grams(300),
            minimum=Grams(minimum),
        )


def lines_of(*lines: tuple[str, int], days: tuple[int, int] = (2, 4)) -> list[RateLine]:
    """Prices a kilogram by area; beyond Jawa Barat by air."""
    return [RateLine(area, Rupiah(price), *days, by_air=area > "32") for area, price in lines]


@pytest.fixture
def garut(db: Database) -> int:
    """A cooperative in Garut that hands over, drives and posts."""
    cooperative_id = make_cooperative(db, "GRT", "Koperasi Garut").id
    with db.writing() as session:
        offer_services(session, "jne-reg", "jne-jtr")
        set_rates(
            session,
            cooperative_id=cooperative_id,
            service_code="jne-reg",
            since=date(2026, 1, 1),
            lines=lines_of(("31", 11_000), ("32", 9_000), ("33", 14_000)),
        )
        add_pickup_place(
            session,
            cooperative_id=cooperative_id,
            name="Ambil di toko",
            address="Jl. Cikuray 1",
            hours=OpenHours("123456", time(8), time(16), time(12)),
        )
        add_own_delivery(
            session,
            cooperative_id=cooperative_id,
            name="Antar sendiri",
            areas=["32.05"],
            fee=Rupiah(12_000),
            free_from=Rupiah(200_000),
            weekdays="246",
            cut_off=time(9, 0),
            days=(0, 3),
        )
    return cooperative_id


@pytest.fixture
def monday() -> Iterator[None]:
    """The whole test happens at one moment of a Monday."""
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def gyo(db: Database) -> Cooperative:
    """Koperasi Gayo, seven areas and two services, and no price yet."""
    with db.writing() as session:
        make_regions(session, REGIONS)
        offer_services(session, "JNE Reguler", "JTR")
    return make_cooperative(db)


@pytest.fixture
def wati(db: Database, client: Visitor, gyo: Cooperative) -> Visitor:
    """The browser of its manager."""
    return enter(db, client, gyo, Role.MANAJER)
