"""What the person who confirms money types."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import cast

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, HiddenField, SelectField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.form import BaseForm
from wtforms.validators import Regexp

from shop.checkout.confirmation.actions import Allowance
from shop.core.values import clock, codes
from shop.payments.bills.models import Payee
from shop.web.rendering.forms import Required, RupiahField, ShopForm

OLDEST = timedelta(days=60)
"""Bank lines older than this are a matter for the books, not for this page."""

SMALL = (
    SelectChoice(Allowance.WITHOUT_CODE.value, _l("Tanpa kode unik")),
    SelectChoice(Allowance.BANK_FEE.value, _l("Dipotong biaya bank")),
    SelectChoice(Allowance.ROUNDED.value, _l("Dibulatkan pembeli")),
)
KEEP = SelectChoice(
    Allowance.KEEP_REST.value, _l("Lebih: pakai secukupnya, sisanya untuk tagihan lain")
)
REST = SelectChoice(Allowance.RETURN_REST.value, _l("Lebih: terima, kembalikan sisanya"))


class DayField(DateField):
    """A day; the browser's own picker where it has one."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        try:
            super().process_formdata(list(valuelist))
        except ValueError as fault:
            example = clock.day_in(clock.HOME_ZONE, clock.now()).isoformat()
            raise ValueError(_("Tulis tanggalnya, misalnya %(day)s.", day=example)) from fault

    def pre_validate(self, form: BaseForm) -> None:
        """Neither tomorrow nor long ago."""
        today = clock.day_in(clock.HOME_ZONE, clock.now())
        if isinstance(self.data, date) and not today - OLDEST <= self.data <= today:
            raise ValidationError(_("Pilih hari dalam 60 hari terakhir, paling lambat hari ini."))


class ReceiptForm(ShopForm):
    """Money as it stands on the bank's page. The amount is never filled in beforehand."""

    amount = RupiahField(
        _l("Jumlah yang masuk di rekening"),
        [Required(_l("Tulis jumlah yang Anda lihat di rekening, misalnya Rp147.356."))],
        description=_l("Ketik dari mutasi bank, bukan dari tagihan."),
        name="jumlah",
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )
    received_on = DayField(
        _l("Tanggal masuk"),
        [Required(_l("Pilih tanggal uang masuk."))],
        name="tanggal",
        default=lambda: clock.day_in(clock.HOME_ZONE, clock.now()),
    )
    token = HiddenField(
        name="formulir", validators=[Regexp(r"^[A-Za-z0-9_-]{16,30}$")], default=codes.new_code
    )

    def validate_amount(self, field: RupiahField) -> None:
        """Nothing is no money."""
        if field.data is not None and self.seen_amount <= 0:
            raise ValidationError(_("Tulis jumlah di atas nol, misalnya Rp147.356."))

    @property
    def seen_amount(self) -> int:
        """Rupiah as typed, once the form is valid."""
        return cast("int", self.amount.data)

    @property
    def seen_on(self) -> date:
        """The day, once the form is valid."""
        return cast("date", self.received_on.data)

    @property
    def source_key(self) -> str:
        """What makes two submits of this form one receipt."""
        return f"form:{self.token.data}"


class ConfirmForm(ReceiptForm):
    """Money for one bill, and why a difference may be let go."""

    allowance = SelectField(
        _l("Kalau jumlahnya beda"),
        choices=[SelectChoice("", _l("Jangan lunaskan dulu")), *SMALL, REST, KEEP],
        name="selisih",
        validate_choice=True,
    )

    @property
    def allowed(self) -> Allowance | None:
        """The reason that was chosen, if any."""
        return Allowance(self.allowance.data) if self.allowance.data else None


class AccountField(SelectField):
    """One of the accounts that somebody looks after; the first where none was sent."""

    def among(self, accounts: Sequence[Payee]) -> None:
        """Offer these."""
        self._accounts = {str(one.id): one for one in accounts}
        self.choices = [
            SelectChoice(str(one.id), f"{one.provider} {one.number or ''}".strip())
            for one in accounts
        ]
        if self.data is None and accounts:
            self.data = str(accounts[0].id)

    @property
    def chosen(self) -> Payee:
        """The account, once the form is valid."""
        return self._accounts[self.data]


class UnknownForm(ReceiptForm):
    """Money that fits no bill, and the account it lies on."""

    account = AccountField(_l("Rekening"), name="rekening", validate_choice=True)


class StatementForm(ShopForm):
    """A bank's list of movements, and the account it is of."""

    account = AccountField(_l("Rekening"), name="rekening", validate_choice=True)
