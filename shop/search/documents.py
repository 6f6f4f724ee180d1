"""The document of a product, made from the catalogue as it stands."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import aliased

from shop.catalog.models import Category, Product, ProductCard, StoryText
from shop.cooperatives.models import Cooperative, Member
from shop.search.models import SearchDocument
from shop.search.narrowing import marks_of
from shop.search.rules import index_words, name_key, name_words, place_of

TEXTS = ("name", "about", "rest", "facets")

_STORY_TEXTS = (
    select(func.aggregate_strings(StoryText.text, " "))
    .where(StoryText.product_id == ProductCard.product_id)
    .correlate(ProductCard)
    .scalar_subquery()
)


def select_texts() -> Select[*tuple[Any, ...]]:
    """What :func:`document_of` reads; add for which products."""
    top = aliased(Category)
    return (
        select(
            ProductCard.product_id,
            ProductCard.popularity,
            ProductCard.name,
            ProductCard.name_en,
            ProductCard.category_name,
            top.name.label("category_above"),
            Cooperative.name.label("cooperative_name"),
            ProductCard.place,
            ProductCard.province,
            Member.business_name,
            Product.story,
            _STORY_TEXTS.label("story_texts"),
            Product.description_en,
            ProductCard.category_path,
            ProductCard.cooperative_slug,
            ProductCard.price,
            ProductCard.halal_checked,
            ProductCard.days_to_make,
            ProductCard.shelf_life_days,
            ProductCard.is_room_temperature,
        )
        .join(Product, Product.id == ProductCard.product_id)
        .join(Category, Category.id == Product.category_id)
        .outerjoin(top, top.id == Category.parent_id)
        .join(Cooperative, Cooperative.id == ProductCard.cooperative_id)
        .join(Member, Member.id == Product.member_id)
    )


def document_of(row: Row[*tuple[Any, ...]]) -> dict[str, Any]:
    """The columns of a document, from a row of :func:`select_texts`."""
    about = (
        row.name,
        row.name_en,
        row.category_name,
        row.category_above,
        row.cooperative_name,
        row.place,
        row.province,
        row.business_name,
    )
    rest = (row.story, row.story_texts, row.description_en)
    return {
        "id": place_of(row.popularity, row.product_id),
        "product_id": row.product_id,
        "name_key": name_key(row.name),
        "name": name_words(row.name),
        "about": index_words(" ".join(text for text in about if text)),
        "rest": index_words(" ".join(text for text in rest if text)),
        "facets": marks_of(
            category_path=row.category_path,
            cooperative_slug=row.cooperative_slug,
            province=row.province,
            price=row.price,
            halal_checked=row.halal_checked,
            days_to_make=row.days_to_make,
            shelf_life_days=row.shelf_life_days,
            is_room_temperature=row.is_room_temperature,
        ),
    }


def as_columns(document: SearchDocument) -> dict[str, Any]:
    """A document that stands in the table, in the same shape."""
    return {name: getattr(document, name) for name in ("id", "product_id", "name_key", *TEXTS)}


def words_in(document: dict[str, Any]) -> Iterator[tuple[str, bool]]:
    """Each word and mark of a document once, and whether it stands before the story."""
    named = {*document["about"].split()}
    yield from ((word, True) for word in named)
    others = {*document["rest"].split(), *document["facets"].split()} - named
    yield from ((word, False) for word in others)
