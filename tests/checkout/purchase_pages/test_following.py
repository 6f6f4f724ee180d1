"""Following a purchase: the rightful see all, who has but the link a first name, others nothing."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from shop.checkout.expiry.actions import expire_due_payments
from shop.checkout.purchases.notices import about_purchases
from shop.checkout.settlement.actions import settle_purchase
from shop.core.database.engine import Database
from shop.core.values import clock
from shop.payments.bills.models import Payment
from shop.payments.transfers.actions import match, record_receipt
from shop.sales.orders.actions import advance
from shop.sales.orders.models import Actor, Order, OrderLine, OrderState, Purchase
from shop.services.outbox.models import Notice
from shop.web.http import app_state
from shop.web.security.csrf import CART_COOKIE, SIGN_IN_COOKIE
from tests.checkout.conftest import Market
from tests.checkout.shopping import fill_cart, pay_data, stand_at_checkout
from tests.factories import make_goods, make_person, shelf
from tests.fulfilment.paid import Desk, order_of
from tests.support.customer import Answer, Customer, InProcess
from tests.support.engines import PAGES
from tests.support.entering import sign_in
from tests.support.statements import statements

pytestmark = pytest.mark.only_on("sqlite", because=PAGES)

SECRETS = ("Sari Dewi", "0812-3456-7890", "Melati")


@pytest.fixture
def sari(app: Flask) -> Customer:
    """Sari, a guest."""
    return Customer(InProcess(app))


@pytest.fixture
def joko(app: Flask) -> Customer:
    """Joko, the stranger."""
    return Customer(InProcess(app))


def buy(sari: Customer, market: Market) -> Answer:
    """A purchase from Gayo and Sari Bumi; its page."""
    page = stand_at_checkout(sari, {market.gayo: 1, market.sari_bumi: 1})
    return sari.send("/checkout", pay_data(page))


def numbers(db: Database) -> list[str]:
    with db.reading() as session:
        return list(session.scalars(select(Order.number).order_by(Order.position)))


def settle(db: Database) -> None:
    """The money is seen on the account."""
    now = clock.now()
    with db.writing() as session:
        payment = session.scalars(select(Payment)).one()
        receipt = record_receipt(
            session,
            payee_id=payment.payee_id,
            received_on=now.date(),
            amount=payment.amount,
            source_key="mutasi:1",
            now=now,
        )
        match(session, receipt, payment, receipt.amount, person_id=None, now=now)
        settle_purchase(session, payment_id=payment.id, now=now)


def move(db: Database, number: str, *states: OrderState) -> None:
    """Let a cooperative move an order on."""
    for state in states:
        with db.writing() as session:
            order = session.scalars(select(Order).where(Order.number == number)).one()
            if state is OrderState.ACCEPTED:
                for line in session.scalars(
                    select(OrderLine).where(OrderLine.order_id == order.id)
                ):
                    line.accepted = line.packs
            advance(session, order, state, actor=Actor.COOPERATIVE, now=clock.now())


def purchases_on(page: Answer) -> list[str]:
    """Where the page's purchases are."""
    links = [link.attrs.get("href", "") for link in page.markup.all("a")]
    return [link for link in links if link.startswith("/pembelian/")]


def test_an_unpaid_purchase_says_how_much_where_to_and_until_when(
    db: Database, market: Market, sari: Customer
) -> None:
    page = buy(sari, market)
    with db.reading() as session:
        payment = session.scalars(select(Payment)).one()
    assert f"Rp{payment.amount:,}".replace(",", ".") in page.words
    assert f"Rp{payment.unique_code}" in page.words
    assert "Transfer tepat sampai 3 angka terakhir" in page.words
    assert "Bank Contoh" in page.words
    assert "0012345678" in page.words
    local = clock.in_zone(payment.due_at, "Asia/Jakarta")
    assert f"Bayar sebelum {local:%H.%M} WIB, {local.day} " in page.words
    assert all(secret in page.words for secret in SECRETS)


