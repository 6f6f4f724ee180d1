"""The rows of invented orders, in every table that holds something of them."""

from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from bench.synth.money_rows import Accounts, Money, Rows
from bench.synth.orders import LAPSED_AFTER, Bought, Part, Step
from bench.synth.plan import person_name
from bench.synth.seller_rows import Place
from shop.catalog.inventory.models import HoldState, MovementReason, StockHold, StockMovement
from shop.core.database.schema import Base, table_of
from shop.core.values.clock import day_in
from shop.core.values.codes import order_number
from shop.core.values.money import Rupiah
from shop.payments.bills.models import Payment, PaymentOrder, Receipt, ReceiptMatch
from shop.payments.ledger.models import LedgerAccount, LedgerEntry, LedgerPosting
from shop.people.accounts.models import Contact
from shop.sales.orders.actions import OrderDraft, line_row, order_row
from shop.sales.orders.models import (
    Actor,
    Order,
    OrderEvent,
    OrderLine,
    Parcel,
    ParcelLine,
    Purchase,
)
from shop.sales.orders.rules import DeliveryKind, LineDraft, OrderState, QuoteSnapshot
from shop.shipping.places.models import Address

TABLES: tuple[type[Base], ...] = (
    *(Contact, Address, Purchase, Order, OrderLine, OrderEvent, Parcel, ParcelLine),
    *(StockHold, StockMovement, Payment, PaymentOrder, Receipt, ReceiptMatch),
    *(LedgerAccount, LedgerEntry, LedgerPosting),
)
"""Each after those it leans on."""
NUMBERED = tuple(model for model in TABLES if "id" in table_of(model).c)
ACTORS = {
    OrderState.NEW: Actor.SHOP,
    OrderState.LAPSED: Actor.SHOP,
    OrderState.DONE: Actor.SHOP,
}
NAMES = {
    DeliveryKind.COURIER: "JNE Reguler",
    DeliveryKind.OWN: "Diantar koperasi",
    DeliveryKind.PICKUP: "Ambil sendiri",
}
ACCEPT_DAYS, SHIP_DAYS = timedelta(days=3), timedelta(days=4)


