"""Photos lie in a folder or in a bucket; what is promised of them holds in both."""

import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest

from shop.services.media.storage import Storage, storage_of

SIGNED = "AWS4-HMAC-SHA256 Credential=tamu/20260101/us-east-1/s3/aws4_request"
"""What the service takes for a signature: it looks at the form alone."""


@dataclass(frozen=True)
class Place:
    """Settings that say where photos lie."""

    media_url: str
    s3_endpoint_url: str | None = None
    s3_region: str | None = None
    s3_access_key_id: str | None = "tamu"
    s3_secret_access_key: str | None = "tamu-tamu"


@pytest.fixture(scope="session")
def bucket_service() -> Iterator[str]:
    """The address of a service that speaks S3, in this process.

    It answers one request at a time: between its look for a name and its write of the file another
    writer would come in, which a real service does not allow.
    """
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
    from werkzeug.serving import make_server

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, DomainDispatcherApplication(create_backend_app))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def bucket(bucket_service: str) -> Place:
    """An empty bucket of this test's own, with a prefix as a shared bucket has one."""
    from urllib.request import Request, urlopen

    name = f"foto-{uuid4().hex[:12]}"
    made = Request(f"{bucket_service}/{name}", method="PUT", headers={"Authorization": SIGNED})
    urlopen(made, timeout=10).close()
    return Place(f"s3://{name}/lumbung", s3_endpoint_url=bucket_service)


@pytest.fixture(params=["folder", "bucket"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """Where photos lie in this test: each runs on both."""
    if request.param == "folder":
        return Place(f"file:{tmp_path / 'media'}")
    found: Place = request.getfixturevalue("bucket")
    return found


@pytest.fixture
def storage(place: Place) -> Storage:
    """The store at ``place``."""
    return storage_of(place)
