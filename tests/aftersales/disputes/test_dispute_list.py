"""The list of disputes: most urgent first, as cheap with many as with few."""

from datetime import timedelta

from shop.aftersales.disputes.queries import disputes
from shop.core.database.engine import Database
from shop.payments.cards.models import Dispute, DisputePart, DisputeState
from tests.checkout.cards import as_card
from tests.factories import DAY, NOON, Goods, make_goods, make_purchase
from tests.support.statements import statements


def add(db: Database, goods: Goods, name: str, days: int | None, state: DisputeState) -> None:
    placed = as_card(db, make_purchase(db, {goods: 1}))
    with db.writing() as session:
        dispute = Dispute(
            dispute_ref=name,
            payment_id=placed.payment_id,
            amount=1_000,
            state=state,
            respond_by=None if days is None else NOON + days * DAY,
            opened_at=NOON,
            closed_at=None if state is DisputeState.OPEN else NOON - timedelta(days=days or 0),
        )
        session.add(dispute)
        session.flush()
        session.add(DisputePart(dispute_id=dispute.id, order_id=placed.order_ids[0], amount=1_000))


def test_the_most_urgent_stands_on_top_and_ended_ones_below(db: Database) -> None:
    goods = make_goods(db, on_hand=50)
    for name, days, state in (
        ("ended-first", 9, DisputeState.WON),
        ("no-day", None, DisputeState.OPEN),
        ("late", 5, DisputeState.OPEN),
        ("soon", 2, DisputeState.OPEN),
        ("ended-last", 1, DisputeState.LOST),
    ):
        add(db, goods, name, days, state)
    with db.reading() as session:
        found = [row.ref for row in disputes(session)]
    assert found == ["soon", "late", "no-day", "ended-last", "ended-first"]


def test_twenty_cost_the_statements_of_two(db: Database) -> None:
    goods = make_goods(db, on_hand=50)
    counts = []
    for many in (2, 18):
        for number in range(many):
            add(db, goods, f"dp-{many}-{number}", number, DisputeState.OPEN)
        with db.reading() as session, statements(db) as seen:
            assert len(disputes(session)) in (2, 20)
        counts.append(len(seen))
    assert counts[0] == counts[1]
