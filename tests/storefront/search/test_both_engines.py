"""One search, two engines: what one finds, in which order, the other finds."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from shop.catalog.products.models import ProductCard
from shop.storefront.search.postgresql import STRETCHES, TOP_AND_REST
from shop.storefront.search.queries import beginnings, find
from shop.storefront.search_index.facet_terms import (
    CATEGORY,
    HALAL,
    PROVINCE,
    READY,
    Narrow,
    facet_term,
)
from shop.storefront.search_index.index_writer import known
from shop.storefront.search_index.models import SearchWord
from shop.storefront.search_index.rules import level_mark
from tests.support.databases import Templates
from tests.support.market import market as open_market

GROUPS: Sequence[tuple[str, ...]] = (
    (facet_term(CATEGORY, "minuman"), facet_term(CATEGORY, "makanan-olahan/keripik-kerupuk")),
    (facet_term(PROVINCE, "Aceh"), facet_term(PROVINCE, "Bali"), facet_term(PROVINCE, "Papua")),
    (HALAL,),
    (READY,),
)


def hits(session: Session, text: str, narrow: Narrow, *, exact: bool) -> list[tuple[str, int]]:
    """Slugs of what a text leads to, each with its tier, in the stored order."""
    found = find(session, text, narrow, exact=exact)
    if found is None:
        return []
    table = found.table
    return [
        (slug, tier)
        for slug, tier in session.execute(
            select(ProductCard.slug, table.c.tier)
            .join(table, table.c.product_id == ProductCard.product_id)
            .order_by(table.c.place),
            found.values,
        )
    ]


def test_both_engines_find_the_same_goods_in_the_same_order(templates: Templates) -> None:
    with (
        open_market(templates, "sqlite") as one,
        open_market(templates, "postgresql") as other,
        one.reading() as left,
        other.reading() as right,
    ):
        counted = select(SearchWord.word, SearchWord.goods, SearchWord.named).order_by(
            SearchWord.word
        )
        kept = left.execute(counted).all()
        assert kept == right.execute(counted).all()
        words = [word for word, _goods, _named in kept if not word.startswith(":")]
        assert len(words) > 1_000
        found: set[int] = set()

        @given(
            typed=st.lists(st.sampled_from(words), min_size=1, max_size=3),
            cut=st.integers(0, 3),
            narrow=st.lists(st.sampled_from(GROUPS), max_size=2, unique=True),
            exact=st.booleans(),
        )
        def agree(typed: list[str], cut: int, narrow: list[tuple[str, ...]], exact: bool) -> None:
            # A last word that is cut short stands for its beginning, or for a typing error.
            text = " ".join([*typed[:-1], typed[-1][: max(len(typed[-1]) - cut, 1)]])
            mine = hits(left, text, tuple(narrow), exact=exact)
            assert mine == hits(right, text, tuple(narrow), exact=exact)
            assert beginnings(left, text, 7) == beginnings(right, text, 7)
            found.add(len(mine))

        agree()
        assert len(found) > 5  # or it would have compared nothing with nothing


def test_no_level_is_left_out_or_looked_at_twice(templates: Templates) -> None:
    holds = text("SELECT CAST(:words AS tsvector) @@ CAST(:mark AS tsquery)")
    with open_market(templates, "postgresql") as market, market.reading() as session:
        for steps in (TOP_AND_REST, STRETCHES):
            for level in range(25):
                words = f"'{level_mark(level)}'"
                found = [session.scalar(holds, {"words": words, "mark": step}) for step in steps]
                assert found.count(True) == 1


def test_what_is_exactly_typed_is_what_has_the_words(templates: Templates) -> None:
    """Against the plainest search there is: reading every document."""
    with open_market(templates, "sqlite") as market, market.reading() as session:
        goods = session.execute(select(ProductCard.slug, ProductCard.product_id)).all()
        documents = {slug: known(session, product_id) for slug, product_id in goods}
        of = {
            slug: {*one[0].named, *one[0].others}
            for slug, one in documents.items()
            if one is not None
        }
        assert len(of) == len(goods)
        for typed in ("kayu", "gayo", "tanpa", "rasa", "anyam", "tumis", "garut", "isi 10"):
            plain = {
                slug
                for slug, words in of.items()
                if all(
                    any(
                        word == part or (word.startswith(part) and not part.isdigit())
                        for word in words
                    )
                    for part in typed.split()
                )
            }
            assert {slug for slug, _tier in hits(session, typed, (), exact=True)} >= plain, typed
