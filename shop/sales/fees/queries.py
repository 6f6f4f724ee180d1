"""Reads of the platform's fees."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from shop.core.database.settings_by_date import FEE, FOLLOWS, Policy
from shop.people.cooperatives.models import Cooperative
from shop.sales.fees.rules import fee_name

MAX_FEES_SHOWN = 100


@dataclass(frozen=True, slots=True)
class SetFee:
    """A fee as somebody set it, for a list."""

    cooperative_id: int | None
    """None: everybody's."""
    category_path: str
    since: date
    fee_bp: int | None
    """None: from that day on the wider fee holds again."""

    @property
    def reach(self) -> str:
        """Whose goods it is for, in one word that a form can carry."""
        return fee_name(self.cooperative_id, self.category_path or None)


def fees_set(session: Session, cooperative_id: int | None = None) -> tuple[SetFee, ...]:
    """What was set, newest day first.

    :param cooperative_id: only what concerns this cooperative: its own and everybody's.
    """
    own = fee_name(cooperative_id, None)
    named = (
        Policy.name.startswith(FEE, autoescape=True)
        if cooperative_id is None
        else or_(Policy.name.in_((FEE, own)), Policy.name.startswith(f"{own}:", autoescape=True))
    )
    rows = session.execute(
        select(Policy.name, Policy.since, Policy.value)
        .where(named)
        .order_by(Policy.since.desc(), Policy.name)
        .limit(MAX_FEES_SHOWN)
    )
    return tuple(_read(*row) for row in rows)


def _read(name: str, since: date, value: int) -> SetFee:
    _fee, _, reach = name.partition(":")
    cooperative, _, path = reach.partition(":")
    return SetFee(
        int(cooperative) if cooperative else None, path, since, None if value == FOLLOWS else value
    )


@dataclass(frozen=True, slots=True)
class Seller:
    """A cooperative, as far as its fee goes."""

    cooperative_id: int
    name: str
    contribution_bp: int
    is_pkp: bool


def sellers(session: Session) -> tuple[Seller, ...]:
    """Every cooperative by name, in one statement."""
    rows = session.execute(
        select(
            Cooperative.id, Cooperative.short_name, Cooperative.contribution_bp, Cooperative.is_pkp
        ).order_by(Cooperative.short_name)
    )
    return tuple(Seller(*row) for row in rows)
