import gzip
import hashlib
import re
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.test import Client
from werkzeug.wrappers import Request, Response

from config import ROOT
from shop.web.rendering import assets as served
from shop.web.rendering.assets import Assets, UnknownAsset, imports, stripped
from tools import vendor

STATIC = ROOT / "static"
MODULES = sorted((STATIC / "js").glob("*.js"))
OURS = [f"js/{file.name}" for file in MODULES]
ENTRY = "js/main.js"
_TEMPLATES = re.compile(r'(?:from|import|include|extends) "([^"]+\.html)"')
_NAMED = re.compile(r"enhance\(([^)]*)\)")
WORKSPACES_ONLY = {"js/rearrange.js", "js/tabs.js"}
"""Modules that no shopper's page names: only templates in the frame of a workspace do."""


@pytest.fixture(scope="module")
def assets() -> Assets:
    return Assets(STATIC)


@pytest.fixture(scope="module")
def visitor(assets: Assets) -> Client:
    return Client(
        DispatcherMiddleware(
            Request.application(lambda _request: Response("shop")), {"/static": assets}
        )
    )


def reached(templates: Path, name: str, seen: set[str]) -> set[str]:
    """A template and all that it extends, includes or takes macros from."""
    if name not in seen and (templates / name).exists():
        seen.add(name)
        for other in _TEMPLATES.findall((templates / name).read_text()):
            reached(templates, other, seen)
    return seen


def modules_of(templates: Path, name: str) -> set[str]:
    """The modules that a page can load: those its templates name, and what these import."""
    waiting = [ENTRY]
    for one in reached(templates, name, set()):
        for named in _NAMED.findall((templates / one).read_text()):
            waiting += [f"js/{module}.js" for module in re.findall(r"\w+", named)]
    found: set[str] = set()
    while waiting:
        module = waiting.pop()
        if module in OURS and module not in found:
            found.add(module)
            text = (STATIC / module).read_text()
            waiting += [f"js/{other}" for other in re.findall(r'from "\./(\w+\.js)"', text)]
    return found


def test_no_page_of_shoppers_loads_more_than_six_kilobytes_of_script(assets: Assets) -> None:
    each = {
        name: len(gzip.compress(assets.asset(name).body, compresslevel=6, mtime=0)) for name in OURS
    }
    templates = ROOT / "templates"
    pages = [
        file.relative_to(templates).as_posix()
        for file in templates.rglob("*.html")
        if '{% extends "base.html" %}' in file.read_text()
    ]
    weights = {page: sum(each[one] for one in modules_of(templates, page)) for page in pages}
    assert len(pages) > 30
    assert max(weights.values()) <= 6_000, sorted(weights.items(), key=lambda one: -one[1])[:3]


@pytest.mark.parametrize("module", sorted(WORKSPACES_ONLY))
def test_a_module_of_workspaces_is_named_by_their_templates_alone(module: str) -> None:
    named = f'enhance("{module.removeprefix("js/").removesuffix(".js")}")'
    frame = ROOT / "templates" / "catalog" / "workspace" / "workspace.html"
    naming = [file for file in (ROOT / "templates").rglob("*.html") if named in file.read_text()]
    assert naming
    for file in naming:
        assert file == frame or file.read_text().startswith(
            '{% extends "catalog/workspace/workspace.html" %}'
        )


def test_modules_lie_in_one_folder_whose_name_carries_them_all(
    assets: Assets, tmp_path: Path
) -> None:
    folders = {assets.url(name).rpartition("/")[0] for name in OURS}
    assert len(folders) == 1
    assert re.fullmatch(r"/static/js\.[0-9a-f]{16}", folders.pop())
    for file in MODULES:
        (tmp_path / "js").mkdir(exist_ok=True)
        (tmp_path / "js" / file.name).write_bytes(file.read_bytes())
    for folder in ("css", "fonts"):
        (tmp_path / folder).mkdir()
    for name in ("reset", "tokens", "base", "layout", "utilities", "print"):
        (tmp_path / "css" / f"{name}.css").write_text("")
    assert Assets(tmp_path).url(ENTRY) == assets.url(ENTRY)
    (tmp_path / "js" / MODULES[0].name).write_text("export const other = 1;\n")
    changed = Assets(tmp_path)
    assert all(changed.url(name) != assets.url(name) for name in OURS)


