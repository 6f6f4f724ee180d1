"""What `lumbung verify` asks, asked in a test."""

from shop.catalog.inventory import queries as inventory
from shop.core.database.engine import Database
from shop.payments.cards import invariants as cards
from shop.payments.ledger import queries as ledger
from shop.sales.orders import invariants as orders
from shop.sales.vouchers import queries as vouchers


def broken(db: Database) -> dict[str, tuple[str, ...]]:
    """Every invariant of shelves, books, orders and payments that does not hold."""
    with db.reading() as session:
        found = {
            **inventory.verify(session),
            **ledger.verify(session),
            **orders.verify(session),
            **cards.verify(session),
            **vouchers.verify(session),
        }
    return {name: check.wrong for name, check in found.items() if not check.ok}
