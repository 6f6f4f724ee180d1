"""A shopper calls off what nobody has begun to pack: at once, and all the money goes back."""

import pytest
from sqlalchemy import func, select

from shop.catalog.inventory.queries import Shelf
from shop.checkout.settlement.actions import settle_purchase
from shop.core.database.engine import Database
from shop.payments.bills.models import Refund, RefundState
from shop.payments.cards.attempt_costs import post_attempt_cost
from shop.payments.cards.jobs import send_refund
from shop.payments.ledger.models import AccountKind
from shop.payments.ledger.queries import balance_of
from shop.people.cooperatives.models import Role
from shop.sales.orders.models import OrderState
from shop.web.security.csrf import CART_COOKIE
from tests.checkout.cards import as_card, paid_attempt
from tests.factories import (
    NOON,
    Goods,
    make_cooperative,
    make_goods,
    make_person,
    make_purchase,
    make_seat,
    shelf,
)
from tests.fulfilment.paid import Desk, make_paid, state_of, told
from tests.support.books import broken
from tests.support.engines import PAGES
from tests.support.fake_gateway import FakeGateway
from tests.support.visitor import Visitor

pytestmark = pytest.mark.usefixtures("noon")


@pytest.fixture
def kopi(db: Database) -> Goods:
    return make_goods(db, price=45_000, on_hand=5)


@pytest.mark.only_on("sqlite", because=PAGES)
def test_a_new_order_is_called_off_at_once_and_a_second_tap_changes_nothing(
    db: Database, client: Visitor, kopi: Goods
) -> None:
    wati = make_person(db, "Bu Wati", "wati@gyo.koperasi.example")
    make_seat(db, kopi.cooperative, wati, Role.MANAJER)
    placed = make_paid(db, {kopi: 2})
    number = placed.numbers[0]
    client.set_cookie(CART_COOKIE, "sari")
    for _ in range(2):
        assert client.post(f"/pesanan/{number}/batal").status_code == 303
    assert state_of(db, number) is OrderState.CANCELLED
    assert shelf(db, kopi) == Shelf(on_hand=5, reserved=0)
    with db.reading() as session:
        # Goods, delivery and, since nothing of the purchase is left, its unique code.
        assert session.scalar(select(func.sum(Refund.amount))) == placed.amount
        assert balance_of(session, AccountKind.REFUND_DUE) == -placed.amount
    assert told(db).count("order_called_off") == 1
    assert broken(db) == {}


@pytest.mark.only_on("sqlite", because=PAGES)
def test_what_is_being_packed_is_not_called_off(db: Database, client: Visitor, kopi: Goods) -> None:
    number = make_paid(db, {kopi: 2}).numbers[0]
    Desk(db, kopi.cooperative.id).accept_all(number)
    client.set_cookie(CART_COOKIE, "sari")
    assert client.post(f"/pesanan/{number}/batal").status_code == 303
    assert state_of(db, number) is OrderState.ACCEPTED
    with db.reading() as session:
        assert session.scalars(select(Refund)).all() == []


@pytest.mark.only_on("sqlite", because=PAGES)
def test_nobody_calls_off_the_order_of_another(db: Database, client: Visitor, kopi: Goods) -> None:
    number = make_paid(db, {kopi: 2}).numbers[0]
    client.set_cookie(CART_COOKIE, "joko")
    assert client.post(f"/pesanan/{number}/batal").status_code == 404
    assert state_of(db, number) is OrderState.NEW


@pytest.mark.only_on("sqlite", because=PAGES)
def test_the_money_of_a_card_goes_back_to_it_and_the_platform_bears_its_cost(
    db: Database, client: Visitor, kopi: Goods
) -> None:
    placed = as_card(db, make_purchase(db, {kopi: 2}))
    attempt_id = paid_attempt(db, placed)
    with db.writing() as session:
        settle_purchase(session, payment_id=placed.payment_id, now=NOON)
        post_attempt_cost(session, attempt_id, 3_000, NOON)
    client.set_cookie(CART_COOKIE, "sari")
    page = client.get(f"/pembelian/{placed.code}").get_data(as_text=True)
    assert "Rp102.000 kembali penuh ke kartu Anda" in page
    client.post(f"/pesanan/{placed.numbers[0]}/batal")
    gateway = FakeGateway()
    with db.reading() as session:
        refund_id = session.scalars(select(Refund.id)).one()
    for _ in range(3):
        send_refund(db, gateway, refund_id, NOON)
    assert [amount for _, amount in gateway.refunds.values()] == [102_000]
    with db.reading() as session:
        assert session.get_one(Refund, refund_id).state is RefundState.DONE
        assert balance_of(session, AccountKind.GATEWAY) == -3_000
        assert balance_of(session, AccountKind.PAYMENT_COST) == 3_000
        assert balance_of(session, AccountKind.COOPERATIVE_DUE) == 0
    page = client.get(f"/pembelian/{placed.code}").get_data(as_text=True)
    assert "Rp102.000 sudah kami kembalikan ke kartu" in page
    assert broken(db) == {}


@pytest.mark.only_on("sqlite", because=PAGES)
def test_the_purchase_counts_only_the_cooperatives_that_still_work_on_it(
    db: Database, client: Visitor, kopi: Goods
) -> None:
    tenun = make_goods(db, make_cooperative(db, "KTM", "Koperasi Kintamani"), price=90_000)
    placed = make_paid(db, {kopi: 1, tenun: 1})
    client.set_cookie(CART_COOKIE, "sari")
    address = f"/pembelian/{placed.code}"
    assert "dikerjakan 2 koperasi" in client.get(address).get_data(as_text=True)
    client.post(f"/pesanan/{placed.numbers[0]}/batal")
    assert "dikerjakan 1 koperasi" in client.get(address).get_data(as_text=True)
    Desk(db, tenun.cooperative.id).ship(placed.numbers[1])
    assert "dikerjakan 1 koperasi" in client.get(address).get_data(as_text=True)
    client.post(f"/pesanan/{placed.numbers[1]}/diterima")
    assert state_of(db, placed.numbers[1]) in (OrderState.ARRIVED, OrderState.DONE)
    assert "dikerjakan" not in client.get(address).get_data(as_text=True)
