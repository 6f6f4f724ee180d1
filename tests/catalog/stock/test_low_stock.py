"""Makers and managers hear that a shelf runs low: once each time, from how few they say."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from shop.catalog.inventory.actions import change_by, set_low_stock_threshold
from shop.catalog.inventory.errors import NoShelf
from shop.catalog.inventory.models import MovementReason, StockItem
from shop.catalog.listings.notices import about_low_shelves
from shop.catalog.products.models import Product, ProductState
from shop.catalog.stock.low_stock import notify_low_stock
from shop.core.database.engine import Database
from shop.people.accounts.models import Person
from shop.people.accounts.queries import reaches
from shop.people.cooperatives.models import Role
from shop.services.audit.models import AuditEvent
from shop.services.outbox.message_templates import words
from shop.services.outbox.models import Notice
from tests.factories import NOON, Goods, make_goods, make_person, make_purchase, make_seat
from tests.support.engines import PAGES
from tests.support.entering import sign_in
from tests.support.statements import statements
from tests.support.visitor import Visitor

MINUTE = timedelta(minutes=1)


@pytest.fixture
def coffee(db: Database, asih: Person) -> Goods:
    """Bu Asih's coffee, 20 packs of it, that a worker has seen; Bu Wati is the manager."""
    goods = make_goods(db, maker=asih, on_hand=20)
    make_seat(db, goods.cooperative, make_person(db, "Bu Wati"), Role.MANAJER)
    assert look(db) == []
    return goods


def look(db: Database, minutes: int = 0) -> list[int]:
    """A worker looks; whom it told, by contact, of all there were until now."""
    with db.writing() as session:
        notify_low_stock(session, NOON + minutes * MINUTE)
        return sorted(session.scalars(select(Notice.contact_id).where(Notice.kind == "stock_low")))


def change(db: Database, goods: Goods, packs: int) -> None:
    with db.writing() as session:
        change_by(
            session,
            variant_id=goods.variant_id,
            cooperative_id=goods.cooperative.id,
            change=packs,
            reason=MovementReason.COUNTED,
            person_id=None,
            now=NOON,
        )


def test_maker_and_manager_hear_of_it_once(db: Database, coffee: Goods, asih: Person) -> None:
    change(db, coffee, -14)
    assert look(db, 1) == []
    change(db, coffee, -1)
    told = look(db, 2)
    assert len(told) == len(set(told)) == 2
    change(db, coffee, -3)
    assert look(db, 3) == told


def test_a_shelf_that_was_filled_and_runs_low_again_is_told_again(
    db: Database, coffee: Goods
) -> None:
    for minute in (1, 4):
        change(db, coffee, -16)
        assert len(look(db, minute)) == (2 if minute == 1 else 4)
        change(db, coffee, 16)
        look(db, minute + 1)


def test_packs_that_are_held_count_as_gone(db: Database, coffee: Goods) -> None:
    make_purchase(db, {coffee: 15})
    assert len(look(db, 1)) == 2


def test_a_new_shelf_with_few_packs_has_not_run_low(db: Database, coffee: Goods) -> None:
    make_goods(db, coffee.cooperative, on_hand=3)
    assert look(db, 1) == []


def test_goods_that_are_not_in_the_shop_say_nothing(db: Database, coffee: Goods) -> None:
    with db.writing() as session:
        session.get_one(Product, coffee.product_id).state = ProductState.HIDDEN
    change(db, coffee, -18)
    assert look(db, 1) == []


def test_many_shelves_cost_as_many_looks_as_one(db: Database, coffee: Goods) -> None:
    def cost(minute: int, *there: Goods) -> int:
        for goods in there:
            change(db, goods, -18)
        with statements(db) as asked:
            look(db, minute)
        for goods in there:
            change(db, goods, 18)
        look(db, minute + 1)
        return len([one for one in asked if "INSERT INTO" not in one])

    others = [make_goods(db, coffee.cooperative, on_hand=20) for _ in range(4)]
    look(db)
    assert cost(1, coffee) == cost(3, coffee, *others)


@pytest.mark.only_on("sqlite", because=PAGES)
@pytest.mark.parametrize(
    ("left", "subject"), [(4, "Kopi Gayo tinggal 4"), (0, "Kopi Gayo sudah habis")]
)
def test_the_letter_says_what_is_left_and_where_to_write_more(
    db: Database, client: Visitor, coffee: Goods, left: int, subject: str
) -> None:
    change(db, coffee, left - 20)
    look(db, 1)
    with client.application.test_request_context(), db.reading() as session:
        notice = session.scalars(select(Notice).where(Notice.kind == "stock_low")).first()
        assert notice is not None
        facts = about_low_shelves(session, [notice])[notice.id]
        name = reaches(session, [notice.contact_id])[notice.contact_id].name
        letter = words("stock_low", name=name, language="id", **facts)
    assert letter.subject == subject
    assert f"/lapak/produk/{coffee.sku}/stok" in letter.body


def _page(goods: Goods) -> str:
    return f"/lapak/produk/{goods.sku}/stok"


def _form(goods: Goods, low_at: str) -> dict[str, str]:
    return {
        "baris-0-kode": goods.sku,
        "baris-0-tadi": "45000",
        "baris-0-harga": "45.000",
        "baris-0-ubah": "",
        "baris-0-menipis": low_at,
        "alasan": "produced",
    }


@pytest.mark.only_on("sqlite", because=PAGES)
def test_the_maker_says_from_how_few_on(
    db: Database, client: Visitor, coffee: Goods, asih: Person
) -> None:
    sign_in(client, db, asih)
    assert 'name="baris-0-menipis"' in client.get(_page(coffee)).text
    assert client.post(_page(coffee), data=_form(coffee, "12")).status_code == 303
    with db.reading() as session:
        assert session.get_one(StockItem, coffee.variant_id).low_at == 12
        event = session.scalars(
            select(AuditEvent).where(AuditEvent.action == "product.low_at_changed")
        ).one()
        assert (event.after or {})["low_at"] == {coffee.sku: {"from": 5, "to": 12}}
    change(db, coffee, -8)
    assert len(look(db, 1)) == 2
    client.post(_page(coffee), data=_form(coffee, ""))
    with db.reading() as session:
        assert session.get_one(StockItem, coffee.variant_id).low_at == 12


@pytest.mark.only_on("sqlite", because=PAGES)
@pytest.mark.parametrize("typed", ["-1", "1.5", "lima", "9" * 13, "100001"])
def test_what_is_no_count_is_refused_and_stays(
    db: Database, client: Visitor, coffee: Goods, asih: Person, typed: str
) -> None:
    sign_in(client, db, asih)
    answer = client.post(_page(coffee), data=_form(coffee, typed))
    assert answer.status_code == 422
    assert f'value="{typed}"' in answer.text
    assert 'id="baris-0-menipis-e"' in answer.text
    with db.reading() as session:
        assert session.get_one(StockItem, coffee.variant_id).low_at == 5


def test_a_shelf_of_another_cooperative_is_not_found(db: Database, coffee: Goods) -> None:
    with pytest.raises(NoShelf), db.writing() as session:
        set_low_stock_threshold(session, variant_id=coffee.variant_id, cooperative_id=0, low_at=3)
