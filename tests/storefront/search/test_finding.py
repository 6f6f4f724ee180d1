"""Every product is found by what people type, on both engines alike."""

from collections.abc import Iterator

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.catalog.packaging.actions import NewPack
from shop.catalog.products import actions as products
from shop.catalog.products.actions import count_sold
from shop.catalog.products.models import Product, ProductCard
from shop.core.database.engine import Database
from shop.core.values.money import Rupiah
from shop.core.values.text import fold_spelling, words
from shop.people.cooperatives.models import Cooperative, Member
from shop.storefront.listing.rules import ListingFilters
from shop.storefront.listing.search_page import search_products
from shop.storefront.search.queries import find
from shop.storefront.search_index.actions import index_product, listen, rebuild
from shop.storefront.search_index.models import SearchDocument, Synonym
from shop.storefront.search_index.rules import product_of
from tests.factories import NOON
from tests.support.statements import statements


@pytest.fixture
def session(market: Database) -> Iterator[Session]:
    """A look at the market."""
    with market.reading() as session:
        yield session


def found(session: Session, text: str) -> set[int]:
    """Ids of the products a text leads to."""
    matches = find(session, text)
    return (
        set()
        if matches is None
        else set(session.scalars(select(matches.table.c.product_id), matches.values))
    )


class Remembering(dict[str, set[int]]):
    """What each text leads to, looked up once: names share many words."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session

    def __missing__(self, text: str) -> set[int]:
        self[text] = found(self.session, text)
        return self[text]


def names(session: Session, text: str) -> list[str]:
    """Names of what the catalogue shows for a text, nearest first."""
    filters = ListingFilters(text=text)
    return [card.name for card in search_products(session, filters).page.rows]


def all_goods(session: Session) -> list[tuple[int, str]]:
    return list(session.execute(select(ProductCard.product_id, ProductCard.name)))


def test_goods_are_found_by_their_english_name_and_description(session: Session) -> None:
    assert found(session, "coffee") >= found(session, "kopi") - found(session, "dodol")
    (honey,) = session.scalars(select(Product.id).where(Product.name_en == "Swamp Kelulut Honey"))
    assert honey in found(session, "honey")
    assert names(session, "coffee")[0].startswith("Kopi")


def test_every_product_is_found_by_any_word_of_its_name(session: Session) -> None:
    goods = all_goods(session)
    assert len(goods) == 150
    answers = Remembering(session)
    lost = [
        (name, word)
        for product_id, name in goods
        for word in (*words(name), *name.casefold().split())
        if words(word) and product_id not in answers[word]
    ]
    assert lost == []


def test_every_product_is_found_by_the_first_three_letters_of_any_word(session: Session) -> None:
    answers = Remembering(session)
    lost = [
        (name, word)
        for product_id, name in all_goods(session)
        for word in words(name)
        if len(word) > 3 and product_id not in answers[word[:3]]
    ]
    assert lost == []


def test_every_product_is_found_by_its_folded_spelling(session: Session) -> None:
    lost = [
        name
        for product_id, name in all_goods(session)
        if product_id not in found(session, " ".join(map(fold_spelling, words(name))))
    ]
    assert lost == []


def test_every_product_stands_first_by_its_full_name(session: Session) -> None:
    goods = all_goods(session)
    assert len(goods) > 100
    for _product_id, name in goods:
        assert names(session, name)[0] == name
        assert names(session, name.upper())[0] == name
        assert names(session, " ".join(map(fold_spelling, words(name))))[0] == name


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("kripik", "keripik"),
        ("krupuk", "kerupuk"),
        ("sambel", "sambal"),
        ("randang", "rendang"),
        ("coklat", "cokelat"),
        ("gula merah", "gula aren"),
        ("syal", "selendang"),
        ("oleh2 toraja", "oleh-oleh toraja"),
    ],
)
def test_another_spelling_or_word_finds_the_same_goods(
    session: Session, typed: str, meant: str
) -> None:
    assert found(session, meant)
    assert found(session, typed) >= found(session, meant)


def test_a_word_of_two_meanings_is_not_widened(session: Session) -> None:
    chillies = found(session, "cabai")
    assert chillies
    assert not chillies & (found(session, "lombok") - found(session, "lombok cabai"))
    terms = set(session.scalars(select(Synonym.term)))
    assert {"cabai", "cabe"} <= terms
    assert not terms & {"lombok", "amis", "urang", "lada"}


@pytest.mark.parametrize("typed", ["Pa'tedong", "patedong", "pa’tedong", "PATEDONG"])
def test_an_apostrophe_is_no_hindrance(session: Session, typed: str) -> None:
    assert any("tedong" in name for name in names(session, typed))


def test_maker_cooperative_category_and_story_are_searched_too(session: Session) -> None:
    maker = session.execute(
        select(Member.business_name, ProductCard.product_id)
        .join(Product, Product.member_id == Member.id)
        .join(ProductCard, ProductCard.product_id == Product.id)
        .limit(1)
    ).one()
    assert maker[1] in found(session, maker[0] or "")
    for column in (Cooperative.name, ProductCard.category_name, Product.story):
        text, product_id = session.execute(
            select(column, ProductCard.product_id)
            .join(Product, Product.id == ProductCard.product_id)
            .join(Cooperative, Cooperative.id == ProductCard.cooperative_id)
            .limit(1)
        ).one()
        assert product_id in found(session, " ".join(text.split()[:4]))


def test_words_of_a_name_come_before_words_of_a_story(session: Session) -> None:
    shown = names(session, "kopi")
    with_word = [name for name in shown if "kopi" in name.lower()]
    assert shown[: len(with_word)] == with_word


def test_all_words_have_to_be_there(session: Session) -> None:
    assert found(session, "kopi gayo") < found(session, "kopi")
    assert found(session, "kopi batik") < found(session, "kopi")


def test_rasa_and_tanpa_tell_goods_apart(session: Session) -> None:
    assert found(session, "tanpa") != found(session, "kopi")
    assert find(session, "dan") is not None


HOSTILE = (
    "%",
    "_",
    "'",
    '"',
    "''--",
    '") OR 1=1',
    "kopi AND",
    "NEAR(kopi gayo)",
    "name:kopi",
    "kopi*",
    "-kopi",
    "^kopi",
    "kopi & | ! <-> :*",
    "\\",
    "( ( (",
    "a" * 500,
    "kopi " * 100,
    "\x00",
    "kopi\x00gayo",
    "٣٤٥",
    "茶",
    "🙂",
    " ",
)


def test_no_text_breaks_the_search(session: Session) -> None:
    for typed in HOSTILE:
        assert isinstance(found(session, typed), set), typed


def test_signs_of_the_search_language_are_only_signs(session: Session) -> None:
    kopi = found(session, "kopi")
    for typed in ("kopi*", "-kopi", "^kopi", '"kopi"', "kopi%", "(kopi)"):
        assert found(session, typed) == kopi


def test_searching_costs_one_statement_before_the_listing(
    session: Session, market: Database
) -> None:
    with statements(market) as asked:
        find(session, "kripik tempe pedas manis")
    assert len(asked) == 1


def test_nothing_typed_is_nothing_searched(session: Session) -> None:
    assert find(session, "") is None
    assert find(session, "%%%") is None


def _add(session: Session, name: str) -> int:
    member = session.scalars(select(Member).limit(1)).one()
    product = products.add_product(
        session,
        products.NewProduct(
            cooperative_id=member.cooperative_id,
            member_id=member.id,
            category_path="minuman/kopi",
            sku=f"UJI-{name}",
            name=name,
            variants=(
                products.NewVariant(
                    price=Rupiah(5_000), gross_grams=100, length_mm=10, width_mm=10, height_mm=10
                ),
            ),
            pack=NewPack(),
        ),
        now=NOON,
    )
    products.publish(session, product.id, now=NOON)
    return product.id


def test_a_product_is_found_from_the_commit_that_shows_it_and_not_after_it_left(
    market: Database,
) -> None:
    listen()
    with market.writing() as session:
        product_id = _add(session, "Wedang Qistina")
        assert found(session, "qistina") == {product_id}
        products.rename(session, product_id, "Wedang Zulaikha")
        assert found(session, "zulaikha") == {product_id}
        assert found(session, "qistina") == set()
        products.hide(session, product_id)
    with market.reading() as session:
        assert found(session, "zulaikha") == set()


def test_a_rebuild_numbers_goods_by_popularity_and_loses_none(market: Database) -> None:
    told: list[tuple[int, int]] = []
    with market.writing() as session:
        best = session.scalars(select(ProductCard.product_id).order_by(ProductCard.name)).all()[-1]
        count_sold(session, {best: 1_000})
    assert rebuild(market, lambda done, whole: told.append((done, whole))) == 150
    with market.writing() as session:
        first = session.scalars(select(SearchDocument).order_by(SearchDocument.id)).first()
        assert first is not None
        assert product_of(first.id) == best
        assert session.scalar(select(func.count()).select_from(SearchDocument)) == 150
        index_product(session, best)
    assert told[-1] == (150, 150)
    with market.reading() as session:
        assert len(found(session, "kopi")) > 10
