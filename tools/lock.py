"""Resolve requirements*.in into requirements*.txt, with a hash for every file.

python tools/lock.py [--upgrade]
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
UV = Path(sys.executable).parent / "uv"
WIDEST = "requirements-dev"
NARROWER = ("requirements-prod", "requirements", "requirements-build")


def _compile(name: str, *options: str) -> None:
    subprocess.run(
        [
            *(UV, "pip", "compile", "--quiet", "--universal", "--python-version", "3.11"),
            *("--generate-hashes", "--no-header", "--no-annotate", *options),
            *("-o", f"{name}.txt", f"{name}.in"),
        ],
        cwd=ROOT,
        check=True,
    )


def main(upgrade: list[str]) -> None:
    """The widest set decides; the narrower ones take its versions, so dev contains them all."""
    _compile(WIDEST, *upgrade)
    for name in NARROWER:
        _compile(name, "--constraint", f"{WIDEST}.txt", *upgrade)


if __name__ == "__main__":
    main(sys.argv[1:])
