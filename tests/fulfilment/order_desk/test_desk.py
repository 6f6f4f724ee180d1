"""The order desk: what a manager sees and does, and what is refused in words."""

import re

import pytest
from sqlalchemy import select

from shop.core.database.engine import Database
from shop.fulfilment.order_steps.shortages import choose
from shop.people.cooperatives.rules import Role
from shop.sales.orders.models import Actor, OrderState, Parcel
from shop.sales.orders.rules import DeliveryKind, ShortageChoice
from tests.factories import NOON, Goods, make_person, make_purchase, make_seat
from tests.fulfilment.paid import HOME, Desk, broken, lines_of, order_of, paid_by, refunds, state_of
from tests.support.engines import PAGES
from tests.support.entering import sign_in
from tests.support.visitor import Visitor
from tests.web.markup import Markup

pytestmark = pytest.mark.usefixtures("noon")


@pytest.mark.only_on("sqlite", because=PAGES)
def test_an_order_goes_from_new_to_arrived_by_forms_alone(
    db: Database, wati: Visitor, kopi: Goods
) -> None:
    number = paid_by(db, kopi)
    page = wati.get(HOME).text
    assert number in page
    assert wati.post(f"{HOME}/terima", data={"satu": number}).status_code == 303
    assert state_of(db, number) is OrderState.ACCEPTED
    assert wati.post(f"{HOME}/kemas", data={"satu": number}).status_code == 303
    sent = {"satu": number, f"isi-{number}": "jp 1234 5678"}
    assert wati.post(f"{HOME}/serahkan", data=sent).status_code == 303
    with db.reading() as session:
        assert session.scalars(select(Parcel.tracking_number)).all() == ["JP12345678"]
    assert wati.post(f"{HOME}/tiba", data={"satu": number}).status_code == 303
    assert state_of(db, number) is OrderState.ARRIVED


@pytest.mark.only_on("sqlite", because=PAGES)
def test_the_order_page_shows_what_each_way_needs_next(
    db: Database, wati: Visitor, kopi: Goods, gayo: Desk
) -> None:
    asked = {
        DeliveryKind.COURIER: "Nomor resi",
        DeliveryKind.OWN: "Berangkat antar",
        DeliveryKind.PICKUP: "Kode ambil",
    }
    for kind, word in asked.items():
        number = paid_by(db, kopi, kind)
        gayo.make_ready(number)
        page = wati.get(f"{HOME}/{number}")
        assert Markup.of(page.text).faults == []
        assert word in page.text


@pytest.mark.only_on("sqlite", because=PAGES)
def test_pickup_with_the_code_and_own_delivery_with_a_name(
    db: Database, wati: Visitor, kopi: Goods, gayo: Desk
) -> None:
    fetched, brought = (paid_by(db, kopi, kind) for kind in (DeliveryKind.PICKUP, DeliveryKind.OWN))
    for number in (fetched, brought):
        gayo.make_ready(number)
    blank = wati.post(f"{HOME}/serahkan", data={"satu": fetched})
    assert blank.status_code == 422
    assert "Tulis kode ambil: 6 angka" in blank.text
    wrong = wati.post(f"{HOME}/{fetched}/serahkan", data={"kode": "000000"})
    assert wrong.status_code == 422
    assert "Kodenya tidak cocok" in wrong.text
    assert 'value="000000"' in wrong.text
    code = order_of(db, fetched).pickup_code
    assert wati.post(f"{HOME}/{fetched}/serahkan", data={"kode": code}).status_code == 303
    assert state_of(db, fetched) is OrderState.ARRIVED
    assert wati.post(f"{HOME}/{brought}/serahkan").status_code == 303
    nobody = wati.post(f"{HOME}/{brought}/tiba", data={"penerima": "  "})
    assert (nobody.status_code, "Nama penerima" in nobody.text) == (422, True)
    assert wati.post(f"{HOME}/{brought}/tiba", data={"penerima": "Bu Tini"}).status_code == 303
    assert "Diterima oleh Bu Tini" in wati.get(f"{HOME}/{brought}").text


@pytest.mark.only_on("sqlite", because=PAGES)
def test_the_code_is_guessed_five_times_an_hour_and_no_more(
    db: Database, wati: Visitor, kopi: Goods, gayo: Desk
) -> None:
    number = paid_by(db, kopi, DeliveryKind.PICKUP)
    gayo.make_ready(number)
    for _ in range(5):
        assert wati.post(f"{HOME}/{number}/serahkan", data={"kode": "1"}).status_code == 422
    code = order_of(db, number).pickup_code
    late = wati.post(f"{HOME}/{number}/serahkan", data={"kode": code})
    assert (late.status_code, "terlalu sering" in late.text) == (422, True)
    batch = wati.post(f"{HOME}/serahkan", data={"satu": number, f"isi-{number}": code})
    assert (batch.status_code, "terlalu sering" in batch.text) == (422, True)
    assert state_of(db, number) is OrderState.READY


