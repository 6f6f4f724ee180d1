"""What is done to photos after an upload; to be imported is enough."""

from datetime import datetime
from typing import Any

from shop.core.database import Database
from shop.media.actions import RENDITIONS_JOB, make_missing_renditions
from shop.media.errors import PhotoNotFound
from shop.media.storage import Storage
from shop.media.sweeping import sweep
from shop.outbox.actions import patient
from shop.outbox.worker import handles, periodic

DAILY = 24 * 3600

_installed: dict[str, Storage] = {}
patient.add(RENDITIONS_JOB)


def install(storage: Storage) -> None:
    """Say where photos lie, once at the start of the process."""
    _installed["storage"] = storage


@handles(RENDITIONS_JOB)
def make_renditions(db: Database, payload: dict[str, Any], _now: datetime) -> None:
    """Make the sizes of one photo that are still missing."""
    try:
        make_missing_renditions(db, _installed["storage"], payload["photo_id"])
    except PhotoNotFound:
        # Taken away since it was promised: nothing is left to do.
        return


@periodic("media.sweep", DAILY)
def take_away_unnamed(db: Database, now: datetime) -> None:
    """Files that no row names go, a day after the last one did."""
    sweep(db, _installed["storage"], now=now)