@pytest.mark.parametrize("name", OURS)
def test_a_module_may_be_kept_for_ever(assets: Assets, visitor: Client, name: str) -> None:
    answer = visitor.get(assets.url(name), headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert gzip.decompress(answer.data) == assets.asset(name).body


def test_a_module_without_its_mark_is_not_found(visitor: Client) -> None:
    assert visitor.get(f"/static/{ENTRY}").status_code == 404


@pytest.mark.parametrize("file", MODULES, ids=lambda file: file.name)
def test_a_module_names_only_modules_that_exist_and_builds_no_code_from_text(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    named = set(re.findall(r"\bfrom \"([^\"]+)\"", text))
    assert named == {f"./{name}" for name in imports(text)}
    assert {name.removeprefix("./") for name in named} <= {one.name for one in MODULES}
    assert not re.search(r"\beval\(|new Function|innerHTML|document\.write|\.style\b", text)


@pytest.mark.parametrize("file", MODULES, ids=lambda file: file.name)
def test_a_module_says_at_its_top_what_it_is_for(file: Path) -> None:
    assert file.read_text(encoding="utf-8").startswith("// ")


def test_stripping_drops_lines_of_comment_and_indentation_and_nothing_else() -> None:
    script = '// a note\n\nexport const at = "http://x//y"; // kept\n  if (at) {\n    go();\n  }\n'
    assert stripped(script) == ('export const at = "http://x//y"; // kept\nif (at) {\ngo();\n}\n')


def test_what_a_module_imports_is_asked_for_with_it(assets: Assets) -> None:
    wanted = assets.with_imports(ENTRY, "js/filters.js")
    assert set(wanted) == {ENTRY, "js/filters.js", "js/swap.js", "js/say.js"}
    with pytest.raises(UnknownAsset):
        assets.with_imports("js/mistyped.js")


def page(template: str) -> str:
    app = Flask("page", static_folder=None)
    served.init_app(app, STATIC)
    with app.test_request_context():
        made: str = app.jinja_env.from_string(template).render()
        return made


def test_a_page_loads_the_modules_its_markup_names(assets: Assets) -> None:
    made = page('<form{{ enhance("cart") }}></form><p{{ enhance("cart") }}></p>{{ scripts() }}')
    assert made.startswith('<form data-enhance="cart"></form>')
    ahead = re.findall(r'<link rel="modulepreload" href="([^"]+)">', made)
    assert ahead == [assets.url("js/cart.js"), assets.url("js/say.js")]
    assert made.endswith(f'<script type="module" src="{assets.url(ENTRY)}"></script>')


def test_a_page_that_names_none_loads_none() -> None:
    assert page("<p></p>{{ scripts() }}") == "<p></p>"


@pytest.mark.parametrize("package", vendor.read_list(), ids=lambda package: package.name)
def test_scripts_of_others_lie_there_as_they_came_with_their_licence(
    package: vendor.Package,
) -> None:
    vendor.compare(package)
    assert "LICENSE" in package.files
    assert re.fullmatch(r"sha512-[\w+/]{86}==", package.integrity)


def test_nothing_else_lies_among_the_scripts_of_others() -> None:
    known = {package.target(path) for package in vendor.read_list() for path in package.files}
    found = {file for file in vendor.VENDOR.rglob("*") if file.is_file()}
    assert found == known | {vendor.LIST}


def test_a_changed_script_of_others_is_found_out(tmp_path: Path) -> None:
    [package] = [one for one in vendor.read_list() if one.name == "htmx.org"]
    package.files = {"LICENSE": hashlib.sha256(b"another").hexdigest()}
    with pytest.raises(vendor.Tampered):
        vendor.compare(package)