@pytest.mark.only_on("sqlite", because=PAGES)
def test_accepting_fewer_asks_why_and_keeps_what_was_typed(
    db: Database, wati: Visitor, kopi: Goods, gayo: Desk
) -> None:
    number = paid_by(db, kopi)
    page = wati.post(f"{HOME}/{number}/terima", data={"kirim-1": "1"})
    assert page.status_code == 422
    assert Markup.of(page.text).faults == []
    assert "Pilih kenapa kurang" in page.text
    assert re.search(r'id="kirim-1"[^>]*value="1"', page.text)
    sent = {"kirim-1": "1", "alasan-1": "short", "rak-1": "7"}
    assert wati.post(f"{HOME}/{number}/terima", data=sent).status_code == 303
    assert order_of(db, number).needs == "short_asked"
    gayo.do(
        number,
        lambda s, order: choose(s, order, ShortageChoice.SEND, actor=Actor.SHOPPER, now=NOON),
    )
    assert [line.accepted for line in lines_of(db, number)] == [1]
    assert refunds(db) == [("short", 45_000)]
    assert "Dikembalikan Rp45.000" in wati.get(f"{HOME}/{number}").text


@pytest.mark.only_on("sqlite", because=PAGES)
def test_a_count_that_is_none_is_refused_in_words(db: Database, wati: Visitor, kopi: Goods) -> None:
    number = paid_by(db, kopi)
    for typed in ("", "-1", "1.5", "3", "1e3", "9" * 21, "dua", "٢", "<b>", "1 2", "0x1"):
        page = wati.post(f"{HOME}/{number}/terima", data={"kirim-1": typed, "alasan-1": "short"})
        assert page.status_code == 422, typed
        assert 'href="#kirim-1"' in page.text, typed
    assert state_of(db, number) is OrderState.NEW


@pytest.mark.only_on("sqlite", because=PAGES)
def test_a_shelf_counted_below_what_is_held_is_refused_with_the_numbers(
    db: Database, wati: Visitor, kopi: Goods
) -> None:
    number = paid_by(db, kopi)
    make_purchase(db, {kopi: 4})
    sent = {"kirim-1": "1", "alasan-1": "short", "rak-1": "3"}
    page = wati.post(f"{HOME}/{number}/terima", data=sent)
    assert page.status_code == 422
    assert "4 bungkus sedang ditahan" in page.text
    assert state_of(db, number) is OrderState.NEW


@pytest.mark.only_on("sqlite", because=PAGES)
def test_refusing_and_calling_off_need_a_reason(
    db: Database, wati: Visitor, kopi: Goods, gayo: Desk
) -> None:
    number = paid_by(db, kopi)
    for bad in ({}, {"alasan": ""}, {"alasan": "bohong"}):
        page = wati.post(f"{HOME}/{number}/tolak", data=bad)
        assert (page.status_code, 'href="#alasan"' in page.text) == (422, True)
    assert wati.post(f"{HOME}/{number}/tolak", data={"alasan": "closed"}).status_code == 303
    assert state_of(db, number) is OrderState.REFUSED
    other = paid_by(db, kopi)
    gayo.accept_all(other)
    assert wati.post(f"{HOME}/{other}/batal", data={"alasan": "short"}).status_code == 303
    assert state_of(db, other) is OrderState.CANCELLED


@pytest.mark.only_on("sqlite", because=PAGES)
def test_a_double_click_is_harmless_and_a_late_step_says_where_the_order_is(
    db: Database, wati: Visitor, kopi: Goods
) -> None:
    number = paid_by(db, kopi)
    for _ in range(2):
        assert wati.post(f"{HOME}/{number}/terima", data={"kirim-1": "2"}).status_code == 303
        assert wati.post(f"{HOME}/terima", data={"satu": number}).status_code == 303
    late = wati.post(f"{HOME}/{number}/tolak", data={"alasan": "short"})
    assert (late.status_code, "sekarang: Sedang dikemas" in late.text) == (409, True)
    assert state_of(db, number) is OrderState.ACCEPTED
    assert refunds(db) == []


