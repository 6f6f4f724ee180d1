"""What the demo's shoppers put into their carts, and how it reaches them."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from demo.market.csv_lists import parts, rows
from demo.market.products import is_one_piece

HEAVY_ONLY = "jne-jtr"
"""A courier for ten kilograms and more: not for a shopper's parcel."""

NEARBY = 0.8
"""How often somebody buys at the cooperative next door, where there is one."""


@dataclass(frozen=True, slots=True)
class Home:
    """Where somebody has parcels sent."""

    street: str
    village_code: str
    courier_note: str


@dataclass(frozen=True, slots=True)
class Shopper:
    """Somebody who buys; with an e-mail they have an account."""

    key: str
    name: str
    phone: str
    email: str
    homes: tuple[Home, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """So many packs of one option of a product."""

    sku: str
    position: int
    packs: int


@dataclass(frozen=True, slots=True)
class Basket:
    """What somebody takes from one cooperative, and how it goes."""

    code: str
    zone: str
    way: str
    """``pickup``, ``own`` or the name of a courier's service."""
    items: tuple[Item, ...]
    days_to_make: int
    has_one_piece: bool

    @property
    def is_fetched(self) -> bool:
        """Whether the shopper comes for it."""
        return self.way == "pickup"


@dataclass(frozen=True, slots=True)
class _Good:
    sku: str
    price: int
    options: int
    days_to_make: int
    is_one_piece: bool
    is_local: bool
    """It cannot travel with a courier."""


class Market:
    """Goods, shoppers and ways, as the files have them."""

    def __init__(self) -> None:
        self.zones = {row["kode"]: row["zona_waktu"] for row in rows("cooperatives")}
        self.codes = tuple(self.zones)
        self._goods: dict[str, list[_Good]] = {code: [] for code in self.codes}
        for row in rows("products"):
            self._goods[row["kode_koperasi"]].append(
                _Good(
                    row["sku"],
                    int(row["harga_idr"]),
                    len(parts(row["varian"].partition(":")[2])) or 1,
                    int(row["lama_buat_hari"]),
                    is_one_piece(row),
                    bool(row["batas_kirim"]),
                )
            )
        self._rounds: dict[str, tuple[str, ...]] = {}
        for row in rows("delivery"):
            if row["cara"] == "antar":
                areas = [area.partition(" ")[0] for area in parts(row["wilayah"])]
                self._rounds[row["kode_koperasi"]] = tuple(areas)
        services: dict[str, dict[str, None]] = {code: {} for code in self.codes}
        for row in rows("tariff"):
            if row["layanan"] != HEAVY_ONLY:
                services[row["kode_koperasi"]][row["layanan"]] = None
        self._services = {code: tuple(found) for code, found in services.items()}
        self._shoppers = _shoppers()

    @property
    def guests(self) -> tuple[Shopper, ...]:
        """Those without an account."""
        return tuple(one for one in self._shoppers.values() if not one.email)

    def known(self, key: str) -> Shopper:
        """The shopper that the file calls by this key."""
        return self._shoppers[key]

    def baskets(
        self, home: Home, draw: Random, count: int, *, quick: bool = False
    ) -> tuple[Basket, ...]:
        """What somebody takes from so many cooperatives; the one nearby oftener than others."""
        near = [code for code in self.codes if self.is_near(home, code)]
        mine: list[str] = []
        if near and draw.random() < NEARBY:
            mine.append(draw.choice(near))
        others = [code for code in self.codes if code not in mine]
        mine += draw.sample(others, count - len(mine))
        return tuple(self.basket(home, code, draw, quick=quick) for code in mine)

    def basket(
        self,
        home: Home,
        code: str,
        draw: Random,
        *,
        travels: bool = False,
        quick: bool = False,
    ) -> Basket:
        """What somebody takes from one cooperative.

        :param travels: the parcel is brought, not fetched.
        :param quick: nothing that is made to order, and nothing of which there is one piece, as
            that is kept for two hours only.
        """
        near = self.is_near(home, code)
        way = draw.choice(self._services[code])
        if near:
            way = draw.choice(("own", "own", "pickup") if not travels else ("own",))
        goods = [
            good
            for good in self._goods[code]
            if (near or not good.is_local)
            and not (quick and (good.is_one_piece or good.days_to_make))
        ]
        chosen = _some(goods, draw, draw.choices((1, 2, 3), (5, 4, 2))[0])
        return Basket(
            code=code,
            zone=self.zones[code],
            way=way,
            items=tuple(
                Item(good.sku, 1 + draw.randrange(good.options), _packs(good, draw))
                for good in chosen
            ),
            days_to_make=max(good.days_to_make for good in chosen),
            has_one_piece=any(good.is_one_piece for good in chosen),
        )

    def is_near(self, home: Home, code: str) -> bool:
        """Whether the cooperative brings its parcels there itself."""
        return any(home.village_code.startswith(area) for area in self._rounds[code])


def read_market() -> Market:
    """The market of the files."""
    return Market()


def _shoppers() -> dict[str, Shopper]:
    found: dict[str, Shopper] = {}
    for row in rows("shoppers"):
        home = Home(row["alamat"], row["kode_wilayah"], row["catatan_kurir"])
        known = found.get(row["kunci"])
        homes = (*known.homes, home) if known else (home,)
        email = known.email if known else row["surel"]
        found[row["kunci"]] = Shopper(row["kunci"], row["nama"], row["telepon"], email, homes)
    return found


def _some(goods: Sequence[_Good], draw: Random, count: int) -> list[_Good]:
    """Some different goods; what costs little is taken oftener."""
    weights = [max(1, 4_000_000 // (good.price + 20_000)) for good in goods]
    chosen: dict[str, _Good] = {}
    for good in draw.choices(goods, weights, k=count * 3):
        if len(chosen) < count:
            chosen.setdefault(good.sku, good)
    return list(chosen.values())


def _packs(good: _Good, draw: Random) -> int:
    maximum = 4 if good.price < 60_000 else 2 if good.price < 160_000 else 1
    return draw.choices(range(1, maximum + 1), range(maximum * 2, 0, -2))[0]
