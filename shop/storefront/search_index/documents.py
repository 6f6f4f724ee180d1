"""The document of a product, made from the catalogue as it stands."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import aliased

from shop.catalog.products.models import Category, Product, ProductCard, StoryText
from shop.people.cooperatives.models import Cooperative, Member
from shop.storefront.search_index.facet_terms import marks_of
from shop.storefront.search_index.rules import (
    index_words,
    name_beginnings,
    name_key,
    name_number,
    name_words,
    place_of,
)


@dataclass(frozen=True, slots=True)
class Document:
    """What a product is found by."""

    id: int
    """Its place in the stored order."""
    whole_name: int
    named: tuple[str, ...]
    """Words before its story: of names, maker, cooperative, category and place."""
    others: tuple[str, ...]
    """Words of its story alone, marked words of its name, marks of what it is narrowed by.
    Both in the order of their letters."""

    def indexed(self) -> tuple[str, ...]:
        """All that it is found by."""
        return (*self.named, *self.others, *name_beginnings(self.others))


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


def document_of(row: Row[*tuple[Any, ...]]) -> Document:
    """The document of a product, from a row of :func:`select_texts`."""
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
    named = set(index_words(" ".join(text for text in about if text)).split())
    marks = marks_of(
        category_path=row.category_path,
        cooperative_slug=row.cooperative_slug,
        province=row.province,
        price=row.price,
        halal_checked=row.halal_checked,
        days_to_make=row.days_to_make,
        shelf_life_days=row.shelf_life_days,
        is_room_temperature=row.is_room_temperature,
    )
    others = {
        *name_words(row.name).split(),
        *index_words(" ".join(text for text in rest if text)).split(),
        *marks.split(),
    }
    return Document(
        place_of(row.popularity, row.product_id),
        name_number(name_key(row.name)),
        tuple(sorted(named)),
        tuple(sorted(others.difference(named))),
    )


def words_in(document: Document) -> Iterator[tuple[str, bool]]:
    """Each word and mark of a document once, and whether it stands before the story."""
    yield from ((word, True) for word in document.named)
    yield from ((word, False) for word in document.others)


def pack(document: Document, numbers: Mapping[str, int]) -> bytes:
    """The words of a document as their numbers, in as few bytes as may be.

    Each number is doubled, and one more where the word stands before the story. In order, each
    is written as what it is more than the one before it: seven bits a byte, the least first, and
    the eighth bit where more of it follow.
    """
    packed = bytearray()
    before = 0
    for number in sorted(2 * numbers[word] + is_named for word, is_named in words_in(document)):
        more, before = number - before, number
        while more > _SEVEN_BITS:
            packed.append(more & _SEVEN_BITS | _FOLLOWS)
            more >>= 7
        packed.append(more)
    return bytes(packed)


def unpack(packed: bytes) -> dict[int, bool]:
    """The numbers of what :func:`pack` wrote, and which words stand before the story."""
    found: dict[int, bool] = {}
    number = more = shift = 0
    for byte in packed:
        more |= (byte & _SEVEN_BITS) << shift
        shift += 7
        if byte < _FOLLOWS:
            number += more
            found[number >> 1] = bool(number & 1)
            more = shift = 0
    return found


_SEVEN_BITS = 0x7F
_FOLLOWS = 0x80
