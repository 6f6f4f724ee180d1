"""Print the tests that the change against a commit can affect, for ``make test CHANGED=1``.

    python tools/affected_tests.py [COMMIT]

COMMIT defaults to the last one, so that what is not committed yet counts. A changed module of
``shop`` affects every module that imports it, directly or not; a room with such a module is
tested whole, with every test file that imports one, and with the sweeps over all pages. A change
of what every test stands on affects all tests.
"""

import ast
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EVERYTHING = (
    "config.py", "migrations/", "pyproject.toml", "requirements", "static/", "Makefile",
    "templates/base", "templates/components/", "tests/conftest.py", "tests/factories.py",
    "tests/support/", "shop/app.py", "shop/core/", "shop/web/",
)  # fmt: skip
"""Beginnings of paths that every test stands on."""
CODE = ("shop/", "demo/", "stripe_double/")
SWEEPS = ("tests/pages", "tests/house", "tests/safety")
NO_TESTS = (".md", ".csv", ".png", ".txt")


def main(base: str) -> None:
    """Print the paths for pytest; nothing when all tests have to run."""
    changed = changed_files(base)
    if not changed:
        sys.exit(f"Nothing has changed since {base}: leave CHANGED out to run all tests.")
    print(" ".join(affected(changed)))


def changed_files(base: str) -> list[str]:
    """Files that differ from a commit, and new ones that git does not know yet."""
    known = ("git", "diff", "--name-only", base)
    new = ("git", "ls-files", "--others", "--exclude-standard")
    return [line for command in (known, new) for line in _lines(command)]


def affected(changed: Iterable[str]) -> list[str]:
    """Folders and files of tests; empty: all of them."""
    files = [path for path in changed if not path.endswith(NO_TESTS) or path.startswith("tests/")]
    if any(path.startswith(EVERYTHING) for path in files):
        return []
    if not files:
        return ["tests/house"]
    found = {path for path in files if path.startswith("tests/") and "/test_" in path}
    found |= {str(Path(path).parent) for path in files if path.startswith("tests/")} - {"tests"}
    rooms = {"/".join(path.split("/")[1:3]) for path in files if path.startswith("templates/")}
    modules = {_module(path) for path in files if path.startswith(CODE) and ".py" in path}
    if modules:
        reached = importers(modules)
        rooms |= {"/".join(name.split(".")[1:3]) for name in reached if name.count(".") > 2}
        found |= {path for path, names in _imports("tests") if reached & names and "/test_" in path}
    found |= {f"tests/{room}" for room in rooms if (ROOT / "tests" / room).is_dir()}
    if rooms or modules:
        found |= set(SWEEPS)
    folders = {one for one in found if not one.endswith(".py")}
    return sorted(one for one in found if one in folders or str(Path(one).parent) not in folders)


def importers(modules: set[str]) -> set[str]:
    """These modules and all that import one of them, directly or not."""
    graph = {_module(path): names for code in CODE for path, names in _imports(code)}
    reached: set[str] = set()
    new = set(modules)
    while new:
        reached |= new
        new = {name for name, imported in graph.items() if imported & new} - reached
    return reached


def _imports(folder: str) -> Iterator[tuple[str, set[str]]]:
    """The modules that each file of a folder may import, by its path."""
    for file in sorted((ROOT / folder).rglob("*.py")):
        names: set[str] = set()
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        yield str(file.relative_to(ROOT)), names


def _module(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _lines(command: tuple[str, ...]) -> list[str]:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)}: {done.stderr.strip()}")
    return done.stdout.splitlines()


if __name__ == "__main__":
    main(*(sys.argv[1:] or ["HEAD"]))
