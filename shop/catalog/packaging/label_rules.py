"""What a label must say, by sort of goods: rule sets as data, and what is missing of them.

Sources: PerBPOM 31/2018 with 20/2021 (processed food), UU 2/1981 and Permendag 31/2011 (net
quantity), Permendag 25/2021 (labels of cloth), Permenperin 74/2007 (batik), PP 42/2024 (halal).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import IntEnum, StrEnum
from types import MappingProxyType

from shop.catalog.packaging.rules import Claim, HalalState, PermitKind, Technique, contains_pork


class Goods(StrEnum):
    """Sorts of goods as far as labels differ."""

    FOOD = "pangan"
    FRESH = "segar"
    COSMETIC = "kosmetik"
    HERBAL = "herbal"
    CLOTH = "kain"
    BATIK = "batik"
    CRAFT = "kerajinan"


class Fact(StrEnum):
    """One thing that a label has to say."""

    NAME = "nama"
    INGREDIENTS = "komposisi"
    NET = "isi-bersih"
    MAKER = "pembuat"
    HALAL = "halal"
    BATCH = "kode-produksi"
    EXPIRY = "kedaluwarsa"
    PERMIT = "izin-edar"
    PORK = "babi"
    DIRECTIONS = "cara-pakai"
    FIBRE = "serat"
    CARE = "perawatan"
    TECHNIQUE = "teknik"
    MATERIAL = "bahan"


class Tip(StrEnum):
    """One line of the quality list. It brings no points and blocks nothing."""

    BARRIER = "penghalang"
    SEAL = "segel"
    BOX = "kotak"
    MOISTURE = "lembap"
    LEGIBLE = "terbaca"
    WEIGHED = "ditimbang"
    TAMPER = "utuh"


@dataclass(frozen=True)
class RuleSet:
    """What the law wants on a pack of this sort, which permits fit, and what makes it good."""

    mandatory: tuple[Fact, ...]
    tips: tuple[Tip, ...]
    permits: tuple[PermitKind, ...] = ()
    halal_duty: bool = False
    """Whether it needs a halal certificate since the day in ``settings_by_date``."""


RULE_SETS: Mapping[Goods, RuleSet] = MappingProxyType(
    {
        Goods.FOOD: RuleSet(
            (
                Fact.NAME,
                Fact.INGREDIENTS,
                Fact.NET,
                Fact.MAKER,
                Fact.HALAL,
                Fact.BATCH,
                Fact.EXPIRY,
                Fact.PERMIT,
                Fact.PORK,
            ),
            (Tip.BARRIER, Tip.SEAL, Tip.MOISTURE, Tip.TAMPER, Tip.LEGIBLE, Tip.WEIGHED, Tip.BOX),
            (PermitKind.PIRT, PermitKind.MD, PermitKind.ML),
            halal_duty=True,
        ),
        Goods.FRESH: RuleSet(
            (Fact.NAME, Fact.NET, Fact.MAKER, Fact.PERMIT),
            (Tip.MOISTURE, Tip.SEAL, Tip.LEGIBLE, Tip.WEIGHED, Tip.BOX),
            (PermitKind.PSAT, PermitKind.PIRT),
        ),
        Goods.COSMETIC: RuleSet(
            (
                Fact.NAME,
                Fact.INGREDIENTS,
                Fact.NET,
                Fact.MAKER,
                Fact.HALAL,
                Fact.BATCH,
                Fact.EXPIRY,
                Fact.PERMIT,
                Fact.DIRECTIONS,
            ),
            (Tip.SEAL, Tip.TAMPER, Tip.LEGIBLE, Tip.WEIGHED, Tip.BOX),
            (PermitKind.NA,),
            halal_duty=True,
        ),
        Goods.HERBAL: RuleSet(
            (
                Fact.NAME,
                Fact.INGREDIENTS,
                Fact.NET,
                Fact.MAKER,
                Fact.HALAL,
                Fact.BATCH,
                Fact.EXPIRY,
                Fact.PERMIT,
                Fact.DIRECTIONS,
            ),
            (Tip.BARRIER, Tip.SEAL, Tip.MOISTURE, Tip.TAMPER, Tip.LEGIBLE, Tip.WEIGHED),
            (PermitKind.TR, PermitKind.SD, PermitKind.PIRT, PermitKind.MD),
            halal_duty=True,
        ),
        Goods.CLOTH: RuleSet(
            (Fact.NAME, Fact.FIBRE, Fact.CARE, Fact.NET, Fact.MAKER),
            (Tip.MOISTURE, Tip.BOX, Tip.LEGIBLE, Tip.WEIGHED),
        ),
        Goods.BATIK: RuleSet(
            (Fact.NAME, Fact.TECHNIQUE, Fact.FIBRE, Fact.CARE, Fact.NET, Fact.MAKER),
            (Tip.MOISTURE, Tip.BOX, Tip.LEGIBLE, Tip.WEIGHED),
        ),
        Goods.CRAFT: RuleSet(
            (Fact.NAME, Fact.MATERIAL, Fact.NET, Fact.MAKER),
            (Tip.BOX, Tip.MOISTURE, Tip.LEGIBLE, Tip.WEIGHED),
        ),
    }
)

_GOODS_BY_PATH = (
    ("makanan-olahan", Goods.FOOD),
    ("minuman", Goods.FOOD),
    ("hasil-tani", Goods.FRESH),
    ("batik-tenun/batik", Goods.BATIK),
    ("batik-tenun", Goods.CLOTH),
    ("fesyen/pakaian", Goods.CLOTH),
    ("kesehatan-kecantikan/jamu-herbal", Goods.HERBAL),
    ("kesehatan-kecantikan", Goods.COSMETIC),
)
KEEPS_SHORT = 7
"""Days: food that keeps no longer needs neither permit (P-IRT, MD) nor net quantity."""


def goods_of(category_path: str) -> Goods:
    """Which rule set a category follows; what is in no list is craft."""
    for path, goods in _GOODS_BY_PATH:
        if category_path == path or category_path.startswith(f"{path}/"):
            return goods
    return Goods.CRAFT


@dataclass(frozen=True, kw_only=True)
class PermitOnLabel:
    """A permit that the label may show: one whose number stands and whose days are not over."""

    kind: PermitKind
    number: str
    claim: Claim


@dataclass(frozen=True, kw_only=True)
class LabelFacts:
    """All that the label of one product can say. What is not known is empty, never guessed."""

    product_id: int
    cooperative_id: int
    sku: str
    slug: str
    category_path: str
    name: str
    brand: str | None
    """The maker's business; without one the cooperative stands for the goods."""
    cooperative: str
    village: str | None
    district: str | None
    regency: str
    province: str
    postcode: str | None
    net: str
    """As the law writes it: ``250 g``."""
    pack_type: str | None
    shelf_life_days: int | None
    storage: str | None
    after_opening: str | None
    ingredients: str | None
    allergens: tuple[str, ...]
    directions: str | None
    care: str | None
    technique: Technique | None
    halal: HalalState | None
    halal_number: str | None
    halal_claim: Claim | None
    permits: tuple[PermitOnLabel, ...]
    batch_code: str | None
    produced_on: date | None
    best_before: str | None
    """As the label rule writes it: ``31-01-2027`` or ``11-2027``."""

    @property
    def goods(self) -> Goods:
        """Which rule set the label follows."""
        return goods_of(self.category_path)

    @property
    def has_pork(self) -> bool:
        """Whether the label must say so, in red."""
        return contains_pork(self.ingredients)

    @property
    def shows_halal(self) -> bool:
        """Whether the certificate may be printed: a manager saw it, and there is no pork."""
        return (
            self.halal is HalalState.CERTIFIED
            and self.halal_claim is Claim.CHECKED
            and self.halal_number is not None
            and not self.has_pork
        )


