"""Print the branch coverage of shop/, in all and where money and rights are decided.

    python tools/coverage_by_area.py coverage.json

Counts lines and branches together, as coverage's own total does.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path

AREAS: dict[str, Callable[[str], bool]] = {
    "shop": lambda _path: True,
    "payments": lambda path: path.startswith("shop/payments/"),
    "ledger": lambda path: path.startswith("shop/payments/ledger/"),
    "inventory": lambda path: path.startswith("shop/catalog/inventory/"),
    "access": lambda path: path == "shop/web/http/access.py" or path.endswith("/guards.py"),
}


def main(report: Path) -> None:
    """Print a line for each area."""
    files = json.loads(report.read_text())["files"]
    for area, belongs in AREAS.items():
        found = [one["summary"] for path, one in files.items() if belongs(path)]
        covered = sum(one["covered_lines"] + one["covered_branches"] for one in found)
        total = sum(one["num_statements"] + one["num_branches"] for one in found)
        print(f"{area:10} {100 * covered / total:6.2f} %")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
