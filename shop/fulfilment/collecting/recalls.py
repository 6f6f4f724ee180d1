"""A batch is called back: which orders got it, and telling the people who have it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from shop.catalog.packaging.models import Batch
from shop.catalog.products.models import Product, Variant
from shop.core.database.upserts import insert_if_absent
from shop.fulfilment.collecting.errors import AlreadyRecalled
from shop.fulfilment.collecting.models import LineReceipt, Recall
from shop.fulfilment.collecting.rules import RecallReason
from shop.people.cooperatives.models import Cooperative
from shop.sales.orders.models import Order, OrderLine, OrderState, Parcel, Purchase
from shop.sales.orders.rules import DeliveryKind, goods_name
from shop.services.audit import actions as audit
from shop.services.outbox.actions import notify

MAX_ORDERS = 1_000
"""Orders that a page lists."""
OUT = (OrderState.ON_THE_WAY, OrderState.UNDELIVERED, OrderState.ARRIVED, OrderState.DONE)
"""States in which a shopper has the goods, or is about to."""
IN_HOUSE = (OrderState.NEW, OrderState.ACCEPTED, OrderState.READY)


@dataclass(frozen=True, slots=True)
class BatchFacts:
    """A batch of a cooperative's goods, and whether it was called back."""

    batch_id: int
    variant_id: int
    sku: str
    name: str
    code: str
    produced_on: date
    last_day: date | None
    made: int | None
    brought: int
    recalled_at: datetime | None
    reason: RecallReason | None
    zone: str


@dataclass(frozen=True, slots=True)
class AffectedOrder:
    """An order that holds packs of a batch, or may."""

    order_id: int
    number: str
    state: OrderState
    kind: DeliveryKind
    packs: int
    is_certain: bool
    """Whether its packs were received under this code; else its goods are the same and nobody
    wrote down a code."""
    left_at: datetime | None
    """When the first of its packs left."""
    has_left: bool
    """Whether some packs of these goods are gone, though the rest of the order may wait."""
    is_confirmed: bool
    contact_id: int
    purchase_id: int

    @property
    def is_out(self) -> bool:
        """Whether it left the house, or a part of these goods did."""
        return self.state in OUT or (self.has_left and self.state in IN_HOUSE)


def batches_with_code(
    session: Session, cooperative_id: int, code: str, sku: str | None = None
) -> tuple[BatchFacts, ...]:
    """The batches of a cooperative that carry a code, of any goods; one statement."""
    wanted = _batches(cooperative_id).where(Batch.code == code)
    if sku is not None:
        wanted = wanted.where(Variant.sku == sku)
    return tuple(_facts(row) for row in session.execute(wanted.limit(MAX_ORDERS)))


def recent_batches(session: Session, cooperative_id: int, maximum: int) -> tuple[BatchFacts, ...]:
    """What was called back or made lately, recalls first; one statement."""
    wanted = _batches(cooperative_id).where(or_(Batch.brought > 0, Recall.id.is_not(None)))
    rows = session.execute(
        wanted.order_by(Recall.id.is_(None), Batch.produced_on.desc(), Batch.id.desc()).limit(
            maximum
        )
    )
    return tuple(_facts(row) for row in rows)


def orders_with(
    session: Session, cooperative_id: int, batch: BatchFacts, maximum: int | None = MAX_ORDERS
) -> tuple[AffectedOrder, ...]:
    """The orders that hold a batch, and those that may; the surest and the latest first.

    May: packs of the same goods without a code that left between the day the batch was made and
    its last day, or have not left yet.

    :param maximum: as many of each are listed; None: all of them.
    """
    of_batch = and_(LineReceipt.batch_id == batch.batch_id, LineReceipt.packs > 0)
    certain = session.execute(
        _orders(func.sum(LineReceipt.packs))
        .join(OrderLine, OrderLine.order_id == Order.id)
        .join(LineReceipt, LineReceipt.order_line_id == OrderLine.id)
        .where(Order.cooperative_id == cooperative_id, of_batch)
        .limit(maximum)
    ).all()
    coded = (
        select(func.sum(LineReceipt.packs))
        .where(LineReceipt.order_line_id == OrderLine.id, LineReceipt.batch_id.is_not(None))
        .correlate(OrderLine)
        .scalar_subquery()
    )
    uncoded = OrderLine.accepted - func.coalesce(coded, 0)
    maybe = session.execute(
        _orders(func.sum(uncoded))
        .join(OrderLine, OrderLine.order_id == Order.id)
        .where(
            Order.cooperative_id == cooperative_id,
            OrderLine.variant_id == batch.variant_id,
            uncoded > 0,
            Order.state.in_((*OUT, *IN_HOUSE)),
            _left_while(batch),
        )
        .limit(maximum)
    ).all()
    sure = {row.id for row in certain}
    found = [
        *(_got(row, is_certain=True) for row in certain),
        *(_got(row, is_certain=False) for row in maybe if row.id not in sure),
    ]
    return tuple(found)


