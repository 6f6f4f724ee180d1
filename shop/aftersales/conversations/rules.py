"""How long a message may be, and which conversation a desk looks at first."""

from datetime import datetime
from enum import StrEnum

MAX_MESSAGE_LENGTH = 4_000
MAX_PHOTOS = 5
"""In one message."""
SHOWN = 50
"""Messages a page of a conversation shows, the newest."""

_ANSWERED = 100_000_000_000


class Side(StrEnum):
    """Who wrote a message."""

    SHOPPER = "shopper"
    DESK = "desk"


def place_at_desk(*, waits_since: datetime | None, last_at: datetime) -> int:
    """Where a conversation stands in a desk's list, smallest first.

    Those that wait for an answer come first, who waits longest at the top; then the answered
    ones, the latest at the top.

    :return: seconds; one column is enough to sort and to page by.
    """
    if waits_since is not None:
        return int(waits_since.timestamp())
    return _ANSWERED - int(last_at.timestamp())
