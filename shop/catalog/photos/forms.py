"""Uploads of photos: a slot for each view, read safely, refused in words beside their field."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import IO

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import FileStorage

from shop.catalog.products.models import PhotoView
from shop.services.media.errors import EmptyPhoto, PhotoRefused
from shop.services.media.guidance import Tip
from shop.services.media.photo_uploads import photo_refusal_words
from shop.services.media.rules import UPLOAD_WIDTHS, PreparedPhoto, check_file_size

SLOTS = {
    PhotoView.FRONT: _l("Depan"),
    PhotoView.LABEL: _l("Label"),
    PhotoView.CONTENTS: _l("Isi"),
    PhotoView.OTHER: _l("Lainnya"),
}
ACCEPT = "image/jpeg,image/png,image/webp,image/avif"
"""What a phone offers to choose from; what counts is what the bytes say."""


def replaced_name(view: PhotoView) -> str:
    """The name of the field that says which photo a new one takes the place of."""
    return f"ganti_{view.value}"


@dataclass
class Taken:
    """What came in with one form: photos that are one, and why the others are not."""

    photos: list[tuple[PhotoView, PreparedPhoto]] = field(default_factory=list)
    refused: dict[str, list[str]] = field(default_factory=dict)
    """Sentences by the name of the field."""


def slot_name(view: PhotoView) -> str:
    """The name of a view's field."""
    return f"foto_{view.value}"


def take_in(uploads: Sequence[tuple[PhotoView, FileStorage]]) -> Taken:
    """Read what was chosen; one that cannot be read takes none of the others with it.

    Names of files are not looked at: what is in them decides, and they get names of ours.
    """
    taken = Taken()
    for view, upload in uploads:
        if not upload.filename:
            continue  # a slot that was left empty
        try:
            taken.photos.append((view, read_upload(upload.stream)))
        except PhotoRefused as refusal:
            taken.refused.setdefault(slot_name(view), []).append(photo_refusal_words(refusal))
    return taken


def read_upload(stream: IO[bytes]) -> PreparedPhoto:
    """A photo made safe, with the size that its page needs at once.

    :raises PhotoRefused: for what is no photo, too large or too small.
    """
    from shop.services.media import (
        image_processing,  # Pillow only where pixels are touched: pages need none of it
    )

    # A large upload lies in a file of its own until it is closed.
    with closing(stream):
        # Weighed where it lies, before it comes into memory.
        check_file_size(stream.seek(0, 2))
        stream.seek(0)
        data = stream.read()
    if not data:
        raise EmptyPhoto
    return image_processing.prepare_first(data, widths=UPLOAD_WIDTHS)


def tip_words(tip: Tip) -> str:
    """The one thing to do better."""
    return str(
        {
            Tip.BLURRED: _(
                "Kurang tajam. Lap lensanya, pegang HP dengan dua tangan, lalu ketuk"
                " barangnya di layar sebelum memotret."
            ),
            Tip.DARK: _("Terlalu gelap. Foto di dekat jendela pada siang hari, tanpa lampu kilat."),
            Tip.GLARING: _(
                "Terlalu terang. Geser dari sinar matahari langsung dan matikan lampu kilat."
            ),
            Tip.FLAT: _("Warnanya pudar. Pakai alas yang warnanya berbeda dari barang."),
            Tip.FAR: _("Barangnya terlalu kecil di foto. Dekatkan HP sampai hampir penuh."),
            Tip.OFF_CENTRE: _("Barangnya tidak di tengah. Geser potongan fotonya, atau foto lagi."),
            Tip.SMALL: _(
                "Fotonya agak kecil, jadi tidak bisa diperbesar pembeli. Kirim foto asli"
                " dari kamera."
            ),
        }[tip]
    )
