"""What a page says of one product's packs: the Kemasan panel, what can be chosen, the way."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import ngettext

from shop.catalog.packaging.rules import (
    Claim,
    HalalState,
    SendLimit,
    claim_on,
    contains_pork,
    size_text,
)
from shop.catalog.packaging.words import choice_word, fact_words
from shop.catalog.products.product_detail import Offer, PermitFact, ProductDetail
from shop.catalog.products.rules import net_text
from shop.core.values.money import format_rupiah
from shop.storefront.listing.words import keeps_words
from shop.web.i18n.language import as_written
from shop.web.i18n.language import word as _
from shop.web.rendering.template_filters import written_day, written_day_short, written_net

Fact = tuple[str, str, str, str]


def who_checked(claim: Claim, checked_at: datetime | None) -> str:
    """Who stands for a number: a manager since a day, or its maker alone."""
    if claim is Claim.LAPSED:
        return str(_("Masa berlakunya sudah lewat"))
    if claim is Claim.CHECKED and checked_at is not None:
        return str(_("Diperiksa pengurus %(day)s", day=written_day_short(checked_at)))
    return str(_("Diaku pembuat, belum diperiksa"))


def _net_word(unit: str | None) -> str:
    """What a net content is called: only what is weighed or poured has a net weight or volume."""
    if unit == "g":
        return str(_("Berat bersih"))
    return str(_("Isi bersih")) if unit == "ml" else str(_("Isi"))


def pack_facts(
    sheet: ProductDetail,
    offer: Offer,
    net: tuple[int | None, str | None],
    permits: Iterable[PermitFact],
    today: date,
) -> list[Fact]:
    """The facts of the label in the guide's fixed order; what is not known is left out.

    :param net: contents and unit of the pack that is looked at.
    """
    size = size_text(offer.length_mm, offer.width_mm, offer.height_mm)
    facts: list[Fact | None] = [
        _fact("scale", _net_word(net[1]), written_net(net_text(*net))),
        _fact("clock", _("Masa simpan"), keeps_words(sheet.shelf_life_days)),
        _fact("temp", _("Penyimpanan"), fact_words(sheet.storage)),
        _fact("pouch", _("Jenis kemasan"), fact_words(sheet.pack_type)),
        _halal_fact(sheet),
        *(_permit_fact(permit, today) for permit in permits),
        _fact("box", _("Ukuran paket"), size),
        _fact("calendar", _("Dikemas"), written_day(sheet.packed_on) if sheet.packed_on else ""),
    ]
    return [fact for fact in facts if fact is not None]


def _fact(drawing: str, word: str, value: str | None, small: str = "") -> Fact | None:
    return (drawing, word, value, small) if value else None


def _halal_fact(sheet: ProductDetail) -> Fact | None:
    pork = contains_pork(sheet.ingredients)
    if pork or sheet.halal is HalalState.NOT_HALAL:
        return _fact("warn", "Halal", _("Tidak halal"), _("Mengandung babi") if pork else "")
    if sheet.halal is HalalState.APPLIED:
        return _fact("halal", "Halal", _("Sertifikat sedang diurus"))
    if sheet.halal is HalalState.CERTIFIED and sheet.halal_claim is not None:
        return _fact(
            "halal",
            "Halal",
            sheet.halal_number or _("Bersertifikat"),
            who_checked(sheet.halal_claim, sheet.halal_checked_at),
        )
    return None


def _permit_fact(permit: PermitFact, today: date) -> Fact | None:
    if permit.number is None:
        return _fact("doc", permit.kind.label, _("Izin sedang diurus"))
    return _fact(
        "doc",
        permit.kind.label,
        permit.number,
        who_checked(claim_on(permit.claim, permit.valid_until, today), permit.checked_at),
    )


def pack_more(sheet: ProductDetail) -> list[tuple[str, str]]:
    """The longer texts below the facts."""
    contents = _("Komposisi") if sheet.is_food else _("Bahan")
    texts = [
        (contents, as_written(sheet.ingredients or "")),
        (_("Alergen"), fact_words(sheet.allergens)),
        (_("Setelah dibuka"), as_written(sheet.after_opening or "")),
    ]
    return [(word, text) for word, text in texts if text]


def pack_tear(sheet: ProductDetail) -> list[tuple[str, str]]:
    """What stands below the tear line."""
    texts = [(_("Kode produksi"), sheet.batch_code), (_("Baik sebelum"), sheet.best_before)]
    return [(word, text) for word, text in texts if text]


def badges(
    sheet: ProductDetail, permits: Iterable[PermitFact], today: date
) -> list[tuple[str, str]]:
    """Drawing and word of what a manager checked and what holds today (rule R30)."""
    found = []
    if (
        sheet.halal is HalalState.CERTIFIED
        and sheet.halal_claim is Claim.CHECKED
        and not contains_pork(sheet.ingredients)
    ):
        found.append(("halal", "Halal"))
    found += [
        ("doc", permit.kind.label)
        for permit in permits
        if permit.number and claim_on(permit.claim, permit.valid_until, today) is Claim.CHECKED
    ]
    return found


# ------------------------------------------------------------------ buying and sending


@dataclass(frozen=True, slots=True)
class FirstChoice:
    """An option of the first of two choices: a way to the packs that have it."""

    option: str
    is_chosen: bool
    is_sold_out: bool


def first_choices(offers: Sequence[Offer], chosen: Offer) -> list[FirstChoice]:
    """The options of the first choice of two, each once; none where there is one choice."""
    if not any(offer.other_option for offer in offers):
        return []
    left: dict[str, int] = {}
    for offer in offers:
        left[offer.option] = left.get(offer.option, 0) + max(offer.available, 0)
    return [
        FirstChoice(option, option == chosen.option, packs < 1) for option, packs in left.items()
    ]


def chosen_pack(offers: Sequence[Offer], option: str | None) -> Offer:
    """The pack a page begins with: the first that can be bought, of the wanted option if it can."""
    free = [offer for offer in offers if offer.available > 0]
    return next((one for one in free if one.option == option), (free or list(offers))[0])


def choice_words(offers: Sequence[Offer]) -> list[dict[str, Any]]:
    """The variants as radios: price beside the name, what is sold out cannot be chosen."""
    several = len({offer.price for offer in offers}) > 1

    def own_price(offer: Offer) -> str:
        return format_rupiah(offer.price) if several else ""

    return [
        {
            "value": offer.variant_id,
            "label": choice_word(offer.other_option or offer.name),
            "note": _("Habis") if offer.available < 1 else own_price(offer),
            "off": offer.available < 1,
        }
        for offer in offers
    ]


def sending_words(sheet: ProductDetail) -> list[tuple[str, str]]:
    """What a shopper should know about the way, as drawing and sentence."""
    limits = {
        SendLimit.COLD: ("snow", _("Harus tetap dingin di jalan: tidak semua kurir bisa.")),
        SendLimit.FROZEN_LOCAL: ("snow", _("Beku: hanya diambil sendiri atau diantar koperasi.")),
        SendLimit.SAME_DAY_LOCAL: (
            "clock",
            _("Segar: hanya diambil sendiri atau diantar koperasi hari itu juga."),
        ),
        SendLimit.NO_AIR: ("truck", _("Hanya lewat darat dan laut, tidak lewat udara.")),
    }
    found = []
    if sheet.days_to_make:
        made = ngettext(
            "Dibuat setelah dipesan, siap dalam %(n)s hari.",
            "Dibuat setelah dipesan, siap dalam %(n)s hari.",
            sheet.days_to_make,
            n=sheet.days_to_make,
        )
        found.append(("clock", made))
    if sheet.send_limit is not None:
        found.append(limits[sheet.send_limit])
    if sheet.is_fragile:
        found.append(("box", _("Mudah pecah: dikemas dengan sekat dan bantalan.")))
    return found
