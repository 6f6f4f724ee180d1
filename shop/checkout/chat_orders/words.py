"""The text that goes to the shopper with the link; nothing sends it without a tap."""

from flask_babel import gettext as _

from shop.checkout.chat_orders.queries import ChatOrder
from shop.core.formats.indonesia import wa_link
from shop.core.values.money import format_rupiah
from shop.web.i18n.language import HOME, written_in
from shop.web.rendering.page_metadata import whole
from shop.web.rendering.template_filters import written_moment


def pay_address(order: ChatOrder) -> str:
    """Where the shopper pays: only who has it finds it."""
    return whole(f"/pembelian/{order.code}")


def letter(order: ChatOrder, seller: str, zone: str) -> str:
    """What the shopper reads in the chat, in Indonesian whatever the desk reads."""
    with written_in(HOME):
        return "\n".join(_lines(order, seller, zone))


def whatsapp(order: ChatOrder, seller: str, zone: str) -> str:
    """The address that opens the chat with the text; empty when the number was erased."""
    return wa_link(order.phone, letter(order, seller, zone)) if order.phone else ""


def _lines(order: ChatOrder, seller: str, zone: str) -> list[str]:
    hello = _(
        "Halo %(name)s, pesanan Anda di %(seller)s sudah kami catat.",
        name=order.first_name,
        seller=seller,
    )
    number = _("Nomor pesanan: %(number)s", number=order.number)
    total = _("Total: %(total)s", total=format_rupiah(order.total))
    if not order.is_open:
        return [
            hello,
            number,
            total,
            _("Lihat pesanannya di sini: %(link)s", link=pay_address(order)),
        ]
    return [
        hello,
        number,
        total,
        _("Bayar sebelum %(when)s lewat tautan ini:", when=written_moment(order.hold_until, zone)),
        pay_address(order),
    ]
