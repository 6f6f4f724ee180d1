"""A process beside the tests that reads a JSON object a line and answers each with one line."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from typing import Any

from tests.support.cleanup import ROOT


class JsonLines:
    """Such a process; it ends when its input does, at the latest with the test process."""

    def __init__(self, module: str, environment: Mapping[str, str] | None = None) -> None:
        self._module = module
        self._turn = threading.Lock()
        self._process = subprocess.Popen(
            [sys.executable, "-m", module],
            cwd=ROOT,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, **task: Any) -> Any:  # whatever JSON can carry
        """Its answer to a task; one at a time."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        with self._turn:
            stdin.write(json.dumps(task) + "\n")
            stdin.flush()
            answer = stdout.readline()
        assert answer, f"{self._module} has ended: its last lines say why"
        return json.loads(answer)

    def close(self) -> None:
        """End it."""
        self._process.kill()
        self._process.communicate()
