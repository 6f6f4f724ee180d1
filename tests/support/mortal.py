"""A process that stays, whose children are killed in the middle of what they do.

A module that is one calls :func:`one_child_a_line` when it is run.
"""

import json
import os
import signal
import sys
from collections.abc import Callable, Mapping
from typing import Any

from tests.support.json_lines import JsonLines


class Mortal:
    """Hands its children their task; not every death pays for a start."""

    def __init__(self, module: str, environment: Mapping[str, str] | None = None) -> None:
        self._parent = JsonLines(module, environment)

    def dies(self, **task: Any) -> bool:  # whatever JSON can carry
        """Whether the child was killed; False: it had ended its task before."""
        ended = self._parent.ask(**task)
        assert ended in (0, -signal.SIGKILL), f"the child ended with {ended}"
        return bool(ended)

    def close(self) -> None:
        """No more children."""
        self._parent.close()


class Doom:
    """Counts what a child does, and kills it when it is about to do the so-manyth."""

    def __init__(self, at: int) -> None:
        self._left = at

    def one_more(self, *_told: Any) -> None:  # whatever an event tells; nobody looks at it
        """As a machine without power: neither ``finally`` nor ``atexit`` runs."""
        self._left -= 1
        if not self._left:
            os.kill(os.getpid(), signal.SIGKILL)


def one_child_a_line(live: Callable[..., None]) -> None:
    """Let a child do each task that comes, and say how it ended."""
    for line in sys.stdin:
        child = os.fork()
        if not child:
            live(**json.loads(line))
            os._exit(0)
        told = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        sys.stdout.write(f"{told}\n")
        sys.stdout.flush()
