"""What the payment double remembers: objects as Stripe shows them, answers given, events to tell.

Its own small SQLite file, never the shop's database: at the real gateway these are another's books.
"""

import json
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Thing = dict[str, Any]  # an object as the API writes it in JSON

_TABLES = """
CREATE TABLE IF NOT EXISTS things (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  created INTEGER NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS things_in_order ON things (kind, created, seq);
CREATE INDEX IF NOT EXISTS things_of_intent
  ON things (kind, json_extract(body, '$.payment_intent'));
CREATE TABLE IF NOT EXISTS open_pages (id TEXT PRIMARY KEY, expires_at INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS answers (
  key TEXT PRIMARY KEY, question TEXT NOT NULL, answer TEXT NOT NULL, given_at INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS letters (
  event_id TEXT PRIMARY KEY, due_at REAL NOT NULL, since REAL NOT NULL,
  tries INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS letters_due ON letters (due_at);
CREATE TABLE IF NOT EXISTS switches (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""
KEY_SECONDS = 24 * 3_600
"""How long Stripe at least remembers an idempotency key."""


@dataclass(frozen=True, slots=True)
class Letter:
    """An event on its way to the shop."""

    event: Thing
    tries: int
    since: float


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list shall show, newest first."""

    kind: str
    fields: Mapping[str, Sequence[str]]
    """Allowed values by field name."""
    created: Mapping[str, int]
    """``gte``, ``gt``, ``lte``, ``lt``."""
    limit: int
    after: str | None = None
    before: str | None = None


_COMPARE = {"gte": ">=", "gt": ">", "lte": "<=", "lt": "<"}
_PLACE = "SELECT created, seq FROM things WHERE id = ?"
_FIELDS = frozenset({"type", "payment_intent", "charge", "status", "transfer_group"})


class Store:
    """One file, one connection, one at a time: as fast as a demo needs and never half done."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=NORMAL")
        self._connection.executescript(_TABLES)

    def close(self) -> None:
        """Let the file go."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of the block or nothing; nobody else reads or writes meanwhile."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def _ask(self, statement: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._connection.execute(statement, values).fetchall()

    # ---- objects
    def keep(self, thing: Thing) -> None:
        """Write an object, new or changed."""
        self._ask(
            "INSERT INTO things (id, kind, created, body) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET body = excluded.body",
            (thing["id"], thing["object"], thing["created"], json.dumps(thing)),
        )

    def find(self, key: str) -> Thing | None:
        """The object with this id."""
        rows = self._ask("SELECT body FROM things WHERE id = ?", (key,))
        return json.loads(rows[0][0]) if rows else None

    def listed(self, wanted: Wanted) -> list[Thing]:
        """One more than ``wanted.limit`` where there are more."""
        where, values = ["kind = ?"], [wanted.kind]
        for name, allowed in wanted.fields.items():
            if name not in _FIELDS:
                raise LookupError(name)
            where.append(f"json_extract(body, '$.{name}') IN ({', '.join('?' * len(allowed))})")
            values += allowed
        bounds: list[object] = [*values]
        for name, moment in wanted.created.items():
            where.append(f"created {_COMPARE[name]} ?")
            bounds.append(moment)
        forward = wanted.before is None
        for cursor, sign in ((wanted.after, "<"), (wanted.before, ">")):
            if cursor is not None:
                where.append(f"(created, seq) {sign} ({_PLACE})")
                bounds.append(cursor)
        order = "DESC" if forward else "ASC"
        rows = self._ask(
            f"SELECT body FROM things WHERE {' AND '.join(where)}"  # noqa: S608 - our own words
            f" ORDER BY created {order}, seq {order} LIMIT ?",
            (*bounds, wanted.limit + 1),
        )
        return [json.loads(row[0]) for row in rows]

    # ---- pages that end by themselves
    def watch(self, page_id: str, expires_at: int) -> None:
        """Have a page expired when its time comes, asked or not."""
        self._ask("INSERT INTO open_pages VALUES (?, ?)", (page_id, expires_at))

    def unwatch(self, page_id: str) -> None:
        """The page has ended otherwise."""
        self._ask("DELETE FROM open_pages WHERE id = ?", (page_id,))

    def lapsed(self, now: float) -> list[str]:
        """Pages whose time has come."""
        rows = self._ask("SELECT id FROM open_pages WHERE expires_at <= ?", (now,))
        return [row[0] for row in rows]

    # ---- idempotency
    def answered(self, key: str, now: float) -> tuple[str, str] | None:
        """Question and answer that were kept under an idempotency key."""
        self._ask("DELETE FROM answers WHERE given_at < ?", (now - KEY_SECONDS,))
        rows = self._ask("SELECT question, answer FROM answers WHERE key = ?", (key,))
        return rows[0] if rows else None

    def remember(self, key: str, question: str, answer: str, now: float) -> None:
        """Keep an answer for whoever asks the same again."""
        self._ask("INSERT INTO answers VALUES (?, ?, ?, ?)", (key, question, answer, int(now)))

    # ---- events to tell
    def post(self, event_id: str, now: float) -> None:
        """Have an event told to the shop."""
        self._ask(
            "INSERT INTO letters (event_id, due_at, since) VALUES (?, ?, ?)"
            " ON CONFLICT (event_id) DO UPDATE SET due_at = excluded.due_at",
            (event_id, now, now),
        )

    def next_letter(self, now: float, *, shuffled: bool) -> Letter | None:
        """The event that has been due longest, or any that is due."""
        rows = self._ask(
            "SELECT body, tries, since FROM letters JOIN things ON things.id = event_id"
            " WHERE due_at <= ? ORDER BY CASE WHEN ? THEN random() ELSE due_at END, things.seq"
            " LIMIT 1",
            (now, shuffled),
        )
        return Letter(json.loads(rows[0][0]), rows[0][1], rows[0][2]) if rows else None

    def delivered(self, event_id: str) -> None:
        """The shop has said that it knows."""
        self._ask("DELETE FROM letters WHERE event_id = ?", (event_id,))

    def put_off(self, event_id: str, until: float) -> None:
        """The shop did not answer well: again later."""
        self._ask(
            "UPDATE letters SET due_at = ?, tries = tries + 1 WHERE event_id = ?", (until, event_id)
        )

    def waiting(self) -> list[tuple[str, int, float]]:
        """Event, tries and due time of what the shop does not know yet."""
        return self._ask(
            "SELECT event_id, tries, due_at FROM letters JOIN things ON things.id = event_id"
            " ORDER BY things.seq"
        )

    def next_moment(self, *, letters_late_by: float | None) -> float | None:
        """When something falls due next.

        :param letters_late_by: seconds after their time; None: nobody waits for letters.
        """
        due = self._ask("SELECT MIN(expires_at) FROM open_pages")[0][0]
        letter = self._ask("SELECT MIN(due_at) + ? FROM letters", (letters_late_by,))[0][0]
        return min((m for m in (due, letter) if m is not None), default=None)

    # ---- switches
    def switch(self, name: str, default: str) -> str:
        """How a switch stands."""
        rows = self._ask("SELECT value FROM switches WHERE name = ?", (name,))
        return rows[0][0] if rows else default

    def turn(self, name: str, value: str) -> None:
        """Set a switch; it stays so over restarts."""
        self._ask(
            "INSERT INTO switches VALUES (?, ?)"
            " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            (name, value),
        )
