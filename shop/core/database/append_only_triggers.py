"""Tables that only grow: triggers refuse UPDATE and DELETE, on both engines."""

from collections.abc import Iterable

from sqlalchemy import Connection, text

APPEND_ONLY = (
    "audit_events",
    "gateway_events",
    "ledger_postings",
    "order_events",
    "receipt_matches",
    "receipt_voids",
    "receipts",
    "stock_movements",
)
"""Facts. What is wrong gets a second row that undoes it."""


def append_only(connection: Connection, tables: Iterable[str]) -> None:
    """(Re)create the guards of ``tables``.

    SQLite drops triggers silently when a batch migration rebuilds a table, so each migration
    that touches one of these tables calls this again at its end.
    """
    for table in tables:
        for statement in _guards(connection.dialect.name, table):
            connection.execute(text(statement))


def _guards(dialect: str, table: str) -> list[str]:
    if dialect == "sqlite":
        guards = []
        for verb in ("update", "delete"):
            name = f"{table}_no_{verb}"
            guards += [
                f"DROP TRIGGER IF EXISTS {name}",
                f"CREATE TRIGGER {name} BEFORE {verb.upper()} ON {table}"
                f" BEGIN SELECT RAISE(ABORT, '{table} only grows'); END",
            ]
        return guards
    return [
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION '% only grows', TG_TABLE_NAME; END $$",
        f"DROP TRIGGER IF EXISTS {table}_no_change ON {table}",
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    ]


def emptied_only(connection: Connection, table: str, column: str) -> None:
    """(Re)create the guard of a table whose rows stand until ``column`` is emptied, once.

    For bytes that must never change and yet name a person whose time ends.
    """
    if connection.dialect.name == "sqlite":
        statements = [
            f"DROP TRIGGER IF EXISTS {table}_no_update",
            f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table}"
            f" WHEN NEW.{column} IS NOT NULL"
            f" BEGIN SELECT RAISE(ABORT, '{table} are only emptied'); END",
            f"DROP TRIGGER IF EXISTS {table}_no_delete",
            f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table}"
            f" BEGIN SELECT RAISE(ABORT, '{table} are only emptied'); END",
        ]
    else:
        statements = [
            "CREATE OR REPLACE FUNCTION only_emptied() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION '% are only emptied', TG_TABLE_NAME; END $$",
            f"DROP TRIGGER IF EXISTS {table}_no_update ON {table}",
            f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} FOR EACH ROW"
            f" WHEN (NEW.{column} IS NOT NULL) EXECUTE FUNCTION only_emptied()",
            f"DROP TRIGGER IF EXISTS {table}_no_delete ON {table}",
            f"CREATE TRIGGER {table}_no_delete BEFORE DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION only_emptied()",
        ]
    for statement in statements:
        connection.execute(text(statement))


def ledger_guards(connection: Connection) -> None:
    """(Re)create the guards of the books: an entry is sealed once, balanced, and then it stands.

    Postings themselves are guarded by ``append_only``.
    """
    statements = _LEDGER_SQLITE if connection.dialect.name == "sqlite" else _LEDGER_POSTGRESQL
    for statement in statements:
        connection.execute(text(statement))


_BALANCED = (
    "(SELECT count(*) >= 2 AND sum(amount) = 0 FROM ledger_postings WHERE entry_id = NEW.id)"
)
_LEDGER_SQLITE = (
    "DROP TRIGGER IF EXISTS ledger_entries_start_open",
    "CREATE TRIGGER ledger_entries_start_open BEFORE INSERT ON ledger_entries WHEN NEW.sealed"
    " BEGIN SELECT RAISE(ABORT, 'ledger_entries start unsealed'); END",
    "DROP TRIGGER IF EXISTS ledger_entries_stand",
    "CREATE TRIGGER ledger_entries_stand BEFORE UPDATE ON ledger_entries"
    " WHEN OLD.sealed OR NOT NEW.sealed OR NEW.id <> OLD.id OR NEW.reason <> OLD.reason"
    " OR NEW.kind <> OLD.kind OR NEW.at <> OLD.at OR NEW.actor_id IS NOT OLD.actor_id"
    " BEGIN SELECT RAISE(ABORT, 'ledger_entries are only sealed'); END",
    "DROP TRIGGER IF EXISTS ledger_entries_balance",
    f"CREATE TRIGGER ledger_entries_balance BEFORE UPDATE ON ledger_entries WHEN NOT {_BALANCED}"
    " BEGIN SELECT RAISE(ABORT, 'ledger_entries must balance'); END",
    "DROP TRIGGER IF EXISTS ledger_entries_no_delete",
    "CREATE TRIGGER ledger_entries_no_delete BEFORE DELETE ON ledger_entries"
    " BEGIN SELECT RAISE(ABORT, 'ledger_entries only grow'); END",
    "DROP TRIGGER IF EXISTS ledger_postings_unsealed",
    "CREATE TRIGGER ledger_postings_unsealed BEFORE INSERT ON ledger_postings"
    " WHEN (SELECT sealed FROM ledger_entries WHERE id = NEW.entry_id)"
    " BEGIN SELECT RAISE(ABORT, 'ledger_entries are sealed'); END",
)
_LEDGER_POSTGRESQL = (
    "CREATE OR REPLACE FUNCTION ledger_entry_guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " IF TG_OP = 'INSERT' THEN"
    "  IF NEW.sealed THEN RAISE EXCEPTION 'ledger_entries start unsealed'; END IF;"
    "  RETURN NEW;"
    " END IF;"
    " IF OLD.sealed OR NOT NEW.sealed OR (NEW.id, NEW.reason, NEW.kind, NEW.at)"
    "   IS DISTINCT FROM (OLD.id, OLD.reason, OLD.kind, OLD.at)"
    "   OR NEW.actor_id IS DISTINCT FROM OLD.actor_id THEN"
    "  RAISE EXCEPTION 'ledger_entries are only sealed';"
    " END IF;"
    f" IF NOT {_BALANCED} THEN RAISE EXCEPTION 'ledger_entries must balance'; END IF;"
    " RETURN NEW; END $$",
    "CREATE OR REPLACE FUNCTION ledger_posting_guard() RETURNS trigger LANGUAGE plpgsql AS"
    " $$ BEGIN"
    " IF (SELECT sealed FROM ledger_entries WHERE id = NEW.entry_id) THEN"
    "  RAISE EXCEPTION 'ledger_entries are sealed';"
    " END IF;"
    " RETURN NEW; END $$",
    "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS"
    " $$ BEGIN RAISE EXCEPTION '% only grows', TG_TABLE_NAME; END $$",
    "DROP TRIGGER IF EXISTS ledger_entries_stand ON ledger_entries",
    "CREATE TRIGGER ledger_entries_stand BEFORE INSERT OR UPDATE ON ledger_entries"
    " FOR EACH ROW EXECUTE FUNCTION ledger_entry_guard()",
    "DROP TRIGGER IF EXISTS ledger_entries_no_delete ON ledger_entries",
    "CREATE TRIGGER ledger_entries_no_delete BEFORE DELETE OR TRUNCATE ON ledger_entries"
    " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    "DROP TRIGGER IF EXISTS ledger_postings_unsealed ON ledger_postings",
    "CREATE TRIGGER ledger_postings_unsealed BEFORE INSERT ON ledger_postings"
    " FOR EACH ROW EXECUTE FUNCTION ledger_posting_guard()",
)


