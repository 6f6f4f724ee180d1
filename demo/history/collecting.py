"""What members of the demo bring: packs with a code for what was sent lately, and what is open."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.catalog.packaging.models import Batch, PackFacts
from shop.core.values.clock import day_in
from shop.fulfilment.collecting.actions import (
    Brought,
    NewBatch,
    mark_ready,
    receive,
    set_collection_days,
)
from shop.fulfilment.collecting.queries import lines_to_collect
from shop.fulfilment.orders.queries import lines_to_work_on
from shop.people.cooperatives.models import Cooperative
from shop.sales.orders.models import Order, OrderLine

LATELY = timedelta(days=21)
KEEPS = 30
"""Days that goods keep at least to come with a code here: theirs is never over on the way."""
MADE = 240
"""Packs of each code."""
ROUNDS = {"": "25"}
"""Tuesdays and Fridays, in every village."""


def bring(session: Session, order: Order, by: int, now: datetime) -> None:
    """The makers' packs come before an order is packed: what keeps long, with its code."""
    place = session.get_one(Cooperative, order.cooperative_id)
    for line in lines_to_work_on(session, order.id):
        if line.accepted and _keeps(session, line):
            key = f"{order.number}.{line.position}"
            _receive(session, place, key, line, line.accepted, by, now)


def leave_open(session: Session, managers: Mapping[int, int], now: datetime) -> None:
    """Today: some lines are asked for, some ready, of some a part came."""
    for place in session.scalars(select(Cooperative).order_by(Cooperative.id)).all():
        by = managers[place.id]
        set_collection_days(
            session, cooperative_id=place.id, weekdays=ROUNDS, person_id=by, now=now
        )
        for number, line in enumerate(lines_to_collect(session, place.id, now)):
            if number % 3 == 0:
                continue
            mark_ready(
                session,
                cooperative_id=place.id,
                key=line.key,
                member_id=None,
                person_id=by,
                now=now,
            )
            sold = session.get_one(OrderLine, line.line_id)
            if number % 3 == 2 and _keeps(session, sold):
                part = max(line.asked // 2, 1)
                _receive(session, place, line.key, sold, part, by, now)


def _keeps(session: Session, line: OrderLine) -> bool:
    facts = session.get(PackFacts, line.product_id)
    return facts is not None and (facts.shelf_life_days or 0) >= KEEPS


def _receive(
    session: Session,
    place: Cooperative,
    key: str,
    line: OrderLine,
    packs: int,
    by: int,
    now: datetime,
) -> None:
    today = day_in(place.zone, now)
    monday = today - timedelta(days=today.weekday())
    code = f"{place.code}{monday:%y%m%d}A"
    known = session.scalar(
        select(Batch.id).where(Batch.variant_id == line.variant_id, Batch.code == code)
    )
    receive(
        session,
        cooperative_id=place.id,
        key=key,
        brought=Brought(packs, batch=known or NewBatch(code, monday, max(MADE, packs))),
        seen=0,
        person_id=by,
        now=now,
        today=today,
    )
