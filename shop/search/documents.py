"""The document of a product, made from the catalogue as it stands."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import aliased

from shop.catalog.models import Category, Product, ProductCard, StoryText
from shop.cooperatives.models import Cooperative, Member
from shop.search.narrowing import marks_of
from shop.search.rules import index_words, name_beginnings, name_key, name_words, place_of


@dataclass(frozen=True, slots=True)
class Document:
    """What a product is found by."""

    id: int
    """Its place in the stored order."""
    product_id: int
    name_key: str
    named: tuple[str, ...]
    """Words before its story: of names, maker, cooperative, category and place."""
    others: tuple[str, ...]
    """Words of its story alone, marked words of its name, marks of what it is narrowed by."""

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
    named = index_words(" ".join(text for text in about if text)).split()
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
    others = dict.fromkeys(
        (
            *name_words(row.name).split(),
            *index_words(" ".join(text for text in rest if text)).split(),
            *marks.split(),
        )
    )
    return Document(
        place_of(row.popularity, row.product_id),
        row.product_id,
        name_key(row.name),
        tuple(named),
        tuple(word for word in others if word not in frozenset(named)),
    )


def words_in(document: Document) -> Iterator[tuple[str, bool]]:
    """Each word and mark of a document once, and whether it stands before the story."""
    yield from ((word, True) for word in document.named)
    yield from ((word, False) for word in document.others)


def pack(document: Document) -> bytes:
    """The words of a document, in as few bytes as may be."""
    packing = zlib.compressobj(wbits=_RAW, zdict=_OFTEN)
    text = "\n".join((" ".join(document.named), " ".join(document.others)))
    return packing.compress(text.encode()) + packing.flush()


def unpack(words: bytes) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The words before the story, and the others, of what :func:`pack` wrote."""
    unpacking = zlib.decompressobj(wbits=_RAW, zdict=_OFTEN)
    named, _, others = unpacking.decompress(words).decode().partition("\n")
    return tuple(named.split()), tuple(others.split())


_RAW = -15
_OFTEN = (
    b" sejak pagi setiap hari sendiri untuk dari dengan tanpa tidak resep bahan bahannya dibuat"
    b" dalam jumlah kecil oleh pengurus made in small batches with of and from jawa timur tengah"
    b" barat sumatera sumatra utara selatan kalimantan sulawesi nusa tenggara bali papua maluku"
    b" aceh koperasi koprasi produsen makanan olahan minuman kopi keripik kripik kerupuk krupuk"
    b" sambal bumbu batik tenun anyaman kerajinan rumah tangga kesehatan kecantikan perawatan"
    b" prawatan tubuh :kat:kesehatan-kecantikan/ :kat:rumah-tangga :kat:batik-tenun/"
    b" :kat:makanan-olahan/keripik-kerupuk :kat:minuman/kopi :prov:sulawesi-selatan"
    b" :prov:kalimantan-timur :prov:sumatera-barat :prov:jawa-tengah :prov:jawa-barat"
    b" :prov:jawa-timur :harga:2 :harga:1 :harga:0 :kop: :halal :siap :tahan :ruang"
)
"""What stands in many documents: it packs a short text by half. Whoever changes it lets a
migration empty the table, or nothing that was packed before can be read."""