def missing_for(facts: LabelFacts) -> tuple[Fact, ...]:
    """Which mandatory facts a label lacks, in the order of its rule set."""
    return tuple(fact for fact in RULE_SETS[facts.goods].mandatory if not _is_there(fact, facts))


def _is_there(fact: Fact, facts: LabelFacts) -> bool:
    answers: Mapping[Fact, object] = {
        Fact.NAME: facts.name,
        Fact.INGREDIENTS: facts.ingredients,
        Fact.FIBRE: facts.ingredients,
        Fact.MATERIAL: facts.ingredients,
        Fact.NET: facts.net or keeps_short(facts),
        Fact.MAKER: facts.village and facts.postcode,
        Fact.HALAL: is_halal_answered(facts.halal, facts.halal_number),
        Fact.BATCH: facts.batch_code,
        Fact.EXPIRY: facts.best_before,
        Fact.PERMIT: facts.permits or keeps_short(facts),
        # Pork that the ingredients name is printed by itself; it must only not be called halal.
        Fact.PORK: not facts.has_pork or facts.halal is HalalState.NOT_HALAL,
        Fact.DIRECTIONS: facts.directions,
        Fact.CARE: facts.care,
        Fact.TECHNIQUE: facts.technique,
    }
    return bool(answers[fact])


