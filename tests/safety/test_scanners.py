"""Scanners that anybody may point at the shop: they find nothing, and nothing of it breaks.

What bandit looks for in the code, ruff reads in ``make check``.
"""

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.pages.addresses import QUERIES
from tests.support.live import LiveShop

pytestmark = pytest.mark.soak_only

FOR_ANYONE = QUERIES["anyone"]


@pytest.mark.parametrize(("path", "names"), FOR_ANYONE, ids=[path for path, _ in FOR_ANYONE])
def test_sqlmap_can_inject_nothing_into_a_question(
    live_market: LiveShop, path: str, names: str, tmp_path: Path
) -> None:
    query = urlencode(dict.fromkeys(names.split(), "1"))
    command = [
        *(str(Path(sys.executable).with_name("sqlmap")), "-u", f"{live_market.url}{path}?{query}"),
        *("--batch", "--level=2", "--flush-session", "--output-dir", str(tmp_path)),
    ]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "HOME": str(tmp_path)},
    )
    assert "all tested parameters do not appear to be injectable" in done.stdout, done.stdout[-900:]
    assert "Internal Server Error" not in done.stdout
