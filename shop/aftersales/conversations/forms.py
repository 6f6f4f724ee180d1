"""One message as it is typed."""

from contextlib import closing
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import MultipleFileField

from shop.aftersales.conversations.rules import MAX_MESSAGE_LENGTH, MAX_PHOTOS, Side
from shop.core.values.codes import hash_token, new_secret
from shop.services.media.errors import PhotoRefused
from shop.services.media.photo_uploads import refusal_words
from shop.services.media.rules import check_file_size
from shop.web.rendering.forms import HiddenLine, LongText, ShopForm


class MessageForm(ShopForm):
    """Words, photos, or both."""

    pesan = LongText(_l("Pesan"), max_length=MAX_MESSAGE_LENGTH, render_kw={"rows": 4})
    foto = MultipleFileField(
        _l("Foto"),
        description=_l("Tidak wajib, paling banyak 5. Hanya pembeli dan koperasi yang melihatnya."),
        render_kw={"accept": "image/jpeg,image/png,image/webp,image/avif"},
    )
    kunci = HiddenLine(default=new_secret)
    """The same each time this very form is sent."""

    photos: tuple[bytes, ...] = ()

    def __init__(self, **defaults: Any) -> None:
        super().__init__(**defaults)
        self.pesan.flags.asked = True  # a photo alone will do, but it is not what is asked for

    def validate(self, extra_validators: object = None) -> bool:
        """Also opens the photos; a message of nothing is none."""
        fine = super().validate(extra_validators)  # type: ignore[arg-type]
        if fine:
            fine = self._read_photos()
        if fine and not self.pesan.data and not self.photos:
            self.pesan.errors = [_("Tulis pesannya, misalnya: Apakah bisa dikirim hari Sabtu?")]
            return False
        return fine

    def key(self, side: Side) -> str:
        """What makes two submits of one form one message; other words are another."""
        return hash_token(f"{side}:{self.kunci.data or new_secret()}:{self.pesan.data}")

    def _read_photos(self) -> bool:
        from shop.services.media import (
            image_processing,  # Pillow only where pixels are touched
        )

        given = [one for one in request.files.getlist("foto") if one.filename]
        if len(given) > MAX_PHOTOS:
            self.foto.errors = [
                _(
                    "Paling banyak %(most)s foto dalam satu pesan."
                    " Kirim sisanya dalam pesan berikut.",
                    most=MAX_PHOTOS,
                )
            ]
            return False
        read = []
        for upload in given:
            try:
                with closing(upload.stream) as stream:
                    check_file_size(stream.seek(0, 2))
                    stream.seek(0)
                    read.append(image_processing.readable(stream.read()))
            except PhotoRefused as refusal:
                self.foto.errors = [refusal_words(refusal)]
                return False
        self.photos = tuple(read)
        return True
