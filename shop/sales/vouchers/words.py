"""Vouchers in words: what one gives, and why it gives nothing."""

from flask_babel import gettext as _

from shop.core.values.clock import day_in
from shop.core.values.money import format_rupiah
from shop.core.values.units import write_percent
from shop.sales.vouchers.errors import VoucherRefused, Why
from shop.sales.vouchers.rules import ZONE, Terms, last_day
from shop.web.rendering.template_filters import written_day


def refusal_words(refusal: VoucherRefused, terms: Terms | None) -> str:
    """The exact reason, and how much is missing.

    :param terms: the voucher; None: no voucher answers to the code.
    """
    if terms is None or refusal.why is Why.UNKNOWN:
        return str(_("Kode voucher ini tidak kami kenal. Periksa huruf dan angkanya."))
    match refusal.why:
        case Why.STOPPED:
            words = _("Voucher ini sudah dihentikan.")
        case Why.NOT_YET:
            words = _(
                "Voucher ini baru berlaku mulai %(day)s.",
                day=written_day(day_in(ZONE, terms.starts_at)),
            )
        case Why.EXPIRED:
            words = _("Voucher ini berlaku sampai %(day)s.", day=written_day(last_day(terms)))
        case Why.USED_UP:
            words = _("Voucher ini sudah habis dipakai orang lain.")
        case Why.ALREADY:
            words = _(
                "Anda sudah memakai voucher ini %(n)s kali; satu pembeli paling banyak %(n)s kali.",
                n=terms.most_per_buyer,
            )
        case Why.FOREIGN:
            words = _(
                "Voucher ini hanya untuk barang %(name)s, dan barangnya belum ada di sini.",
                name=terms.cooperative_name,
            )
        case _:
            words = _(
                "Kurang %(missing)s: voucher ini berlaku mulai belanja %(least)s",
                missing=format_rupiah(refusal.missing),
                least=format_rupiah(terms.least_goods),
            ) + (_(" di %(name)s.", name=terms.cooperative_name) if terms.cooperative_id else ".")
    return str(words)


def gift_words(terms: Terms) -> str:
    """What a voucher takes off: ``10 %, paling banyak Rp20.000``."""
    if terms.percent_bp is None:
        return format_rupiah(terms.amount or 0)
    percent = _("%(n)s %%", n=write_percent(terms.percent_bp))
    if terms.most_discount is None:
        return str(percent)
    return str(
        _("%(what)s, paling banyak %(most)s", what=percent, most=format_rupiah(terms.most_discount))
    )
