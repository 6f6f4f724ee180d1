"""Photos of goods lead to their largest file, with script or without; text alone has no dialog."""

import pytest
from sqlalchemy import update

from shop.catalog.products.models import ProductCard
from shop.core.database.engine import Database
from tests.storefront.home.test_pages import COFFEE
from tests.support.engines import PAGES
from tests.support.visitor import Visitor
from tests.web.markup import Markup

pytestmark = pytest.mark.only_on("sqlite", because=PAGES)
KEYS = ("aa/aaaaaaaaaaaaaaaaaaaaaaaaaa", "bb/bbbbbbbbbbbbbbbbbbbbbbbbbb")


@pytest.fixture(autouse=True)
def two_photos(market: Database) -> None:
    """The coffee has a photo in all sizes, and one of which the worker made the first only."""
    lines = (f"depan {KEYS[0]} 1600 webp:320,800 jpg:320,800,1600", f"isi {KEYS[1]} 1000 jpg:320")
    with market.writing() as session:
        session.execute(
            update(ProductCard).where(ProductCard.slug == COFFEE).values(pictures="\n".join(lines))
        )


@pytest.mark.parametrize(("root", "word"), [("", "Perbesar"), ("/en", "Enlarge")])
def test_each_photo_is_a_link_to_its_largest_file(pages: Visitor, root: str, word: str) -> None:
    page = Markup.of(pages.get(f"{root}/produk/{COFFEE}").text)
    links = [one for one in page.all("a") if (one.attrs.get("href") or "").startswith("/media/")]
    widths = [(one.attrs.get("href") or "").rpartition("/")[2] for one in links]
    assert [any(size in name for size in ("1600", "320")) for name in widths] == [True, True]
    assert "1600" in widths[0]
    assert "320" in widths[1]
    assert all(word in one.text for one in links)
    assert len(page.all("dialog", class_="zoom")) == 1
    assert not page.mistakes


def test_who_saves_data_gets_words_instead_of_photos_and_no_dialog(pages: Visitor) -> None:
    pages.set_cookie("lumbung_hemat", "1")
    page = Markup.of(pages.get(f"/produk/{COFFEE}").text)
    assert not page.all("dialog")
    assert not page.all("img")
    assert len(page.all("a", class_="alt")) == 2
    assert not page.mistakes


def test_goods_without_a_photo_say_so_and_wear_their_cloth(
    market: Database, pages: Visitor
) -> None:
    with market.writing() as session:
        session.execute(update(ProductCard).where(ProductCard.slug == COFFEE).values(pictures=""))
    page = pages.get(f"/produk/{COFFEE}").text
    assert "Belum ada foto." in page
    assert 'class="nopic cloth cloth--big" data-motif="truntum"' in page
    assert "<dialog" not in page
