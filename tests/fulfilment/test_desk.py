"""The order desk: what a manager sees and does, and what is refused in words."""

import re
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from shop import web
from shop.cooperatives.rules import Role
from shop.core import clock
from shop.core.database import Database
from shop.fulfilment.missing import miss
from shop.fulfilment.short import choose
from shop.orders.models import Actor, Order, OrderState, Parcel
from shop.orders.rules import Choice, DeliveryKind
from tests.factories import (
    NOON,
    Goods,
    make_goods,
    make_person,
    make_purchase,
    make_seat,
)
from tests.fulfilment.paid import (
    Desk,
    broken,
    lines_of,
    make_paid,
    order_of,
    paid_by,
    refunds,
    state_of,
)
from tests.support.entering import sign_in
from tests.support.statements import statements
from tests.support.visitor import Visitor
from tests.web.markup import Markup

HOME = "/kelola/koperasi-gyo/pesanan"


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOON)


@pytest.fixture
def kopi(db: Database) -> Goods:
    return make_goods(db, price=45_000, on_hand=500)


@pytest.fixture
def wati(db: Database, client: Visitor, kopi: Goods) -> Visitor:
    person = make_person(db, "Bu Wati")
    make_seat(db, kopi.cooperative, person, Role.MANAJER)
    sign_in(client, db, person)
    return client


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
        lambda s, order: choose(s, order, Choice.SEND, actor=Actor.SHOPPER, now=NOON),
    )
    assert [line.accepted for line in lines_of(db, number)] == [1]
    assert refunds(db) == [("short", 45_000)]
    assert "Dikembalikan Rp45.000" in wati.get(f"{HOME}/{number}").text


def test_a_count_that_is_none_is_refused_in_words(db: Database, wati: Visitor, kopi: Goods) -> None:
    number = paid_by(db, kopi)
    for typed in ("", "-1", "1.5", "3", "1e3", "9" * 21, "dua", "٢", "<b>", "1 2", "0x1"):
        page = wati.post(f"{HOME}/{number}/terima", data={"kirim-1": typed, "alasan-1": "short"})
        assert page.status_code == 422, typed
        assert 'href="#kirim-1"' in page.text, typed
    assert state_of(db, number) is OrderState.NEW


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


def test_choosing_all_is_a_link_and_only_posted_orders_move(
    db: Database, wati: Visitor, kopi: Goods
) -> None:
    first, second, third = (paid_by(db, kopi) for _ in range(3))
    page = wati.get(f"{HOME}?tahap=baru&pilih=semua").text
    assert page.count(" checked") == 3
    assert "Terima 3 pesanan" in page
    late_comer = paid_by(db, kopi)
    assert wati.post(f"{HOME}/terima", data={"pesanan": [first, second]}).status_code == 303
    assert [state_of(db, one) for one in (first, second, third, late_comer)] == [
        OrderState.ACCEPTED,
        OrderState.ACCEPTED,
        OrderState.NEW,
        OrderState.NEW,
    ]


def test_one_that_cannot_go_keeps_nobody_back_and_is_named_with_what_was_typed(
    db: Database, wati: Visitor, kopi: Goods, gayo: Desk
) -> None:
    good, blank, bad, fetched = (
        paid_by(db, kopi),
        paid_by(db, kopi),
        paid_by(db, kopi),
        paid_by(db, kopi, DeliveryKind.PICKUP),
    )
    numbers = (good, blank, bad, fetched)
    for number in numbers:
        gayo.make_ready(number)
    page = wati.post(
        f"{HOME}/serahkan",
        data={
            "pesanan": list(numbers),
            f"isi-{good}": "JP12345678",
            f"isi-{blank}": "",
            f"isi-{bad}": "a?",
            f"isi-{fetched}": "111",
        },
    )
    assert page.status_code == 422
    assert Markup.of(page.text).faults == []
    assert "1 pesanan diserahkan" in page.text
    assert "3 pesanan tidak dipindahkan" in page.text
    assert 'value="a?"' in page.text
    assert f'href="#isi-{bad}"' in page.text
    assert [state_of(db, one) for one in numbers] == [
        OrderState.ON_THE_WAY,
        OrderState.READY,
        OrderState.READY,
        OrderState.READY,
    ]


def test_a_parcel_that_is_missed_is_not_marked_as_arrived_with_others(
    db: Database, wati: Visitor, kopi: Goods, gayo: Desk
) -> None:
    missed, other = paid_by(db, kopi), paid_by(db, kopi)
    for number in (missed, other):
        gayo.ship(number)
    gayo.do(missed, lambda s, order: miss(s, order, clock.now()))
    page = wati.post(f"{HOME}/tiba", data={"pesanan": [missed, other]})
    assert page.status_code == 422
    assert "Pembeli bilang belum sampai" in page.text
    assert state_of(db, missed) is OrderState.ON_THE_WAY
    assert state_of(db, other) is OrderState.ARRIVED


