"""A folder and a bucket keep the same promises."""

import os
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from shop.core.values import clock
from shop.services.media import storage as store_room
from shop.services.media.errors import PhotoNotFound, StorageAway
from shop.services.media.rules import FOREVER, master_name, photo_key
from shop.services.media.storage import Storage, open_storage, storage_of
from tests.services.media.conftest import SIGNED, Place
from tests.support.engines import PAGES
from tests.support.inside import shop_app

if TYPE_CHECKING:
    from tests.support.visitor import Visitor

NAME = master_name(photo_key(b"anything"))


def test_bytes_under_a_name_never_change(storage: Storage) -> None:
    assert storage.put(NAME, b"first") is True
    assert storage.put(NAME, b"second") is False
    assert storage.get(NAME) == b"first"


def test_what_was_never_kept_is_not_found(storage: Storage) -> None:
    with pytest.raises(PhotoNotFound):
        storage.get(NAME)


def test_of_many_writers_of_one_name_one_is_the_first(storage: Storage) -> None:
    start, new = threading.Barrier(6), []

    def write(number: int) -> None:
        start.wait()
        new.append((storage.put(NAME, bytes([number])), number))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (winner,) = [number for was_new, number in new if was_new]
    assert storage.get(NAME) == bytes([winner])


def test_the_store_tells_what_stands_in_it_and_since_when(storage: Storage) -> None:
    names = {f"ab/c/{number}.webp" for number in range(3)}
    for name in names:
        storage.put(name, b"x")
    found = list(storage.files())
    assert {one.name for one in found} == names
    assert all(abs(clock.now() - one.at) < timedelta(minutes=1) for one in found)


def test_taking_away_twice_is_as_good_as_once(storage: Storage) -> None:
    storage.put(NAME, b"x")
    storage.delete(NAME)
    storage.delete(NAME)
    assert list(storage.files()) == []
    assert storage.put(NAME, b"y") is True


def test_only_a_folder_has_files_on_this_machine(storage: Storage, place: Place) -> None:
    assert (storage.path(NAME) is None) is place.media_url.startswith("s3:")


def test_a_new_file_in_a_folder_is_on_the_disk_before_a_row_may_name_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settled: list[str] = []
    opened: dict[int, str] = {}
    real_open = os.open

    def noting_open(path: Path, flags: int) -> int:
        handle = real_open(path, flags)
        opened[handle] = str(path.relative_to(tmp_path))
        return handle

    monkeypatch.setattr(os, "open", noting_open)
    monkeypatch.setattr(os, "fsync", lambda handle: settled.append(opened[handle]))
    open_storage(f"file:{tmp_path / 'media'}").put("ab/c/320.webp", b"x")
    assert settled == ["media/ab/c/320.webp", "media/ab/c", "media/ab", "media"]


@pytest.mark.parametrize("verb", ["put", "get", "delete", "files"])
def test_a_bucket_that_does_not_answer_is_no_fault_of_ours(
    verb: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_room, "RETRIES", 0)
    away = storage_of(Place("s3://foto", s3_endpoint_url="http://127.0.0.1:9"))
    verbs: dict[str, Callable[[], object]] = {
        "put": lambda: away.put(NAME, b"x"),
        "get": lambda: away.get(NAME),
        "delete": lambda: away.delete(NAME),
        "files": lambda: list(away.files()),
    }
    with pytest.raises(StorageAway):
        verbs[verb]()


@pytest.mark.parametrize("address", ["", "file:", "s3:", "ftp://somewhere", "/var/media"])
def test_an_address_we_do_not_know_is_a_mistake_of_the_setting(address: str) -> None:
    with pytest.raises(ValueError, match="MEDIA_URL"):
        storage_of(Place(address))


@pytest.mark.only_on("sqlite", because=PAGES)
def test_a_photo_is_served_alike_from_both(
    database_url: str, var_dir: Path, place: Place, storage: Storage
) -> None:
    storage.put(NAME, b"\xff\xd8 photo")
    settings = {
        "MEDIA_URL": place.media_url,
        "S3_ENDPOINT_URL": place.s3_endpoint_url or "",
        "S3_ACCESS_KEY_ID": place.s3_access_key_id or "",
        "S3_SECRET_ACCESS_KEY": place.s3_secret_access_key or "",
    }
    with shop_app(database_url, var_dir, **settings) as app:
        client = cast("Visitor", app.test_client())
        answer = client.get(f"/media/{NAME}")
        assert answer.data == b"\xff\xd8 photo"
        assert answer.mimetype == "image/jpeg"
        assert answer.headers["Cache-Control"] == FOREVER
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "Set-Cookie" not in answer.headers
        missing = client.get(f"/media/{master_name(photo_key(b'other'))}")
        assert missing.status_code == 404
        answer.close()


@pytest.mark.only_on("sqlite", because=PAGES)
def test_a_bucket_that_is_away_is_said_so(
    database_url: str, var_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_room, "RETRIES", 0)
    settings = {
        "MEDIA_URL": "s3://foto",
        "S3_ENDPOINT_URL": "http://127.0.0.1:9",
        "S3_ACCESS_KEY_ID": "tamu",
        "S3_SECRET_ACCESS_KEY": "tamu-tamu",
    }
    with shop_app(database_url, var_dir, **settings) as app:
        assert app.test_client().get(f"/media/{NAME}").status_code == 503


def test_a_bucket_tells_what_kind_of_file_it_hands_out(bucket: Place) -> None:
    from urllib.request import Request, urlopen

    storage_of(bucket).put(NAME, b"x")
    address = bucket.media_url.replace("s3://", f"{bucket.s3_endpoint_url}/")
    asked = Request(f"{address}/{NAME}", headers={"Authorization": SIGNED})
    with urlopen(asked, timeout=10) as answer:
        assert answer.headers["Content-Type"] == "image/jpeg"
        assert answer.headers["Cache-Control"] == FOREVER
