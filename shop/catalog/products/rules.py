"""How a price is divided, what goods are sorted under, and what places are called on cards."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

from shop.catalog.packaging.measures import NotANetContent, read_net
from shop.core.values.money import BASIS_POINTS, Rupiah, allocate, apply_basis_points
from shop.core.values.text import mark_translatable

CATEGORY_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "makanan-olahan": mark_translatable("Makanan Olahan"),
        "makanan-olahan/keripik-kerupuk": mark_translatable("Keripik & Kerupuk"),
        "makanan-olahan/kue-camilan-manis": mark_translatable("Kue & Camilan Manis"),
        "makanan-olahan/lauk-siap-saji": mark_translatable("Lauk & Abon"),
        "makanan-olahan/bumbu-sambal": mark_translatable("Bumbu & Sambal"),
        "makanan-olahan/gula-madu-selai": mark_translatable("Gula, Madu & Selai"),
        "makanan-olahan/minyak-kelapa": mark_translatable("Minyak Kelapa"),
        "makanan-olahan/tepung-pati": mark_translatable("Tepung & Pati"),
        "minuman": mark_translatable("Minuman"),
        "minuman/kopi": mark_translatable("Kopi"),
        "minuman/teh-wedang": mark_translatable("Teh & Wedang"),
        "minuman/kakao-cokelat": mark_translatable("Kakao & Cokelat"),
        "minuman/minuman-segar": mark_translatable("Minuman Segar"),
        "hasil-tani": mark_translatable("Hasil Tani"),
        "batik-tenun": mark_translatable("Batik & Tenun"),
        "batik-tenun/batik": mark_translatable("Batik"),
        "batik-tenun/tenun": mark_translatable("Tenun"),
        "batik-tenun/sasirangan": mark_translatable("Sasirangan"),
        "fesyen": mark_translatable("Fesyen"),
        "fesyen/pakaian": mark_translatable("Pakaian"),
        "fesyen/tas-dompet": mark_translatable("Tas & Dompet"),
        "fesyen/aksesori": mark_translatable("Aksesori & Alas Kaki"),
        "kerajinan": mark_translatable("Kerajinan"),
        "kerajinan/anyaman": mark_translatable("Anyaman"),
        "kerajinan/bambu": mark_translatable("Bambu"),
        "kerajinan/gerabah-keramik": mark_translatable("Gerabah & Keramik"),
        "kerajinan/kayu-ukir": mark_translatable("Kayu & Ukir"),
        "kerajinan/lukis-hiasan": mark_translatable("Lukis & Hiasan"),
        "kesehatan-kecantikan": mark_translatable("Kesehatan & Kecantikan"),
        "kesehatan-kecantikan/jamu-herbal": mark_translatable("Jamu & Herbal"),
        "kesehatan-kecantikan/perawatan-tubuh": mark_translatable("Perawatan Tubuh"),
        "kesehatan-kecantikan/minyak-aroma": mark_translatable("Minyak & Aroma"),
        "rumah-tangga": mark_translatable("Perabot & Rumah Tangga"),
    }
)
"""The category tree, parents before children; alcohol, tobacco and medicine are not sold.

