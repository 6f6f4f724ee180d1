"""The tables of the first sale.

Revision ID: 0001
Revises:
Create Date: 2026-11-24 00:03:32.431753
"""

import sqlalchemy as sa
from alembic import op

from migrations import search_index_until_0032 as search_ddl
from shop.core.database.append_only_triggers import APPEND_ONLY, append_only, ledger_guards

revision: str = "0001"
down_revision: str | None = None
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    op.create_table(
        "audit_origins",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("address", sa.String(length=45), nullable=True),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_origins")),
    )
    with op.batch_alter_table("audit_origins", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_origins_address"), ["address"], unique=False)

    op.create_table(
        "categories",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("path", sa.String(length=120), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("parent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["categories.id"], name=op.f("fk_categories_parent_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_categories")),
        sa.UniqueConstraint("path", name=op.f("uq_categories_path")),
    )
    op.create_table(
        "contacts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts")),
    )
    with op.batch_alter_table("contacts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contacts_phone"), ["phone"], unique=False)

    op.create_table(
        "cooperatives",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=3), nullable=False),
        sa.Column("slug", sa.String(length=120), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("short_name", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("registry_number", sa.String(length=16), nullable=True),
        sa.Column("legal_number", sa.String(length=60), nullable=True),
        sa.Column("founded_on", sa.Date(), nullable=True),
        sa.Column("village_code", sa.String(length=13), nullable=False),
        sa.Column("province", sa.String(length=60), nullable=False),
        sa.Column("regency", sa.String(length=60), nullable=False),
        sa.Column("district", sa.String(length=60), nullable=False),
        sa.Column("village", sa.String(length=60), nullable=False),
        sa.Column("postcode", sa.String(length=5), nullable=False),
        sa.Column("street", sa.String(length=200), nullable=False),
        sa.Column("zone", sa.String(length=40), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("reported_members", sa.Integer(), nullable=False),
        sa.Column("principal_saving", sa.BigInteger(), nullable=False),
        sa.Column("mandatory_saving", sa.BigInteger(), nullable=False),
        sa.Column("contribution_bp", sa.Integer(), nullable=False),
        sa.Column("is_pkp", sa.Boolean(), nullable=False),
        sa.Column("dye", sa.String(length=12), nullable=False),
        sa.Column("motif", sa.String(length=12), nullable=False),
        sa.Column("story", sa.Text(), nullable=False),
        sa.Column("description_en", sa.Text(), nullable=False),
        sa.Column("suspended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cooperatives")),
        sa.UniqueConstraint("code", name=op.f("uq_cooperatives_code")),
        sa.UniqueConstraint("slug", name=op.f("uq_cooperatives_slug")),
    )
    op.create_table(
        "courier_services",
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("courier", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("divisor", sa.Integer(), nullable=False),
        sa.Column("tolerance_grams", sa.Integer(), nullable=False),
        sa.Column("least_grams", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_courier_services")),
    )
    op.create_table(
        "gateway_events",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("event_ref", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=80), nullable=False),
        sa.Column("object_ref", sa.String(length=120), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gateway_events")),
        sa.UniqueConstraint("event_ref", name=op.f("uq_gateway_events_event_ref")),
    )
    with op.batch_alter_table("gateway_events", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_gateway_events_object_ref"), ["object_ref"], unique=False
        )

    op.create_table(
        "ledger_entries",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reason", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("actor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entries")),
        sa.UniqueConstraint("reason", name=op.f("uq_ledger_entries_reason")),
    )
    op.create_table(
        "notices",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column(
            "contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "cooperative_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "purchase_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "sent",
                "by_hand",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "sent_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint("key", name=op.f("uq_notices_key")),
    )
    with op.batch_alter_table("notices", schema=None) as batch_op:
        batch_op.create_index("ix_notices_by_hand", ["cooperative_id", "state", "id"], unique=False)

    op.create_table(
        "outbox_jobs",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "done",
                "dead",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("run_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("fault", sa.String(length=200), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_jobs")),
        sa.UniqueConstraint("key", name=op.f("uq_outbox_jobs_key")),
    )
    with op.batch_alter_table("outbox_jobs", schema=None) as batch_op:
        batch_op.create_index(
            "ix_outbox_jobs_due",
            ["run_at"],
            unique=False,
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        )

    op.create_table(
        "outbox_workers",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_outbox_workers")),
    )
    op.create_table(
        "pack_facts",
        sa.Column(
            "product_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("net_content", sa.Integer(), nullable=True),
        sa.Column("net_unit", sa.String(length=12), nullable=True),
        sa.Column("pack_type", sa.String(length=120), nullable=True),
        sa.Column("pack_material", sa.String(length=80), nullable=True),
        sa.Column("carton_packs", sa.Integer(), nullable=True),
        sa.Column("carton_grams", sa.Integer(), nullable=True),
        sa.Column("is_fragile", sa.Boolean(), nullable=False),
        sa.Column(
            "send_limit",
            sa.Enum(
                "dingin",
                "lokal-beku",
                "lokal-hari-sama",
                "darat-laut",
                name="send_limit",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("is_food", sa.Boolean(), nullable=False),
        sa.Column("shelf_life_days", sa.Integer(), nullable=True),
        sa.Column("storage", sa.String(length=120), nullable=True),
        sa.Column("ingredients", sa.Text(), nullable=True),
        sa.Column("allergens", sa.String(length=200), nullable=True),
        sa.Column("after_opening", sa.String(length=160), nullable=True),
        sa.Column("batch_code", sa.String(length=40), nullable=True),
        sa.Column("packed_on", sa.Date(), nullable=True),
        sa.Column("best_before", sa.String(length=10), nullable=True),
        sa.CheckConstraint("net_content > 0", name=op.f("ck_pack_facts_net_content_positive")),
        sa.CheckConstraint("shelf_life_days > 0", name=op.f("ck_pack_facts_shelf_life_positive")),
        sa.PrimaryKeyConstraint("product_id", name=op.f("pk_pack_facts")),
    )
    op.create_table(
        "photos",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("side", sa.Integer(), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.CheckConstraint("side > 0 AND bytes > 0", name=op.f("ck_photos_has_size")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photos")),
        sa.UniqueConstraint("key", name=op.f("uq_photos_key")),
    )
    op.create_table(
        "policies",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", "since", name=op.f("pk_policies")),
    )
    op.create_table(
        "rate_counters",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_rate_counters")),
    )
    with op.batch_alter_table("rate_counters", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rate_counters_ends_at"), ["ends_at"], unique=False)

    op.create_table(
        "receipt_texts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt_texts")),
    )
    op.create_table(
        "region_editions",
        sa.Column("edition", sa.String(length=60), nullable=False),
        sa.Column("regions", sa.Integer(), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("edition", name=op.f("pk_region_editions")),
    )
    op.create_table(
        "regions",
        sa.Column("code", sa.String(length=13), nullable=False),
        sa.Column("parent_code", sa.String(length=8), nullable=True),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column(
            "folded",
            sa.String(length=80).with_variant(sa.String(length=80, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("postcode", sa.String(length=5), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_regions")),
    )
    with op.batch_alter_table("regions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_regions_folded"), ["folded"], unique=False)
        batch_op.create_index("ix_regions_parent", ["parent_code", "name"], unique=False)
        batch_op.create_index(batch_op.f("ix_regions_postcode"), ["postcode"], unique=False)

    op.create_table(
        "registrations",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registrations")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_registrations_secret_hash")),
    )
    with op.batch_alter_table("registrations", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_registrations_expires_at"), ["expires_at"], unique=False
        )

    op.create_table(
        "synonyms",
        sa.Column("term", sa.String(length=60), nullable=False),
        sa.Column("group", sa.String(length=60), nullable=False),
        sa.Column("spelling", sa.String(length=60), nullable=False),
        sa.PrimaryKeyConstraint("term", "group", name=op.f("pk_synonyms")),
    )
    op.create_table(
        "addresses",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("street", sa.String(length=300), nullable=False),
        sa.Column("village_code", sa.String(length=13), nullable=False),
        sa.Column("village", sa.String(length=80), nullable=False),
        sa.Column("district", sa.String(length=80), nullable=False),
        sa.Column("regency", sa.String(length=80), nullable=False),
        sa.Column("province", sa.String(length=80), nullable=False),
        sa.Column("postcode", sa.String(length=5), nullable=False),
        sa.Column("courier_note", sa.String(length=200), nullable=True),
        sa.Column("saved", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_addresses_contact_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_addresses")),
    )
    with op.batch_alter_table("addresses", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_addresses_contact_id"), ["contact_id"], unique=False)

    op.create_table(
        "audit_events",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "cooperative_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("after", sa.JSON(), nullable=True),
        sa.Column("origin_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(
            ["origin_id"], ["audit_origins.id"], name=op.f("fk_audit_events_origin_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_events")),
    )
    with op.batch_alter_table("audit_events", schema=None) as batch_op:
        batch_op.create_index("ix_audit_events_cooperative", ["cooperative_id", "id"], unique=False)

    op.create_table(
        "book_years",
        sa.Column(
            "cooperative_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("surplus", sa.BigInteger(), nullable=False),
        sa.Column("from_members_bp", sa.Integer(), nullable=False),
        sa.Column("reserve_bp", sa.Integer(), nullable=False),
        sa.Column("trade_bp", sa.Integer(), nullable=False),
        sa.Column("capital_bp", sa.Integer(), nullable=False),
        sa.Column("officers_bp", sa.Integer(), nullable=False),
        sa.Column("staff_bp", sa.Integer(), nullable=False),
        sa.Column("education_bp", sa.Integer(), nullable=False),
        sa.Column("social_bp", sa.Integer(), nullable=False),
        sa.Column("meeting_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f("fk_book_years_cooperative_id")
        ),
        sa.PrimaryKeyConstraint("cooperative_id", "year", name=op.f("pk_book_years")),
    )
    op.create_table(
        "order_counters",
        sa.Column(
            "cooperative_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f("fk_order_counters_cooperative_id")
        ),
        sa.PrimaryKeyConstraint("cooperative_id", "year", name=op.f("pk_order_counters")),
    )
    op.create_table(
        "own_deliveries",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "cooperative_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("fee", sa.BigInteger(), nullable=False),
        sa.Column("free_from", sa.BigInteger(), nullable=True),
        sa.Column("weekdays", sa.String(length=7), nullable=False),
        sa.Column("cut_off", sa.Time(), nullable=False),
        sa.Column("days_least", sa.Integer(), nullable=False),
        sa.Column("days_most", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "days_least >= 0 AND days_most >= days_least",
            name=op.f("ck_own_deliveries_days_in_order"),
        ),
        sa.CheckConstraint("fee >= 0", name=op.f("ck_own_deliveries_fee_not_negative")),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f("fk_own_deliveries_cooperative_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_own_deliveries")),
    )
    with op.batch_alter_table("own_deliveries", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_own_deliveries_cooperative_id"), ["cooperative_id"], unique=False
        )

    op.create_table(
        "payees",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "cooperative_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column(
            "kind",
            sa.Enum(
                "bank",
                "qris",
                "gateway",
                "cash",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("provider", sa.String(length=60), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.Column("holder", sa.String(length=120), nullable=True),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f("fk_payees_cooperative_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payees")),
    )
    with op.batch_alter_table("payees", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_payees_cooperative_id"), ["cooperative_id"], unique=False
        )

    op.create_table(
        "people",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("email_login", sa.String(length=254), nullable=True),
        sa.Column("phone_login", sa.String(length=20), nullable=True),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("blocked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_people_contact_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("email_login", name=op.f("uq_people_email_login")),
        sa.UniqueConstraint("phone_login", name=op.f("uq_people_phone_login")),
    )
    op.create_table(
        "photo_renditions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("photo_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "format",
            sa.Enum(
                "avif",
                "webp",
                "jpg",
                name="format",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "width > 0 AND height > 0 AND bytes > 0", name=op.f("ck_photo_renditions_has_size")
        ),
        sa.ForeignKeyConstraint(
            ["photo_id"],
            ["photos.id"],
            name=op.f("fk_photo_renditions_photo_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photo_renditions")),
        sa.UniqueConstraint(
            "photo_id", "format", "width", name=op.f("uq_photo_renditions_photo_id_format_width")
        ),
    )
    op.create_table(
        "pickup_places",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "cooperative_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("address", sa.String(length=140), nullable=False),
        sa.Column("hours", sa.String(length=70), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f("fk_pickup_places_cooperative_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pickup_places")),
    )
    with op.batch_alter_table("pickup_places", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_pickup_places_cooperative_id"), ["cooperative_id"], unique=False
        )

    op.create_table(
        "rate_cards",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "cooperative_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("service_code", sa.String(length=20), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=True),
        sa.Column("divisor", sa.Integer(), nullable=False),
        sa.Column("tolerance_grams", sa.Integer(), nullable=False),
        sa.Column("least_grams", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "divisor > 0 AND least_grams > 0", name=op.f("ck_rate_cards_weights_positive")
        ),
        sa.CheckConstraint(
            "ends IS NULL OR ends > since", name=op.f("ck_rate_cards_ends_after_start")
        ),
        sa.CheckConstraint("least_grams % 1000 = 0", name=op.f("ck_rate_cards_least_whole_kg")),
        sa.CheckConstraint(
            "tolerance_grams BETWEEN 0 AND 999", name=op.f("ck_rate_cards_tolerance_below_kg")
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f("fk_rate_cards_cooperative_id")
        ),
        sa.ForeignKeyConstraint(
            ["service_code"], ["courier_services.code"], name=op.f("fk_rate_cards_service_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rate_cards")),
    )
    with op.batch_alter_table("rate_cards", schema=None) as batch_op:
        batch_op.create_index(
            "uq_rate_cards_open",
            ["cooperative_id", "service_code"],
            unique=True,
            sqlite_where=sa.text("ends IS NULL"),
            postgresql_where=sa.text("ends IS NULL"),
        )
        batch_op.create_index(
            "uq_rate_cards_since", ["cooperative_id", "service_code", "since"], unique=True
        )

    op.create_table(
        "refund_destinations",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("provider", sa.String(length=60), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("holder", sa.String(length=120), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_refund_destinations_contact_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund_destinations")),
    )
    op.create_table(
        "stock_items",
        sa.Column(
            "variant_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column(
            "cooperative_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("on_hand", sa.Integer(), nullable=False),
        sa.Column("reserved", sa.Integer(), nullable=False),
        sa.Column("low_at", sa.Integer(), nullable=False),
        sa.CheckConstraint("on_hand >= 0", name=op.f("ck_stock_items_on_hand_not_negative")),
        sa.CheckConstraint(
            "reserved >= 0 AND reserved <= on_hand", name=op.f("ck_stock_items_reserved_on_shelf")
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f("fk_stock_items_cooperative_id")
        ),
        sa.PrimaryKeyConstraint("variant_id", name=op.f("pk_stock_items")),
    )
    with op.batch_alter_table("stock_items", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_stock_items_cooperative_id"), ["cooperative_id"], unique=False
        )

    op.create_table(
        "carts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=True),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("checkout_token", sa.String(length=22), nullable=False),
        sa.Column("draft", sa.JSON(), nullable=False),
        sa.Column("packs", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("touched_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_carts_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carts")),
        sa.UniqueConstraint("checkout_token", name=op.f("uq_carts_checkout_token")),
        sa.UniqueConstraint("person_id", name=op.f("uq_carts_person_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_carts_token_hash")),
    )
    op.create_table(
        "halal_states",
        sa.Column(
            "product_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "bersertifikat",
                "proses",
                "tidak_halal",
                "tidak_wajib",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.Column(
            "claim",
            sa.Enum(
                "claimed",
                "checked",
                "lapsed",
                name="claim",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "checked_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["checked_by_id"], ["people.id"], name=op.f("fk_halal_states_checked_by_id")
        ),
        sa.PrimaryKeyConstraint("product_id", name=op.f("pk_halal_states")),
    )
    op.create_table(
        "members",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "cooperative_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("number", sa.String(length=12), nullable=False),
        sa.Column(
            "contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("business_name", sa.String(length=120), nullable=True),
        sa.Column("gender", sa.String(length=1), nullable=True),
        sa.Column("village_code", sa.String(length=13), nullable=True),
        sa.Column("district", sa.String(length=60), nullable=True),
        sa.Column("village", sa.String(length=60), nullable=True),
        sa.Column("postcode", sa.String(length=5), nullable=True),
        sa.Column("joined_on", sa.Date(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("scale", sa.String(length=12), nullable=True),
        sa.Column("turnover", sa.BigInteger(), nullable=True),
        sa.Column("sold_through", sa.BigInteger(), nullable=True),
        sa.Column("bought_from", sa.BigInteger(), nullable=True),
        sa.Column("principal_paid", sa.BigInteger(), nullable=True),
        sa.Column("mandatory_balance", sa.BigInteger(), nullable=True),
        sa.Column("voluntary_balance", sa.BigInteger(), nullable=True),
        sa.Column("figures_year", sa.Integer(), nullable=True),
        sa.Column("payout_way", sa.String(length=20), nullable=True),
        sa.Column("device", sa.String(length=20), nullable=True),
        sa.Column("has_nib", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_members_contact_id")
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f("fk_members_cooperative_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_members_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_members")),
        sa.UniqueConstraint("code", name=op.f("uq_members_code")),
    )
    with op.batch_alter_table("members", schema=None) as batch_op:
        batch_op.create_index("ix_members_person", ["person_id"], unique=False)
        batch_op.create_index("uq_members_number", ["cooperative_id", "number"], unique=True)

    op.create_table(
        "operator_seats",
        sa.Column(
            "person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "right",
            sa.Enum(
                "operate",
                "confirm_money",
                name="right",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_operator_seats_person_id")
        ),
        sa.PrimaryKeyConstraint("person_id", "right", name=op.f("pk_operator_seats")),
    )
    op.create_table(
        "own_delivery_areas",
        sa.Column(
            "own_delivery_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("area_code", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(
            ["own_delivery_id"],
            ["own_deliveries.id"],
            name=op.f("fk_own_delivery_areas_own_delivery_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("own_delivery_id", "area_code", name=op.f("pk_own_delivery_areas")),
    )
    op.create_table(
        "permits",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "product_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "kind",
            sa.Enum(
                "pirt",
                "md",
                "ml",
                "na",
                "tr",
                "psat",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column(
            "claim",
            sa.Enum(
                "claimed",
                "checked",
                "lapsed",
                name="claim",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "checked_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["checked_by_id"], ["people.id"], name=op.f("fk_permits_checked_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_permits")),
    )
    with op.batch_alter_table("permits", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_permits_product_id"), ["product_id"], unique=False)

    op.create_table(
        "purchases",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=22), nullable=False),
        sa.Column("checkout_token", sa.String(length=22), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "address_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("viewer_hash", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("goods_total", sa.BigInteger(), nullable=False),
        sa.Column("delivery_total", sa.BigInteger(), nullable=False),
        sa.Column("discount_total", sa.BigInteger(), nullable=False),
        sa.Column("orders_total", sa.BigInteger(), nullable=False),
        sa.Column("hold_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "orders_total = goods_total + delivery_total - discount_total",
            name=op.f("ck_purchases_total_adds_up"),
        ),
        sa.ForeignKeyConstraint(
            ["address_id"], ["addresses.id"], name=op.f("fk_purchases_address_id")
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_purchases_contact_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_purchases_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchases")),
        sa.UniqueConstraint("checkout_token", name=op.f("uq_purchases_checkout_token")),
        sa.UniqueConstraint("code", name=op.f("uq_purchases_code")),
    )
    with op.batch_alter_table("purchases", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_purchases_contact_id"), ["contact_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_purchases_hold_until"), ["hold_until"], unique=False)
        batch_op.create_index(batch_op.f("ix_purchases_person_id"), ["person_id"], unique=False)

    op.create_table(
        "rates",
        sa.Column("card_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("area_code", sa.String(length=8), nullable=False),
        sa.Column("price_per_kg", sa.BigInteger(), nullable=False),
        sa.Column("days_least", sa.Integer(), nullable=False),
        sa.Column("days_most", sa.Integer(), nullable=False),
        sa.Column("by_air", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "days_least >= 0 AND days_most >= days_least", name=op.f("ck_rates_days_in_order")
        ),
        sa.CheckConstraint("price_per_kg >= 0", name=op.f("ck_rates_price_not_negative")),
        sa.ForeignKeyConstraint(
            ["card_id"], ["rate_cards.id"], name=op.f("fk_rates_card_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("card_id", "area_code", name=op.f("pk_rates")),
    )
    op.create_table(
        "receipts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("payee_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("source_key", sa.String(length=100), nullable=False),
        sa.Column("text_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "recorded_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_receipts_amount_positive")),
        sa.ForeignKeyConstraint(["payee_id"], ["payees.id"], name=op.f("fk_receipts_payee_id")),
        sa.ForeignKeyConstraint(
            ["text_id"], ["receipt_texts.id"], name=op.f("fk_receipts_text_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipts")),
        sa.UniqueConstraint("source_key", name=op.f("uq_receipts_source_key")),
    )
    with op.batch_alter_table("receipts", schema=None) as batch_op:
        batch_op.create_index(
            "ix_receipts_payee", ["payee_id", "received_on", "amount"], unique=False
        )

    op.create_table(
        "recovery_tokens",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "kind",
            sa.Enum(
                "link", "desk", name="kind", native_enum=False, create_constraint=True, length=24
            ),
            nullable=False,
        ),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column(
            "issued_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["issued_by_id"], ["people.id"], name=op.f("fk_recovery_tokens_issued_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_recovery_tokens_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_tokens")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_recovery_tokens_secret_hash")),
    )
    with op.batch_alter_table("recovery_tokens", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_recovery_tokens_expires_at"), ["expires_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_recovery_tokens_person_id"), ["person_id"], unique=False
        )

    op.create_table(
        "seats",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "cooperative_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "role",
            sa.Enum(
                "ketua",
                "bendahara",
                "manajer",
                "pengemas",
                "pengawas",
                "anggota",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f("fk_seats_cooperative_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_seats_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seats")),
    )
    with op.batch_alter_table("seats", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_seats_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            "uq_seats_active",
            ["cooperative_id", "person_id", "role"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "sessions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column(
            "person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_sessions_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sessions_token_hash")),
    )
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sessions_person_id"), ["person_id"], unique=False)

    op.create_table(
        "stock_holds",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "variant_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("packs", sa.Integer(), nullable=False),
        sa.Column("holder", sa.String(length=40), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "held",
                "used",
                "released",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.CheckConstraint("packs > 0", name=op.f("ck_stock_holds_packs_positive")),
        sa.ForeignKeyConstraint(
            ["variant_id"], ["stock_items.variant_id"], name=op.f("fk_stock_holds_variant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_holds")),
    )
    with op.batch_alter_table("stock_holds", schema=None) as batch_op:
        batch_op.create_index("uq_stock_holds_holder", ["holder", "variant_id"], unique=True)

    op.create_table(
        "stock_movements",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "variant_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("change", sa.Integer(), nullable=False),
        sa.Column("on_hand_after", sa.Integer(), nullable=False),
        sa.Column(
            "reason",
            sa.Enum(
                "opening",
                "sold",
                "returned",
                "produced",
                "counted",
                "damaged",
                "lost",
                "sample",
                "short",
                name="reason",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("reference", sa.String(length=40), nullable=True),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["variant_id"], ["stock_items.variant_id"], name=op.f("fk_stock_movements_variant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_movements")),
    )
    with op.batch_alter_table("stock_movements", schema=None) as batch_op:
        batch_op.create_index("ix_stock_movements_variant", ["variant_id", "id"], unique=False)

    op.create_table(
        "ledger_accounts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "bank",
                "gateway",
                "cash_drawer",
                "escrow",
                "cooperative_due",
                "member_due",
                "fee_income",
                "tax_due",
                "payment_cost",
                "unique_code",
                "rounding",
                "shipping_difference",
                "unrecognised",
                "refund_due",
                "dispute",
                "voucher_cost",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "cooperative_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f("fk_ledger_accounts_cooperative_id")
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_ledger_accounts_member_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_accounts")),
        sa.UniqueConstraint("code", name=op.f("uq_ledger_accounts_code")),
    )
    with op.batch_alter_table("ledger_accounts", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_ledger_accounts_cooperative_id"), ["cooperative_id"], unique=False
        )

    op.create_table(
        "orders",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column(
            "purchase_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "cooperative_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "unpaid",
                "new",
                "accepted",
                "ready",
                "on_the_way",
                "arrived",
                "done",
                "lapsed",
                "refused",
                "cancelled",
                "undelivered",
                "returned",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("needs", sa.String(length=40), nullable=True),
        sa.Column(
            "delivery_kind",
            sa.Enum(
                "pickup",
                "own",
                "courier",
                name="delivery_kind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("delivery_name", sa.String(length=80), nullable=False),
        sa.Column("rate_code", sa.String(length=40), nullable=True),
        sa.Column("scale_grams", sa.Integer(), nullable=False),
        sa.Column("billable_grams", sa.Integer(), nullable=False),
        sa.Column("days_least", sa.Integer(), nullable=True),
        sa.Column("days_most", sa.Integer(), nullable=True),
        sa.Column("pickup_place", sa.String(length=300), nullable=True),
        sa.Column("pickup_code", sa.String(length=6), nullable=True),
        sa.Column("goods_total", sa.BigInteger(), nullable=False),
        sa.Column("delivery_fee", sa.BigInteger(), nullable=False),
        sa.Column("discount_total", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("delivery_paid", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accept_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ship_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handed_over_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("delivery_fee >= 0", name=op.f("ck_orders_delivery_fee_not_negative")),
        sa.CheckConstraint(
            "total = goods_total + delivery_fee - discount_total",
            name=op.f("ck_orders_total_adds_up"),
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f("fk_orders_cooperative_id")
        ),
        sa.ForeignKeyConstraint(
            ["purchase_id"], ["purchases.id"], name=op.f("fk_orders_purchase_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
        sa.UniqueConstraint("number", name=op.f("uq_orders_number")),
    )
    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.create_index("ix_orders_board", ["cooperative_id", "state", "id"], unique=False)
        batch_op.create_index("uq_orders_part", ["purchase_id", "cooperative_id"], unique=True)

    op.create_table(
        "payments",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=22), nullable=False),
        sa.Column(
            "purchase_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("payee_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "method",
            sa.Enum(
                "transfer",
                "card",
                "qris",
                "cod",
                "at_pickup",
                name="method",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "paid",
                "lapsed",
                "cancelled",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("orders_total", sa.BigInteger(), nullable=False),
        sa.Column("unique_code", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("code_held", sa.Boolean(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "amount = orders_total + unique_code", name=op.f("ck_payments_amount_adds_up")
        ),
        sa.CheckConstraint("orders_total >= 0", name=op.f("ck_payments_orders_total_not_negative")),
        sa.CheckConstraint(
            "unique_code BETWEEN 0 AND 999", name=op.f("ck_payments_unique_code_range")
        ),
        sa.ForeignKeyConstraint(["payee_id"], ["payees.id"], name=op.f("fk_payments_payee_id")),
        sa.ForeignKeyConstraint(
            ["purchase_id"], ["purchases.id"], name=op.f("fk_payments_purchase_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments")),
        sa.UniqueConstraint("code", name=op.f("uq_payments_code")),
    )
    with op.batch_alter_table("payments", schema=None) as batch_op:
        batch_op.create_index("ix_payments_purchase", ["purchase_id"], unique=False)
        batch_op.create_index("ix_payments_waiting", ["payee_id", "state", "id"], unique=False)
        batch_op.create_index(
            "uq_payments_held_amount",
            ["payee_id", "amount"],
            unique=True,
            sqlite_where=sa.text("code_held"),
            postgresql_where=sa.text("code_held"),
        )

    op.create_table(
        "products",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "cooperative_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "category_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("sku", sa.String(length=40), nullable=False),
        sa.Column("slug", sa.String(length=120), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("name_en", sa.String(length=160), nullable=True),
        sa.Column("story", sa.Text(), nullable=False),
        sa.Column("description_en", sa.Text(), nullable=False),
        sa.Column("choice_name", sa.String(length=40), nullable=True),
        sa.Column("least_packs", sa.Integer(), nullable=False),
        sa.Column("days_to_make", sa.Integer(), nullable=False),
        sa.Column("is_one_piece", sa.Boolean(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "published",
                "hidden",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("popularity", sa.Integer(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["category_id"], ["categories.id"], name=op.f("fk_products_category_id")
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f("fk_products_cooperative_id")
        ),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_products_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_products")),
        sa.UniqueConstraint("sku", name=op.f("uq_products_sku")),
        sa.UniqueConstraint("slug", name=op.f("uq_products_slug")),
    )
    with op.batch_alter_table("products", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_products_category_id"), ["category_id"], unique=False)
        batch_op.create_index("ix_products_cooperative", ["cooperative_id", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_products_member_id"), ["member_id"], unique=False)

    op.create_table(
        "receipt_voids",
        sa.Column(
            "receipt_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["receipt_id"], ["receipts.id"], name=op.f("fk_receipt_voids_receipt_id")
        ),
        sa.PrimaryKeyConstraint("receipt_id", name=op.f("pk_receipt_voids")),
    )
    op.create_table(
        "ledger_postings",
        sa.Column("entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_ledger_postings_amount_not_zero")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["ledger_accounts.id"], name=op.f("fk_ledger_postings_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["ledger_entries.id"], name=op.f("fk_ledger_postings_entry_id")
        ),
        sa.PrimaryKeyConstraint("entry_id", "position", name=op.f("pk_ledger_postings")),
    )
    with op.batch_alter_table("ledger_postings", schema=None) as batch_op:
        batch_op.create_index(
            "ix_ledger_postings_account", ["account_id", "entry_id"], unique=False
        )
        batch_op.create_index("ix_ledger_postings_order", ["order_id"], unique=False)

    op.create_table(
        "order_events",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "actor",
            sa.Enum(
                "shopper",
                "cooperative",
                "operator",
                "shop",
                name="actor",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "from_state",
            sa.Enum(
                "unpaid",
                "new",
                "accepted",
                "ready",
                "on_the_way",
                "arrived",
                "done",
                "lapsed",
                "refused",
                "cancelled",
                "undelivered",
                "returned",
                name="from_state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column(
            "to_state",
            sa.Enum(
                "unpaid",
                "new",
                "accepted",
                "ready",
                "on_the_way",
                "arrived",
                "done",
                "lapsed",
                "refused",
                "cancelled",
                "undelivered",
                "returned",
                name="to_state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_events_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_events")),
    )
    with op.batch_alter_table("order_events", schema=None) as batch_op:
        batch_op.create_index("ix_order_events_order", ["order_id", "id"], unique=False)

    op.create_table(
        "parcels",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("courier", sa.String(length=80), nullable=True),
        sa.Column("tracking_number", sa.String(length=40), nullable=True),
        sa.Column("receiver_name", sa.String(length=120), nullable=True),
        sa.Column("packed_grams", sa.Integer(), nullable=True),
        sa.Column("handed_over_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("promised_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_parcels_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parcels")),
    )
    with op.batch_alter_table("parcels", schema=None) as batch_op:
        batch_op.create_index("ix_parcels_order", ["order_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_parcels_tracking_number"), ["tracking_number"], unique=False
        )

    op.create_table(
        "payment_attempts",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column(
            "payment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "state",
            sa.Enum(
                "started",
                "open",
                "paid",
                "expired",
                "failed",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("session_ref", sa.String(length=120), nullable=True),
        sa.Column("page_url", sa.String(length=600), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payments.id"], name=op.f("fk_payment_attempts_payment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_attempts")),
        sa.UniqueConstraint("session_ref", name=op.f("uq_payment_attempts_session_ref")),
    )
    with op.batch_alter_table("payment_attempts", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_payment_attempts_payment_id"), ["payment_id"], unique=False
        )

    op.create_table(
        "payment_orders",
        sa.Column(
            "payment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_payment_orders_order_id")
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payments.id"], name=op.f("fk_payment_orders_payment_id")
        ),
        sa.PrimaryKeyConstraint("payment_id", "order_id", name=op.f("pk_payment_orders")),
    )
    with op.batch_alter_table("payment_orders", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_payment_orders_order_id"), ["order_id"], unique=False)

    op.create_table(
        "product_cards",
        sa.Column(
            "product_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("slug", sa.String(length=120), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column(
            "cooperative_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("cooperative_slug", sa.String(length=120), nullable=False),
        sa.Column("cooperative", sa.String(length=80), nullable=False),
        sa.Column("place", sa.String(length=60), nullable=False),
        sa.Column("province", sa.String(length=60), nullable=False),
        sa.Column("dye", sa.String(length=12), nullable=False),
        sa.Column("motif", sa.String(length=12), nullable=False),
        sa.Column("category_path", sa.String(length=120), nullable=False),
        sa.Column("category_top", sa.String(length=60), nullable=False),
        sa.Column("category_name", sa.String(length=80), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("has_prices", sa.Boolean(), nullable=False),
        sa.Column("variant_id", sa.BigInteger(), nullable=True),
        sa.Column("pictures", sa.Text(), nullable=False),
        sa.Column("net", sa.String(length=40), nullable=False),
        sa.Column("shelf_life_days", sa.Integer(), nullable=True),
        sa.Column("size", sa.String(length=40), nullable=False),
        sa.Column("storage", sa.String(length=40), nullable=False),
        sa.Column("is_room_temperature", sa.Boolean(), nullable=False),
        sa.Column("halal_checked", sa.Boolean(), nullable=False),
        sa.Column("permit_checked", sa.String(length=20), nullable=False),
        sa.Column("has_pork", sa.Boolean(), nullable=False),
        sa.Column("days_to_make", sa.Integer(), nullable=False),
        sa.Column("popularity", sa.Integer(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f("fk_product_cards_cooperative_id")
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_product_cards_product_id")
        ),
        sa.PrimaryKeyConstraint("product_id", name=op.f("pk_product_cards")),
    )
    with op.batch_alter_table("product_cards", schema=None) as batch_op:
        batch_op.create_index(
            "ix_product_cards_category", ["category_path", "popularity"], unique=False
        )
        batch_op.create_index(
            "ix_product_cards_cooperative", ["cooperative_id", "popularity"], unique=False
        )
        batch_op.create_index(
            "ix_product_cards_popularity", ["popularity", "turn", "product_id"], unique=False
        )
        batch_op.create_index("ix_product_cards_price", ["price", "product_id"], unique=False)
        batch_op.create_index(
            "ix_product_cards_published", ["published_at", "product_id"], unique=False
        )

    op.create_table(
        "product_photos",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "product_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("photo_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "view",
            sa.Enum(
                "depan",
                "label",
                "isi",
                "lain",
                name="view",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["photo_id"], ["photos.id"], name=op.f("fk_product_photos_photo_id")
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_product_photos_product_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product_photos")),
    )
    with op.batch_alter_table("product_photos", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_product_photos_photo_id"), ["photo_id"], unique=False)
        batch_op.create_index("uq_product_photos_photo", ["product_id", "photo_id"], unique=True)

    op.create_table(
        "receipt_matches",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "receipt_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "payment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payments.id"], name=op.f("fk_receipt_matches_payment_id")
        ),
        sa.ForeignKeyConstraint(
            ["receipt_id"], ["receipts.id"], name=op.f("fk_receipt_matches_receipt_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt_matches")),
    )
    with op.batch_alter_table("receipt_matches", schema=None) as batch_op:
        batch_op.create_index("ix_receipt_matches_payment", ["payment_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_receipt_matches_receipt_id"), ["receipt_id"], unique=False
        )

    op.create_table(
        "refunds",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column(
            "payment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("bearer", sa.String(length=20), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "asked",
                "sent",
                "done",
                "failed",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "destination_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("reference", sa.String(length=60), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "asked_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "done_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_refunds_amount_positive")),
        sa.ForeignKeyConstraint(
            ["destination_id"], ["refund_destinations.id"], name=op.f("fk_refunds_destination_id")
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_refunds_order_id")),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payments.id"], name=op.f("fk_refunds_payment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refunds")),
        sa.UniqueConstraint("key", name=op.f("uq_refunds_key")),
    )
    with op.batch_alter_table("refunds", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_refunds_order_id"), ["order_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_refunds_payment_id"), ["payment_id"], unique=False)
        batch_op.create_index("ix_refunds_state", ["state", "id"], unique=False)

    op.create_table(
        "search_documents",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "product_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("name_key", sa.String(length=200), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("rest", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_search_documents_product_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_documents")),
        sa.UniqueConstraint("product_id", name=op.f("uq_search_documents_product_id")),
    )
    with op.batch_alter_table("search_documents", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_search_documents_name_key"), ["name_key"], unique=False
        )

    op.create_table(
        "slugs",
        sa.Column("slug", sa.String(length=120), nullable=False),
        sa.Column(
            "product_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_slugs_product_id")),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_slugs")),
    )
    with op.batch_alter_table("slugs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_slugs_product_id"), ["product_id"], unique=False)

    op.create_table(
        "variants",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "product_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("sku", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("gross_grams", sa.Integer(), nullable=False),
        sa.Column("length_mm", sa.Integer(), nullable=False),
        sa.Column("width_mm", sa.Integer(), nullable=False),
        sa.Column("height_mm", sa.Integer(), nullable=False),
        sa.Column("is_hidden", sa.Boolean(), nullable=False),
        sa.CheckConstraint("price > 0", name=op.f("ck_variants_price_positive")),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_variants_product_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_variants")),
        sa.UniqueConstraint("sku", name=op.f("uq_variants_sku")),
    )
    with op.batch_alter_table("variants", schema=None) as batch_op:
        batch_op.create_index("ix_variants_product", ["product_id", "position"], unique=False)

    op.create_table(
        "wholesale_steps",
        sa.Column(
            "product_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("least_packs", sa.Integer(), nullable=False),
        sa.Column("unit_price", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "least_packs > 1", name=op.f("ck_wholesale_steps_least_packs_above_one")
        ),
        sa.CheckConstraint("unit_price > 0", name=op.f("ck_wholesale_steps_unit_price_positive")),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_wholesale_steps_product_id")
        ),
        sa.PrimaryKeyConstraint("product_id", "least_packs", name=op.f("pk_wholesale_steps")),
    )
    op.create_table(
        "cart_lines",
        sa.Column("cart_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "variant_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("packs", sa.Integer(), nullable=False),
        sa.Column("seen_price", sa.BigInteger(), nullable=False),
        sa.Column("saved_for_later", sa.Boolean(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("packs > 0", name=op.f("ck_cart_lines_packs_positive")),
        sa.ForeignKeyConstraint(
            ["cart_id"], ["carts.id"], name=op.f("fk_cart_lines_cart_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["variant_id"], ["variants.id"], name=op.f("fk_cart_lines_variant_id")
        ),
        sa.PrimaryKeyConstraint("cart_id", "variant_id", name=op.f("pk_cart_lines")),
    )
    op.create_table(
        "order_lines",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "variant_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "product_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("variant_name", sa.String(length=80), nullable=False),
        sa.Column("sku", sa.String(length=60), nullable=False),
        sa.Column("net_label", sa.String(length=40), nullable=False),
        sa.Column("unit_price", sa.BigInteger(), nullable=False),
        sa.Column("packs", sa.Integer(), nullable=False),
        sa.Column("goods_total", sa.BigInteger(), nullable=False),
        sa.Column("discount", sa.BigInteger(), nullable=False),
        sa.Column("unit_grams", sa.Integer(), nullable=False),
        sa.Column("length_mm", sa.Integer(), nullable=False),
        sa.Column("width_mm", sa.Integer(), nullable=False),
        sa.Column("height_mm", sa.Integer(), nullable=False),
        sa.Column("contribution_bp", sa.Integer(), nullable=False),
        sa.Column("member_share", sa.BigInteger(), nullable=False),
        sa.Column("fee_bp", sa.Integer(), nullable=False),
        sa.Column("fee", sa.BigInteger(), nullable=False),
        sa.Column("tax_base", sa.BigInteger(), nullable=False),
        sa.Column("ppn", sa.BigInteger(), nullable=False),
        sa.Column("pph22", sa.BigInteger(), nullable=False),
        sa.Column("fee_ppn", sa.BigInteger(), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("accepted", sa.Integer(), nullable=False),
        sa.Column("packed", sa.Integer(), nullable=False),
        sa.Column("shipped", sa.Integer(), nullable=False),
        sa.Column("delivered", sa.Integer(), nullable=False),
        sa.Column("returned", sa.Integer(), nullable=False),
        sa.Column("refunded", sa.Integer(), nullable=False),
        sa.Column("refusal", sa.String(length=40), nullable=True),
        sa.CheckConstraint(
            "accepted >= 0 AND accepted <= packs AND packed >= 0 AND packed <= accepted AND shipped >= 0 AND shipped <= packed AND delivered >= 0 AND delivered <= shipped AND returned >= 0 AND returned <= shipped AND refunded >= 0 AND refunded <= packs",
            name=op.f("ck_order_lines_quantities_in_order"),
        ),
        sa.CheckConstraint(
            "goods_total = unit_price * packs", name=op.f("ck_order_lines_goods_total_adds_up")
        ),
        sa.CheckConstraint(
            "member_share >= 0 AND fee >= 0", name=op.f("ck_order_lines_shares_not_negative")
        ),
        sa.CheckConstraint("packs > 0", name=op.f("ck_order_lines_packs_positive")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_order_lines_member_id")
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_lines_order_id")),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_order_lines_product_id")
        ),
        sa.ForeignKeyConstraint(
            ["variant_id"], ["variants.id"], name=op.f("fk_order_lines_variant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_lines")),
    )
    with op.batch_alter_table("order_lines", schema=None) as batch_op:
        batch_op.create_index("ix_order_lines_member", ["member_id"], unique=False)
        batch_op.create_index("ix_order_lines_order", ["order_id", "position"], unique=False)

    append_only(op.get_bind(), APPEND_ONLY)
    ledger_guards(op.get_bind())
    search_ddl.create(op.get_bind(), search_ddl.BEFORE_FACETS)


def downgrade() -> None:
    search_ddl.drop(op.get_bind())
    with op.batch_alter_table("order_lines", schema=None) as batch_op:
        batch_op.drop_index("ix_order_lines_order")
        batch_op.drop_index("ix_order_lines_member")

    op.drop_table("order_lines")
    op.drop_table("cart_lines")
    op.drop_table("wholesale_steps")
    with op.batch_alter_table("variants", schema=None) as batch_op:
        batch_op.drop_index("ix_variants_product")

    op.drop_table("variants")
    with op.batch_alter_table("slugs", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_slugs_product_id"))

    op.drop_table("slugs")
    with op.batch_alter_table("search_documents", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_search_documents_name_key"))

    op.drop_table("search_documents")
    with op.batch_alter_table("refunds", schema=None) as batch_op:
        batch_op.drop_index("ix_refunds_state")
        batch_op.drop_index(batch_op.f("ix_refunds_payment_id"))
        batch_op.drop_index(batch_op.f("ix_refunds_order_id"))

    op.drop_table("refunds")
    with op.batch_alter_table("receipt_matches", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_receipt_matches_receipt_id"))
        batch_op.drop_index("ix_receipt_matches_payment")

    op.drop_table("receipt_matches")
    with op.batch_alter_table("product_photos", schema=None) as batch_op:
        batch_op.drop_index("uq_product_photos_photo")
        batch_op.drop_index(batch_op.f("ix_product_photos_photo_id"))

    op.drop_table("product_photos")
    with op.batch_alter_table("product_cards", schema=None) as batch_op:
        batch_op.drop_index("ix_product_cards_published")
        batch_op.drop_index("ix_product_cards_price")
        batch_op.drop_index("ix_product_cards_popularity")
        batch_op.drop_index("ix_product_cards_cooperative")
        batch_op.drop_index("ix_product_cards_category")

    op.drop_table("product_cards")
    with op.batch_alter_table("payment_orders", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_payment_orders_order_id"))

    op.drop_table("payment_orders")
    with op.batch_alter_table("payment_attempts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_payment_attempts_payment_id"))

    op.drop_table("payment_attempts")
    with op.batch_alter_table("parcels", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_parcels_tracking_number"))
        batch_op.drop_index("ix_parcels_order")

    op.drop_table("parcels")
    with op.batch_alter_table("order_events", schema=None) as batch_op:
        batch_op.drop_index("ix_order_events_order")

    op.drop_table("order_events")
    with op.batch_alter_table("ledger_postings", schema=None) as batch_op:
        batch_op.drop_index("ix_ledger_postings_order")
        batch_op.drop_index("ix_ledger_postings_account")

    op.drop_table("ledger_postings")
    op.drop_table("receipt_voids")
    with op.batch_alter_table("products", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_products_member_id"))
        batch_op.drop_index("ix_products_cooperative")
        batch_op.drop_index(batch_op.f("ix_products_category_id"))

    op.drop_table("products")
    with op.batch_alter_table("payments", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_payments_held_amount",
            sqlite_where=sa.text("code_held"),
            postgresql_where=sa.text("code_held"),
        )
        batch_op.drop_index("ix_payments_waiting")
        batch_op.drop_index("ix_payments_purchase")

    op.drop_table("payments")
    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.drop_index("uq_orders_part")
        batch_op.drop_index("ix_orders_board")

    op.drop_table("orders")
    with op.batch_alter_table("ledger_accounts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ledger_accounts_cooperative_id"))

    op.drop_table("ledger_accounts")
    with op.batch_alter_table("stock_movements", schema=None) as batch_op:
        batch_op.drop_index("ix_stock_movements_variant")

    op.drop_table("stock_movements")
    with op.batch_alter_table("stock_holds", schema=None) as batch_op:
        batch_op.drop_index("uq_stock_holds_holder")

    op.drop_table("stock_holds")
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sessions_person_id"))

    op.drop_table("sessions")
    with op.batch_alter_table("seats", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_seats_active",
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_seats_person_id"))

    op.drop_table("seats")
    with op.batch_alter_table("recovery_tokens", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_recovery_tokens_person_id"))
        batch_op.drop_index(batch_op.f("ix_recovery_tokens_expires_at"))

    op.drop_table("recovery_tokens")
    with op.batch_alter_table("receipts", schema=None) as batch_op:
        batch_op.drop_index("ix_receipts_payee")

    op.drop_table("receipts")
    op.drop_table("rates")
    with op.batch_alter_table("purchases", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_purchases_person_id"))
        batch_op.drop_index(batch_op.f("ix_purchases_hold_until"))
        batch_op.drop_index(batch_op.f("ix_purchases_contact_id"))

    op.drop_table("purchases")
    with op.batch_alter_table("permits", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_permits_product_id"))

    op.drop_table("permits")
    op.drop_table("own_delivery_areas")
    op.drop_table("operator_seats")
    with op.batch_alter_table("members", schema=None) as batch_op:
        batch_op.drop_index("uq_members_number")
        batch_op.drop_index("ix_members_person")

    op.drop_table("members")
    op.drop_table("halal_states")
    op.drop_table("carts")
    with op.batch_alter_table("stock_items", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_stock_items_cooperative_id"))

    op.drop_table("stock_items")
    op.drop_table("refund_destinations")
    with op.batch_alter_table("rate_cards", schema=None) as batch_op:
        batch_op.drop_index("uq_rate_cards_since")
        batch_op.drop_index(
            "uq_rate_cards_open",
            sqlite_where=sa.text("ends IS NULL"),
            postgresql_where=sa.text("ends IS NULL"),
        )

    op.drop_table("rate_cards")
    with op.batch_alter_table("pickup_places", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_pickup_places_cooperative_id"))

    op.drop_table("pickup_places")
    op.drop_table("photo_renditions")
    op.drop_table("people")
    with op.batch_alter_table("payees", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_payees_cooperative_id"))

    op.drop_table("payees")
    with op.batch_alter_table("own_deliveries", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_own_deliveries_cooperative_id"))

    op.drop_table("own_deliveries")
    op.drop_table("order_counters")
    op.drop_table("book_years")
    with op.batch_alter_table("audit_events", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_events_cooperative")

    op.drop_table("audit_events")
    with op.batch_alter_table("addresses", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_addresses_contact_id"))

    op.drop_table("addresses")
    op.drop_table("synonyms")
    with op.batch_alter_table("registrations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_registrations_expires_at"))

    op.drop_table("registrations")
    with op.batch_alter_table("regions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_regions_postcode"))
        batch_op.drop_index("ix_regions_parent")
        batch_op.drop_index(batch_op.f("ix_regions_folded"))

    op.drop_table("regions")
    op.drop_table("region_editions")
    op.drop_table("receipt_texts")
    with op.batch_alter_table("rate_counters", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_rate_counters_ends_at"))

    op.drop_table("rate_counters")
    op.drop_table("policies")
    op.drop_table("photos")
    op.drop_table("pack_facts")
    op.drop_table("outbox_workers")
    with op.batch_alter_table("outbox_jobs", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_outbox_jobs_due",
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        )

    op.drop_table("outbox_jobs")
    with op.batch_alter_table("notices", schema=None) as batch_op:
        batch_op.drop_index("ix_notices_by_hand")

    op.drop_table("notices")
    op.drop_table("ledger_entries")
    with op.batch_alter_table("gateway_events", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_gateway_events_object_ref"))

    op.drop_table("gateway_events")
    op.drop_table("courier_services")
    op.drop_table("cooperatives")
    with op.batch_alter_table("contacts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contacts_phone"))

    op.drop_table("contacts")
    op.drop_table("categories")
    with op.batch_alter_table("audit_origins", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_origins_address"))

    op.drop_table("audit_origins")
