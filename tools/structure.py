"""Print the numbers of the layout, beside those of an older commit.

    python tools/structure.py [--against COMMIT] [--list]

``--list`` also names what was counted. The older commit is checked out into a temporary folder and
measured by this same program, so both are counted alike. ``__init__.py`` is never counted.
"""

import argparse
import ast
import json
import re
import runpy
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MAX_FILES_PER_ROOM = 12
MAX_LINES = 400
MAX_TEST_LINES = 600
CODE = ("shop", "demo", "bench", "stripe_double", "tools")
STANDARD_NAMES = {
    "errors", "rules", "models", "queries", "actions", "guards", "forms", "views", "manage",
    "jobs", "notices", "words", "invariants",
}  # fmt: skip
WEB_AREAS = ("shop/web/", "shop/cli/")
"""Where every module may import Flask; only the order of areas and rooms binds them."""


def main() -> None:
    """Print a row for each number."""
    parser = argparse.ArgumentParser(description="The numbers of the layout.")
    parser.add_argument("--against", metavar="COMMIT", help="also measure this commit")
    parser.add_argument("--list", action="store_true", help="name what was counted")
    asked = parser.parse_args()
    before = None
    if asked.against:
        with checkout(asked.against) as tree:
            before = measure(tree)
    for row, found in measure(ROOT).items():
        print(f"{len(before[row])} → {len(found)}" if before else len(found), row, sep="\t")
        for name in found if asked.list else ():
            print(f"\t  {name}")


@contextmanager
def checkout(commit: str) -> Iterator[Path]:
    """A folder with the files of a commit, gone when the block ends."""
    git = ("git", "-C", str(ROOT), "worktree")
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "tree"
        subprocess.run([*git, "add", "--quiet", "--detach", tree, commit], check=True)
        try:
            yield tree
        finally:
            subprocess.run([*git, "remove", "--force", tree], check=True)


def measure(tree: Path) -> dict[str, list[str]]:
    """What each row counts in a checkout, by name."""
    entered = files_entered(tree)
    return {
        f"rooms of shop/ above {MAX_FILES_PER_ROOM} files": large_rooms(tree),
        f"files above {MAX_LINES} lines": long_files(tree, CODE, MAX_LINES),
        f"tests above {MAX_TEST_LINES} lines": long_files(tree, ("tests",), MAX_TEST_LINES),
        "modules of shop/ that neither a contract nor check_house.py names": unnamed_modules(tree),
        "circles of imports among rooms of shop/": circles(tree),
        "files of shop/ with other than standard names": other_names(tree),
        "files of shop/ entered until POST /checkout has placed orders": entered["placed"],
        "files of shop/ entered in its view alone": entered["view"],
        "files of shop/ entered in the whole request": entered["request"],
    }


def python_files(tree: Path, *folders: str) -> list[str]:
    """Paths of Python files in some folders of a checkout, without ``__init__.py``."""
    found = (path for folder in folders for path in (tree / folder).rglob("*.py"))
    return sorted(str(path.relative_to(tree)) for path in found if path.name != "__init__.py")


def large_rooms(tree: Path) -> list[str]:
    """Directories of shop/ with too many files of Python; those below it are other rooms."""
    rooms = Counter(str(Path(path).parent) for path in python_files(tree, "shop"))
    return [f"{room} ({files})" for room, files in rooms.items() if files > MAX_FILES_PER_ROOM]


def long_files(tree: Path, folders: tuple[str, ...], maximum: int) -> list[str]:
    """Files of Python with too many lines, blank ones and comments included."""
    files = python_files(tree, *folders)
    lengths = {path: len((tree / path).read_text().splitlines()) for path in files}
    return [f"{path} ({lines})" for path, lines in lengths.items() if lines > maximum]


def other_names(tree: Path) -> list[str]:
    """Files of shop/ whose name says something else than models, rules, queries and so on."""
    return [path for path in python_files(tree, "shop") if Path(path).stem not in STANDARD_NAMES]


