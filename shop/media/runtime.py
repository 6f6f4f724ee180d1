"""What pages of every room need of photos: where they lie."""

from typing import cast

from flask import Flask, current_app

from shop.media import jobs
from shop.media.storage import SaysWherePhotosLie, Storage, storage_of

EXTENSION = "lumbung-media"


def use_storage(app: Flask, settings: SaysWherePhotosLie) -> None:
    """Open the photo storage that the settings name, for the pages and jobs of this process."""
    app.extensions[EXTENSION] = photos = storage_of(settings)
    jobs.install(photos)


def storage() -> Storage:
    """Where this app's photos lie."""
    return cast("Storage", current_app.extensions[EXTENSION])
