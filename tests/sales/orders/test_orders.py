"""A purchase freezes what was agreed; one function moves its orders and leaves a trace."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from shop.catalog.inventory.errors import InsufficientStock
from shop.catalog.products.models import Product, Variant
from shop.core.database.engine import Database
from shop.core.database.settings_by_date import Policy
from shop.sales.orders.actions import advance, create_purchase
from shop.sales.orders.errors import NoSuchOrder
from shop.sales.orders.models import Actor, Order, OrderLine, OrderState
from shop.sales.orders.queries import order_view, purchase_view, purchases_of
from shop.sales.orders.rules import DeliveryKind
from tests.factories import (
    DAY,
    NOON,
    PICKUP,
    Goods,
    Placed,
    draft_of,
    make_contact,
    make_cooperative,
    make_goods,
    make_person,
    make_purchase,
    quote,
)
from tests.support.books import broken
from tests.support.statements import statements


@pytest.fixture
def gayo(db: Database) -> Goods:
    return make_goods(db, make_cooperative(db), on_hand=90)


@pytest.fixture
def kintamani(db: Database) -> Goods:
    other = make_cooperative(
        db, "KPS", "Koperasi Kintamani", zone="Asia/Makassar", contribution_bp=1_000
    )
    return make_goods(db, other, price=65_000, on_hand=90)


@pytest.fixture
def placed(db: Database, gayo: Goods, kintamani: Goods) -> Placed:
    return make_purchase(
        db,
        {gayo: 2, kintamani: 1},
        quotes={gayo.cooperative.id: quote(12_000), kintamani.cooperative.id: PICKUP},
    )


def move(db: Database, order_id: int, *states: OrderState, accepted: int | None = None) -> None:
    for to in states:
        with db.writing() as session:
            order = session.get_one(Order, order_id)
            if to is OrderState.ACCEPTED:
                for line in session.scalars(
                    select(OrderLine).where(OrderLine.order_id == order_id)
                ):
                    line.accepted = line.packs if accepted is None else accepted
            advance(session, order, to, actor=Actor.COOPERATIVE, person_id=7, now=NOON)


def test_one_purchase_is_one_order_for_each_cooperative(
    db: Database, placed: Placed, gayo: Goods
) -> None:
    with db.reading() as session:
        view = purchase_view(session, placed.code)
    assert [order.number for order in view.orders] == ["GYO-26-000001", "KPS-26-000001"]
    assert [order.position for order in view.orders] == [1, 2]
    assert [order.total for order in view.orders] == [102_000, 65_000]
    assert (view.goods_total, view.delivery_total, view.orders_total) == (155_000, 12_000, 167_000)
    first, second = view.orders
    assert (first.seller.name, first.lines[0].packs) == ("Koperasi Gayo", 2)
    assert second.delivery_kind is DeliveryKind.PICKUP
    assert broken(db) == {}


def test_a_sale_keeps_its_prices_whatever_changes_later(
    db: Database, placed: Placed, gayo: Goods
) -> None:
    with db.writing() as session:
        session.execute(update(Variant).values(price=1))
        session.execute(update(Product).values(name="Lain"))
        session.add(Policy(name="platform_fee_bp", since=NOON.date(), value=900))
    with db.reading() as session:
        line = session.scalars(select(OrderLine).order_by(OrderLine.id)).first()
        assert line is not None
        assert (line.name, line.unit_price, line.member_share) == ("Kopi Gayo", 45_000, 82_800)
        assert (line.fee_bp, line.fee) == (300, 2_700)


def test_fees_are_those_of_the_day_of_the_sale(db: Database, gayo: Goods) -> None:
    with db.writing() as session:
        session.add(Policy(name="platform_fee_bp", since=(NOON - DAY).date(), value=500))
        session.add(Policy(name="platform_fee_bp", since=(NOON + DAY).date(), value=900))
    make_purchase(db, {gayo: 1})
    with db.reading() as session:
        assert session.scalars(select(OrderLine.fee_bp)).all() == [500]


def test_numbers_run_by_cooperative_and_by_its_own_year(
    db: Database, gayo: Goods, kintamani: Goods
) -> None:
    # 23.30 WIB on New Year's Eve is half past midnight in Makassar.
    eve = datetime(2026, 12, 31, 16, 30, tzinfo=UTC)
    assert make_purchase(db, {gayo: 1}).numbers == ("GYO-26-000001",)
    assert make_purchase(db, {kintamani: 1, gayo: 1}, now=eve).numbers == (
        "KPS-27-000001",
        "GYO-26-000002",
    )


def test_a_placement_that_fails_leaves_no_gap(db: Database, gayo: Goods) -> None:
    draft = draft_of({gayo: 1}, contact_id=make_contact(db))

    def fail_after_writing() -> None:
        with db.writing() as session:
            create_purchase(session, draft=draft, now=NOON)
            raise InsufficientStock([])

    with pytest.raises(InsufficientStock):
        fail_after_writing()
    assert make_purchase(db, {gayo: 1}).numbers == ("GYO-26-000001",)


def test_one_checkout_is_one_purchase(db: Database, gayo: Goods) -> None:
    draft = draft_of({gayo: 1}, contact_id=make_contact(db))
    with db.writing() as session:
        create_purchase(session, draft=draft, now=NOON)
    with pytest.raises(IntegrityError), db.writing() as session:
        create_purchase(session, draft=draft, now=NOON)


def test_creating_costs_the_same_statements_for_two_and_for_twenty_lines(
    db: Database, gayo: Goods, kintamani: Goods
) -> None:
    def cost(placed: Placed) -> int:
        with statements(db) as seen, db.reading() as session:
            purchase_view(session, placed.code)
        return len(seen)

    one = make_purchase(db, {gayo: 1})
    many = make_purchase(
        db,
        {
            gayo: 1,
            kintamani: 2,
            make_goods(db, make_cooperative(db, "PAY", "Koperasi Payakumbuh")): 1,
        },
    )
    assert cost(one) == cost(many) == 5


def test_a_person_finds_what_they_bought_newest_first_page_by_page(
    db: Database, gayo: Goods
) -> None:
    sari, joko = make_person(db, "Sari"), make_person(db, "Joko")
    mine = [make_purchase(db, {gayo: 1}, person=sari).code for _ in range(12)]
    make_purchase(db, {gayo: 1}, person=joko)
    with db.reading() as session:
        first = purchases_of(session, sari.id)
        second = purchases_of(session, sari.id, first.next_cursor)
    assert [card.code for card in (*first.rows, *second.rows)] == mine[::-1]
    assert second.next_cursor is None
    number, cooperative, state, is_paid = first.rows[0].parts[0]
    assert (number, cooperative, state) == ("GYO-26-000012", "Gayo", OrderState.UNPAID)
    assert not is_paid


def test_unknown_codes_and_numbers_lead_nowhere(db: Database, placed: Placed) -> None:
    with db.reading() as session:
        with pytest.raises(NoSuchOrder):
            purchase_view(session, "tidak-ada")
        with pytest.raises(NoSuchOrder):
            order_view(session, "GYO-26-999999")
