"""What somebody wants printed."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import Form, RadioField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # stubs lag

from shop.catalog.labels.actions import Pack
from shop.catalog.labels.paper_sizes import FORMATS
from shop.catalog.packaging.batches import BatchOnLabel
from shop.web.rendering.forms import CountField, Required, ShopForm

MAX_LABELS = 500


class LabelForm(ShopForm):
    """Which batch, on which paper, how many. It is asked by GET: printing changes nothing."""

    batch = SelectField(_l("Kode produksi"))
    ukuran = RadioField(_l("Kertas"), default=FORMATS[0].code)
    jumlah = CountField(
        _l("Berapa label?"),
        [Required(_l("Tulis jumlahnya, misalnya 24."))],
        minimum=1,
        maximum=MAX_LABELS,
        default=24,
        render_kw={"inputmode": "numeric", "autocomplete": "off", "size": 5},
    )

    def __init__(self, packs: tuple[Pack, ...], typed: MultiDict[str, str] | None = None) -> None:
        Form.__init__(self, typed)
        self.found: dict[str, tuple[Pack, BatchOnLabel | None]] = {}
        choices: list[Any] = []
        for pack in packs:
            batches: tuple[BatchOnLabel | None, ...] = pack.batches or (None,)
            for batch in batches:
                key = f"{pack.position}-{batch.code if batch else ''}"
                self.found[key] = (pack, batch)
                choices.append(SelectChoice(key, _said(pack, batch)))
        self.batch.choices = choices
        self.ukuran.choices = [SelectChoice(one.code, _(one.name)) for one in FORMATS]
        if typed is None and choices:
            self.batch.data = choices[0].value

    @property
    def chosen(self) -> tuple[Pack, BatchOnLabel | None]:
        """The pack and its batch; only after the form was found right."""
        return self.found[self.batch.data]


def _said(pack: Pack, batch: BatchOnLabel | None) -> str:
    what = batch.code if batch else str(_("Yang tertulis di kemasan"))
    parts = [pack.option, what]
    if batch and batch.best_before:
        parts.append(str(_("baik sebelum %(day)s", day=batch.best_before)))
    return " · ".join(part for part in parts if part)
