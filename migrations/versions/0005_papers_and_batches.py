"""Papers can be refused with a reason, supplements have a register, and batches are kept.

Revision ID: 0005
Revises: 0004
Create Date: 2026-11-26 20:06:55.313699
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: None = None
depends_on: None = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
CLAIMS = ("claimed", "checked", "refused", "lapsed")
KINDS = ("pirt", "md", "ml", "na", "tr", "sd", "psat")
FAULTS = (
    "nomor-lain",
    "barang-lain",
    "nama-lain",
    "sudah-lewat",
    "tidak-terbaca",
    "tidak-ada",
)
SEALS = (
    "seal-panas",
    "segel-induksi",
    "tutup-segel",
    "zipper",
    "staples",
    "retort",
    "ikat",
    "tanpa",
)
TECHNIQUES = ("tulis", "cap", "kombinasi", "printing")


def _states(name: str, values: Sequence[str]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)


def upgrade() -> None:
    op.create_table(
        "batches",
        sa.Column("id", ID, nullable=False),
        sa.Column("variant_id", ID, nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("produced_on", sa.Date(), nullable=False),
        sa.Column("best_before", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "best_before >= produced_on", name=op.f("ck_batches_keeps_after_production")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batches")),
        sa.UniqueConstraint("variant_id", "code", name=op.f("uq_batches_variant_id_code")),
    )
    with op.batch_alter_table("batches", schema=None) as batch_op:
        batch_op.create_index("ix_batches_best_before", ["best_before", "id"], unique=False)
    for table in ("permits", "halal_states"):
        _know(table, "claim", CLAIMS)
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column("fault", _states("fault", FAULTS), nullable=True))
    _know("permits", "kind", KINDS)
    with op.batch_alter_table("pack_facts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("seal", _states("seal", SEALS), nullable=True))
        batch_op.add_column(sa.Column("directions", sa.String(length=300), nullable=True))
        batch_op.add_column(sa.Column("care", sa.String(length=300), nullable=True))
        batch_op.add_column(sa.Column("technique", _states("technique", TECHNIQUES), nullable=True))
        batch_op.add_column(sa.Column("origin_member", sa.String(length=40), nullable=True))
    # Cosmetics carry their letters in the number now: NA and NB are parts of one register.
    op.execute(
        "UPDATE permits SET number = 'NA' || number WHERE kind = 'na' AND number NOT LIKE 'N%'"
    )
    op.execute("UPDATE product_cards SET permit_checked = 'BPOM' WHERE permit_checked = 'BPOM NA'")


def downgrade() -> None:
    op.execute("UPDATE product_cards SET permit_checked = 'BPOM NA' WHERE permit_checked = 'BPOM'")
    op.execute(
        "UPDATE permits SET number = substr(number, 3) WHERE kind = 'na' AND number LIKE 'N%'"
    )
    with op.batch_alter_table("pack_facts", schema=None) as batch_op:
        for check in ("technique", "seal"):
            batch_op.drop_constraint(batch_op.f(f"ck_pack_facts_{check}"), type_="check")
        for column in ("origin_member", "technique", "care", "directions", "seal"):
            batch_op.drop_column(column)
    # What the older tables cannot say becomes what it was before somebody looked.
    op.execute("DELETE FROM permits WHERE kind = 'sd'")
    _know("permits", "kind", tuple(kind for kind in KINDS if kind != "sd"))
    for table in ("permits", "halal_states"):
        op.execute(f"UPDATE {table} SET claim = 'claimed' WHERE claim = 'refused'")
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_constraint(batch_op.f(f"ck_{table}_fault"), type_="check")
            batch_op.drop_column("fault")
        _know(table, "claim", tuple(claim for claim in CLAIMS if claim != "refused"))
    with op.batch_alter_table("batches", schema=None) as batch_op:
        batch_op.drop_index("ix_batches_best_before")
    op.drop_table("batches")


def _know(table: str, column: str, values: Sequence[str]) -> None:
    """Let a column of named states know these values and no other."""
    with op.batch_alter_table(table, schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f(f"ck_{table}_{column}"), type_="check")
    names = ", ".join(f"'{value}'" for value in values)
    with op.batch_alter_table(table, schema=None) as batch_op:
        batch_op.create_check_constraint(
            batch_op.f(f"ck_{table}_{column}"), f"{column} IN ({names})"
        )
