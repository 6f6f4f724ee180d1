"""A maker arranges packs: combinations, prices, codes – and what was sold stays what it was."""

import re
from collections.abc import Mapping

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.catalog.products.models import (
    Listing,
    ListingState,
    Product,
    ProductCard,
    ProductState,
    Variant,
)
from shop.catalog.products.product_detail import OFFERS, Offer, read_offers
from shop.core.database.engine import Database
from shop.people.accounts.models import Person
from shop.people.cooperatives.rules import Role
from shop.sales.orders.models import OrderLine
from shop.services.audit.models import AuditEvent
from tests.factories import Goods, make_goods, make_person, make_purchase, make_seat, shelf
from tests.support.engines import PAGES
from tests.support.entering import sign_in
from tests.support.visitor import Visitor
from tests.web.markup import Markup

pytestmark = pytest.mark.only_on("sqlite", because=PAGES)


def packs_of(session: Session, goods: Goods) -> tuple[Offer, ...]:
    return read_offers(session.execute(OFFERS, {"product_id": goods.product_id}))


@pytest.fixture
def coffee(db: Database, client: Visitor, asih: Person) -> Goods:
    """Bu Asih's coffee, and Bu Asih at her phone."""
    goods = make_goods(db, maker=asih, price=45_000, on_hand=7)
    sign_in(client, db, asih)
    return goods


def _page(goods: Goods) -> str:
    return f"/lapak/produk/{goods.sku}/pilihan"


def _laid_out(client: Visitor, goods: Goods, axes: Mapping[str, str]) -> dict[str, str]:
    """The form as it stands after the choices were typed and laid out."""
    answer = client.post(_page(goods), data={**axes, "susun": "1"})
    assert answer.status_code == 422
    return _fields(answer.text)


def _fields(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]*>", text):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name is None or ('type="checkbox"' in tag and "checked" not in tag):
            continue
        found[name[1]] = value[1] if value else ""
    return {name: value for name, value in found.items() if re.match(r"nama|isi|baris", name)}


def _packs(db: Database, goods: Goods) -> list[tuple[str, int, bool]]:
    with db.reading() as session:
        rows = session.execute(
            select(Variant.name, Variant.price, Variant.is_hidden)
            .where(Variant.product_id == goods.product_id)
            .order_by(Variant.is_hidden, Variant.position, Variant.id)
        )
        return [(name, price, hidden) for name, price, hidden in rows]


GRIND = {"nama_1": "giling", "isi_1": "halus, kasar"}
BOTH = {**GRIND, "nama_2": "ukuran", "isi_2": "250 g, 500 g"}


def test_two_choices_become_four_packs_and_the_first_keeps_its_stock(
    client: Visitor, db: Database, coffee: Goods
) -> None:
    form = _laid_out(client, coffee, BOTH)
    assert form["baris-0-kode"] == coffee.sku
    form |= {"baris-1-harga": "80rb", "baris-1-stok": "3", "baris-1-berat": "560"}
    assert client.post(_page(coffee), data=form).status_code == 303
    assert _packs(db, coffee) == [
        ("halus · 250 g", 45_000, False),
        ("halus · 500 g", 80_000, False),
        ("kasar · 250 g", 45_000, False),
        ("kasar · 500 g", 45_000, False),
    ]
    assert shelf(db, coffee).on_hand == 7
    with db.reading() as session:
        found = packs_of(session, coffee)
        assert [offer.available for offer in found] == [7, 3, 0, 0]
        assert found[1].gross_grams == 560
        skus = session.scalars(
            select(Variant.sku).where(Variant.product_id == coffee.product_id)
        ).all()
        assert sorted(skus) == [coffee.sku, *(f"{coffee.sku}-{n}" for n in (2, 3, 4))]
        card = session.get_one(ProductCard, coffee.product_id)
        assert (card.price, card.has_prices, card.variant_id) == (45_000, True, None)
    page = client.get(_page(coffee))
    assert Markup.of(page.text).faults == []
    assert _fields(page.text)["isi_2"] == "250 g, 500 g"


