"""Tables of delivery prices: courier services, rate cards, pick-up, own delivery."""

from datetime import date, datetime, time

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Time,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from shop.core.database.schema import Base, BigId, UtcDateTime
from shop.shipping.places.models import AreaCode


class CourierService(Base):
    """A service parcels can be handed to, for example JNE Reguler."""

    __tablename__ = "courier_services"

    code: Mapped[str] = mapped_column(String(20), primary_key=True)
    courier: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(80))
    divisor: Mapped[int] = mapped_column(Integer)
    """Cubic centimetres that weigh a kilogram; each new rate card starts with it."""
    tolerance_grams: Mapped[int] = mapped_column(Integer)
    least_grams: Mapped[int] = mapped_column(Integer)


class RateCard(Base):
    """What a service asks of one cooperative from a day on; a later card replaces it.

    How it counts weight stands on the card, so that an old quote can be explained.
    """

    __tablename__ = "rate_cards"
    __table_args__ = (
        Index("uq_rate_cards_since", "cooperative_id", "service_code", "since", unique=True),
        Index(
            "uq_rate_cards_open",
            "cooperative_id",
            "service_code",
            unique=True,
            sqlite_where=text("ends IS NULL"),
            postgresql_where=text("ends IS NULL"),
        ),
        CheckConstraint("divisor > 0 AND least_grams > 0", name="weights_positive"),
        CheckConstraint("least_grams % 1000 = 0", name="least_whole_kg"),
        CheckConstraint("tolerance_grams BETWEEN 0 AND 999", name="tolerance_below_kg"),
        CheckConstraint("ends IS NULL OR ends > since", name="ends_after_start"),
        CheckConstraint("free_from IS NULL OR free_from > 0", name="free_from_positive"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"))
    service_code: Mapped[str] = mapped_column(ForeignKey("courier_services.code"))
    since: Mapped[date] = mapped_column(Date)
    ends: Mapped[date | None] = mapped_column(Date)
    """The first day it no longer holds."""
    divisor: Mapped[int] = mapped_column(Integer)
    tolerance_grams: Mapped[int] = mapped_column(Integer)
    least_grams: Mapped[int] = mapped_column(Integer)
    free_from: Mapped[int | None] = mapped_column(BigInteger)
    """Goods of this many rupiah are posted for nothing."""


class Rate(Base):
    """One line of a rate card. Where several cover a place, the narrowest area wins."""

    __tablename__ = "rates"
    __table_args__ = (
        CheckConstraint("price_per_kg >= 0", name="price_not_negative"),
        CheckConstraint("days_least >= 0 AND days_most >= days_least", name="days_in_order"),
    )

    card_id: Mapped[int] = mapped_column(
        ForeignKey("rate_cards.id", ondelete="CASCADE"), primary_key=True
    )
    area_code: Mapped[str] = mapped_column(AreaCode, primary_key=True)
    price_per_kg: Mapped[int] = mapped_column(BigInteger)
    days_least: Mapped[int] = mapped_column(Integer)
    days_most: Mapped[int] = mapped_column(Integer)
    by_air: Mapped[bool] = mapped_column(Boolean)
    """Goods marked *darat-laut* may not go this way."""


class PickupPlace(Base):
    """Where a shopper can fetch an order, free of charge (rule R15)."""

    __tablename__ = "pickup_places"
    __table_args__ = (CheckConstraint("opens < closes", name="opens_before_it_closes"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    address: Mapped[str] = mapped_column(String(140))
    hours: Mapped[str] = mapped_column(String(70))
    """Days and hours as orders keep them: "Senin–Sabtu 08.00–16.00"."""
    weekdays: Mapped[str] = mapped_column(String(7))
    """Days it is open, ``1`` Monday to ``7`` Sunday, in order: ``123456``."""
    opens: Mapped[time] = mapped_column(Time)
    closes: Mapped[time] = mapped_column(Time)
    cut_off: Mapped[time] = mapped_column(Time)
    """Ordered by then, in the cooperative's zone, it is ready the same day."""
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Since when it takes no new orders; old ones still name it."""


class OwnDelivery(Base):
    """A round the cooperative drives itself, at one fee (rule R15)."""

    __tablename__ = "own_deliveries"
    __table_args__ = (
        CheckConstraint("fee >= 0", name="fee_not_negative"),
        CheckConstraint("days_least >= 0 AND days_most >= days_least", name="days_in_order"),
        CheckConstraint("cash_most IS NULL OR cash_most > 0", name="cash_most_positive"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    fee: Mapped[int] = mapped_column(BigInteger)
    free_from: Mapped[int | None] = mapped_column(BigInteger)
    """Goods of this many rupiah ride for nothing."""
    weekdays: Mapped[str] = mapped_column(String(7))
    """Days it drives, ``1`` Monday to ``7`` Sunday, in order: ``246``."""
    cut_off: Mapped[time] = mapped_column(Time)
    """Packed by then, in the cooperative's zone, it rides the same day."""
    days_least: Mapped[int] = mapped_column(Integer)
    days_most: Mapped[int] = mapped_column(Integer)
    cash_most: Mapped[int | None] = mapped_column(BigInteger)
    """Up to this total the driver takes cash at the door (rule R18); None: this is no COD area."""
    note: Mapped[str | None] = mapped_column(String(200))
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class OwnDeliveryArea(Base):
    """A province, regency or district that a round reaches."""

    __tablename__ = "own_delivery_areas"

    own_delivery_id: Mapped[int] = mapped_column(
        ForeignKey("own_deliveries.id", ondelete="CASCADE"), primary_key=True
    )
    area_code: Mapped[str] = mapped_column(AreaCode, primary_key=True)
