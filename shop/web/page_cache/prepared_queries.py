"""Reading rows as the driver gives them: for pages that ask the same questions all day.

``session.execute`` finds out anew each time which text a statement is, and turns every value of
every row into Python's. A :class:`Question` is a statement whose text is made once, and its rows
are plain tuples of what the database said. They are compared and kept as they are: a card or a
part of a page that was made of the same tuples is as true as one made now. Only who meets a row
for the first time turns it into values::

    _CHEAP = Question(select(CARDS.c.name, CARDS.c.published_at).where(price <= bindparam("most")))

    rows = _CHEAP.rows(session, {"most": 25_000})
    return tuple(_shown(row, dialect_of(session)) for row in rows)

    @lru_cache(1_000)
    def _shown(row: Raw, dialect: Dialect) -> Shown:
        return Shown(*_CHEAP.values(row, dialect))

A question is made once, for a module or in a cache, never for a request. What changes is bound by
name; a list for ``IN`` is ``bindparam(name, expanding=True)``, and is filled up with its last value
so that lists of all lengths have few texts. Other plain values stand in the text by the letter:
SQLite plans a statement anew each time that one is bound which may decide what index fits, and
counting marks took twice as long. Nothing is flushed before it is asked.
"""

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Connection,
    Dialect,
    Select,
    cast,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.orm import Session
from sqlalchemy.sql.visitors import cloned_traverse
from sqlalchemy.types import NullType

Raw = tuple[Any, ...]
"""A row as the driver gave it: on SQLite a moment is text and truth is 0 or 1."""

Reader = Session | Connection
"""What a query runs on; a connection alone (``Database.connect_readonly``) costs less."""

Parts = tuple[tuple[int, Raw], ...]
"""Rows of several queries, each with the place of its own."""

MAX_TEXTS = 128
"""Texts of statements that a process keeps; one takes some 20 kB."""


def dialect_of(session: Reader) -> Dialect:
    """What the rows of this session are read by."""
    return (session if isinstance(session, Connection) else session.get_bind()).dialect


class Kinds:
    """Of which kind columns are: turns their plain values into those of ``session.execute``."""

    def __init__(self, columns: Iterable[ColumnElement[Any]]) -> None:
        self._types = [column.type for column in columns]
        self._changed: dict[str, list[tuple[int, Callable[[Any], Any]]]] = {}

    def values(self, row: Raw, dialect: Dialect) -> list[Any]:
        """The row in Python's values; columns behind those that are known are left out."""
        values = list(row[: len(self._types)])
        changed = self._changed.get(dialect.name)
        for place, way in self._learn(dialect) if changed is None else changed:
            values[place] = way(values[place])
        return values

    def _learn(self, dialect: Dialect) -> list[tuple[int, Callable[[Any], Any]]]:
        ways = (kind.dialect_impl(dialect).result_processor(dialect, None) for kind in self._types)
        self._changed[dialect.name] = [(place, way) for place, way in enumerate(ways) if way]
        return self._changed[dialect.name]


class Question(Kinds):
    """A statement that is asked often, where nothing is written: what fails is asked once more."""

    def __init__(
        self, statement: Select[*tuple[Any, ...]] | CompoundSelect[*tuple[Any, ...]]
    ) -> None:
        super().__init__(statement.selected_columns)
        self.statement = statement
        self._by_letter = cloned_traverse(statement, {}, {"bindparam": _write_out})
        self._told: dict[str, tuple[tuple[str, bool], ...]] = {}

    def rows(self, session: Reader, values: Mapping[str, Any]) -> list[Raw]:
        """Ask it: one statement, which everybody sees who listens to the engine.

        :param values: by name, all that the statement binds; others are not looked at.
        """
        connection = session if isinstance(session, Connection) else session.connection()
        text = self._text(connection.dialect, values)
        return _fetched(connection, text.words, text.bound(values))

    def compiled(self, dialect: Dialect) -> Any:  # the dialect's own
        """The statement in the language of a database, before what changes is known."""
        return self._by_letter.compile(dialect=dialect)

    def _text(self, dialect: Dialect, values: Mapping[str, Any]) -> "_Text":
        told = self._told.get(dialect.name)
        if told is None:
            told = self._learn_words(dialect)
        words = [(name, _room(values[name]) if is_list else values[name]) for name, is_list in told]
        return _written(self, dialect, tuple(words))

    def _learn_words(self, dialect: Dialect) -> tuple[tuple[str, bool], ...]:
        """Which values change the words: a list by its length, and what stands in them itself."""
        made: Any = self.compiled(dialect)
        told = self._told[dialect.name] = tuple(
            (one.key, one.expanding)
            for one in made.binds.values()
            if one.required and (one.expanding or one in made.literal_execute_params)
        )
        return told


