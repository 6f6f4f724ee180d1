"""What goods are sorted under and why shelves changed, in the reader's language."""

from flask_babel import gettext as _

from shop.catalog.models import StoryPart
from shop.catalog.rules import CATEGORY_NAMES
from shop.core.text import ours
from shop.inventory.models import MovementReason
from shop.media.errors import (
    EmptyPhoto,
    HeicPhoto,
    MovingPhoto,
    PhotoLeaving,
    PhotoRefused,
    PhotoTooHeavy,
    PhotoTooSmall,
    PhotoTooWide,
)

MEGABYTE = 1_000_000

STORY_HEADINGS = {
    StoryPart.WHO: ours("Siapa yang membuat"),
    StoryPart.WHERE: ours("Di mana dibuat"),
    StoryPart.SINCE: ours("Sejak kapan"),
    StoryPart.HOW: ours("Bagaimana dibuat"),
    StoryPart.WITH: ours("Dengan apa dibuat"),
    StoryPart.DIFFERENCE: ours("Apa yang membedakannya"),
    StoryPart.CHANGE: ours("Apa yang berubah berkat pembelian Anda"),
}


def story_heading(part: StoryPart) -> str:
    """What a part of a story tells, as its page heads it."""
    return str(_(STORY_HEADINGS[part]))


def category_word(path: str) -> str:
    """The name of a category; a path that nobody knows stands as it was typed."""
    return str(_(CATEGORY_NAMES[path])) if path in CATEGORY_NAMES else path


def photo_refusal_words(refusal: PhotoRefused | PhotoLeaving) -> str:
    """What is wrong with an upload and what a right one looks like."""
    match refusal:
        case EmptyPhoto():
            said = _("Berkasnya kosong. Pilih fotonya sekali lagi dari galeri.")
        case HeicPhoto():
            said = _(
                "Foto HEIC belum bisa dibaca. Di iPhone: Pengaturan › Kamera › Format › Paling"
                " Kompatibel. Di Android: pengaturan kamera, matikan “HEIF” atau “gambar"
                " efisiensi tinggi”. Lalu foto sekali lagi."
            )
        case MovingPhoto():
            said = _("Ini gambar bergerak. Kirim foto yang diam.")
        case PhotoTooHeavy():
            said = _(
                "Fotonya %(size)s MB, paling besar %(most)s MB. Pilih ukuran foto yang lebih kecil"
                " di pengaturan kamera.",
                size=-(-refusal.size // MEGABYTE),
                most=refusal.most // MEGABYTE,
            )
        case PhotoTooSmall():
            said = _(
                "Sisi pendeknya %(side)s px, perlu %(least)s px. Kirim foto asli dari kamera,"
                " bukan tangkapan layar atau kiriman WhatsApp.",
                side=refusal.short_side,
                least=refusal.least,
            )
        case PhotoTooWide():
            said = _(
                "Fotonya lebih dari %(most)s juta titik. Pilih ukuran foto yang lebih kecil di"
                " pengaturan kamera.",
                most=refusal.most // MEGABYTE,
            )
        case PhotoLeaving():
            said = _("Foto ini sedang dibereskan. Kirim sekali lagi sebentar lagi.")
        case _:
            said = _("Ini bukan foto yang bisa dibaca. Kirim foto JPEG, PNG, WebP, atau AVIF.")
    return str(said)


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
