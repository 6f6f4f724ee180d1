"""Counting shelves at the desk."""

import pytest
from sqlalchemy import select

from shop.catalog.inventory.queries import Shelf
from shop.core.database.engine import Database
from shop.people.cooperatives.rules import Role
from shop.services.audit.models import AuditEvent
from tests.factories import Goods, make_goods, make_person, make_purchase, make_seat, shelf
from tests.support.engines import PAGES
from tests.support.entering import sign_in
from tests.support.visitor import Visitor
from tests.web.markup import Markup

pytestmark = pytest.mark.only_on("sqlite", because=PAGES)

LIST = "/kelola/koperasi-gyo/produk"


@pytest.fixture
def kopi(db: Database) -> Goods:
    return make_goods(db, on_hand=10)


@pytest.fixture
def wati(db: Database, client: Visitor, kopi: Goods) -> Visitor:
    person = make_person(db, "Bu Wati")
    make_seat(db, kopi.cooperative, person, Role.MANAJER)
    sign_in(client, db, person)
    return client


def test_a_count_with_its_reason_is_kept_with_who_counted(
    db: Database, wati: Visitor, kopi: Goods
) -> None:
    address = f"{LIST}/{kopi.sku}/stok"
    sent = {"jumlah": "14", "alasan": "produced", "lihat": "10"}
    for _ in range(2):  # a second click finds it done
        assert wati.post(address, data=sent).status_code == 303
    assert shelf(db, kopi) == Shelf(on_hand=14, reserved=0)
    page = wati.get(address).text
    assert Markup.of(page).faults == []
    assert page.count("Barang baru masuk<br>") == 1
    assert "+4" in page
    assert "Bu Wati" in page
    with db.reading() as session:
        assert session.scalars(select(AuditEvent.action)).all().count("stock.adjusted") == 1


def test_a_count_below_what_is_held_is_refused_with_the_numbers(
    db: Database, wati: Visitor, kopi: Goods
) -> None:
    make_purchase(db, {kopi: 6})
    page = wati.post(
        f"{LIST}/{kopi.sku}/stok", data={"jumlah": "5", "alasan": "lost", "lihat": "10"}
    )
    assert page.status_code == 422
    assert Markup.of(page.text).faults == []
    assert "6 bungkus sedang ditahan" in page.text
    assert 'value="5"' in page.text
    assert shelf(db, kopi) == Shelf(on_hand=10, reserved=6)


def test_a_sale_between_look_and_count_is_not_counted_over(
    db: Database, wati: Visitor, kopi: Goods
) -> None:
    address = f"{LIST}/{kopi.sku}/stok"
    page = wati.post(address, data={"jumlah": "12", "alasan": "counted", "lihat": "11"})
    assert (page.status_code, "sekarang 10" in page.text) == (422, True)
    assert 'name="lihat" type="hidden" value="10"' in page.text
    assert shelf(db, kopi).on_hand == 10


def test_what_is_no_count_is_refused_in_words(db: Database, wati: Visitor, kopi: Goods) -> None:
    for typed in ("", "-1", "1.5", "9" * 21, "dua", "٣", "1e3"):
        sent = {"jumlah": typed, "alasan": "counted", "lihat": "10"}
        page = wati.post(f"{LIST}/{kopi.sku}/stok", data=sent)
        assert (page.status_code, 'href="#jumlah"' in page.text) == (422, True), typed
    assert shelf(db, kopi).on_hand == 10


def test_only_the_listed_reasons_are_taken(db: Database, wati: Visitor, kopi: Goods) -> None:
    for reason in ("sold", "opening", "bohong"):
        sent = {"jumlah": "3", "alasan": reason, "lihat": "10"}
        assert wati.post(f"{LIST}/{kopi.sku}/stok", data=sent).status_code == 422
    assert shelf(db, kopi).on_hand == 10


def test_the_list_finds_goods_and_shows_what_runs_out(
    db: Database, wati: Visitor, kopi: Goods
) -> None:
    empty = make_goods(db, kopi.cooperative, on_hand=0, name="Madu Hutan")
    page = wati.get(LIST).text
    assert Markup.of(page).faults == []
    assert "Habis" in page
    low = wati.get(f"{LIST}?stok=menipis").text
    assert empty.sku in low
    assert kopi.sku not in low
    for text in ("madu", empty.sku.lower()):
        found = wati.get(LIST, query_string={"cari": text}).text
        assert empty.sku in found
        assert f">{kopi.sku} ·" not in found
    assert "Tidak ketemu" in wati.get(f"{LIST}?cari=%25").text
    assert wati.get(f"{LIST}/TIDAK-ADA/stok").status_code == 404
    assert wati.get(f"{LIST}?setelah=rusak").status_code == 200


def test_the_code_of_a_purchase_is_never_shown_in_the_history(
    db: Database, wati: Visitor, kopi: Goods
) -> None:
    from tests.fulfilment.paid import make_paid

    placed = make_paid(db, {kopi: 1})
    page = wati.get(f"{LIST}/{kopi.sku}/stok").text
    assert "Terjual" in page
    assert placed.code not in page
