"""Why a backup is not made or not put back. Each says what to do; an operator reads it."""

from shop.core.values.errors import ShopError


class BackupRefused(ShopError):
    """Nothing was changed; the words name the cure."""
