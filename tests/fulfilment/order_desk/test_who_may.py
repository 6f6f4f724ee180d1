"""Who may look at orders and shelves, and who may touch them: by role, by cooperative."""

from collections.abc import Mapping
from typing import NamedTuple

import pytest
from flask import Flask

from shop.core.database.engine import Database
from shop.core.values import clock
from shop.people.accounts.actions import give_operator_right
from shop.people.accounts.models import OperatorRight, Person
from shop.people.cooperatives.rules import Role
from shop.sales.orders.models import OrderState
from tests.factories import NOON, Goods, make_cooperative, make_goods, make_person, make_seat
from tests.fulfilment.paid import make_paid, state_of
from tests.support.engines import PAGES
from tests.support.entering import sign_in
from tests.support.visitor import Visitor

ANONYMOUS, SHOPPER, OPERATOR, FOREIGN = "anonymous", "shopper", "operator", "foreign manager"
EVERYBODY = (ANONYMOUS, SHOPPER, OPERATOR, FOREIGN, *(role.value for role in Role))
KETUA, BENDAHARA, MANAJER, PENGEMAS, PENGAWAS, ANGGOTA = (role.value for role in Role)
READS = {KETUA, BENDAHARA, MANAJER, PENGEMAS, PENGAWAS}
RUNS = {KETUA, MANAJER}
PACKS = {*RUNS, PENGEMAS}
HOME = "/kelola/koperasi-gyo"


class Market(NamedTuple):
    """Koperasi Gayo with one person in each role, one paid order, and a neighbour."""

    people: Mapping[str, Person]
    kopi: Goods
    number: str


@pytest.fixture
def market(app: Flask, db: Database, monkeypatch: pytest.MonkeyPatch) -> Market:
    monkeypatch.setattr(clock, "now", lambda: NOON)
    kopi = make_goods(db, on_hand=50)
    kintamani = make_cooperative(db, "KPS", "Koperasi Kintamani")
    people = {who: make_person(db, who) for who in EVERYBODY if who != ANONYMOUS}
    for role in Role:
        make_seat(db, kopi.cooperative, people[role.value], role)
    make_seat(db, kintamani, people[FOREIGN], Role.MANAJER)
    with db.writing() as session:
        for right in OperatorRight:
            give_operator_right(session, people[OPERATOR].id, right, NOON)
    return Market(people, kopi, make_paid(db, {kopi: 1}).numbers[0])


def visitor(app: Flask, db: Database, market: Market, who: str) -> Visitor:
    client = app.test_client()
    assert isinstance(client, Visitor)
    if who != ANONYMOUS:
        sign_in(client, db, market.people[who])
    return client


def expected(who: str, may: set[str]) -> set[int]:
    """303 leads strangers to the sign-in; a member without the right is told so."""
    if who == ANONYMOUS:
        return {303}
    if who in (SHOPPER, OPERATOR, FOREIGN):
        return {404}
    return {200, 303, 409, 422} if who in may else {403}


