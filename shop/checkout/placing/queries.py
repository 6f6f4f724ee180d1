"""What the checkout shows: goods, ways to go and their price, the place, the ways to pay.

The page and the placing read through the same function, so that they cannot disagree.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.checkout.cart.queries import CartHead, CartKey, cart_with_lines
from shop.checkout.cart.rules import Line, by_cooperative
from shop.checkout.placing.cash_option import offer, set_aside
from shop.checkout.placing.errors import AlreadyPlaced, NothingToBuy, StaleCheckout
from shop.checkout.placing.review import NO_CASH, CashOffer, Review
from shop.checkout.placing.rules import (
    NO_DISCOUNT,
    Discount,
    Draft,
    ParcelChoice,
    Steps,
    choose,
    discount_for,
    goods_of,
    is_village,
    one_area,
    totals,
    units,
)
from shop.core.database import settings_by_date
from shop.core.formats.indonesia import format_phone, normal_phone
from shop.core.values import clock
from shop.core.values.codes import is_code
from shop.core.values.errors import InvalidInput
from shop.core.values.money import Rupiah
from shop.payments.bills.models import Method, PayeeKind
from shop.payments.bills.queries import OpenPayee, payees_for
from shop.people.accounts.models import Contact, Person
from shop.people.working_days.queries import calendars
from shop.sales.orders.models import Purchase
from shop.sales.vouchers.errors import VoucherRefused, Why
from shop.sales.vouchers.queries import find_voucher
from shop.sales.vouchers.rules import Terms, check
from shop.shipping.addresses.actions import SavedAddress, saved_addresses
from shop.shipping.places.queries import Place, find_village, path_to, place, regions
from shop.shipping.quotes.queries import quote_all
from shop.shipping.quotes.reachability import from_fee

NEW_ADDRESS = 0


def lock_checkout(
    session: Session, key: CartKey, token: str, *, browser_hash: str | None
) -> tuple[CartHead, tuple[Line, ...]]:
    """The visitor's cart and its goods, locked, for the form that is being sent.

    :param token: the checkout token as the form carried it.
    :param browser_hash: SHA-256 of the cookie that may see a guest's purchase.
    :raises AlreadyPlaced: when the form was sent before and placed its purchase.
    :raises NothingToBuy: when there is no cart.
    :raises StaleCheckout: when the form belongs to another checkout.
    """
    found = cart_with_lines(session, key, lock=True)
    if found is not None and found[0].checkout_token == token:
        return found
    code = _purchase_of_checkout(session, token, key=key, browser_hash=browser_hash)
    if code is not None:
        raise AlreadyPlaced(code)
    raise NothingToBuy if found is None else StaleCheckout


def _purchase_of_checkout(
    session: Session, token: str, *, key: CartKey, browser_hash: str | None
) -> str | None:
    """Code of the purchase that a checkout became, if it is this visitor's."""
    if not is_code(token):
        return None
    found = session.execute(
        select(Purchase.code, Purchase.person_id, Purchase.viewer_hash).where(
            Purchase.checkout_token == token
        )
    ).one_or_none()
    if found is None:
        return None
    is_own = found.person_id is not None and found.person_id == key.person_id
    code: str = found.code
    return code if is_own or found.viewer_hash == browser_hash else None


def review(
    session: Session,
    *,
    cart: CartHead,
    lines: tuple[Line, ...],
    draft: Draft,
    person_id: int | None,
    now: datetime,
    is_placing: bool = False,
    takes_cards: bool = False,
) -> Review:
    """Everything about a checkout with these choices, at the prices of this moment.

    :param lines: what lies in the cart, read in this transaction.
    :param is_placing: leave out what only helps choosing: other places, steps, lowest fees.
    :param takes_cards: whether this shop has a card gateway.
    """
    saved = saved_addresses(session, person_id) if person_id is not None else ()
    address = _chosen_address(saved, draft, is_placing)
    found, candidates = _place(session, draft, address, is_placing)
    # Several villages of one district: the price is known before the village is.
    quoted_at = found or (candidates[0] if one_area(candidates) else None)
    parcels = _parcels(
        session, lines, draft, quoted_at.village_code if quoted_at else None, is_placing
    )
    figures = settings_by_date.settings_on(session, clock.day_in(clock.HOME_ZONE, now))
    if not is_placing:
        parcels = _with_days(session, parcels, now, spare=figures["ship_extra_working_days"])
    phone = _normal_phone(address.phone if address else draft.phone)
    # Who pays otherwise is not kept waiting for it.
    asks_cash = not is_placing or draft.method == Method.COD
    cash = _cash(session, parcels, phone, figures) if asks_cash else NO_CASH
    if draft.is_parted and cash.can_be_parted:
        parcels = set_aside(parcels, cash)
    terms, discount, refusal = _voucher(session, draft, parcels, phone, person_id, now)
    return Review(
        cart_id=cart.id,
        token=cart.checkout_token,
        lines=lines,
        parcels=parcels,
        draft=draft if is_placing else _with_own_contact(session, draft, person_id),
        saved=saved,
        address=address,
        place=found,
        candidates=candidates,
        steps=Steps() if is_placing else _steps(session, draft),
        payees=_payees(session, parcels, takes_cards),
        card_least=Rupiah(figures["card_least_total"]),
        figures=figures,
        totals=totals(parcels, discount.total),
        discount=discount,
        refusal=refusal,
        terms=terms,
        cash=cash,
    )


def knows_place(session: Session, draft: Draft, person_id: int | None) -> bool:
    """Whether a checkout with these choices knows the village that it goes to."""
    saved = saved_addresses(session, person_id) if person_id is not None else ()
    address = _chosen_address(saved, draft, is_placing=False)
    return _place(session, draft, address, is_placing=False)[0] is not None


