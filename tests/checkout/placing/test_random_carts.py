"""Invented carts by the thousand, reckoned by the rules alone: every sum is exact.

    LUMBUNG_CARTS=100000 .venv/bin/pytest tests/checkout/placing/test_random_carts.py -n 2

reckons a hundred thousand; `make test` a part of them, other ones than the day before would be no
help to whoever looks for a fault, so the first cart of a number is always the same.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from shop.catalog.products.queries import Sellable
from shop.checkout.cart.rules import Line, by_cooperative
from shop.checkout.placing.rules import (
    NO_DISCOUNT,
    Discount,
    ParcelChoice,
    discount_for,
    goods_of,
    split_by_cooperative,
    totals,
)
from shop.core.database.settings_by_date import DEFAULTS
from shop.core.values.money import Rupiah
from shop.core.values.units import Grams
from shop.sales.fees.rules import fee_name, fee_rate_for
from shop.sales.orders.actions import OrderDraft
from shop.sales.orders.rules import discount_of as discount_of_units
from shop.sales.orders.rules import freeze_line, refund_of, unit_shares
from shop.sales.vouchers.errors import VoucherRefused
from shop.sales.vouchers.rules import Terms, check
from shop.shipping.rates.rules import Quote
from tests.support.effort import effort

CARTS = effort("LUMBUNG_CARTS", short=1_000, soak=100_000)
PARTS = max(4, CARTS // 1_000)
"""So that several processes share them."""
NOW = datetime(2026, 11, 23, 5, tzinfo=UTC)
PATHS = ("minuman/kopi", "minuman/teh-wedang", "makanan-olahan/keripik-kerupuk", "batik-tenun")


@dataclass
class Sold:
    """A line as its order would keep it."""

    packs: int
    unit_price: int
    discount: int
    member_share: int
    parts: dict[str, int]


def goods(random: Random, cooperative: int, product: int, variant: int, **same: object) -> Sellable:
    """One kind of goods of a cooperative."""
    price = random.choice((random.randint(1, 999), random.randint(1_000, 400_000), 25_000))
    steps = sorted(
        {
            random.randint(2, 30): Rupiah(max(1, price - random.randint(1, price)))
            for _ in range(2)
        }.items()
    )
    usual: dict[str, object] = {
        "variant_id": variant,
        "product_id": product,
        "cooperative_id": cooperative,
        "cooperative_name": f"K{cooperative}",
        "cooperative_slug": f"k{cooperative}",
        "dye": "",
        "motif": "",
        "town": "",
        "zone": "Asia/Jakarta",
        "contribution_bp": same["contribution_bp"],
        "is_pkp": same["is_pkp"],
        "member_id": product,
        "product_slug": "",
        "name": "Barang",
        "name_en": None,
        "variant_name": "",
        "sku": str(variant),
        "price": Rupiah(price),
        "gross_grams": 250,
        "length_mm": 100,
        "width_mm": 100,
        "height_mm": 60,
        "limit": None,
        "net_label": "",
        "least_packs": 1,
        "days_to_make": 0,
        "is_one_piece": False,
        "category_path": random.choice(PATHS),
        "picture": None,
        "is_published": True,
        "available": 1_000,
        "cooperative_code": f"K{cooperative}",
        "steps": tuple(steps) if random.random() < 0.4 else (),
    }
    return Sellable(**usual)  # type: ignore[arg-type]  # by name, as above


def cart(random: Random) -> tuple[Line, ...]:
    """One to eight cooperatives, some products of each, up to three variants of one."""
    lines: list[Line] = []
    for cooperative in range(1, random.randint(1, 8) + 1):
        terms = {"contribution_bp": random.randint(0, 2_000), "is_pkp": random.random() < 0.3}
        for _product in range(random.randint(1, 3)):
            product = len(lines) + 1
            counts = [random.choice((1, 2, 3, 12, 40)) for _ in range(random.randint(1, 3))]
            for packs in counts:
                item = goods(random, cooperative, product, len(lines) + 1, **terms)
                lines.append(Line(item.variant_id, packs, item.price, item, together=sum(counts)))
    return tuple(lines)


def sent(random: Random, lines: tuple[Line, ...]) -> tuple[ParcelChoice, ...]:
    """Each cooperative's parcel with a way to go."""
    return tuple(
        ParcelChoice(
            parcel,
            number,
            (),
            Quote(
                cooperative_id=parcel.cooperative_id,
                rate_code="courier:hemat:1",
                days_least=2,
                days_most=4,
                kind="courier",
                name="Hemat",
                fee=Rupiah(random.choice((0, random.randint(1, 90_000)))),
                scale_grams=Grams(500),
                billable_grams=Grams(1_000),
            ),
            Rupiah(0),
            is_placed=True,
        )
        for number, parcel in enumerate(by_cooperative(lines), start=1)
    )


