"""Parcels on the pages: a part leaves first, each is followed by itself, none leaves twice."""

from functools import partial

import pytest
from sqlalchemy import select

from shop.core.database.engine import Database
from shop.core.values import clock
from shop.fulfilment.order_steps import actions
from shop.fulfilment.parcels.missing_parcels import report_missing
from shop.payments.cards import disputes
from shop.people.cooperatives.rules import Role
from shop.sales.orders.models import Actor, Order, OrderState, Parcel
from shop.sales.orders.rules import DeliveryKind
from shop.services.outbox.models import Notice
from shop.services.outbox.notices import by_hand
from shop.web.security.csrf import CART_COOKIE
from tests.factories import DAY, NOON, Goods, make_goods, make_person, make_seat, quote, shelf
from tests.fulfilment.paid import HOME, Desk, broken, lines_of, make_paid, order_of, paid_by
from tests.support.engines import PAGES
from tests.support.visitor import Visitor
from tests.web.markup import Markup

pytestmark = pytest.mark.usefixtures("noon")


@pytest.fixture
def kopi(db: Database) -> Goods:
    return make_goods(db, price=45_000, on_hand=50)


@pytest.fixture
def number(db: Database, kopi: Goods, gayo: Desk) -> str:
    """Five packs, packed, for the courier."""
    way = quote(9_000, DeliveryKind.COURIER)
    number = make_paid(db, {kopi: 5}, quotes={kopi.cooperative.id: way}).numbers[0]
    gayo.make_ready(number)
    return number


def parcels(db: Database) -> list[Parcel]:
    with db.reading() as session:
        return list(session.scalars(select(Parcel).order_by(Parcel.id)))


def send(wati: Visitor, number: str, packs: str, resi: str, place: str = "1") -> int:
    sent = {"kurir": "JNE Reguler", "resi": resi, "paket-1": packs, "ke": place}
    return wati.post(f"{HOME}/{number}/serahkan", data=sent).status_code


@pytest.mark.only_on("sqlite", because=PAGES)
def test_a_manager_sends_a_part_first_and_the_rest_with_one_tap(
    db: Database, wati: Visitor, number: str
) -> None:
    page = wati.get(f"{HOME}/{number}")
    assert "Kirim sebagian dulu" in page.text
    assert send(wati, number, "3", "JP11111") == 303
    page = wati.get(f"{HOME}/{number}")
    assert Markup.of(page.text).faults == []
    assert "Kirim sisanya" in page.text
    assert "3× Kopi Gayo" in page.text
    rest = {"kurir": "JNE Reguler", "resi": "JP22222"}
    assert wati.post(f"{HOME}/{number}/serahkan", data=rest).status_code == 303
    assert order_of(db, number).state is OrderState.ON_THE_WAY
    assert [line.shipped for line in lines_of(db, number)] == [5]
    page = wati.get(f"{HOME}/{number}")
    assert Markup.of(page.text).faults == []
    assert "Paket yang mana" in page.text


@pytest.mark.only_on("sqlite", because=PAGES)
@pytest.mark.parametrize("packs", ["6", "-1", "0", "dua", "9" * 30])
def test_a_count_that_cannot_leave_is_refused_beside_its_field(
    db: Database, wati: Visitor, number: str, packs: str
) -> None:
    sent = {"kurir": "JNE", "resi": "JP11111", "paket-1": packs}
    page = wati.post(f"{HOME}/{number}/serahkan", data=sent)
    assert page.status_code == 422
    assert Markup.of(page.text).faults == []
    assert 'href="#paket-1"' in page.text
    assert 'value="JP11111"' in page.text
    assert parcels(db) == []


@pytest.mark.only_on("sqlite", because=PAGES)
def test_the_second_of_two_clicks_sends_no_second_part(
    db: Database, wati: Visitor, number: str
) -> None:
    assert send(wati, number, "2", "JP11111") == 303
    assert send(wati, number, "2", "JP11111") == 303
    assert len(parcels(db)) == 1
    assert [line.shipped for line in lines_of(db, number)] == [2]
    assert send(wati, number, "4", "JP22222", "2") == 422, "only three are left"
    assert len(parcels(db)) == 1


