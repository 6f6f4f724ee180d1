"""Which purchases a cooperative typed for somebody who ordered in a chat."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from shop.core.database.schema import Base, BigId, UtcDateTime


class ChatPurchase(Base):
    """A purchase that came by chat, and who typed it. Append-only, without names or words."""

    __tablename__ = "chat_purchases"
    __table_args__ = (Index("ix_chat_purchases_latest", "cooperative_id", "purchase_id"),)

    purchase_id: Mapped[int] = mapped_column(
        ForeignKey("purchases.id"), primary_key=True, autoincrement=False
    )
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"))
    typed_by_id: Mapped[int] = mapped_column(BigId)
    typed_at: Mapped[datetime] = mapped_column(UtcDateTime)