def unnamed_modules(tree: Path) -> list[str]:
    """Modules of which no rule says what kind of file they are, so that they may import anything.

    A contract names a module when a layer, a protected module or a side of an ignored import is
    that module, or when a list of sources or of forbidden modules holds it or a package above it.
    ``shop`` itself in such a list says nothing about a module. check_house.py names a module when
    it finds fault with Flask in it, or has its name or path among those that may import Flask.
    """
    by_contract = re.compile("|".join(_patterns_of_contracts(tree)))
    house = runpy.run_path(str(tree / "tools" / "check_house.py"))
    web_file = house.get("WEB_FILE", re.compile(r"(?!)"))  # once the check knew no names

    def is_named(path: str) -> bool:
        return bool(
            by_contract.fullmatch(_module(path))
            or web_file.fullmatch(Path(path).name)
            or path in house.get("WEB_DOORS", ())
            or list(house["findings"](path, "import flask\n"))
        )

    files = python_files(tree, "shop")
    return [path for path in files if not path.startswith(WEB_AREAS) and not is_named(path)]


def _patterns_of_contracts(tree: Path) -> Iterator[str]:
    settings = tomllib.loads((tree / "pyproject.toml").read_text())
    for contract in settings["tool"]["importlinter"]["contracts"]:
        for container in contract.get("containers", ()):
            for layer in re.findall(r"\w+", " ".join(contract["layers"])):
                yield _pattern(f"{container}.{layer}")
        for line in contract.get("ignore_imports", ()):
            yield from map(_pattern, line.split(" -> "))
        yield from map(_pattern, contract.get("protected_modules", ()))
        lists = (*contract.get("source_modules", ()), *contract.get("forbidden_modules", ()))
        yield from (rf"{_pattern(one)}(\..+)?" for one in lists if one != "shop")


def _pattern(expression: str) -> str:
    """A contract's expression as a regular expression: ``*`` is one name, ``**`` several."""
    kinds = {"**": ".+", "*": r"[^.]+", ".": r"\."}
    return "".join(kinds.get(part, part) for part in re.split(r"(\*+|\.)", expression))


def _module(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def circles(tree: Path) -> list[str]:
    """Groups of rooms that import each other, directly or not.

    A room is a directory, or a file beside the areas. An import counts wherever it stands in a
    file; a module named in a text does not.
    """
    files = [path.relative_to(tree) for path in (tree / "shop").rglob("*.py")]
    rooms = {_module(str(path)): _room(path) for path in files}
    imported: dict[str, set[str]] = defaultdict(set)
    for path in files:
        for names in map(_names, ast.walk(ast.parse((tree / path).read_text()))):
            imported[_room(path)] |= {rooms[name] for name in names if name in rooms}
    reached = {room: _reach(room, imported) for room in set(rooms.values())}
    groups = {
        tuple(sorted(one for one in reached[room] if room in reached[one])) for room in reached
    }
    return [" - ".join(group) for group in sorted(groups) if len(group) > 1]


def _room(path: Path) -> str:
    return str(path if path.parent == Path("shop") else path.parent)


def _names(node: ast.AST) -> list[str]:
    """What an import may mean: ``from a import b`` the module ``a.b``, else a name in ``a``."""
    if isinstance(node, ast.Import):
        return [one.name for one in node.names]
    if isinstance(node, ast.ImportFrom):
        return [f"{node.module}.{one.name}" for one in node.names] + [str(node.module)]
    return []


def _reach(room: str, imported: dict[str, set[str]]) -> set[str]:
    seen, new = set[str](), imported[room]
    while new:
        seen |= new
        new = {there for one in new for there in imported[one]} - seen
    return seen


def files_entered(tree: Path) -> dict[str, list[str]]:
    """Files of shop/ that placing a purchase enters; measured in a process of its own."""
    command = (sys.executable, ROOT / "tools/files_entered.py", tree, "--json")
    told = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout
    return {part: list(files) for part, files in json.loads(told).items()}


if __name__ == "__main__":
    main()