@pytest.mark.only_on("sqlite", because=PAGES)
def test_one_of_two_parcels_is_marked_by_itself_and_a_strange_one_never(
    db: Database, wati: Visitor, gayo: Desk, number: str
) -> None:
    other = paid_by(db, make_goods(db, price=1_000, on_hand=9))
    send(wati, number, "3", "JP11111")
    gayo.do(number, lambda s, order: actions.hand_over(s, order, tracking="JP22222", now=NOON))
    first, second = parcels(db)
    for strange in ("999", "x", "", other):
        if strange:
            sent = {"paket": strange}
            assert wati.post(f"{HOME}/{number}/tiba", data=sent).status_code == 422
    assert wati.post(f"{HOME}/{number}/tiba", data={"paket": str(first.id)}).status_code == 303
    assert [one.arrived_at is not None for one in parcels(db)] == [True, False]
    sent = {"alasan": "nobody_there"}
    assert wati.post(f"{HOME}/{number}/gagal", data=sent).status_code == 303
    assert order_of(db, number).state is OrderState.UNDELIVERED
    page = wati.get(f"{HOME}/{number}")
    assert Markup.of(page.text).faults == []
    assert wati.post(f"{HOME}/{number}/kembali", data={"layak-1": "2"}).status_code == 303
    assert order_of(db, number).state is OrderState.ARRIVED
    assert second.id in {one.id for one in parcels(db) if one.returned_at}
    assert broken(db) == {}


@pytest.mark.only_on("sqlite", because=PAGES)
def test_a_lost_parcel_is_replaced_once_however_often_the_button_is_pressed(
    db: Database, kopi: Goods, wati: Visitor, number: str
) -> None:
    send(wati, number, "5", "JP11111")
    lost = parcels(db)[0]
    sent = {"kurir": "JNE", "resi": "JP22222", "paket": str(lost.id)}
    wrong = wati.post(f"{HOME}/{number}/kirim-lagi", data=sent | {"paket": "x"})
    assert wrong.status_code == 422
    assert 'id="paket-ganti"' in wrong.text, "what is wrong can be reached"
    assert wati.post(f"{HOME}/{number}/kirim-lagi", data=sent).status_code == 303
    assert wati.post(f"{HOME}/{number}/kirim-lagi", data=sent).status_code == 422
    assert len(parcels(db)) == 2
    assert shelf(db, kopi).on_hand == 40
    assert broken(db) == {}


@pytest.mark.only_on("sqlite", because=PAGES)
def test_what_arrived_and_is_missed_is_replaced_on_top_or_told_when_the_shelf_is_empty(
    db: Database, kopi: Goods, gayo: Desk, wati: Visitor, number: str
) -> None:
    send(wati, number, "5", "JP11111")
    gayo.do(
        number,
        lambda s, order: actions.confirm_arrival(s, order, actor=Actor.COOPERATIVE, now=NOON),
    )
    gayo.do(number, lambda s, order: report_missing(s, order, NOON))
    assert "Kirim paket pengganti" in wati.get(f"{HOME}/{number}").text
    lost = parcels(db)[0]
    sent = {"kurir": "JNE", "resi": "JP22222", "paket": str(lost.id)}
    assert wati.post(f"{HOME}/{number}/kirim-lagi", data=sent).status_code == 303
    assert parcels(db)[1].extra == "lost_on_the_way"
    assert Markup.of(wati.get(f"{HOME}/{number}").text).faults == []
    assert wati.post(f"{HOME}/{number}/kirim-lagi", data=sent).status_code in (409, 422)
    assert len(parcels(db)) == 2


@pytest.mark.only_on("sqlite", because=PAGES)
def test_of_several_that_arrived_the_one_that_is_missed_is_sent_again(
    db: Database, kopi: Goods, gayo: Desk, wati: Visitor, number: str
) -> None:
    send(wati, number, "3", "JP11111")
    send(wati, number, "2", "JP22222", "2")
    gayo.do(number, partial(actions.confirm_arrival, actor=Actor.COOPERATIVE, now=NOON))
    gayo.do(number, partial(report_missing, now=NOON))
    first, last = parcels(db)
    page = wati.get(f"{HOME}/{number}").text
    assert all(f'value="{one.id}"' in page for one in (first, last))
    sent = {"kurir": "JNE", "resi": "JP33333", "paket": str(first.id)}
    assert wati.post(f"{HOME}/{number}/kirim-lagi", data=sent).status_code == 303
    assert shelf(db, kopi).on_hand == 50 - 5 - 3