def test_a_shopper_chooses_by_both_without_script(
    client: Visitor, db: Database, coffee: Goods
) -> None:
    form = _laid_out(client, coffee, BOTH) | {"baris-3-stok": "2", "baris-3-harga": "81.000"}
    client.post(_page(coffee), data=form)
    with db.reading() as session:
        slug = session.get_one(Product, coffee.product_id).slug
        by_name = {one.name: one.variant_id for one in packs_of(session, coffee)}
    first = Markup.of(client.get(f"/produk/{slug}").text)
    assert first.faults == []
    radios = [one.attrs["value"] for one in first.all("input", type="radio", name="varian")]
    assert radios == [str(by_name[f"halus · {size}"]) for size in ("250 g", "500 g")]
    text = client.get(f"/produk/{slug}?pilih=kasar").text
    radios = [
        one.attrs["value"] for one in Markup.of(text).all("input", type="radio", name="varian")
    ]
    assert radios == [str(by_name[f"kasar · {size}"]) for size in ("250 g", "500 g")]
    assert "Pilih giling" in text
    assert "Pilih ukuran" in text
    assert "Choose size" in client.get(f"/en/produk/{slug}?pilih=kasar").text
    for strange in ("", "tidak-ada", "%00", "x" * 4_000, "<script>"):
        assert client.get(f"/produk/{slug}?pilih={strange}").status_code == 200


def test_what_was_sold_is_hidden_and_old_orders_keep_name_and_price(
    client: Visitor, db: Database, coffee: Goods
) -> None:
    client.post(_page(coffee), data=_laid_out(client, coffee, GRIND))
    make_purchase(db, {coffee: 2})
    form = _laid_out(client, coffee, {"nama_1": "giling", "isi_1": "kasar"})
    form |= {"baris-0-harga": "99rb"}
    assert client.post(_page(coffee), data=form).status_code == 303
    assert _packs(db, coffee) == [("kasar", 99_000, False), ("halus", 45_000, True)]
    with db.reading() as session:
        line = session.scalars(select(OrderLine)).one()
        assert (line.name, line.unit_price) == (coffee.name, 45_000)
        assert session.get(Variant, line.variant_id) is not None
    again = _laid_out(client, coffee, GRIND)
    client.post(_page(coffee), data=again | {"baris-0-dijual": "y"})
    assert [name for name, _price, hidden in _packs(db, coffee) if not hidden] == [
        "halus",
        "kasar",
    ]


def test_a_combination_can_be_left_out(client: Visitor, db: Database, coffee: Goods) -> None:
    form = _laid_out(client, coffee, BOTH)
    del form["baris-2-dijual"]
    assert client.post(_page(coffee), data=form).status_code == 303
    assert [name for name, *_rest in _packs(db, coffee)] == [
        "halus · 250 g",
        "halus · 500 g",
        "kasar · 500 g",
    ]


def test_changed_choices_are_laid_out_before_they_are_sold(
    client: Visitor, db: Database, coffee: Goods
) -> None:
    form = _laid_out(client, coffee, GRIND) | {"isi_1": "halus, kasar, biji"}
    answer = client.post(_page(coffee), data=form | {"baris-0-harga": "47rb"})
    assert answer.status_code == 422
    assert _fields(answer.text)["baris-0-harga"] == "47.000"
    assert len(_packs(db, coffee)) == 1


@pytest.mark.parametrize(
    ("axes", "said"),
    [
        ({"nama_1": "giling", "isi_1": "halus, HALUS"}, "ada dua kali"),
        ({"nama_1": "giling"}, "Tulis isinya"),
        ({"isi_1": "halus"}, "Tulis namanya"),
        ({**GRIND, "nama_2": "Giling", "isi_2": "x"}, "Namanya sama"),
        ({"nama_1": "nomor", "isi_1": ",".join(map(str, range(51)))}, "51 kombinasi"),
        ({**BOTH, "nama_3": "warna", "isi_3": "merah"}, "Paling banyak dua pilihan"),
        ({"nama_1": "giling", "isi_1": "x" * 39}, "terlalu panjang"),
        ({"nama_1": "g" * 41, "isi_1": "halus"}, "Terlalu panjang"),
    ],
)
def test_choices_nobody_could_choose_by_are_refused_beside_the_field(
    client: Visitor, db: Database, coffee: Goods, axes: dict[str, str], said: str
) -> None:
    answer = client.post(_page(coffee), data={**axes, "baris-0-harga": "1"})
    assert answer.status_code == 422
    assert said in answer.text
    assert 'aria-invalid="true"' in answer.text or 'class="err"' in answer.text
    for value in (axes.get("nama_1"), axes.get("isi_1")):
        assert not value or value in answer.text
    assert len(_packs(db, coffee)) == 1


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        *(
            ("harga", typed, "misalnya")
            for typed in ("10.5", "12,500", "0", "-1", "Rp", "9" * 13, "", "gratis", "1e3", "٢٥")
        ),
        *(
            ("berat", typed, "angka bulat")
            for typed in ("0", "-1", "1.5", "10" * 6, "50001", "abc")
        ),
        *(("stok", typed, "angka bulat") for typed in ("-1", "1000000000000", "1.5", "1e3")),
        *(("kode", typed, "Kode hanya") for typed in ("A/B", "-A", "A B", "<b>", "../x")),
    ],
)
def test_wrong_figures_are_refused_and_everything_typed_stays(
    client: Visitor, db: Database, coffee: Goods, field: str, typed: str, said: str
) -> None:
    form = _laid_out(client, coffee, GRIND) | {"baris-0-harga": "46rb"}
    form[f"baris-1-{field}"] = typed
    answer = client.post(_page(coffee), data=form)
    assert answer.status_code == 422
    assert said in answer.text
    assert _fields(answer.text)["baris-0-harga"] == "46rb"
    assert len(_packs(db, coffee)) == 1


