"""An invented market of any size: the same numbers always invent the same goods.

How often goods sell follows Zipf's law: a few sell all the time, most hardly ever. Cooperatives
differ in size in the same way. Nothing is read or written here; ``load`` does that.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from random import Random

from bench.synth.vocabulary import (
    FIRST_NAMES,
    INGREDIENTS,
    LAST_NAMES,
    MATERIALS,
    NAME_STARTS,
    SORTS,
    STORY,
    WORKSHOPS,
    Sort,
)
from shop.catalog.products.rules import is_food, top_of
from shop.core.values.text import slugify

MAX_COOPERATIVES = 15_000
"""Codes of three letters, with room for those that stand there already."""
MAX_PRODUCTS = 5_000_000
BEST_SOLD = 40_000
"""Packs of the goods that sell best; the n-th sell about an n-th of it."""
MAX_MAKERS = 12
GOODS_A_MAKER = 6
LETTERS = 26
SHELF = 400
"""Most packs on a shelf."""
DYES = ("daun", "kunyit", "manggis", "mengkudu", "nila", "soga")
MOTIFS = ("anyam", "ceplok", "ikat", "kawung", "ombak", "truntum")


@dataclass(frozen=True)
class Plan:
    """How large the market shall be; ``seed`` says which one of that size."""

    products: int
    cooperatives: int
    seed: int


@dataclass(frozen=True, slots=True)
class Seller:
    """A cooperative: its number from 0, its code, and how many of its members make something."""

    number: int
    code: str
    short_name: str
    dye: str
    motif: str
    makers: tuple[str, ...]
    """Businesses, as they stand on packs."""
    contribution_bp: int
    members: int


@dataclass(frozen=True, slots=True)
class Pack:
    """One variant."""

    option: str
    price: int
    grams: int
    stock: int


@dataclass(frozen=True, slots=True)
class Goods:
    """One product with all that its tables hold."""

    number: int
    seller: Seller
    maker: int
    sort: Sort
    name: str
    name_en: str
    slug: str
    story: str
    packs: tuple[Pack, ...]
    content: int
    shelf_days: int | None
    sides: tuple[int, int, int]
    ingredients: str
    sold: int
    minutes_old: int
    days_to_make: int
    is_halal: bool
    has_permit: bool
    is_checked: bool
    picture: int
    """Any number; the loader takes the rest of dividing it by how many pictures there are."""

    @property
    def is_food(self) -> bool:
        """Whether it is eaten or drunk."""
        return is_food(self.sort.path)


def sellers(plan: Plan, taken: Sequence[str] = ()) -> list[Seller]:
    """The cooperatives of a plan.

    :param taken: codes that others have.
    """
    chance = Random(plan.seed)
    codes = _codes(set(taken))
    each = plan.products // max(plan.cooperatives, 1)
    makers = min(max(each // GOODS_A_MAKER, 1), MAX_MAKERS)
    return [
        Seller(
            number=number,
            code=next(codes),
            short_name=_cooperative_name(chance, number),
            dye=chance.choice(DYES),
            motif=chance.choice(MOTIFS),
            makers=tuple(
                f"{chance.choice(WORKSHOPS)} {chance.choice(FIRST_NAMES)}" for _ in range(makers)
            ),
            contribution_bp=chance.choice((500, 800, 1000, 1200)),
            members=chance.randint(20, 900),
        )
        for number in range(plan.cooperatives)
    ]


def person_name(seed: int, number: int) -> str:
    """Somebody's name; the same number, the same person."""
    chance = Random(seed * 1_000_003 + number)
    return f"{chance.choice(FIRST_NAMES)} {chance.choice(LAST_NAMES)}"


def goods(plan: Plan, found: Sequence[Seller], places: Sequence[str]) -> Iterator[Goods]:
    """All goods of a plan, one after the other.

    :param places: the regency of each of the sellers, without "Kabupaten".
    """
    chance = Random(plan.seed + 1)
    ranks = list(range(1, plan.products + 1))
    chance.shuffle(ranks)
    shares = list(accumulate(1 / (place + 3) for place in range(len(found))))
    mixed = list(range(len(found)))
    chance.shuffle(mixed)
    kinds = list(accumulate(len(sort.things) for sort in SORTS))
    for number, rank in enumerate(ranks):
        # The first goods go round once, so that no cooperative stands there with nothing to sell.
        turn = number if number < len(found) else chance.choices(mixed, cum_weights=shares)[0]
        seller = found[turn]
        sort = chance.choices(SORTS, cum_weights=kinds)[0]
        yield _goods(chance, number, rank, seller, sort, places[turn])


def _goods(chance: Random, number: int, rank: int, seller: Seller, sort: Sort, place: str) -> Goods:
    maker = chance.randrange(len(seller.makers))
    thing, thing_en = chance.choice(sort.things)
    kind, kind_en = chance.choice(sort.kinds)
    name = f"{thing} {kind} {place}" if chance.random() < 0.4 else f"{thing} {kind}"
    lines = chance.sample(STORY, 3)
    told = {"thing": thing, "maker": seller.makers[maker], "place": place}
    content = chance.choice(sort.contents)
    parts = INGREDIENTS if is_food(sort.path) else MATERIALS
    return Goods(
        number=number,
        seller=seller,
        maker=maker,
        sort=sort,
        name=name,
        name_en=f"{kind_en} {thing_en}",
        slug=f"{slugify(f'{thing} {kind}')}-{seller.code.lower()}-{number + 1}",
        story=" ".join(line.format(coop=seller.short_name, **told) for line in lines),
        packs=_packs(chance, sort, content),
        content=content,
        shelf_days=chance.choice(sort.shelf_days) if sort.shelf_days else None,
        sides=(chance.randrange(80, 320, 10), chance.randrange(60, 260, 10), 40),
        ingredients=", ".join((thing.split(" ")[-1].lower(), *chance.sample(parts, 3))),
        sold=BEST_SOLD // rank,
        minutes_old=chance.randrange(1, 525_600),
        days_to_make=0 if chance.random() < 0.9 else chance.choice((2, 3, 7, 14)),
        is_halal=is_food(sort.path) and chance.random() < 0.6,
        has_permit=top_of(sort.path) == "makanan-olahan" and chance.random() < 0.7,
        is_checked=chance.random() < 0.9,
        picture=chance.randrange(1_000_000),
    )


def _packs(chance: Random, sort: Sort, content: int) -> tuple[Pack, ...]:
    minimum, maximum = sort.price
    # Cheap goods are many, dear ones few.
    price = 500 * int(2 * (minimum + (maximum - minimum) * chance.random() ** 3))
    grams = content + 40 if sort.unit in ("g", "ml") else chance.randrange(100, 1500, 10)
    several = chance.random() < 0.2
    dearer = sort.choice[0] in ("isi", "ukuran")
    return tuple(
        Pack(
            option,
            price + (price // 5_000 * 1_000 * place if dearer else 0),
            grams,
            0 if chance.random() < 0.06 else chance.randint(1, SHELF),
        )
        for place, option in enumerate(sort.choice[1] if several else ("",))
    )


def _cooperative_name(chance: Random, number: int) -> str:
    start, made_of = chance.choice(NAME_STARTS), chance.choice(NAME_STARTS).split(" ")[0]
    return f"{start} {made_of} {number + 1}"


def _codes(taken: set[str]) -> Iterator[str]:
    for number in range(LETTERS**3):
        rest, third = divmod(number, LETTERS)
        first, second = divmod(rest, LETTERS)
        code = "".join(chr(ord("A") + place) for place in (first, second, third))
        if code not in taken:
            yield code
