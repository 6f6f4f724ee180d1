"""Propose a migration: what the models say beyond the newest step.

    python tools/migration.py "members get a nickname"

Writes the next numbered file into migrations/versions. Read it: renames look like a loss and a
gain, and tables that only grow need their triggers again at its end.
"""

import sys
import tempfile
from pathlib import Path

from alembic import command

from shop.core.database import migrations


def main(message: str) -> None:
    """Compare with a fresh database at the newest step and write the difference down."""
    number = f"{int(migrations.head() or '0') + 1:04d}"
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'step.db'}"
        migrations.upgrade(url)
        command.revision(migrations.config_for(url), message, autogenerate=True, rev_id=number)


if __name__ == "__main__":
    main(sys.argv[1])
