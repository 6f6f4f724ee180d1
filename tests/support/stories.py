"""Telling the story of goods, as a manager who acts for their maker."""

from shop.catalog.products.edit_context import product_for
from shop.catalog.products.models import Product
from shop.catalog.stories.actions import Story, write_story
from shop.core.database.engine import Database
from shop.people.cooperatives.models import Cooperative, Role
from tests.factories import NOON, make_person, make_seat


def tell(db: Database, product_id: int, story: Story) -> int:
    """Write the story of a product down; gives the id of who did it."""
    with db.reading() as session:
        product = session.get_one(Product, product_id)
        cooperative = session.get_one(Cooperative, product.cooperative_id)
    wati = make_person(db, "Bu Wati")
    make_seat(db, cooperative, wati, Role.MANAJER)
    with db.writing() as session:
        found = product_for(session, wati.id, product.sku)
        assert found is not None
        write_story(session, found, story, now=NOON)
    return wati.id
