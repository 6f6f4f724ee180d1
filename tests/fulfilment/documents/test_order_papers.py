"""Papers of a stage and of one order: what stands on them, and who may have them."""

from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select

import shop.fulfilment.documents.jobs  # noqa: F401 - documents follow, as in the running shop
from shop.core.database.engine import Database
from shop.core.formats.indonesia import format_phone
from shop.fulfilment.board.overview import pick_list
from shop.fulfilment.board.queries import goods_by_order
from shop.fulfilment.documents.actions import issue_invoice
from shop.fulfilment.documents.queries import Papers, papers_of_orders
from shop.fulfilment.order_steps.actions import hand_over
from shop.fulfilment.orders.events import on_accepted
from shop.fulfilment.orders.rules import Rights, Stage
from shop.payments.cash.actions import confirm
from shop.people.accounts.models import Contact
from shop.people.cooperatives.rules import Role
from shop.sales.orders.models import Order, Purchase
from shop.shipping.places.models import Address
from shop.web.rendering.template_filters import written_weight
from tests.factories import NOON, Goods, make_cooperative, make_goods, make_person, make_seat
from tests.fulfilment.documents.paper import sheets, without_space
from tests.fulfilment.paid import Desk, lines_of, make_paid, order_of
from tests.payments.cash.door import make_door, order_for_cash
from tests.support.engines import PAGES
from tests.support.entering import sign_in
from tests.support.statements import statements
from tests.support.visitor import Visitor

ALL = Rights(decides=True, packs=True)


@pytest.fixture
def kopi(db: Database) -> Goods:
    assert issue_invoice in on_accepted
    return make_goods(db, price=45_000, on_hand=40)


@pytest.fixture
def desk(db: Database, kopi: Goods) -> Desk:
    return Desk(db, kopi.cooperative.id)


def seated(db: Database, client: Visitor, goods: Goods, role: Role) -> Visitor:
    wati = make_person(db, "Wati", "wati@gayo.example")
    make_seat(db, goods.cooperative, wati, role)
    sign_in(client, db, wati)
    return client


def orders_page(goods: Goods) -> str:
    return f"/kelola/{goods.cooperative.slug}/pesanan"


@pytest.mark.only_on("sqlite", because=PAGES)
def test_one_tap_prints_everything_of_a_stage(
    db: Database, client: Visitor, kopi: Goods, desk: Desk
) -> None:
    numbers = [make_paid(db, {kopi: packs}).numbers[0] for packs in (1, 2, 3)]
    for number in numbers:
        desk.accept_all(number)
    wati = seated(db, client, kopi, Role.MANAJER)
    assert (
        f"{orders_page(kopi)}/cetak.pdf?tahap=kemas"
        in wati.get(f"{orders_page(kopi)}?tahap=kemas").text
    )
    answer = wati.get(f"{orders_page(kopi)}/cetak.pdf?tahap=kemas")
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Cache-Control"] == "private, no-store"
    picking, *rest = sheets(answer.data)
    assert "Daftar ambil" in picking.text
    assert "6" in picking.text.split()
    invoices = [sheet for sheet in rest if "Faktur" in sheet.text]
    assert len(invoices) == 3
    assert "INV/GYO/2026/11/000001" in invoices[0].text
    assert "Rp57.000" in invoices[0].text
    slips = [sheet for sheet in rest if "Isi paket" in sheet.text]
    assert all(number in slips[0].text for number in numbers)
    assert "3 ×" in slips[0].text
    assert "Rp" not in slips[0].text


@pytest.mark.only_on("sqlite", because=PAGES)
def test_a_slip_says_what_lies_in_the_parcel_and_nothing_of_money(
    db: Database, client: Visitor, kopi: Goods, desk: Desk
) -> None:
    number = make_paid(db, {kopi: 2}).numbers[0]
    desk.accept_all(number)
    packer = seated(db, client, kopi, Role.PENGEMAS)
    answer = packer.get(f"{orders_page(kopi)}/{number}/cetak.pdf?kertas=a6")
    (slip,) = sheets(answer.data)  # this purchase has no address: nothing to stick on
    assert (round(slip.width), round(slip.height)) == (105, 148)
    assert without_space("2 kemasan") in without_space(slip.text)
    assert "Sari" in slip.text
    assert "Rp" not in slip.text
    assert packer.get(f"{orders_page(kopi)}/{number}/cetak.pdf?isi=faktur").status_code == 404


@pytest.mark.only_on("sqlite", because=PAGES)
def test_a_label_says_where_a_parcel_goes_how_heavy_it_is_and_what_is_taken_there(
    db: Database, client: Visitor
) -> None:
    door = make_door(db)
    (number,) = order_for_cash(db, {door.kintamani: 2})
    desk = Desk(db, door.kintamani.cooperative.id)
    desk.do(number, lambda s, order: confirm(s, order, person_id=None, now=NOON))
    desk.accept_all(number)
    packer = seated(db, client, door.kintamani, Role.PENGEMAS)
    path = f"{orders_page(door.kintamani)}/{number}/cetak.pdf?isi=alamat"
    (four,) = sheets(packer.get(path).data)
    (one,) = sheets(packer.get(f"{path}&kertas=a6").data)
    assert (round(four.width), round(four.height)) == (210, 297)
    assert (round(one.width), round(one.height)) == (105, 148)
    with db.reading() as session:
        order, address, contact = session.execute(
            select(Order, Address, Contact)
            .join(Purchase, Purchase.id == Order.purchase_id)
            .join(Address, Address.id == Purchase.address_id)
            .join(Contact, Contact.id == Purchase.contact_id)
            .where(Order.number == number)
        ).one()
    for paper in (four, one):
        for word in (
            number,
            contact.name,
            format_phone(contact.phone or ""),
            address.street,
            address.village,
            f"{address.province} {address.postcode}",
            written_weight(order.scale_grams, reads="id"),
            "Terima tunai Rp135.000",
        ):
            assert without_space(word) in without_space(paper.text), word


