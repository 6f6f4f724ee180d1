"""Batches: what was made on one day, and how long it keeps."""

from datetime import date

import pytest

from shop.catalog.packaging.actions import NewPack, describe
from shop.catalog.packaging.batches import BatchOnLabel, add_batch, batches_of
from shop.catalog.packaging.errors import BatchKnown, ExpiresTooEarly
from shop.catalog.packaging.models import PackFacts
from shop.core.database.engine import Database
from tests.factories import NOON

MADE = date(2026, 11, 2)


def made(
    db: Database,
    code: str = "GYO261102A",
    *,
    produced_on: date = MADE,
    last_day: date | None = None,
    variant_id: int = 70,
) -> BatchOnLabel:
    with db.writing() as session:
        return add_batch(
            session,
            product_id=7,
            variant_id=variant_id,
            code=code,
            produced_on=produced_on,
            last_day=last_day,
            now=NOON,
        )


def label(db: Database, shelf_life_days: int | None) -> None:
    with db.writing() as session:
        describe(session, 7, NewPack(shelf_life_days=shelf_life_days), now=NOON)


@pytest.mark.parametrize(
    ("days", "last_day", "written"),
    [
        (60, date(2027, 1, 1), "01-01-2027"),
        (365, date(2027, 11, 2), "11-2027"),
        (None, None, ""),
    ],
)
def test_a_batch_keeps_as_long_as_its_goods(
    db: Database, days: int | None, last_day: date | None, written: str
) -> None:
    label(db, days)
    batch = made(db)
    assert (batch.last_day, batch.best_before) == (last_day, written)


def test_the_page_of_the_goods_shows_the_newest_batch(db: Database) -> None:
    label(db, 60)
    made(db, "KEDUA", produced_on=date(2026, 11, 9))
    made(db, "PERTAMA")
    with db.reading() as session:
        facts = session.get_one(PackFacts, 7)
        codes = [batch.code for batch in batches_of(session, [70])]
    assert (facts.batch_code, facts.best_before) == ("KEDUA", "08-01-2027")
    assert codes == ["KEDUA", "PERTAMA"]


def test_nothing_expires_before_it_was_made(db: Database) -> None:
    with pytest.raises(ExpiresTooEarly):
        made(db, last_day=date(2026, 11, 1))


def test_one_code_means_one_batch_of_a_pack(db: Database) -> None:
    label(db, 60)
    made(db)
    with pytest.raises(BatchKnown):
        made(db, produced_on=date(2026, 11, 9))
    made(db, variant_id=71)
    with db.reading() as session:
        assert len(batches_of(session, [70, 71])) == 2
