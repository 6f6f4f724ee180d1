"""The sheet that lies on a backup: when, of what, and how to see that nothing is missing."""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from shop.services.backup.errors import BackupRefused

SHEET = "manifest.json"
FORMAT = 1
AT_ONCE = 1 << 20


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a backup."""

    name: str
    """Path inside the backup, with ``/``."""
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds."""

    format: int
    made_at: str
    """UTC, ISO 8601."""
    engine: str
    """``sqlite`` or ``postgresql``: each is put back into its own kind."""
    revision: str
    """The step of ``migrations/`` at which the tables stood."""
    database: Part
    photos: tuple[Part, ...]

    def write(self, folder: Path) -> None:
        """Lay the sheet into the folder."""
        (folder / SHEET).write_text(json.dumps(asdict(self), indent=1), encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> "Manifest":
        """The sheet of a backup.

        :raises BackupRefused: when there is none, or none that we can read.
        """
        try:
            said = json.loads((folder / SHEET).read_text(encoding="utf-8"))
            if said["format"] != FORMAT:
                raise BackupRefused(
                    f"{folder} was made by another Lumbung (format {said['format']!r}): put it back"
                    " with the version that made it."
                )
            return cls(
                said["format"],
                str(said["made_at"]),
                str(said["engine"]),
                str(said["revision"]),
                _part(said["database"]),
                tuple(_part(photo) for photo in said["photos"]),
            )
        except FileNotFoundError as missing:
            raise BackupRefused(
                f"{folder} is no backup, or one that was broken off: it has no {SHEET}."
            ) from missing
        except (ValueError, KeyError, TypeError) as fault:
            raise BackupRefused(
                f"{folder / SHEET} cannot be read ({type(fault).__name__}): take another backup."
            ) from fault


def part(folder: Path, name: str) -> Part:
    """A file that lies in the backup, measured."""
    digest, size = hashlib.sha256(), 0
    with (folder / name).open("rb") as file:
        while some := file.read(AT_ONCE):
            digest.update(some)
            size += len(some)
    return Part(name, size, digest.hexdigest())


def _part(said: Any) -> Part:  # as it stood in the JSON
    name = PurePosixPath(said["name"])
    # A sheet is a file like any other: it must not be able to name one outside its folder.
    if name.is_absolute() or ".." in name.parts or not name.parts:
        raise ValueError(said["name"])
    return Part(str(name), int(said["bytes"]), str(said["sha256"]))
