"""What delivery of one product costs to a city, before anything lies in the cart."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from shop.catalog.products.product_detail import Offer, ProductDetail
from shop.core.values.units import Grams, Millimetres
from shop.people.cooperatives.rules import Calendar
from shop.shipping.places.queries import City, find_cities
from shop.shipping.quotes.arrival_estimates import with_arrivals
from shop.shipping.quotes.queries import quote_all
from shop.shipping.rates.rules import Quote, Unit

MAX_TYPED_LENGTH = 80


@dataclass(frozen=True, slots=True)
class AskedQuote:
    """A city that somebody typed, and what it costs to send one pack there."""

    typed: str = ""
    cities: tuple[City, ...] = ()
    """Several when the name is not clear; the first one is quoted."""
    quotes: tuple[Quote, ...] = ()

    @property
    def was_asked(self) -> bool:
        """Whether a city was typed."""
        return bool(self.typed)

    @property
    def is_delivered(self) -> bool:
        """Whether anything brings it there, without coming for it."""
        return any(quote.kind != "pickup" for quote in self.quotes)

    def arriving(
        self, calendar: Calendar, make_days: int, now: datetime, *, spare: int
    ) -> "AskedQuote":
        """The same, saying for each way when the pack comes if it is paid now."""
        dated = with_arrivals(self.quotes, calendar, at=now, make_days=make_days, spare=spare)
        return replace(self, quotes=dated)


def quote_to(session: Session, sheet: ProductDetail, pack: Offer, typed: str) -> AskedQuote:
    """Every way one pack can go to a city; nothing is asked while no city was typed."""
    text = "".join(sign for sign in typed[:MAX_TYPED_LENGTH] if sign.isprintable()).strip()
    if not text:
        return AskedQuote()
    cities = find_cities(session, text)
    if not cities:
        return AskedQuote(text)
    unit = Unit(
        1,
        Grams(pack.gross_grams),
        Millimetres(pack.length_mm),
        Millimetres(pack.width_mm),
        Millimetres(pack.height_mm),
        sheet.send_limit,
    )
    found = quote_all(
        session,
        {sheet.cooperative_id: [unit]},
        cities[0].code,
        goods={sheet.cooperative_id: pack.price},
    )
    return AskedQuote(text, cities, found[sheet.cooperative_id])
