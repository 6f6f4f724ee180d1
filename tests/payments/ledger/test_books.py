"""Entries balance, are written once, and stand for ever; the database itself holds it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from shop.core.database.engine import Database
from shop.payments.ledger.actions import Posting, account, post
from shop.payments.ledger.errors import Unbalanced
from shop.payments.ledger.models import AccountKind, LedgerAccount, LedgerEntry, LedgerPosting
from shop.payments.ledger.queries import balance, balance_of, held_for_order, held_for_orders
from tests.factories import NOON, make_cooperative
from tests.support.books import broken


@pytest.fixture
def accounts(db: Database) -> tuple[int, int]:
    """The bank and the *titipan* of Koperasi Gayo."""
    gayo = make_cooperative(db)
    with db.writing() as session:
        return (
            account(session, AccountKind.BANK, owner="p1"),
            account(session, AccountKind.ESCROW, cooperative_id=gayo.id),
        )


def book(db: Database, accounts: tuple[int, int], amount: int, reason: str = "uji:1") -> int:
    bank, escrow = accounts
    with db.writing() as session:
        return post(
            session,
            kind="payment",
            reason=reason,
            postings=[Posting(bank, amount), Posting(escrow, -amount, order_id=1)],
            now=NOON,
        ).id


def test_an_account_is_made_once(db: Database, accounts: tuple[int, int]) -> None:
    with db.writing() as session:
        assert account(session, AccountKind.BANK, owner="p1") == accounts[0]
        assert account(session, AccountKind.BANK, owner="p2") != accounts[0]
        assert account(session, AccountKind.BANK) not in accounts
        codes = set(session.scalars(select(LedgerAccount.code)))
    assert {"bank", "bank:p1", "bank:p2"} <= codes


def test_a_balanced_entry_is_sealed_and_moves_balances(
    db: Database, accounts: tuple[int, int]
) -> None:
    book(db, accounts, 102_000)
    bank, escrow = accounts
    with db.reading() as session:
        assert session.scalars(select(LedgerEntry.sealed)).all() == [True]
        assert (balance(session, bank), balance(session, escrow)) == (102_000, -102_000)
        assert balance_of(session, AccountKind.ESCROW) == -102_000
        assert held_for_order(session, 1) == 102_000
        assert held_for_orders(session, [1, 2]) == {1: 102_000, 2: 0}


def test_a_second_delivery_of_the_same_cause_is_the_first_entry(
    db: Database, accounts: tuple[int, int]
) -> None:
    first = book(db, accounts, 102_000)
    assert book(db, accounts, 102_000) == first
    with db.reading() as session:
        assert balance(session, accounts[0]) == 102_000


def test_lines_of_nothing_are_left_out(db: Database, accounts: tuple[int, int]) -> None:
    bank, escrow = accounts
    with db.writing() as session:
        post(
            session,
            kind="payment",
            reason="uji:1",
            postings=[Posting(bank, 5), Posting(bank, 0), Posting(escrow, -5, 1)],
            now=NOON,
        )
        assert session.scalar(select(func.count()).select_from(LedgerPosting)) == 2


@given(amounts=st.lists(st.integers(-(10**12), 10**12), min_size=1, max_size=6))
def test_postings_that_do_not_sum_to_zero_are_refused(amounts: list[int]) -> None:
    if sum(amounts) == 0:
        amounts.append(1)
    with pytest.raises(Unbalanced):
        post(
            None,  # type: ignore[arg-type]  # refused before any database is asked
            kind="uji",
            reason="uji:1",
            postings=[Posting(1, amount) for amount in amounts],
            now=NOON,
        )


@pytest.mark.parametrize("amounts", [[], [0], [0, 0]])
def test_an_entry_without_two_lines_is_refused(db: Database, amounts: list[int]) -> None:
    with pytest.raises(Unbalanced), db.writing() as session:
        post(
            session,
            kind="uji",
            reason="uji:1",
            postings=[Posting(1, amount) for amount in amounts],
            now=NOON,
        )


def open_entry(db: Database, accounts: tuple[int, int], amounts: list[int]) -> int:
    """An entry that nobody sealed, as a mistake of ours would leave it."""
    with db.writing() as session:
        entry = LedgerEntry(reason="tangan:1", kind="uji", at=NOON, sealed=False)
        session.add(entry)
        session.flush()
        session.add_all(
            LedgerPosting(entry_id=entry.id, position=place, account_id=accounts[0], amount=amount)
            for place, amount in enumerate(amounts, start=1)
        )
        return entry.id


@pytest.mark.parametrize("amounts", [[], [5], [5, -4], [5, 5, -9]])
def test_the_database_refuses_to_seal_what_does_not_balance(
    db: Database, accounts: tuple[int, int], amounts: list[int]
) -> None:
    entry_id = open_entry(db, accounts, amounts)
    with pytest.raises(DBAPIError, match="must balance"), db.writing() as session:
        session.execute(update(LedgerEntry).where(LedgerEntry.id == entry_id).values(sealed=True))
    assert "ledger_entries_are_sealed" in broken(db)


def test_nothing_is_added_to_a_sealed_entry(db: Database, accounts: tuple[int, int]) -> None:
    entry_id = book(db, accounts, 5)
    with pytest.raises(DBAPIError, match="are sealed"), db.writing() as session:
        session.execute(
            insert(LedgerPosting).values(
                entry_id=entry_id, position=3, account_id=accounts[0], amount=1
            )
        )


@pytest.mark.parametrize(
    "change", ["sealed = FALSE", "reason = 'lain'", "kind = 'lain'", "actor_id = 9"]
)
def test_a_sealed_entry_is_never_edited(
    db: Database, accounts: tuple[int, int], change: str
) -> None:
    book(db, accounts, 5)
    with pytest.raises(DBAPIError, match="only sealed"), db.writing() as session:
        session.execute(text(f"UPDATE ledger_entries SET {change}"))


def test_an_entry_is_not_born_sealed(db: Database) -> None:
    with pytest.raises(DBAPIError, match="start unsealed"), db.writing() as session:
        session.execute(insert(LedgerEntry).values(reason="a", kind="b", at=NOON, sealed=True))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_postings SET amount = 1",
        "DELETE FROM ledger_postings",
        "DELETE FROM ledger_entries",
    ],
)
def test_books_only_grow(db: Database, accounts: tuple[int, int], statement: str) -> None:
    book(db, accounts, 5)
    with pytest.raises(DBAPIError, match="only grow"), db.writing() as session:
        session.execute(text(statement))
    with db.reading() as session:
        assert balance(session, accounts[0]) == 5


def test_more_released_than_held_is_found(db: Database, accounts: tuple[int, int]) -> None:
    book(db, accounts, -5)
    assert "ledger_escrow_is_a_liability" in broken(db)