@pytest.mark.only_on("sqlite", because=PAGES)
def test_other_cooperatives_orders_do_not_exist_here(
    db: Database, client: Visitor, kopi: Goods, desk: Desk
) -> None:
    other = make_goods(db, make_cooperative(db, "KPS", "Koperasi Kintamani"), on_hand=5)
    number = make_paid(db, {other: 1}).numbers[0]
    Desk(db, other.cooperative.id).accept_all(number)
    wati = seated(db, client, kopi, Role.MANAJER)
    assert wati.get(f"{orders_page(kopi)}/{number}/cetak.pdf").status_code == 404
    assert wati.get(f"{orders_page(other)}/{number}/cetak.pdf").status_code == 404
    answer = wati.get(f"{orders_page(kopi)}/cetak.pdf", follow_redirects=True)
    assert "Belum ada yang bisa dicetak di tahap ini." in answer.text


@pytest.mark.only_on("sqlite", because=PAGES)
@pytest.mark.parametrize("asked", ["tahap=besok", "isi=sandi", "kertas=a0", "tahap=%00&isi=%00"])
def test_words_that_nobody_knows_print_the_usual(
    db: Database, client: Visitor, kopi: Goods, desk: Desk, asked: str
) -> None:
    desk.accept_all(make_paid(db, {kopi: 1}).numbers[0])
    wati = seated(db, client, kopi, Role.MANAJER)
    assert wati.get(f"{orders_page(kopi)}/cetak.pdf?{asked}").mimetype == "application/pdf"


@pytest.mark.only_on("sqlite", because=PAGES)
def test_a_stranger_finds_no_invoice(
    db: Database, client: Visitor, kopi: Goods, desk: Desk
) -> None:
    number = make_paid(db, {kopi: 1}).numbers[0]
    desk.accept_all(number)
    assert client.get(f"/pesanan/{number}/faktur.pdf").status_code == 404


@pytest.mark.only_on("sqlite", because=PAGES)
def test_the_shopper_keeps_the_invoice_from_its_acceptance_on(
    db: Database, client: Visitor, kopi: Goods, desk: Desk
) -> None:
    number = make_paid(db, {kopi: 2}).numbers[0]
    client.set_cookie("lumbung_keranjang", "sari")
    address = f"/pesanan/{number}/faktur.pdf"
    assert address not in client.get(f"/pesanan/{number}").text
    assert client.get(address).status_code == 404
    desk.accept_all(number)
    assert address in client.get(f"/pesanan/{number}").text
    (paper,) = sheets(client.get(address).data)
    for word in ("INV/GYO/2026/11/000001", number, "Sari", "Rp102.000", "Koperasi Gayo"):
        assert word in paper.text


def test_papers_and_lists_of_an_order_sent_in_part_hold_what_still_waits(
    db: Database, kopi: Goods, desk: Desk
) -> None:
    teh = make_goods(db, kopi.cooperative, name="Teh", on_hand=9)
    number = make_paid(db, {kopi: 3, teh: 1}).numbers[0]
    desk.make_ready(number)
    coffee, tea = lines_of(db, number)
    first = {coffee.id: 2, tea.id: 1}
    desk.do(number, partial(hand_over, tracking="JP12345678", packs=first, now=NOON))
    with db.reading() as session:
        papers = papers_of_orders(session, desk.cooperative_id, ALL, stage=Stage.READY)
        picks = pick_list(session, desk.cooperative_id, [Stage.READY])
        waits = goods_by_order(session, [order_of(db, number).id])
    (slip,) = papers.slips
    assert [line["packs"] for line in slip["lines"]] == ["1"]
    assert slip["count"] == "1 kemasan"
    assert [(pick.sku, pick.packs) for pick in picks] == [(kopi.sku, 1)]
    assert [count for count, _name in waits[order_of(db, number).id]] == [1]


def test_many_orders_ask_no_more_of_the_database_than_two(
    db: Database, kopi: Goods, desk: Desk
) -> None:
    counts, papers = [], Papers()
    for more in (2, 6):
        for _ in range(more):
            number = make_paid(db, {kopi: 1}, now=NOON + timedelta(minutes=more)).numbers[0]
            desk.accept_all(number)
        with statements(db) as found, db.reading() as session:
            papers = papers_of_orders(
                session, desk.cooperative_id, ALL, stage=Stage.PACK, sees_money=True
            )
        counts.append(len(found))
    assert len(papers.slips) == len(papers.invoices) == 8
    assert counts[0] == counts[1] <= 6
