"""The page about money and the ledger tell the same figures."""

from collections import defaultdict
from pathlib import Path

from sqlalchemy import select

from shop.checkout.settlement.actions import settle_purchase
from shop.core.database.engine import Database
from shop.payments.bills.models import Refund
from shop.payments.cards.attempt_costs import post_attempt_cost
from shop.payments.cards.jobs import send_refund
from shop.payments.ledger.models import AccountKind, LedgerAccount, LedgerEntry, LedgerPosting
from tests.aftersales.giving import bring, finish, give
from tests.checkout.cards import as_card, paid_attempt
from tests.factories import NOON, make_cooperative, make_goods, make_purchase, quote
from tests.fulfilment.paid import broken
from tests.support.fake_gateway import FakeGateway

PAGE = Path(__file__).parents[3] / "docs" / "money-flow.md"
WHEN = {
    "paid": ("payment",),
    "cost known": ("payment-cost",),
    "done": ("order-done",),
    "given back": ("sale-undone", "refund"),
    "on the card": ("refund-paid",),
}
WHAT = {
    "gateway": AccountKind.GATEWAY,
    "*titipan*": AccountKind.ESCROW,
    "payment cost of the platform": AccountKind.PAYMENT_COST,
    "owed to members": AccountKind.MEMBER_DUE,
    "owed to the cooperative": AccountKind.COOPERATIVE_DUE,
    "fee of the platform": AccountKind.FEE_INCOME,
    "due to the shopper": AccountKind.REFUND_DUE,
}
COMMON = {
    ("paid", "gateway"),
    ("cost known", "gateway"),
    ("cost known", "payment cost of the platform"),
}
"""Told together for all orders of a payment; the page divides them."""


def told() -> dict[tuple[str, str], list[int]]:
    """The rows of the page's tables: figures by moment and account."""
    rows = {}
    for line in PAGE.read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("| ").split("|")]
        if cells[0] in WHEN:
            rows[cells[0], cells[1]] = [int(cell.replace(".", "")) for cell in cells[2:]]
    return rows


def test_the_page_tells_what_the_ledger_does(db: Database) -> None:
    kopi = make_goods(db, price=45_000)
    tenun = make_goods(db, make_cooperative(db, "KPS", "Koperasi Kintamani"), price=65_000)
    quotes = {kopi.cooperative.id: quote(12_000), tenun.cooperative.id: quote(15_000)}
    placed = as_card(db, make_purchase(db, {kopi: 2, tenun: 1}, quotes=quotes))
    assert placed.amount == 182_000
    attempt_id = paid_attempt(db, placed)
    with db.writing() as session:
        settle_purchase(session, payment_id=placed.payment_id, now=NOON)
        post_attempt_cost(session, attempt_id, 5_460, NOON)
    for number in placed.numbers:
        bring(db, number)
    finish(db)
    give(db, placed.numbers[0], 1)
    with db.reading() as session:
        refund_id = session.scalars(select(Refund.id)).one()
    send_refund(db, FakeGateway(), refund_id, NOON)

    found: dict[tuple[str, AccountKind], dict[int | None, int]] = defaultdict(
        lambda: defaultdict(int)
    )
    with db.reading() as session:
        for kind, account, order_id, amount in session.execute(
            select(
                LedgerEntry.kind, LedgerAccount.kind, LedgerPosting.order_id, LedgerPosting.amount
            )
            .join(LedgerEntry, LedgerEntry.id == LedgerPosting.entry_id)
            .join(LedgerAccount, LedgerAccount.id == LedgerPosting.account_id)
        ):
            moment = next(when for when, kinds in WHEN.items() if kind in kinds)
            found[moment, account][order_id] += amount

    rows = told()
    assert len(rows) == 15
    for (moment, name), figures in rows.items():
        booked = found.pop((moment, WHAT[name]))
        if (moment, name) in COMMON:
            assert sum(booked.values()) == sum(figures), (moment, name)
        else:
            by_order = [booked.get(order_id, 0) for order_id in placed.order_ids]
            assert by_order[: len(figures)] == figures, (moment, name)
    # Whatever else moved went in and out again, inside one moment.
    assert all(not sum(rest.values()) for rest in found.values())
    for moment in WHEN:
        assert sum(sum(one) for key, one in rows.items() if key[0] == moment) == 0
    assert broken(db) == {}
