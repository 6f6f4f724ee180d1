"""What stands on the papers of an order, as their drawings read it. Paper speaks Indonesian."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from shop.catalog.labels.rules import broken
from shop.core.formats.barcodes import bars, drawing
from shop.core.formats.indonesia import format_phone
from shop.core.values.money import format_rupiah
from shop.fulfilment.documents.models import BuyerIdentity, IssuedDocument
from shop.fulfilment.documents.rules import DocumentKind
from shop.fulfilment.orders.rules import goods_name, to_load
from shop.payments.cash.queries import CashView
from shop.people.accounts.models import Contact
from shop.people.cooperatives.models import Cooperative
from shop.sales.orders.models import Order, OrderLine
from shop.shipping.places.models import Address
from shop.web.i18n.language import HOME
from shop.web.rendering.template_filters import written_day, written_weight


def invoice_sheet(document: IssuedDocument, buyer: BuyerIdentity | None) -> dict[str, Any]:
    """An invoice or credit note as it was issued."""
    facts = document.facts
    seller, is_invoice = facts["seller"], document.kind is DocumentKind.INVOICE
    sums = [{"word": "Barang", "amount": format_rupiah(facts["goods"])}] if facts["lines"] else []
    if facts["discount"]:
        sums.append({"word": "Potongan", "amount": format_rupiah(-facts["discount"])})
    if facts["delivery"]:
        word = "Ongkos kirim" if is_invoice else "Ongkos kirim dan lainnya"
        sums.append({"word": word, "amount": format_rupiah(facts["delivery"])})
    taxes = []
    if facts["ppn"]:
        taxes = [
            {"word": "Dasar pengenaan pajak (11/12)", "amount": format_rupiah(facts["tax_base"])},
            {"word": "PPN, sudah termasuk dalam harga", "amount": format_rupiah(facts["ppn"])},
        ]
    if facts["pph22"]:
        taxes.append({"word": "PPh 22 yang dipungut", "amount": format_rupiah(facts["pph22"])})
    return {
        "title": "Faktur" if is_invoice else "Nota kredit",
        "number": document.number,
        "day": written_day(date.fromisoformat(facts["day"]), reads=HOME),
        "about": f"Mengurangi {facts['about']}" if facts["about"] else "",
        "seller": {
            "name": broken(seller["name"]),
            "rows": [
                broken(row)
                for row in (seller["address"], seller["place"], seller["legal_number"])
                if row
            ],
        },
        "buyer": {
            "name": broken(buyer.name if buyer and buyer.name else "Pembeli (data sudah dihapus)"),
            "rows": [broken(row) for row in (buyer.address or "").splitlines()] if buyer else [],
        },
        "order": facts["order"],
        "way": broken(facts["way"]),
        "lines": [
            {
                "name": broken(line["name"]),
                "sku": line["sku"],
                "packs": str(line["packs"]),
                "price": format_rupiah(line["unit_price"]),
                "discount": format_rupiah(line["discount"]) if line["discount"] else "",
                "sum": format_rupiah(line["sum"]),
            }
            for line in facts["lines"]
        ],
        "sums": sums,
        "total_word": "Jumlah" if is_invoice else "Kembali ke pembeli",
        "total": format_rupiah(facts["total"]),
        "taxes": taxes,
        "words": facts["words"],
        "foot": f"Dijual oleh {seller['name']} lewat Lumbung.",
    }


def packing_slip(
    order: Order, contact: Contact, seller: Cooperative, goods: Sequence[OrderLine]
) -> dict[str, Any]:
    """What lies in the parcel, without prices: it may be a present."""
    return {
        "number": order.number,
        "qr": drawing(order.number)[0],
        "seller": broken(seller.name),
        "who": broken(contact.name),
        "way": broken(order.delivery_name),
        "lines": [
            {
                "packs": str(to_load(order.state, line.accepted, line.shipped)),
                "name": broken(goods_name(line.name, line.variant_name, line.net_label)),
                "sku": line.sku,
            }
            for line in goods
        ],
        "count": _count(order, goods),
        "note": broken(order.note or ""),
    }


def address_label(
    order: Order,
    contact: Contact,
    seller: Cooperative,
    target: Address,
    goods: Sequence[OrderLine],
    grams: int | None,
    cash: CashView | None = None,
) -> dict[str, Any]:
    """Where the parcel goes.

    :param grams: its real weight; the reckoned one is shown where it was not weighed.
    :param cash: what is taken at the door, where it is.
    """
    weight = order.scale_grams if grams is None else grams
    return {
        "number": order.number,
        "qr": drawing(order.number)[0],
        "bars": bars(order.number),
        "seller": {
            "name": broken(seller.name),
            "rows": [
                broken(row)
                for row in (
                    f"{seller.district}, {seller.regency} {seller.postcode}",
                    format_phone(seller.phone) if seller.phone else "",
                )
                if row
            ],
        },
        "who": broken(contact.name),
        "phone": format_phone(contact.phone) if contact.phone else "",
        "rows": [
            broken(row)
            for row in (
                target.street,
                f"{target.village}, {target.district}",
                f"{target.regency}, {target.province} {target.postcode}",
            )
        ],
        "note": broken(target.courier_note or ""),
        "way": broken(order.delivery_name),
        "weight": written_weight(weight, reads=HOME),
        "count": _count(order, goods),
        "cash": f"Terima tunai {format_rupiah(cash.asked)}" if cash and cash.is_asked else "",
    }


def _count(order: Order, goods: Sequence[OrderLine]) -> str:
    packs = sum(to_load(order.state, line.accepted, line.shipped) for line in goods)
    return f"{packs} kemasan"
