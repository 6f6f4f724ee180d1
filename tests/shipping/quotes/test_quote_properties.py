"""What every quote keeps to, whatever is packed: never below nothing, never less for more, free
from its sum on, and downward only once some of the parcel is not sent (rules R10 and R17).
"""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from shop.core.database.engine import Database
from shop.core.values.units import Grams, Millimetres
from shop.fulfilment.orders.rules import settle_freight
from shop.shipping.rates.rules import (
    Quote,
    Unit,
    WeightRule,
    billable_weight,
    courier_fee,
    load_of,
    shipping_fee,
)
from tests.shipping.quotes.test_quotes import BANDUNG, GARUT, JAKARTA, _quotes

sides = st.integers(1, 2_000).map(Millimetres)
packs = st.builds(Unit, st.integers(1, 40), st.integers(0, 20_000).map(Grams), sides, sides, sides)
parcels = st.lists(packs, min_size=1, max_size=6)
rules = st.builds(
    WeightRule,
    divisor=st.integers(1_000, 9_000),
    tolerance=st.integers(0, 999).map(Grams),
    minimum=st.integers(1, 20).map(lambda kg: Grams(kg * 1000)),
)
prices = st.integers(0, 200_000)


def fee(units: list[Unit], rule: WeightRule, price: int) -> int:
    """What a courier asks for these packs together."""
    return courier_fee(price, billable_weight(load_of(units), rule))


@given(units=parcels, one=packs, rule=rules, price=prices)
def test_more_in_the_parcel_never_costs_less_and_nothing_is_negative(
    units: list[Unit], one: Unit, rule: WeightRule, price: int
) -> None:
    assert 0 <= fee(units, rule, price) <= fee([*units, one], rule, price)
    assert fee(units, rule, price) >= price * rule.minimum // 1000


@given(units=parcels, rule=rules, wider=st.integers(0, 5_000), price=prices)
def test_a_kinder_rule_never_costs_more(
    units: list[Unit], rule: WeightRule, wider: int, price: int
) -> None:
    kinder = WeightRule(rule.divisor + wider, rule.tolerance, rule.minimum)
    assert fee(units, kinder, price) <= fee(units, rule, price)
    freer = WeightRule(rule.divisor, Grams(min(rule.tolerance + wider, 999)), rule.minimum)
    assert fee(units, freer, price) <= fee(units, rule, price)
    later = WeightRule(rule.divisor, rule.tolerance, Grams(rule.minimum + 1_000))
    assert fee(units, later, price) >= fee(units, rule, price)


@given(
    asked=st.integers(0, 10**7),
    free_from=st.none() | st.integers(1, 10**7),
    goods=st.none() | st.integers(0, 10**8),
    more=st.integers(0, 10**7),
)
def test_delivery_is_free_from_its_sum_on_and_dearer_goods_never_bring_it_back(
    asked: int, free_from: int | None, goods: int | None, more: int
) -> None:
    found = shipping_fee(asked, free_from, goods)
    is_free = free_from is not None and goods is not None and goods >= free_from
    assert found == (0 if is_free else asked)
    assert shipping_fee(asked, free_from, (goods or 0) + more) <= found


@given(
    sold=parcels,
    sent=st.lists(st.integers(0, 40), min_size=6, max_size=6),
    rule=rules,
    price=prices,
    is_free=st.booleans(),
)
def test_a_parcel_of_which_less_is_sent_is_quoted_downward_only(
    sold: list[Unit], sent: list[int], rule: WeightRule, price: int, is_free: bool
) -> None:
    left = [
        Unit(min(count, one.packs), one.grams, one.length, one.width, one.height)
        for one, count in zip(sold, sent, strict=False)
    ]
    charged = 0 if is_free else fee(sold, rule, price)
    settled = settle_freight(charged, fee(left, rule, price))
    # The shopper pays what was agreed or less; what was free stays free, whatever is left of it.
    assert 0 <= charged - settled.refund <= charged
    assert settled.refund == 0 or not is_free
    assert settled.borne == 0 or is_free


def of_way(quotes: tuple[Quote, ...]) -> dict[str, Quote]:
    return {quote.choice: quote for quote in quotes}


def test_quotes_from_the_tables_keep_to_it_too(db: Database, garut: int) -> None:
    chance = Random(26)
    for _ in range(40):
        village = chance.choice((GARUT, BANDUNG, JAKARTA))
        units = [
            Unit(
                chance.randint(1, 9),
                Grams(chance.randint(1, 4_000)),
                Millimetres(chance.randint(10, 600)),
                Millimetres(chance.randint(10, 600)),
                Millimetres(chance.randint(10, 600)),
            )
            for _unit in range(chance.randint(1, 4))
        ]
        goods = {garut: chance.randint(0, 400_000)}
        fewer, all_of_it = (
            of_way(_quotes(db, garut, village, *part, goods=goods)) for part in (units[:1], units)
        )
        assert fewer.keys() == all_of_it.keys()
        for way, quote in all_of_it.items():
            assert 0 <= fewer[way].fee <= quote.fee
            if quote.rule is not None:
                assert quote.billable_grams == billable_weight(load_of(units), quote.rule)
                assert quote.fee == (quote.price_per_kg or 0) * quote.billable_grams // 1000
            if quote.free_from is not None and goods[garut] >= quote.free_from:
                assert quote.fee == 0
