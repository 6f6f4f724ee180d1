"""Telling of every change that a shopper could see: triggers write it down in the same commit.

Each process stores public pages and drops those whose goods, cooperative or list a row of
``page_changes`` names; a row that names none drops all. Triggers do it, because stock and prices
are also changed by statements that no object of ours sees. A batch migration on SQLite drops the
triggers of its table silently: it calls :func:`create` again at its end; a test compares.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, text

Verb = Literal["insert", "update", "delete"]
_INTO = "INSERT INTO page_changes (product_id, cooperative_id, lists, xact, at)"
ALWAYS: tuple[Verb, ...] = ("insert", "update", "delete")


@dataclass(frozen=True)
class WatchedTable:
    """What a change of a table's row means for pages; ``row`` stands for the row."""

    table: str
    product: str = "NULL"
    cooperative: str = "NULL"
    lists: str = "FALSE"
    """Whether goods may stand elsewhere in lists, or be counted otherwise."""
    verbs: tuple[Verb, ...] = ALWAYS
    when: str = ""

    def name(self, verb: Verb) -> str:
        """Of the trigger."""
        return f"pages_{self.table}_{verb}"


_FREE = "({0}.on_hand - {0}.reserved)"
_OLD, _NEW = _FREE.format("OLD"), _FREE.format("NEW")
_OF_SHELF = "(SELECT product_id FROM variants WHERE id = row.variant_id)"
_OF_PRODUCT = "(SELECT cooperative_id FROM products WHERE id = row.product_id)"
_OF_MOVED = "(CASE WHEN OLD.member_id <> NEW.member_id THEN NEW.cooperative_id END)"
_OF_CARD = "(SELECT cooperative_id FROM rate_cards WHERE id = row.card_id)"

WATCHED = (
    # Another maker: the page of the cooperative names whoever makes any of its goods.
    WatchedTable("products", product="row.id", cooperative=_OF_MOVED, verbs=("update",)),
    # A pack that is hidden takes its stock out of what can be bought.
    WatchedTable("variants", product="row.product_id", lists="TRUE"),
    *(
        WatchedTable(table, product="row.product_id")
        for table in (
            "halal_states",
            "permits",
            "product_photos",
            "story_texts",
            "wholesale_steps",
        )
    ),
    # What may travel how decides which goods share a parcel on the pages of their neighbours.
    WatchedTable("pack_facts", product="row.product_id", cooperative=_OF_PRODUCT),
    WatchedTable(
        "product_cards",
        product="row.product_id",
        cooperative="row.cooperative_id",
        lists="TRUE",
    ),
    WatchedTable("stock_items", product=_OF_SHELF, lists="(row.on_hand > 0)", verbs=("insert",)),
    WatchedTable(
        "stock_items",
        product=_OF_SHELF,
        # The last pack that goes, and the first that comes, change what can be bought.
        lists=f"(({_OLD} > 0) <> ({_NEW} > 0))",
        verbs=("update",),
        when=f"{_OLD} <> {_NEW}",
    ),
    WatchedTable("cooperatives", cooperative="row.id", lists="TRUE"),
    *(
        WatchedTable(table, cooperative="row.cooperative_id")
        for table in (
            "book_years",
            "closings",
            "members",
            "own_deliveries",
            "pickup_places",
            "rate_cards",
        )
    ),
    WatchedTable("rates", cooperative=_OF_CARD),
    # Neither goods nor a cooperative: every page.
    *(WatchedTable(table) for table in ("categories", "courier_services", "policies")),
)


def names() -> set[str]:
    """Of all triggers, for the test that looks whether they are there."""
    return {watch.name(verb) for watch in WATCHED for verb in watch.verbs}


def create(connection: Connection) -> None:
    """(Re)create the triggers; from here on every page made before counts as old."""
    drop(connection)
    is_sqlite = connection.dialect.name == "sqlite"
    for statement in _sqlite() if is_sqlite else _postgresql():
        connection.execute(text(statement))
    forget_all(connection)


def drop(connection: Connection) -> None:
    """Take the triggers away; what changes from here on is not told of."""
    is_sqlite = connection.dialect.name == "sqlite"
    for watch in WATCHED:
        for verb in watch.verbs:
            name = watch.name(verb)
            on = "" if is_sqlite else f" ON {watch.table}"
            connection.execute(text(f"DROP TRIGGER IF EXISTS {name}{on}"))
            if not is_sqlite:
                connection.execute(text(f"DROP FUNCTION IF EXISTS {name}()"))


def forget_all(connection: Connection) -> None:
    """Let every process drop every page it keeps, once this transaction is committed."""
    is_sqlite = connection.dialect.name == "sqlite"
    connection.execute(text(_insert("NULL", "NULL", "TRUE", is_sqlite=is_sqlite)))


def _insert(product: str, cooperative: str, lists: str, *, is_sqlite: bool) -> str:
    # PostgreSQL hands out ids before a commit: there, who reads asks by transaction.
    xact = "0" if is_sqlite else "pg_current_xact_id()::text::bigint"
    at = (
        "CAST(strftime('%s', 'now') AS INTEGER)"
        if is_sqlite
        else "extract(epoch FROM now())::bigint"
    )
    values = ", ".join((product, cooperative, lists, xact, at))
    return f"{_INTO} VALUES ({values})"


def _row(expression: str, row: str) -> str:
    return expression.replace("row.", f"{row}.")


def _sqlite() -> Iterator[str]:
    for watch in WATCHED:
        for verb in watch.verbs:
            row = "OLD" if verb == "delete" else "NEW"
            parts = (_row(part, row) for part in (watch.product, watch.cooperative, watch.lists))
            when = f" WHEN {watch.when}" if watch.when else ""
            yield (
                f"CREATE TRIGGER {watch.name(verb)} AFTER {verb.upper()} ON {watch.table}{when}"
                f" BEGIN {_insert(*parts, is_sqlite=True)}; END"
            )


def _postgresql() -> Iterator[str]:
    for watch in WATCHED:
        for verb in watch.verbs:
            row, name = "OLD" if verb == "delete" else "NEW", watch.name(verb)
            parts = (_row(part, row) for part in (watch.product, watch.cooperative, watch.lists))
            yield (
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                f" {_insert(*parts, is_sqlite=False)}; RETURN NULL; END $$"
            )
            when = f" WHEN ({watch.when})" if watch.when else ""
            yield (
                f"CREATE TRIGGER {name} AFTER {verb.upper()} ON {watch.table}"
                f" FOR EACH ROW{when} EXECUTE FUNCTION {name}()"
            )