def test_an_order_that_somebody_refused_meanwhile_is_named_and_the_rest_accepted(
    db: Database, wati: Visitor, kopi: Goods
) -> None:
    first, second = paid_by(db, kopi), paid_by(db, kopi)
    wati.post(f"{HOME}/{first}/tolak", data={"alasan": "short"})
    page = wati.post(f"{HOME}/terima", data={"pesanan": [first, second]})
    assert page.status_code == 422
    assert f'{first}">{first}: Pesanan ini sekarang: Ditolak' in page.text
    assert state_of(db, second) is OrderState.ACCEPTED


def test_the_enter_key_and_an_empty_choice_move_nothing(
    db: Database, wati: Visitor, kopi: Goods, gayo: Desk
) -> None:
    number = paid_by(db, kopi)
    gayo.make_ready(number)
    sent = {"hitung": "1", "pesanan": number, f"isi-{number}": "JP12345678"}
    page = wati.post(f"{HOME}/serahkan", data=sent)
    assert (page.status_code, 'value="JP12345678"' in page.text) == (422, True)
    page = wati.post(f"{HOME}/serahkan", data={f"isi-{number}": "JP12345678"})
    assert (page.status_code, "Belum ada pesanan yang dicentang" in page.text) == (422, True)
    assert state_of(db, number) is OrderState.READY


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


def test_late_orders_stand_first_and_say_so(
    db: Database, wati: Visitor, kopi: Goods, monkeypatch: pytest.MonkeyPatch
) -> None:
    early = make_paid(db, {kopi: 1}, now=datetime(2026, 11, 16, 5, 0, tzinfo=UTC)).numbers[0]
    fresh = paid_by(db, kopi)
    with db.writing() as session:  # the fresh one has the smaller id in no case
        assert session.scalars(select(Order.number).order_by(Order.id)).first() == early
    page = wati.get(f"{HOME}?tahap=baru").text
    assert page.index(early) < page.index(fresh)
    assert "Telat 4 hari" in page
    assert "order--late" in page


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


def test_the_phone_goes_when_the_work_is_done(
    db: Database, wati: Visitor, kopi: Goods, gayo: Desk
) -> None:
    number = paid_by(db, kopi)
    assert "https://wa.me/62" in wati.get(f"{HOME}/{number}").text
    wati.post(f"{HOME}/{number}/tolak", data={"alasan": "short"})
    assert "wa.me" not in wati.get(f"{HOME}/{number}").text


def test_orders_are_found_by_number_name_phone_and_tracking_number(
    db: Database, wati: Visitor, kopi: Goods, gayo: Desk
) -> None:
    number = paid_by(db, kopi)
    gayo.ship(number, "JP98765432")
    other = paid_by(db, kopi)
    with db.reading() as session:
        from shop.accounts.models import Contact
        from shop.orders.models import Purchase

        phone = session.scalar(
            select(Contact.phone)
            .join(Purchase, Purchase.contact_id == Contact.id)
            .join(Order, Order.purchase_id == Purchase.id)
            .where(Order.number == number)
        )
    assert phone is not None
    for text in (number, number.lower(), number[-1], "jp98765432", phone[-8:]):
        page = wati.get(HOME, query_string={"cari": text}).text
        assert Markup.of(page).faults == []
        assert number in page, text
        assert other not in page, text
    both = wati.get(HOME, query_string={"cari": "sari"}).text
    assert number in both
    assert other in both
    for nothing in ("%", "_", "' OR 1=1", "Dewi", "x" * 300):
        assert "Tidak ketemu" in wati.get(HOME, query_string={"cari": nothing}).text


def test_every_stage_is_a_sound_page(db: Database, wati: Visitor, kopi: Goods, gayo: Desk) -> None:
    for query in ("", "?tahap=ngawur", "?cari=", "?tahap=baru&setelah=rusak"):
        assert Markup.of(wati.get(HOME + query).text).faults == []
    for _ in range(2):
        paid_by(db, kopi)
        gayo.accept_all(paid_by(db, kopi))
        gayo.make_ready(paid_by(db, kopi, DeliveryKind.PICKUP))
        gayo.ship(paid_by(db, kopi))
        make_purchase(db, {kopi: 1})
    for stage in ["baru", "kemas", "siap", "jalan", "tiba", "selesai", "batal", "perlu", "belum"]:
        assert Markup.of(wati.get(f"{HOME}?tahap={stage}").text).faults == []
    assert Markup.of(wati.get(HOME).text).faults == []
    picks = wati.get(f"{HOME}/daftar-ambil").text
    assert Markup.of(picks).faults == []
    assert "<b>8</b>" in picks


def test_a_page_of_twenty_orders_costs_as_much_as_one_of_two(
    app: Flask, db: Database, wati: Visitor, kopi: Goods, gayo: Desk
) -> None:
    with app.app_context():
        own = web.database()
    pages = ("", "?tahap=baru", "?tahap=siap", "?cari=sari", "/daftar-ambil")
    costs: dict[int, list[int]] = {}
    for more in (2, 18):
        for _ in range(more):
            paid_by(db, kopi)
            gayo.make_ready(paid_by(db, kopi))
        for page in pages:
            with statements(own) as asked:
                assert wati.get(HOME + page).status_code == 200
            costs.setdefault(more, []).append(len(asked))
    assert costs[2] == costs[18]
    assert max(costs[2]) <= 12


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
