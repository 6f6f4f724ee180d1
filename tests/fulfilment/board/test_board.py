"""The board of the order desk: its stages, what is found on it, one step of many orders."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from shop.core.database.engine import Database
from shop.core.values import clock
from shop.fulfilment.parcels.missing_parcels import report_missing
from shop.people.accounts.models import Contact
from shop.sales.orders.models import Order, OrderState, Purchase
from shop.sales.orders.rules import DeliveryKind
from shop.web.http import app_state
from tests.factories import Goods, make_purchase
from tests.fulfilment.paid import HOME, Desk, make_paid, paid_by, state_of
from tests.support.engines import PAGES
from tests.support.statements import statements
from tests.support.visitor import Visitor
from tests.web.markup import Markup

pytestmark = pytest.mark.usefixtures("noon")


@pytest.mark.only_on("sqlite", because=PAGES)
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


@pytest.mark.only_on("sqlite", because=PAGES)
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


@pytest.mark.only_on("sqlite", because=PAGES)
def test_a_parcel_that_is_missed_is_not_marked_as_arrived_with_others(
    db: Database, wati: Visitor, kopi: Goods, gayo: Desk
) -> None:
    missed, other = paid_by(db, kopi), paid_by(db, kopi)
    for number in (missed, other):
        gayo.ship(number)
    gayo.do(missed, lambda s, order: report_missing(s, order, clock.now()))
    page = wati.post(f"{HOME}/tiba", data={"pesanan": [missed, other]})
    assert page.status_code == 422
    assert "Pembeli bilang belum sampai" in page.text
    assert state_of(db, missed) is OrderState.ON_THE_WAY
    assert state_of(db, other) is OrderState.ARRIVED


@pytest.mark.only_on("sqlite", because=PAGES)
def test_an_order_that_somebody_refused_meanwhile_is_named_and_the_rest_accepted(
    db: Database, wati: Visitor, kopi: Goods
) -> None:
    first, second = paid_by(db, kopi), paid_by(db, kopi)
    wati.post(f"{HOME}/{first}/tolak", data={"alasan": "short"})
    page = wati.post(f"{HOME}/terima", data={"pesanan": [first, second]})
    assert page.status_code == 422
    assert f'{first}">{first}: Pesanan ini sekarang: Ditolak' in page.text
    assert state_of(db, second) is OrderState.ACCEPTED


@pytest.mark.only_on("sqlite", because=PAGES)
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


@pytest.mark.only_on("sqlite", because=PAGES)
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


@pytest.mark.only_on("sqlite", because=PAGES)
def test_orders_are_found_by_number_name_phone_and_tracking_number(
    db: Database, wati: Visitor, kopi: Goods, gayo: Desk
) -> None:
    number = paid_by(db, kopi)
    gayo.ship(number, "JP98765432")
    other = paid_by(db, kopi)
    with db.reading() as session:
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


@pytest.mark.only_on("sqlite", because=PAGES)
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


@pytest.mark.only_on("sqlite", because=PAGES)
def test_a_page_of_twenty_orders_costs_as_much_as_one_of_two(
    app: Flask, db: Database, wati: Visitor, kopi: Goods, gayo: Desk
) -> None:
    with app.app_context():
        own = app_state.database()
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
