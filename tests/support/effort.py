"""How much a test does: a short round in ``make test``, a long one in ``make soak``."""

import os

SOAK = bool(os.environ.get("SOAK"))
"""Whether this is ``make soak``, which runs what is marked ``soak`` or ``soak_only``."""


def effort(name: str, *, short: int, soak: int) -> int:
    """How many rounds, rows or cases a test goes through.

    :param name: an environment variable that overrules both numbers.
    """
    return int(os.environ.get(name) or (soak if SOAK else short))
