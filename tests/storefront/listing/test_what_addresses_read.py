"""What stands behind the "?" of an address: pages are kept by what they read of it, alone."""

from pathlib import Path

import pytest
from flask import Flask
from werkzeug.datastructures import ImmutableMultiDict

from shop.app import KNOWN_PARAMETERS
from shop.core.database.engine import Database
from shop.web.page_cache.cache import known_parameters
from tests.storefront.home.test_kept_pages import ALL_PATHS
from tests.storefront.home.test_pages import COFFEE, GAYO
from tests.support.engines import PAGES
from tests.support.inside import shop_app
from tests.support.statements import statements
from tests.support.visitor import Visitor

BESIDE = "fbclid=IwAR0&utm_source=ig&kategori_=x"

read: set[str] = set()


class Recording(ImmutableMultiDict[str, str]):
    """What stands in an address, and which names of it were asked for."""

    def get(self, key: str, *rest: object, **more: object) -> object:  # type: ignore[override]
        read.add(key)
        return super().get(key, *rest, **more)

    def getlist(self, key: str, *rest: object, **more: object) -> list[str]:  # type: ignore[override]
        read.add(key)
        return super().getlist(key, *rest, **more)


def rooms_of(app: Flask) -> set[str]:
    """All pages that stand in the rooms of kept ones, whether they are kept or not."""
    slugs = {"produk": COFFEE, "cerita": COFFEE, "koperasi": GAYO}
    found = {rule.rule.replace("<slug>", "{slug}") for rule in app.url_map.iter_rules()}
    return {
        path.format(slug=slugs[path.split("/")[1]])
        for path in found
        if path.split("/")[1] in slugs and "<" not in path
    }


@pytest.mark.only_on("sqlite", because=PAGES)
def test_pages_read_nothing_of_an_address_that_is_left_out_of_it(
    market: Database, var_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Flask.request_class, "parameter_storage_class", Recording)
    url = market.url.render_as_string(hide_password=False)
    asked: set[str] = set()
    with shop_app(url, var_dir) as app:
        visitor = app.test_client()
        for path in (*ALL_PATHS, *rooms_of(app)):
            read.clear()
            visitor.get(path)
            room = path.removeprefix("/en").partition("?")[0].split("/")[1]
            assert read <= KNOWN_PARAMETERS[room], path
            asked |= read
    assert asked >= {"q", "kategori", "dekat", "provinsi", "pilih", "ke"}


@pytest.mark.only_on("sqlite", because=PAGES)
def test_what_no_page_reads_makes_no_page_anew(market: Database, var_dir: Path) -> None:
    url = market.url.render_as_string(hide_password=False)
    with shop_app(url, var_dir, PAGES_KEPT_MB="6") as app:
        visitor = app.test_client()
        assert isinstance(visitor, Visitor)
        for path in ALL_PATHS:
            plain = visitor.get(path)
            with statements(market) as asked:
                again = visitor.get(f"{path}{'&' if '?' in path else '?'}{BESIDE}")
            assert (again.status_code, again.data) == (plain.status_code, plain.data), path
            assert not asked, path


@pytest.mark.only_on("sqlite", because=PAGES)
def test_strokes_in_front_leave_nothing_of_an_address_out(market: Database, var_dir: Path) -> None:
    url = market.url.render_as_string(hide_password=False)
    with shop_app(url, var_dir, PAGES_KEPT_MB="6") as app:
        found = app.test_client().get("/?q=kopi", environ_overrides={"PATH_INFO": "//produk"})
    assert "Hasil untuk “kopi”" in found.text


@pytest.mark.parametrize(
    ("query", "rest"),
    [
        ("fbclid=x", ""),
        ("q=a%20b&utm_source=ig&setelah=%3D", "q=a%20b&setelah=%3D"),
        ("%71=kopi&q+=x&Q=y", "%71=kopi"),
        ("q", "q"),
        ("&&q=1&", "q=1"),
    ],
)
def test_an_address_keeps_what_is_read_letter_by_letter(query: str, rest: str) -> None:
    assert known_parameters(query, frozenset({"q", "setelah"})) == rest
