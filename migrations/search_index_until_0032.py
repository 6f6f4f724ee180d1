"""The search index as it was while each document kept its texts; for migrations only."""

from sqlalchemy import Connection, text

WITH_FACETS = ("name", "about", "rest", "facets")
BEFORE_FACETS = ("name", "rest")
"""The columns before there were facets in the index."""

_SQLITE_DROP = (
    "DROP TRIGGER IF EXISTS search_documents_added",
    "DROP TRIGGER IF EXISTS search_documents_removed",
    "DROP TRIGGER IF EXISTS search_documents_changed",
    "DROP TABLE IF EXISTS search_index",
)


def _sqlite(columns: tuple[str, ...]) -> list[str]:
    # Where in a text a word stands is never asked, nor in which.
    names = ", ".join(columns)
    before, after = (", ".join(f"{row}.{name}" for name in columns) for row in ("old", "new"))
    # Our own column names, nobody's text.
    start = f"INSERT INTO search_index (search_index, rowid, {names}) VALUES "  # noqa: S608
    out, into = f"{start}('delete', old.id, {before});", f"{start}(NULL, new.id, {after});"
    changed = "CREATE TRIGGER search_documents_changed AFTER UPDATE ON search_documents"
    return [
        f"CREATE VIRTUAL TABLE search_index USING fts5({names},"
        " content='search_documents', content_rowid='id',"
        # Signs of marks, which no folded word has.
        " tokenize=\"unicode61 tokenchars ':/-'\", prefix='2 3 4', detail='none')",
        f"CREATE TRIGGER search_documents_added AFTER INSERT ON search_documents BEGIN {into} END",
        f"CREATE TRIGGER search_documents_removed AFTER DELETE ON search_documents BEGIN {out} END",
        f"{changed} BEGIN {out} {into} END",
        # For rows that stood there before the index: a rebuilt table, or none.
        "INSERT INTO search_index (search_index) VALUES ('rebuild')",
    ]


_POSTGRESQL_DROP = (
    "DROP INDEX IF EXISTS ix_search_documents_words",
    "ALTER TABLE search_documents DROP COLUMN IF EXISTS search_words",
    # As the index was named before one column held all words.
    "ALTER TABLE search_documents DROP COLUMN IF EXISTS search_name_words",
    "ALTER TABLE search_documents DROP COLUMN IF EXISTS search_all_words",
)


def _postgresql(columns: tuple[str, ...]) -> list[str]:
    # array_to_tsvector takes the words as they are; to_tsvector would parse "2in1" its own way.
    whole = " || ' ' || ".join(columns)
    words = f"array_remove(string_to_array({whole}, ' '), '')"
    return [
        "ALTER TABLE search_documents ADD COLUMN search_words tsvector"
        f" GENERATED ALWAYS AS (array_to_tsvector({words})) STORED",
        "CREATE INDEX ix_search_documents_words ON search_documents USING gin (search_words)",
    ]


def create(connection: Connection, columns: tuple[str, ...]) -> None:
    """Hang the index on ``search_documents``; again after a migration rebuilt that table."""
    drop(connection)
    build = _sqlite if connection.dialect.name == "sqlite" else _postgresql
    for statement in build(columns):
        connection.execute(text(statement))


def drop(connection: Connection) -> None:
    """Take the index away; the documents stay."""
    sqlite = connection.dialect.name == "sqlite"
    for statement in _SQLITE_DROP if sqlite else _POSTGRESQL_DROP:
        connection.execute(text(statement))
