"""Commands of the shop in processes of their own, forked from one that has imported the shop.

To start Python and to import the shop takes 1.3 seconds of processor time, a fork takes none.
``python -m tests.support.forking`` is the process that forks: it reads a JSON object a line and
answers each with one line. It begins with the first command and ends with the test process.
"""

import json
import os
import signal
import sys
import time
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import NoReturn

from tests.support.json_lines import JsonLines

STOP_SECONDS = 10


@cache
def _forker() -> JsonLines:
    return JsonLines(__name__)


class Forked:
    """A running ``lumbung`` command, the leader of a process group of its own."""

    def __init__(
        self, arguments: tuple[str, ...], environment: Mapping[str, str], out: Path, err: Path
    ) -> None:
        """Start it.

        :param out: file for what it prints; ``err`` may be the same.
        """
        self.pid: int = _forker().ask(
            arguments=arguments, environment=dict(environment), out=str(out), err=str(err)
        )
        self._code: int | None = None

    @property
    def code(self) -> int | None:
        """How it ended, below zero by a signal; None: it is running."""
        if self._code is None:
            self._code = _forker().ask(pid=self.pid)
        return self._code

    def wait(self, seconds: float = 600) -> int:
        """Wait for its end.

        :raises TimeoutError: when it runs for longer.
        """
        deadline = time.monotonic() + seconds
        while (code := self.code) is None:
            if time.monotonic() > deadline:
                raise TimeoutError(f"still running after {seconds} s")
            time.sleep(0.01)
        return code

    def stop(self) -> None:
        """End it; its whole group at once when it does not within ten seconds."""
        if self.code is None:
            os.kill(self.pid, signal.SIGTERM)
        try:
            self.wait(STOP_SECONDS)
        except TimeoutError:
            self.kill()

    def kill(self) -> None:
        """End it with all its processes, without a word: ``kill -9``."""
        os.killpg(self.pid, signal.SIGKILL)
        self.wait(STOP_SECONDS)


def _import_shop() -> None:
    """Import what ``lumbung serve`` and ``lumbung worker`` import."""
    from shop import app

    for name in (
        "granian",
        "psycopg",
        "shop.cli.preload",
        "shop.cli.serving",
        "shop.services.outbox.worker",
    ):
        import_module(name)
    for name in (*app.PAGES, *app.ROOMS, *app.JOBS):
        import_module(name)


def _serve() -> None:
    """Fork a command for each task, until the test process is gone."""
    ended: dict[int, int] = {}
    for line in sys.stdin:
        task = json.loads(line)
        if "pid" in task:
            print(json.dumps(_code_of(task["pid"], ended)), flush=True)
            continue
        pid = os.fork()
        if not pid:
            _run(**task)
        os.setpgid(pid, pid)  # here as well: it may be killed before it has done so itself
        print(pid, flush=True)


def _code_of(pid: int, ended: dict[int, int]) -> int | None:
    if pid not in ended:
        found, status = os.waitpid(pid, os.WNOHANG)
        if not found:
            return None
        ended[pid] = os.waitstatus_to_exitcode(status)
    return ended[pid]


def _run(arguments: list[str], environment: dict[str, str], out: str, err: str) -> NoReturn:
    os.setpgid(0, 0)
    for number, path, how in (
        (0, os.devnull, os.O_RDONLY),
        (1, out, os.O_WRONLY | os.O_APPEND | os.O_CREAT),
        (2, err, os.O_WRONLY | os.O_APPEND | os.O_CREAT),
    ):
        file = os.open(path, how)
        os.dup2(file, number)
        os.close(file)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["lumbung", *arguments]
    from shop.cli import main

    main()
    sys.exit(0)


if __name__ == "__main__":
    _import_shop()
    _serve()