def recall(
    session: Session,
    *,
    cooperative_id: int,
    batch: BatchFacts,
    reason: RecallReason,
    tells_maybe: bool,
    person_id: int | None,
    now: datetime,
) -> int:
    """Call a batch back: nothing of it is packed or leaves, and whoever has it is told, once.

    :param tells_maybe: also those whose packs came without a code.
    :return: how many people are told.
    :raises AlreadyRecalled: when somebody did so before.
    """
    # Who lets a parcel of these goods leave comes before the recall and is told, or after it and
    # is stopped.
    session.execute(
        select(Variant.id).where(Variant.id == batch.variant_id).with_for_update(key_share=True)
    )
    made = insert_if_absent(
        session,
        Recall,
        {
            "batch_id": batch.batch_id,
            "cooperative_id": cooperative_id,
            "reason": reason,
            "at": now,
            "person_id": person_id,
        },
        key=["batch_id"],
    )
    if made is None:
        raise AlreadyRecalled(batch.code)
    told = _tell(session, cooperative_id, batch, made, now, tells_maybe=tells_maybe)
    audit.record(
        session,
        action="batch.recalled",
        subject=f"batch:{batch.batch_id}",
        actor_id=person_id,
        cooperative_id=cooperative_id,
        after={"reason": reason, "told": told, "tells_maybe": tells_maybe},
        now=now,
    )
    return told


def lock_against_recall(session: Session, variant_ids: Collection[int]) -> None:
    """Block recalls of these goods until the transaction ends."""
    session.execute(
        select(Variant.id)
        .where(Variant.id.in_(variant_ids))
        .order_by(Variant.id)
        .with_for_update(read=True)
    )


def _tell(
    session: Session,
    cooperative_id: int,
    batch: BatchFacts,
    recall_id: int,
    now: datetime,
    *,
    tells_maybe: bool,
) -> int:
    told = 0
    everybody = orders_with(session, cooperative_id, batch, maximum=None)
    for one in _to_tell(everybody, tells_maybe=tells_maybe):
        told += notify(
            session,
            key=f"goods_recalled:{recall_id}:{one.order_id}",
            kind="goods_recalled",
            contact_id=one.contact_id,
            cooperative_id=cooperative_id,
            order_id=one.order_id,
            purchase_id=one.purchase_id,
            now=now,
        )
    return told


def _to_tell(orders: Iterable[AffectedOrder], *, tells_maybe: bool) -> list[AffectedOrder]:
    return [one for one in orders if one.is_out and (one.is_certain or tells_maybe)]


def _left_while(batch: BatchFacts) -> ColumnElement[bool]:
    zone = ZoneInfo(batch.zone)
    made = datetime.combine(batch.produced_on, time(), zone)
    left = Order.handed_over_at >= made
    if batch.last_day is not None:
        left = and_(left, Order.handed_over_at <= datetime.combine(batch.last_day, time.max, zone))
    return or_(Order.handed_over_at.is_(None), left)


def _batches(cooperative_id: int) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Batch.id,
            Batch.variant_id,
            Variant.sku,
            Product.name,
            Variant.name.label("variant_name"),
            Batch.code,
            Batch.produced_on,
            Batch.best_before,
            Batch.made,
            Batch.brought,
            Recall.at,
            Recall.reason,
            Cooperative.zone,
        )
        .join(Variant, Variant.id == Batch.variant_id)
        .join(Product, Product.id == Variant.product_id)
        .join(Cooperative, Cooperative.id == Product.cooperative_id)
        .outerjoin(Recall, Recall.batch_id == Batch.id)
        .where(Product.cooperative_id == cooperative_id)
    )


def _facts(row: Row[*tuple[Any, ...]]) -> BatchFacts:
    return BatchFacts(
        row.id,
        row.variant_id,
        row.sku,
        goods_name(row.name, row.variant_name, ""),
        row.code,
        row.produced_on,
        row.best_before,
        row.made,
        row.brought,
        row.at,
        row.reason,
        row.zone,
    )


def _orders(packs: ColumnElement[Any]) -> Select[*tuple[Any, ...]]:
    first = select(func.min(Parcel.handed_over_at)).where(Parcel.order_id == Order.id)
    left_at = func.coalesce(Order.handed_over_at, first.correlate(Order).scalar_subquery())
    return (
        select(
            Order.id,
            Order.number,
            Order.state,
            Order.delivery_kind,
            packs.label("packs"),
            left_at.label("left_at"),
            func.max(OrderLine.shipped).label("shipped"),
            Order.paid_at,
            Order.accept_by,
            Purchase.contact_id,
            Order.purchase_id,
        )
        .select_from(Order)
        .join(Purchase, Purchase.id == Order.purchase_id)
        .group_by(
            Order.id,
            Order.number,
            Order.state,
            Order.delivery_kind,
            Order.handed_over_at,
            Order.paid_at,
            Order.accept_by,
            Purchase.contact_id,
            Order.purchase_id,
        )
        # Who has it stands before who waits for it, whatever a database holds of NULL.
        .order_by(left_at.desc().nulls_last(), Order.id.desc())
    )


def _got(row: Row[*tuple[Any, ...]], *, is_certain: bool) -> AffectedOrder:
    return AffectedOrder(
        row.id,
        row.number,
        row.state,
        row.delivery_kind,
        int(row.packs),
        is_certain,
        row.left_at,
        row.shipped > 0,
        row.paid_at is not None or row.accept_by is not None,
        row.contact_id,
        row.purchase_id,
    )
