"""Bulk shipping: a pasted or uploaded list is looked at first, and its right rows go."""

from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from flask import Flask
from openpyxl import Workbook
from sqlalchemy import select

from shop.core.database.engine import Database
from shop.core.formats.excel_files import MAX_UNPACKED
from shop.people.accounts.models import Contact
from shop.people.cooperatives.rules import Role
from shop.sales.orders.models import Order, OrderState, Parcel
from shop.sales.orders.rules import DeliveryKind
from shop.web.http import app_state
from tests.factories import Goods, make_cooperative, make_goods, make_person, make_seat
from tests.fulfilment.paid import HOME, Desk, broken, paid_by, state_of
from tests.support.effort import effort
from tests.support.engines import PAGES
from tests.support.entering import sign_in
from tests.support.statements import statements
from tests.support.visitor import Visitor
from tests.web.markup import Markup

pytestmark = pytest.mark.usefixtures("noon")

RESI = f"{HOME}/resi"
ROWS = effort("TRACKING_ROWS", short=6, soak=50)
"""Orders of the long list; the whole is 50."""


@pytest.fixture
def wati(db: Database, client: Visitor, kopi: Goods) -> Visitor:
    person = make_person(db, "Bu Wati")
    make_seat(db, kopi.cooperative, person, Role.PENGEMAS)
    sign_in(client, db, person)
    return client


def ready(db: Database, goods: Goods, count: int) -> list[str]:
    numbers = [paid_by(db, goods) for _ in range(count)]
    for number in numbers:
        Desk(db, goods.cooperative.id).make_ready(number)
    return numbers


def send(visitor: Visitor, text: str) -> tuple[int, str]:
    """Look at a list and say yes to what was shown."""
    shown = visitor.post(RESI, data={"daftar": text, "lihat": "1"})
    seen = next(
        one.attrs["value"]
        for one in Markup.of(shown.text).all("input")
        if one.attrs.get("name") == "dilihat"
    )
    done = visitor.post(RESI, data={"daftar": text, "dilihat": seen, "kirim": "1"})
    return done.status_code, done.text


def numbers_used(db: Database) -> dict[str, str]:
    with db.reading() as session:
        found = session.execute(
            select(Order.number, Parcel.tracking_number).join(Parcel, Parcel.order_id == Order.id)
        )
        return {number: tracking or "" for number, tracking in found}


@pytest.mark.soak
@pytest.mark.only_on("sqlite", because=PAGES)
def test_one_bad_row_among_many_stays_and_the_others_go(
    db: Database, wati: Visitor, kopi: Goods
) -> None:
    numbers = ready(db, kopi, ROWS)
    lines = [f"{number};JP{place:08}" for place, number in enumerate(numbers, start=1)]
    lines[2] = f"{numbers[2]};x!"
    shown = wati.post(RESI, data={"daftar": "\n".join(lines), "lihat": "1"})
    assert (shown.status_code, numbers_used(db)) == (422, {})
    assert Markup.of(shown.text).faults == []
    status, page = send(wati, "\n".join(lines))
    assert status == 422
    assert f"{ROWS - 1} paket diserahkan" in page
    assert "Nomor resi berisi 5 sampai 40" in page
    (box,) = Markup.of(page).all("textarea")
    assert box.text.strip() == f"{numbers[2]};x!"
    assert numbers_used(db) == {
        number: f"JP{place:08}"
        for place, number in enumerate(numbers, start=1)
        if number != numbers[2]
    }
    assert send(wati, f"{numbers[2]};JP00000003")[0] == 303
    assert len(numbers_used(db)) == ROWS
    assert broken(db) == {}


@pytest.mark.only_on("sqlite", because=PAGES)
def test_another_cooperatives_order_is_refused_as_if_there_were_none(
    db: Database, wati: Visitor, kopi: Goods
) -> None:
    (own,) = ready(db, kopi, 1)
    (foreign,) = ready(db, make_goods(db, make_cooperative(db, "KTM")), 1)
    status, page = send(wati, f"{foreign} JP11111111\n{own} JP22222222\nGYO-26-999999 JP33333333")
    assert status == 422
    assert page.count("Tidak ada pesanan ini di koperasi Anda") == 2
    assert state_of(db, foreign) is OrderState.READY
    assert numbers_used(db) == {own: "JP22222222"}


