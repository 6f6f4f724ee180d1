"""When a job is tried again, when a worker counts as gone, when the daily mail goes out."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MAX_ATTEMPTS = 12
"""About a day and a half of trying; after that a person has to look."""

WORKER_QUIET = timedelta(minutes=2)
"""After so long without a sign of life somebody should look at the worker."""

FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(hours=6)


def back_off(attempts: int, chance: float) -> timedelta:
    """How long to wait after the ``attempts``-th failure: doubled each time, up to six hours.

    :param chance: 0 to 1; spreads jobs that failed together, so that they do not come back
        together. Half of the wait is certain.
    """
    doubled: int = 2 ** min(attempts - 1, 20)
    wait = min(FIRST_WAIT * doubled, LONGEST_WAIT)
    return wait / 2 + wait / 2 * chance


def is_spent(attempts: int) -> bool:
    """Whether a job has had all its attempts."""
    return attempts >= MAX_ATTEMPTS


MORNING = time(8)
"""When who wants one mail a day gets it, by their own clock."""
LATEST_FOR_MORNING = timedelta(minutes=10)
"""What comes later than so long before it waits for the next: a mail on its way stays as it is."""


def next_morning(now: datetime, zone: str) -> tuple[date, datetime]:
    """The day of the next daily mail on a reader's calendar, and its moment.

    :param zone: the reader's, an IANA name.
    """
    here = ZoneInfo(zone)
    soonest = (now + LATEST_FOR_MORNING).astimezone(here)
    day = soonest.date() + timedelta(days=1 if soonest.time() > MORNING else 0)
    return day, datetime.combine(day, MORNING, here)
