"""The story page: parts in their order, cleaned, with where the money goes."""

import pytest
from sqlalchemy import select

from shop.catalog.products.models import Product, StoryPart
from shop.catalog.stories.actions import Story
from shop.core.database.engine import Database
from shop.storefront.search.queries import find
from tests.storefront.home.test_pages import COFFEE
from tests.support.stories import tell
from tests.support.visitor import Visitor
from tests.web.markup import Markup


def tell_of_coffee(market: Database, opening: str, **parts: str) -> int:
    with market.reading() as session:
        product_id = session.scalars(select(Product.id).where(Product.slug == COFFEE)).one()
    tell(
        market, product_id, Story(opening, {StoryPart[part]: text for part, text in parts.items()})
    )
    return product_id


def test_a_story_shows_its_parts_under_their_questions(pages: Visitor, market: Database) -> None:
    tell_of_coffee(market, "Dipetik merah.", CHANGE="Sekolah *anak*.", WHO="Maisarah dan ibunya.")
    answer = pages.get(f"/cerita/{COFFEE}")
    page = Markup.of(answer.text)
    headings = [one.text.strip() for one in page.all("h2")]
    assert headings[:2] == ["Siapa yang membuat", "Apa yang berubah berkat pembelian Anda"]
    assert headings[2].startswith("Ke mana Rp92.000 Anda pergi")
    assert "Sekolah <em>anak</em>." in answer.text
    assert "Dipetik merah." in answer.text


def test_the_questions_are_asked_in_the_readers_language(pages: Visitor, market: Database) -> None:
    tell_of_coffee(market, "Dipetik merah.", WHO="Maisarah dan ibunya.")
    text = pages.get(f"/en/cerita/{COFFEE}").text
    assert "Who makes it" in text
    assert '<div class="tale" lang="id"><p>Maisarah' in text


@pytest.mark.parametrize(
    "typed",
    [
        "<script>alert(1)</script>",
        "<iframe src=https://x.example></iframe>",
        "[a](javascript:alert(1))",
        "![a](https://x.example/a.png)",
    ],
)
def test_a_hostile_story_only_says_something(pages: Visitor, market: Database, typed: str) -> None:
    before = Markup.of(pages.get(f"/cerita/{COFFEE}").text)
    tell_of_coffee(market, typed, HOW=typed)
    page = Markup.of(pages.get(f"/cerita/{COFFEE}").text)
    for tag in ("script", "iframe", "img"):
        assert len(page.all(tag)) == len(before.all(tag)), tag
    assert all("javascript" not in link.attrs.get("href", "") for link in page.all("a"))


@pytest.mark.usefixtures("pages")
def test_what_the_parts_tell_is_searched_too(market: Database) -> None:
    product_id = tell_of_coffee(market, "Dipetik merah.", WITH="Penggiling peninggalan zamrudikus.")
    with market.reading() as session:
        matches = find(session, "zamrudikus")
        assert matches is not None
        hits = session.scalars(select(matches.table.c.product_id), matches.values).all()
    assert hits == [product_id]
