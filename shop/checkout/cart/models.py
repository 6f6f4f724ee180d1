"""The cart: what somebody means to buy, of many cooperatives."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Boolean, CheckConstraint, ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from shop.core.database.schema import Base, BigId, UtcDateTime


class Cart(Base):
    """A guest's cart (found by its cookie) or a person's; made at the first add."""

    __tablename__ = "carts"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    """SHA-256 of the cookie."""
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), unique=True)
    checkout_token: Mapped[str] = mapped_column(String(22), unique=True)
    """Changes with every placed purchase: a second submit finds the first one's purchase."""
    draft: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """What was chosen at checkout so far: place code, delivery per cooperative, method."""
    packs: Mapped[int] = mapped_column(Integer, default=0)
    """How many packs lie in it; kept here so that a header needs no sum."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    touched_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CartLine(Base):
    """So many packs of one variant, with the price the shopper saw."""

    __tablename__ = "cart_lines"
    __table_args__ = (CheckConstraint("packs > 0", name="packs_positive"),)

    cart_id: Mapped[int] = mapped_column(
        ForeignKey("carts.id", ondelete="CASCADE"), primary_key=True
    )
    variant_id: Mapped[int] = mapped_column(ForeignKey("variants.id"), primary_key=True)
    packs: Mapped[int] = mapped_column(Integer)
    seen_price: Mapped[int] = mapped_column(BigInteger)
    """Rupiah a pack when the shopper last accepted it; another price now marks the line."""
    seen_steps: Mapped[str] = mapped_column(Text, default="")
    """Wholesale steps of the product at that moment, as ``products.rules.steps_text`` writes them:
    another price by them marks the line too (rule R29)."""
    saved_for_later: Mapped[bool] = mapped_column(Boolean, default=False)
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
