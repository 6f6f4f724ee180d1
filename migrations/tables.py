"""The tables as the models describe them, gathered from every room that has some."""

import importlib
import pkgutil
from collections.abc import Sequence

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import MetaData
from sqlalchemy.schema import SchemaItem

import shop
from shop.core.database.migrations import engine_for
from shop.core.database.schema import Base

BY_HAND = ("search_", "ix_search_", "ix_falling_")
"""What no model describes. The search index is written by hand in its migration: FTS5 on SQLite
keeps several tables beside each of its own, PostgreSQL has trigram indexes. And SQLite does not
tell which columns of an index fall."""


def target() -> MetaData:
    """All tables of all rooms."""
    for module in pkgutil.walk_packages(shop.__path__, "shop."):
        if module.name.endswith("models"):
            importlib.import_module(module.name)
    importlib.import_module("shop.core.database.settings_by_date")  # the one table of core
    return Base.metadata


def ours(
    _item: SchemaItem, name: str | None, _kind: str, reflected: bool, match: SchemaItem | None
) -> bool:
    """Whether a comparison should look at this object."""
    return not (reflected and match is None and name is not None and name.startswith(BY_HAND))


def differences(url: str) -> Sequence[object]:
    """What the models say and the database at ``url`` does not; empty when they agree."""
    engine = engine_for(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "include_object": ours,
                "compare_type": True,
                "target_metadata": target(),
            },
        )
        found: Sequence[object] = compare_metadata(context, target())
    engine.dispose()
    return found
