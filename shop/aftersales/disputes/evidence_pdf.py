"""Evidence for a bank as one PDF, in the reader's language (rule R24)."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from flask_babel import get_locale
from flask_babel import gettext as _

from shop.aftersales.disputes.evidence import Evidence, OrderFile
from shop.aftersales.refunds.words import state_word as refund_word
from shop.catalog.labels.rules import broken
from shop.core.formats.indonesia import format_phone
from shop.core.values.clock import HOME_ZONE
from shop.core.values.money import format_rupiah
from shop.fulfilment.board.words import actor_word, reason_word, state_word
from shop.fulfilment.orders.rules import goods_name
from shop.sales.orders.models import Parcel
from shop.sales.orders.rules import DeliveryKind
from shop.services.pdf.renderer import render_pdf
from shop.web.i18n.language import HOME
from shop.web.rendering.template_filters import written_day, written_time

Pairs = list[tuple[str, str]]


def print_evidence(found: Evidence) -> bytes:
    """The whole file of a dispute."""
    return render_pdf(
        Path(__file__).with_name("evidence.typ"),
        {
            "title": _("Bukti untuk sengketa %(ref)s", ref=found.dispute.dispute_ref),
            "shop": "Lumbung",
            "lang": _reads(),
            "parts": [
                _part(_("Pembayaran"), pairs=_payment(found)),
                _part(_("Pembeli"), pairs=_buyer(found)),
                *(part for one in found.orders for part in _order(one)),
                _part(
                    _("Kabar yang sampai ke pembeli"),
                    head=(_("Waktu"), _("Isi")),
                    rows=[(_moment(one.at), one.subject) for one in found.messages],
                    none=_("Tidak ada."),
                ),
            ],
        },
    )


def _payment(found: Evidence) -> Pairs:
    dispute, attempt = found.dispute, found.attempt
    pairs = [
        (_("Nomor sengketa"), dispute.dispute_ref),
        (_("Yang disanggah"), format_rupiah(dispute.amount)),
        (_("Bukti diterima sampai"), _moment(dispute.respond_by)),
        (_("Belanja"), found.purchase.code),
        (_("Dipesan"), _moment(found.purchase.placed_at)),
    ]
    if attempt is not None:
        pairs += [
            (_("Dibayar"), f"{format_rupiah(attempt.amount)} · {_moment(attempt.paid_at)}"),
            (_("Nomor pembayaran"), attempt.intent_ref or ""),
        ]
    return pairs


def _buyer(found: Evidence) -> Pairs:
    contact, address = found.contact, found.address
    pairs = [(_("Nama"), contact.name), (_("Telepon"), format_phone(contact.phone or ""))]
    if contact.email:
        pairs.append((_("Surel"), contact.email))
    if address is not None:
        places = (
            address.street,
            address.village,
            address.district,
            address.regency,
            f"{address.province} {address.postcode}",
        )
        pairs.append((_("Alamat"), ", ".join(places)))
    return pairs


def _order(one: OrderFile) -> Iterable[dict[str, object]]:
    order = one.order
    yield _part(
        _("Pesanan %(number)s", number=order.number),
        pairs=[
            (_("Penjual"), one.cooperative),
            (_("Bagian yang disanggah"), format_rupiah(one.disputed)),
            (_("Pengiriman"), order.delivery_name),
            (_("Sekarang"), state_word(order.state, order.delivery_kind)),
        ],
        head=(_("Barang"), _("Bungkus"), _("Harga"), _("Jumlah")),
        rows=[
            *(
                (
                    goods_name(line.name, line.variant_name, line.net_label),
                    str(line.packs),
                    format_rupiah(line.unit_price),
                    format_rupiah(line.goods_total),
                )
                for line in one.lines
            ),
            (_("Ongkir"), "", "", format_rupiah(order.delivery_fee)),
            *(
                [(_("Potongan"), "", "", format_rupiah(-order.discount_total))]
                if order.discount_total
                else []
            ),
            (_("Dibayar pembeli"), "", "", format_rupiah(order.total)),
        ],
    )
    yield _part(
        _("Bukti sampai %(number)s", number=order.number),
        pairs=[pair for parcel in one.parcels for pair in _parcel(one, parcel)],
        none=_("Belum ada paket yang diserahkan."),
    )
    yield _part(
        _("Jalannya pesanan %(number)s", number=order.number),
        head=(_("Waktu"), _("Langkah"), _("Oleh"), _("Alasan")),
        rows=[
            (
                _moment(event.at, one.zone),
                state_word(event.to_state, order.delivery_kind),
                actor_word(event.actor),
                reason_word(event.reason),
            )
            for event in one.events
        ],
    )
    if one.refunds:
        yield _part(
            _("Uang yang sudah kembali dari %(number)s", number=order.number),
            head=(_("Waktu"), _("Jumlah"), _("Alasan"), _("Keadaan")),
            rows=[
                (
                    _moment(refund.done_at or refund.asked_at, one.zone),
                    format_rupiah(refund.amount),
                    reason_word(refund.reason),
                    refund_word(refund.state),
                )
                for refund in one.refunds
            ],
        )


def _parcel(one: OrderFile, parcel: Parcel) -> Pairs:
    pairs = [(_("Diserahkan"), _moment(parcel.handed_over_at, one.zone))]
    if parcel.tracking_number:
        pairs.append((_("Resi"), f"{parcel.courier or ''} {parcel.tracking_number}".strip()))
    if parcel.receiver_name:
        pairs.append((_("Diterima oleh"), parcel.receiver_name))
    if one.order.delivery_kind is DeliveryKind.PICKUP:
        said = _("Enam angka kode ambil disebut saat barang diserahkan")
        pairs.append((_("Kode ambil"), said))
    pairs.append((_("Sampai"), _moment(parcel.arrived_at, one.zone)))
    return pairs


def _part(
    heading: str,
    *,
    pairs: Pairs | None = None,
    head: Sequence[str] = (),
    rows: Sequence[Sequence[str]] = (),
    none: str = "",
) -> dict[str, object]:
    return {
        "heading": heading,
        "pairs": [[name, broken(text) or "–"] for name, text in pairs or ()],
        "head": list(head) if rows else [],
        "rows": [[broken(cell) for cell in row] for row in rows],
        "none": "" if pairs or rows else none,
    }


def _moment(at: datetime | None, zone: str = HOME_ZONE) -> str:
    if at is None:
        return "–"
    reads = _reads()
    return f"{written_day(at, zone, reads=reads)}, {written_time(at, zone, reads=reads)}"


def _reads() -> str:
    """The language of the paper, which need not be that of the page."""
    return str(get_locale() or HOME)[:2]
