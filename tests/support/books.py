"""What `lumbung verify` asks, asked in a test."""

from shop.core.database import Database
from shop.inventory import queries as inventory
from shop.ledger import queries as ledger
from shop.orders import invariants as orders
from shop.payments import invariants as payments
from shop.promotions import queries as promotions


def broken(db: Database) -> dict[str, tuple[str, ...]]:
    """Every invariant of shelves, books, orders and payments that does not hold."""
    with db.reading() as session:
        found = {
            **inventory.verify(session),
            **ledger.verify(session),
            **orders.verify(session),
            **payments.verify(session),
            **promotions.verify(session),
        }
    return {name: check.wrong for name, check in found.items() if not check.ok}
