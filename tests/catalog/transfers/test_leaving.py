"""Who leaves a cooperative sells nothing more, and keeps what is open (rule R28)."""

from functools import partial

import pytest
from flask import Flask
from sqlalchemy import select

from shop.catalog.products.actions import publish
from shop.catalog.products.errors import MemberUnknown, NotPublishable
from shop.catalog.products.models import Product, ProductCard, ProductState
from shop.catalog.transfers.member_departure import deactivate_member, reactivate_member
from shop.core.database.engine import Database
from shop.people.cooperatives.models import Member
from shop.sales.orders.models import OrderState
from shop.services.audit.models import AuditEvent
from tests.factories import NOON, Goods, make_goods
from tests.fulfilment.paid import Desk, lines_of, make_paid, state_of
from tests.support.customer import Customer, InProcess
from tests.support.engines import PAGES
from tests.support.trade import sign_in

MANAGER = 7


def code_of(db: Database, goods: Goods) -> str:
    with db.reading() as session:
        return session.get_one(Member, goods.member_id).code


def go(db: Database, goods: Goods, *, cooperative_id: int | None = None) -> int:
    return db.write(
        partial(
            deactivate_member,
            cooperative_id=cooperative_id or goods.cooperative.id,
            code=code_of(db, goods),
            today=NOON.date(),
            now=NOON,
            person_id=MANAGER,
        )
    )


def test_a_leavers_goods_are_hidden_and_those_of_others_stay(db: Database) -> None:
    kopi, madu = make_goods(db), make_goods(db, name="Madu")
    with db.writing() as session:
        for goods in (kopi, madu):
            publish(session, goods.product_id, now=NOON)
    assert go(db, kopi) == 1
    with db.reading() as session:
        assert session.get_one(Product, kopi.product_id).state is ProductState.HIDDEN
        assert session.scalars(select(ProductCard.product_id)).all() == [madu.product_id]
        assert session.scalars(select(AuditEvent.action)).all() == ["member.left"]


def test_open_lines_stay_the_leavers_own(db: Database) -> None:
    kopi = make_goods(db)
    number = make_paid(db, {kopi: 2}).numbers[0]
    go(db, kopi)
    assert [line.member_id for line in lines_of(db, number)] == [kopi.member_id]
    Desk(db, kopi.cooperative.id).ship(number)
    assert state_of(db, number) is OrderState.ON_THE_WAY


def test_goods_of_who_left_are_not_shown_again_until_they_come_back(db: Database) -> None:
    kopi = make_goods(db)
    go(db, kopi)
    with pytest.raises(NotPublishable), db.writing() as session:
        publish(session, kopi.product_id, now=NOON)
    with pytest.raises(MemberUnknown):
        go(db, kopi)
    db.write(
        partial(
            reactivate_member,
            cooperative_id=kopi.cooperative.id,
            code=code_of(db, kopi),
            now=NOON,
            person_id=MANAGER,
        )
    )
    with db.writing() as session:
        publish(session, kopi.product_id, now=NOON)


def test_nobody_lets_another_cooperatives_member_go(db: Database) -> None:
    kopi = make_goods(db)
    with pytest.raises(MemberUnknown):
        go(db, kopi, cooperative_id=kopi.cooperative.id + 1)


@pytest.mark.only_on("sqlite", because=PAGES)
def test_the_desk_writes_down_who_left_and_takes_it_back(market_app: Flask) -> None:
    manager = Customer(InProcess(market_app))
    sign_in(manager, "pengelola@pkl.koperasi.example")
    here = "/kelola/canting-pesisir-rahayu/anggota/PKL-M10"
    manager.go(here)
    page = manager.press("Catat keluar")
    assert "Centang dulu" in page.text
    page = manager.press("Catat keluar", {"yakin": "1"})
    assert page.markup.faults == []
    assert "barang disembunyikan" in page.text
    page = manager.press("Batalkan keluar")
    assert "Dicatat kembali sebagai anggota." in page.text
    assert "Catat keluar" in page.text
