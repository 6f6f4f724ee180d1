"""What people type: shown, compared, folded for slugs and spellings, and read as a count."""

import re
import unicodedata

from shop.core.values.errors import InvalidInput

_APOSTROPHES = re.compile("['\u2019\u2018`\u02bc]")
_SILENT_E = re.compile(r"([kstpbgcd])e([rl][aeiou])")
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u2028-\u202e"
    "\u2060-\u2069\u2800\u3164\ufeff\uffa0\ud800-\udfff]"
)
"""What nobody types: controls, letters without a shape, and marks that turn the direction of what
stands behind them."""

MAX_PACKS = 999
"""The largest count one line may ask for; a bigger order is a talk with the cooperative."""


def mark_translatable(text: str) -> str:
    """Mark a text for gettext; it is stored in Indonesian and translated when shown.

    It returns what it was given; tools/translations.py finds it by this name.
    """
    return text


def fold(text: str) -> str:
    """Lower case without accents or apostrophes: ``Sa'dan`` and ``SADAN`` become ``sadan``."""
    if text.isascii():  # nearly all that is written here: a twentieth of the work
        return text.replace("'", "").replace("`", "").lower()
    plain = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", text))
    return "".join(sign for sign in plain if not unicodedata.combining(sign)).casefold()


def fold_spelling(word: str) -> str:
    """One spelling for words that are said alike: ``kerupuk`` and ``krupuk`` become ``krupuk``."""
    return _SILENT_E.sub(r"\1\2", fold(word))


def as_typed(text: str) -> str:
    """A text as its page may show it: only signs that can be seen, line breaks and tabs."""
    return _UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def has_visible_text(text: str) -> bool:
    """Whether a text has a visible character; joiners alone, as in emoji, have none."""
    return any(sign.isprintable() and not sign.isspace() for sign in as_typed(text))


def one_line(text: str) -> str:
    """The same in one line: a name must not look like a letter of its own in somebody's chat."""
    return " ".join(as_typed(text).split())


def first_name(name: str) -> str:
    """What may be known of a person before anybody has to send them something (rule R26)."""
    return (name.split() or [""])[0]


def words(text: str) -> list[str]:
    """The folded words of a text, in order: letters and digits only."""
    return re.findall(r"[a-z0-9]+", fold(text))


def slugify(text: str) -> str:
    """A name for an address: ``Kopi Gayo 100%`` becomes ``kopi-gayo-100``."""
    return "-".join(words(text))[:120].strip("-") or "tanpa-nama"


class InvalidCount(InvalidInput):
    """Not a whole number between ``minimum`` and ``maximum``."""

    def __init__(self, typed: str, minimum: int, maximum: int) -> None:
        super().__init__(f"not a count between {minimum} and {maximum}")
        self.typed, self.minimum, self.maximum = typed, minimum, maximum


def parse_count(text: str, *, minimum: int = 1, maximum: int = MAX_PACKS) -> int:
    """Parse a whole number in plain digits.

    :raises InvalidCount: for 0 or less than ``minimum``, signs, fractions, exponents, letters,
        digits of other scripts, nothing at all, or more than ``maximum``.
    """
    typed = text.strip()
    # The length is tested first: four hundred digits must not cost anything.
    if (
        len(typed) > 12
        or not re.fullmatch(r"[0-9]+", typed)
        or not minimum <= int(typed) <= maximum
    ):
        raise InvalidCount(typed[:40], minimum, maximum)
    return int(typed)


def read_id(text: str) -> int | None:
    """The id that a button of ours carries; None for what no page of ours ever wrote.

    The length is tested first: no database holds more digits, and ``int`` takes only so many.
    """
    return int(text) if len(text) < 19 and text.isascii() and text.isdecimal() else None
