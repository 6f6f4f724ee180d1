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
name; a list for ``IN`` is ``bindparam(name, expanding=True)``, and each length of it has a text of
its own. Nothing is flushed before it is asked.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Connection, Dialect, Select
from sqlalchemy.orm import Session

Raw = tuple[Any, ...]
"""A row as the driver gave it: on SQLite a moment is text and truth is 0 or 1."""

MOST_TEXTS = 512
"""Texts of statements that a process keeps: an address may ask for any number of values."""


def dialect_of(session: Session | Connection) -> Dialect:
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
        for place, changed in self._changed.get(dialect.name) or self._learn(dialect):
            values[place] = changed(values[place])
        return values

    def _learn(self, dialect: Dialect) -> list[tuple[int, Callable[[Any], Any]]]:
        ways = (kind.dialect_impl(dialect).result_processor(dialect, None) for kind in self._types)
        self._changed[dialect.name] = [(place, way) for place, way in enumerate(ways) if way]
        return self._changed[dialect.name]


class Question(Kinds):
    """A statement that is asked often."""

    def __init__(
        self, statement: Select[*tuple[Any, ...]] | CompoundSelect[*tuple[Any, ...]]
    ) -> None:
        super().__init__(statement.selected_columns)
        self.statement = statement
        self._told: dict[str, tuple[tuple[str, bool], ...]] = {}

    def rows(self, session: Session | Connection, values: Mapping[str, Any]) -> list[Raw]:
        """Ask it: one statement, which everybody sees who listens to the engine.

        :param values: by name, all that the statement binds; others are not looked at.
        """
        connection = session if isinstance(session, Connection) else session.connection()
        text = self._text(connection.dialect, values)
        result = connection.exec_driver_sql(text.words, text.bound(values))
        assert result.cursor is not None  # what selects has rows, if only none
        rows = [*result.cursor.fetchall()]
        result.close()
        return rows

    def _text(self, dialect: Dialect, values: Mapping[str, Any]) -> "_Text":
        told = self._told.get(dialect.name)
        if told is None:
            told = self._learn_words(dialect)
        words = [(name, len(values[name]) if is_list else values[name]) for name, is_list in told]
        return _written(self, dialect, tuple(words))

    def _learn_words(self, dialect: Dialect) -> tuple[tuple[str, bool], ...]:
        """Which values change the words: a list by its length, and what stands in them itself."""
        made: Any = self.statement.compile(dialect=dialect)
        told = self._told[dialect.name] = tuple(
            (one.key, one.expanding)
            for one in made.binds.values()
            if one.required and (one.expanding or one in made.literal_execute_params)
        )
        return told


@dataclass(frozen=True, slots=True)
class _Text:
    words: str
    fixed: dict[Any, Any]
    """What is bound, by place or by name as the driver wants it."""
    asked: tuple[tuple[Any, str, int | None, Callable[[Any], Any] | None], ...]
    """What changes: where it is bound, the name of its value, its place in a list, how it is
    written.
    """
    is_by_place: bool

    def bound(self, values: Mapping[str, Any]) -> tuple[Any, ...] | dict[str, Any]:
        """What the driver is given beside the words."""
        bound = self.fixed.copy()
        for place, name, part, way in self.asked:
            value = values[name] if part is None else values[name][part]
            bound[place] = value if way is None else way(value)
        return tuple(bound.values()) if self.is_by_place else bound


@lru_cache(MOST_TEXTS)
def _written(question: Question, dialect: Dialect, told: tuple[tuple[str, Any], ...]) -> _Text:
    """The words of a question for what stands in them, and for lists of these lengths."""
    compiled = question.statement.compile(dialect=dialect)
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
    asked = []
    for place, name in places:
        way = made.processors.get(name)
        if name in binds:
            way = binds[name].type.dialect_impl(dialect).bind_processor(dialect)
        if name in source:
            fixed[place] = None  # so that places stay in their order
            asked.append((place, *source[name], way))
        else:
            own = made.parameters[name]
            fixed[place] = own if way is None else way(own)
    return _Text(made.statement, fixed, tuple(asked), names is not None)
