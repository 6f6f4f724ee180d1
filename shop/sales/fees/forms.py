"""What the operator types to set a fee."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # stubs lag

from shop.catalog.products.rules import CATEGORY_NAMES
from shop.sales.fees.queries import Seller
from shop.web.i18n.language import our_word
from shop.web.rendering.forms import PercentField, Required, ShopForm

EVERYBODY = ""


class FeeForm(ShopForm):
    """A fee from a day on, for everybody, a cooperative, or a category of one."""

    koperasi = SelectField(_l("Untuk siapa"))
    kategori = SelectField(_l("Untuk barang apa"))
    persen = PercentField(
        _l("Biaya toko, persen"),
        [Required(_l("Tulis persennya, misalnya 3."))],
        description=_l("Dari harga barang setelah potongan, tanpa ongkir dan PPN."),
        render_kw={"inputmode": "decimal"},
    )
    mulai = DateField(_l("Berlaku mulai"), [Required(_l("Tulis tanggalnya, misalnya 2026-11-23."))])

    def offer(self, sellers: tuple[Seller, ...]) -> "FeeForm":
        """The same with what can be chosen."""
        self.koperasi.choices = [
            SelectChoice(EVERYBODY, _("Semua koperasi")),
            *(SelectChoice(str(one.cooperative_id), one.name) for one in sellers),
        ]
        self.kategori.choices = [
            SelectChoice(EVERYBODY, _("Semua barang")),
            *(SelectChoice(path, our_word(name)) for path, name in CATEGORY_NAMES.items()),
        ]
        return self

    def validate_together(self) -> bool:
        """Judge the fields; a category has a fee of its own only within a cooperative."""
        self.validate()
        if self.kategori.data and not self.koperasi.data:
            self.kategori.errors = [_("Pilih satu koperasi dulu, atau pilih semua barang.")]
        return not self.errors

    @property
    def cooperative_id(self) -> int | None:
        """Whose fee it is; None: everybody's."""
        return int(self.koperasi.data) if self.koperasi.data else None
