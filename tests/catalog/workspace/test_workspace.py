"""The workspace of one product: who enters it, and what the log says of who acted for whom."""

import pytest
from sqlalchemy import select

from shop.catalog.products.edit_context import product_for, record_edit
from shop.core.database.engine import Database
from shop.people.cooperatives.rules import Role
from shop.services.audit.models import AuditEvent
from tests.factories import (
    NOON,
    make_cooperative,
    make_goods,
    make_person,
    make_seat,
)
from tests.support.engines import PAGES
from tests.support.entering import sign_in
from tests.support.visitor import Visitor
from tests.web.markup import Markup


@pytest.mark.only_on("sqlite", because=PAGES)
@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.KETUA, 200),
        (Role.MANAJER, 200),
        (Role.PENGAWAS, 200),
        (Role.BENDAHARA, 403),
        (Role.PENGEMAS, 403),
        (Role.ANGGOTA, 404),
    ],
)
def test_those_who_run_the_cooperative_open_its_goods_and_other_members_do_not(
    db: Database, client: Visitor, role: Role, status: int
) -> None:
    goods = make_goods(db)
    person = make_person(db, "Bu Wati")
    make_seat(db, goods.cooperative, person, role)
    sign_in(client, db, person)
    answer = client.get(f"/lapak/produk/{goods.sku}")
    assert answer.status_code == status
    if status == 200:
        assert Markup.of(answer.text).faults == []
        assert "untuk anggota ini" in answer.text


@pytest.mark.only_on("sqlite", because=PAGES)
def test_the_maker_opens_only_her_own(db: Database, client: Visitor) -> None:
    place = make_cooperative(db)
    maker = make_person(db, "Bu Asih")
    hers, others = make_goods(db, place, maker=maker), make_goods(db, place)
    sign_in(client, db, maker)
    page = client.get(f"/lapak/produk/{hers.sku}")
    assert page.status_code == 200
    assert "untuk anggota ini" not in page.text
    assert 'href="/lapak/produk/' + hers.sku in client.get("/lapak").text
    assert client.get(f"/lapak/produk/{others.sku}").status_code == 404


@pytest.mark.only_on("sqlite", because=PAGES)
def test_another_cooperatives_manager_and_a_stranger_find_nothing(
    db: Database, client: Visitor
) -> None:
    goods = make_goods(db)
    address = f"/lapak/produk/{goods.sku}"
    assert client.get(address).headers["Location"].startswith("/masuk")
    made = make_person(db, "Pak Made")
    make_seat(db, make_cooperative(db, "KIN"), made, Role.MANAJER)
    sign_in(client, db, made)
    assert client.get(address).status_code == 404
    assert client.get("/lapak/produk/tidak-ada").status_code == 404


def test_the_log_says_for_whom_a_manager_acted(db: Database) -> None:
    place = make_cooperative(db)
    maker, wati = make_person(db, "Bu Asih"), make_person(db, "Bu Wati")
    goods = make_goods(db, place, maker=maker)
    make_seat(db, place, wati, Role.MANAJER)
    with db.writing() as session:
        for person in (maker, wati):
            found = product_for(session, person.id, goods.sku)
            assert found is not None
            record_edit(session, found, "touched", now=NOON, after={"photos": 2})
    with db.reading() as session:
        lines = session.execute(
            select(AuditEvent.actor_id, AuditEvent.after).where(
                AuditEvent.action == "product.touched"
            )
        ).all()
    assert [tuple(line) for line in lines] == [
        (maker.id, {"photos": 2}),
        (wati.id, {"photos": 2, "for_member": goods.member_id}),
    ]


@pytest.mark.only_on("sqlite", because=PAGES)
def test_a_member_without_a_seat_any_more_finds_nothing(db: Database, client: Visitor) -> None:
    place = make_cooperative(db)
    left = make_person(db, "Bu Asih")
    goods = make_goods(db, place, maker=left, seated=False)
    sign_in(client, db, left)
    assert client.get(f"/lapak/produk/{goods.sku}").status_code == 404