def test_a_code_of_other_goods_is_refused_with_a_way_to_them(
    client: Visitor, db: Database, coffee: Goods
) -> None:
    other = make_goods(db, name="Teh")
    form = _laid_out(client, coffee, GRIND) | {"baris-1-kode": other.sku.lower()}
    answer = client.post(_page(coffee), data=form)
    assert answer.status_code == 422
    assert f"Kode {other.sku} sudah dipakai" in answer.text
    with db.reading() as session:
        slug = session.get_one(Product, other.product_id).slug
    assert f'href="/produk/{slug}"' in answer.text
    assert len(_packs(db, coffee)) == 1


def test_one_code_twice_in_a_form_is_refused_and_two_may_be_swapped(
    client: Visitor, db: Database, coffee: Goods
) -> None:
    form = _laid_out(client, coffee, GRIND) | {"baris-0-kode": "A-1", "baris-1-kode": "A-1"}
    assert client.post(_page(coffee), data=form).status_code == 422
    form |= {"baris-1-kode": "A-2"}
    assert client.post(_page(coffee), data=form).status_code == 303
    form |= {"baris-0-kode": "A-2", "baris-1-kode": "A-1"}
    assert client.post(_page(coffee), data=form).status_code == 303
    with db.reading() as session:
        found = dict(
            session.execute(
                select(Variant.name, Variant.sku).where(Variant.product_id == coffee.product_id)
            ).all()
        )
    assert found == {"halus": "A-2", "kasar": "A-1"}


def test_goods_in_the_shop_keep_at_least_one_pack(
    client: Visitor, db: Database, coffee: Goods
) -> None:
    form = _laid_out(client, coffee, GRIND)
    for row in (0, 1):
        del form[f"baris-{row}-dijual"]
    answer = client.post(_page(coffee), data=form)
    assert answer.status_code == 422
    assert "Paling sedikit satu" in answer.text


def test_a_changed_price_is_in_the_log_with_before_and_after(
    client: Visitor, db: Database, coffee: Goods, asih: Person
) -> None:
    form = _fields(client.get(_page(coffee)).text) | {"baris-0-harga": "52.500"}
    assert client.post(_page(coffee), data=form).status_code == 303
    with db.reading() as session:
        event = session.scalars(
            select(AuditEvent).where(AuditEvent.action == "product.packs_arranged")
        ).one()
        assert event.actor_id == asih.id
        assert (event.after or {})["prices"] == {coffee.sku: {"from": 45_000, "to": 52_500}}
    assert _packs(db, coffee) == [("", 52_500, False)]


def test_a_makers_new_weight_is_looked_at_again_and_a_new_price_is_not(
    client: Visitor, db: Database, coffee: Goods
) -> None:
    form = _fields(client.get(_page(coffee)).text)
    assert client.post(_page(coffee), data=form | {"baris-0-harga": "47rb"}).status_code == 303
    assert _listing(db, coffee).state is ListingState.APPROVED
    assert client.post(_page(coffee), data=form | {"baris-0-berat": "280"}).status_code == 303
    assert _listing(db, coffee).state is ListingState.CHANGED
    with db.reading() as session:
        assert session.get_one(Product, coffee.product_id).state is ProductState.PUBLISHED


def test_a_managers_own_weight_needs_nobody_else(
    client: Visitor, db: Database, coffee: Goods
) -> None:
    wati = make_person(db, "Bu Wati")
    make_seat(db, coffee.cooperative, wati, Role.MANAJER)
    sign_in(client, db, wati)
    form = _fields(client.get(_page(coffee)).text)
    assert client.post(_page(coffee), data=form | {"baris-0-berat": "280"}).status_code == 303
    assert _listing(db, coffee).state is ListingState.APPROVED


def _listing(db: Database, goods: Goods) -> Listing:
    with db.reading() as session:
        return session.get_one(Listing, goods.product_id)
