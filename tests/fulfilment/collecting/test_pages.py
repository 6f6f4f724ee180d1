"""The member's page, the collection list and what is received at the desk, as people open them."""

import html
import re
from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from shop.core.database.engine import Database
from shop.fulfilment.collecting.actions import Brought
from shop.fulfilment.collecting.models import CollectionDays
from shop.people.accounts.models import Person
from shop.people.accounts.queries import Known
from shop.people.cooperatives.models import Member, Role
from shop.people.sign_in.actions import start_session
from shop.services.audit.models import AuditEvent
from shop.web.security.csrf import SIGN_IN_COOKIE
from tests.factories import NOON, Goods, make_cooperative, make_goods, make_person, make_seat
from tests.fulfilment.collecting.brought import Village, key_of
from tests.fulfilment.collecting.test_bringing import make_perishable
from tests.fulfilment.paid import Desk, make_paid
from tests.support.engines import PAGES
from tests.support.entering import sign_in
from tests.support.reading import Reading
from tests.support.visitor import Visitor

pytestmark = pytest.mark.only_on("sqlite", because=PAGES)


@pytest.fixture(autouse=True)
def monday(app: Flask) -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def kopi(db: Database) -> Goods:
    return make_goods(db, on_hand=40, maker=make_person(db, "Ani", "ani@gayo.example"))


@pytest.fixture
def number(db: Database, kopi: Goods) -> str:
    """An accepted order of Sari's over three packs."""
    number = make_paid(db, {kopi: 3}).numbers[0]
    Desk(db, kopi.cooperative.id).accept_all(number)
    return number


def as_maker(db: Database, client: Visitor, goods: Goods, *, by_pin: bool = False) -> Visitor:
    with db.writing() as session:
        member = session.get_one(Member, goods.member_id)
        person = session.get_one(Person, member.person_id)
        secret = start_session(
            session,
            Known(person.id, None, person.generation),
            now=NOON,
            is_borrowed=by_pin,
            by_pin=by_pin,
        )
    client.set_cookie(SIGN_IN_COOKIE, secret)
    return client


def at_desk(db: Database, client: Visitor, goods: Goods, role: Role = Role.MANAJER) -> Visitor:
    wati = make_person(db, "Wati", f"{role}@gayo.example")
    make_seat(db, goods.cooperative, wati, role)
    sign_in(client, db, wati)
    return client


def place_of(db: Database, goods: Goods) -> str:
    with db.reading() as session:
        code = session.scalars(select(Member.code).where(Member.id == goods.member_id)).one()
    return f"/kelola/{goods.cooperative.slug}/kumpulkan/{code}"


@pytest.mark.parametrize("by_pin", [False, True])
def test_a_member_reads_what_to_make_and_says_that_it_is_ready(
    db: Database, client: Visitor, kopi: Goods, village: Village, number: str, by_pin: bool
) -> None:
    ani = as_maker(db, client, kopi, by_pin=by_pin)
    page = ani.get("/lapak/siapkan").text
    assert "<b>3 ×</b>" in page
    assert number in page
    read = Reading.of(page).text
    assert "Sari" not in read
    assert "Rp" not in read
    answer = ani.post("/lapak/siapkan", data={"baris": key_of(number)})
    assert answer.status_code == 303
    assert village.lines()[0].is_ready
    assert "Belum siap" in ani.get("/lapak/siapkan").text
    ani.post("/lapak/siapkan", data={"baris": key_of(number), "batal": "1"})
    assert not village.lines()[0].is_ready


def test_lines_of_others_are_nowhere_for_a_member(
    db: Database, client: Visitor, kopi: Goods, number: str
) -> None:
    teh = make_goods(db, kopi.cooperative)
    foreign = make_paid(db, {teh: 1}).numbers[0]
    ani = as_maker(db, client, kopi)
    for key in (key_of(foreign), "\x00", "x" * 10_000, "GYO-26-000001.1.1"):
        assert ani.post("/lapak/siapkan", data={"baris": key}).status_code == 404


def test_the_list_says_who_gives_what_along_on_which_day(
    db: Database, client: Visitor, kopi: Goods, number: str
) -> None:
    with db.writing() as session:
        session.get_one(Member, kopi.member_id).village = "Bebesen"
    wati = at_desk(db, client, kopi)
    here = f"/kelola/{kopi.cooperative.slug}/kumpulkan"
    page = wati.get(here).text
    assert "Hari ambil belum diisi" in page
    answer = wati.post(f"{here}/hari", data={"hari": ["5|", "2|Bebesen"]})
    assert answer.status_code == 303
    page = wati.get(here).text
    assert "Selasa, 24 November 2026" in page
    assert "Bebesen" in page
    assert "Sari" not in page
    assert 'value="2|Bebesen" checked' in wati.get(f"{here}/hari").text


