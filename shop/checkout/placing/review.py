"""A checkout under review: what was chosen, what it comes to, and how it can be paid."""

from collections.abc import Mapping
from dataclasses import dataclass

from shop.checkout.cart.rules import Line, lost
from shop.checkout.placing.rules import NO_DISCOUNT, Discount, Draft, ParcelChoice, Steps, Totals
from shop.core.values.money import Rupiah
from shop.payments.bills.actions import MAX_UNIQUE_CODE
from shop.payments.bills.models import Method
from shop.payments.bills.qris import MAX_QRIS_RUPIAH
from shop.payments.bills.queries import OpenPayee
from shop.payments.cash.rules import CashRefusal
from shop.sales.vouchers.errors import VoucherRefused
from shop.sales.vouchers.rules import Terms
from shop.shipping.addresses.actions import SavedAddress
from shop.shipping.places.queries import Place, contradicts


@dataclass(frozen=True, slots=True)
class CashOffer:
    """What of a checkout can be paid in cash."""

    payees: dict[int, int]
    """The drawer that each parcel's cash goes to, by cooperative id; those that may."""
    refusing: tuple[tuple[ParcelChoice, CashRefusal], ...]
    """Parcels that may not, and why."""
    is_barred: bool = False
    """This phone left parcels behind, or has too many on their way."""

    @property
    def is_offered(self) -> bool:
        """Whether everything can be paid in cash: then it is a way to pay."""
        return bool(self.payees) and not self.refusing and not self.is_barred

    @property
    def can_be_parted(self) -> bool:
        """Whether some of it can: then two purchases are offered."""
        return bool(self.payees) and bool(self.refusing) and not self.is_barred


NO_CASH = CashOffer({}, ())


@dataclass(frozen=True, slots=True)
class Review:
    """A checkout as it stands: everything the page shows, and all that placing needs."""

    cart_id: int
    token: str
    lines: tuple[Line, ...]
    parcels: tuple[ParcelChoice, ...]
    draft: Draft
    saved: tuple[SavedAddress, ...]
    address: SavedAddress | None
    """The saved address that was chosen."""
    place: Place | None
    """Where to, once it is one village."""
    candidates: tuple[Place, ...]
    """Villages that the typed text can mean, when it is not one."""
    steps: Steps
    payees: Mapping[Method, OpenPayee]
    """Where money can go now, by the way it goes."""
    card_least: Rupiah
    """Below this a card is not taken."""
    figures: Mapping[str, int]
    """The settings of today, as ``settings_by_date.settings_on`` reads them."""
    totals: Totals
    discount: Discount = NO_DISCOUNT
    """What the typed voucher takes off."""
    refusal: VoucherRefused | None = None
    """Why the typed voucher gives nothing."""
    terms: Terms | None = None
    """The voucher behind the typed code, whether it holds or not."""
    cash: CashOffer = NO_CASH
    """What of it can be paid in cash."""

    @property
    def lost(self) -> tuple[Line, ...]:
        """Lines whose goods do not exist any more."""
        return lost(self.lines)

    @property
    def has_marks(self) -> bool:
        """Whether the shopper has to accept something about the goods first."""
        return any(line.marks for line in self.lines)

    @property
    def bought(self) -> tuple[ParcelChoice, ...]:
        """Parcels that can be had; the others stay in the cart."""
        return tuple(choice for choice in self.parcels if not choice.is_unreachable)

    @property
    def is_all_pickup(self) -> bool:
        """Whether everything is fetched: then no address is asked."""
        return bool(self.bought) and all(
            choice.chosen is not None and choice.chosen.kind == "pickup" for choice in self.bought
        )

    @property
    def asks_place(self) -> bool:
        """Whether a place has to be found before there is a price."""
        return self.address is None and not self.is_all_pickup

    @property
    def place_is_nowhere(self) -> bool:
        """Whether a place was typed that no village answers to."""
        return bool(self.draft.place_text) and self.place is None and not self.candidates

    @property
    def place_contradicts(self) -> bool:
        """Whether a postcode was typed that is not that of the place beside it."""
        return self.place is None and contradicts(self.draft.place_text, self.candidates)

    @property
    def most_code(self) -> int:
        """Rupiah that a transfer's unique code adds at most."""
        return MAX_UNIQUE_CODE

    @property
    def most_qris(self) -> int:
        """Rupiah that can be paid by QRIS at once."""
        return MAX_QRIS_RUPIAH

    @property
    def methods(self) -> tuple[Method, ...]:
        """Ways to pay that exist now, the quickest first."""
        if self.is_parted:
            return (Method.COD,)
        cash = (Method.COD,) if self.cash.is_offered else ()
        return (
            *(
                method
                for method in (Method.CARD, Method.TRANSFER, Method.QRIS)
                if method in self.payees
                and not (method is Method.CARD and self.is_below_card)
                and not (method is Method.QRIS and self.is_above_qris)
            ),
            *cash,
        )

    @property
    def is_held(self) -> bool:
        """Whether the operator keeps the money until the parcel is there (rule R1)."""
        payee = self.payees.get(self.method) if self.method else None
        return payee is not None and payee.cooperative_id is None

    @property
    def is_parted(self) -> bool:
        """Whether this is the first of two purchases, the one that is paid in cash."""
        return self.draft.is_parted and self.cash.can_be_parted

    @property
    def is_below_card(self) -> bool:
        """Whether a card is refused for so little only."""
        return Method.CARD in self.payees and self.totals.at_least < self.card_least

    @property
    def is_above_qris(self) -> bool:
        """Whether so much cannot be paid by QRIS at once."""
        return self.totals.at_least + MAX_UNIQUE_CODE > MAX_QRIS_RUPIAH

    @property
    def method(self) -> Method | None:
        """The way to pay that was chosen, while it is there; else the first."""
        chosen = [method for method in self.methods if method.value == self.draft.method]
        return next(iter((*chosen, *self.methods)), None)
