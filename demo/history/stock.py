"""What the shelves need at the opening, so that a year of sales ends at the stock of the file."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from demo.history.outcomes import gone_packs
from demo.history.plan import Planned
from demo.history.schedule import Step, Verb
from demo.market.csv_lists import parts, rows
from shop.catalog.inventory.actions import adjust
from shop.catalog.inventory.models import MovementReason, StockItem
from shop.catalog.products.models import Product, Variant
from shop.core.values.money import allocate

Option = tuple[str, int]
"""A product's SKU and which of its options, from 1."""

_GIVES_BACK = frozenset({Verb.LAPSE, Verb.CANCEL})


def opening_packs(planned: Sequence[Planned], taken: Sequence[Step]) -> dict[Option, int]:
    """Packs that lie there on the first day beside those of the file: what the year takes."""
    found, spare = _gone(planned, taken), spare_packs(planned, taken)
    return {key: found.get(key, 0) + spare.get(key, 0) for key in {*found, *spare}}


def spare_packs(planned: Sequence[Planned], taken: Sequence[Step]) -> dict[Option, int]:
    """Packs that only bridge: they were held for somebody while others bought, and came back."""
    level = _file_stock()
    for key, packs in _gone(planned, taken).items():
        level[key] += packs
    lowest: dict[Option, int] = {}
    for key, change in _changes(planned, taken):
        level[key] += change
        lowest[key] = min(lowest.get(key, 0), level[key])
    return {key: -packs for key, packs in lowest.items() if packs < 0}


def count_shelves(
    session: Session, spare: Mapping[Option, int], managers: Mapping[int, int], now: datetime
) -> None:
    """Take what only bridged off the shelves again, as a count of the stock would."""
    for row in session.execute(
        select(Product.sku, Variant.position, StockItem)
        .join(Variant, Variant.product_id == Product.id)
        .join(StockItem, StockItem.variant_id == Variant.id)
        .order_by(Variant.id)
    ):
        packs = spare.get((row.sku, row.position), 0)
        shelf = row.StockItem
        if packs:
            adjust(
                session,
                variant_id=shelf.variant_id,
                cooperative_id=shelf.cooperative_id,
                counted=shelf.on_hand - packs,
                reason=MovementReason.COUNTED,
                person_id=managers[shelf.cooperative_id],
                now=now,
            )


def _file_stock() -> dict[Option, int]:
    found: dict[Option, int] = {}
    for row in rows("products"):
        options = len(parts(row["varian"].partition(":")[2])) or 1
        for position, packs in enumerate(allocate(int(row["stok"]), [1] * options), start=1):
            found[row["sku"], position] = packs
    return found


def _gone(planned: Sequence[Planned], taken: Sequence[Step]) -> dict[Option, int]:
    """Packs that are sold, written off or held at the end."""
    bills, orders = _done(taken)
    found: dict[Option, int] = {}
    for number, one in enumerate(planned):
        bill = bills.get(number, set())
        if not bill or (bill & _GIVES_BACK and Verb.PAY not in bill):
            continue
        for place, part in enumerate(one.parts):
            gone = gone_packs(number, part, orders.get((number, place), ()))
            for item, packs in zip(part.basket.items, gone, strict=True):
                key = (item.sku, item.position)
                found[key] = found.get(key, 0) + packs
    return found


def _changes(planned: Sequence[Planned], taken: Sequence[Step]) -> Iterator[tuple[Option, int]]:
    """What each step takes from what can be bought, and gives back to it."""
    orders: dict[tuple[int, int], set[Verb]] = {}
    given_back: set[int] = set()
    for step in taken:
        one = planned[step.purchase]
        if step.part is not None:
            part = one.parts[step.part]
            done = orders.setdefault((step.purchase, step.part), set())
            before = gone_packs(step.purchase, part, done)
            done.add(step.verb)
            after = gone_packs(step.purchase, part, done)
            for item, was, now in zip(part.basket.items, before, after, strict=True):
                yield (item.sku, item.position), was - now
            continue
        gives = step.verb in _GIVES_BACK
        takes = step.verb is Verb.PLACE
        if step.verb is Verb.PAY and step.purchase in given_back:
            takes = True  # late money takes what is free
        if gives:
            given_back.add(step.purchase)
        for part in one.parts if gives or takes else ():
            for item in part.basket.items:
                yield (item.sku, item.position), item.packs if gives else -item.packs


def _done(
    taken: Sequence[Step],
) -> tuple[dict[int, set[Verb]], dict[tuple[int, int], set[Verb]]]:
    """What happened to each purchase, and to each of its parts."""
    bills: dict[int, set[Verb]] = {}
    orders: dict[tuple[int, int], set[Verb]] = {}
    for step in taken:
        if step.part is None:
            bills.setdefault(step.purchase, set()).add(step.verb)
        else:
            orders.setdefault((step.purchase, step.part), set()).add(step.verb)
    return bills, orders
