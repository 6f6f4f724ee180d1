"""The packaging score: how complete a label is. It guides and never blocks."""

from dataclasses import dataclass

from shop.core.values.money import allocate

_WEIGHTS = {
    "front_photo": 20,
    "label_photo": 15,
    "contents_photo": 12,
    "net_content": 12,
    "shelf_life": 10,
    "storage": 5,
    "pack_type": 5,
    "ingredients": 6,
    "halal": 5,
    "permit": 10,
}
_FOOD_ONLY = ("contents_photo", "shelf_life", "storage", "ingredients", "halal", "permit")
COMPLETE_FROM = 90
MAX_SCORE = 100
SHOWN_GAINS = 3


@dataclass(frozen=True)
class Label:
    """Which facts of a label are there."""

    is_food: bool
    front_photo: bool = False
    label_photo: bool = False
    contents_photo: bool = False
    net_content: bool = False
    shelf_life: bool = False
    storage: bool = False
    pack_type: bool = False
    ingredients: bool = False
    """With allergens: none is also an answer once the ingredients are known."""
    halal: bool = False
    permit: bool = False


@dataclass(frozen=True)
class Gain:
    """A missing fact and the points it would bring."""

    fact: str
    points: int


@dataclass(frozen=True)
class Score:
    """How complete a label is. It guides and never blocks."""

    points: int
    gains: tuple[Gain, ...]
    """The next three, biggest first."""

    @property
    def is_complete(self) -> bool:
        """Whether the panel says "Lengkap"."""
        return self.points >= COMPLETE_FROM


def weights(*, is_food: bool) -> dict[str, int]:
    """What each fact counts; they add up to 100.

    Goods that are not food lack six of the facts: the weights of the other four are scaled, and
    ``allocate`` sees to it that no point is lost in between.
    """
    counted = {
        fact: weight for fact, weight in _WEIGHTS.items() if is_food or fact not in _FOOD_ONLY
    }
    return dict(zip(counted, allocate(MAX_SCORE, list(counted.values())), strict=True))


def all_gains(label: Label) -> tuple[Gain, ...]:
    """Every missing fact with its points, biggest first; with the score they make 100."""
    missing = [
        Gain(fact, points)
        for fact, points in weights(is_food=label.is_food).items()
        if not getattr(label, fact)
    ]
    return tuple(sorted(missing, key=lambda gain: -gain.points))


def score(label: Label) -> Score:
    """Points of a label and its next three gains."""
    gains = all_gains(label)
    return Score(MAX_SCORE - sum(gain.points for gain in gains), gains[:SHOWN_GAINS])
