"""Rules of this house that no ready-made tool knows.

    python tools/check_house.py

Each rule is a short function that yields what it found; the sentence after the place is the cure.
"""

import ast
import re
import subprocess
import sys
from collections.abc import Container, Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# Written so that this file does not find itself.
MACHINE_PATH = re.compile(r"(?<![\w./~-])/(?:home|Users|root|work)/[\w.]")
REGISTRY_HOST = re.compile(
    r"[p]ypi[.]org|[p]ythonhosted[.]org|[n]pmjs[.](?:org|com)|(?:deb|security)[.]debian[.]org"
)
INLINE = re.compile(r"""\sstyle=["']|<style\b|<script(?![^>]*\bsrc=)|\son[a-z]+=["']|javascript:""")
UNESCAPED = re.compile(r"\|\s*safe\b|\{%-?\s*autoescape")
FOR_LATER = re.compile(r"\bTODO\b|\bFIXME\b|\bXXX\b")
MUTED = re.compile(r"#\s*noqa(?!: [A-Z])|#\s*type:\s*ignore(?!\[)|mark[.](?:skip|xfail)\b")
NAMED_PATH = re.compile(
    r"(?:bench|demo|docs|migrations|shop|static|stripe_double|templates|tests|tools)/[\w./-]*"
    r"|\w[\w./-]*[.](?:css|csv|html|js|md|py|toml|typ)"
)

# Nothing in these counts money: pixels, drawn pictures, waiting.
NO_MONEY = ("shop/services/media/", "shop/services/outbox/", "demo/art/")
COUNTING = {"models.py", "rules.py", "queries.py", "actions.py"}

OURS = ("shop/", "demo/", "stripe_double/")
WEB = {"flask", "flask_babel", "flask_login", "jinja2", "werkzeug", "wtforms"}
WEB_FILE = re.compile(
    r"(?:views|manage|forms|guards|words|notices|.*_views|manage_.*|.*_forms|.*_words"
    r"|page_.*|.*_page|.*_pages)\.py"
)
"""Files outside ``web`` and ``cli`` that may know the web; no import contract can say a pattern."""
WEB_DOORS = {
    "shop/aftersales/disputes/evidence_pdf.py",
    "shop/catalog/listings/photo_uploads.py",
    "shop/services/media/photo_uploads.py",
    "shop/services/outbox/message_templates.py",
    "shop/services/pdf/download.py",
}

OTHERS = ("static/vendor/", "demo/data/", "demo/art/fonts/", "tests/data/")
BINARY = {".avif", ".db", ".ico", ".jpg", ".pdf", ".png", ".ttf", ".webp", ".woff2", ".xlsx", ".xz"}

Finding = tuple[int, str]


def in_any_file(text: str) -> Iterator[Finding]:
    """A path of one machine or a registry's host works for one person only."""
    for number, line in enumerate(text.splitlines(), 1):
        if MACHINE_PATH.search(line) or f"{ROOT}/" in line:
            yield number, "a path of one machine: write it from the project's own folder"
        if REGISTRY_HOST.search(line):
            yield number, "a registry's host: the installer knows where packages come from"


def in_our_text(text: str) -> Iterator[Finding]:
    """What is left for later belongs into an issue, what is muted needs a reason by name."""
    for number, line in enumerate(text.splitlines(), 1):
        if FOR_LATER.search(line):
            yield number, "left for later: do it now or file an issue"
        if MUTED.search(line):
            yield number, "muted without a name: mend it, or name the one rule and say why"


def in_template(text: str) -> Iterator[Finding]:
    """The content policy refuses inline style and script, autoescape refuses smuggled HTML."""
    for number, line in enumerate(text.splitlines(), 1):
        if INLINE.search(line):
            yield number, "inline style or script: the content policy refuses it; use a class"
        if UNESCAPED.search(line):
            yield number, "unescaped text: return Markup from the one function that cleaned it"


def near_money(path: str, tree: ast.Module) -> Iterator[Finding]:
    """Whole rupiah only; the one division of money is ``allocate``."""
    counting = Path(path).name in COUNTING
    divides_paths = any(
        isinstance(node, ast.ImportFrom) and node.module == "pathlib" for node in tree.body
    )
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id="float" | "round" as name)):
                yield node.lineno, f"{name}() near money: use whole rupiah and allocate()"
            case ast.Name(id="Decimal" | "Fraction" as name):
                yield node.lineno, f"{name} near money: use whole rupiah and allocate()"
            case ast.Constant(value=float()) if counting:
                yield node.lineno, "a fraction near money: use apply_basis_points()"
            case ast.BinOp(op=ast.Div()) | ast.AugAssign(op=ast.Div()) if counting:
                if not divides_paths:
                    yield node.lineno, "a division that leaves a fraction: use allocate() or //"


