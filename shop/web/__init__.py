"""What every page leans on: no business here."""

from shop.web.runtime import Runtime, database, runtime

__all__ = ["Runtime", "database", "runtime"]