class Trade:
    """Turns purchases into rows, with ids and running numbers that go together."""

    def __init__(
        self,
        *,
        seed: int,
        homes: Sequence[Place],
        figures: Mapping[str, int],
        payee_id: int,
        accounts: MutableMapping[str, int],
        first: Mapping[type[Base], int],
        counted: MutableMapping[tuple[int, int], int],
        on_hand: MutableMapping[int, int],
    ) -> None:
        self._seed, self._homes, self._figures = seed, homes, figures
        self._rows = Rows(first)
        self._money = Money(self._rows, payee_id, Accounts(self._rows, accounts), self._code)
        self._counted, self._on_hand = counted, on_hand
        self._known: dict[int, tuple[int, int]] = {}

    def tables(self, chunk: Iterable[Bought]) -> dict[type[Base], list[dict[str, Any]]]:
        """Rows by table, in the order in which they can be written."""
        for bought in chunk:
            self._add(bought)
        taken = self._rows.take()
        return {model: taken[model] for model in TABLES if model in taken}

    def _code(self, marks: str) -> str:
        return sha256(f"{self._seed}:{marks}".encode()).hexdigest()[:22]

    def _add(self, bought: Bought) -> None:
        at, number = bought.placed_at, self._rows.coming(Purchase)
        contact, address = self._shopper(bought)
        code = self._code(f"purchase:{number}")
        paid_at = next((s.at for s in bought.parts[0].steps if s.state is OrderState.NEW), None)
        drafts = [self._draft(part) for part in bought.parts]
        orders = [
            self._order_row(part, draft, position, at)
            for position, (part, draft) in enumerate(zip(bought.parts, drafts, strict=True), 1)
        ]
        total = sum(order["total"] for order in orders)
        sent = any(part.kind is not DeliveryKind.PICKUP for part in bought.parts)
        purchase = self._rows.put(
            Purchase,
            code=code,
            checkout_token=self._code(f"checkout:{number}"),
            person_id=None,
            contact_id=contact,
            address_id=address if sent else None,
            viewer_hash="0" * 64,
            language="id",
            goods_total=sum(order["goods_total"] for order in orders),
            delivery_total=sum(order["delivery_fee"] for order in orders),
            discount_total=0,
            orders_total=total,
            hold_until=at + LAPSED_AFTER,
            placed_at=at,
            settled_at=paid_at,
            ended_at=None if paid_at else at + LAPSED_AFTER,
        )
        keys = [self._rows.put(Order, **order, purchase_id=purchase) for order in orders]
        self._money.paid(purchase, orders, keys, at, paid_at)
        for part, draft, order, key in zip(bought.parts, drafts, orders, keys, strict=True):
            lines = self._lines(key, part, draft)
            self._happened(key, part, lines, at)
            self._shelves(code, part, at)
            if order["state"] is OrderState.DONE:
                self._money.divide(part.shop, order, key, lines)

    def _shopper(self, bought: Bought) -> tuple[int, int]:
        if bought.shopper not in self._known:
            number, at = bought.shopper, bought.placed_at
            place = self._homes[number % len(self._homes)]
            contact = self._rows.put(
                Contact,
                name=person_name(self._seed + 7, number),
                phone=f"+62813{self._rows.coming(Contact):08d}",
                email=None,
                created_at=at,
                erased_at=None,
            )
            address = self._rows.put(
                Address,
                contact_id=contact,
                street=f"Jl. Melati No. {1 + number % 200}",
                village_code=place.village_code,
                village=place.village,
                district=place.district[:80],
                regency=place.regency[:80],
                province=place.province,
                postcode=place.postcode,
                courier_note=None,
                created_at=at,
            )
            self._known[number] = contact, address
        return self._known[bought.shopper]

    def _draft(self, part: Part) -> OrderDraft:
        lines = tuple(
            LineDraft(
                variant_id=ware.variant_id,
                product_id=ware.product_id,
                member_id=ware.member_id,
                name=ware.name,
                sku=ware.sku,
                unit_price=Rupiah(ware.price),
                packs=packs,
                unit_grams=ware.grams,
                length_mm=ware.sides[0],
                width_mm=ware.sides[1],
                height_mm=ware.sides[2],
                variant_name=ware.variant_name,
            )
            for ware, packs in part.wares
        )
        grams = sum(line.unit_grams * line.packs for line in lines)
        return OrderDraft(
            part.shop.cooperative_id,
            part.shop.code,
            part.shop.zone,
            part.shop.contribution_bp,
            part.shop.is_pkp,
            QuoteSnapshot(
                kind=part.kind,
                name=NAMES[part.kind],
                fee=Rupiah(part.fee),
                scale_grams=grams,
                billable_grams=max(grams, 1_000),
                place=part.shop.pickup_place if part.kind is DeliveryKind.PICKUP else None,
            ),
            lines,
        )

    def _order_row(
        self, part: Part, draft: OrderDraft, position: int, at: datetime
    ) -> dict[str, Any]:
        year = day_in(part.shop.zone, at).year
        count = self._counted.get((part.shop.cooperative_id, year), 0) + 1
        self._counted[part.shop.cooperative_id, year] = count
        came = {step.state: step.at for step in part.steps}
        paid_at, accepted_at = came.get(OrderState.NEW), came.get(OrderState.ACCEPTED)
        arrived_at = came.get(OrderState.ARRIVED)
        row = order_row(draft, order_number(part.shop.code, year, count), position, at)
        return {
            **row,
            "state": part.steps[-1].state,
            # The verb draws it by chance; the same numbers have to invent the same.
            "pickup_code": row["pickup_code"] and str(100_000 + self._rows.coming(Order) % 900_000),
            "needs": None,
            "refunded": 0,
            "delivery_paid": None,
            "paid_at": paid_at,
            "accept_by": paid_at and paid_at + ACCEPT_DAYS,
            "ship_by": accepted_at and accepted_at + SHIP_DAYS,
            "accepted_at": accepted_at,
            "ready_at": came.get(OrderState.READY),
            "handed_over_at": came.get(OrderState.ON_THE_WAY, arrived_at),
            "arrived_at": arrived_at,
            "ended_at": came.get(OrderState.DONE),
        }

    def _lines(self, order: int, part: Part, draft: OrderDraft) -> list[dict[str, Any]]:
        reached = {step.state for step in part.steps}
        is_sent = bool(reached & {OrderState.ON_THE_WAY, OrderState.ARRIVED})
        found = []
        for position, line in enumerate(draft.lines, 1):
            row = line_row(order, draft, line, position, self._figures)
            row |= {
                "accepted": line.packs if OrderState.ACCEPTED in reached else 0,
                "packed": line.packs if OrderState.READY in reached else 0,
                "shipped": line.packs if is_sent else 0,
                "delivered": line.packs if OrderState.ARRIVED in reached else 0,
                "returned": 0,
                "refunded": 0,
                "refusal": None,
            }
            found.append({**row, "id": self._rows.put(OrderLine, **row)})
        return found

    def _happened(
        self, order: int, part: Part, lines: Sequence[Mapping[str, Any]], at: datetime
    ) -> None:
        before = None
        for step in (Step(OrderState.UNPAID, at), *part.steps):
            self._rows.put(
                OrderEvent,
                order_id=order,
                at=step.at,
                actor=ACTORS.get(step.state, Actor.COOPERATIVE) if before else Actor.SHOPPER,
                person_id=None,
                from_state=before,
                to_state=step.state,
                reason=None,
                facts={},
            )
            before = step.state
        came = {step.state: step.at for step in part.steps}
        if part.kind is not DeliveryKind.COURIER or OrderState.ON_THE_WAY not in came:
            return
        parcel = self._rows.put(
            Parcel,
            order_id=order,
            courier=NAMES[part.kind],
            tracking_number=f"SY{self._rows.coming(Parcel):010d}",
            receiver_name=None,
            packed_grams=None,
            handed_over_at=came[OrderState.ON_THE_WAY],
            arrived_at=came.get(OrderState.ARRIVED),
            promised_on=None,
            failed_at=None,
            returned_at=None,
            given_up_at=None,
            extra=None,
        )
        for line in lines:
            self._rows.put(ParcelLine, parcel_id=parcel, line_id=line["id"], packs=line["packs"])

    def _shelves(self, holder: str, part: Part, at: datetime) -> None:
        """What was sold had been made for it, so that shelves stay as they were invented."""
        is_sold = part.steps[0].state is OrderState.NEW
        for ware, packs in part.wares:
            self._rows.put(
                StockHold,
                variant_id=ware.variant_id,
                packs=packs,
                holder=holder,
                until=at + LAPSED_AFTER,
                state=HoldState.USED if is_sold else HoldState.RELEASED,
            )
            if not is_sold:
                continue
            stands = self._on_hand[ware.variant_id]
            for change, after, reason, reference, when in (
                (packs, stands + packs, MovementReason.PRODUCED, None, at),
                (-packs, stands, MovementReason.SOLD, holder, part.steps[0].at),
            ):
                self._rows.put(
                    StockMovement,
                    variant_id=ware.variant_id,
                    change=change,
                    on_hand_after=after,
                    reason=reason,
                    reference=reference,
                    person_id=None,
                    at=when,
                )
