"""A purchase is what a shopper did; an order is what one cooperative must do."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shop.core.database.schema import Base, BigId, UtcDateTime, states
from shop.sales.orders.rules import DeliveryKind, OrderState, ShortageChoice

__all__ = [
    "Actor",
    "DeliveryKind",
    "Order",
    "OrderCounter",
    "OrderEvent",
    "OrderLine",
    "OrderState",
    "PackedBox",
    "Parcel",
    "ParcelLine",
    "Purchase",
    "ShortOffer",
]


class Actor(StrEnum):
    """In which part somebody acted."""

    SHOPPER = "shopper"
    COOPERATIVE = "cooperative"
    OPERATOR = "operator"
    SHOP = "shop"


class Purchase(Base):
    """One checkout over many cooperatives: one payment, one order for each."""

    __tablename__ = "purchases"
    __table_args__ = (
        CheckConstraint(
            "orders_total = goods_total + delivery_total - discount_total", name="total_adds_up"
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    code: Mapped[str] = mapped_column(String(22), unique=True)
    checkout_token: Mapped[str] = mapped_column(String(22), unique=True)
    """The cart's token when it was placed: two submits of one checkout are one purchase."""
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"), index=True)
    address_id: Mapped[int | None] = mapped_column(ForeignKey("addresses.id"), index=True)
    """None when every parcel is picked up."""
    viewer_hash: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the cookie of the browser that placed it: only there are full details shown."""
    language: Mapped[str] = mapped_column(String(2), default="id")
    goods_total: Mapped[int] = mapped_column(BigInteger)
    delivery_total: Mapped[int] = mapped_column(BigInteger)
    discount_total: Mapped[int] = mapped_column(BigInteger, default=0)
    orders_total: Mapped[int] = mapped_column(BigInteger)
    hold_until: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    placed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When it lapsed or was cancelled unpaid."""
    orders: Mapped[list["Order"]] = relationship(lazy="raise", order_by="Order.position")


