"""What every table shares: the base, the names of constraints, the kinds of column."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, cast

from sqlalchemy import (
    BigInteger,
    ColumnClause,
    ColumnElement,
    DateTime,
    Dialect,
    Enum,
    Integer,
    MetaData,
    Table,
    literal_column,
)
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute
from sqlalchemy.types import TypeDecorator

BigId = BigInteger().with_variant(Integer, "sqlite")
"""Keys, never shown outside. SQLite counts up by itself only on its own INTEGER."""


class Base(DeclarativeBase):
    """All tables. Constraints are named so that a migration can find them again."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def table_of(model: type[Base]) -> Table:
    """The table behind a model, for statements that neither want nor make objects."""
    table = model.__table__
    assert isinstance(table, Table)
    return table


def inline(value: str | int) -> ColumnClause[Any]:
    """A constant of ours, written into the statement's text instead of bound.

    SQLite plans a statement anew at each execution when a bound value may decide which index fits.
    """
    return literal_column(str(value) if isinstance(value, int) else f"'{value}'")


def columns_of(*attributes: Any) -> tuple[ColumnElement[Any], ...]:
    """The columns behind attributes of models, for the same statements; others as they are."""
    return tuple(
        cast("Table", one.class_.__table__).c[one.key]
        if isinstance(one, InstrumentedAttribute)
        else one
        for one in attributes
    )


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC. A time without a zone is refused: nobody could say when it was."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        # SQLite keeps no zone; everything in it was UTC when it was written.
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def states(kind: type[StrEnum], name: str) -> Enum:
    """A column of named states: readable text, with a CHECK that knows the names."""
    return Enum(
        kind,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=24,
        values_callable=lambda members: [member.value for member in members],
    )
