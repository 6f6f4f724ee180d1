"""What happens to a line between its maker and the cooperative."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import exists, or_, select, update
from sqlalchemy.orm import Session

from shop.catalog.packaging.batches import add_batch
from shop.catalog.packaging.models import Batch
from shop.core.database.engine import advisory_lock
from shop.core.database.upserts import insert_if_absent
from shop.core.values.clock import HOME_ZONE, day_in
from shop.fulfilment.collecting.batches import spoils, unfit_goods, unfit_receipts
from shop.fulfilment.collecting.errors import (
    BatchNeeded,
    BatchOver,
    CountMoved,
    MoreThanAsked,
    MoreThanMade,
    NoSuchBatch,
    NoSuchLine,
    NothingCounted,
    NotWanted,
    UnfitGoods,
)
from shop.fulfilment.collecting.models import (
    CollectedLine,
    CollectionDays,
    LineReceipt,
    Recall,
    Withdrawal,
)
from shop.fulfilment.collecting.queries import line_of
from shop.fulfilment.collecting.recalls import lock_against_recall
from shop.fulfilment.collecting.rules import WANTED, Fault, read_key
from shop.people.cooperatives.models import Cooperative
from shop.sales.orders.models import Order, OrderLine, OrderState
from shop.services.audit import actions as audit


@dataclass(frozen=True, slots=True)
class NewBatch:
    """A batch that nobody wrote down before its packs came."""

    code: str
    produced_on: date
    made: int | None = None


@dataclass(frozen=True, slots=True)
class Brought:
    """What was counted at once."""

    packs: int
    turned_away: int = 0
    fault: Fault | None = None
    batch: int | NewBatch | None = None
    """Its id, or what is written down now."""


def mark_ready(
    session: Session,
    *,
    cooperative_id: int,
    key: str,
    member_id: int | None,
    person_id: int | None,
    now: datetime,
) -> bool:
    """A line's packs stand ready at its maker's.

    :param member_id: whose line it must be; None: the desk says so for whoever makes it, and
        the log tells (M12).
    :return: whether it was new: a second tap finds it said.
    :raises NoSuchLine: for a line of somebody else.
    :raises NotWanted: when its order is not being made ready any more.
    """
    line, _asked = _to_work_on(session, cooperative_id, key, member_id)
    _begin(session, line)
    # The test sits inside the UPDATE: of two taps at once one is the news.
    said = session.scalar(
        update(CollectedLine)
        .where(CollectedLine.order_line_id == line.id, CollectedLine.ready_at.is_(None))
        .values(ready_at=now, ready_by_id=person_id)
        .returning(CollectedLine.id)
    )
    if said is None:
        return False
    _log(session, "line.ready", line, cooperative_id, person_id, member_id, now)
    return True


def unmark_ready(
    session: Session,
    *,
    cooperative_id: int,
    key: str,
    member_id: int | None,
    person_id: int | None,
    now: datetime,
) -> bool:
    """Undo *ready* after a mistake, while none of the packs has been received."""
    line, _asked = _to_work_on(session, cooperative_id, key, member_id)
    taken = session.scalar(
        update(CollectedLine)
        .where(
            CollectedLine.order_line_id == line.id,
            CollectedLine.ready_at.is_not(None),
            CollectedLine.received == 0,
        )
        .values(ready_at=None, ready_by_id=None)
        .returning(CollectedLine.id)
    )
    if taken is None:
        return False
    _log(session, "line.not_ready", line, cooperative_id, person_id, member_id, now)
    return True


def receive(
    session: Session,
    *,
    cooperative_id: int,
    key: str,
    brought: Brought,
    seen: int,
    person_id: int | None,
    now: datetime,
    today: date,
) -> int:
    """Packs of a line came to the cooperative.

    :param seen: packs that were received before, as the page showed them.
    :return: packs of the line that are still to come.
    :raises NoSuchLine, NotWanted: see :func:`mark_ready`.
    :raises CountMoved: when somebody else received some since.
    :raises MoreThanAsked: with how many are left.
    :raises BatchNeeded, NoSuchBatch, BatchOver, MoreThanMade: about its code.
    """
    if brought.packs + brought.turned_away <= 0:
        raise NothingCounted
    line, asked = _to_work_on(session, cooperative_id, key, None)
    _begin(session, line)
    batch = _batch(session, line, brought, now, today) if brought.packs else None
    # What was seen is part of the condition: two people who count the same crate are one receipt.
    taken: int | None = session.scalar(
        update(CollectedLine)
        .where(
            CollectedLine.order_line_id == line.id,
            CollectedLine.received == seen,
            CollectedLine.received + brought.packs <= asked,
        )
        .values(received=CollectedLine.received + brought.packs)
        .returning(CollectedLine.received)
    )
    if taken is None:
        stands = session.scalar(
            select(CollectedLine.received).where(CollectedLine.order_line_id == line.id)
        )
        if stands != seen:
            raise CountMoved(stands or 0)
        raise MoreThanAsked(max(asked - seen, 0))
    if batch is not None:
        _take_of(session, batch, brought.packs)
    session.add(
        LineReceipt(
            order_line_id=line.id,
            batch_id=batch.id if batch else None,
            packs=brought.packs,
            turned_away=brought.turned_away,
            fault=brought.fault,
            at=now,
            person_id=person_id,
        )
    )
    audit.record(
        session,
        action="line.received",
        subject=f"order_line:{line.id}",
        actor_id=person_id,
        cooperative_id=cooperative_id,
        before={"received": seen},
        after={
            "received": taken,
            "turned_away": brought.turned_away,
            "fault": brought.fault,
            "batch_id": batch.id if batch else None,
            "member_id": line.member_id,
        },
        now=now,
    )
    return asked - taken


def reject_packs(session: Session, order: Order, *, person_id: int | None, now: datetime) -> int:
    """Take out of an order what came for it and must not be sold; its makers are asked anew.

    Of a line that left in part nobody knows which packs lie here: as many as can be are taken out.

    :param order: kept from others, accepted or ready.
    :return: packs that were taken out.
    :raises NotWanted: when it is not being made ready any more.
    """
    if order.state not in (OrderState.ACCEPTED, OrderState.READY):
        raise NotWanted(order.number)
    zone = session.scalar(select(Cooperative.zone).where(Cooperative.id == order.cooperative_id))
    taken = 0
    for line_id, batch_id, came in unfit_receipts(
        session, order.id, day_in(zone or HOME_ZONE, now)
    ):
        line = session.get_one(OrderLine, line_id)
        collected = session.scalars(
            select(CollectedLine).where(CollectedLine.order_line_id == line_id)
        ).one()
        packs = min(came, collected.received, line.accepted - line.shipped)
        if packs <= 0:
            continue
        collected.received -= packs
        collected.ready_at = collected.ready_by_id = None
        session.add(
            Withdrawal(
                order_line_id=line_id, batch_id=batch_id, packs=packs, at=now, person_id=person_id
            )
        )
        taken += packs
    session.flush()
    if taken:
        audit.record(
            session,
            action="order.set_aside",
            subject=f"order:{order.id}",
            actor_id=person_id,
            cooperative_id=order.cooperative_id,
            after={"packs": taken},
            now=now,
        )
    return taken


def require_fit(session: Session, order: Order, now: datetime) -> None:
    """Nothing past its last day and nothing recalled is packed or leaves.

    :raises UnfitGoods: naming all of it.
    """
    mine = select(OrderLine.variant_id).where(OrderLine.order_id == order.id)
    lock_against_recall(session, session.scalars(mine).all())
    zone = session.scalar(select(Cooperative.zone).where(Cooperative.id == order.cooperative_id))
    unfit = unfit_goods(session, order.id, day_in(zone or HOME_ZONE, now))
    if unfit:
        raise UnfitGoods(order.number, unfit)


def set_collection_days(
    session: Session,
    *,
    cooperative_id: int,
    weekdays: dict[str, str],
    person_id: int | None,
    now: datetime,
) -> None:
    """On which days somebody comes by in each village; "" stands for all others."""
    # A village without a row yet has nothing to lock: who saves second sees what stands there.
    advisory_lock(session, f"collection-days:{cooperative_id}")
    before = {
        one.village: one
        for one in session.scalars(
            select(CollectionDays)
            .where(CollectionDays.cooperative_id == cooperative_id)
            .with_for_update()
        )
    }
    was = {village: one.weekdays for village, one in before.items()}
    for village, days in sorted(weekdays.items()):
        if village in before:
            before[village].weekdays = days
        else:
            values = {"cooperative_id": cooperative_id, "village": village, "weekdays": days}
            insert_if_absent(session, CollectionDays, values, key=["cooperative_id", "village"])
    for village, one in before.items():
        if village not in weekdays:
            session.delete(one)
    audit.record(
        session,
        action="collecting.days_set",
        subject=f"cooperative:{cooperative_id}",
        actor_id=person_id,
        cooperative_id=cooperative_id,
        before=was,
        after=weekdays,
        now=now,
    )


def _to_work_on(
    session: Session, cooperative_id: int, key: str, member_id: int | None
) -> tuple[OrderLine, int]:
    """A line and how many of it are asked for, its order kept from others until the end."""
    known = read_key(key)
    if known is None:
        raise NoSuchLine(key)
    order = session.scalars(
        select(Order)
        .where(Order.number == known[0], Order.cooperative_id == cooperative_id)
        .with_for_update()
    ).one_or_none()
    line = line_of(session, cooperative_id, key, member_id) if order is not None else None
    if order is None or line is None:
        raise NoSuchLine(key)
    asked = line.packs if order.state is OrderState.NEW else line.accepted
    is_open = order.state in WANTED or (
        order.state is OrderState.READY and _was_set_aside(session, line)
    )
    if not is_open or not order.is_confirmed or asked == 0:
        raise NotWanted(key)
    return line, asked


def _was_set_aside(session: Session, line: OrderLine) -> bool:
    return bool(session.scalar(select(exists().where(Withdrawal.order_line_id == line.id))))


def _begin(session: Session, line: OrderLine) -> None:
    insert_if_absent(
        session,
        CollectedLine,
        {"order_line_id": line.id, "received": 0},
        key=["order_line_id"],
    )


def _batch(
    session: Session, line: OrderLine, brought: Brought, now: datetime, today: date
) -> Batch | None:
    chosen = brought.batch
    if chosen is None:
        if spoils(session, line.product_id):
            raise BatchNeeded
        return None
    if isinstance(chosen, NewBatch):
        chosen = add_batch(
            session,
            product_id=line.product_id,
            variant_id=line.variant_id,
            code=chosen.code,
            produced_on=chosen.produced_on,
            made=chosen.made,
            now=now,
        ).batch_id
    batch = session.get(Batch, chosen)
    if batch is None or batch.variant_id != line.variant_id:
        raise NoSuchBatch
    lock_against_recall(session, [line.variant_id])
    recalled = session.scalar(select(Recall.id).where(Recall.batch_id == batch.id)) is not None
    if recalled or (batch.best_before is not None and batch.best_before < today):
        raise BatchOver(batch.code, batch.best_before, is_recalled=recalled)
    return batch


def _take_of(session: Session, batch: Batch, packs: int) -> None:
    """Count packs of a batch; never more than were made."""
    brought = session.scalar(
        update(Batch)
        .where(Batch.id == batch.id)
        .where(or_(Batch.made.is_(None), Batch.brought + packs <= Batch.made))
        .values(brought=Batch.brought + packs)
        .returning(Batch.brought)
    )
    if brought is None:
        stands = session.execute(
            select(Batch.made, Batch.brought).where(Batch.id == batch.id)
        ).one()
        raise MoreThanMade(batch.code, (stands.made or 0) - stands.brought)


def _log(
    session: Session,
    action: str,
    line: OrderLine,
    cooperative_id: int,
    person_id: int | None,
    member_id: int | None,
    now: datetime,
) -> None:
    audit.record(
        session,
        action=action,
        subject=f"order_line:{line.id}",
        actor_id=person_id,
        cooperative_id=cooperative_id,
        after={"member_id": line.member_id, "by_desk": member_id is None},
        now=now,
    )
