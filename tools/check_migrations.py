"""Migrate an empty SQLite database and compare it with the models.

    python tools/check_migrations.py

The tests do the same on PostgreSQL; here it takes a second and needs no server.
"""

import sys
import tempfile
from pathlib import Path

from migrations.tables import differences
from shop.core.database import migrations


def main() -> int:
    """Print what the models say and the migrations do not; 1 when they differ."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'check.db'}"
        migrations.upgrade(url)
        found = differences(url)
    for difference in found:
        print(f"models and migrations differ: {difference}")
    if found:
        print("Write a migration, or mend the one that has not left this house yet.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
