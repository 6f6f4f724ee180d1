"""Where photos lie: the one door to the object store."""

from pathlib import Path
from typing import Protocol

from obstore.exceptions import AlreadyExistsError
from obstore.store import LocalStore, MemoryStore

from shop.media.errors import PhotoNotFound


class Storage(Protocol):
    """Named bytes that are written once and never change."""

    def put(self, name: str, data: bytes) -> None:
        """Keep ``data``; what already stands under ``name`` stays as it is."""

    def get(self, name: str) -> bytes:
        """What stands under ``name``.

        :raises PhotoNotFound: if nothing does.
        """

    def path(self, name: str) -> Path | None:
        """The file of ``name`` on this machine, if this store has files."""


class ObjectStorage:
    """Photos in a folder, or in memory for a test."""

    def __init__(self, store: LocalStore | MemoryStore, folder: Path | None = None) -> None:
        self._store = store
        self._folder = folder

    def put(self, name: str, data: bytes) -> None:
        """Keep ``data``; what already stands under ``name`` stays as it is.

        Names come from contents and are cached by browsers for a year, so bytes under a name
        must never change. Two at once are safe: the store creates or refuses, nothing between.
        """
        try:
            self._store.put(name, data, mode="create")
        except AlreadyExistsError:
            return

    def get(self, name: str) -> bytes:
        """What stands under ``name``.

        :raises PhotoNotFound: if nothing does.
        """
        try:
            return bytes(self._store.get(name).bytes())
        except FileNotFoundError as missing:
            raise PhotoNotFound(name) from missing

    def path(self, name: str) -> Path | None:
        """The file of ``name`` on this machine; ``None`` for a store without files."""
        return self._folder / name if self._folder else None


def open_storage(url: str) -> Storage:
    """The store behind a setting: ``file:var/media`` for a folder, ``memory:`` for a test.

    :raises ValueError: for an address we do not know; a mistake of the setting.
    """
    scheme, _, rest = url.partition(":")
    if scheme == "memory":
        return ObjectStorage(MemoryStore())
    if scheme == "file" and rest:
        folder = Path(rest.removeprefix("//")).absolute()
        return ObjectStorage(LocalStore(folder, mkdir=True), folder)
    raise ValueError(f"MEDIA_URL must be file:<folder>, not {scheme!r}")
