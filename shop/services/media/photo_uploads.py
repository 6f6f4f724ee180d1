"""What pages of every room need of photos: where they lie."""

from contextlib import closing
from typing import cast

from flask import Flask, Response, current_app
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from shop.services.media import jobs
from shop.services.media.errors import (
    EmptyPhoto,
    HeicPhoto,
    MovingPhoto,
    PhotoFileTooLarge,
    PhotoLeaving,
    PhotoRefused,
    PhotoTooSmall,
    TooManyPixels,
)
from shop.services.media.rules import check_file_size
from shop.services.media.storage import SaysWherePhotosLie, Storage, storage_of

EXTENSION = "lumbung-media"


def use_storage(app: Flask, settings: SaysWherePhotosLie) -> None:
    """Open the photo storage that the settings name, for the pages and jobs of this process."""
    app.extensions[EXTENSION] = photos = storage_of(settings)
    jobs.install(photos)


def storage() -> Storage:
    """Where this app's photos lie."""
    return cast("Storage", current_app.extensions[EXTENSION])


MEGABYTE = 1_000_000


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
        case PhotoFileTooLarge():
            said = _(
                "Fotonya %(size)s MB, paling besar %(most)s MB. Pilih ukuran foto yang lebih kecil"
                " di pengaturan kamera.",
                size=-(-refusal.size // MEGABYTE),
                most=refusal.maximum // MEGABYTE,
            )
        case PhotoTooSmall():
            said = _(
                "Sisi pendeknya %(side)s px, perlu %(least)s px. Kirim foto asli dari kamera,"
                " bukan tangkapan layar atau kiriman WhatsApp.",
                side=refusal.short_side,
                least=refusal.minimum,
            )
        case TooManyPixels():
            said = _(
                "Fotonya lebih dari %(most)s juta titik. Pilih ukuran foto yang lebih kecil di"
                " pengaturan kamera.",
                most=refusal.maximum // MEGABYTE,
            )
        case PhotoLeaving():
            said = _("Foto ini sedang dibereskan. Kirim sekali lagi sebentar lagi.")
        case _:
            said = _("Ini bukan foto yang bisa dibaca. Kirim foto JPEG, PNG, WebP, atau AVIF.")
    return str(said)


def as_photo(photo: bytes) -> Response:
    """A private picture: no cache keeps it, and a browser takes it for nothing else."""
    response = Response(photo, mimetype="image/jpeg")
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Content-Disposition"] = "inline"
    return response


def refusal_words(refusal: PhotoRefused) -> str:
    """Why a photo is not taken, and what a right one looks like."""
    if isinstance(refusal, PhotoTooSmall):
        return str(
            _(
                "Fotonya terlalu kecil untuk dibaca (sisi pendek %(side)s px, perlu %(least)s px)."
                " Kirim tangkapan layar atau foto struk yang utuh.",
                side=refusal.short_side,
                least=refusal.minimum,
            )
        )
    return photo_refusal_words(refusal)


def read_photo(upload: FileStorage | None) -> bytes:
    """The photo as we write it anew.

    :raises PhotoRefused: for what is none, too large or too small.
    """
    from shop.services.media import (
        image_processing,  # Pillow only where pixels are touched: pages need none of it
    )

    if upload is None or not upload.filename:
        raise EmptyPhoto
    with closing(upload.stream) as stream:
        check_file_size(stream.seek(0, 2))
        stream.seek(0)
        data = stream.read()
    if not data:
        raise EmptyPhoto
    return image_processing.readable(data)
