"""Which words a text is found by, and what a typed text asks for."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b

from shop.core.values.text import fold, fold_spelling, words

# fmt: off
STOP_WORDS = frozenset((
    "yang", "dan", "di", "ke", "dari", "untuk", "buat", "dengan", "ini", "itu",
    "atau", "pada", "oleh", "juga", "saja", "ada", "adalah", "akan", "sudah",
    "bisa", "para", "nya", "pun", "lah", "kah",
))
# fmt: on
"""Our own short list: the published ones drop "rasa" and "tanpa", which tell goods apart."""

MAX_TYPED_LENGTH = 200
MAX_WORDS = 12
LONGEST_WORD = 40
LONGEST_PHRASE = 3
"""Words of the longest synonym that is looked for."""

Phrase = tuple[str, ...]

_SPLIT_MARKS = re.compile("['\u2019\u2018`\u02bc]")
_TWICE = re.compile(r"([a-z]{3,})2")


MAX_DOUBLINGS = 31
MAX_PRODUCTS = 2**40
"""Places of one class of popularity."""


def place_of(popularity: int, product_id: int) -> int:
    """Where a product stands in the stored order, which is that of the index.

    Each doubling of the packs sold is a class of its own, the best sold first; within a class the
    newest goods stand first, so that what came yesterday is seen beside what sold once or twice.

    >>> place_of(9, 1) < place_of(8, 2) < place_of(7, 3) < place_of(0, 4)
    False
    >>> place_of(8, 2) < place_of(9, 1) < place_of(7, 3) < place_of(0, 5) < place_of(0, 4)
    True
    """
    doublings = min(max(popularity, 0).bit_length(), MAX_DOUBLINGS)
    return (MAX_DOUBLINGS - doublings) * MAX_PRODUCTS + MAX_PRODUCTS - 1 - product_id


def product_of(place: int) -> int:
    """The product that stands at a place.

    >>> product_of(place_of(9, 4))
    4
    """
    return MAX_PRODUCTS - 1 - place % MAX_PRODUCTS


def places_of(product_id: int) -> list[int]:
    """Every place that a product may stand at: one for each class.

    >>> place_of(9, 4) in places_of(4), place_of(9, 4) in places_of(5), len(places_of(4))
    (True, False, 32)
    """
    return [place_of(1 << doublings >> 1, product_id) for doublings in range(MAX_DOUBLINGS + 1)]


LEVELS = (1_000, 4_000, 16_000, 64_000)
"""Goods up to the end of the first levels of the stored order; from there on each is as long as
the last was wide."""


def level_of(rank: int) -> int:
    """Which level the n-th product of the stored order belongs to, counting from 0.

    A word that many goods have has its first 300 in the first levels, whatever stands behind.

    >>> level_of(0), level_of(999), level_of(1_000), level_of(63_999), level_of(64_000)
    (0, 0, 1, 3, 4)
    >>> level_of(999_999)
    18
    """
    last = LEVELS[-1]
    return bisect_right(LEVELS, rank) if rank < last else len(LEVELS) - 1 + rank // last


def level_mark(level: int | str) -> str:
    """The mark of a level among the words that PostgreSQL keeps of a document."""
    return f":l{level}"


@lru_cache(8_192)  # a market's words are few, and each stands in many texts
def spelled(word: str) -> str:
    """One spelling of a folded word: said alike is written alike, ``oleh2`` is ``oleh``.

    >>> spelled("kerupuk"), spelled("oleh2"), spelled("oleholeh")
    ('krupuk', 'oleh', 'oleh')
    """
    twice = _TWICE.fullmatch(word)
    if twice:
        word = twice[1]
    half = len(word) // 2
    if len(word) >= 6 and word[:half] == word[half:] and word.isalpha():
        word = word[:half]
    return fold_spelling(word)


def index_words(text: str) -> str:
    """Every spelling under which the words of a text are found, one space between them.

    The word as it is written stands beside its folded spelling, because a prefix of three letters
    (``ker``) folds otherwise than the whole word does. Both parts of ``Pa'tedong`` stand there
    beside ``patedong``.
    """
    found: dict[str, None] = {}
    for word in (*words(text), *words(_SPLIT_MARKS.sub(" ", text))):
        found[word[:LONGEST_WORD]] = None
        found[spelled(word)[:LONGEST_WORD]] = None
    return " ".join(found)


IN_NAME_MARK = "-"
"""Before a word of the index that stands in a name: what nobody can type."""


def name_words(text: str) -> str:
    """The words of a name as the index keeps them beside its plain words.

    Words of the name are then asked for by name; to ask for a common word and then look in which
    column it stands would go through all goods that have it anywhere.
    """
    return " ".join(f"{IN_NAME_MARK}{word}" for word in index_words(text).split())


SHORT = 3
"""Letters of the longest beginning that the index knows by itself, and the fewest that tell of
which word it is one."""
BEGUN_MARK = "="
"""Before a beginning of a word of a name."""


def name_beginnings(words: Iterable[str]) -> list[str]:
    """The first two and three letters of the marked words of a name, as the index keeps them.

    Two letters begin too many words to ask for each; most people have typed no more when the
    first goods are to stand below the field.

    >>> name_beginnings(["-kopi", "-gayo", "tani"])
    ['=ga', '=gay', '=ko', '=kop']
    """
    found = {
        f"{BEGUN_MARK}{word[1 : length + 1]}"
        for word in words
        if word.startswith(IN_NAME_MARK)
        for length in range(2, SHORT + 1)
        if len(word) > length
    }
    return sorted(found)


def name_key(text: str) -> str:
    """A whole name in one spelling: who types it in any of them means this one product."""
    return " ".join(map(spelled, words(text[:MAX_TYPED_LENGTH])))[:MAX_TYPED_LENGTH]


def name_number(key: str) -> int:
    """What stands for a whole name where names are looked up: 47 bits, six bytes on SQLite.

    Among a million names two have the same in one market of 280, and are then found together.
    """
    return int.from_bytes(blake2b(key.encode(), digest_size=6).digest()) >> 1


@dataclass(frozen=True)
class Wanted:
    """One thing a product must have: any of these phrases, each of all its words.

    A phrase of the shopper's own matches words that begin like it; a synonym matches whole words,
    or "hem" would also find "hemat".
    """

    typed: tuple[Phrase, ...]
    synonyms: tuple[Phrase, ...] = ()


def typed_words(text: str) -> list[str]:
    """The folded words of what somebody typed; the small ones only when nothing else is there.

    >>> typed_words("Oleh-oleh dari Toraja"), typed_words("oleh2 Toraja"), typed_words("oleh2")
    (['toraja'], ['toraja'], ['oleh2'])
    """
    typed = [word[:LONGEST_WORD] for word in words(text[:MAX_TYPED_LENGTH])][:MAX_WORDS]
    telling = [word for word in typed if STOP_WORDS.isdisjoint((word, spelled(word)))]
    return telling or typed


def phrases(typed: Sequence[str]) -> set[str]:
    """All runs of up to three typed words in one spelling: what to look up as synonyms."""
    spelling = [spelled(word) for word in typed]
    return {
        " ".join(spelling[start : start + length])
        for length in range(1, LONGEST_PHRASE + 1)
        for start in range(len(spelling) - length + 1)
    }


def wanted(typed: Sequence[str], synonyms: Mapping[str, Iterable[Phrase]]) -> list[Wanted]:
    """What a product must have for these words; runs with synonyms count as one, longest first.

    What is said again asks for nothing more.

    :param synonyms: by phrase in one spelling, the other phrases of its group.
    """
    found: list[Wanted] = []
    start = 0
    while start < len(typed):
        for length in range(min(LONGEST_PHRASE, len(typed) - start), 0, -1):
            run = tuple(typed[start : start + length])
            own = tuple(map(spelled, run))
            others = [
                other for other in synonyms.get(" ".join(own), ()) if not set(own) <= set(other)
            ]
            if others or length == 1:
                ways = tuple(dict.fromkeys((run, own)))
                found.append(Wanted(ways, tuple(dict.fromkeys(others))))
                start += length
                break
    return list(dict.fromkeys(found))


def is_prefix(word: str) -> bool:
    """Whether longer words may follow: letters from two on; a number stands for itself."""
    return len(word) > 1 and not word.isdigit()


# ------------------------------------------------------------------ the synonym list

_DANGER = ("jangan", "batasi", "tidak sama", "bukan sama", "sering", "(baku)")


@dataclass(frozen=True)
class SynonymRow:
    """One line of the list: the usual word, other ways to say it, and a word of caution."""

    usual: str
    others: tuple[str, ...]
    caution: str = ""


def safe_group(row: SynonymRow) -> tuple[str, ...]:
    """The words of a line that may stand for each other, the usual one first.

    A caution that warns of a word takes that word out ("lombok" is a chilli and an island); one
    that warns of the whole line leaves the usual word alone. A remark without a warning
    ("sambel = Jawa") changes nothing.
    """
    caution = fold(row.caution)
    if not any(mark in caution for mark in _DANGER):
        return (row.usual, *row.others)
    named = [other for other in row.others if re.search(rf"\b{re.escape(fold(other))}\b", caution)]
    if not named:
        return (row.usual,)
    return (row.usual, *(other for other in row.others if other not in named))


def phrase_of(term: str) -> Phrase:
    """A term of the list as folded words in one spelling."""
    return tuple(map(spelled, words(term)))