_OPENED = "(OLD.on_hand > OLD.reserved) <> (NEW.on_hand > NEW.reserved)"
_HAS_PACKS = "NEW.on_hand > NEW.reserved"
_COUNT = (
    "UPDATE product_cards SET open_packs = open_packs + CASE WHEN NEW.on_hand > NEW.reserved"
    " THEN 1 ELSE -1 END WHERE product_id ="
    " (SELECT product_id FROM variants WHERE id = NEW.variant_id AND NOT is_hidden)"
)
_LOCK = (
    "SELECT product_id INTO goods FROM variants WHERE id = NEW.variant_id;"
    # A statement of its own: the next one then sees what whoever held the card has committed,
    # a pack that was hidden meanwhile among it.
    " PERFORM 1 FROM product_cards WHERE product_id = goods FOR NO KEY UPDATE"
)
"""Who hides a pack holds its card while they count: without waiting for them first, a last unit
that sells at that moment would be counted out of a number that leaves the pack out already."""
_OPEN = (
    "(SELECT count(*) FROM variants"
    " JOIN stock_items ON stock_items.variant_id = variants.id"
    " WHERE variants.product_id = product_cards.product_id AND NOT variants.is_hidden"
    " AND stock_items.on_hand > stock_items.reserved)"
)
# Our own words, nobody's text; rows that are right already are not written, nor told of.
RECOUNT_OPEN_PACKS = f"UPDATE product_cards SET open_packs = {_OPEN} WHERE open_packs <> {_OPEN}"  # noqa: S608
"""What the triggers keep, counted anew: after cards or shelves were loaded by the thousand."""


def open_packs(connection: Connection) -> None:
    """(Re)create what keeps ``product_cards.open_packs``: packs of goods with stock left.

    Only the last pack that goes and the first that comes change it, by one, so that orders of
    other packs never wait for the row and two of them cannot lose a count.
    """
    no_open_packs(connection)
    if connection.dialect.name == "sqlite":
        statements = [
            f"CREATE TRIGGER stock_items_open_{verb} AFTER {event} ON stock_items WHEN {when}"
            f" BEGIN {_COUNT}; END"
            for verb, event, when in _OPEN_EVENTS
        ]
    else:
        statements = [
            "CREATE FUNCTION count_open_packs() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ DECLARE goods bigint; BEGIN {_LOCK}; {_COUNT}; RETURN NULL; END $$",
            *(
                f"CREATE TRIGGER stock_items_open_{verb} AFTER {event} ON stock_items"
                f" FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION count_open_packs()"
                for verb, event, when in _OPEN_EVENTS
            ),
        ]
    for statement in (*statements, RECOUNT_OPEN_PACKS):
        connection.execute(text(statement))


def no_open_packs(connection: Connection) -> None:
    """Take these triggers away."""
    is_sqlite = connection.dialect.name == "sqlite"
    for verb, _event, _when in _OPEN_EVENTS:
        on = "" if is_sqlite else " ON stock_items"
        connection.execute(text(f"DROP TRIGGER IF EXISTS stock_items_open_{verb}{on}"))
    if not is_sqlite:
        connection.execute(text("DROP FUNCTION IF EXISTS count_open_packs()"))


_OPEN_EVENTS = (
    ("added", "INSERT", _HAS_PACKS),
    ("changed", "UPDATE", _OPENED),
)