@pytest.mark.only_on("sqlite", because=PAGES)
def test_a_number_used_twice_is_warned_about_and_goes_when_it_was_looked_at(
    db: Database, wati: Visitor, kopi: Goods, gayo: Desk
) -> None:
    sent = paid_by(db, kopi)
    gayo.ship(sent, "JP99999999")
    one, two, three = ready(db, kopi, 3)
    text = f"{one} JP11111111\n{two} JP11111111\n{three} JP99999999"
    page = wati.post(RESI, data={"daftar": text, "lihat": "1"})
    assert page.status_code == 200
    assert page.text.count("Resi dipakai dua kali") == 3
    assert f"sudah dipakai {sent}" in page.text
    assert send(wati, text)[0] == 303
    assert state_of(db, two) is OrderState.ON_THE_WAY


@pytest.mark.only_on("sqlite", because=PAGES)
def test_an_order_of_another_way_or_another_stage_is_named(
    db: Database, wati: Visitor, kopi: Goods, gayo: Desk
) -> None:
    fetched, new = paid_by(db, kopi, DeliveryKind.PICKUP), paid_by(db, kopi)
    gayo.make_ready(fetched)
    status, page = send(wati, f"{fetched};JP11111111\n{new};JP22222222")
    assert status == 422
    assert "tidak lewat kurir" in page
    assert "Pesanan ini sekarang: Baru" in page
    assert numbers_used(db) == {}


@pytest.mark.only_on("sqlite", because=PAGES)
def test_what_was_changed_after_the_look_is_shown_again_first(
    db: Database, wati: Visitor, kopi: Goods
) -> None:
    (number,) = ready(db, kopi, 1)
    old = wati.post(RESI, data={"daftar": f"{number} JP11111111", "lihat": "1"}).text
    seen = next(
        one.attrs["value"]
        for one in Markup.of(old).all("input")
        if one.attrs.get("name") == "dilihat"
    )
    again = wati.post(RESI, data={"daftar": f"{number} JP22222222", "dilihat": seen, "kirim": "1"})
    assert (again.status_code, numbers_used(db)) == (200, {})


@pytest.mark.only_on("sqlite", because=PAGES)
def test_the_second_click_sends_nothing_twice(db: Database, wati: Visitor, kopi: Goods) -> None:
    (number,) = ready(db, kopi, 1)
    assert [send(wati, f"{number} JP11111111")[0] for _ in range(2)] == [303, 303]
    assert numbers_used(db) == {number: "JP11111111"}


@pytest.mark.only_on("sqlite", because=PAGES)
def test_the_list_comes_with_the_orders_that_wait(
    db: Database, wati: Visitor, kopi: Goods, gayo: Desk
) -> None:
    one, two = ready(db, kopi, 2)
    page = wati.get(RESI)
    assert Markup.of(page.text).faults == []
    assert Markup.of(page.text).all("textarea")[0].text.split() == [one, two]
    status, _ = send(wati, f"{one}\t\n{two}\tJP22222222")
    assert status == 303
    assert state_of(db, one) is OrderState.READY
    nothing = wati.post(RESI, data={"daftar": f"{one}\t", "kirim": "1"})
    assert (nothing.status_code, "Belum ada nomor resi" in nothing.text) == (422, True)


@pytest.mark.only_on("sqlite", because=PAGES)
def test_the_sheet_is_filled_in_and_sent_back_as_csv_or_workbook(
    db: Database, wati: Visitor, kopi: Goods
) -> None:
    one, two = ready(db, kopi, 2)
    sheet = wati.get(f"{RESI}.csv").get_data().decode("utf-8-sig").splitlines()
    assert sheet[0] == "nomor_pesanan;penerima;tujuan;kurir;resi"
    filled = f"{sheet[0]}\r\n{sheet[1]}JP11111111\r\n{sheet[2]}\r\n".encode("cp1252")
    shown = wati.post(RESI, data={"berkas": (BytesIO(filled), "resi.csv"), "lihat": "1"})
    assert shown.status_code == 200
    text = Markup.of(shown.text).all("textarea")[0].text
    book = Workbook()
    assert book.active is not None
    for row in (["Resi", "Pesanan"], [222222222222, two], [None, None]):
        book.active.append(row)
    file = BytesIO()
    book.save(file)
    both = wati.post(
        RESI,
        data={"daftar": text, "berkas": (BytesIO(file.getvalue()), "resi.xlsx"), "lihat": "1"},
    )
    assert both.status_code == 200
    pasted = "\n".join((f"{one}\tJP11111111", f"222222222222\t{two}"))
    assert send(wati, pasted)[0] == 303
    assert numbers_used(db) == {one: "JP11111111", two: "222222222222"}
    assert two in both.text
    assert "222222222222" in both.text


