"""What goods are sorted under and why shelves changed, in the reader's language."""

from flask_babel import gettext as _

from shop.catalog.inventory.models import MovementReason
from shop.catalog.products.models import StoryPart
from shop.catalog.products.rules import CATEGORY_NAMES
from shop.core.values.text import mark_translatable

STORY_HEADINGS = {
    StoryPart.WHO: mark_translatable("Siapa yang membuat"),
    StoryPart.WHERE: mark_translatable("Di mana dibuat"),
    StoryPart.SINCE: mark_translatable("Sejak kapan"),
    StoryPart.HOW: mark_translatable("Bagaimana dibuat"),
    StoryPart.WITH: mark_translatable("Dengan apa dibuat"),
    StoryPart.DIFFERENCE: mark_translatable("Apa yang membedakannya"),
    StoryPart.CHANGE: mark_translatable("Apa yang berubah berkat pembelian Anda"),
}


def story_heading(part: StoryPart) -> str:
    """What a part of a story tells, as its page heads it."""
    return str(_(STORY_HEADINGS[part]))


def category_word(path: str) -> str:
    """The name of a category; a path that nobody knows stands as it was typed."""
    return str(_(CATEGORY_NAMES[path])) if path in CATEGORY_NAMES else path


def reason_word(reason: MovementReason) -> str:
    """Why a shelf changed."""
    return str(
        {
            MovementReason.OPENING: _("Stok awal"),
            MovementReason.SOLD: _("Terjual"),
            MovementReason.RETURNED: _("Kembali ke rak"),
            MovementReason.PRODUCED: _("Barang baru masuk"),
            MovementReason.COUNTED: _("Dihitung ulang"),
            MovementReason.DAMAGED: _("Rusak"),
            MovementReason.LOST: _("Hilang"),
            MovementReason.SAMPLE: _("Dipakai sebagai contoh"),
            MovementReason.SHORT: _("Ternyata tidak ada"),
        }[reason]
    )
