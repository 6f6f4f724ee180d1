"""The page about money and the ledger tell the same figures of an order in cash."""

from collections import defaultdict
from pathlib import Path

from sqlalchemy import select

from shop.core.database.engine import Database
from shop.payments.cash.actions import hand_over
from shop.payments.ledger.models import AccountKind, LedgerAccount, LedgerEntry, LedgerPosting
from tests.factories import NOON
from tests.fulfilment.paid import Desk, broken
from tests.payments.cash.door import bring, finish, make_door, order_for_cash, take

PAGE = Path(__file__).parents[3] / "docs" / "money-flow.md"
WHEN = {
    "taken at the door": "payment",
    "handed over": "cash-handed",
    "cash order done": "order-done",
    "share kept": "share-kept",
}
DRAWERS = {
    "drawer, with the driver": ":road",
    "drawer, with the treasurer": ":till",
    "drawer of the members' money": ":members",
}
WHAT = {
    "*titipan*": AccountKind.ESCROW,
    "owed to members": AccountKind.MEMBER_DUE,
    "owed to the cooperative": AccountKind.COOPERATIVE_DUE,
    "fee of the platform": AccountKind.FEE_INCOME,
}


def test_the_page_tells_what_the_ledger_does_with_cash(db: Database) -> None:
    door = make_door(db)
    desk = Desk(db, door.kintamani.cooperative.id)
    (number,) = order_for_cash(db, {door.kintamani: 2})
    bring(db, desk, number)
    take(db, desk, number)
    with db.writing() as session:
        mine = desk.cooperative_id
        hand_over(session, cooperative_id=mine, number=number, person_id=7, now=NOON)
    finish(db, number)

    booked: dict[tuple[str, str], int] = defaultdict(int)
    names = {kind: name for name, kind in WHAT.items()}
    moments = {kind: moment for moment, kind in WHEN.items()}
    with db.reading() as session:
        for kind, account, code, amount in session.execute(
            select(LedgerEntry.kind, LedgerAccount.kind, LedgerAccount.code, LedgerPosting.amount)
            .join(LedgerEntry, LedgerEntry.id == LedgerPosting.entry_id)
            .join(LedgerAccount, LedgerAccount.id == LedgerPosting.account_id)
        ):
            drawer = [name for name, end in DRAWERS.items() if code.endswith(end)]
            booked[moments[kind], drawer[0] if drawer else names[account]] += amount
    told = {}
    for line in PAGE.read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("| ").split("|")]
        if cells[0] in WHEN:
            told[cells[0], cells[1]] = int(cells[2].replace(".", ""))
    assert told == dict(booked)
    assert broken(db) == {}
