"""Members, their goods and their orders, for tests of what members bring."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from shop.catalog.packaging.batches import add_batch
from shop.core.database.engine import Database
from shop.fulfilment.collecting.actions import Brought, mark_ready, receive
from shop.fulfilment.collecting.models import LineReceipt
from shop.fulfilment.collecting.queries import WantedLine, lines_of_member
from tests.factories import NOON, Goods

TODAY = date(2026, 11, 23)
MADE = date(2026, 11, 20)


@dataclass(frozen=True)
class Village:
    """The desk's and the members' acts over some goods."""

    db: Database
    goods: Goods

    def lines(self) -> tuple[WantedLine, ...]:
        """What the maker of the goods has to bring."""
        with self.db.reading() as session:
            return lines_of_member(session, self.goods.cooperative.id, self.goods.member_id, NOON)

    def ready(self, key: str, member_id: int | None = None) -> bool:
        """A tap on *Siap*."""
        with self.db.writing() as session:
            return mark_ready(
                session,
                cooperative_id=self.goods.cooperative.id,
                key=key,
                member_id=self.goods.member_id if member_id is None else member_id,
                person_id=None,
                now=NOON,
            )

    def receive(self, key: str, brought: Brought, seen: int = 0) -> int:
        """Packs come to the cooperative."""
        with self.db.writing() as session:
            return receive(
                session,
                cooperative_id=self.goods.cooperative.id,
                key=key,
                brought=brought,
                seen=seen,
                person_id=None,
                now=NOON,
                today=TODAY,
            )

    def batch(self, code: str, *, last_day: date | None = None, made: int | None = None) -> int:
        """What was made on one day."""
        with self.db.writing() as session:
            return add_batch(
                session,
                product_id=self.goods.product_id,
                variant_id=self.goods.variant_id,
                code=code,
                produced_on=MADE,
                last_day=last_day,
                made=made,
                now=NOON,
            ).batch_id

    def receipts(self) -> list[LineReceipt]:
        """Everything that was counted."""
        with self.db.reading() as session:
            return list(session.scalars(select(LineReceipt).order_by(LineReceipt.id)))


def key_of(number: str, position: int = 1) -> str:
    """The first line of an order, as pages name it."""
    return f"{number}.{position}"