class OneTrip:
    """Several small reads that are always made together, prepared as one statement.

    For where a trip to the server costs more than the reading. Building the statement costs more
    than both: make it once and bind what changes by name.
    """

    def __init__(self, *queries: Select[*tuple[Any, ...]]) -> None:
        parts = [query.subquery() for query in queries]
        self._named: list[Any] = []  # a named tuple for the rows of each query
        self._kinds = [Kinds(part.c) for part in parts]
        self._blocks: list[slice] = []
        start = 1  # the first column says which query a row is of
        for part in parts:
            self._named.append(namedtuple("Row", part.c.keys()))
            self._blocks.append(slice(start, start + len(part.c)))
            start += len(part.c)
        # One block of columns a query; in the rows of the others it stands empty.
        self._question = Question(
            union_all(
                *(
                    select(
                        literal(number),
                        *(
                            (column if part is own else cast(null(), column.type)).label(
                                f"c{place}_{name}"
                            )
                            for place, part in enumerate(parts)
                            for name, column in part.c.items()
                        ),
                    )
                    for number, own in enumerate(parts)
                )
            )
        )

    def read(self, session: Session, values: Mapping[str, Any]) -> list[list[Any]]:
        """Each query's rows, with its columns by name; their order is not kept."""
        found: list[list[Any]] = [[] for _ in self._named]
        for row in session.execute(self._question.statement, values):
            part = row[0]
            found[part].append(self._named[part]._make(row[self._blocks[part]]))
        return found

    def rows(self, session: Reader, values: Mapping[str, Any]) -> Parts:
        """The rows of all, plain, each with the place of its query; :meth:`parted` reads them."""
        rows = self._question.rows(session, values)
        return tuple([(row[0], row[self._blocks[row[0]]]) for row in rows])

    def parted(self, rows: Parts, dialect: Dialect) -> list[list[Any]]:
        """Plain rows as :meth:`read` gives them."""
        found: list[list[Any]] = [[] for _ in self._named]
        for part, row in rows:
            found[part].append(self._named[part]._make(self._kinds[part].values(row, dialect)))
        return found


def _fetched(connection: Connection, words: str, bound: Any) -> list[Raw]:
    if not connection.dispatch.before_cursor_execute:
        driver = connection.connection.cursor()
        try:
            driver.execute(words, bound)
            return [*driver.fetchall()]
        except connection.dialect.loaded_dbapi.Error:
            pass  # asked once more, SQLAlchemy says it as everywhere
        finally:
            driver.close()
    # Of each result it learns anew what its columns are called, which costs as much as asking.
    result = connection.exec_driver_sql(words, bound)
    assert result.cursor is not None  # what selects has rows, if only none
    rows = [*result.cursor.fetchall()]
    result.close()
    return rows


def _room(values: Sequence[Any]) -> int:
    """So many places are made for a list: a power of two, as each number of them is a text."""
    return 1 << (len(values) - 1).bit_length() if values else 0


def _write_out(value: BindParameter[Any]) -> None:
    """Let a value that stays stand in the text, where it is a plain text or number."""
    if value.required or isinstance(value.type, NullType):
        return
    own = value.value if value.expanding else [value.value]
    value.literal_execute = all(type(one) in (str, int, bool) for one in own or ())


@dataclass(frozen=True, slots=True)
class _Text:
    words: str
    fixed: dict[Any, Any]
    """What is bound, by place or by name as the driver wants it."""
    asked: tuple[tuple[str, int | None, Callable[[Any], Any] | None, tuple[Any, ...]], ...]
    """What changes: the name of its value, its place in a list, how it is written, where it is
    bound.
    """
    is_by_place: bool

    def bound(self, values: Mapping[str, Any]) -> tuple[Any, ...] | dict[str, Any]:
        """What the driver is given beside the words."""
        bound = self.fixed.copy()
        for name, part, way, places in self.asked:
            value = values[name]
            if part is not None:
                value = value[min(part, len(value) - 1)]
            if way is not None:
                value = way(value)
            for place in places:
                bound[place] = value
        return tuple(bound.values()) if self.is_by_place else bound


@lru_cache(MAX_TEXTS)
def _written(question: Question, dialect: Dialect, told: tuple[tuple[str, Any], ...]) -> _Text:
    """The words of a question for what stands in them, and for lists of these lengths."""
    compiled = question.compiled(dialect)
    binds = compiled.binds
    needed: dict[str, Any] = {one.key: None for one in binds.values() if one.required}
    lists = {name for name, _told in told if binds[name].expanding}
    needed |= {name: [None] * value if name in lists else value for name, value in told}
    made = compiled.construct_expanded_state(needed)
    source: dict[str, tuple[str, int | None]] = {name: (name, None) for name in needed}
    for name in lists:
        parts = enumerate(made.parameter_expansion[name])
        source |= {part: (name, place) for place, part in parts}
    names = made.positiontup
    places = (
        [*enumerate(names)] if names is not None else [(name, name) for name in made.parameters]
    )
    fixed: dict[Any, Any] = {}
    asked: dict[tuple[str, int | None], tuple[Any, list[Any]]] = {}
    for place, name in places:
        way = made.processors.get(name)
        if name in binds:
            way = binds[name].type.dialect_impl(dialect).bind_processor(dialect)
        if name in source:
            fixed[place] = None  # so that places stay in their order
            asked.setdefault(source[name], (way, []))[1].append(place)
        else:
            own = made.parameters[name]
            fixed[place] = own if way is None else way(own)
    changing = tuple((*one, way, tuple(where)) for one, (way, where) in asked.items())
    return _Text(made.statement, fixed, changing, names is not None)
