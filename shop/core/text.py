"""Folding text: for slugs, for comparing, and for spellings that differ by ear."""

import re
import unicodedata

_APOSTROPHES = re.compile("['\u2019\u2018`\u02bc]")
_SILENT_E = re.compile(r"([kstpbgcd])e([rl][aeiou])")


def fold(text: str) -> str:
    """Lower case without accents or apostrophes: ``Sa'dan`` and ``SADAN`` become ``sadan``."""
    plain = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", text))
    return "".join(sign for sign in plain if not unicodedata.combining(sign)).casefold()


def fold_spelling(word: str) -> str:
    """One spelling for words that are said alike: ``kerupuk`` and ``krupuk`` become ``krupuk``."""
    return _SILENT_E.sub(r"\1\2", fold(word))


def words(text: str) -> list[str]:
    """The folded words of a text, in order: letters and digits only."""
    return re.findall(r"[a-z0-9]+", fold(text))


def slugify(text: str) -> str:
    """A name for an address: ``Kopi Gayo 100%`` becomes ``kopi-gayo-100``."""
    return "-".join(words(text))[:120].strip("-") or "tanpa-nama"
