"""What shoppers complain of, what became of it, and the photos they sent."""

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from shop.aftersales.complaints.rules import ComplaintReason, RequestedRemedy, State
from shop.core.database.schema import Base, BigId, UtcDateTime, states
from shop.sales.orders.models import Actor

__all__ = [
    "Actor",
    "Complaint",
    "ComplaintEvent",
    "ComplaintPhoto",
    "ComplaintReason",
    "RequestedRemedy",
    "State",
]


class Complaint(Base):
    """What is wrong with packs of one line. A line has one; a withdrawn one makes room."""

    __tablename__ = "complaints"
    __table_args__ = (
        CheckConstraint("packs > 0", name="packs_positive"),
        CheckConstraint("granted >= 0 AND granted <= packs", name="granted_within_packs"),
        CheckConstraint(
            "(closed_at IS NULL) = (state NOT IN ('granted', 'declined', 'withdrawn'))",
            name="closed_when_over",
        ),
        # The last word on two tabs that file the same line.
        Index(
            "uq_complaints_line",
            "line_id",
            unique=True,
            sqlite_where=text("state <> 'withdrawn'"),
            postgresql_where=text("state <> 'withdrawn'"),
        ),
        Index("ix_complaints_order", "order_id"),
        Index("ix_complaints_clock", "state", "due_at"),
        Index("ix_complaints_desk", "cooperative_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    line_id: Mapped[int] = mapped_column(ForeignKey("order_lines.id"))
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"))
    packs: Mapped[int] = mapped_column(Integer)
    wrong: Mapped[ComplaintReason] = mapped_column(states(ComplaintReason, "wrong"))
    wished: Mapped[RequestedRemedy] = mapped_column(states(RequestedRemedy, "wished"))
    state: Mapped[State] = mapped_column(states(State, "state"), default=State.OPEN)
    words: Mapped[str] = mapped_column(Text, default="")
    """The shopper's; these and the next three are emptied on erasure."""
    answer_words: Mapped[str] = mapped_column(Text, default="")
    """The cooperative's, for the shopper."""
    appeal_words: Mapped[str] = mapped_column(Text, default="")
    decision_words: Mapped[str] = mapped_column(Text, default="")
    """The operator's, for both sides."""
    granted: Mapped[int] = mapped_column(Integer, default=0)
    """Packs whose price went back, or that were sent after."""
    refusal: Mapped[str | None] = mapped_column(String(40))
    """Why the cooperative granted less, as a code of ``rules.RefusalReason``."""
    request_id: Mapped[int | None] = mapped_column(ForeignKey("refund_requests.id"))
    """A refund that waits for its second person."""
    parcel_id: Mapped[int | None] = mapped_column(ForeignKey("parcels.id"))
    filed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When silence acts: whose it is tells the state."""
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    appealed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ComplaintEvent(Base):
    """A step of a complaint's life. Append-only, without names or free text."""

    __tablename__ = "complaint_events"
    __table_args__ = (Index("ix_complaint_events_complaint", "complaint_id", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaints.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor: Mapped[Actor] = mapped_column(states(Actor, "actor"))
    person_id: Mapped[int | None] = mapped_column(BigId)
    from_state: Mapped[State | None] = mapped_column(states(State, "from_state"))
    to_state: Mapped[State] = mapped_column(states(State, "to_state"))
    packs: Mapped[int] = mapped_column(Integer, default=0)
    """Packs that this step granted."""
    refund_id: Mapped[int | None] = mapped_column(ForeignKey("refunds.id"), index=True)
    reason: Mapped[str | None] = mapped_column(String(40))


class ComplaintPhoto(Base):
    """A photo of what is wrong: seen by both sides and the operator, never public.

    Until its complaint is filed it lies as a draft, so that a refused form does not lose it.
    """

    __tablename__ = "complaint_photos"
    __table_args__ = (
        Index("uq_complaint_photos_draft", "order_id", "draft", "digest", unique=True),
        Index("ix_complaint_photos_complaint", "complaint_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    complaint_id: Mapped[int | None] = mapped_column(ForeignKey("complaints.id"))
    draft: Mapped[str] = mapped_column(String(22))
    """The code of the form it came with."""
    digest: Mapped[str] = mapped_column(String(64))
    photo: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    """JPEG, written anew from its pixels."""
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)
