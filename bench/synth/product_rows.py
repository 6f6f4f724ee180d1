"""The rows of invented goods, in every table that holds something of them."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bench.synth.plan import Goods
from bench.synth.seller_rows import Home
from shop.catalog.inventory.models import MovementReason, StockItem, StockMovement
from shop.catalog.packaging.models import Halal, PackFacts, Permit
from shop.catalog.packaging.rules import (
    Claim,
    HalalState,
    PermitKind,
    is_cold,
    short_storage,
    size_text,
)
from shop.catalog.products.models import (
    Category,
    PhotoView,
    Product,
    ProductCard,
    ProductPhoto,
    ProductState,
    Variant,
)
from shop.catalog.products.rules import net_text, short_place, top_of
from shop.core.database.bulk_insert import next_id
from shop.core.database.schema import Base
from shop.core.values.clock import HOME_ZONE, day_in
from shop.services.media.models import Photo
from shop.services.media.queries import pictures

PERMIT_YEARS = 3
LOW_AT = 5


class Shelf:
    """Turns goods into rows of every table, with ids that go together."""

    def __init__(self, session: Session, homes: Sequence[Home], now: datetime) -> None:
        self._homes = homes
        self._now = now
        self._valid_until = day_in(HOME_ZONE, now) + timedelta(days=365 * PERMIT_YEARS)
        paths = session.execute(select(Category.path, Category.id, Category.name)).all()
        self._categories = {path: (key, name) for path, key, name in paths}
        photos = session.scalars(select(Photo.id).where(Photo.leaving_at.is_(None))).all()
        texts = pictures(session, photos)
        self._photos = [(photo, texts[photo].to_text()) for photo in photos if photo in texts]
        self._product, self._variant = next_id(session, Product), next_id(session, Variant)
        self._movement, self._permit = next_id(session, StockMovement), next_id(session, Permit)
        self._shown = next_id(session, ProductPhoto)
        self._turns: Counter[int] = Counter()

    def tables(self, chunk: Iterable[Goods]) -> Iterator[tuple[type[Base], list[dict[str, Any]]]]:
        """Rows by table, each after those it leans on."""
        found: dict[type[Base], list[dict[str, Any]]] = {
            model: []
            for model in (
                *(Product, Variant, StockItem, StockMovement, PackFacts, Halal, Permit),
                *(ProductPhoto, ProductCard),
            )
        }
        for one in chunk:
            self._add(one, found)
        yield from found.items()

    def _add(self, one: Goods, found: Mapping[type[Base], list[dict[str, Any]]]) -> None:
        home = self._homes[one.seller.number]
        product, self._product = self._product, self._product + 1
        first_variant = self._variant
        at = self._now - timedelta(minutes=one.minutes_old)
        found[Product].append(self._of_product(product, home, one, at))
        for position, _pack in enumerate(one.packs):
            self._of_pack(product, home, one, position, found)
        found[PackFacts].append(_pack_facts(product, one))
        if one.is_food:
            found[Halal].append(self._halal(product, one))
        if one.has_permit:
            found[Permit].append(self._permit_row(product, one))
        text = ""
        if self._photos:
            photo, picture = self._photos[one.picture % len(self._photos)]
            text = f"{PhotoView.FRONT} {picture}"
            found[ProductPhoto].append(
                {
                    "id": self._shown,
                    "product_id": product,
                    "photo_id": photo,
                    "position": 0,
                    "view": PhotoView.FRONT,
                }
            )
            self._shown += 1
        self._turns[home.cooperative_id] += 1
        found[ProductCard].append(self._card(product, first_variant, home, one, at, text))

    def _of_product(self, key: int, home: Home, one: Goods, at: datetime) -> dict[str, Any]:
        return {
            "id": key,
            "cooperative_id": home.cooperative_id,
            "member_id": home.first_member + one.maker,
            "category_id": self._categories[one.sort.path][0],
            "sku": f"{one.seller.code}-{one.number + 1:07d}",
            "slug": one.slug,
            "name": one.name,
            "name_en": one.name_en,
            "story": one.story,
            "description_en": f"{one.name_en}, made in small batches.",
            "choice_name": one.sort.choice[0] if len(one.packs) > 1 else None,
            "other_choice_name": None,
            "least_packs": 1,
            "days_to_make": one.days_to_make,
            "is_one_piece": False,
            "state": ProductState.PUBLISHED,
            "popularity": one.sold,
            "published_at": at,
        }

    def _of_pack(
        self,
        product: int,
        home: Home,
        one: Goods,
        position: int,
        found: Mapping[type[Base], list[dict[str, Any]]],
    ) -> None:
        pack = one.packs[position]
        variant, self._variant = self._variant, self._variant + 1
        length, width, height = one.sides
        found[Variant].append(
            {
                "id": variant,
                "product_id": product,
                "position": position,
                "sku": f"{one.seller.code}-{one.number + 1:07d}-{position + 1}",
                "name": pack.option,
                "option": pack.option,
                "other_option": "",
                "price": pack.price,
                "gross_grams": pack.grams,
                "length_mm": length,
                "width_mm": width,
                "height_mm": height,
                "is_hidden": False,
            }
        )
        found[StockItem].append(
            {
                "variant_id": variant,
                "cooperative_id": home.cooperative_id,
                "on_hand": pack.stock,
                "reserved": 0,
                "low_at": LOW_AT,
                "tells_low": pack.stock > LOW_AT,
            }
        )
        if not pack.stock:
            return
        found[StockMovement].append(
            {
                "id": self._movement,
                "variant_id": variant,
                "change": pack.stock,
                "on_hand_after": pack.stock,
                "reason": MovementReason.OPENING,
                "reference": None,
                "person_id": None,
                "at": self._now,
            }
        )
        self._movement += 1

    def _halal(self, product: int, one: Goods) -> dict[str, Any]:
        claim = Claim.CHECKED if one.is_halal and one.is_checked else Claim.CLAIMED
        return {
            "product_id": product,
            "state": HalalState.CERTIFIED if one.is_halal else HalalState.APPLIED,
            "number": f"ID0011{one.number:010d}" if one.is_halal else None,
            "claim": claim,
            "fault": None,
            "checked_by_id": None,
            "checked_at": self._now if claim is Claim.CHECKED else None,
        }

    def _permit_row(self, product: int, one: Goods) -> dict[str, Any]:
        key, self._permit = self._permit, self._permit + 1
        return {
            "id": key,
            "product_id": product,
            "kind": PermitKind.PIRT,
            "number": f"206{one.number:010d}-{self._valid_until.year % 100}",
            "valid_until": self._valid_until,
            "claim": Claim.CHECKED if one.is_checked else Claim.CLAIMED,
            "fault": None,
            "checked_by_id": None,
            "checked_at": self._now if one.is_checked else None,
        }

    def _card(
        self, product: int, variant: int, home: Home, one: Goods, at: datetime, picture: str
    ) -> dict[str, Any]:
        """As ``product_cards.build_card`` reads it from the other rows; a test compares them."""
        prices = {pack.price for pack in one.packs}
        return {
            "product_id": product,
            "slug": one.slug,
            "name": one.name,
            "name_en": one.name_en,
            "cooperative_id": home.cooperative_id,
            "cooperative_slug": home.slug,
            "cooperative": one.seller.short_name,
            "place": short_place(home.place.regency),
            "province": home.place.province,
            "dye": one.seller.dye,
            "motif": one.seller.motif,
            "category_path": one.sort.path,
            "category_top": top_of(one.sort.path),
            "category_name": self._categories[one.sort.path][1],
            "price": min(prices),
            "has_prices": len(prices) > 1,
            "variant_id": variant if len(one.packs) == 1 else None,
            "pictures": picture,
            "net": net_text(one.content, one.sort.unit),
            "shelf_life_days": one.shelf_days,
            "size": "" if one.shelf_days else size_text(*one.sides),
            "storage": short_storage(one.sort.storage) if one.shelf_days else "",
            "is_room_temperature": not is_cold(one.sort.storage),
            "halal_checked": one.is_halal and one.is_checked,
            "permit_checked": PermitKind.PIRT.label if one.has_permit and one.is_checked else "",
            "has_pork": False,
            "days_to_make": one.days_to_make,
            "popularity": one.sold,
            "turn": self._turns[home.cooperative_id],
            "open_packs": sum(pack.stock > 0 for pack in one.packs),
            "published_at": at,
        }


def _pack_facts(product: int, one: Goods) -> dict[str, Any]:
    return {
        "product_id": product,
        "net_content": one.content,
        "net_unit": one.sort.unit,
        "pack_type": one.sort.pack,
        "is_fragile": False,
        "send_limit": None,
        "is_food": one.is_food,
        "shelf_life_days": one.shelf_days,
        "storage": one.sort.storage,
        "ingredients": one.ingredients,
    }
