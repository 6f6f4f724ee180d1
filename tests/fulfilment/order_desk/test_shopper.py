"""The shopper says that a parcel is there, and is told of every step."""

from typing import Any

import pytest

from shop.core.database.engine import Database
from shop.fulfilment.order_desk import notices
from shop.fulfilment.order_steps import actions
from shop.fulfilment.orders.rules import Reason, Shortfall
from shop.sales.orders.models import OrderState
from shop.sales.orders.rules import DeliveryKind
from shop.services.outbox import mailer
from shop.services.outbox.message_templates import words
from shop.services.outbox.models import Notice
from shop.web.security.csrf import CART_COOKIE
from tests.factories import NOON, PICKUP, Goods, make_goods, make_person, make_purchase, quote
from tests.fulfilment.paid import Desk, lines_of, make_paid, order_of, paid_by, pay, state_of, told
from tests.support.engines import PAGES
from tests.support.entering import sign_in
from tests.support.visitor import Visitor

pytestmark = pytest.mark.usefixtures("noon")


@pytest.fixture
def kopi(db: Database) -> Goods:
    return make_goods(db, price=45_000, on_hand=50)


@pytest.mark.only_on("sqlite", because=PAGES)
def test_the_browser_that_bought_says_it_arrived_and_a_second_tap_changes_nothing(
    db: Database, client: Visitor, kopi: Goods, gayo: Desk
) -> None:
    number = make_paid(db, {kopi: 1}).numbers[0]
    gayo.ship(number)
    client.set_cookie(CART_COOKIE, "sari")  # what the factory's purchase remembers
    for _ in range(2):
        assert client.post(f"/pesanan/{number}/diterima").status_code == 303
        assert state_of(db, number) is OrderState.ARRIVED
    assert told(db).count("order_arrived") == 0


@pytest.mark.only_on("sqlite", because=PAGES)
def test_the_person_who_bought_says_so_from_any_browser(
    db: Database, client: Visitor, kopi: Goods, gayo: Desk
) -> None:
    sari = make_person(db, "Sari", "sari@contoh.id")
    placed = make_purchase(db, {kopi: 1}, person=sari)
    pay(db, placed)
    gayo.ship(placed.numbers[0])
    sign_in(client, db, sari)
    assert client.post(f"/pesanan/{placed.numbers[0]}/diterima").status_code == 303
    assert state_of(db, placed.numbers[0]) is OrderState.ARRIVED


@pytest.mark.only_on("sqlite", because=PAGES)
def test_for_everybody_else_the_order_does_not_exist(
    db: Database, client: Visitor, kopi: Goods, gayo: Desk
) -> None:
    number = make_paid(db, {kopi: 1}).numbers[0]
    gayo.ship(number)
    joko = make_person(db, "Joko", "joko@contoh.id")
    for cookie, is_signed_in in ((None, False), ("joko", False), (None, True)):
        if cookie:
            client.set_cookie(CART_COOKIE, cookie)
        if is_signed_in:
            sign_in(client, db, joko)
        assert client.post(f"/pesanan/{number}/diterima").status_code == 404
    for nobody in ("GYO-26-999999", "ngawur", "x" * 200):
        assert client.post(f"/pesanan/{nobody}/diterima").status_code == 404
    assert state_of(db, number) is OrderState.ON_THE_WAY


@pytest.mark.only_on("sqlite", because=PAGES)
def test_nothing_arrives_before_it_left_or_without_the_code(
    db: Database, client: Visitor, kopi: Goods, gayo: Desk
) -> None:
    client.set_cookie(CART_COOKIE, "sari")
    fetched = make_paid(db, {kopi: 1}, quotes={kopi.cooperative.id: PICKUP}).numbers[0]
    gayo.make_ready(fetched)
    fresh = make_paid(db, {kopi: 1}).numbers[0]
    unpaid = make_purchase(db, {kopi: 1}).numbers[0]
    before = [state_of(db, number) for number in (fetched, fresh, unpaid)]
    for number in (fetched, fresh, unpaid):
        assert client.post(f"/pesanan/{number}/diterima").status_code == 303
    assert [state_of(db, number) for number in (fetched, fresh, unpaid)] == before