Names are kept in Indonesian and translated where they are shown."""


FOOD = ("makanan-olahan", "minuman", "hasil-tani")
"""First parts of category paths under which stands what is eaten or drunk."""
KEEPS_FOREVER = 0
"""Days that goods keep which do not spoil."""


def is_food(path: str) -> bool:
    """Whether goods of this category are eaten or drunk."""
    return top_of(path) in FOOD


def top_of(path: str) -> str:
    """The first part of a category path: ``minuman/kopi`` stands under ``minuman``."""
    return path.split("/", 1)[0]


@dataclass(frozen=True)
class PriceSplit:
    """Where the price of goods goes. ``member``, ``treasury`` and ``ppn`` sum to the price.

    Whatever the sale costs is borne by the cooperative's part, never by the member's (rule R21),
    so ``fee`` and ``cost`` lie inside ``treasury``.
    """

    member: Rupiah
    treasury: Rupiah
    fee: Rupiah
    """What the shop takes for running (biaya toko)."""
    cost: Rupiah
    """What taking the money costs, estimated; the real cost is posted when known."""
    ppn: Rupiah
    """The state's, where the seller charges it: nobody's share is taken of it."""

    @property
    def margin(self) -> Rupiah:
        """What stays with the cooperative after both; below zero when its part is too small."""
        return Rupiah(self.treasury - self.fee - self.cost)


def price_split(
    price: int, contribution_bp: int, fee_bp: int, cost_bp: int, ppn: int = 0
) -> PriceSplit:
    """Divide the price of goods between its maker and the cooperative (rules R21 and R22).

    :param price: rupiah after discount, without delivery.
    :param contribution_bp: the cooperative's part of a sale, basis points.
    :param fee_bp: the shop's fee on the goods; ``cost_bp``: the payment method's cost on them.
    :param ppn: what of the price is PPN; shares and fee are taken of the rest, as the law's tax
        is no income of the seller.

    >>> price_split(25_000, 1000, 300, 0)
    PriceSplit(member=22500, treasury=2500, fee=750, cost=0, ppn=0)
    """
    base = price - ppn
    member, treasury = allocate(base, (BASIS_POINTS - contribution_bp, contribution_bp))
    return PriceSplit(
        member,
        treasury,
        apply_basis_points(base, fee_bp),
        apply_basis_points(price, cost_bp),
        Rupiah(ppn),
    )


def price_at(packs: int, price: int, steps: Iterable[tuple[int, int]]) -> Rupiah:
    """What one pack costs when so many of one product are bought together (rule R29).

    :param packs: of all variants of the product.
    :param price: of one pack by itself; a step never makes it dearer.
    :param steps: from how many packs on, and the price of one pack then.

    >>> price_at(11, 25_000, [(12, 22_000)]), price_at(12, 25_000, [(12, 22_000)])
    (25000, 22000)
    """
    return Rupiah(min([price, *(unit for minimum, unit in steps if minimum <= packs)]))


def steps_text(steps: Iterable[tuple[int, int]]) -> str:
    """Wholesale steps in one line, fewest packs first; :func:`steps_of` reads it again.

    >>> steps_text([(50, 20_000), (12, 22_000)])
    '12:22000 50:20000'
    """
    return " ".join(f"{minimum}:{price}" for minimum, price in sorted(steps))


def steps_of(text: str) -> tuple[tuple[int, Rupiah], ...]:
    """Wholesale steps from one line (``12:22000 50:20000``), fewest packs first."""
    pairs = (part.split(":") for part in text.split())
    return tuple(sorted((int(minimum), Rupiah(int(price))) for minimum, price in pairs))


HUNDRED = 100
MEASURED = ("g", "ml")
"""Units of which a hundred can be compared; pieces and sheets cannot."""
MIN_COMPARED = 50
"""Below it a hundred is several packs, and its price says nothing to who buys one."""


def price_per_hundred(price: int, content: int | None, unit: str | None) -> Rupiah | None:
    """What 100 g or 100 ml cost, to the nearest rupiah (rule R29: marked ≈).

    None where that says nothing: other units, very small packs, and packs of a hundred.

    >>> price_per_hundred(92_000, 200, "g"), price_per_hundred(16_000, 80, "g")
    (46000, 20000)
    """
    if content is None or unit not in MEASURED or content < MIN_COMPARED or content == HUNDRED:
        return None
    return allocate(price * HUNDRED, (1, content - 1))[0]


class Pack(Protocol):
    """One of several packs of a product."""

    @property
    def option(self) -> str:
        """Of the product's first choice."""

    @property
    def other_option(self) -> str:
        """Of its second."""

    @property
    def gross_grams(self) -> int:
        """What it weighs, packed."""


def net_of_pack(
    pack: Pack, packs: Sequence[Pack], content: int | None, unit: str | None
) -> tuple[int | None, str | None]:
    """Contents and unit of one of several packs.

    Where the option says it ("500 g") that counts. Else all packs hold what the label says, unless
    their weights tell that they hold different amounts: then nobody knows.

    :param content: what the label of the product says, in ``unit``.
    """
    for option in (pack.other_option, pack.option):
        try:
            net = read_net(option)
        except NotANetContent:
            continue
        if net.unit in MEASURED:
            return net.content, net.unit
    if unit in MEASURED and len({one.gross_grams for one in packs}) > 1:
        return None, None
    return content, unit


def slugs_like(slug: str) -> Iterator[str]:
    """``kopi``, ``kopi-2``, ``kopi-3``, …: names to try until one is free."""
    yield slug
    number = 2
    while True:
        yield f"{slug[:110]}-{number}"
        number += 1


def short_place(regency: str) -> str:
    """A regency as a card has room for it.

    >>> short_place("Kabupaten Aceh Tengah"), short_place("Kota Payakumbuh")
    ('Aceh Tengah', 'Payakumbuh')
    """
    return re.sub(r"^(Kabupaten|Kota)( Administrasi)? ", "", regency)


_COUNT_UNITS = {"pcs": "buah"}


def net_text(content: int | None, unit: str | None) -> str:
    """Net contents in SI units, ``250 g``, ``1 kg``, ``500 ml``; pieces as people count them.

    >>> net_text(1000, "g"), net_text(1250, "g"), net_text(1, "pcs"), net_text(None, "g")
    ('1 kg', '1,25 kg', '1 buah', '')
    """
    if not content or not unit:
        return ""
    if unit in ("g", "ml") and content >= 1000:
        whole, rest = divmod(content, 1000)
        fraction = f"{rest:03d}".rstrip("0")
        return f"{whole}{',' + fraction if fraction else ''} {'kg' if unit == 'g' else 'liter'}"
    return f"{content} {_COUNT_UNITS.get(unit, unit)}"
