"""From a cart to orders: what was chosen, what it costs, who gets which part."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from shop.checkout.cart.rules import Line, Parcel
from shop.core.values.clock import day_in
from shop.core.values.money import Rupiah
from shop.core.values.units import Grams, Millimetres
from shop.people.cooperatives.rules import Calendar, ClosedTime
from shop.sales.fees.rules import fee_rate_for
from shop.sales.orders.actions import OrderDraft
from shop.sales.orders.rules import DeliveryKind, LineDraft, QuoteSnapshot
from shop.sales.vouchers.rules import Goods, Terms, discount_of, eligible, shares
from shop.shipping.places.queries import Place
from shop.shipping.quotes.arrival_estimates import with_arrivals
from shop.shipping.rates.rules import Quote, Unit

TO_ADDRESS = "kirim"
"""Chosen before the place is known: bring it, by whatever way is cheapest there."""

CODE_LENGTHS = (2, 5, 8, 13)
"""Province, regency, district, village: ``PP.KK.CC.DDDD``."""
_AREA = re.compile(r"[0-9]{2}(\.[0-9]{2}){0,2}|[0-9]{2}\.[0-9]{2}\.[0-9]{2}\.[0-9]{4}")


@dataclass(frozen=True, slots=True)
class Draft:
    """What was typed and chosen at checkout so far, as it was typed."""

    name: str = ""
    phone: str = ""
    street: str = ""
    place_text: str = ""
    """Village or postcode as it was typed."""
    courier_note: str = ""
    village_code: str | None = None
    """The village that was chosen for ``place_text``."""
    area_code: str | None = None
    """How far the steps from the province down have come."""
    address_id: int | None = None
    """A saved address; 0: a new one."""
    ways: Mapping[int, str] = field(default_factory=dict)
    """``Quote.choice`` or ``TO_ADDRESS`` by cooperative id."""
    notes: Mapping[int, str] = field(default_factory=dict)
    method: str = ""
    voucher: str = ""
    """A voucher's code as it was typed."""
    is_parted: bool = False
    """Only what can be paid in cash is bought now, the rest afterwards (rule R2)."""

    def to_json(self) -> dict[str, Any]:
        """How the cart keeps it."""
        texts = {name: getattr(self, name) for name in _TEXTS if getattr(self, name)}
        return {
            **texts,
            "address_id": self.address_id,
            "ways": {str(key): way for key, way in self.ways.items()},
            "notes": {str(key): note for key, note in self.notes.items() if note},
            **({"is_parted": True} if self.is_parted else {}),
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Draft":
        """What the cart kept; an empty draft from an empty one."""
        return cls(
            **{name: kept[name] for name in _TEXTS if name in kept},
            address_id=kept.get("address_id"),
            ways={int(key): way for key, way in kept.get("ways", {}).items()},
            notes={int(key): note for key, note in kept.get("notes", {}).items()},
            is_parted=kept.get("is_parted", False),
        )

    def at(self, village_code: str) -> "Draft":
        """The same with the place found."""
        return replace(self, village_code=village_code)


_TEXTS = (
    "name",
    "phone",
    "street",
    "place_text",
    "courier_note",
    "village_code",
    "area_code",
    "method",
    "voucher",
)


@dataclass(frozen=True, slots=True)
class ParcelChoice:
    """One cooperative's parcel with every way it can go and the one that was chosen."""

    parcel: Parcel
    number: int
    """"Paket 1, 2, …" as the page counts them."""
    quotes: tuple[Quote, ...]
    chosen: Quote | None
    from_fee: Rupiah | None
    """The least it costs to have it brought anywhere; None: it is only picked up."""
    is_placed: bool
    """Whether the place is known, and with it every price."""
    closed: ClosedTime | None = None
    """Why nothing of it can be had: its cooperative is closed until a day."""
    is_apart: bool = False
    """Left in the cart for a purchase of its own: the others are paid in cash."""

    def on_days(self, calendar: Calendar, now: datetime, *, spare: int) -> "ParcelChoice":
        """The same, saying when each way arrives, or until when its cooperative is closed.

        :param spare: working days beyond making that the shipping promise leaves.
        """
        made = [line.goods.days_to_make for line in self.parcel.lines if line.goods]
        quotes = with_arrivals(
            self.quotes, calendar, at=now, make_days=max(made, default=0), spare=spare
        )
        is_silent = not quotes and not self.from_fee
        closed = calendar.closed_on(day_in(calendar.zone, now)) if is_silent else None
        return replace(self, quotes=quotes, closed=closed)

    @property
    def is_unreachable(self) -> bool:
        """Not delivered to the place and not picked up, or set aside: it stays in the cart."""
        is_nowhere = self.chosen is None and (self.is_placed or self.from_fee is None)
        return self.is_apart or is_nowhere

    @property
    def held_back(self) -> tuple[str, ...]:
        """Names of goods that not every courier may take: frozen, chilled, never by air."""
        return tuple(
            dict.fromkeys(
                line.goods.name for line in self.parcel.lines if line.goods and line.goods.limit
            )
        )

    @property
    def fee(self) -> Rupiah | None:
        """What delivery costs, once it is known."""
        return self.chosen.fee if self.chosen else None


@dataclass(frozen=True, slots=True)
class Totals:
    """What a checkout adds up to; ``total`` is None until every price is known."""

    goods: Rupiah
    packs: int
    delivery: Rupiah | None
    at_least: Rupiah
    discount: Rupiah

    @property
    def total(self) -> Rupiah | None:
        """What is to be paid, without the unique code."""
        return None if self.delivery is None else Rupiah(self.goods + self.delivery - self.discount)


def choose(
    parcel: Parcel,
    number: int,
    quotes: Sequence[Quote],
    from_fee: Rupiah | None,
    *,
    wanted: str | None,
    is_placed: bool,
) -> ParcelChoice:
    """The way a parcel goes: what was chosen, else the cheapest that comes to the shopper.

    Picking up costs nothing and would always be the cheapest, but nobody is sent across the sea
    unasked: it is taken by itself only where the cooperative delivers nowhere.
    """
    by_choice = {quote.choice: quote for quote in quotes}
    chosen = by_choice.get(wanted or "")
    if chosen is None:
        # In the order they come: cheapest first.
        brought = [quote for quote in quotes if quote.kind != "pickup" or from_fee is None]
        chosen = brought[0] if brought else None
    return ParcelChoice(parcel, number, tuple(quotes), chosen, from_fee, is_placed)


def totals(choices: Sequence[ParcelChoice], discount: int = 0) -> Totals:
    """The sums over all parcels that can be had, less what a voucher takes off."""
    bought = [choice for choice in choices if not choice.is_unreachable]
    goods = Rupiah(sum(choice.parcel.goods_total for choice in bought))
    fees = [choice.fee for choice in bought]
    known = [fee for fee in fees if fee is not None]
    floor = sum(
        choice.fee if choice.fee is not None else (choice.from_fee or 0) for choice in bought
    )
    return Totals(
        goods=goods,
        packs=sum(choice.parcel.packs for choice in bought),
        delivery=Rupiah(sum(known)) if len(known) == len(fees) else None,
        at_least=Rupiah(goods + floor - discount),
        discount=Rupiah(discount),
    )


def units(parcel: Parcel) -> tuple[Unit, ...]:
    """What a courier weighs of a parcel."""
    return tuple(
        Unit(
            packs=line.packs,
            grams=Grams(line.goods.gross_grams),
            length=Millimetres(line.goods.length_mm),
            width=Millimetres(line.goods.width_mm),
            height=Millimetres(line.goods.height_mm),
            limit=line.goods.limit,
        )
        for line in parcel.lines
        if line.goods is not None
    )


@dataclass(frozen=True, slots=True)
class Discount:
    """A voucher that holds, with what it takes off each line."""

    voucher_id: int
    code: str
    total: Rupiah
    platform_pays: bool
    by_variant: Mapping[int, Rupiah]


NO_DISCOUNT = Discount(0, "", Rupiah(0), platform_pays=False, by_variant={})


def discount_for(terms: Terms, choices: Sequence[ParcelChoice]) -> Discount:
    """What a voucher takes off the goods that can be had, to the last rupiah (rule R11)."""
    lines = [
        line for choice in choices if not choice.is_unreachable for line in choice.parcel.lines
    ]
    counted = eligible(terms, goods_of(choices))
    total = discount_of(terms, sum(counted))
    parts = shares(total, counted)
    return Discount(
        terms.voucher_id,
        terms.code,
        total,
        platform_pays=terms.cooperative_id is None,
        by_variant={line.variant_id: part for line, part in zip(lines, parts, strict=True)},
    )


def goods_of(choices: Sequence[ParcelChoice]) -> tuple[Goods, ...]:
    """The lines that can be had, as a voucher looks at them."""
    return tuple(
        Goods(choice.parcel.cooperative_id, line.amount)
        for choice in choices
        if not choice.is_unreachable
        for line in choice.parcel.lines
    )


def split_by_cooperative(
    choices: Sequence[ParcelChoice],
    notes: Mapping[int, str],
    *,
    discount: Discount = NO_DISCOUNT,
    figures: Mapping[str, int] | None = None,
) -> tuple[OrderDraft, ...]:
    """One draft per cooperative, in the order the shopper first met them.

    :param choices: parcels with a chosen way; a parcel without one is left in the cart.
    :param figures: today's settings (``settings_by_date.settings_on``) with the platform's fees.
    """
    drafts = []
    for choice in choices:
        if choice.chosen is None:
            continue
        seller = choice.parcel.seller
        drafts.append(
            OrderDraft(
                cooperative_id=seller.cooperative_id,
                cooperative_code=seller.cooperative_code,
                zone=seller.zone,
                contribution_bp=seller.contribution_bp,
                is_pkp=seller.is_pkp,
                quote=_snapshot(choice.chosen),
                lines=tuple(_line(line, discount, figures) for line in choice.parcel.lines),
                note=notes.get(seller.cooperative_id) or None,
            )
        )
    return tuple(drafts)


def _snapshot(quote: Quote) -> QuoteSnapshot:
    return QuoteSnapshot(
        kind=DeliveryKind(quote.kind),
        name=quote.name,
        fee=quote.fee,
        scale_grams=quote.scale_grams,
        billable_grams=quote.billable_grams,
        rate_code=quote.rate_code,
        days_least=quote.days_least,
        days_most=quote.days_most,
        place=quote.place,
    )


def _line(line: Line, discount: Discount, figures: Mapping[str, int] | None) -> LineDraft:
    goods = line.goods
    assert goods is not None  # a parcel holds only lines whose goods exist
    off = discount.by_variant.get(line.variant_id, 0)
    return LineDraft(
        variant_id=line.variant_id,
        product_id=goods.product_id,
        member_id=goods.member_id,
        name=goods.name,
        sku=goods.sku,
        unit_price=line.unit_price,
        packs=line.packs,
        unit_grams=goods.gross_grams,
        length_mm=goods.length_mm,
        width_mm=goods.width_mm,
        height_mm=goods.height_mm,
        variant_name=goods.variant_name,
        net_label=goods.net_label,
        discount=off,
        platform_pays=discount.platform_pays and off > 0,
        fee_bp=fee_rate_for(figures, goods.cooperative_id, goods.category_path)
        if figures
        else None,
    )


@dataclass(frozen=True, slots=True)
class Steps:
    """Finding the place from the province down: what was chosen, what comes next."""

    chosen: tuple[tuple[str, str], ...] = ()
    options: tuple[tuple[str, str], ...] = ()
    """Code and name of the parts of what was chosen last."""


def path_of(area_code: str | None) -> tuple[str, ...]:
    """A region with all above it: ``32.75`` is ``("32", "32.75")``; nothing for nonsense."""
    code = area_code or ""
    if len(code) not in CODE_LENGTHS or not _AREA.fullmatch(code):
        return ()
    return tuple(code[:length] for length in CODE_LENGTHS if length <= len(code))


def is_village(code: str | None) -> bool:
    """Whether a region code has come down to a village."""
    return len(path_of(code)) == len(CODE_LENGTHS)


def one_area(places: Sequence[Place]) -> bool:
    """Whether delivery costs the same wherever of these it is: all in one district."""
    return len({place.village_code[:8] for place in places}) == 1
