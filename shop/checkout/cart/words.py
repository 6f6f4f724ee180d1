"""A cart as a text that its shopper may send to somebody: nothing goes out without a tap."""

from collections.abc import Iterator, Sequence
from typing import Final
from urllib.parse import quote

from flask_babel import gettext as _
from flask_babel import ngettext

from shop.checkout.cart.rules import Line, Parcel
from shop.core.values.money import format_rupiah
from shop.web.i18n.language import named, our_word
from shop.web.rendering.page_metadata import public_address

MAX_LINES: Final = 60
"""More than that nobody reads in a chat, and messengers cut long addresses."""

_AROUND: Final = 4
"""Lines beside the goods: what it is, what it costs, where it is, and one to breathe."""


def letters(parcels: Sequence[Parcel]) -> list[tuple[str, str]]:
    """Whom a letter is about and the address that opens WhatsApp with it.

    First all of the cart with an empty name, then each cooperative by its short name; one
    cooperative alone is all.
    """
    found = [("", whatsapp(cart_text(parcels)))]
    if len(parcels) > 1:
        found += [(one.seller.cooperative_name, whatsapp(cart_text([one]))) for one in parcels]
    return found


def whatsapp(text: str) -> str:
    """The address that opens WhatsApp with a text, for a receiver who is still to be chosen."""
    return f"https://wa.me/?text={quote(text, safe='')}"


def cart_text(parcels: Sequence[Parcel]) -> str:
    """What lies in a cart, in the page's language: names, packs, prices, total and a link."""
    goods = [line for one in parcels for line in _lines_of(one)]
    room = MAX_LINES - _AROUND
    if len(goods) > room:
        left = sum(kind == "goods" for kind, _text in goods[room - 1 :])
        more = ngettext("dan %(num)s barang lain", "dan %(num)s barang lain", left)
        goods = [*goods[: room - 1], ("more", more)]
    total = format_rupiah(sum(one.goods_total for one in parcels))
    path = f"/koperasi/{parcels[0].seller.cooperative_slug}" if len(parcels) == 1 else "/"
    return "\n".join(
        [
            _("Keranjang di Lumbung"),
            *(text for _kind, text in goods),
            "",
            _("Jumlah %(total)s, belum termasuk ongkir.", total=total),
            public_address(path),
        ]
    )


def _lines_of(parcel: Parcel) -> Iterator[tuple[str, str]]:
    yield "space", ""
    yield "name", _on_one_line(parcel.seller.cooperative_name)
    for line in parcel.lines:
        yield (
            "goods",
            _(
                "%(packs)s × %(name)s = %(price)s",
                packs=line.packs,
                name=_name_of(line),
                price=format_rupiah(line.amount),
            ),
        )


def _name_of(line: Line) -> str:
    assert line.goods is not None  # lines of a parcel have goods
    name = named(line.goods.name, line.goods.name_en)
    pack = our_word(line.goods.variant_name)
    return _on_one_line(f"{name} ({pack})" if pack else name)


def _on_one_line(text: str) -> str:
    return " ".join(text.split())
