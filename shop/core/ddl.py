"""Tables that only grow: triggers refuse UPDATE and DELETE, on both engines."""

from collections.abc import Iterable

from sqlalchemy import Connection, text

APPEND_ONLY = (
    "audit_events",
    "gateway_events",
    "ledger_postings",
    "order_events",
    "receipt_matches",
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
