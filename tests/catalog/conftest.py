"""Goods of the catalogue: a maker of Koperasi Gayo and what she brings."""

from collections.abc import Callable

import pytest

from shop.catalog.actions import plant_categories
from shop.catalog.drafts import NewProduct, NewVariant, add_product
from shop.catalog.models import Variant
from shop.catalog.publishing import publish
from shop.cooperatives.models import Cooperative, Member
from shop.core.database import Database
from shop.core.money import Rupiah
from shop.inventory.actions import open_shelf
from shop.packaging.actions import NewPack
from tests.factories import NOON, make_cooperative, make_member

AddGoods = Callable[..., int]


@pytest.fixture
def gayo(db: Database) -> Cooperative:
    """Bu Wati's cooperative."""
    with db.writing() as session:
        plant_categories(session)
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