def around_the_clock(tree: ast.Module) -> Iterator[Finding]:
    """A clock that a test set must reach everybody; ``now`` imported by name may be another."""
    for node in ast.walk(tree):
        match node:
            case ast.ImportFrom(module="shop.core.values.clock", names=names):
                if any(name.name == "now" for name in names):
                    yield node.lineno, "now imported by name: import clock and call clock.now()"


def on_the_web(path: str, tree: ast.Module) -> Iterator[Finding]:
    """Only files of pages know Flask and its friends."""
    if WEB_FILE.fullmatch(Path(path).name) or path in WEB_DOORS:
        return
    for node in ast.walk(tree):
        match node:
            case ast.ImportFrom(module=str(module)) if module.partition(".")[0] in WEB:
                yield node.lineno, f"{module} outside a file of pages: name the file for what it is"
            case ast.Import(names=names) if WEB & {one.name.partition(".")[0] for one in names}:
                yield node.lineno, "the web outside a file of pages: name the file for what it is"


def path_parts(files: Iterable[str]) -> set[str]:
    """Every way to name these files and their folders: any run of a path's parts."""
    return {
        "/".join(parts[start:end])
        for parts in (path.split("/") for path in files)
        for start in range(len(parts))
        for end in range(start + 1, len(parts) + 1)
    }


def in_page(text: str, known: Container[str]) -> Iterator[Finding]:
    """A page names files and folders that exist."""
    for number, line in enumerate(text.splitlines(), 1):
        for word in " ".join(re.findall(r"`([^`]+)`", line)).split():
            if NAMED_PATH.fullmatch(word) and word.strip("/") not in known:
                yield number, f"{word} does not exist: name it as it is called now"


def undocumented() -> Iterator[Finding]:
    """Every package we ask for has its line in docs/dependencies.md."""
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8").lower()
    rows = "\n".join(line for line in page.splitlines() if line.startswith("|"))
    for sheet in sorted(ROOT.glob("requirements*.in")):
        for number, line in enumerate(sheet.read_text(encoding="utf-8").splitlines(), 1):
            name = re.split(r"[\[>=<~ ]", line, maxsplit=1)[0].lower()
            if name and not name.startswith(("#", "-")) and not re.search(rf"\b{name}\b", rows):
                yield number, f"{name} ({sheet.name}) has no line in docs/dependencies.md"


def _files() -> list[str]:
    """All files of the project: what git knows, and what it would take."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listed.returncode == 0:
        return sorted(set(filter(None, listed.stdout.decode().split("\0"))))
    kept_out = {".git", ".venv", ".cache", "var", "node_modules", "__pycache__"}
    return sorted(
        str(path.relative_to(ROOT))
        for path in ROOT.rglob("*")
        if path.is_file() and not kept_out & set(path.relative_to(ROOT).parts)
    )


def findings(path: str, text: str) -> Iterator[Finding]:
    """All that is wrong with one file."""
    yield from in_any_file(text)
    if path.startswith(OTHERS):
        return
    if not path.endswith("check_house.py"):
        yield from in_our_text(text)
    if path.startswith(("templates/", "stripe_double/templates/")):
        yield from in_template(text)
    if path.startswith(OURS) and path.endswith(".py"):
        tree = ast.parse(text, path)
        yield from around_the_clock(tree)
        if path.startswith("shop/") and not path.startswith(
            ("shop/web/", "shop/app.py", "shop/cli/")
        ):
            yield from on_the_web(path, tree)
        if not path.startswith(NO_MONEY):
            yield from near_money(path, tree)


def main() -> int:
    """Print every finding; 1 when there is any."""
    bad = 0
    for _line, cure in undocumented():
        print(cure)
        bad += 1
    files = _files()
    known = path_parts(files)
    for path in files:
        file = ROOT / path
        if file.suffix in BINARY or not file.is_file():
            continue
        text = file.read_text(encoding="utf-8")
        found = list(findings(path, text))
        if path.endswith(".md") and not path.startswith("docs/decisions/"):  # those are history
            found += in_page(text, known)
        for line, cure in found:
            print(f"{path}:{line}: {cure}")
            bad += 1
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
