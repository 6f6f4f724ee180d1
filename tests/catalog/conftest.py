"""Goods of the catalogue: the makers of Koperasi Gayo, what they bring, and its manager."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from shop.catalog.inventory.actions import open_shelf
from shop.catalog.packaging.actions import NewPack
from shop.catalog.products.actions import (
    NewProduct,
    NewVariant,
    add_product,
    publish,
    seed_categories,
)
from shop.catalog.products.models import Variant
from shop.core.database.engine import Database
from shop.core.values.money import Rupiah
from shop.people.accounts.models import Person
from shop.people.cooperatives.models import Cooperative, Member
from shop.people.cooperatives.rules import Role
from shop.services.media.storage import Storage, open_storage
from tests.factories import (
    NOON,
    Goods,
    make_cooperative,
    make_goods,
    make_member,
    make_person,
    make_seat,
)
from tests.support.entering import sign_in
from tests.support.visitor import Visitor

AddGoods = Callable[..., int]


@pytest.fixture
def gayo(db: Database) -> Cooperative:
    """Bu Wati's cooperative."""
    with db.writing() as session:
        seed_categories(session)
    return make_cooperative(db)


@pytest.fixture
def maker(db: Database, gayo: Cooperative) -> Member:
    """A member of Koperasi Gayo."""
    return make_member(db, gayo)


def new_product(maker: Member, name: str = "Kopi Gayo", **more: object) -> NewProduct:
    """A coffee of 200 g for Rp45.000, unless told otherwise."""
    facts: dict[str, object] = {
        "cooperative_id": maker.cooperative_id,
        "member_id": maker.id,
        "category_path": "minuman/kopi",
        "sku": f"SKU {name} {more.get('sku', '')}",
        "name": name,
        "variants": (new_variant(),),
        "pack": NewPack(net_content=200, net_unit="g"),
    }
    return NewProduct(**{**facts, **more})  # type: ignore[arg-type]  # plain values by name


def new_variant(price: int = 45_000, name: str = "", grams: int = 250) -> NewVariant:
    """A pack of 20 x 10 x 6 cm."""
    return NewVariant(
        price=Rupiah(price),
        name=name,
        gross_grams=grams,
        length_mm=200,
        width_mm=100,
        height_mm=60,
    )


@pytest.fixture
def add(db: Database, maker: Member) -> AddGoods:
    """Adds goods, puts packs on the shelf and shows them; gives their product's id."""

    def add(
        name: str = "Kopi Gayo", *, on_hand: int = 5, shown: bool = True, **more: object
    ) -> int:
        with db.writing() as session:
            product = add_product(session, new_product(maker, name, **more), now=NOON)
            for variant in session.query(Variant).filter_by(product_id=product.id):
                open_shelf(
                    session,
                    variant_id=variant.id,
                    cooperative_id=maker.cooperative_id,
                    on_hand=on_hand,
                    now=NOON,
                )
            if shown:
                publish(session, product.id, now=NOON)
            return product.id

    return add


@pytest.fixture
def asih(db: Database) -> Person:
    """Bu Asih makes what is sold here."""
    return make_person(db, "Bu Asih")


@pytest.fixture
def lister(db: Database, gayo: Cooperative, asih: Person) -> Member:
    """Bu Asih as a member: she lists what she makes."""
    return make_member(db, gayo, asih)


@pytest.fixture
def stall(db: Database, client: Visitor, lister: Member, asih: Person) -> Visitor:
    """Bu Asih's browser."""
    sign_in(client, db, asih)
    return client


@pytest.fixture
def wati(db: Database, gayo: Cooperative, app: Flask) -> Visitor:
    """The manager's browser."""
    person = make_person(db, "Bu Wati")
    make_seat(db, gayo, person, Role.MANAJER)
    browser = app.test_client()
    assert isinstance(browser, Visitor)
    sign_in(browser, db, person)
    return browser


@pytest.fixture
def goods(db: Database, client: Visitor, asih: Person) -> Goods:
    """Bu Asih's product, with her at the phone."""
    goods = make_goods(db, make_cooperative(db), maker=asih)
    sign_in(client, db, asih)
    return goods


@pytest.fixture
def storage(var_dir: Path) -> Storage:
    """Where the shop of this test keeps its photos."""
    return open_storage(f"file:{var_dir / 'media'}")
