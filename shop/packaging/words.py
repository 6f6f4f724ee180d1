"""What stands on a pack, in the reader's language where the words are ours."""

from flask_babel import gettext as _

from shop.packaging.rules import ALLERGENS, PACK_TYPES, STORAGES
from shop.web.language import as_written

_KEPT = frozenset((*STORAGES, *PACK_TYPES, *ALLERGENS))


def fact_words(text: str | None) -> str:
    """Storage, pack type or allergens: ours in the reader's language, a person's as written."""
    if not text:
        return ""
    if text in _KEPT:
        return str(_(text))
    parts = text.split(", ")
    if all(part in _KEPT for part in parts):
        return ", ".join(_(part) for part in parts)
    return as_written(text)
