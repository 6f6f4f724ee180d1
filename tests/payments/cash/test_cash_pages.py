"""Cash on the pages: at checkout, at the desk, with the treasurer, and who may what."""

import urllib.parse

import pytest
from flask import Flask
from sqlalchemy import select

from shop.core.database.engine import Database
from shop.core.values import clock
from shop.people.accounts.models import Person
from shop.people.cooperatives.rules import Role
from shop.sales.orders.models import Order, OrderState
from shop.web.security.csrf import SIGN_IN_COOKIE
from tests.checkout.conftest import Market
from tests.checkout.shopping import TYPED, fill_cart
from tests.factories import NOON, make_person, make_seat
from tests.fulfilment.paid import Desk, broken, state_of
from tests.payments.cash.door import bring, due_of, make_door, order_for_cash, take, take_cash
from tests.support.customer import Customer, InProcess
from tests.support.engines import PAGES
from tests.support.entering import sign_in
from tests.support.statements import statements

pytestmark = pytest.mark.only_on("sqlite", because=PAGES)


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOON)


@pytest.fixture
def door(db: Database) -> Market:
    return make_door(db)


@pytest.fixture
def desk(db: Database, door: Market) -> Desk:
    return Desk(db, door.gayo.cooperative.id)


def seated(app: Flask, db: Database, door: Market, role: Role) -> Customer:
    """Somebody with a role at Gayo's desk."""
    person = make_person(db, role.value)
    make_seat(db, door.gayo.cooperative, person, role)
    return entered(app, db, person)


def entered(app: Flask, db: Database, person: Person) -> Customer:
    secret = sign_in(app.test_client(), db, person)
    return Customer(InProcess(app), {SIGN_IN_COOKIE: secret})


def here(door: Market, path: str) -> str:
    return f"/kelola/{door.gayo.cooperative.slug}/{path}"


def test_from_the_checkout_over_the_counter_into_the_drawer(
    app: Flask, db: Database, door: Market
) -> None:
    sari = Customer(InProcess(app))
    fill_cart(sari, {door.gayo: 2})
    page = sari.go("/checkout")
    pickup = next(
        one.attrs["value"]
        for one in page.markup.all("input", type="radio")
        if one.attrs["value"].startswith("pickup")
    )
    way = f"kirim-{door.gayo.cooperative.id}"
    page = sari.press("Hitung ulang", {**TYPED, way: pickup})
    assert "Tunai saat paket diterima atau diambil" in page.words
    page = sari.press("Hitung ulang", {"cara": "cod"})
    page = sari.press("Pesan, bayar tunai Rp90.000", {"nama": "Sari Dewi", "wa": TYPED["wa"]})
    assert page.path.startswith("/pembelian/")
    assert "Terima kasih, pesanan Anda tercatat" in page.words
    assert "Bayar tunai Rp90.000 saat mengambil." in page.words
    assert "Dipesan" in page.words
    number = next(a.text for a in page.markup.all("a") if a.text.startswith("GYO-"))

    wati = seated(app, db, door, Role.MANAJER)
    page = wati.go(here(door, f"pesanan/{number}"))
    assert "Pastikan dulu ke pembeli" in page.words
    asks = next(a for a in page.markup.all("a") if "Tanya lewat WhatsApp" in a.text)
    assert "balas YA" in urllib.parse.unquote(asks.attrs["href"])
    wati.press("Pembeli menjawab YA")
    wati.press("Terima pesanan")
    page = wati.press("Selesai dikemas")
    with db.reading() as session:
        code = session.scalar(select(Order.pickup_code).where(Order.number == number))
    page = wati.press("Serahkan ke pembeli", {"kode": code or "", "tunai": "80rb"})
    assert page.status == 422
    assert "Yang harus diterima Rp90.000" in page.words
    page = wati.press("Serahkan ke pembeli", {"kode": code or "", "tunai": "Rp90.000"})
    assert state_of(db, number) is OrderState.ARRIVED

    made = seated(app, db, door, Role.BENDAHARA)
    page = made.go(here(door, "kas"))
    assert "Belum diserahkan ke bendahara" in page.words
    page = made.press("Masuk laci")
    assert f"Rp90.000 dari {number} masuk laci." in page.words
    assert broken(db) == {}


def test_the_board_leads_to_the_page_where_the_money_is_counted(
    app: Flask, db: Database, door: Market, desk: Desk
) -> None:
    (number,) = order_for_cash(db, {door.gayo: 1})
    wati = seated(app, db, door, Role.MANAJER)
    page = wati.go(here(door, "pesanan"))
    assert "Tunai Rp45.000, belum dibayar" in page.words
    assert "Pastikan ke pembeli" in page.words
    bring(db, desk, number)
    page = wati.go(here(door, "pesanan?tahap=siap"))
    assert "Terima uangnya" in page.words


def test_only_the_treasurer_puts_money_into_the_drawer(
    app: Flask, db: Database, door: Market, desk: Desk
) -> None:
    (number,) = order_for_cash(db, {door.gayo: 1})
    bring(db, desk, number)
    take(db, desk, number)
    for role in (Role.MANAJER, Role.KETUA, Role.PENGAWAS):
        page = seated(app, db, door, role).go(here(door, "kas"))
        assert page.status == 200
        assert "Masuk laci" not in page.words
    packer = seated(app, db, door, Role.PENGEMAS)
    assert packer.go(here(door, "kas")).status == 403


def test_another_cooperatives_treasurer_finds_nothing(
    app: Flask, db: Database, door: Market, desk: Desk
) -> None:
    (number,) = order_for_cash(db, {door.gayo: 1})
    bring(db, desk, number)
    take(db, desk, number)
    made = make_person(db, "Pak Made")
    make_seat(db, door.kintamani.cooperative, made, Role.BENDAHARA)
    stranger = entered(app, db, made)
    own = f"/kelola/{door.kintamani.cooperative.slug}/kas"
    token = stranger.go(own).markup.all("input", name="csrf_token")
    data = [("csrf_token", token[0].attrs["value"])] if token else []
    assert stranger.go(here(door, "kas")).status == 404
    assert stranger.send(f"{own}/{number}/terima", data).status == 404
    assert stranger.send(here(door, f"kas/{number}/terima"), data).status == 404
    assert due_of(db, number).handed_at is None


def test_a_manager_sets_the_limits_and_reads_what_is_wrong(
    app: Flask, db: Database, door: Market
) -> None:
    wati = seated(app, db, door, Role.MANAJER)
    wati.go(here(door, "kas/batas"))
    page = wati.press("Simpan", {"ambil": "20jt", "berat": "satu ton"})
    assert page.status == 422
    assert "Tulis dari Rp1 sampai Rp10.000.000" in page.words
    assert "Tulis beratnya" in page.words
    assert page.markup.all("input", name="berat")[0].attrs["value"] == "satu ton"
    page = wati.press("Simpan", {"ambil": "250rb", "berat": "5 kg"})
    assert "Tersimpan" in page.words
    assert page.markup.all("input", name="ambil")[0].attrs["value"] == "Rp250.000"


def test_the_list_costs_the_same_statements_for_two_and_for_twenty(
    app: Flask, db: Database, door: Market
) -> None:
    with db.writing() as session:
        take_cash(session, door.gayo)
    made = seated(app, db, door, Role.BENDAHARA)
    counts = []
    for rows in (2, 18):
        for number in range(rows):
            order_for_cash(db, {door.gayo: 1}, phone=f"+62812{rows:02d}{number:06d}")
        with statements(db) as found:
            made.go(here(door, "kas?lihat=belum"))
        counts.append(len(found))
    assert counts[0] == counts[1]
