"""What who sends money back types."""

from flask_babel import lazy_gettext as _l

from shop.refunds.forms import MOST_SEEN
from shop.web.forms import CountField, PlainText, Required, ShopForm

MOST_ID = 2**63 - 1


class TransferForm(ShopForm):
    """The bank's reference of one transfer, beside what it was for."""

    rujukan = PlainText(
        _l("Nomor rujukan dari bank"),
        [Required(_l("Tulis nomor rujukan di bukti transfer, misalnya 2611260123."))],
        most=60,
        render_kw={"autocomplete": "off", "maxlength": "60"},
    )
    tujuan = CountField(_l("Tujuan"), [Required()], least=1, most=MOST_ID)
    jumlah = CountField(_l("Jumlah"), [Required()], least=1, most=MOST_SEEN)

    @property
    def destination_id(self) -> int:
        """Which destination it went to."""
        return int(str(self.tujuan.data))

    @property
    def seen(self) -> int:
        """Rupiah that waited when it was looked at."""
        return int(str(self.jumlah.data))