def _cash(
    session: Session,
    parcels: Sequence[ParcelChoice],
    phone: str | None,
    figures: Mapping[str, int],
) -> CashOffer:
    return offer(
        session,
        parcels,
        phone,
        maximum=figures["cash_refusals_per_phone"],
        most_open=figures["open_purchases_per_phone"],
    )


def _voucher(
    session: Session,
    draft: Draft,
    parcels: Sequence[ParcelChoice],
    phone: str | None,
    person_id: int | None,
    now: datetime,
) -> tuple[Terms | None, Discount, VoucherRefused | None]:
    """What the typed voucher gives, or why it gives nothing. Nothing is asked without a code."""
    if not draft.voucher:
        return None, NO_DISCOUNT, None
    found = find_voucher(session, draft.voucher, person_id=person_id, phone=phone)
    if found is None:
        return None, NO_DISCOUNT, VoucherRefused(Why.UNKNOWN)
    terms, used = found
    try:
        check(terms, goods_of(parcels), used_by_buyer=used, now=now)
    except VoucherRefused as refusal:
        return terms, NO_DISCOUNT, refusal
    return terms, discount_for(terms, parcels), None


def _normal_phone(typed: str) -> str | None:
    """A phone as contacts keep it; None while it is not one yet."""
    try:
        return normal_phone(typed)
    except InvalidInput:
        return None


def _payees(
    session: Session, parcels: Sequence[ParcelChoice], takes_cards: bool
) -> dict[Method, OpenPayee]:
    bought = [one.parcel.cooperative_id for one in parcels if not one.is_unreachable]
    found = payees_for(session, bought)
    ways = {Method.TRANSFER: PayeeKind.BANK, Method.QRIS: PayeeKind.QRIS}
    if takes_cards:
        ways[Method.CARD] = PayeeKind.GATEWAY
    return {method: found[kind] for method, kind in ways.items() if kind in found}


def _parcels(
    session: Session,
    lines: Sequence[Line],
    draft: Draft,
    village_code: str | None,
    is_placing: bool,
) -> tuple[ParcelChoice, ...]:
    parcels = by_cooperative(lines)
    ids = [parcel.cooperative_id for parcel in parcels]
    quotes = quote_all(
        session,
        {parcel.cooperative_id: units(parcel) for parcel in parcels},
        village_code,
        goods={parcel.cooperative_id: parcel.goods_total for parcel in parcels},
    )
    # A lowest fee is shown, and decides, only where no way was chosen that brings the parcel: what
    # can be brought to this place can be brought somewhere. Who places chose every way by name.
    if is_placing and all(draft.ways.get(key) for key in ids):
        unknown = []
    else:
        unknown = [key for key in ids if all(way.kind == "pickup" for way in quotes[key])]
    fees = {
        **{key: Rupiah(0) for key in ids if key not in unknown},
        **(from_fee(session, unknown) if unknown else {}),
    }
    return tuple(
        choose(
            parcel,
            number,
            quotes.get(parcel.cooperative_id, ()),
            fees.get(parcel.cooperative_id),
            wanted=draft.ways.get(parcel.cooperative_id),
            is_placed=village_code is not None,
        )
        for number, parcel in enumerate(parcels, start=1)
    )


def _with_days(
    session: Session, choices: tuple[ParcelChoice, ...], now: datetime, *, spare: int
) -> tuple[ParcelChoice, ...]:
    """The same, saying when each way arrives, or until when the cooperative is closed."""
    days = calendars(
        session,
        [one.parcel.cooperative_id for one in choices],
        clock.day_in(clock.HOME_ZONE, now),
    )
    return tuple(one.on_days(days[one.parcel.cooperative_id], now, spare=spare) for one in choices)


def _place(
    session: Session, draft: Draft, address: SavedAddress | None, is_placing: bool
) -> tuple[Place | None, tuple[Place, ...]]:
    """The one village that is meant, or all that could be."""
    if address is not None:
        return address.place, ()
    if draft.village_code:
        chosen = place(session, draft.village_code)
        if chosen is not None and is_placing:
            return chosen, ()
        if chosen is not None:
            others = _meant(session, draft.place_text)[1]
            return chosen, others if len(others) > 1 and chosen in others else ()
    return _meant(session, draft.place_text)


def _meant(session: Session, place_text: str) -> tuple[Place | None, tuple[Place, ...]]:
    return find_village(session, place_text) if place_text else (None, ())


def _steps(session: Session, draft: Draft) -> Steps:
    chosen = path_to(session, draft.area_code) if draft.area_code else ()
    last = chosen[-1][0] if chosen else None
    return Steps(chosen, () if is_village(last) else regions(session, last))


def _chosen_address(
    saved: Sequence[SavedAddress], draft: Draft, is_placing: bool
) -> SavedAddress | None:
    if draft.address_id == NEW_ADDRESS:
        return None
    for known in saved:
        if known.address_id == draft.address_id:
            return known
    # Who comes back types nothing: their main address, until they choose another. What was chosen
    # and is gone from the book is never replaced unseen.
    is_open = draft.address_id is None or not is_placing
    return saved[0] if saved and is_open else None


def _with_own_contact(session: Session, draft: Draft, person_id: int | None) -> Draft:
    """Name and phone of the account where nothing was typed yet."""
    if person_id is None or (draft.name and draft.phone):
        return draft
    own = session.execute(
        select(Contact.name, Contact.phone)
        .join(Person, Person.contact_id == Contact.id)
        .where(Person.id == person_id)
    ).one()
    phone = format_phone(own.phone) if own.phone else ""
    return replace(draft, name=draft.name or own.name, phone=draft.phone or phone)
