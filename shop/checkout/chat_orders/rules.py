"""Finding the goods that somebody means by what they typed."""

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from shop.catalog.products.queries import Sellable
from shop.checkout.cart.rules import Line
from shop.core.values.text import fold, words

_SKU = re.compile(r"\(([A-Za-z0-9-]{1,60})\)\s*\Z")


@dataclass(frozen=True, slots=True)
class Offer:
    """One pack of the cooperative's goods, as its manager looks for it."""

    variant_id: int
    sku: str
    name: str
    """All of it: ``Kopi Gayo halus 200 g``."""
    price: int
    left: int

    @property
    def label(self) -> str:
        """What stands in the field once it was chosen: the code makes it the only one."""
        return f"{self.name} ({self.sku})"


def meant(offers: Sequence[Offer], text: str) -> tuple[Offer, ...]:
    """The packs that a text can mean: one by its code, else all that hold each of its words.

    >>> kopi = Offer(1, "GYO-001", "Kopi Gayo 200 g", 45_000, 5)
    >>> meant([kopi], "kopi 200") == meant([kopi], "gyo-001") == (kopi,)
    True
    """
    code = _SKU.search(text)
    sku = fold(code[1] if code else text.strip())
    exact = tuple(one for one in offers if fold(one.sku) == sku)
    typed = words(text)
    if exact or not typed:
        return exact
    return tuple(one for one in offers if _holds(words(f"{one.name} {one.sku}"), typed))


def _holds(there: Collection[str], typed: Collection[str]) -> bool:
    return all(any(word.startswith(part) for word in there) for part in typed)


def lines_of(packs: Mapping[int, int], goods: Mapping[int, Sellable]) -> tuple[Line, ...]:
    """Packs by variant as a cart would hold them, at the prices of this moment."""
    together: Counter[int] = Counter()
    for variant_id, count in packs.items():
        together[goods[variant_id].product_id] += count
    return tuple(
        Line(
            variant_id,
            count,
            goods[variant_id].price,
            goods[variant_id],
            together[goods[variant_id].product_id],
        )
        for variant_id, count in packs.items()
    )
