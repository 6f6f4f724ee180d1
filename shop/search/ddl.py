"""The search index of each database, hung on ``search_documents``.

SQLite: an FTS5 table over the same rows (external content), kept in step by triggers. A batch
migration that rebuilds ``search_documents`` drops those triggers silently and calls
:func:`create` again. PostgreSQL: two generated ``tsvector`` columns, each with its GIN index; no
extension is asked for. Both index exactly the words that ``rules`` folded: no parser, stemmer or
dictionary of the database has a say, so that both find the same.
"""

from sqlalchemy import Connection, text

_COLUMNS = "name, rest"

_SQLITE_DROP = (
    "DROP TRIGGER IF EXISTS search_documents_added",
    "DROP TRIGGER IF EXISTS search_documents_removed",
    "DROP TRIGGER IF EXISTS search_documents_changed",
    "DROP TABLE IF EXISTS search_index",
)
_OUT = (
    "INSERT INTO search_index (search_index, rowid, name, rest)"
    " VALUES ('delete', old.id, old.name, old.rest);"
)
_IN = "INSERT INTO search_index (rowid, name, rest) VALUES (new.id, new.name, new.rest);"
_SQLITE_CREATE = (
    "CREATE VIRTUAL TABLE search_index USING fts5("
    f"{_COLUMNS}, content='search_documents', content_rowid='id',"
    " tokenize='unicode61', prefix='2 3')",
    f"CREATE TRIGGER search_documents_added AFTER INSERT ON search_documents BEGIN {_IN} END",
    f"CREATE TRIGGER search_documents_removed AFTER DELETE ON search_documents BEGIN {_OUT} END",
    "CREATE TRIGGER search_documents_changed AFTER UPDATE ON search_documents"
    f" BEGIN {_OUT} {_IN} END",
    # For rows that stood there before the index: a rebuilt table, or none.
    "INSERT INTO search_index (search_index) VALUES ('rebuild')",
)

_POSTGRESQL_DROP = (
    "DROP INDEX IF EXISTS ix_search_documents_name_words",
    "DROP INDEX IF EXISTS ix_search_documents_all_words",
    "ALTER TABLE search_documents DROP COLUMN IF EXISTS search_name_words",
    "ALTER TABLE search_documents DROP COLUMN IF EXISTS search_all_words",
)
# array_to_tsvector takes the words as they are; to_tsvector would parse "2in1" its own way.
_POSTGRESQL_CREATE = (
    "ALTER TABLE search_documents ADD COLUMN search_name_words tsvector"
    " GENERATED ALWAYS AS (array_to_tsvector(string_to_array(trim(name), ' '))) STORED",
    "ALTER TABLE search_documents ADD COLUMN search_all_words tsvector"
    " GENERATED ALWAYS AS"
    " (array_to_tsvector(string_to_array(trim(name || ' ' || rest), ' '))) STORED",
    "CREATE INDEX ix_search_documents_name_words ON search_documents USING gin (search_name_words)",
    "CREATE INDEX ix_search_documents_all_words ON search_documents USING gin (search_all_words)",
)


def create(connection: Connection) -> None:
    """Hang the index on ``search_documents``; again after a migration rebuilt that table."""
    drop(connection)
    sqlite = connection.dialect.name == "sqlite"
    for statement in _SQLITE_CREATE if sqlite else _POSTGRESQL_CREATE:
        connection.execute(text(statement))


def drop(connection: Connection) -> None:
    """Take the index away; the documents stay."""
    sqlite = connection.dialect.name == "sqlite"
    for statement in _SQLITE_DROP if sqlite else _POSTGRESQL_DROP:
        connection.execute(text(statement))
