"""Figures of trade and law with their dates: one table, defaults here, an operator may change them.

Each row of ``policies`` overrides the default of one name from its day on.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from types import MappingProxyType

from sqlalchemy import BigInteger, Date, String, bindparam, cast, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from shop.core.database.engine import Reader
from shop.core.database.schema import Base, table_of

DEFAULTS: Mapping[str, int] = MappingProxyType(
    {
        "hold_transfer_minutes": 24 * 60,
        "hold_one_piece_minutes": 2 * 60,
        "card_session_minutes": 31,
        "card_hold_minutes": 41,
        "card_extension_minutes": 60,
        "card_least_total": 10_000,
        "unique_code_rest_days": 7,
        "open_purchases_per_phone": 3,
        "cash_refusals_per_phone": 2,
        "platform_fee_bp": 300,
        "platform_is_pkp": 0,
        "transfer_cost_bp": 0,
        "card_cost_bp": 290,
        "delivery_cost_on_platform": 1,
        "accept_working_days": 2,
        "accept_grace_working_days": 1,
        "short_answer_hours": 24,
        "arrival_extra_working_days": 3,
        "pickup_reminder_days": 7,
        "pickup_end_days": 14,
        "ship_extra_working_days": 2,
        "complaint_working_days": 2,
        "complaint_answer_working_days": 3,
        "complaint_appeal_working_days": 2,
        "complaint_goods_working_days": 3,
        "complaint_silent_most": 250_000,
        "rounding_most": 999,
        "refund_second_person_from": 1_000_000,
        "payout_second_person_above": 5_000_000,
        "payout_account_rest_hours": 48,
        "transfer_second_person_from": 2_000_000,
        "ppn_rate_bp": 1_200,
        "ppn_base_numerator": 11,
        "ppn_base_denominator": 12,
        "pph22_bp": 0,
        # 0 warn, 1 hide, 2 block; the day is written 20261018.
        "label_minimum": 0,
        "halal_duty": 0,
        "halal_duty_day": 2026_10_18,
    }
)
"""By name, each in the unit its name ends with (bp = hundredths of a per cent)."""


FEE = "platform_fee_bp"
"""The platform's fee for everybody; behind a colon the narrower ones (``fees.rules``)."""
FOLLOWS = -1
"""A narrower fee that holds no more: the wider one does."""


class Policy(Base):
    """A figure that holds from a day on instead of its default."""

    __tablename__ = "policies"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    since: Mapped[date] = mapped_column(Date, primary_key=True)
    value: Mapped[int] = mapped_column(BigInteger)


_policies = table_of(Policy).c
SETTINGS = (
    select(
        func.aggregate_strings(
            cast(_policies.since, String)
            + " "
            + _policies.name
            + " "
            + cast(_policies.value, String),
            "\n",
        )
    )
    .where(_policies.since <= bindparam("on", type_=Date))
    .scalar_subquery()
)
"""What has begun on a day, as one text beside something else; :func:`parse_settings` reads it."""
_SETTINGS = select(SETTINGS)


def settings_on(session: Reader, on: date) -> dict[str, int]:
    """All settings on a day: the latest row that has begun, else the default."""
    return parse_settings(session.scalar(_SETTINGS, {"on": on}))


def parse_settings(text: str | None) -> dict[str, int]:
    """All settings from the text of ``SETTINGS``."""
    rows = sorted(line.split(" ") for line in (text or "").splitlines())
    known = {name: int(value) for _since, name, value in rows if name.partition(":")[0] in DEFAULTS}
    return {**DEFAULTS, **known}


def coming(session: Session, name: str, today: date) -> tuple[date, int] | None:
    """The next change of a figure after today, and its value; None if none is set."""
    row = session.execute(
        select(Policy.since, Policy.value)
        .where(Policy.name == name, Policy.since > today)
        .order_by(Policy.since)
        .limit(1)
    ).one_or_none()
    return (row[0], row[1]) if row else None


def minutes(figure: int) -> timedelta:
    """A figure in minutes as a length of time."""
    return timedelta(minutes=figure)
