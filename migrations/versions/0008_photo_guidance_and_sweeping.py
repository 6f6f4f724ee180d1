"""Photos say how they look, what they were cut from, and until when somebody wanted them.

Revision ID: 0008
Revises: 0007
Create Date: 2026-11-26 20:16:41.409805
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: None = None
depends_on: None = None

LIGHTS = ("hijau", "kuning", "merah")
TIPS = ("buram", "gelap", "silau", "pudar", "jauh", "miring", "kecil")
LONG_AGO = "2026-01-01 00:00:00.000000"
"""What stands in a shop already is named or has been forgotten for long."""

FILLED = (
    ("is_cut", sa.Boolean(), sa.false()),
    ("across", sa.Integer(), sa.text("500")),
    ("down", sa.Integer(), sa.text("500")),
    ("fingerprint", sa.String(length=64), sa.text("''")),
    ("kept_at", sa.DateTime(timezone=True), sa.text(f"'{LONG_AGO}'")),
)


def _state(name: str, values: tuple[str, ...]) -> sa.Column[str]:
    kind = sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)
    return sa.Column(name, kind, nullable=True)


def upgrade() -> None:
    with op.batch_alter_table("photos", schema=None) as batch_op:
        for name, kind, value in FILLED:
            batch_op.add_column(sa.Column(name, kind, nullable=False, server_default=value))
        batch_op.add_column(_state("light", LIGHTS))
        batch_op.add_column(_state("tip", TIPS))
        batch_op.add_column(sa.Column("leaving_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("photos", schema=None) as batch_op:
        for name, _kind, _value in FILLED:
            batch_op.alter_column(name, server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("photos", schema=None) as batch_op:
        for name in ("light", "tip"):
            batch_op.drop_constraint(op.f(f"ck_photos_{name}"), type_="check")
        for name in ("light", "tip", "leaving_at", *(one[0] for one in FILLED)):
            batch_op.drop_column(name)
