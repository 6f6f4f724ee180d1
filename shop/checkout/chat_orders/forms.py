"""What a manager types while the shopper waits in the chat."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form, FormField

from shop.checkout.cart.errors import CannotHoldThat, NotForSale
from shop.checkout.cart.forms import refusal_words
from shop.checkout.cart.rules import check_count
from shop.checkout.chat_orders.rules import Offer, meant
from shop.checkout.placing.forms import CheckoutForm
from shop.checkout.placing.review import Review
from shop.web.rendering.forms import CountField, HiddenLine, PlainText, Rows, ShopForm

MAX_LINES = 6
SHOWN = 5


class GoodsRow(Form):
    """So many packs of one kind."""

    Meta = ShopForm.Meta
    barang = PlainText(
        _l("Barang"),
        render_kw={"list": "barang-koperasi", "autocomplete": "off"},
        description=_l("Ketik namanya, lalu pilih. Kode barang juga bisa."),
    )
    jumlah = CountField(
        _l("Jumlah"), render_kw={"inputmode": "numeric", "autocomplete": "off", "size": 5}
    )


class ChatForm(CheckoutForm):
    """Goods, a name, a number; where to, when it is brought."""

    tanda = HiddenLine()
    baris = Rows(FormField(GoodsRow), min_entries=MAX_LINES, max_entries=MAX_LINES)

    @property
    def rows(self) -> Sequence[Any]:
        """The rows of goods, as forms."""
        return [entry.form for entry in self.baris]

    def __init__(self, **defaults: Any) -> None:
        super().__init__(**defaults)
        self._told: list[tuple[Any, str]] = []
        # The browser asks for goods, and not for a place: who names none comes for them.
        for field in (self.rows[0].barang, self.rows[0].jumlah):
            field.render_kw = {**field.render_kw, "required": True}
        self.kel.flags.required = self.alamat.flags.required = False

    def find(self, offers: Sequence[Offer]) -> dict[int, int]:
        """Packs by variant; a row that names nothing, or too much, will say so."""
        found: dict[int, int] = {}
        filled = [row for row in self.rows if row.barang.data]
        if not filled:
            self._told.append(
                (self.rows[0].barang, _("Tulis barangnya, misalnya nama atau kodenya."))
            )
        for row in filled:
            hits = meant(offers, row.barang.data)
            if len(hits) != 1:
                self._told.append((row.barang, _not_one(hits)))
                continue
            row.barang.data = hits[0].label
            if row.jumlah.data is not None:
                found[hits[0].variant_id] = found.get(hits[0].variant_id, 0) + row.jumlah.data
            elif not row.jumlah.process_errors:
                self._told.append((row.jumlah, _("Tulis jumlahnya, misalnya 2.")))
        return found

    def validate_all(self, review: Review | None, offers: Sequence[Offer]) -> bool:
        """Judge everything at once: the shopper waits, and is asked again once only."""
        self.validate()
        if review is None:
            self.alamat.errors = self.kel.errors = []
        else:
            self.show_errors(review)
            self._judge(review, offers)
        for field, sentence in self._told:
            field.errors = [sentence]
        # A list of rows does not notice what is told to its rows later.
        return not (self.errors or self._told)

    def _judge(self, review: Review, offers: Sequence[Offer]) -> None:
        labels = {one.variant_id: one.label for one in offers}
        for line in review.lines:
            try:
                check_count(line.goods, line.packs)
            except (NotForSale, CannotHoldThat) as refusal:
                for row in self.rows:
                    if row.barang.data == labels.get(line.variant_id):
                        self._told.append((row.jumlah, refusal_words(refusal)))


def _not_one(hits: Sequence[Offer]) -> str:
    if not hits:
        return str(_("Tidak ada barang seperti ini di koperasi Anda. Pilih dari daftarnya."))
    names = "; ".join(one.label for one in hits[:SHOWN])
    return str(_("Ada beberapa yang cocok: %(names)s. Tulis salah satu.", names=names))
