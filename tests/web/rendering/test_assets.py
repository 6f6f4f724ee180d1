import gzip
import re
from pathlib import Path

import pytest
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.test import Client
from werkzeug.wrappers import Request, Response

from config import ROOT
from shop.web.rendering.assets import LAYERS, SHOPPERS, WORKSPACES, Assets, UnknownAsset, minified

STATIC = ROOT / "static"
CSS = sorted((STATIC / "css").rglob("*.css"))
NEWER_THAN_OUR_FLOOR = ("light-dark(", "oklch(", "color-mix(", "@scope", "@starting-style", "&")


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


def packed(assets: Assets, name: str) -> int:
    return len(gzip.compress(assets.asset(name).body, compresslevel=6, mtime=0))


def test_shoppers_carry_at_most_nine_kilobytes_of_style(assets: Assets) -> None:
    assert packed(assets, SHOPPERS) <= 9_000
    assert len(assets.asset(SHOPPERS).body) <= 40_000


def test_workspaces_add_at_most_six_kilobytes_of_style(assets: Assets) -> None:
    assert packed(assets, WORKSPACES) <= 6_000
    assert len(assets.asset(WORKSPACES).body) <= 20_000


def test_the_one_font_is_small_and_has_its_licence_beside_it(assets: Assets) -> None:
    assert len(assets.asset("fonts/plus-jakarta-sans-id.woff2").body) <= 13_000
    assert b"SIL OPEN FONT LICENSE Version 1.1" in assets.asset("fonts/OFL.txt").body


def test_the_order_of_layers_is_said_before_anything_else(assets: Assets) -> None:
    assert (
        assets.asset(SHOPPERS).body.decode().startswith(f"@layer {','.join(LAYERS)};@layer reset{{")
    )


@pytest.mark.parametrize("file", CSS, ids=lambda file: file.name)
def test_every_rule_lives_in_a_layer(file: Path) -> None:
    depth, outside = 0, ""
    for sign in minified(file.read_text(encoding="utf-8")):
        if depth == 0:
            outside += sign
        depth += {"{": 1, "}": -1}.get(sign, 0)
    assert depth == 0
    heads = [head for head in outside.split("{") if head]
    assert heads
    assert set(heads) <= {f"@layer {layer}" for layer in LAYERS} | {"@font-face"}


@pytest.mark.parametrize("file", CSS, ids=lambda file: file.name)
def test_colours_are_named_in_one_file_only(file: Path) -> None:
    if file.name == "tokens.css":
        return
    text = re.sub(r"/\*.*?\*/", "", file.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert not re.findall(r"#[0-9a-f]{3,8}\b|rgba?\(|hsla?\(", text)


def test_every_token_that_a_rule_uses_is_defined(assets: Assets) -> None:
    style = (assets.asset(SHOPPERS).body + assets.asset(WORKSPACES).body).decode()
    used = set(re.findall(r"var\((--[\w-]+)\)", style))
    assert used <= set(re.findall(r"(--[\w-]+):", style))


def test_style_asks_for_nothing_newer_than_chrome_105(assets: Assets) -> None:
    style = (assets.asset(SHOPPERS).body + assets.asset(WORKSPACES).body).decode()
    assert [word for word in NEWER_THAN_OUR_FLOOR if word in style] == []


def test_a_motif_reaches_the_page_as_it_was_drawn(assets: Assets) -> None:
    drawn = re.findall(r"url\(\"data:[^\"]+\"\)", (STATIC / "css/tokens.css").read_text())
    style = assets.asset(SHOPPERS).body.decode()
    assert len(drawn) == 6
    assert all(motif in style for motif in drawn)


def test_joining_drops_only_what_people_need() -> None:
    css = """
    /* a note */
    .a > .b, .c { color: var(--ink); width: calc(1rem + 2px); content: " a;  b "; }
    @media (min-width: 60rem) { .a :focus { margin: 0 auto } }
    """
    assert minified(css) == (
        '.a>.b,.c{color:var(--ink);width:calc(1rem + 2px);content:" a;  b "}'
        "@media (min-width:60rem){.a :focus{margin:0 auto}}"
    )


def copy_of_static(tmp_path: Path) -> Path:
    for file in STATIC.rglob("*"):
        if file.is_file():
            target = tmp_path / file.relative_to(STATIC)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(file.read_bytes())
    return tmp_path


def test_a_changed_file_gets_a_new_address_and_so_does_the_style_that_names_it(
    tmp_path: Path, assets: Assets
) -> None:
    folder = copy_of_static(tmp_path)
    assert Assets(folder).url(SHOPPERS) == assets.url(SHOPPERS)
    (folder / "fonts/plus-jakarta-sans-id.woff2").write_bytes(b"another face")
    changed = Assets(folder)
    assert changed.url("fonts/plus-jakarta-sans-id.woff2") != assets.url(
        "fonts/plus-jakarta-sans-id.woff2"
    )
    assert changed.url(SHOPPERS) != assets.url(SHOPPERS)
    assert changed.url(WORKSPACES) == assets.url(WORKSPACES)


def test_a_file_may_be_kept_for_ever(assets: Assets, visitor: Client) -> None:
    answer = visitor.get(assets.url(SHOPPERS))
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/css; charset=utf-8"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert answer.data == assets.asset(SHOPPERS).body


@pytest.mark.parametrize("name", [SHOPPERS, WORKSPACES, "img/ikon.svg"])
@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [("gzip, deflate, br", "br"), ("gzip", "gzip"), ("br;q=0, gzip", "gzip"), ("gzip;q=0", None)],
)
def test_a_browser_gets_the_smallest_form_it_takes(
    assets: Assets, visitor: Client, name: str, accepted: str, encoding: str | None
) -> None:
    answer = visitor.get(assets.url(name), headers={"Accept-Encoding": accepted})
    assert answer.headers.get("Content-Encoding") == encoding
    assert int(answer.headers["Content-Length"]) == len(answer.data)
    if encoding == "gzip":
        assert gzip.decompress(answer.data) == assets.asset(name).body


def test_a_font_is_not_packed_twice(assets: Assets, visitor: Client) -> None:
    url = assets.url("fonts/plus-jakarta-sans-id.woff2")
    answer = visitor.get(url, headers={"Accept-Encoding": "br, gzip"})
    assert "Content-Encoding" not in answer.headers
    assert answer.headers["Content-Type"] == "font/woff2"


def test_head_answers_without_a_body_and_posting_is_refused(
    assets: Assets, visitor: Client
) -> None:
    url = assets.url(SHOPPERS)
    head = visitor.head(url)
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["Content-Length"] == str(len(assets.asset(SHOPPERS).body))
    post = visitor.post(url)
    assert (post.status_code, post.headers["Allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize(
    "path", ["css/toko.css", "../config.py", "%2e%2e/config.py", "", "fonts/", "css/tokens.css"]
)
def test_what_has_no_lasting_address_is_not_found(visitor: Client, path: str) -> None:
    assert visitor.get(f"/static/{path}").status_code == 404


def test_everything_else_is_the_shops_to_answer(visitor: Client) -> None:
    assert visitor.get("/produk").text == "shop"


def test_a_name_nobody_made_is_found_out_by_the_first_page(assets: Assets) -> None:
    with pytest.raises(UnknownAsset):
        assets.url("css/mistyped.css")
