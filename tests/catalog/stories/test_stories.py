"""A story is told in parts behind an opening, and every telling is written down."""

import pytest
from sqlalchemy import select

from shop.catalog.products.errors import StoryWithoutOpening
from shop.catalog.products.models import Product, StoryPart
from shop.catalog.stories.actions import Story, story_of
from shop.core.database.engine import Database
from shop.services.audit.models import AuditEvent
from tests.catalog.conftest import AddGoods
from tests.support.stories import tell

TOLD = Story(
    "Kopi dipetik merah saja.",
    {StoryPart.HOW: "Dijemur **dua minggu**.", StoryPart.WHO: "Maisarah dan ibunya."},
)


def test_a_story_is_read_in_the_order_of_its_questions(db: Database, add: AddGoods) -> None:
    goods = add()
    tell(db, goods, TOLD)
    with db.reading() as session:
        found = story_of(session, goods)
    assert found == TOLD
    assert list(found.parts) == [StoryPart.WHO, StoryPart.HOW]


def test_a_new_telling_takes_the_place_of_the_old_one(db: Database, add: AddGoods) -> None:
    goods = add()
    tell(db, goods, TOLD)
    tell(db, goods, Story("Lain lagi.", {StoryPart.SINCE: "1998", StoryPart.HOW: ""}))
    with db.reading() as session:
        assert story_of(session, goods) == Story("Lain lagi.", {StoryPart.SINCE: "1998"})


def test_an_empty_story_takes_every_word_away(db: Database, add: AddGoods) -> None:
    goods = add()
    tell(db, goods, TOLD)
    tell(db, goods, Story())
    with db.reading() as session:
        assert story_of(session, goods).is_empty
        assert session.scalar(select(Product.story).where(Product.id == goods)) == ""


def test_parts_without_an_opening_are_refused_and_change_nothing(
    db: Database, add: AddGoods
) -> None:
    goods = add()
    tell(db, goods, TOLD)
    with pytest.raises(StoryWithoutOpening):
        tell(db, goods, Story("", {StoryPart.WHO: "Siapa"}))
    with db.reading() as session:
        assert story_of(session, goods) == TOLD


def test_the_log_says_who_told_it_and_none_of_the_words(db: Database, add: AddGoods) -> None:
    goods = add()
    person_id = tell(db, goods, TOLD)
    with db.reading() as session:
        event = session.scalars(
            select(AuditEvent).where(AuditEvent.action == "product.story_written")
        ).one()
    assert (event.actor_id, event.subject) == (person_id, f"product:{goods}")
    assert event.after is not None
    assert event.after["parts"] == ["siapa", "bagaimana"]
    assert "for_member" in event.after
