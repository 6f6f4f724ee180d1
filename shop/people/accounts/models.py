"""People, how they are reached, and where they are signed in."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from shop.core.database.schema import Base, BigId, UtcDateTime, states


class Contact(Base):
    """Name and ways to reach somebody: the one place erasure has to overwrite."""

    __tablename__ = "contacts"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    phone: Mapped[str | None] = mapped_column(String(20), index=True)
    """E.164, for example ``+6281234567890``."""
    email: Mapped[str | None] = mapped_column(String(254))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Person(Base):
    """Somebody who can sign in, by phone or by e-mail."""

    __tablename__ = "people"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"))
    email_login: Mapped[str | None] = mapped_column(String(254), unique=True)
    """Lower case."""
    phone_login: Mapped[str | None] = mapped_column(String(20), unique=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(2), default="id")
    digest_zone: Mapped[str | None] = mapped_column(String(40))
    """Notices come as one mail a day, in the morning of this zone; None: each by itself."""
    generation: Mapped[int] = mapped_column(Integer, default=1)
    """Counts up when the password changes; sessions of an older generation are dead."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    blocked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class OperatorRight(StrEnum):
    """What an operator may do; a person without any right is no operator."""

    OPERATE = "operate"
    CONFIRM_MONEY = "confirm_money"
    """*Konfirmasi uang masuk* (rule R1)."""


class OperatorSeat(Base):
    """A right of the operator's, held by a person."""

    __tablename__ = "operator_seats"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    right: Mapped[OperatorRight] = mapped_column(states(OperatorRight, "right"), primary_key=True)
    since: Mapped[datetime] = mapped_column(UtcDateTime)


class SignInSession(Base):
    """One browser in which a person is signed in. The cookie is kept as its SHA-256 only."""

    __tablename__ = "sessions"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    generation: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    browser: Mapped[str | None] = mapped_column(String(20))
    """By name alone, as in ``people.profile.actions``: enough to know one's own devices apart."""
    system: Mapped[str | None] = mapped_column(String(20))
    is_borrowed: Mapped[bool] = mapped_column(default=False)
    """Somebody else's phone: the session ends by itself soon after it is left (rule R27)."""
    by_pin: Mapped[bool] = mapped_column(default=False)
    """Opened with a member's code and PIN: six digits never reach a desk."""
    money_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """On somebody else's phone: until when pages about money open without asking again."""


class RecoveryKind(StrEnum):
    """By which way a person gets a new password."""

    LINK = "link"
    """A link in a mail."""
    DESK = "desk"
    """A code handed over at the cooperative's desk, for people without e-mail (rule R26)."""


class RecoveryToken(Base):
    """A right to set a new password, once. The secret is kept as its SHA-256 only."""

    __tablename__ = "recovery_tokens"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    kind: Mapped[RecoveryKind] = mapped_column(states(RecoveryKind, "kind"))
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    issued_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    """Who handed the code over; none for a link."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Registration(Base):
    """An account that waits for its e-mail to be confirmed; forgotten when it is not in time."""

    __tablename__ = "registrations"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    secret_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    """SHA-256 of the secret in the link; none until the mail is written."""
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(254))
    phone: Mapped[str | None] = mapped_column(String(20))
    password_hash: Mapped[str] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(2), default="id")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
