"""The story of goods: an opening that lists and links show, and parts that its own page tells."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from shop.catalog.products.edit_context import ProductToEdit, record_edit
from shop.catalog.products.errors import ProductNotFound, StoryWithoutOpening
from shop.catalog.products.models import Product, StoryPart, StoryText
from shop.catalog.products.product_cards import refresh_card


@dataclass(frozen=True)
class Story:
    """What a maker tells: plain words first, then markdown by part, in the order it is read."""

    opening: str = ""
    parts: Mapping[StoryPart, str] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is told."""
        return not self.opening and not self.parts


def story_of(session: Session, product_id: int) -> Story:
    """The story of a product, in two statements."""
    opening = session.scalar(select(Product.story).where(Product.id == product_id))
    return Story(opening or "", story_parts(session, product_id))


def story_parts(session: Session, product_id: int) -> dict[StoryPart, str]:
    """The parts that are told, in their order."""
    rows = session.execute(
        select(StoryText.part, StoryText.text).where(StoryText.product_id == product_id)
    )
    told = dict(rows.all())
    return {part: told[part] for part in StoryPart if part in told}


def write_story(session: Session, product: ProductToEdit, story: Story, *, now: datetime) -> None:
    """Tell a story instead of the one that stood there; an empty one takes it away.

    :param product: what it is about, and who writes: the maker, or a manager for the maker.
    :raises StoryWithoutOpening: for parts without the opening that leads to them.
    :raises ProductNotFound: if the product is gone.
    """
    parts = {part: text for part, text in story.parts.items() if text}
    if parts and not story.opening:
        raise StoryWithoutOpening
    row = session.get(Product, product.product_id, with_for_update=True)
    if row is None:
        raise ProductNotFound(f"product {product.product_id}")
    row.story = story.opening
    session.execute(delete(StoryText).where(StoryText.product_id == row.id))
    session.add_all(
        StoryText(product_id=row.id, part=part, text=text) for part, text in parts.items()
    )
    # The words themselves stay out of the log: it can never be emptied of a name.
    told = {"parts": [part.value for part in StoryPart if part in parts]}
    record_edit(session, product, "story_written", after=told, now=now)
    refresh_card(session, row.id)