@pytest.mark.only_on("sqlite", because=PAGES)
def test_a_name_that_is_a_formula_leaves_as_text(db: Database, wati: Visitor, kopi: Goods) -> None:
    (number,) = ready(db, kopi, 1)
    with db.writing() as session:
        for contact in session.scalars(select(Contact)):
            contact.name = "=HYPERLINK(1)"
    sheet = wati.get(f"{RESI}.csv").get_data().decode("utf-8-sig")
    assert f"{number};'=HYPERLINK(1);" in sheet


@pytest.mark.only_on("sqlite", because=PAGES)
@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\x89PNG\r\n\x00\x00", "tidak bisa dibaca"),
        (b"PK\x03\x04 no archive", "tidak bisa dibaca"),
        (b"   \n", "Berkasnya kosong"),
        (b"\x81\x8d\x8f", "tidak bisa dibaca"),
    ],
)
def test_a_file_that_is_no_list_is_refused_in_words(
    db: Database, wati: Visitor, kopi: Goods, data: bytes, said: str
) -> None:
    answer = wati.post(
        RESI, data={"daftar": "GYO-26-1 JP1", "berkas": (BytesIO(data), "x"), "lihat": "1"}
    )
    assert (answer.status_code, said in answer.text) == (422, True)
    assert "GYO-26-1 JP1" in answer.text


@pytest.mark.only_on("sqlite", because=PAGES)
def test_a_workbook_that_unpacks_without_end_is_refused(wati: Visitor) -> None:
    book = Workbook()
    file = BytesIO()
    book.save(file)
    with ZipFile(file, "a", ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/more.xml", b" " * (MAX_UNPACKED + 1))
    assert len(file.getvalue()) < 100_000
    answer = wati.post(RESI, data={"berkas": (BytesIO(file.getvalue()), "x.xlsx"), "lihat": "1"})
    assert (answer.status_code, "paling banyak 500 baris" in answer.text) == (422, True)


@pytest.mark.only_on("sqlite", because=PAGES)
def test_more_than_five_hundred_rows_are_refused_and_kept(wati: Visitor) -> None:
    text = "\n".join(f"GYO-26-{place:06} JP{place:08}" for place in range(501))
    answer = wati.post(RESI, data={"daftar": text, "lihat": "1"})
    assert (answer.status_code, "paling banyak 500 baris" in answer.text) == (422, True)
    assert "GYO-26-000500 JP00000500" in answer.text


@pytest.mark.only_on("sqlite", because=PAGES)
def test_looking_at_two_rows_or_twenty_costs_the_same_statements(
    db: Database, app: Flask, wati: Visitor, kopi: Goods
) -> None:
    numbers = ready(db, kopi, 8)
    with app.app_context():
        own = app_state.database()

    def cost(count: int) -> int:
        text = "\n".join(f"{number} JP{place:08}" for place, number in enumerate(numbers[:count]))
        with statements(own) as seen:
            wati.post(RESI, data={"daftar": text, "lihat": "1"})
        return len(seen)

    assert cost(2) == cost(8) > 0


@pytest.mark.only_on("sqlite", because=PAGES)
def test_only_who_packs_may_and_only_here(db: Database, client: Visitor, kopi: Goods) -> None:
    joko = make_person(db, "Joko")
    make_seat(db, kopi.cooperative, joko, Role.BENDAHARA)
    sign_in(client, db, joko)
    assert client.get(RESI).status_code == 403
    assert client.post(RESI, data={"daftar": "x"}).status_code == 403
    make_goods(db, make_cooperative(db, "KTM"))
    assert client.get("/kelola/koperasi-ktm/pesanan/resi").status_code == 404
