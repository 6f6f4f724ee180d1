"""The search index of each database, beside ``search_documents``; ``index_writer`` fills it.

SQLite: an FTS5 table that keeps no text, its rowid the place of a product. PostgreSQL: a
``tsvector`` column with a GIN index; no extension is asked for. Both hold exactly the words that
``rules`` folded and the marks that ``facet_terms`` made: no parser, stemmer or dictionary of the
database has a say, so that both find the same.
"""

from sqlalchemy import Connection, text

_SQLITE = (
    # Where in a text a word stands is never asked; signs of marks no folded word has.
    "CREATE VIRTUAL TABLE search_index USING fts5(words, content='',"
    " tokenize=\"unicode61 tokenchars ':/-='\", detail='none', columnsize=0)",
)
_SQLITE_DROP = ("DROP TABLE IF EXISTS search_index",)
_POSTGRESQL = (
    "ALTER TABLE search_documents ADD COLUMN IF NOT EXISTS search_words tsvector",
    # Without a list of what is still to be filed: every search would go through it.
    "CREATE INDEX ix_search_documents_words ON search_documents"
    " USING gin (search_words) WITH (fastupdate = off)",
)
_POSTGRESQL_DROP = ("DROP INDEX IF EXISTS ix_search_documents_words",)


def create(connection: Connection) -> None:
    """Make the index, empty on SQLite; on PostgreSQL of the words that stand there."""
    drop(connection)
    is_sqlite = connection.dialect.name == "sqlite"
    for statement in _SQLITE if is_sqlite else _POSTGRESQL:
        connection.execute(text(statement))


def drop(connection: Connection) -> None:
    """Take the index away; the documents stay."""
    is_sqlite = connection.dialect.name == "sqlite"
    for statement in _SQLITE_DROP if is_sqlite else _POSTGRESQL_DROP:
        connection.execute(text(statement))
