"""A shop that dies while somebody presses Pay.

``python -m tests.checkout.mortal`` reads lines of JSON; each is a child that is killed, as a
machine without power is, before its so-manyth word to the database.
"""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from sqlalchemy import event

from migrations.tables import target
from shop.cart.queries import CartKey
from shop.core.database import Database
from tests.checkout.placing import place

ROOT = Path(__file__).parents[2]


class Mortal:
    """A process that stays, so that not every death pays for a start."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.checkout.mortal"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def dies(self, url: str, *, at: int, browser: str, token: str, seen: int) -> bool:
        """Whether the child was killed; False: it had placed and answered before."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        words = {"url": url, "at": at, "browser": browser, "token": token, "seen": seen}
        stdin.write(json.dumps(words) + "\n")
        stdin.flush()
        ended = json.loads(stdout.readline())
        assert ended in (0, -signal.SIGKILL), f"the child ended with {ended}"
        return bool(ended)

    def close(self) -> None:
        """No more children."""
        self._process.kill()
        self._process.communicate()


def main() -> None:
    """One child a line."""
    target()
    for line in sys.stdin:
        child = os.fork()
        if not child:
            _live(**json.loads(line))
            os._exit(0)
        told = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        sys.stdout.write(f"{told}\n")
        sys.stdout.flush()


def _live(url: str, at: int, browser: str, token: str, seen: int) -> None:
    database = Database(url)
    words = 0

    def count(*_told: Any) -> None:  # the driver's own objects; nobody looks at them
        nonlocal words
        words += 1
        if words == at:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(database.engine, "before_cursor_execute", count)
    event.listen(database.engine, "commit", count)
    place(database, CartKey(token_hash=browser), token, seen)
    count()  # all is kept, and the shopper never hears of it


if __name__ == "__main__":
    main()
