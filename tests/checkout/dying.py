"""A shop that dies while it answers a request.

``python -m tests.checkout.dying`` reads lines of JSON; each is a request that a child answers until
it is killed, as by a power cut, before its so-manyth write to the database.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import event

from config import Settings
from shop.app import create_app
from shop.web.runtime import EXTENSION

if TYPE_CHECKING:
    from flask import Flask

ROOT = Path(__file__).parents[2]


class Dying:
    """A process that stays, so that not every death pays for a start."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.checkout.dying"],
            cwd=ROOT,
            env={**os.environ, **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def dies(self, at: int, path: str, body: bytes, headers: Mapping[str, str]) -> bool:
        """Whether the child was killed; False: it had answered before its ``at``-th write."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        words = {"at": at, "path": path, "body": body.decode(), "headers": dict(headers)}
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
    """One child a line; the shop itself never opens the database, so each child finds its own."""
    app = create_app(Settings.from_environment())
    for line in sys.stdin:
        child = os.fork()
        if not child:
            _answer(app, **json.loads(line))
            os._exit(0)
        told = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        sys.stdout.write(f"{told}\n")
        sys.stdout.flush()


def _answer(app: "Flask", at: int, path: str, body: str, headers: dict[str, str]) -> None:
    from werkzeug.test import Client

    engine = app.extensions[EXTENSION].database.engine
    writes = 0

    def one_more() -> None:
        nonlocal writes
        writes += 1
        if writes == at:
            os.kill(os.getpid(), signal.SIGKILL)

    def look(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:  # the driver's own
        if not statement.lstrip().upper().startswith(("SELECT", "WITH", "PRAGMA")):
            one_more()

    event.listen(engine, "before_cursor_execute", look)
    event.listen(engine, "commit", lambda _connection: one_more())
    answer = Client(app, use_cookies=False).post(
        path, data=body.encode(), headers=headers, base_url="http://localhost"
    )
    one_more()  # all is kept, and nobody hears of it
    if answer.status_code >= 400:
        os._exit(1)


if __name__ == "__main__":
    main()
