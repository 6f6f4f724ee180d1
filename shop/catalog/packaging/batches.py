"""Batches: what was made on one day under one code, and how long it keeps."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from shop.catalog.packaging.errors import BatchKnown, ExpiresTooEarly
from shop.catalog.packaging.models import Batch, Breakage, PackFacts
from shop.catalog.packaging.rules import best_before_text
from shop.core.database.upserts import insert_if_absent


@dataclass(frozen=True, slots=True)
class BatchOnLabel:
    """A batch as its label says it."""

    batch_id: int
    variant_id: int
    code: str
    produced_on: date
    last_day: date | None
    best_before: str
    """``31-01-2027`` or ``11-2027``; empty for what does not spoil."""


def batch_on_label(batch: Batch) -> BatchOnLabel:
    """A batch with its last day as the label rule wants it."""
    return BatchOnLabel(
        batch.id,
        batch.variant_id,
        batch.code,
        batch.produced_on,
        batch.best_before,
        written_last_day(batch.produced_on, batch.best_before),
    )


def written_last_day(produced_on: date, last_day: date | None) -> str:
    """The last day as the label rule wants it; empty for what does not spoil."""
    if last_day is None:
        return ""
    return best_before_text(last_day, (last_day - produced_on).days)


def batches_of(session: Session, variant_ids: list[int]) -> tuple[BatchOnLabel, ...]:
    """The batches of these variants, newest first."""
    wanted: Select[Batch] = (
        select(Batch)
        .where(Batch.variant_id.in_(variant_ids))
        .order_by(Batch.produced_on.desc(), Batch.id.desc())
    )
    return tuple(batch_on_label(batch) for batch in session.scalars(wanted))


def add_batch(
    session: Session,
    *,
    product_id: int,
    variant_id: int,
    code: str,
    produced_on: date,
    now: datetime,
    last_day: date | None = None,
    made: int | None = None,
) -> BatchOnLabel:
    """Write down what was made; the product's page then shows the newest batch.

    :param last_day: None: production plus the shelf life, if the goods have one.
    :param made: packs that were made; None: nobody counted.
    :raises ExpiresTooEarly: for a last day before the day of production.
    :raises BatchKnown: for a code that this variant has already; nothing is changed.
    """
    facts = session.get(PackFacts, product_id, with_for_update=True)
    if last_day is None and facts is not None and facts.shelf_life_days:
        last_day = produced_on + timedelta(days=facts.shelf_life_days)
    if last_day is not None and last_day < produced_on:
        raise ExpiresTooEarly(produced_on, last_day)
    known = select(Batch.id).where(Batch.variant_id == variant_id, Batch.code == code)
    if session.scalar(known) is not None:
        raise BatchKnown(code)
    batch = Batch(
        variant_id=variant_id,
        code=code,
        produced_on=produced_on,
        best_before=last_day,
        made=made,
        created_at=now,
    )
    session.add(batch)
    if facts is not None and (facts.packed_on is None or facts.packed_on <= produced_on):
        facts.batch_code, facts.packed_on = code, produced_on
        facts.best_before = written_last_day(produced_on, last_day) or None
    session.flush()
    return batch_on_label(batch)


LATELY = timedelta(days=180)
"""How long a breakage speaks against a pack: by then it was packed otherwise, or broke again."""


def count_broken(
    session: Session, *, product_id: int, packs: int, source: str, now: datetime
) -> None:
    """Write down packs that broke on their way.

    :param source: what makes it one and the same, for example ``complaint:17``.
    """
    values = {"product_id": product_id, "packs": packs, "source": source, "at": now}
    insert_if_absent(session, Breakage, values, key=["source"])


def broken_lately(session: Session, product_id: int, now: datetime) -> int:
    """Packs of a product that broke within the last half year."""
    found = session.scalar(
        select(func.sum(Breakage.packs)).where(
            Breakage.product_id == product_id, Breakage.at > now - LATELY
        )
    )
    return int(found or 0)
