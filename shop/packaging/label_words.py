"""What papers, tips and missing facts of a label are called, in the reader's language."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from shop.packaging.rules import PaperFault, PermitKind

FAULT_WORDS = {
    PaperFault.OTHER_NUMBER: _l("nomornya lain dari yang di dokumen"),
    PaperFault.OTHER_GOODS: _l("dokumennya untuk barang lain"),
    PaperFault.OTHER_NAME: _l("nama pemegang izinnya lain"),
    PaperFault.OVER: _l("masa berlakunya sudah lewat"),
    PaperFault.UNREADABLE: _l("dokumennya tidak terbaca"),
    PaperFault.NO_PAPER: _l("dokumennya tidak ada"),
}


def fault_word(fault: PaperFault) -> str:
    """Why a manager could not stand for a number."""
    return str(FAULT_WORDS[fault])


def paper_word(kind: str) -> str:
    """What a paper is called: a permit by its proper name, or the halal certificate."""
    return PermitKind(kind).label if kind in tuple(PermitKind) else str(_("Sertifikat halal"))