def voucher(random: Random) -> Terms:
    """A voucher of the platform or of one of the cooperatives."""
    is_percent = random.random() < 0.6
    return Terms(
        voucher_id=1,
        code="ACAK",
        cooperative_id=random.choice((None, random.randint(1, 8))),
        cooperative_name="K",
        percent_bp=random.randint(1, 10_000) if is_percent else None,
        amount=None if is_percent else random.randint(1, 300_000),
        least_goods=random.choice((0, 50_000)),
        most_discount=random.choice((None, random.randint(1, 50_000))),
        starts_at=NOW - timedelta(days=1),
        ends_at=NOW + timedelta(days=1),
        most_uses=None,
        most_per_buyer=None,
        used=0,
        stopped_at=None,
    )


def figures(random: Random) -> dict[str, int]:
    """Fees for everybody, for a cooperative, for a branch of its goods."""
    return {
        **DEFAULTS,
        "platform_fee_bp": random.randint(0, 1_500),
        fee_name(random.randint(1, 8), None): random.randint(0, 1_500),
        fee_name(random.randint(1, 8), "minuman"): random.randint(-1, 1_500),
        fee_name(random.randint(1, 8), "minuman/kopi"): random.randint(0, 1_500),
        "platform_is_pkp": random.randint(0, 1),
        "pph22_bp": random.choice((0, 50)),
    }


def discount(random: Random, choices: tuple[ParcelChoice, ...]) -> Discount:
    """What a voucher takes off, if there is one and it holds."""
    if random.random() < 0.4:
        return NO_DISCOUNT
    terms = voucher(random)
    try:
        check(terms, goods_of(choices), used_by_buyer=0, now=NOW)
    except VoucherRefused:
        return NO_DISCOUNT
    return discount_for(terms, choices)


def add_up(random: Random, *, most_packs: int) -> None:
    """One cart, from its lines to the last rupiah of its last pack.

    :param most_packs: lines of more packs than that are not taken apart.
    """
    choices = sent(random, cart(random))
    own = {
        line.variant_id: line.goods.category_path
        for choice in choices
        for line in choice.parcel.lines
        if line.goods
    }
    off, numbers = discount(random, choices), figures(random)
    drafts = split_by_cooperative(choices, {}, discount=off, figures=numbers)
    sums = totals(choices, off.total)
    orders = [order_total(draft) for draft in drafts]
    assert sum(orders) == sums.total  # Σ orders = payment
    assert sum(line.discount for draft in drafts for line in draft.lines) == off.total
    for draft, total in zip(drafts, orders, strict=True):
        lines = [frozen(draft, place, numbers, own) for place in range(len(draft.lines))]
        net = sum(line.unit_price * line.packs - line.discount for line in lines)
        assert net + draft.quote.fee == total  # Σ lines = order
        given = sum(line.member_share + sum(line.parts.values()) for line in lines)
        assert given == net
        for line in lines:
            packs_add_up(line, most_packs)


def order_total(draft: OrderDraft) -> int:
    goods_total = sum(line.goods_total - line.discount for line in draft.lines)
    return goods_total + draft.quote.fee


def frozen(draft: OrderDraft, place: int, numbers: dict[str, int], own: dict[int, str]) -> Sold:
    """The line as it is sold, its fee the most specific one of its own category."""
    line = draft.lines[place]
    shares = freeze_line(
        line.goods_total,
        contribution_bp=draft.contribution_bp,
        is_pkp=draft.is_pkp,
        figures=numbers,
        discount=line.discount,
        platform_pays=line.platform_pays,
        fee_bp=line.fee_bp,
    )
    assert line.fee_bp == fee_rate_for(numbers, draft.cooperative_id, own[line.variant_id])
    # The promise under the price: a voucher never lowers what the maker gets (rule R21).
    whole = freeze_line(
        line.goods_total,
        contribution_bp=draft.contribution_bp,
        is_pkp=draft.is_pkp,
        figures={**numbers, "platform_fee_bp": 0},
    )
    assert shares.member_share == whole.member_share
    return Sold(line.packs, line.unit_price, line.discount, shares.member_share, dict(shares.parts))


def packs_add_up(line: Sold, most_packs: int) -> None:
    """What packs carry sums to the line: paying back one by one pays back the line (R11)."""
    units = range(1, line.packs + 1)
    assert discount_of_units(line, units) == line.discount
    if line.packs > most_packs:
        return
    assert refund_of(line, units) == line.unit_price * line.packs - line.discount
    each = [unit_shares(line, unit) for unit in units]
    assert sum(one.member_share for one in each) == line.member_share
    assert sum(one.parts["platform_fee"] for one in each) == line.parts["platform_fee"]
    assert all(one.net == one.member_share + sum(one.parts.values()) for one in each)


@pytest.mark.soak
@pytest.mark.parametrize("part", range(PARTS))
def test_every_sum_of_many_random_carts_is_exact(part: int) -> None:
    for number in range(part, CARTS, PARTS):
        # Taking forty packs apart costs most of the time: one cart in eighty has all of it done.
        add_up(Random(number), most_packs=40 if number // PARTS % 80 == 0 else 3)