def test_times_stand_in_the_zone_of_the_destination(
    db: Database, market: Market, sari: Customer
) -> None:
    page = stand_at_checkout(sari, {market.gayo: 1}, place="Batur")
    page = sari.send("/checkout", pay_data(page))
    with db.reading() as session:
        due = session.scalars(select(Payment.due_at)).one()
    assert f"Bayar sebelum {clock.in_zone(due, 'Asia/Makassar'):%H.%M} WITA" in page.words


def test_a_stranger_with_the_link_sees_a_first_name_and_a_district_only(
    market: Market, sari: Customer, joko: Customer
) -> None:
    path = buy(sari, market).path
    page = joko.go(path)
    assert page.status == 200
    assert "Belanja untuk Sari" in page.words
    assert "Pondok Gede" in page.words
    assert not any(secret in page.text for secret in (*SECRETS, "Kopi Gayo", "0012345678"))


def test_the_last_four_digits_open_it_and_wrong_ones_do_not(
    market: Market, sari: Customer, joko: Customer
) -> None:
    path = buy(sari, market).path
    for typed in ("1234", "", "789", "78900", "٧٨٩٠", "<b>", "7890 OR 1=1"):
        joko.go(path)
        if typed == "1234":
            assert "tidak cocok" in joko.press("Buka", {"digit": typed}).words
        else:
            answer = joko.press("Buka", {"digit": typed})
            assert answer.status == 422
            assert "misalnya 7890" in answer.words
    joko.go(path)
    assert "Sari Dewi" in joko.press("Buka", {"digit": "7890"}).words
    assert "Sari Dewi" not in Customer(joko.line).go(path).words


def test_guessing_digits_ends_after_five_tries_for_everybody(
    market: Market, sari: Customer, joko: Customer
) -> None:
    path = buy(sari, market).path
    joko.go(path)
    for guess in range(5):
        answer = joko.press("Buka", {"digit": f"000{guess}"})
        assert answer.status == 422
    assert joko.press("Buka", {"digit": "7890"}).status == 429
    assert "Sari Dewi" in sari.go(path).words, "the rightful browser is not locked out"


def test_a_code_nobody_has_is_not_found(market: Market, sari: Customer) -> None:
    buy(sari, market)
    for code in ("x", "a" * 22, "..", "%00", "A" * 500):
        assert sari.go(f"/pembelian/{code}").status == 404


def test_an_order_does_not_exist_for_strangers_who_are_shown_the_way_to_track(
    db: Database, market: Market, sari: Customer, joko: Customer
) -> None:
    buy(sari, market)
    number = numbers(db)[0]
    assert sari.go(f"/pesanan/{number}").status == 200
    foreign, unknown = joko.go(f"/pesanan/{number}"), joko.go("/pesanan/GYO-26-999999")
    assert foreign.status == unknown.status == 404
    assert foreign.words == unknown.words
    assert foreign.markup.all("a", href="/lacak")


def test_a_person_sees_it_wherever_they_sign_in_but_not_who_uses_their_browser_later(
    db: Database, market: Market, sari: Customer, joko: Customer, app: Flask
) -> None:
    person = make_person(db)
    with app.test_client() as client:
        sari.cookies[SIGN_IN_COOKIE] = sign_in(client, db, person)
        joko.cookies[SIGN_IN_COOKIE] = sign_in(client, db, make_person(db, "Joko"))
    path = buy(sari, market).path
    number = numbers(db)[0]
    assert joko.go(f"/pesanan/{number}").status == 404
    assert "Belanja untuk" in joko.go(path).words
    del sari.cookies[SIGN_IN_COOKIE]
    assert "Melati" not in sari.go(path).text


def test_tracking_answers_alike_to_unknown_numbers_and_wrong_digits(
    db: Database, market: Market, sari: Customer, joko: Customer
) -> None:
    buy(sari, market)
    number = numbers(db)[0]
    answers = []
    for typed in ({"nomor": number, "digit": "0000"}, {"nomor": "GYO-26-999999", "digit": "7890"}):
        joko.go("/lacak")
        answer = joko.press("Lihat pesanan", typed)
        assert answer.status == 422
        assert dict(answer.forms[1].fields)["nomor"] == typed["nomor"]
        answers.append(answer.words)
    assert answers[0] == answers[1]