@pytest.mark.only_on("sqlite", because=PAGES)
@pytest.mark.parametrize("who", EVERYBODY)
def test_every_page_and_every_step_is_for_its_roles_alone(
    app: Flask, db: Database, market: Market, who: str
) -> None:
    one = f"{HOME}/pesanan/{market.number}"
    looks = ("/pesanan", "/pesanan?cari=sari", "/pesanan/daftar-ambil", "/produk")
    shelf = f"{HOME}/produk/{market.kopi.sku}/stok"
    client = visitor(app, db, market, who)
    for address in (*(HOME + look for look in looks), one, shelf):
        answer = client.get(address)
        assert answer.status_code in expected(who, READS), address
        if who not in READS:
            assert market.kopi.name not in answer.text
    for look in ("rute", "ambil", "resi", "resi.csv"):
        answer = client.get(f"{HOME}/pesanan/{look}")
        assert answer.status_code in expected(who, {*PACKS, PENGAWAS}), look
    steps = {
        f"{HOME}/pesanan/terima": RUNS,
        f"{HOME}/pesanan/kemas": PACKS,
        f"{HOME}/pesanan/serahkan": PACKS,
        f"{HOME}/pesanan/tiba": PACKS,
        f"{HOME}/pesanan/urung": PACKS,
        f"{HOME}/pesanan/resi": PACKS,
        f"{HOME}/pesanan/ambil": PACKS,
        f"{HOME}/pesanan/chat": RUNS,
        f"{one}/tolak": RUNS,
        f"{one}/batal": RUNS,
        f"{one}/siap": PACKS,
        f"{one}/serahkan": PACKS,
        f"{one}/tiba": PACKS,
        f"{one}/gagal": PACKS,
        f"{one}/antar-lagi": PACKS,
        f"{one}/kembali": RUNS,
        f"{one}/terima": RUNS,
        shelf: RUNS,
    }
    for address, may in steps.items():
        assert client.post(address).status_code in expected(who, may), address
    assert state_of(db, market.number) is OrderState.NEW


@pytest.mark.only_on("sqlite", because=PAGES)
def test_another_cooperatives_order_is_as_unknown_as_none(
    app: Flask, db: Database, market: Market
) -> None:
    pak_made = visitor(app, db, market, FOREIGN)
    desk = "/kelola/koperasi-kps/pesanan"
    for number in (market.number, "GYO-26-999999", "KPS-26-000001", "ngawur", "x" * 300):
        assert pak_made.get(f"{desk}/{number}").status_code == 404
        for step in ("terima", "tolak", "batal", "siap", "serahkan", "tiba", "gagal", "kembali"):
            sent = {"kirim-1": "1", "alasan": "short", "resi": "JP12345678", "kurir": "J"}
            assert pak_made.post(f"{desk}/{number}/{step}", data=sent).status_code == 404
        for step in ("terima", "kemas", "serahkan", "tiba"):
            for name in ("satu", "pesanan"):
                assert pak_made.post(f"{desk}/{step}", data={name: number}).status_code == 404
        assert number not in pak_made.get(f"{desk}?tahap=baru").text
    found = pak_made.get(desk, query_string={"cari": market.number})
    assert "Tidak ketemu" in found.text
    shelf = f"/kelola/koperasi-kps/produk/{market.kopi.sku}/stok"
    assert pak_made.get(shelf).status_code == 404
    assert pak_made.post(shelf, data={"jumlah": "1", "alasan": "counted"}).status_code == 404
    assert market.kopi.sku not in pak_made.get("/kelola/koperasi-kps/produk").text
    assert state_of(db, market.number) is OrderState.NEW


@pytest.mark.only_on("sqlite", because=PAGES)
def test_who_only_reads_sees_a_first_name_and_no_phone_and_no_buttons(
    app: Flask, db: Database, market: Market
) -> None:
    from shop.people.accounts.models import Contact
    from shop.sales.orders.models import Order, Purchase

    with db.writing() as session:
        order = session.query(Order).filter_by(number=market.number).one()
        contact_id = session.get_one(Purchase, order.purchase_id).contact_id
        session.get_one(Contact, contact_id).name = "Sari Puspita"
    one = f"{HOME}/pesanan/{market.number}"
    for who in (BENDAHARA, PENGAWAS):
        reader = visitor(app, db, market, who)
        for page in (reader.get(one).text, reader.get(f"{HOME}/pesanan?tahap=baru").text):
            assert "Sari" in page
            assert "Puspita" not in page
            assert "wa.me" not in page
            assert '<form action="/kelola' not in page or 'method="post"' not in page
        assert "Tidak ketemu" in reader.get(f"{HOME}/pesanan?cari=puspita").text
    packer = visitor(app, db, market, PENGEMAS).get(one).text
    assert "Sari Puspita" in packer
    assert "https://wa.me/" in packer
    assert f"{one}/terima" not in packer
    assert "Uang</h2>" not in packer
