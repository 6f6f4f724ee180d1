"""A process of its own that serves the shop, or changes goods, as it is told.

``python -m tests.storefront.neighbour`` reads lines of JSON and answers each with another.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

import time_machine
from flask.testing import FlaskClient

from shop.core.database.engine import Database
from tests.factories import NOON
from tests.storefront.home.test_kept_pages import ACTS
from tests.support.inside import shop_app

ROOT = Path(__file__).parents[2]


class Seen(NamedTuple):
    """A page as its visitor got it, and whether it had to be made for that."""

    status: int
    text: str
    was_made: bool


class Neighbour:
    """The other end of such a process."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.storefront.neighbour"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def serve(self, url: str, var_dir: Path) -> None:
        """Open the shop over another database; its pages are kept."""
        self._told(do="serve", url=url, var_dir=str(var_dir))

    def get(self, paths: Sequence[str]) -> list[Seen]:
        """Visit these pages without cookies."""
        return [Seen(*one) for one in self._told(do="get", paths=paths)]

    def change(self, url: str, act: str, product: int, seller: int) -> None:
        """Do what an act of the kept pages' tests does, and commit."""
        self._told(do="change", url=url, act=act, product=product, seller=seller)

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.communicate()

    def _told(self, **words: object) -> Any:  # whatever stands in the line
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(words) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())


class Inside:
    """What such a process does."""

    def __init__(self) -> None:
        self._open = ExitStack()
        self._made = 0
        self._visitor: FlaskClient | None = None

    def serve(self, url: str, var_dir: str) -> str:
        """Open a shop in place of the one before."""
        self._open.close()
        app = self._open.enter_context(shop_app(url, Path(var_dir), PAGES_KEPT_MB="6"))
        app.before_request(self._count)
        self._visitor = app.test_client()
        return "open"

    def get(self, paths: Sequence[str]) -> list[Seen]:
        """Visit its pages."""
        assert self._visitor is not None
        seen = []
        for path in paths:
            self._made = 0
            page = self._visitor.get(path)
            seen.append(Seen(page.status_code, page.text, self._made > 0))
        return seen

    def change(self, url: str, act: str, product: int, seller: int) -> str:
        """Change goods; a shop is not needed for that."""
        database = Database(url)
        with database.writing() as session:
            next(one for one in ACTS if one.__name__ == act)(session, product, seller)
        database.dispose()
        return "changed"

    def _count(self) -> None:
        self._made += 1  # a kept page gets here never


def main() -> None:
    """Do what each line says, until nobody says anything."""
    inside = Inside()
    with time_machine.travel(NOON, tick=False):
        for line in sys.stdin:
            asked = json.loads(line)
            sys.stdout.write(json.dumps(getattr(inside, asked.pop("do"))(**asked)) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
