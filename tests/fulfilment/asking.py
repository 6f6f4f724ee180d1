"""Orders of which packs are missing, and the question to their shoppers."""

from datetime import date

from shop.core.database.engine import Database
from shop.fulfilment.order_steps import shortages
from shop.fulfilment.orders.rules import Reason, Shortfall
from tests.factories import NOON
from tests.fulfilment.paid import Desk, lines_of

FRIDAY = date(2026, 11, 27)


def ask(
    desk: Desk,
    number: str,
    there: int = 3,
    reason: Reason = Reason.SHORT,
    left: int | None = None,
    complete_on: date | None = FRIDAY,
) -> None:
    """The cooperative counts so many of the first line, and its shopper is asked."""
    line = lines_of(desk.db, number)[0]
    desk.do(
        number,
        lambda s, order: shortages.accept_or_ask(
            s,
            order,
            counts={line.id: there},
            shortfalls={line.id: Shortfall(reason, left)},
            complete_on=complete_on,
            now=NOON,
        ),
    )


def accepted(db: Database, number: str) -> list[int]:
    """Packs of each line that were promised."""
    return [line.accepted for line in lines_of(db, number)]