class Order(Base):
    """One cooperative's part of a purchase: its goods, its parcel, its state."""

    __tablename__ = "orders"
    __table_args__ = (
        CheckConstraint(
            "total = goods_total + delivery_fee - discount_total", name="total_adds_up"
        ),
        CheckConstraint("delivery_fee >= 0", name="delivery_fee_not_negative"),
        # The last word on every refund: never more than was paid.
        CheckConstraint("refunded >= 0 AND refunded <= total", name="refunded_within_total"),
        Index("ix_orders_board", "cooperative_id", "state", "id"),
        Index("ix_orders_paid", "cooperative_id", "paid_at"),
        Index(
            "ix_orders_needing",
            "cooperative_id",
            "id",
            sqlite_where=text("needs IS NOT NULL"),
            postgresql_where=text("needs IS NOT NULL"),
        ),
        Index("uq_orders_part", "purchase_id", "cooperative_id", unique=True),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    number: Mapped[str] = mapped_column(String(16), unique=True, insert_sentinel=True)
    purchase_id: Mapped[int] = mapped_column(ForeignKey("purchases.id"))
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"))
    position: Mapped[int] = mapped_column(Integer)
    """"Paket 1, 2, …" of the purchase."""
    state: Mapped[OrderState] = mapped_column(states(OrderState, "state"))
    needs: Mapped[str | None] = mapped_column(String(40))
    """*Perlu tindakan*: a flag beside the state, with the reason's code; none: nothing to do."""
    delivery_kind: Mapped[DeliveryKind] = mapped_column(states(DeliveryKind, "delivery_kind"))
    delivery_name: Mapped[str] = mapped_column(String(80))
    """Frozen words of the choice, for example "JNE Reguler"."""
    rate_code: Mapped[str | None] = mapped_column(String(40))
    """Which rate card line was quoted."""
    scale_grams: Mapped[int] = mapped_column(Integer)
    billable_grams: Mapped[int] = mapped_column(Integer)
    days_least: Mapped[int | None] = mapped_column(Integer)
    days_most: Mapped[int | None] = mapped_column(Integer)
    pickup_place: Mapped[str | None] = mapped_column(String(300))
    """Where and in which hours it can be picked up, frozen."""
    pickup_code: Mapped[str | None] = mapped_column(String(6))
    goods_total: Mapped[int] = mapped_column(BigInteger)
    delivery_fee: Mapped[int] = mapped_column(BigInteger)
    discount_total: Mapped[int] = mapped_column(BigInteger, default=0)
    total: Mapped[int] = mapped_column(BigInteger)
    refunded: Mapped[int] = mapped_column(BigInteger, default=0)
    """What of the total was promised back so far; it only grows."""
    delivery_paid: Mapped[int | None] = mapped_column(BigInteger)
    """What the cooperative really paid for delivery (rule R17)."""
    note: Mapped[str | None] = mapped_column(Text)
    """The shopper's words for this parcel; emptied on erasure."""
    placed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    paid_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    accept_by: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """End of the 2nd working day in the cooperative's zone (rule R8)."""
    ship_by: Mapped[datetime | None] = mapped_column(UtcDateTime)
    accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ready_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    handed_over_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    arrived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lines: Mapped[list["OrderLine"]] = relationship(lazy="raise", order_by="OrderLine.position")

    @property
    def is_confirmed(self) -> bool:
        """Whether its cooperative may begin: it is paid, or promised in cash at the door."""
        return self.paid_at is not None or self.accept_by is not None


class OrderLine(Base):
    """So many packs of one variant, frozen as they were sold: the catalogue will change, this not.

    Quantities count what became of the packs; the order's state follows from them (rule R7).
    """

    __tablename__ = "order_lines"
    __table_args__ = (
        CheckConstraint("packs > 0", name="packs_positive"),
        CheckConstraint("goods_total = unit_price * packs", name="goods_total_adds_up"),
        CheckConstraint("member_share >= 0 AND fee >= 0", name="shares_not_negative"),
        CheckConstraint(
            "accepted >= 0 AND accepted <= packs AND packed >= 0 AND packed <= accepted"
            " AND shipped >= 0 AND shipped <= packed AND delivered >= 0 AND delivered <= shipped"
            " AND returned >= 0 AND returned <= shipped AND refunded >= 0 AND refunded <= packs",
            name="quantities_in_order",
        ),
        Index("ix_order_lines_order", "order_id", "position"),
        Index("ix_order_lines_member", "member_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    position: Mapped[int] = mapped_column(Integer)
    variant_id: Mapped[int] = mapped_column(ForeignKey("variants.id"))
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    name: Mapped[str] = mapped_column(String(160))
    variant_name: Mapped[str] = mapped_column(String(80), default="")
    sku: Mapped[str] = mapped_column(String(60))
    net_label: Mapped[str] = mapped_column(String(40), default="")
    unit_price: Mapped[int] = mapped_column(BigInteger)
    packs: Mapped[int] = mapped_column(Integer)
    goods_total: Mapped[int] = mapped_column(BigInteger)
    discount: Mapped[int] = mapped_column(BigInteger, default=0)
    unit_grams: Mapped[int] = mapped_column(Integer)
    length_mm: Mapped[int] = mapped_column(Integer)
    width_mm: Mapped[int] = mapped_column(Integer)
    height_mm: Mapped[int] = mapped_column(Integer)
    contribution_bp: Mapped[int] = mapped_column(Integer)
    member_share: Mapped[int] = mapped_column(BigInteger)
    """What the member receives for the line: a promise (rule R21)."""
    fee_bp: Mapped[int] = mapped_column(Integer)
    fee: Mapped[int] = mapped_column(BigInteger)
    """Platform fee, borne by the cooperative's part (rule R22)."""
    tax_base: Mapped[int] = mapped_column(BigInteger)
    ppn: Mapped[int] = mapped_column(BigInteger)
    """PPN inside the price; 0 when the seller is not PKP (rule R25)."""
    pph22: Mapped[int] = mapped_column(BigInteger, default=0)
    fee_ppn: Mapped[int] = mapped_column(BigInteger, default=0)
    parts: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Schedule of named deductions, rupiah by name; they and the member's share sum to the net."""
    accepted: Mapped[int] = mapped_column(Integer, default=0)
    packed: Mapped[int] = mapped_column(Integer, default=0)
    shipped: Mapped[int] = mapped_column(Integer, default=0)
    delivered: Mapped[int] = mapped_column(Integer, default=0)
    returned: Mapped[int] = mapped_column(Integer, default=0)
    refunded: Mapped[int] = mapped_column(Integer, default=0)
    refusal: Mapped[str | None] = mapped_column(String(40))
    """Why fewer were accepted than ordered, as a code."""


class Parcel(Base):
    """One box on its way. Most orders have one; an order that leaves in parts has several."""

    __tablename__ = "parcels"
    __table_args__ = (Index("ix_parcels_order", "order_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    courier: Mapped[str | None] = mapped_column(String(80))
    tracking_number: Mapped[str | None] = mapped_column(String(40), index=True)
    receiver_name: Mapped[str | None] = mapped_column(String(120))
    """Who took it at the door on own delivery; emptied on erasure."""
    packed_grams: Mapped[int | None] = mapped_column(Integer)
    handed_over_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    arrived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    promised_on: Mapped[date | None] = mapped_column(Date)
    failed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When it was last not handed over; empty again once it is brought once more."""
    returned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    given_up_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When another was sent in its place."""
    extra: Mapped[str | None] = mapped_column(String(40))
    """Why it went on top of what was ordered, as a code; its packs count on no line."""


class ParcelLine(Base):
    """So many packs of one line in a parcel. Append-only: what left has left."""

    __tablename__ = "parcel_lines"
    __table_args__ = (
        CheckConstraint("packs > 0", name="packs_positive"),
        Index("ix_parcel_lines_line", "line_id"),
    )

    parcel_id: Mapped[int] = mapped_column(ForeignKey("parcels.id"), primary_key=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("order_lines.id"), primary_key=True)
    packs: Mapped[int] = mapped_column(Integer)


class ShortOffer(Base):
    """Packs of a new order are missing, and its shopper was asked what to do (rule R9). Once."""

    __tablename__ = "short_offers"

    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), primary_key=True)
    lines: Mapped[dict[str, Any]] = mapped_column(JSON)
    """By line id: packs that are there, the reason's code, whether the shelf was counted."""
    complete_on: Mapped[date | None] = mapped_column(Date)
    """A day on which all of it can be there; None: waiting is not offered."""
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_by_id: Mapped[int | None] = mapped_column(BigId)
    answer_by: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answer: Mapped[ShortageChoice | None] = mapped_column(states(ShortageChoice, "answer"))
    answered_by: Mapped[Actor | None] = mapped_column(states(Actor, "answered_by"))


class PackedBox(Base):
    """The real weight and size of an order's parcel, recorded once at packing. Append-only."""

    __tablename__ = "packed_boxes"
    __table_args__ = (
        CheckConstraint(
            "grams > 0 AND length_mm > 0 AND width_mm > 0 AND height_mm > 0 AND fee >= 0",
            name="measures_positive",
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), unique=True)
    grams: Mapped[int] = mapped_column(Integer)
    length_mm: Mapped[int] = mapped_column(Integer)
    width_mm: Mapped[int] = mapped_column(Integer)
    height_mm: Mapped[int] = mapped_column(Integer)
    billable_grams: Mapped[int] = mapped_column(Integer)
    fee: Mapped[int] = mapped_column(BigInteger)
    """What this box costs at the rate it was sold at."""
    packed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    packed_by_id: Mapped[int | None] = mapped_column(BigId)


class OrderEvent(Base):
    """A step of an order's life. Append-only, without names or free text."""

    __tablename__ = "order_events"
    __table_args__ = (Index("ix_order_events_order", "order_id", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor: Mapped[Actor] = mapped_column(states(Actor, "actor"))
    person_id: Mapped[int | None] = mapped_column(BigId)
    from_state: Mapped[OrderState | None] = mapped_column(states(OrderState, "from_state"))
    to_state: Mapped[OrderState] = mapped_column(states(OrderState, "to_state"))
    reason: Mapped[str | None] = mapped_column(String(40))
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class OrderCounter(Base):
    """Running number of a cooperative's orders in a year."""

    __tablename__ = "order_counters"

    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"), primary_key=True)
    year: Mapped[int] = mapped_column(Integer, primary_key=True)
    last: Mapped[int] = mapped_column(Integer)
