"""The tables as the models describe them, gathered from every room that has some."""

import importlib
import pkgutil

from sqlalchemy import MetaData
from sqlalchemy.schema import SchemaItem

import shop
from shop.core.schema import Base


def target() -> MetaData:
    """All tables of all rooms."""
    for room in pkgutil.iter_modules(shop.__path__, "shop."):
        if not room.ispkg:
            continue
        files = {
            file.name for file in pkgutil.iter_modules(importlib.import_module(room.name).__path__)
        }
        if "models" in files:
            importlib.import_module(f"{room.name}.models")
    return Base.metadata


def ours(item: SchemaItem, name: str | None, kind: str, reflected: bool, _match: object) -> bool:
    """Whether a comparison should look at this object.

    The search index keeps its own tables on SQLite (FTS5 makes several beside each one) and its
    own indexes on PostgreSQL; migrations write them by hand.
    """
    return not (reflected and _match is None and (name or "").startswith(("search_", "ix_search_")))
