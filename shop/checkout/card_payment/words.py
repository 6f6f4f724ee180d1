"""Sentences of the card payment page."""

from flask_babel import ngettext

from shop.web.i18n.language import written_in


def pay_page_words(orders: int, language: str) -> str:
    """What the pay page says is bought, in the language of the purchase."""
    with written_in(language):
        words = ngettext("Belanja di %(num)s koperasi", "Belanja di %(num)s koperasi", orders)
    return str(words)
