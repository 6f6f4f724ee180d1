"""Rows that two at once may both want to make first."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningInsert

from shop.core.schema import Base


def insert_unless_there(
    session: Session, model: type[Base], values: dict[str, Any], *, key: Sequence[str]
) -> int | None:
    """Make a row and tell its id; None when one with this key stands already.

    On PostgreSQL this waits for somebody who is just making the same row; afterwards a plain
    SELECT finds what they made.

    :param key: the columns of the unique constraint that decides.
    """
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    statement: ReturningInsert[Any] = (
        insert(model)
        .values(**values)
        .on_conflict_do_nothing(index_elements=list(key))
        .returning(model.__table__.c.id)
    )
    made: int | None = session.scalar(statement)
    return made
