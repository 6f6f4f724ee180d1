"""The operator's page of cooperatives: suspended with a reason, ended by steps, lifted again."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from shop.core.database.engine import Database
from shop.web.http.app_state import EXTENSION
from tests.factories import make_cooperative
from tests.fulfilment.paid import broken, state_of
from tests.support.busy_day import DESK, BusyDay, busy_day
from tests.support.customer import Customer, InProcess
from tests.support.databases import Templates
from tests.support.engines import PAGES
from tests.support.inside import shop_app
from tests.support.statements import statements

pytestmark = pytest.mark.only_on("sqlite", because=PAGES)

HERE = f"/operator/koperasi/{DESK}"
WHY = "Izin koperasi sedang diperiksa."


@pytest.fixture
def day(templates: Templates, tmp_path: Path) -> Iterator[BusyDay]:
    with busy_day(templates, "sqlite", tmp_path) as found:
        yield found


@pytest.fixture
def shop(day: BusyDay, tmp_path: Path) -> Iterator[Flask]:
    with shop_app(day.database_url, tmp_path / "var") as app:
        yield app


@pytest.fixture
def market(shop: Flask) -> Database:
    found: Database = shop.extensions[EXTENSION].database
    return found


@pytest.fixture
def operator(shop: Flask, day: BusyDay) -> Customer:
    return Customer(InProcess(shop), dict(day.pockets["operator"]))


def test_a_cooperative_is_suspended_with_a_reason_and_let_back(
    operator: Customer, shop: Flask, day: BusyDay, engine: str
) -> None:
    page = operator.go(HERE)
    assert page.markup.faults == []
    page = operator.press("Tangguhkan", {"alasan": "  "})
    assert page.status == 422
    assert "misalnya: izin koperasi sedang diperiksa" in page.words
    page = operator.press("Tangguhkan", {"alasan": WHY})
    assert page.markup.faults == []
    assert WHY in page.words
    assert "Ditangguhkan" in operator.go("/operator/koperasi").words
    manager = Customer(InProcess(shop), dict(day.pockets["manager"]))
    assert WHY in manager.go(f"/kelola/{DESK}").words
    guest = Customer(InProcess(shop), dict(day.pockets["guest"]))
    assert guest.go(f"/koperasi/{DESK}").status == 404
    assert "Sudah tidak dijual" in guest.go("/keranjang").words
    operator.go(HERE)
    operator.press("Cabut penangguhan")
    assert guest.go(f"/koperasi/{DESK}").status == 200
    assert "Ditangguhkan" not in operator.go("/operator/koperasi").words


def test_the_operator_goes_on_with_its_orders_step_by_step(
    operator: Customer, market: Database, day: BusyDay, engine: str
) -> None:
    number = day.orders["ready_courier"]
    operator.go(HERE)
    assert "Serahkan ke kurir" not in operator.page.text  # its own people work on them
    operator.press("Tangguhkan", {"alasan": WHY})
    page = operator.press(f"Serahkan ke kurir {number}", {f"isi-{number}": "?"})
    assert page.status == 422
    assert "5 sampai 40 huruf atau angka" in page.words
    page = operator.press(f"Serahkan ke kurir {number}", {f"isi-{number}": "JP 1234 5678"})
    assert "1 pesanan diserahkan." in page.text
    assert state_of(market, number).value == "on_the_way"
    new = day.orders["new"]
    page = operator.press(f"Batalkan, uang kembali penuh {new}")
    assert "1 pesanan dibatalkan" in page.text
    assert state_of(market, new).value == "cancelled"
    waiting = re.search(r"Batalkan semua yang belum dikirim \((\d+)\)", page.words)
    assert waiting is not None
    page = operator.press("Batalkan semua")
    assert f"{waiting[1]} pesanan dibatalkan" in page.text
    assert "belum dikirim (" not in page.words
    assert broken(market) == {}


def test_nobody_acts_for_a_cooperative_that_sells(
    operator: Customer, market: Database, day: BusyDay, engine: str
) -> None:
    operator.go(HERE)
    number = day.orders["new"]
    token = [("csrf_token", dict(operator.page.forms[0].fields)["csrf_token"])]
    for path, data in (
        ("/pesanan", [("satu", number)]),
        ("/pesanan", [("batal", number)]),
        ("/batalkan", []),
    ):
        assert operator.send(HERE + path, [*token, *data]).status == 409
    assert operator.send("/operator/koperasi/tidak-ada/cabut", token).status == 404
    assert state_of(market, number).value == "new"


def test_an_order_of_another_cooperative_is_not_found_there(
    operator: Customer, market: Database, day: BusyDay, engine: str
) -> None:
    operator.go(HERE)
    operator.press("Tangguhkan", {"alasan": WHY})
    token = ("csrf_token", dict(operator.page.forms[0].fields)["csrf_token"])
    assert operator.send(f"{HERE}/pesanan", [token, ("batal", "GYO-26-000001")]).status == 404


def test_a_longer_list_costs_no_more_statements(
    operator: Customer, market: Database, engine: str
) -> None:
    costs = []
    for more in (0, 18):
        for number in range(more):
            make_cooperative(market, f"Z{number:02d}", f"Koperasi Zat {number}")
        with statements(market) as told:
            operator.go("/operator/koperasi")
        costs.append(len(told))
    assert costs[0] == costs[1]
