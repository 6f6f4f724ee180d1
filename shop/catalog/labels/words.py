"""What the facts of a label are called when one is missing, and how papers read on the page."""

from flask_babel import gettext as _

from shop.catalog.packaging.label_rules import Fact
from shop.core.values.text import ours
from shop.web.i18n.language import ENGLISH, language

FACT_WORDS = {
    Fact.NAME: ours("nama produk"),
    Fact.INGREDIENTS: ours("komposisi"),
    Fact.NET: ours("isi bersih"),
    Fact.MAKER: ours("alamat pembuat dengan kode pos"),
    Fact.HALAL: ours("keterangan halal (nomor sertifikat, proses, atau tidak halal)"),
    Fact.BATCH: ours("kode produksi"),
    Fact.EXPIRY: ours("tanggal kedaluwarsa"),
    Fact.PERMIT: ours("nomor izin edar"),
    Fact.PORK: ours("keterangan tidak halal, karena mengandung babi"),
    Fact.DIRECTIONS: ours("cara pakai"),
    Fact.FIBRE: ours("serat kain"),
    Fact.CARE: ours("cara merawat"),
    Fact.TECHNIQUE: ours("teknik batik"),
    Fact.MATERIAL: ours("bahan"),
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