@pytest.mark.only_on("sqlite", because=PAGES)
def test_the_same_tracking_number_twice_is_a_warning(
    db: Database, wati: Visitor, kopi: Goods, gayo: Desk
) -> None:
    first, second = paid_by(db, kopi), paid_by(db, kopi)
    gayo.ship(first, "JP12345678")
    gayo.make_ready(second)
    answer = wati.post(
        f"{HOME}/{second}/serahkan",
        data={"kurir": "Kurir reguler", "resi": "JP12345678"},
        follow_redirects=True,
    )
    assert f"Nomor resi yang sama ada di {first}" in answer.text
    assert state_of(db, second) is OrderState.ON_THE_WAY


@pytest.mark.only_on("sqlite", because=PAGES)
def test_unpaid_orders_are_read_only_and_nameless(db: Database, wati: Visitor, kopi: Goods) -> None:
    number = make_purchase(db, {kopi: 1}).numbers[0]
    board, page = wati.get(f"{HOME}?tahap=belum").text, wati.get(f"{HOME}/{number}").text
    for text in (board, page):
        assert "Sari" not in text
        assert "wa.me" not in text
    assert f'action="{HOME}/{number}/' not in page
    assert f"{HOME}/{number}/percakapan" not in page
    assert "Menunggu pembayaran" in page
    for step in ("terima", "siap", "serahkan", "tiba", "batal", "tolak"):
        sent = {"kirim-1": "1", "alasan": "short", "resi": "JP12345678", "kurir": "JNE"}
        assert wati.post(f"{HOME}/{number}/{step}", data=sent).status_code == 409
    assert state_of(db, number) is OrderState.UNPAID


@pytest.mark.only_on("sqlite", because=PAGES)
def test_the_phone_goes_when_the_work_is_done(
    db: Database, wati: Visitor, kopi: Goods, gayo: Desk
) -> None:
    number = paid_by(db, kopi)
    assert "https://wa.me/62" in wati.get(f"{HOME}/{number}").text
    wati.post(f"{HOME}/{number}/tolak", data={"alasan": "short"})
    assert "wa.me" not in wati.get(f"{HOME}/{number}").text


@pytest.mark.only_on("sqlite", because=PAGES)
def test_a_parcel_that_nobody_took_goes_out_again_or_comes_back_counted(
    db: Database, wati: Visitor, kopi: Goods, gayo: Desk
) -> None:
    number = paid_by(db, kopi)
    gayo.ship(number)
    page = f"{HOME}/{number}"
    assert "Pilih alasannya." in wati.post(f"{page}/gagal", data={"alasan": ""}).text
    assert wati.post(f"{page}/gagal", data={"alasan": "nobody_there"}).status_code == 303
    text = wati.get(page).text
    assert "Tidak ada orang di rumah" in text
    assert "Antar sekali lagi" in text
    # On the board it stands by itself: nobody marks it as arrived by a tick.
    column = wati.get(f"{HOME}?tahap=jalan").text
    assert "Gagal antar" in column
    assert f'value="{number}"' not in column
    assert wati.post(f"{page}/antar-lagi").status_code == 303
    assert state_of(db, number) is OrderState.ON_THE_WAY
    wati.post(f"{page}/gagal", data={"alasan": "not_taken"})
    refused = wati.post(f"{page}/kembali", data={"layak-1": "3"})
    assert refused.status_code == 422
    assert 'value="3"' in refused.text
    assert state_of(db, number) is OrderState.UNDELIVERED
    for _click in range(2):
        assert wati.post(f"{page}/kembali", data={"layak-1": "1"}).status_code == 303
    assert state_of(db, number) is OrderState.RETURNED
    assert "Pembeli tidak mau menerima" in wati.get(page).text
    assert refunds(db) == [("not_taken", 2 * kopi.price)]
    assert broken(db) == {}


@pytest.mark.only_on("sqlite", because=PAGES)
def test_only_who_decides_takes_a_parcel_back(db: Database, client: Visitor, kopi: Goods) -> None:
    number = paid_by(db, kopi)
    desk = Desk(db, kopi.cooperative.id)
    desk.ship(number)
    packer = make_person(db, "Ujang", "ujang@gayo.example")
    make_seat(db, kopi.cooperative, packer, Role.PENGEMAS)
    sign_in(client, db, packer)
    page = f"{HOME}/{number}"
    assert client.post(f"{page}/gagal", data={"alasan": "wrong_address"}).status_code == 303
    assert client.post(f"{page}/kembali", data={"layak-1": "2"}).status_code == 403
    assert state_of(db, number) is OrderState.UNDELIVERED
