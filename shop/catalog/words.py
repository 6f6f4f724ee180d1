"""What goods are sorted under, in the reader's language."""

from flask_babel import gettext as _

from shop.catalog.rules import CATEGORY_NAMES


def category_word(path: str) -> str:
    """The name of a category; a path that nobody knows stands as it was typed."""
    return str(_(CATEGORY_NAMES[path])) if path in CATEGORY_NAMES else path
