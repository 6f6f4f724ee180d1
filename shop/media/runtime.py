"""What pages of every room need of photos: where they lie."""

from typing import cast

from flask import current_app

from shop.media.storage import Storage

EXTENSION = "lumbung-media"


def storage() -> Storage:
    """Where this app's photos lie."""
    return cast("Storage", current_app.extensions[EXTENSION])
