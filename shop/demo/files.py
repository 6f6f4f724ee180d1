"""The market as files: invented people, goods and prices."""

import csv
from collections.abc import Iterator
from pathlib import Path

DEMO = Path(__file__).resolve().parents[2] / "demo"


def rows(name: str) -> Iterator[dict[str, str]]:
    """The rows of ``demo/<name>.csv`` as text by column."""
    with (DEMO / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def parts(text: str) -> list[str]:
    """The items of a field that ``;`` separates."""
    return [part.strip() for part in text.split(";") if part.strip()]