def test_tracking_leads_to_the_order_however_the_number_is_typed(
    db: Database, market: Market, sari: Customer, joko: Customer
) -> None:
    buy(sari, market)
    number = numbers(db)[0]
    joko.go("/lacak")
    page = joko.press("Lihat pesanan", {"nomor": f" {number.lower()} ", "digit": "7890"})
    assert page.path == f"/pesanan/{number}"
    assert "Sari Dewi" in page.words
    assert joko.go(f"/pesanan/{numbers(db)[1]}").status == 200, "the purchase is one"


def test_tracking_refuses_nonsense_in_words(market: Market, joko: Customer) -> None:
    for typed in ("", "x", "GYO", "'; --", "<script>alert(1)</script>", "9" * 500, "٣"):
        joko.go("/lacak")
        answer = joko.press("Lihat pesanan", {"nomor": typed, "digit": "7890"})
        assert answer.status == 422
        assert "GYO-26-000123" in answer.words
        assert "<script>alert" not in answer.text


def test_tracking_stops_after_five_tries_an_hour_for_a_number(
    db: Database, market: Market, sari: Customer, joko: Customer
) -> None:
    buy(sari, market)
    number = numbers(db)[0]
    for _ in range(5):
        joko.go("/lacak")
        joko.press("Lihat pesanan", {"nomor": number, "digit": "0000"})
    joko.go("/lacak")
    assert joko.press("Lihat pesanan", {"nomor": number, "digit": "7890"}).status == 429


def test_the_way_of_a_parcel_is_told_step_by_step(
    db: Database, market: Market, sari: Customer
) -> None:
    path = buy(sari, market).path
    settle(db)
    page = sari.go(path)
    assert "Terima kasih, sudah dibayar" in page.words
    courier, pickup = numbers(db)
    Desk(db, order_of(db, courier).cooperative_id).ship(courier, now=clock.now())
    page = sari.go(f"/pesanan/{courier}")
    current = [one.text for one in page.markup.all("li", **{"aria-current": "step"})]
    assert len(current) == 1
    assert current[0].startswith("Di jalan")
    assert any(form.action == f"/pesanan/{courier}/diterima" for form in page.forms)
    with db.reading() as session:
        code = session.scalars(select(Order.pickup_code).where(Order.number == pickup)).one()
    assert code
    assert code not in sari.go(f"/pesanan/{pickup}").words, "not before it is ready"
    Desk(db, order_of(db, pickup).cooperative_id).make_ready(pickup, clock.now())
    assert code in sari.go(f"/pesanan/{pickup}").words


def test_the_pick_up_code_is_shown_to_the_rightful_only(
    db: Database, market: Market, sari: Customer, joko: Customer
) -> None:
    path = buy(sari, market).path
    settle(db)
    pickup = numbers(db)[1]
    move(db, pickup, OrderState.ACCEPTED, OrderState.READY)
    with db.reading() as session:
        code = session.scalars(select(Order.pickup_code).where(Order.number == pickup)).one()
    assert code
    assert code in sari.go(path).words
    assert code not in joko.go(path).text
    assert code not in joko.go(f"/pesanan/{pickup}").text


def test_cancelling_unpaid_frees_the_goods_at_once_and_a_second_tap_changes_nothing(
    db: Database, market: Market, sari: Customer
) -> None:
    path = buy(sari, market).path
    old = next(form for form in sari.page.forms if form.action == f"{path}/batal")
    page = sari.press("Batalkan belanja ini")
    assert "Belanja ini dibatalkan" in page.words
    assert shelf(db, market.gayo).reserved == 0
    answer = sari.send(old.action, old.data())
    assert "tidak bisa dibatalkan lagi" in answer.text


