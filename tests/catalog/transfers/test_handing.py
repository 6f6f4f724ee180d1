"""Copies of goods, and goods that go on with another member: what was sold stays whose it was."""

import pytest
from sqlalchemy import func, select

from shop.catalog.inventory.models import StockItem
from shop.catalog.products.actions import seed_categories
from shop.catalog.products.models import Product, ProductState, Variant, WholesaleStep
from shop.core.database.engine import Database
from shop.people.accounts.models import Person
from shop.people.cooperatives.models import Member, Role
from shop.sales.orders.models import OrderLine
from shop.services.audit.models import AuditEvent
from tests.factories import (
    NOON,
    Goods,
    make_cooperative,
    make_goods,
    make_member,
    make_person,
    make_purchase,
    make_seat,
)
from tests.support.engines import PAGES
from tests.support.entering import sign_in
from tests.support.visitor import Visitor
from tests.web.markup import Markup

pytestmark = pytest.mark.only_on("sqlite", because=PAGES)


@pytest.fixture
def coffee(db: Database, client: Visitor, asih: Person) -> Goods:
    """Bu Asih's coffee, and Bu Asih at her phone."""
    with db.writing() as session:
        seed_categories(session)
    goods = make_goods(db, maker=asih, price=45_000, on_hand=7)
    sign_in(client, db, asih)
    return goods


@pytest.fixture
def wati(db: Database, coffee: Goods) -> Person:
    """Bu Wati runs the cooperative."""
    person = make_person(db, "Bu Wati")
    make_seat(db, coffee.cooperative, person, Role.MANAJER)
    return person


def test_a_copy_is_a_draft_with_the_prices_and_without_stock(
    client: Visitor, db: Database, coffee: Goods
) -> None:
    with db.writing() as session:
        session.add(WholesaleStep(product_id=coffee.product_id, least_packs=12, unit_price=42_000))
    page = client.get(f"/lapak/produk/{coffee.sku}/lain")
    assert Markup.of(page.text).faults == []
    assert "Pindahkan ke anggota lain" not in page.text
    made = client.post(f"/lapak/produk/{coffee.sku}/salin").headers["Location"]
    sku = made.rpartition("/")[2]
    assert client.get(made).status_code == 200
    with db.reading() as session:
        copy = session.scalars(select(Product).where(Product.sku == sku)).one()
        assert (copy.name, copy.state) == ("Kopi Gayo (salinan)", ProductState.DRAFT)
        assert copy.member_id == coffee.member_id
        price, on_hand = session.execute(
            select(Variant.price, StockItem.on_hand)
            .join(StockItem, StockItem.variant_id == Variant.id)
            .where(Variant.product_id == copy.id)
        ).one()
        assert (price, on_hand) == (45_000, 0)
        assert session.get_one(WholesaleStep, (copy.id, 12)).unit_price == 42_000
    for part in ("pilihan", "stok", "isi"):
        assert client.get(f"{made}/{part}").status_code == 200, part


def test_copies_of_a_copy_get_names_and_codes_of_their_own(
    client: Visitor, db: Database, coffee: Goods
) -> None:
    for _ in range(3):
        assert client.post(f"/lapak/produk/{coffee.sku}/salin").status_code == 303
    with db.reading() as session:
        assert session.scalar(select(func.count(Product.id))) == 4


def test_goods_go_on_with_another_member_and_old_sales_do_not(
    client: Visitor, db: Database, coffee: Goods, wati: Person
) -> None:
    make_purchase(db, {coffee: 2})
    other = make_member(db, coffee.cooperative)
    sign_in(client, db, wati)
    page = f"/lapak/produk/{coffee.sku}/pindah"
    assert client.post(page, data={"kode": other.code.lower()}).status_code == 303
    with db.reading() as session:
        assert session.get_one(Product, coffee.product_id).member_id == other.id
        assert session.scalars(select(OrderLine.member_id)).one() == coffee.member_id
        event = session.scalars(select(AuditEvent).where(AuditEvent.action == "product.moved"))
        found = event.one()
        assert found.actor_id == wati.id
        assert (found.before, (found.after or {})["member"]) == (
            {"member": coffee.member_id},
            other.id,
        )


def test_a_member_does_not_hand_goods_on_herself(
    client: Visitor, db: Database, coffee: Goods
) -> None:
    other = make_member(db, coffee.cooperative)
    page = f"/lapak/produk/{coffee.sku}/pindah"
    assert client.post(page, data={"kode": other.code}).status_code == 403


def test_nobody_elsewhere_and_nobody_who_left_takes_goods_over(
    client: Visitor, db: Database, coffee: Goods, wati: Person
) -> None:
    foreign = make_member(db, make_cooperative(db, "KTM", "Koperasi Kintamani"))
    gone = make_member(db, coffee.cooperative)
    with db.writing() as session:
        session.get_one(Member, gone.id).left_on = NOON.date()
    sign_in(client, db, wati)
    for typed in (foreign.code, gone.code, "", "x" * 41, "<b>"):
        answer = client.post(f"/lapak/produk/{coffee.sku}/pindah", data={"kode": typed})
        assert answer.status_code == 422, typed
    with db.reading() as session:
        assert session.get_one(Product, coffee.product_id).member_id == coffee.member_id