def keeps_short(facts: LabelFacts) -> bool:
    """Whether it spoils so soon that the label needs less."""
    return facts.shelf_life_days is not None and facts.shelf_life_days <= KEEPS_SHORT


def is_halal_answered(state: HalalState | None, number: str | None) -> bool:
    """Whether the shopper can read where the goods stand; a certificate needs its number."""
    return state is not None and (state is not HalalState.CERTIFIED or bool(number))


ORIGINS = (
    "Gayo",
    "Kintamani",
    "Toraja",
    "Mandailing",
    "Lintong",
    "Sidikalang",
    "Bajawa",
    "Muntok",
)
"""Names of origin that are registered: only members of the owning association may carry them."""


def origin_named(title: str) -> str | None:
    """The protected name of origin in the name of goods, if there is one.

    >>> origin_named("Kopi Arabika Gayo 200 g"), origin_named("Keripik Singkong")
    ('Gayo', None)
    """
    words = {word.casefold() for word in title.replace("-", " ").split()}
    return next((name for name in ORIGINS if name.casefold() in words), None)


class Strictness(IntEnum):
    """The operator's switch: say it, keep goods out of sight, or take them out of the shop."""

    WARN = 0
    HIDE = 1
    BLOCK = 2


LABEL, HALAL = "label_minimum", "halal_duty"
"""Names of the switches in ``settings_by_date``."""


def duty_day(figures: Mapping[str, int]) -> date:
    """Since when micro and small makers need a halal certificate (PP 42/2024)."""
    day = figures["halal_duty_day"]
    return date(day // 10_000, day // 100 % 100, day % 100)


def missing_requirements(
    facts: LabelFacts, figures: Mapping[str, int], today: date
) -> tuple[str, ...]:
    """Requirements that a label does not meet today.

    The halal duty is met by a certificate with its number, by saying *tidak halal*, and by goods
    that have no duty; an application alone does not meet it.
    """
    found = []
    if [fact for fact in missing_for(facts) if fact is not Fact.HALAL]:
        found.append(LABEL)
    is_met = facts.halal is not HalalState.APPLIED and is_halal_answered(
        facts.halal, facts.halal_number
    )
    if RULE_SETS[facts.goods].halal_duty and today >= duty_day(figures) and not is_met:
        found.append(HALAL)
    return tuple(found)


def strictness(facts: LabelFacts, figures: Mapping[str, int], today: date) -> Strictness:
    """What happens to goods with this label today: the strictest switch it falls under."""
    found = (figures[name] for name in missing_requirements(facts, figures, today))
    return Strictness(min(max(found, default=0), Strictness.BLOCK))


def is_enforced(figures: Mapping[str, int]) -> bool:
    """Whether any requirement does more than warn."""
    return figures[LABEL] > Strictness.WARN or figures[HALAL] > Strictness.WARN
