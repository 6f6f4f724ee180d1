"""Goods that can leave in the same parcel stand on the page of a product, and no others."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from shop.catalog.packaging.models import PackFacts
from shop.catalog.packaging.rules import SendLimit
from shop.catalog.products.models import Product, ProductCard
from shop.core.database.engine import Database
from shop.shipping.rates.models import Rate, RateCard
from shop.shipping.rates.rules import may_travel, methods_lost_in_shared_parcel
from shop.storefront.product.queries import RELATED, find_goods
from tests.factories import NOON
from tests.storefront.home.test_kept_pages import courier
from tests.storefront.home.test_pages import COFFEE
from tests.support.statements import statements

LIMITS = st.sampled_from([None, *SendLimit])


def limits(*all_of: SendLimit | None) -> list[str]:
    return [one for one in all_of if one is not None]


@given(LIMITS, LIMITS, st.integers(min_value=0, max_value=30), st.booleans())
def test_who_shares_a_parcel_keeps_it_from_no_way(
    own: SendLimit | None, other: SendLimit | None, days: int, by_air: bool
) -> None:
    alone = may_travel(limits(own), "courier", days_most=days, by_air=by_air)
    together = may_travel(limits(own, other), "courier", days_most=days, by_air=by_air)
    if not methods_lost_in_shared_parcel(own, other):
        assert alone == together
    elif alone and not together:
        assert methods_lost_in_shared_parcel(own, other)


@pytest.mark.parametrize(
    ("own", "other", "shares"),
    [
        (None, SendLimit.COLD, False),
        (None, SendLimit.NO_AIR, False),
        (SendLimit.COLD, None, True),
        (SendLimit.NO_AIR, None, True),
        (SendLimit.COLD, SendLimit.NO_AIR, False),
        (SendLimit.FROZEN_LOCAL, SendLimit.SAME_DAY_LOCAL, True),
        (SendLimit.FROZEN_LOCAL, None, True),
        (None, SendLimit.FROZEN_LOCAL, False),
    ],
)
def test_the_stricter_goods_may_take_the_easier_along(
    own: SendLimit | None, other: SendLimit | None, shares: bool
) -> None:
    assert (not methods_lost_in_shared_parcel(own, other)) == shares


def offered(market: Database) -> list[int]:
    """Which goods stand beside the coffee, by id."""
    with market.reading() as session, statements(market) as asked:
        _found, goods = find_goods(session, COFFEE, NOON)
    assert len(asked) == 4
    assert goods is not None
    return [card.product_id for card in goods.companions]


def beside(session: Session) -> tuple[int, list[int]]:
    """The coffee's cooperative and its other goods."""
    seller = session.scalars(
        select(ProductCard.cooperative_id).where(ProductCard.slug == COFFEE)
    ).one()
    others = select(Product.id).where(Product.cooperative_id == seller, Product.slug != COFFEE)
    return seller, list(session.scalars(others.order_by(Product.id)))


def limit(session: Session, products: Iterable[int], to: SendLimit | None) -> None:
    session.execute(
        update(PackFacts).where(PackFacts.product_id.in_(list(products))).values(send_limit=to)
    )


def test_only_goods_that_travel_as_far_stand_beside_it(market: Database) -> None:
    with market.writing() as session:
        seller, others = beside(session)
        courier(session, 0, seller)
        cards = select(RateCard.id).where(RateCard.cooperative_id == seller)
        session.execute(
            update(Rate).where(Rate.card_id.in_(cards)).values(by_air=False, days_most=5)
        )
        limit(session, others, SendLimit.COLD)
        limit(session, others[:2], SendLimit.NO_AIR)
    # Everything goes by road, and longer than a cool box keeps.
    assert offered(market) == others[:2]
    with market.writing() as session:
        session.execute(
            update(Rate).where(Rate.card_id.in_(cards)).values(by_air=True, days_most=1)
        )
    assert set(offered(market)) <= set(others[2:])
    assert len(offered(market)) == RELATED


def test_where_no_courier_comes_everything_shares_a_parcel(market: Database) -> None:
    with market.writing() as session:
        seller, others = beside(session)
        courier(session, 0, seller)
        limit(session, others, SendLimit.FROZEN_LOCAL)
    assert offered(market) == []
    with market.writing() as session:
        session.execute(
            delete(Rate).where(
                Rate.card_id.in_(select(RateCard.id).where(RateCard.cooperative_id == seller))
            )
        )
    assert len(offered(market)) == RELATED


def test_what_is_sold_out_fills_no_parcel(market: Database) -> None:
    first = offered(market)[0]
    with market.writing() as session:
        session.execute(
            update(ProductCard).where(ProductCard.product_id == first).values(open_packs=0)
        )
    assert first not in offered(market)
