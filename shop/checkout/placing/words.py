"""What a refused checkout says: what happened, what is kept, what to do."""

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from shop.catalog.inventory.errors import InsufficientStock
from shop.checkout.placing.errors import (
    CheckoutAsksMore,
    NoWayToPay,
    PriceChanged,
    StaleCheckout,
    TooManyOpen,
)
from shop.checkout.placing.forms import place_words, read_seen
from shop.checkout.placing.review import Review
from shop.checkout.placing.rules import ParcelChoice
from shop.core.values.errors import RuleBroken
from shop.core.values.money import format_rupiah
from shop.payments.bills.errors import NoFreeCode
from shop.payments.cash.rules import CashRefusal
from shop.sales.vouchers.errors import VoucherRefused
from shop.sales.vouchers.words import refusal_words
from shop.shipping.quotes.words import arrival_words
from shop.shipping.rates.rules import Quote
from shop.web.i18n.language import as_written
from shop.web.i18n.language import word as _


@dataclass(frozen=True, slots=True)
class Alert:
    """The box on top of a refused page; ``items`` are sentences with a place to go to."""

    title: str
    items: tuple[tuple[str, str], ...]
    scheme: str = "err"


def alert_for(refusal: RuleBroken, review: Review, posted: Mapping[str, str]) -> Alert:
    """Words for why nothing was placed."""
    match refusal:
        case PriceChanged():
            return Alert(
                _("Totalnya berubah. Belum ada yang dibayar."), _differences(review, posted), "warn"
            )
        case InsufficientStock():
            return Alert(
                _("Sebagian barang keburu dibeli orang lain. Belum ada yang dibayar."),
                ((_("Barisnya sudah kami tandai. Setujui perubahannya, lalu bayar."), "#barang"),),
            )
        case CheckoutAsksMore():
            return _asks_more(review)
        case TooManyOpen(maximum=maximum, own_codes=codes):
            return Alert(
                _(
                    "Nomor WhatsApp ini masih punya %(most)s belanja yang belum dibayar."
                    " Bayar atau batalkan satu dulu, lalu coba lagi. Isian Anda tersimpan.",
                    most=maximum,
                ),
                tuple(
                    (_("Buka belanja %(n)s", n=number), f"/pembelian/{code}")
                    for number, code in enumerate(codes, start=1)
                ),
            )
        case NoFreeCode() | NoWayToPay():
            return Alert(
                _("Cara bayar ini sedang tidak bisa dipakai. Isian Anda tersimpan."),
                ((_("Pilih cara bayar lain, atau coba lagi nanti."), "#cara"),),
            )
        case VoucherRefused():
            return Alert(
                _("Vouchernya tidak bisa dipakai. Belum ada yang dibayar."),
                (
                    (
                        _(
                            "%(why)s Hapus kodenya untuk membayar tanpa voucher.",
                            why=refusal_words(refusal, review.terms),
                        ),
                        "#voucher",
                    ),
                ),
                "warn",
            )
        case StaleCheckout():
            return Alert(
                _("Halaman ini sudah lama."),
                ((_("Periksa isi dan totalnya, lalu tekan Bayar sekali lagi."), "#barang"),),
                "warn",
            )
    return Alert(_("Belum bisa dibayar. Periksa lagi isinya."), ())


def _asks_more(review: Review) -> Alert:
    if review.has_marks:
        return Alert(
            _("Ada barang yang berubah. Belum ada yang dibayar."),
            ((_("Periksa baris yang ditandai, lalu setujui."), "#barang"),),
            "warn",
        )
    return Alert(
        _("Tujuan kirim belum lengkap."), ((place_words(review, review.draft.place_text), "#kel"),)
    )


def _differences(review: Review, posted: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """What makes the new total another one, part by part."""
    found = []
    goods = read_seen(posted, "lihat-barang")
    if goods is not None and goods != review.totals.goods:
        found.append(
            (_changed(_("Harga barang"), goods, review.totals.goods), "#barang"),
        )
    for choice in review.parcels:
        name = choice.parcel.seller.cooperative_name
        seen = read_seen(posted, f"lihat-ongkir-{choice.parcel.cooperative_id}")
        place = f"#paket-{choice.number}"
        if choice.is_apart:
            continue
        if choice.is_unreachable:
            found.append((_("%(name)s tidak mengirim ke tempat ini.", name=name), place))
        elif choice.fee is not None and seen != choice.fee:
            found.append((_changed(_("Ongkir %(name)s", name=name), seen, choice.fee), place))
    discount = read_seen(posted, "lihat-potongan") or 0
    if discount != review.totals.discount:
        found.append((_changed(_("Potongan"), discount, review.totals.discount), "#voucher"))
    total = review.totals.total
    if total is not None:
        seen_total = read_seen(posted, "lihat-total")
        found.append((_changed(_("Total"), seen_total, total), "#ringkasan"))
    return tuple(found)


def _changed(what: str, seen: int | None, now: int) -> str:
    if seen is None:
        return str(_("%(what)s: %(now)s.", what=what, now=format_rupiah(now)))
    return str(
        _(
            "%(what)s: tadi %(seen)s, sekarang %(now)s.",
            what=what,
            seen=format_rupiah(seen),
            now=format_rupiah(now),
        )
    )


def cash_no_words(choice: ParcelChoice, no: CashRefusal) -> str:
    """Why one cooperative's parcel cannot be paid in cash."""
    name = choice.parcel.seller.cooperative_name
    return str(
        {
            CashRefusal.COURIER: _("%(name)s: paketnya dibawa kurir.", name=name),
            CashRefusal.NOT_TAKEN: _("%(name)s tidak menerima tunai untuk cara ini.", name=name),
            CashRefusal.TOTAL: _("%(name)s: jumlahnya di atas batas tunai.", name=name),
            CashRefusal.WEIGHT: _("%(name)s: paketnya terlalu berat untuk bayar tunai.", name=name),
            CashRefusal.MADE_TO_ORDER: _(
                "%(name)s: barangnya dibuat khusus untuk Anda.", name=name
            ),
            CashRefusal.PERISHABLE: _("%(name)s: barangnya cepat rusak.", name=name),
        }[no]
    )


def way_note(quote: Quote) -> Markup:
    """The small line below a way to send: where, when, from which sum on it is free, remarks."""
    said = []
    if quote.place:
        said.append(as_written(quote.place))
    if quote.arrives:
        said.append(arrival_words(quote.kind, quote.arrives))
    if quote.free_from and quote.fee:
        said.append(_("gratis mulai belanja %(sum)s", sum=format_rupiah(quote.free_from)))
    if quote.note:
        said.append(as_written(quote.note))
    return Markup(" · ").join(said)
