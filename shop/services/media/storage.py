"""Where photos lie: the one door to the object store."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from obstore.exceptions import AlreadyExistsError, BaseError, NotFoundError
from obstore.store import LocalStore, MemoryStore, S3Store

from shop.services.media.errors import PhotoNotFound, StorageAway
from shop.services.media.rules import FOREVER, format_of

SECONDS_TO_CONNECT = 2
SECONDS_TO_ANSWER = 10
RETRIES = 2
DEFAULT_REGION = "us-east-1"
"""What services that know no regions take for one."""


class SaysWherePhotosLie(Protocol):
    """Settings that say where photos lie, and how to get in there."""

    @property
    def media_url(self) -> str:
        """``file:var/media``, or ``s3://bucket/prefix``."""

    @property
    def s3_endpoint_url(self) -> str | None:
        """The service that has the bucket; none: Amazon's."""

    @property
    def s3_region(self) -> str | None:
        """Its region."""

    @property
    def s3_access_key_id(self) -> str | None:
        """Who we are there."""

    @property
    def s3_secret_access_key(self) -> str | None:
        """And that it is us."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that stands in the store, and since when."""

    name: str
    at: datetime


class Storage(Protocol):
    """Named bytes that are written once and never change."""

    def put(self, name: str, data: bytes) -> bool:
        """Keep ``data``; what already stands under ``name`` stays as it is.

        :return: whether it is new here.
        """

    def get(self, name: str) -> bytes:
        """What stands under ``name``.

        :raises PhotoNotFound: if nothing does.
        """

    def files(self) -> Iterator[StoredFile]:
        """Everything that stands here, a portion at a time."""

    def delete(self, name: str) -> None:
        """Take ``name`` away; it may be gone already."""

    def path(self, name: str) -> Path | None:
        """The file of ``name`` on this machine, if this store has files."""


class ObjectStorage:
    """Photos in a folder, in a bucket, or in memory for a test."""

    def __init__(
        self, store: LocalStore | MemoryStore | S3Store, folder: Path | None = None
    ) -> None:
        self._store = store
        self._folder = folder
        # A folder keeps no content type; a bucket tells it to whoever fetches the file there.
        self._says_type = isinstance(store, S3Store)

    def put(self, name: str, data: bytes) -> bool:
        """Keep ``data``; what already stands under ``name`` stays as it is.

        Names come from contents and are cached by browsers for a year, so bytes under a name
        must never change. Two at once are safe: the store creates or refuses, nothing between.

        :return: whether it is new here.
        :raises StorageAway: if the store does not answer.
        """
        try:
            self._store.put(name, data, mode="create", attributes=self._attributes(name))
        except AlreadyExistsError:
            return False
        except BaseError as fault:
            raise StorageAway(name) from fault
        if self._folder:
            _settle(self._folder, name)
        return True

    def get(self, name: str) -> bytes:
        """What stands under ``name``.

        :raises PhotoNotFound: if nothing does.
        :raises StorageAway: if the store does not answer.
        """
        try:
            return bytes(self._store.get(name).bytes())
        except (FileNotFoundError, NotFoundError) as missing:
            raise PhotoNotFound(name) from missing
        except BaseError as fault:
            raise StorageAway(name) from fault

    def files(self) -> Iterator[StoredFile]:
        """Everything that stands here, a portion at a time.

        :raises StorageAway: if the store does not answer.
        """
        try:
            for portion in self._store.list():
                for one in portion:
                    yield StoredFile(one["path"], one["last_modified"])
        except BaseError as fault:
            raise StorageAway("list") from fault

    def delete(self, name: str) -> None:
        """Take ``name`` away; it may be gone already.

        :raises StorageAway: if the store does not answer.
        """
        try:
            self._store.delete(name)
        except (FileNotFoundError, NotFoundError):
            return
        except BaseError as fault:
            raise StorageAway(name) from fault

    def path(self, name: str) -> Path | None:
        """The file of ``name`` on this machine; ``None`` for a store without files."""
        return self._folder / name if self._folder else None

    def _attributes(self, name: str) -> dict[str, str] | None:
        kind = format_of(name) if self._says_type else None
        return {"Content-Type": kind.mime_type, "Cache-Control": FOREVER} if kind else None


def storage_of(settings: SaysWherePhotosLie) -> Storage:
    """The store that the settings name: a folder, or ``s3://bucket/prefix`` with its keys.

    :raises ValueError: for an address we do not know; a mistake of the setting.
    """
    parts = urlsplit(settings.media_url)
    if parts.scheme == "s3" and parts.netloc:
        return ObjectStorage(_bucket(parts.netloc, parts.path.strip("/"), settings))
    return open_storage(settings.media_url)


def open_storage(url: str) -> Storage:
    """The store behind an address: ``file:var/media`` for a folder, ``memory:`` for a test.

    :raises ValueError: for an address we do not know; a mistake of the setting.
    """
    scheme, _, rest = url.partition(":")
    if scheme == "memory":
        return ObjectStorage(MemoryStore())
    if scheme == "file" and rest:
        folder = Path(rest.removeprefix("//")).absolute()
        return ObjectStorage(LocalStore(folder, mkdir=True), folder)
    raise ValueError(f"MEDIA_URL must be file:<folder> or s3://<bucket>, not {scheme!r}")


def _bucket(name: str, prefix: str, settings: SaysWherePhotosLie) -> S3Store:
    service = settings.s3_endpoint_url
    given: dict[str, Any] = {"endpoint": service} if service else {}
    return S3Store(
        name,
        prefix=prefix or None,
        region=settings.s3_region or DEFAULT_REGION,
        access_key_id=settings.s3_access_key_id,
        secret_access_key=settings.s3_secret_access_key,
        # Other services than Amazon's know buckets as folders of one host.
        virtual_hosted_style_request=not service,
        client_options={
            "allow_http": (service or "").startswith("http://"),
            "connect_timeout": timedelta(seconds=SECONDS_TO_CONNECT),
            "timeout": timedelta(seconds=SECONDS_TO_ANSWER),
        },
        retry_config={
            "max_retries": RETRIES,
            "retry_timeout": timedelta(seconds=SECONDS_TO_ANSWER),
        },
        **given,
    )


def _settle(folder: Path, name: str) -> None:
    """Have the disk keep a new file: a row that names it must not outlive it in a power cut."""
    file = folder / name
    # Its folder may be as new as the file; the name stands in the one, that one in the next.
    places = [file, file.parent, file.parent.parent, folder]
    for place in dict.fromkeys(places):
        handle = os.open(place, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