def test_a_stranger_cancels_and_orders_nothing_again(
    db: Database, market: Market, sari: Customer, joko: Customer
) -> None:
    path = buy(sari, market).path
    token = joko.go(path).markup.all("input", name="csrf_token")[0].attrs["value"]
    for act in ("batal", "lagi"):
        assert joko.send(f"{path}/{act}", {"csrf_token": token}.items()).status == 404
    assert shelf(db, market.gayo).reserved == 1
    assert CART_COOKIE not in joko.cookies


def test_a_lapsed_purchase_fills_the_cart_again_in_one_tap(
    db: Database, market: Market, sari: Customer
) -> None:
    path = buy(sari, market).path
    with db.writing() as session:
        expire_due_payments(session, clock.now() + timedelta(days=2))
    page = sari.go(path)
    assert "Waktu bayar sudah lewat" in page.words
    with db.writing() as session:
        from shop.catalog.inventory.models import StockItem

        session.execute(
            update(StockItem)
            .where(StockItem.variant_id == market.sari_bumi.variant_id)
            .values(reserved=20)
        )
    page = sari.press("Pesan lagi")
    assert page.path == "/keranjang"
    assert "Kopi Gayo" in page.words
    assert "Tidak semua masih ada: Tempe." in page.text
    sari.go(path)
    page = sari.press("Pesan lagi")
    assert page.markup.all("input", name=f"jml-{market.gayo.variant_id}")[0].attrs["value"] == "1"


def test_the_own_list_is_paged_and_costs_the_same_for_two_and_for_twenty(
    db: Database, market: Market, sari: Customer, app: Flask
) -> None:
    from tests.factories import make_purchase

    person = make_person(db)
    with app.test_client() as client:
        sari.cookies[SIGN_IN_COOKIE] = sign_in(client, db, person)
    assert "Belum ada pesanan" in sari.go("/akun/pesanan").words
    with app.app_context():
        own = app_state.database()
    goods = make_goods(db, market.gayo.cooperative, on_hand=100)
    costs = []
    for more in (2, 18):
        for _ in range(more):
            make_purchase(db, {goods: 1}, person=person)
        with statements(own) as told:
            sari.go("/akun/pesanan")
        costs.append(len(told))
    assert costs[0] == costs[1]
    seen = purchases_on(sari.page)
    sari.go(sari.page.markup.all("a", rel="next")[0].attrs["href"])
    assert len({*seen, *purchases_on(sari.page)}) == 20


def test_the_own_list_asks_strangers_to_sign_in(joko: Customer) -> None:
    assert joko.go("/akun/pesanan").path.startswith("/masuk")


def test_the_message_about_a_purchase_has_all_facts_and_the_link(
    db: Database, market: Market, sari: Customer, app: Flask
) -> None:
    path = buy(sari, market).path
    with db.reading() as session, app.app_context():
        notice = session.scalars(select(Notice).where(Notice.kind == "purchase_placed")).one()
        with statements(db) as told:
            facts = about_purchases(session, [notice] * 5)[notice.id]
        assert len(told) == 2
        purchase = session.scalars(select(Purchase)).one()
        payment = session.scalars(select(Payment)).one()
    assert facts["total"] == payment.amount
    assert facts["link"] == f"http://localhost{path}"
    assert facts["zone"] == "Asia/Jakarta"
    assert [number for number, _name in facts["orders"]] == numbers(db)  # type: ignore[attr-defined]
    assert purchase.code in str(facts["link"])


def test_the_purchase_page_costs_the_same_for_one_and_for_three_cooperatives(
    market: Market, sari: Customer, app: Flask
) -> None:
    with app.app_context():
        own = app_state.database()
    costs = []
    for packs in ({market.gayo: 1}, {market.gayo: 1, market.kintamani: 1, market.sari_bumi: 1}):
        page = stand_at_checkout(sari, packs)
        path = sari.send("/checkout", pay_data(page)).path
        with statements(own) as told:
            sari.go(path)
        costs.append(len(told))
    assert costs[0] == costs[1] <= 20, costs  # three of them ask for the days of arrival
    fill_cart(sari, {market.gayo: 1})
