"""Fetch the scripts of others that the shop carries along.

    python tools/vendor.py           fetch, compare, copy to static/vendor/
    python tools/vendor.py --check   only compare what lies there, without network

``static/vendor/packages.json`` names each package, its version, the integrity of its archive and
the SHA-256 of every file we take. The files are committed, so that running and testing the shop
needs neither Node nor network; only fetching needs ``npm``. To take a new version: change version
and integrity (``npm view NAME@VERSION dist.integrity``), empty the hashes, run this, read the
difference, commit.
"""

import base64
import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

VENDOR = Path(__file__).resolve().parent.parent / "static" / "vendor"
LIST = VENDOR / "packages.json"


class Tampered(Exception):
    """What came or what lies there is not what was agreed on."""


@dataclass
class Package:
    """One package of others, as the list names it."""

    name: str
    version: str
    licence: str
    integrity: str
    folder: str
    files: dict[str, str]
    """SHA-256 by path inside the package; empty until the first fetch."""

    def target(self, path: str) -> Path:
        """Where a file of the package lies in the shop."""
        return VENDOR / self.folder / Path(path).name


def read_list() -> list[Package]:
    """All packages of the list."""
    return [Package(**entry) for entry in json.loads(LIST.read_text(encoding="utf-8"))]


def fetch(package: Package) -> None:
    """Copy the package's files, if the archive is the one we know.

    :raises Tampered: when it is not.
    """
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            ["npm", "pack", "--silent", f"{package.name}@{package.version}"],
            cwd=folder,
            check=True,
            capture_output=True,
        )
        [archive] = Path(folder).glob("*.tgz")
        method, _, wanted = package.integrity.partition("-")
        found = base64.b64encode(hashlib.new(method, archive.read_bytes()).digest()).decode()
        if found != wanted:
            raise Tampered(f"{package.name}: the archive has {method}-{found}")
        with tarfile.open(archive) as files:
            for path, known in package.files.items():
                member = files.extractfile(f"package/{path}")
                if member is None:
                    raise Tampered(f"{package.name}: {path} is no file")
                body = member.read()
                package.files[path] = known or hashlib.sha256(body).hexdigest()
                package.target(path).parent.mkdir(parents=True, exist_ok=True)
                package.target(path).write_bytes(body)


def compare(package: Package) -> None:
    """Whether the files lie there as they came.

    :raises Tampered: naming the first that does not.
    """
    for path, known in package.files.items():
        if hashlib.sha256(package.target(path).read_bytes()).hexdigest() != known:
            raise Tampered(f"{package.name}: {package.target(path).name} is not as it came")


def main(arguments: list[str]) -> int:
    """Fetch unless only asked to compare; 1 when something is not as agreed."""
    packages = read_list()
    try:
        for package in packages:
            if "--check" not in arguments:
                fetch(package)
            compare(package)
    except Tampered as found:
        print(found)
        return 1
    entries = [vars(package) for package in packages]
    LIST.write_text(json.dumps(entries, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
