"""Following what changes in the database, one cheap question at a time."""

import threading
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from shop.core.database.engine import Database
from shop.web.page_cache.models import PageChange

KEPT = timedelta(hours=6)
"""How long a change is told of: several times as long as any page is kept."""


class Change(NamedTuple):
    """A row of ``page_changes``."""

    id: int
    product_id: int | None
    cooperative_id: int | None
    lists: bool

    @property
    def is_everything(self) -> bool:
        """Whether no page made before it may be shown any more."""
        return self.product_id is None and self.cooperative_id is None


ALL = (Change(0, None, None, lists=True),)
"""Everything may have changed."""
_SQLITE = "SELECT id, product_id, cooperative_id, lists FROM page_changes WHERE id >= ? ORDER BY id"
_SQLITE_LAST = (
    "SELECT id, product_id, cooperative_id, lists FROM page_changes ORDER BY id DESC LIMIT 1"
)
# Ids are handed out before a commit, so the last one seen proves nothing. What was open at the
# last look may have been committed since: all of it is asked for again.
_POSTGRESQL = (
    "SELECT now.horizon, changed.id, product_id, cooperative_id, lists FROM"
    " (SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS horizon) AS now"
    " LEFT JOIN page_changes AS changed ON changed.xact >= $1"
)


class Changes:
    """Tells once of everything that was committed since it was asked the last time.

    It keeps a connection of its own. Asked by several threads, one at a time.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._connection: Any = None  # the driver's own
        self._version: int | None = None
        self._last: Change | None = None
        self._horizon: int | None = None
        self._seen: set[int] = set()

    def unseen(self) -> Sequence[Change]:
        """What was committed since the last question; at first everything."""
        with self._lock:
            try:
                if self._connection is None:
                    self._connection = self._database.own_connection()
                return self._sqlite() if self._database.is_sqlite else self._postgresql()
            except Exception:
                self._forget()
                raise

    def _sqlite(self) -> Sequence[Change]:
        driver = self._connection
        # It costs a tenth of a question to a table, and says that nobody committed anything.
        version: int = driver.execute("PRAGMA data_version").fetchone()[0]
        if version == self._version:
            return ()
        last = self._last
        rows = _read(driver, _SQLITE, (last.id,)) if last else []
        # The last change of before has to stand there still: or this is another database.
        is_same = rows[:1] == [last]
        if not is_same:
            rows = _read(driver, _SQLITE_LAST, ())
        self._version = version
        self._last = rows[-1] if rows else None
        return rows[1:] if is_same else ALL

    def _postgresql(self) -> Sequence[Change]:
        driver = self._connection
        first = self._horizon is None
        since = self._horizon if self._horizon is not None else 1 << 62
        rows = driver.execute(_POSTGRESQL, (since,)).fetchall()
        self._horizon = rows[0][0]
        found = [Change(*row[1:]) for row in rows if row[1] is not None]
        new = [change for change in found if change.id not in self._seen]
        self._seen = {change.id for change in found}
        return ALL if first else new

    def _forget(self) -> None:
        connection, self._connection = self._connection, None
        self._version = self._last = self._horizon = None
        self._seen = set()
        if connection is not None:
            connection.close()


def _read(driver: Any, statement: str, values: tuple[int, ...]) -> list[Change]:
    rows = driver.execute(statement, values)
    return [Change(key, goods, seller, bool(lists)) for key, goods, seller, lists in rows]


def sweep(session: Session, now: datetime) -> None:
    """Forget changes that nobody asks for any more, all but the last one: it is how a process
    knows that it still looks at the same database.
    """
    last = select(func.max(PageChange.id)).scalar_subquery()
    session.execute(
        delete(PageChange).where(
            PageChange.at < int((now - KEPT).timestamp()), PageChange.id < last
        )
    )
