"""What stands on a pack, in the reader's language where the words are ours."""

from typing import TYPE_CHECKING

from markupsafe import escape

from shop.core.text import ours
from shop.packaging.allergens import ALLERGENS
from shop.packaging.rules import BETWEEN_OPTIONS
from shop.web.language import as_written
from shop.web.language import word as _

if TYPE_CHECKING:
    from flask import Flask

STORAGES = (
    ours("Suhu ruang, tempat kering, tutup rapat"),
    ours("Tempat kering, hindari lembap"),
    ours("Tempat sejuk dan gelap, jauh dari sinar matahari"),
    ours("Dingin 2-8 °C"),
    ours("Beku -18 °C"),
    # The same as a card has room for them.
    ours("Suhu ruang"),
    ours("Tempat kering"),
    ours("Tempat sejuk dan gelap"),
)
"""What the form offers for keeping goods; whatever else stands there was typed by a person."""
PACK_TYPES = (
    ours("Standing pouch foil, zipper"),
    ours("Standing pouch foil, zipper, katup satu arah"),
    ours("Standing pouch kraft berlapis, zipper"),
    ours("Standing pouch bening, zipper"),
    ours("Retort pouch"),
    ours("Kantong OPP, kartu gantung"),
    ours("Kantong PP tebal 0,08 mm, seal panas"),
    ours("Kantong vakum nilon 80 mikron"),
    ours("Daun kering, kantong dalam PP"),
    ours("Kotak karton, kantong dalam"),
    ours("Kotak kraft"),
    ours("Kotak hardboard, kertas tisu bebas asam, kartu kain"),
    ours("Kardus dobel, sekat dan bantalan kertas (anti pecah)"),
    ours("Kardus gelombang"),
    ours("Tabung karton, tutup plastik"),
    ours("Kaleng tinplate, tutup rapat"),
    ours("Jar kaca, tutup twist-off, segel"),
    ours("Toples PET, segel induksi"),
    ours("Botol kaca bening, tutup putar, segel"),
    ours("Botol kaca ambar, tutup tetes/putar"),
    ours("Botol PET, tutup segel"),
)
CHOICES = (
    ours("warna"),
    ours("ukuran"),
    ours("nomor"),
    ours("rasa"),
    ours("giling"),
    ours("lingkar"),
    ours("furing"),
    ours("tokoh"),
)
"""By what the packs of one product usually differ; a cooperative may type something else."""
VALUES = (
    ours("biji"),
    ours("kasar"),
    ours("sedang"),
    ours("halus"),
    ours("putih"),
    ours("hitam"),
    ours("abu-abu"),
    ours("krem"),
    ours("cokelat"),
    ours("merah"),
    ours("kuning"),
    ours("hijau"),
    ours("biru"),
    ours("ungu"),
    ours("polos"),
    ours("lurik"),
    ours("kelinci"),
    ours("pendekar"),
    ours("gunungan"),
)
"""What a pack is usually called among its brothers: a grind, a colour, a lining, a figure."""
_DIFFERENCES = frozenset((*CHOICES, *VALUES))
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


def choice_word(text: str) -> str:
    """What packs differ by, and one of them: usual words in the reader's language."""
    parts = [
        str(_(part)) if part in _DIFFERENCES else as_written(part)
        for part in text.split(BETWEEN_OPTIONS)
    ]
    return parts[0] if len(parts) == 1 else escape(BETWEEN_OPTIONS).join(parts)


def init_app(app: "Flask", _settings: object) -> None:
    """Let the templates of every room say by what packs differ."""
    app.jinja_env.globals["choice_word"] = choice_word
