"""Write into docs/testing.md which rooms of the tests run on which database engine.

    python tools/test_rooms.py

Asks pytest for all tests, so that the list cannot differ from what runs.
"""

import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "testing.md"
START, END = "<!-- rooms -->\n", "<!-- /rooms -->\n"


def main() -> None:
    """Count the tests of each room and put the table between its two marks."""
    command = (sys.executable, "-m", "pytest", "--collect-only", "-q")
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    rooms: dict[str, Counter[str]] = defaultdict(Counter)
    for line in told.splitlines():
        path, separator, name = line.partition("::")
        if separator:
            rooms[path.removeprefix("tests/").rpartition("/")[0]][_engine(name)] += 1
    lines = ["| room | SQLite | PostgreSQL | no database of its own |", "| --- | --- | --- | --- |"]
    for room, counts in sorted(rooms.items()):
        cells = (counts[engine] or "" for engine in ("sqlite", "postgresql", "none"))
        lines.append(f"| {room} | {' | '.join(map(str, cells))} |")
    total: Counter[str] = sum(rooms.values(), Counter())
    lines.append(f"| all | {total['sqlite']} | {total['postgresql']} | {total['none']} |")
    before, _, rest = PAGE.read_text().partition(START)
    after = rest.partition(END)[2]
    PAGE.write_text(before + START + "\n".join(lines) + "\n" + END + after)


def _engine(name: str) -> str:
    values = name.rpartition("[")[2].rstrip("]").split("-")
    return next((one for one in ("sqlite", "postgresql") if one in values), "none")


if __name__ == "__main__":
    main()
