"""The form base, and fields that read what people write."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import FieldList, Form, HiddenField, StringField, TextAreaField, ValidationError
from wtforms.form import BaseForm
from wtforms.meta import DefaultMeta
from wtforms.validators import InputRequired, StopValidation

from shop.core.formats.indonesia import normal_phone
from shop.core.values.errors import InvalidInput
from shop.core.values.money import format_rupiah, parse_rupiah
from shop.core.values.text import (
    MAX_PACKS,
    InvalidCount,
    as_typed,
    has_visible_text,
    one_line,
    parse_count,
)
from shop.core.values.units import read_percent, write_percent
from shop.web.i18n.language import ENGLISH, language

_INDEX = re.compile(r"-([0-9]{1,4})(?:-|$)")


class _OurSentences:
    """What the form library says by itself, in the reader's language."""

    def gettext(self, sentence: str) -> str:
        """Ours for theirs; whatever else it may say becomes the plainest."""
        return str(_SENTENCES.get(sentence, _l("Isian ini belum benar.")))

    def ngettext(self, one: str, several: str, count: int) -> str:
        """The same, where they count."""
        return self.gettext(several)


_SENTENCES = {
    "This field is required.": _l("Isi bagian ini."),
    "Not a valid choice.": _l("Pilih salah satu yang ada di daftar."),
    "Not a valid date value.": _l("Tulis tanggalnya, misalnya 2026-11-23."),
}


class ShopForm(Form):
    """Typed input of a page: filled from a POST, kept as typed when it is refused.

    The token of every POST is checked by the app itself (``web.security.csrf``), so that no form
    can forget it.
    """

    class Meta(DefaultMeta):
        """How forms of this shop speak."""

        def get_translations(self, _form: BaseForm) -> _OurSentences:
            return _OurSentences()

    def __init__(self, **defaults: Any) -> None:  # wtforms passes what it is given on
        super().__init__(request.form if request.method == "POST" else None, **defaults)


class OneOfSeveral(ShopForm):
    """One of several forms of a page: only the one that was sent is filled from the request."""

    def __init__(self, *, is_sent: bool = True, **defaults: Any) -> None:
        if is_sent:
            super().__init__(**defaults)
        else:
            Form.__init__(self, None, **defaults)


class HiddenLine(HiddenField):
    """What a page hands to itself: one line, without the signs that no page ever writes."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        if valuelist:
            self.data = one_line(valuelist[0])


class Rows(FieldList):  # type: ignore[type-arg]  # generic in the stubs only
    """Rows of a form: ``baris-0-…``. Indexes that no page of ours writes are not there."""

    def _extract_indices(self, prefix: str, formdata: Iterable[str]) -> Iterator[int]:
        for name in formdata:
            found = _INDEX.match(name, len(prefix)) if name.startswith(prefix) else None
            if found is not None:
                yield int(found[1])


class Required(InputRequired):
    """The field must be filled; the sentence says with what."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or _l("Isi bagian ini."))

    def __call__(self, form: BaseForm, field: Any) -> None:
        if not field.raw_data or not has_visible_text(str(field.raw_data[0])):
            field.errors[:] = []
            raise StopValidation(str(self.message))


class PlainText(StringField):
    """One line of text, without signs that cannot be seen."""

    keeps_lines = False

    def __init__(self, *args: Any, max_length: int = 200, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.max_length = max_length

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        text = valuelist[0] if valuelist else ""
        self.data = as_typed(text) if self.keeps_lines else one_line(text)

    def pre_validate(self, form: BaseForm) -> None:
        if self.data and len(self.data) > self.max_length:
            raise ValidationError(
                _("Terlalu panjang: paling banyak %(most)s huruf.", most=self.max_length)
            )


class LongText(PlainText, TextAreaField):
    """A few lines of plain text."""

    keeps_lines = True


class ReadField(StringField):
    """A field whose text is read into something else; what was typed stays visible."""

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else self.written(self.data)

    def written(self, value: Any) -> str:
        """How a value that nobody typed stands in the field."""
        return str(value)

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        text = valuelist[0].strip() if valuelist else ""
        self.data = None
        if text:
            self.data = self.read(text)

    def read(self, text: str) -> Any:
        """The value of ``text``; a ValueError carries the sentence for the person."""
        raise NotImplementedError


class CountField(ReadField):
    """A whole number in plain digits."""

    def __init__(
        self, *args: Any, minimum: int = 1, maximum: int = MAX_PACKS, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.minimum, self.maximum = minimum, maximum

    def read(self, text: str) -> int:
        try:
            return parse_count(text, minimum=self.minimum, maximum=self.maximum)
        except InvalidCount as refusal:
            raise ValueError(count_sentence(self.minimum, self.maximum)) from refusal


def count_sentence(minimum: int, maximum: int) -> str:
    """What a right count looks like."""
    return str(
        _(
            "Tulis angka bulat dari %(least)s sampai %(most)s, misalnya %(example)s.",
            least=_thousands(minimum),
            most=_thousands(maximum),
            example=_thousands(max(minimum, 2) if maximum >= 2 else maximum),
        )
    )


def _thousands(count: int) -> str:
    return f"{count:,}" if language() == ENGLISH else f"{count:,}".replace(",", ".")


class RupiahField(ReadField):
    """An amount the way people write it: ``25rb``, ``Rp 25.000``, ``25000``."""

    def read(self, text: str) -> int:
        try:
            return parse_rupiah(text)
        except InvalidInput as refusal:
            if text.startswith(("-", "\u2212")):
                raise ValueError(
                    _("Jumlahnya tidak bisa kurang dari nol. Tulis misalnya Rp25.000.")
                ) from refusal
            raise ValueError(
                _("Koma bisa berarti dua hal. Tulis misalnya 12.500 atau 12rb.")
                if "," in text
                else _("Tulis jumlahnya tanpa sen, misalnya Rp25.000.")
            ) from refusal

    def written(self, value: Any) -> str:
        return format_rupiah(value)


class PercentField(ReadField):
    """A percentage with two decimals at most, kept in basis points."""

    def read(self, text: str) -> int:
        try:
            return read_percent(text)
        except InvalidInput as refusal:
            raise ValueError(_("Tulis persennya, misalnya 5 atau 7,5.")) from refusal

    def written(self, value: Any) -> str:
        return write_percent(value)


class PhoneField(ReadField):
    """An Indonesian mobile number, kept as ``+628…``."""

    def read(self, text: str) -> str:
        try:
            return normal_phone(text)
        except InvalidInput as refusal:
            raise ValueError(_("Nomornya belum benar. Contoh: 0812 3456 7890.")) from refusal