def texts(db: Database) -> dict[str, str]:
    """The words of all notices about steps, by kind."""
    mailer.install(smtp_url=None, mail_from="a@contoh.id", public_url="https://toko", folder=None)  # type: ignore[arg-type]  # nothing is sent here
    with db.reading() as session:
        found = session.query(Notice).filter(Notice.kind.startswith("order_")).all()
        facts: dict[int, Any] = {
            **notices.about_steps(session, [one for one in found if one.kind != "order_new"]),
            **notices.about_new_orders(session, [one for one in found if one.kind == "order_new"]),
        }
    return {one.kind: words(one.kind, name="Sari", **facts[one.id]).body for one in found}


def test_each_step_is_told_in_words_with_what_the_shopper_needs(
    db: Database, kopi: Goods, gayo: Desk
) -> None:
    number = make_paid(db, {kopi: 3}).numbers[0]
    line = lines_of(db, number)[0]
    gayo.do(
        number,
        lambda s, order: actions.accept(
            s,
            order,
            counts={line.id: 2},
            shortfalls={line.id: Shortfall(Reason.SHORT)},
            now=NOON,
        ),
    )
    gayo.do(number, lambda s, order: actions.mark_ready(s, order, now=NOON))
    gayo.do(number, lambda s, order: actions.hand_over(s, order, tracking="JP12345678", now=NOON))
    fetched = make_paid(db, {kopi: 1}, quotes={kopi.cooperative.id: PICKUP}).numbers[0]
    gayo.make_ready(fetched)
    code = order_of(db, fetched).pickup_code or "?"
    refused = make_paid(db, {kopi: 1}).numbers[0]
    gayo.do(refused, lambda s, order: actions.refuse(s, order, reason=Reason.SHORT, now=NOON))
    said = texts(db)
    assert "Nomor resi: JP12345678" in said["order_shipped"]
    assert f"Kode ambil: {code}" in said["order_ready_pickup"]
    assert "Gudang koperasi" in said["order_ready_pickup"]
    assert "Rp57." in said["order_refused"]
    assert all("https://toko/pembelian/" in text for text in said.values())


def test_own_delivery_is_told_without_a_number(db: Database, kopi: Goods, gayo: Desk) -> None:
    way = quote(5_000, DeliveryKind.OWN)
    number = make_paid(db, {kopi: 1}, quotes={kopi.cooperative.id: way}).numbers[0]
    gayo.make_ready(number)
    gayo.do(number, lambda s, order: actions.own_delivery_out(s, order, now=NOON))
    gayo.do(
        number, lambda s, order: actions.own_delivery_done(s, order, receiver="Bu Tini", now=NOON)
    )
    said = texts(db)
    assert "diantar sendiri oleh Gayo" in said["order_shipped"]
    assert "sudah tiba" in said["order_arrived"]
    assert "Tini" not in said["order_arrived"]


@pytest.mark.only_on("sqlite", because=PAGES)
def test_a_parcel_that_did_not_come_is_looked_for_and_a_second_tap_changes_nothing(
    db: Database, client: Visitor, kopi: Goods, gayo: Desk
) -> None:
    number = paid_by(db, kopi)
    client.set_cookie(CART_COOKIE, "sari")
    early = client.post(f"/pesanan/{number}/belum-sampai", follow_redirects=True)
    assert "belum berangkat" in early.text
    gayo.ship(number)
    assert "belum-sampai" in client.get(f"/pesanan/{number}").text
    for _ in range(2):
        answer = client.post(f"/pesanan/{number}/belum-sampai", follow_redirects=True)
        assert "Koperasi sedang mencarinya" in answer.text
    assert order_of(db, number).needs == "not_arrived"
    stranger = client.application.test_client()
    assert stranger.post(f"/pesanan/{number}/belum-sampai").status_code == 404
