"""Invoices issued at once take numbers without gaps; the control shows that looking is not enough.

The count of orders grows with ``INVOICES``; the processes with ``RACE_PROCESSES``.
"""

import pytest
from sqlalchemy import func, select

from shop.core.database.engine import Database
from shop.fulfilment.documents.models import IssuedDocument
from tests.factories import make_cooperative, make_goods
from tests.fulfilment.paid import make_paid
from tests.races.crowd import Crowd
from tests.races.unguarded import Unguarded
from tests.support.effort import effort

INVOICES = effort("INVOICES", short=36, soak=400)
BROKEN = 4


@pytest.mark.soak
def test_invoices_at_once_have_no_gap_even_where_some_are_rolled_back(
    db: Database, database_url: str, crowd: Crowd
) -> None:
    goods = make_goods(db, make_cooperative(db), on_hand=INVOICES + BROKEN)
    orders = [make_paid(db, {goods: 1}).order_ids[0] for _ in range(INVOICES + BROKEN)]
    acts = [
        {"do": "invoice", "order_id": order_id, "breaks": place < BROKEN}
        for place, order_id in enumerate(orders)
    ]
    answers = crowd.together(database_url, acts[::-1])
    assert answers.count("short") == BROKEN
    assert sorted(one for one in answers if one != "short") == [
        f"INV/GYO/2026/11/{running:06d}" for running in range(1, INVOICES + 1)
    ]


def test_without_the_counter_everybody_takes_the_same_number(
    db: Database, database_url: str
) -> None:
    """The control: the highest number is looked at first and the next one written after."""
    taken: list[int] = []

    def issue(unguarded: Unguarded, racer: int) -> None:
        with unguarded.session() as session:
            highest = session.scalar(select(func.max(IssuedDocument.running))) or 0
        unguarded.all_have_looked.wait()
        taken.append(highest + 1)

    Unguarded(database_url).race(issue)
    assert len(taken) == Unguarded.RACERS > len(set(taken))
