"""Own delivery and pick-up at the desk: rounds, places, their days and hours."""

from datetime import time

import pytest
from sqlalchemy import select

from shop.core.database.engine import Database
from shop.core.values.money import Rupiah
from shop.people.cooperatives.models import Cooperative
from shop.shipping.rates.actions import change_round
from shop.shipping.rates.models import OwnDelivery, PickupPlace
from shop.shipping.rates.rules import OpenHours
from tests.factories import make_cooperative
from tests.shipping.pricing import HERE, MONDAY, ways
from tests.support.engines import PAGES
from tests.support.visitor import Visitor
from tests.web.markup import Markup

pytestmark = pytest.mark.usefixtures("monday")

ROUND = {
    "nama": "Diantar ke Bandung",
    "wilayah": "Kota Bandung",
    "hari": ["1", "3", "5"],
    "batas_jam": "9.30",
    "ongkir": "8000",
    "gratis_mulai": "150rb",
    "tunai_sampai": "500rb",
    "catatan": "Naik motor",
}
PLACE = {
    "nama": "Rumah sangrai",
    "alamat": "Jl. Danau 18",
    "hari": ["1", "2", "3"],
    "buka": "08.00",
    "tutup": "16:30",
    "batas_jam": "12",
}


@pytest.mark.only_on("sqlite", because=PAGES)
def test_a_round_is_added_changed_and_taken_out(
    db: Database, wati: Visitor, gyo: Cooperative
) -> None:
    assert wati.post(f"{HERE}/antar", data=ROUND).status_code == 303
    with db.reading() as session:
        own = session.scalars(select(OwnDelivery)).one()
    assert (own.weekdays, own.cut_off, own.cash_most) == ("135", time(9, 30), 500_000)
    assert (own.days_least, own.days_most) == (0, 3)
    page = wati.get(f"{HERE}/antar/{own.id}").text
    assert Markup.of(page).faults == []
    assert "32.73 Kota Bandung</textarea>" in page
    assert wati.post(f"{HERE}/antar/{own.id}", data={**ROUND, "ongkir": "9000"}).status_code == 303
    assert ways(db, gyo, "32.73", MONDAY) == {f"own:{own.id}": 9_000}
    wati.post(f"{HERE}/antar/{own.id}/pakai", data={"buka": "0"})
    assert ways(db, gyo, "32.73", MONDAY) == {}
    wati.post(f"{HERE}/antar/{own.id}/pakai", data={"buka": "1"})
    assert ways(db, gyo, "32.73", MONDAY) == {f"own:{own.id}": 9_000}


@pytest.mark.only_on("sqlite", because=PAGES)
def test_a_pickup_place_is_added_changed_and_taken_out(
    db: Database, wati: Visitor, gyo: Cooperative
) -> None:
    assert wati.post(f"{HERE}/ambil", data=PLACE).status_code == 303
    with db.reading() as session:
        place = session.scalars(select(PickupPlace)).one()
    assert place.hours == "Senin–Rabu 08.00–16.30"
    assert Markup.of(wati.get(f"{HERE}/ambil/{place.id}").text).faults == []
    wati.post(f"{HERE}/ambil/{place.id}/pakai", data={"buka": "0"})
    assert ways(db, gyo, "32.73", MONDAY) == {}
    assert "tidak ditawarkan" in wati.get(HERE).text


@pytest.mark.only_on("sqlite", because=PAGES)
@pytest.mark.parametrize(
    ("page", "sent", "wrong", "said"),
    [
        ("antar", ROUND, {"hari": []}, "paling sedikit satu hari"),
        ("antar", ROUND, {"hari": ["8"]}, "paling sedikit satu hari"),
        ("antar", ROUND, {"batas_jam": "25.00"}, "misalnya 11.00"),
        ("antar", ROUND, {"gratis_mulai": "0"}, "di atas nol"),
        ("antar", ROUND, {"tunai_sampai": "Rp0"}, "di atas nol"),
        ("antar", ROUND, {"wilayah": "Atlantis"}, "Tidak ketemu"),
        ("ambil", PLACE, {"tutup": "07.00"}, "sesudah jam buka"),
        ("ambil", PLACE, {"alamat": ""}, "Tulis alamatnya"),
    ],
)
def test_a_wrong_round_or_place_is_refused_in_words(
    db: Database,
    wati: Visitor,
    page: str,
    sent: dict[str, object],
    wrong: dict[str, object],
    said: str,
) -> None:
    answer = wati.post(f"{HERE}/{page}", data={**sent, **wrong})
    assert (answer.status_code, said in answer.text) == (422, True)
    assert Markup.of(answer.text).faults == []
    with db.reading() as session:
        assert not session.scalars(select(OwnDelivery)).all()
        assert not session.scalars(select(PickupPlace)).all()


@pytest.mark.only_on("sqlite", because=PAGES)
def test_anothers_round_does_not_exist_here(db: Database, wati: Visitor, gyo: Cooperative) -> None:
    kintamani = make_cooperative(db, "KIN", "Koperasi Kintamani")
    with db.writing() as session:
        foreign = change_round(
            session,
            cooperative_id=kintamani.id,
            round_id=None,
            name="Milik lain",
            areas=["32.73"],
            fee=Rupiah(5_000),
            free_from=None,
            weekdays="1",
            cut_off=time(9),
            days=(0, 7),
            cash_most=None,
            note=None,
        ).id
    for path, data in (
        (f"{HERE}/antar/{foreign}", ROUND),
        (f"{HERE}/antar/{foreign}/pakai", {"buka": "0"}),
        (f"{HERE}/ambil/{foreign}", PLACE),
        (f"{HERE}/ambil/9/pakai", {"buka": "0"}),
    ):
        assert wati.post(path, data=data).status_code == 404, path
    assert ways(db, kintamani, "32.73", MONDAY) == {f"own:{foreign}": 5_000}
    del gyo


def test_hours_are_written_as_people_say_them() -> None:
    for days, said in (
        ("123456", "Senin–Sabtu"),
        ("135", "Senin, Rabu, Jumat"),
        ("1234567", "Setiap hari"),
        ("6", "Sabtu"),
    ):
        hours = OpenHours(days, time(8), time(16, 30), time(12))
        assert hours.written == f"{said} 08.00–16.30"
