"""Rate cards changed by several people at once: each day keeps one card, beside the control."""

import threading
from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shop.core.database.engine import Database
from shop.core.values.money import Rupiah
from shop.shipping.rates import rate_cards
from shop.shipping.rates.models import RateCard
from shop.shipping.rates.rate_cards import RateLine, set_rates
from tests.support.at_once import together
from tests.support.books import broken
from tests.support.engines import ONE_WRITER

PATIENCE = 20
"""Seconds after which a test that hangs fails instead."""


def card_from(db: Database, cooperative_id: int, days: int) -> bool:
    """A price of its own from a day on."""
    with db.writing() as session:
        return set_rates(
            session,
            cooperative_id=cooperative_id,
            service_code="jne-reg",
            since=date(2026, 12, 1) + timedelta(days),
            lines=[RateLine("32", Rupiah(9_000 + days), 2, 4, by_air=False)],
        )


def spans(db: Database) -> list[tuple[date, date | None]]:
    with db.reading() as session:
        cards = session.scalars(select(RateCard).order_by(RateCard.since)).all()
        return [(card.since, card.ends) for card in cards]


def test_cards_from_six_days_at_once_follow_on_one_another(db: Database, garut: int) -> None:
    results = together(*(partial(card_from, db, garut, days) for days in (3, 1, 5, 2, 4, 0)))
    assert results == [True] * 6, [repr(one) for one in results]
    assert broken(db) == {}
    found = spans(db)
    assert len(found) == 7
    assert [ends for _since, ends in found] == [*(since for since, _ends in found[1:]), None]


@pytest.mark.only_on("postgresql", because=ONE_WRITER)
def test_without_waiting_for_each_other_the_second_card_breaks_off(
    db: Database, garut: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: both believe to end the same old card; only the unique index is left."""
    both_looked = threading.Barrier(2)

    def seen_by_both(session: Session, cooperative_id: int, service: str) -> Sequence[RateCard]:
        cards = session.scalars(
            select(RateCard)
            .where(RateCard.cooperative_id == cooperative_id, RateCard.service_code == service)
            .order_by(RateCard.since)
        ).all()
        both_looked.wait(PATIENCE)
        return cards

    monkeypatch.setattr(rate_cards, "_cards", seen_by_both)
    results = together(*(partial(card_from, db, garut, days) for days in (1, 2)))
    assert [type(one) for one in results if one is not True] == [IntegrityError]
