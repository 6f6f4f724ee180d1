"""When cooperatives open, drive and rest: hours, days and cut-offs that a date can be counted from.

Revision ID: 0009
Revises: 0008
Create Date: 2026-11-26 13:05:00.000000
"""

import re
from datetime import time

import sqlalchemy as sa
from alembic import op

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: None = None
depends_on: None = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DAYS = ("senin", "selasa", "rabu", "kamis", "jumat", "sabtu", "minggu")
HOURS = re.compile(r"(\w+)–(\w+) (\d\d)\.(\d\d)–(\d\d)\.(\d\d)")
USUAL = ("123456", time(8), time(16))
NOON = time(12)


def upgrade() -> None:
    op.create_table(
        "closings",
        sa.Column("id", ID, nullable=False),
        sa.Column("cooperative_id", ID, nullable=False),
        sa.Column("last_sending", sa.Date(), nullable=False),
        sa.Column("reopens", sa.Date(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=True),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("reopens > last_sending", name=op.f("ck_closings_reopens_later")),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f("fk_closings_cooperative_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closings")),
    )
    with op.batch_alter_table("closings", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_closings_cooperative_id"), ["cooperative_id"], unique=False
        )
    with op.batch_alter_table("cooperatives", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("weekend", sa.String(length=6), nullable=False, server_default="67")
        )
    with op.batch_alter_table("cooperatives", schema=None) as batch_op:
        batch_op.alter_column(
            "weekend",
            existing_type=sa.String(length=6),
            existing_nullable=False,
            server_default=None,
        )
    with op.batch_alter_table("rate_cards", schema=None) as batch_op:
        batch_op.add_column(sa.Column("free_from", sa.BigInteger(), nullable=True))
        batch_op.create_check_constraint(
            batch_op.f("ck_rate_cards_free_from_positive"), "free_from IS NULL OR free_from > 0"
        )
    with op.batch_alter_table("own_deliveries", schema=None) as batch_op:
        batch_op.add_column(sa.Column("cash_most", sa.BigInteger(), nullable=True))
        batch_op.create_check_constraint(
            batch_op.f("ck_own_deliveries_cash_most_positive"),
            "cash_most IS NULL OR cash_most > 0",
        )
    with op.batch_alter_table("pickup_places", schema=None) as batch_op:
        batch_op.add_column(sa.Column("weekdays", sa.String(length=7), nullable=True))
        for name in ("opens", "closes", "cut_off"):
            batch_op.add_column(sa.Column(name, sa.Time(), nullable=True))
    _read_hours()
    with op.batch_alter_table("pickup_places", schema=None) as batch_op:
        batch_op.alter_column("weekdays", existing_type=sa.String(length=7), nullable=False)
        for name in ("opens", "closes", "cut_off"):
            batch_op.alter_column(name, existing_type=sa.Time(), nullable=False)
        batch_op.create_check_constraint(
            batch_op.f("ck_pickup_places_opens_before_it_closes"), "opens < closes"
        )


def _read_hours() -> None:
    """What the hours say in words, in columns; usual hours where the words say something else."""
    places = sa.table(
        "pickup_places",
        sa.column("id"),
        sa.column("hours", sa.String),
        sa.column("weekdays", sa.String),
        sa.column("opens", sa.Time),
        sa.column("closes", sa.Time),
        sa.column("cut_off", sa.Time),
    )
    for place_id, hours in op.get_bind().execute(sa.select(places.c.id, places.c.hours)).all():
        weekdays, opens, closes = _read(hours)
        op.execute(
            places.update()
            .where(places.c.id == place_id)
            .values(weekdays=weekdays, opens=opens, closes=closes, cut_off=min(NOON, closes))
        )


def _read(hours: str) -> tuple[str, time, time]:
    found = HOURS.fullmatch(hours.casefold().replace("setiap hari", "senin–minggu"))
    if found is None or found[1] not in DAYS or found[2] not in DAYS:
        return USUAL
    first, last = DAYS.index(found[1]), DAYS.index(found[2])
    opens, closes = time(int(found[3]), int(found[4])), time(int(found[5]), int(found[6]))
    if first > last or opens >= closes:
        return USUAL
    return "".join(str(day + 1) for day in range(first, last + 1)), opens, closes


def downgrade() -> None:
    with op.batch_alter_table("pickup_places", schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("ck_pickup_places_opens_before_it_closes"), type_="check"
        )
        for name in ("cut_off", "closes", "opens", "weekdays"):
            batch_op.drop_column(name)
    with op.batch_alter_table("own_deliveries", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_own_deliveries_cash_most_positive"), type_="check")
        batch_op.drop_column("cash_most")
    with op.batch_alter_table("rate_cards", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_rate_cards_free_from_positive"), type_="check")
        batch_op.drop_column("free_from")
    with op.batch_alter_table("cooperatives", schema=None) as batch_op:
        batch_op.drop_column("weekend")
    with op.batch_alter_table("closings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_closings_cooperative_id"))
    op.drop_table("closings")
