"""Which word a mistyped one meant: words of the catalogue that are a letter or two away.

Two words are near when they become the same by leaving out a letter or two of each. What is left
of every word is written down beside it, so a typed word finds its neighbours by equality, in a
time that does not grow with the catalogue, and alike on both databases.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

from shop.storefront.search_index.rules import spelled

SHORTEST, LONGEST = 4, 24
"""Letters of a word that can be corrected; shorter ones are near to everything."""
LOOKED_AT = 7
"""First letters of which some are left out; the distance is always that of the whole words."""
LONG = 7
"""Letters from which on two mistakes are forgiven."""


def mistakes(word: str) -> int:
    """How many wrong, missing, added or exchanged letters a word may have."""
    return 0 if not is_correctable(word) else 1 if len(word) < LONG else 2


def is_correctable(word: str) -> bool:
    """Whether a word has only letters, and enough of them."""
    return SHORTEST <= len(word) <= LONGEST and word.isalpha()


@lru_cache(maxsize=256)
def keys_of(word: str) -> frozenset[str]:
    """What is left of a word's beginning when up to as many letters are left out as may be wrong.

    >>> sorted(keys_of("abon"))
    ['abn', 'abo', 'abon', 'aon', 'bon']
    """
    own = spelled(word)
    start = own[:LOOKED_AT]
    return (
        frozenset(
            "".join(left)
            for left_out in range(mistakes(own) + 1)
            for left in combinations(start, len(start) - left_out)
        )
        if is_correctable(own)
        else frozenset()
    )


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A word of the catalogue that shares a key with a typed one."""

    word: str
    goods: int
    """That have it in more than their story."""


def nearest(typed: str, known: Iterable[Neighbour]) -> str | None:
    """The word that was most likely meant, or None.

    Fewest mistakes first, then what is said alike without its h ("pait" is pahit, "utan" is
    hutan), then the same first letter (people seldom get that wrong), then what most goods have; of
    two spellings of a word the written one. The shortest words begin alike, or are said alike:
    with one of four letters wrong, the first of all, it is another word.
    """
    from rapidfuzz.distance import OSA  # here: most searches and all other pages do without

    own = spelled(typed)
    allowed = mistakes(own)
    found = []
    for one in known:
        distance = OSA.distance(own, spelled(one.word), score_cutoff=allowed)
        is_said_alike = one.word.replace("h", "") == typed.replace("h", "")
        is_elsewhere = one.word[0] != typed[0]
        if is_elsewhere and not is_said_alike and len(typed) == SHORTEST:
            continue
        if distance <= allowed:
            order = (distance, not is_said_alike, is_elsewhere, -one.goods, -len(one.word))
            found.append((*order, one.word))
    return min(found)[-1] if found else None


def split_word(typed: str) -> list[tuple[str, str]]:
    """Pairs of words in a word that lacks its space: ``rumputlaut``."""
    if len(typed) < 2 * SHORTEST - 1 or not typed.isalpha() or len(typed) > 2 * LONGEST:
        return []
    return [(typed[:at], typed[at:]) for at in range(3, len(typed) - 2)]
