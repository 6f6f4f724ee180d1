"""Three taps from the list of goods: a new price, packs that came or went, and why."""

import pytest
from sqlalchemy import select

from shop.catalog.inventory.models import MovementReason, StockMovement
from shop.catalog.products.models import Variant
from shop.core.database.engine import Database
from shop.people.accounts.models import Person
from shop.people.cooperatives.models import Role
from shop.services.audit.models import AuditEvent
from tests.factories import Goods, make_goods, make_person, make_purchase, make_seat, shelf
from tests.support.engines import PAGES
from tests.support.entering import sign_in
from tests.support.visitor import Visitor
from tests.web.markup import Markup

pytestmark = pytest.mark.only_on("sqlite", because=PAGES)


@pytest.fixture
def coffee(db: Database, client: Visitor, asih: Person) -> Goods:
    """Bu Asih's coffee, and Bu Asih at her phone."""
    goods = make_goods(db, maker=asih, price=45_000, on_hand=7)
    sign_in(client, db, asih)
    return goods


def _page(goods: Goods) -> str:
    return f"/lapak/produk/{goods.sku}/stok"


def _form(
    goods: Goods, price: str = "45000", change: str = "", reason: str = "produced"
) -> dict[str, str]:
    return {
        "baris-0-kode": goods.sku,
        "baris-0-tadi": "45000",
        "baris-0-harga": price,
        "baris-0-ubah": change,
        "alasan": reason,
    }


def _price(db: Database, goods: Goods) -> int:
    with db.reading() as session:
        return session.get_one(Variant, goods.variant_id).price


def test_the_list_of_goods_leads_there_and_one_form_changes_both(
    client: Visitor, db: Database, coffee: Goods, asih: Person
) -> None:
    assert f'href="{_page(coffee)}"' in client.get("/lapak").text
    answer = client.post(_page(coffee), data=_form(coffee, "47rb", "+5"))
    assert answer.status_code == 303
    assert _price(db, coffee) == 47_000
    assert shelf(db, coffee).on_hand == 12
    with db.reading() as session:
        last = session.scalars(select(StockMovement).order_by(StockMovement.id.desc())).first()
        assert last is not None
        assert (last.change, last.on_hand_after, last.reason, last.person_id) == (
            5,
            12,
            MovementReason.PRODUCED,
            asih.id,
        )
        actions = set(session.scalars(select(AuditEvent.action)))
    assert {"stock.adjusted", "product.price_changed"} <= actions
    page = client.get(_page(coffee))
    assert Markup.of(page.text).faults == []
    assert "Barang baru masuk" in page.text
    assert "Bu Asih" in page.text


@pytest.mark.parametrize("typed", ["5", "+5", "+ 5"])
def test_more_is_written_with_or_without_a_sign(
    client: Visitor, db: Database, coffee: Goods, typed: str
) -> None:
    client.post(_page(coffee), data=_form(coffee, change=typed))
    assert shelf(db, coffee).on_hand == 12


@pytest.mark.parametrize("typed", ["-2", "\u22122", "- 2"])
def test_less_is_written_with_either_minus(
    client: Visitor, db: Database, coffee: Goods, typed: str
) -> None:
    client.post(_page(coffee), data=_form(coffee, change=typed, reason="damaged"))
    assert shelf(db, coffee).on_hand == 5


def test_below_what_is_held_is_refused_with_the_numbers(
    client: Visitor, db: Database, coffee: Goods
) -> None:
    make_purchase(db, {coffee: 3})
    answer = client.post(_page(coffee), data=_form(coffee, "50rb", "-5"))
    assert answer.status_code == 422
    assert "Di rak ada 7, dan 3 sedang ditahan" in answer.text
    assert "paling banyak 4 dapat dikurangi" in answer.text
    assert 'value="-5"' in answer.text
    assert (shelf(db, coffee).on_hand, _price(db, coffee)) == (7, 45_000)
    assert client.post(_page(coffee), data=_form(coffee, change="-4")).status_code == 303


@pytest.mark.parametrize("typed", ["1.5", "1000000000000", "100001", "1e3", "--1", "٢", "lima"])
def test_what_is_no_count_is_refused_and_stays(
    client: Visitor, db: Database, coffee: Goods, typed: str
) -> None:
    answer = client.post(_page(coffee), data=_form(coffee, "46rb", typed))
    assert answer.status_code == 422
    assert "angka bulat" in answer.text
    assert f'value="{typed}"' in answer.text
    assert 'value="46rb"' in answer.text
    assert (shelf(db, coffee).on_hand, _price(db, coffee)) == (7, 45_000)


@pytest.mark.parametrize("typed", ["10.5", "12,500", "0", "-1", "Rp", "9" * 13, ""])
def test_what_is_no_price_is_refused_beside_the_field(
    client: Visitor, db: Database, coffee: Goods, typed: str
) -> None:
    answer = client.post(_page(coffee), data=_form(coffee, typed, "3"))
    assert answer.status_code == 422
    assert "misalnya" in answer.text
    assert (shelf(db, coffee).on_hand, _price(db, coffee)) == (7, 45_000)


def test_a_price_left_alone_does_not_undo_anothers(
    client: Visitor, db: Database, coffee: Goods
) -> None:
    with db.writing() as session:
        session.get_one(Variant, coffee.variant_id).price = 60_000
    client.post(_page(coffee), data=_form(coffee, "45000", "1"))
    assert _price(db, coffee) == 60_000


def test_packs_of_other_goods_are_not_found_here(
    client: Visitor, db: Database, coffee: Goods
) -> None:
    other = make_goods(db, coffee.cooperative)
    form = _form(coffee, change="5") | {"baris-0-kode": other.sku}
    assert client.post(_page(coffee), data=form).status_code == 404
    assert client.post(_page(other), data=_form(other, change="5")).status_code == 404
    assert shelf(db, other).on_hand == 5


def test_what_a_manager_changes_for_a_member_says_so_in_the_log(
    client: Visitor, db: Database, coffee: Goods
) -> None:
    wati = make_person(db, "Bu Wati")
    make_seat(db, coffee.cooperative, wati, Role.MANAJER)
    sign_in(client, db, wati)
    assert client.post(_page(coffee), data=_form(coffee, "52.500")).status_code == 303
    with db.reading() as session:
        event = session.scalars(
            select(AuditEvent).where(AuditEvent.action == "product.price_changed")
        ).one()
        assert event.actor_id == wati.id
        assert (event.after or {})["for_member"] == coffee.member_id
