"""The front page shows what is near a province that a shopper names, and keeps no note of it."""

import re

import pytest

from shop.storefront.home.queries import HOME_NEW
from tests.support.engines import PAGES
from tests.support.statements import statements
from tests.support.visitor import Visitor
from tests.web.markup import Markup


def goods(page: str) -> list[str]:
    """Addresses of the goods in lists of cards, in the order of the page."""
    return re.findall(r'class="card__t"><a href="([^"]+)"', page)


@pytest.mark.parametrize("root", ["", "/en"])
def test_the_front_page_begins_as_the_catalogue_does(pages: Visitor, root: str) -> None:
    answer = pages.get(f"{root}/?dekat=Bali")
    first = goods(pages.get(f"{root}/produk?dekat=Bali").text)[:HOME_NEW]
    assert len(first) == HOME_NEW
    assert goods(answer.text.partition('id="dekat"')[2]) == first
    assert f'href="{root}/produk?dekat=Bali"' in answer.text
    assert "selected>Bali</option>" in answer.text
    assert not Markup.of(answer.text).mistakes
    assert "Set-Cookie" not in answer.headers
    assert "?dekat" not in answer.text.partition("</head>")[0], "the same page to others"


@pytest.mark.only_on("sqlite", because=PAGES)
def test_it_asks_once_more_and_only_where_a_province_was_named(pages: Visitor) -> None:
    database = pages.application.extensions["lumbung"].database

    def asked(path: str) -> int:
        with statements(database) as found:
            assert pages.get(path).status_code == 200
        return len(found)

    plain = asked("/")
    assert asked("/?dekat=Bali") == plain + 1
    for nowhere in ("Atlantis", "%00", "x" * 5_000, ""):
        assert asked(f"/?dekat={nowhere}") == plain
    assert "Dekat dengan Anda" in pages.get("/?dekat=Atlantis").text
