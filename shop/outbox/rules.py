"""When a job that failed is tried again, and when a worker counts as gone."""

from datetime import timedelta

MOST_ATTEMPTS = 12
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
    return attempts >= MOST_ATTEMPTS
