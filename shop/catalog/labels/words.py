"""What the facts of a label are called when one is missing, and how papers read on the page."""

from flask_babel import gettext as _

from shop.catalog.packaging.label_rules import Fact
from shop.core.values.text import mark_translatable
from shop.web.i18n.language import ENGLISH, language

FACT_WORDS = {
    Fact.NAME: mark_translatable("nama produk"),
    Fact.INGREDIENTS: mark_translatable("komposisi"),
    Fact.NET: mark_translatable("isi bersih"),
    Fact.MAKER: mark_translatable("alamat pembuat dengan kode pos"),
    Fact.HALAL: mark_translatable("keterangan halal (nomor sertifikat, proses, atau tidak halal)"),
    Fact.BATCH: mark_translatable("kode produksi"),
    Fact.EXPIRY: mark_translatable("tanggal kedaluwarsa"),
    Fact.PERMIT: mark_translatable("nomor izin edar"),
    Fact.PORK: mark_translatable("keterangan tidak halal, karena mengandung babi"),
    Fact.DIRECTIONS: mark_translatable("cara pakai"),
    Fact.FIBRE: mark_translatable("serat kain"),
    Fact.CARE: mark_translatable("cara merawat"),
    Fact.TECHNIQUE: mark_translatable("teknik batik"),
    Fact.MATERIAL: mark_translatable("bahan"),
}
ON_PAPER = {fact.value: word for fact, word in FACT_WORDS.items()}
"""In Indonesian, as the label itself."""


def written_height(hundredths: int) -> str:
    """How tall letters are, in millimetres as the reader writes numbers.

    >>> written_height(100)
    '1'
    """
    whole, rest = divmod(hundredths, 100)
    if not rest:
        return str(whole)
    return f"{whole}{'.' if language() == ENGLISH else ','}{rest:02d}"


def fact_word(fact: Fact) -> str:
    """What a fact of the label is called, in the reader's language."""
    return str(_(FACT_WORDS[fact]))