@pytest.mark.only_on("sqlite", because=PAGES)
def test_who_gives_up_the_rest_reads_that_what_left_still_comes(
    db: Database,
    gayo: Desk,
    client: Visitor,
    kopi: Goods,
    number: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    manager = make_person(db, "Bu Wati", "wati@gayo.example")
    make_seat(db, kopi.cooperative, manager, Role.MANAJER)
    part = {lines_of(db, number)[0].id: 3}
    gayo.do(number, partial(actions.hand_over, tracking="JP11111", packs=part, now=NOON))
    monkeypatch.setattr(clock, "now", lambda: NOON + 30 * DAY)
    client.set_cookie(CART_COOKIE, "sari")
    assert "Batalkan sisanya" in client.get(f"/pesanan/{number}").text
    assert client.post(f"/pesanan/{number}/batal").status_code == 303
    page = client.get(f"/pesanan/{number}").text
    assert "tetap untuk Anda" in page
    assert "kembali penuh" not in page
    with db.reading() as session:
        notice = session.scalars(select(Notice).where(Notice.kind == "order_called_off")).one()
        (line,) = by_hand(session, [notice])
    assert "Sisa" in line.subject
    assert "tetap jalan" in line.text


@pytest.mark.only_on("sqlite", because=PAGES)
def test_the_log_tells_who_did_what_and_when(db: Database, wati: Visitor, number: str) -> None:
    send(wati, number, "2", "JP11111")
    page = wati.get(f"{HOME}/{number}").text
    log = page[page.index("Riwayat lengkap") :]
    assert "Sebagian dikirim" in log
    assert "oleh koperasi, Bu Wati" in log
    assert "Sedang dikemas → Siap kirim" in log


@pytest.mark.only_on("sqlite", because=PAGES)
def test_an_open_card_dispute_says_not_to_send(
    db: Database, wati: Visitor, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "jangan kirim dulu" not in wati.get(f"{HOME}/{number}").text.lower()
    monkeypatch.setattr(
        "shop.fulfilment.board.order_detail.is_disputed", lambda _session, _order_id: True
    )
    assert disputes.is_disputed is not None
    page = wati.get(f"{HOME}/{number}").text
    assert "jangan kirim dulu" in page.lower()
    assert "bila tidak ada bukti paketnya sampai" in page


@pytest.mark.only_on("sqlite", because=PAGES)
def test_a_shopper_follows_each_parcel_with_its_goods_its_courier_and_its_day(
    db: Database, gayo: Desk, sari: Visitor, number: str
) -> None:
    some = {lines_of(db, number)[0].id: 3}
    gayo.do(
        number,
        lambda s, order: actions.hand_over(
            s, order, tracking="JP11111", courier="JNE Reguler", packs=some, now=NOON
        ),
    )
    page = sari.get(f"/pesanan/{number}")
    assert Markup.of(page.text).faults == []
    assert "3× Kopi Gayo" in page.text
    assert "Sisanya masih dikemas" in page.text
    assert 'href="https://www.jne.co.id/tracking-package"' in page.text
    assert "dianggap tiba sesudah 2 Des 2026" in page.text
    assert "Paket 1 sudah saya terima" in page.text
    first = parcels(db)[0]
    sari.post(f"/pesanan/{number}/diterima", data={"paket": str(first.id)})
    assert [line.delivered for line in lines_of(db, number)] == [3]
    assert order_of(db, number).state is OrderState.READY
    assert Markup.of(sari.get(f"/pesanan/{number}").text).faults == []


@pytest.mark.only_on("sqlite", because=PAGES)
@pytest.mark.parametrize("paket", ["999999", "x" * 50, "-1", "²"])
def test_a_strange_parcel_is_not_received(
    db: Database, gayo: Desk, sari: Visitor, number: str, paket: str
) -> None:
    gayo.do(number, lambda s, order: actions.hand_over(s, order, tracking="JP11111", now=NOON))
    sari.post(f"/pesanan/{number}/diterima", data={"paket": paket})
    assert order_of(db, number).state is OrderState.ON_THE_WAY


@pytest.mark.only_on("sqlite", because=PAGES)
@pytest.mark.parametrize("kind", [DeliveryKind.OWN, DeliveryKind.PICKUP])
def test_what_counts_as_arrived_can_be_missed_whichever_way_it_went(
    db: Database, kopi: Goods, gayo: Desk, sari: Visitor, kind: DeliveryKind
) -> None:
    number = paid_by(db, kopi, kind)
    gayo.make_ready(number)
    code = order_of(db, number).pickup_code or ""
    if kind is DeliveryKind.PICKUP:
        gayo.do(number, lambda s, order: actions.hand_over_pickup(s, order, code=code, now=NOON))
    else:
        gayo.do(number, lambda s, order: actions.own_delivery_out(s, order, now=NOON))
        gayo.do(
            number,
            lambda s, order: actions.own_delivery_done(
                s, order, receiver="Bu Tini", now=NOON + DAY
            ),
        )
    assert "Belum sampai?" in sari.get(f"/pesanan/{number}").text
    assert sari.post(f"/pesanan/{number}/belum-sampai").status_code == 303
    with db.reading() as session:
        assert session.scalars(select(Order.needs)).one() == "not_arrived"