@pytest.mark.parametrize("typed", ["8|", "x", "2|Atlantis", "12|", "\x00|", "5|" + "x" * 10_000])
def test_days_that_are_none_are_refused(
    db: Database, client: Visitor, kopi: Goods, typed: str
) -> None:
    wati = at_desk(db, client, kopi)
    here = f"/kelola/{kopi.cooperative.slug}/kumpulkan/hari"
    assert wati.post(here, data={"hari": typed}).status_code == 422
    with db.reading() as session:
        assert session.scalars(select(CollectionDays)).all() == []


def test_packs_are_received_with_count_condition_and_a_new_code(
    db: Database, client: Visitor, kopi: Goods, village: Village, number: str
) -> None:
    make_perishable(db, kopi)
    wati, place, prefix = at_desk(db, client, kopi), place_of(db, kopi), f"{number}-1-"
    assert f'name="{prefix}jumlah"' in wati.get(place).text
    typed = {
        "baris": key_of(number),
        f"{prefix}sudah": "0",
        f"{prefix}jumlah": "2",
        f"{prefix}ditolak": "1",
        f"{prefix}sebab": "wet",
        f"{prefix}kode": "baru",
        f"{prefix}kode_baru": "GYO261120A",
        f"{prefix}dibuat": "2026-11-20",
        f"{prefix}banyak": "50",
    }
    assert wati.post(f"{place}/terima", data=typed).status_code == 303
    (receipt,) = village.receipts()
    assert (receipt.packs, receipt.turned_away) == (2, 1)
    page = wati.get(place).text
    assert "Masih kurang 1" in page
    assert "kode GYO261120A" in page
    assert "Kurang 1 dari 3" in page


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("jumlah", "lima", "Tulis angka bulat dari 0"),
        ("jumlah", "9", "hanya menunggu 3 kemasan"),
        ("jumlah", "0", "Tulis berapa kemasan yang datang"),
        ("ditolak", "1", "Pilih sebabnya"),
        ("sebab", "wet", "Tulis berapa kemasan yang tidak layak"),
        ("kode", "", "pilih kode produksinya"),
        ("kode", "baru", "Tulis kode yang dicap"),
        ("sudah", "2", "Orang lain baru mencatat"),
    ],
)
def test_what_is_typed_wrong_keeps_all_of_it_and_says_what_is_right(
    db: Database,
    client: Visitor,
    kopi: Goods,
    village: Village,
    number: str,
    field: str,
    typed: str,
    sentence: str,
) -> None:
    make_perishable(db, kopi)
    village.batch("GYO-A")
    wati, place, prefix = at_desk(db, client, kopi), place_of(db, kopi), f"{number}-1-"
    sent = {"baris": key_of(number), "sudah": "0", "jumlah": "1", "kode": "GYO-A", field: typed}
    answer = wati.post(
        f"{place}/terima",
        data={name if name == "baris" else prefix + name: value for name, value in sent.items()},
    )
    assert answer.status_code == 422
    assert sentence in html.unescape(answer.text)
    assert village.receipts() == []
    if field in ("jumlah", "ditolak"):
        assert re.search(rf'name="{prefix}{field}"[^>]*value="{typed}"', answer.text)


def test_a_member_without_a_phone_is_acted_for_at_the_desk(
    db: Database, client: Visitor, kopi: Goods, village: Village, number: str
) -> None:
    wati, place = at_desk(db, client, kopi), place_of(db, kopi)
    assert wati.post(f"{place}/siap", data={"baris": key_of(number)}).status_code == 303
    assert village.lines()[0].is_ready
    with db.reading() as session:
        event = session.scalars(select(AuditEvent).where(AuditEvent.action == "line.ready")).one()
    assert (event.after or {})["by_desk"] is True
    assert event.actor_id is not None


def test_another_desk_finds_nothing_and_who_only_looks_changes_nothing(
    db: Database, client: Visitor, kopi: Goods, village: Village, number: str
) -> None:
    place, act = place_of(db, kopi), {"baris": key_of(number)}
    stranger = make_goods(db, make_cooperative(db, "KPS", "Koperasi Kintamani"))
    made = at_desk(db, client, stranger)
    own = place.replace(kopi.cooperative.slug, stranger.cooperative.slug)
    for path in (place, own):
        assert made.get(path).status_code == 404
        for step in ("siap", "terima"):
            assert made.post(f"{path}/{step}", data=act).status_code == 404
    there = place_of(db, stranger)
    assert made.post(f"{there}/siap", data=act).status_code == 404
    assert made.post(f"{there}/terima", data=act).status_code == 404
    supervisor = at_desk(db, client, kopi, Role.PENGAWAS)
    assert supervisor.get(place).status_code == 200
    assert supervisor.post(f"{place}/siap", data=act).status_code == 403
    assert village.lines()[0].received == 0


def test_what_all_came_stands_apart(
    db: Database, client: Visitor, kopi: Goods, village: Village, number: str
) -> None:
    village.receive(key_of(number), Brought(3))
    ani = as_maker(db, client, kopi)
    page = ani.get("/lapak/siapkan").text
    assert "1 barang sudah diterima koperasi" in page
    assert "Tidak ada yang perlu disiapkan" in page
