"""What is known of the batches that packs came from: which may be sold, and which must not."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, case, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from shop.catalog.packaging.models import Batch, PackFacts
from shop.fulfilment.collecting.errors import Unfit
from shop.fulfilment.collecting.models import CollectedLine, LineReceipt, Recall, Withdrawal
from shop.sales.orders.models import OrderLine
from shop.sales.orders.rules import goods_name


@dataclass(frozen=True, slots=True)
class BatchChoice:
    """A batch that packs may have been made in."""

    batch_id: int
    code: str
    produced_on: date
    last_day: date | None
    left: int | None
    """Packs that have not come yet; None: nobody counted what was made."""


def batch_choices(
    session: Session, variant_ids: Collection[int], today: date
) -> dict[int, list[BatchChoice]]:
    """The batches of some variants that may still be sold, newest first; one statement."""
    found: dict[int, list[BatchChoice]] = {}
    for batch in session.scalars(
        select(Batch)
        .outerjoin(Recall, Recall.batch_id == Batch.id)
        .where(
            Batch.variant_id.in_(variant_ids),
            Recall.id.is_(None),
            or_(Batch.best_before.is_(None), Batch.best_before >= today),
            or_(Batch.made.is_(None), Batch.brought < Batch.made),
        )
        .order_by(Batch.produced_on.desc(), Batch.id.desc())
    ):
        left = None if batch.made is None else batch.made - batch.brought
        found.setdefault(batch.variant_id, []).append(
            BatchChoice(batch.id, batch.code, batch.produced_on, batch.best_before, left)
        )
    return found


def spoils(session: Session, product_id: int) -> bool:
    """Whether goods have a shelf life: then their packs come with a batch."""
    return bool(
        session.scalar(select(PackFacts.shelf_life_days).where(PackFacts.product_id == product_id))
    )


def unfit_goods(session: Session, order_id: int, today: date) -> tuple[Unfit, ...]:
    """Goods of an order that must not be sold: past their last day, or recalled.

    A line that came without a batch is looked at by the newest one of its goods, where these are
    received with batches at all: is even that one over, nobody wrote down anything younger. Two
    statements.
    """
    names = (OrderLine.name, OrderLine.variant_name, OrderLine.net_label)
    is_recalled = case((Recall.id.is_(None), 0), else_=1)
    waits = OrderLine.accepted > OrderLine.shipped  # what has left keeps nothing else back
    with_batch = session.execute(
        select(*names, Batch.code, Batch.best_before, is_recalled)
        .select_from(LineReceipt)
        .join(OrderLine, OrderLine.id == LineReceipt.order_line_id)
        .join(Batch, Batch.id == LineReceipt.batch_id)
        .outerjoin(Recall, Recall.batch_id == Batch.id)
        .where(OrderLine.order_id == order_id, waits, LineReceipt.packs > 0)
        .where(~exists().where(*_same_line(LineReceipt)))
        .distinct()
    ).all()
    set_aside = session.execute(
        select(*names, Batch.code, Batch.best_before, is_recalled)
        .select_from(Withdrawal)
        .join(OrderLine, OrderLine.id == Withdrawal.order_line_id)
        .join(CollectedLine, CollectedLine.order_line_id == OrderLine.id)
        .join(Batch, Batch.id == Withdrawal.batch_id)
        .outerjoin(Recall, Recall.batch_id == Batch.id)
        .where(OrderLine.order_id == order_id, waits)
        .where(CollectedLine.received < OrderLine.accepted)
    ).all()
    is_known = (
        select(LineReceipt.id)
        .where(LineReceipt.order_line_id == OrderLine.id, LineReceipt.batch_id.is_not(None))
        .correlate(OrderLine)
        .exists()
    )
    others = aliased(Batch)
    comes_with_batches = (
        select(LineReceipt.id)
        .join(others, others.id == LineReceipt.batch_id)
        .where(others.variant_id == OrderLine.variant_id)
        .correlate(OrderLine)
        .exists()
    )
    without = session.execute(
        select(OrderLine.id, *names, Batch.code, Batch.best_before, is_recalled)
        .join(Batch, Batch.variant_id == OrderLine.variant_id)
        .outerjoin(Recall, Recall.batch_id == Batch.id)
        .where(OrderLine.order_id == order_id, waits)
        .where(~is_known, comes_with_batches)
        .order_by(OrderLine.id, Batch.best_before.is_(None), Batch.best_before, Batch.id)
    ).all()
    recalled = {row[0]: row[1:] for row in without}
    youngest = {row[0]: row[1:] for row in without if not row[-1]}
    rows = [
        *(tuple(row) for row in (*with_batch, *set_aside)),
        *({**recalled, **youngest}).values(),
    ]
    return tuple(
        Unfit(goods_name(name, variant, net), code, last_day, bool(is_back))
        for name, variant, net, code, last_day, is_back in rows
        if is_back or (last_day is not None and last_day < today)
    )


def unfit_receipts(
    session: Session, order_id: int, today: date
) -> tuple[tuple[int, int, int], ...]:
    """What came for an order, still waits, and must not be sold: line, batch, packs."""
    rows = session.execute(
        select(LineReceipt.order_line_id, Batch.id, func.sum(LineReceipt.packs))
        .join(OrderLine, OrderLine.id == LineReceipt.order_line_id)
        .join(Batch, Batch.id == LineReceipt.batch_id)
        .outerjoin(Recall, Recall.batch_id == Batch.id)
        .where(OrderLine.order_id == order_id, OrderLine.accepted > OrderLine.shipped)
        .where(or_(Recall.id.is_not(None), Batch.best_before < today), LineReceipt.packs > 0)
        .where(~exists().where(*_same_line(LineReceipt)))
        .group_by(LineReceipt.order_line_id, Batch.id)
        .order_by(LineReceipt.order_line_id, Batch.id)
    )
    return tuple((line_id, batch_id, int(packs)) for line_id, batch_id, packs in rows)


def _same_line(receipt: type[LineReceipt]) -> tuple[ColumnElement[bool], ...]:
    """What was set aside of the line and batch of a receipt."""
    return (
        Withdrawal.order_line_id == receipt.order_line_id,
        Withdrawal.batch_id == receipt.batch_id,
    )


def receipts_of(session: Session, line_ids: Sequence[int]) -> dict[int, list[tuple[int, str]]]:
    """Packs with their batch's code that came for some lines; one statement."""
    found: dict[int, list[tuple[int, str]]] = {}
    for line_id, packs, code in session.execute(
        select(LineReceipt.order_line_id, func.sum(LineReceipt.packs), Batch.code)
        .outerjoin(Batch, Batch.id == LineReceipt.batch_id)
        .where(LineReceipt.order_line_id.in_(line_ids), LineReceipt.packs > 0)
        .group_by(LineReceipt.order_line_id, Batch.code)
        .order_by(LineReceipt.order_line_id, Batch.code)
    ):
        found.setdefault(line_id, []).append((int(packs), code or ""))
    return found
