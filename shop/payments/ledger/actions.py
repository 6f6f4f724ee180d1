"""Writing into the books: accounts at their first use, balanced entries, once each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from shop.core.database.upserts import insert_if_absent
from shop.payments.ledger.errors import Unbalanced
from shop.payments.ledger.models import AccountKind, LedgerAccount, LedgerEntry, LedgerPosting


@dataclass(frozen=True, slots=True)
class Posting:
    """One line of an entry.

    :param amount: whole rupiah, debit positive, credit negative.
    :param order_id: the order this money belongs to, where it belongs to one.
    """

    account_id: int
    amount: int
    order_id: int | None = None


def account(
    session: Session,
    kind: AccountKind,
    *,
    cooperative_id: int | None = None,
    member_id: int | None = None,
    owner: str | None = None,
) -> int:
    """Id of an account, made at its first use.

    :param owner: tells accounts of one kind apart that belong to neither a cooperative nor a
        member, for example one bank account from another.
    """
    code = account_code(kind, cooperative_id=cooperative_id, member_id=member_id, owner=owner)
    wanted = select(LedgerAccount.id).where(LedgerAccount.code == code)
    values = {
        "code": code,
        "kind": kind,
        "cooperative_id": cooperative_id,
        "member_id": member_id,
    }
    found = (
        session.scalar(wanted)
        or insert_if_absent(session, LedgerAccount, values, key=["code"])
        # Somebody else made it between the two statements.
        or session.scalar(wanted)
    )
    assert found is not None
    return found


def account_code(
    kind: AccountKind,
    *,
    cooperative_id: int | None = None,
    member_id: int | None = None,
    owner: str | None = None,
) -> str:
    """What tells an account from all others: its kind and whose it is."""
    marks = [kind.value]
    if cooperative_id is not None:
        marks.append(f"k{cooperative_id}")
    if member_id is not None:
        marks.append(f"m{member_id}")
    if owner is not None:
        marks.append(owner)
    return ":".join(marks)


def post(
    session: Session,
    *,
    kind: str,
    reason: str,
    postings: Sequence[Posting],
    now: datetime,
    actor_id: int | None = None,
) -> LedgerEntry:
    """Write one balanced entry and seal it.

    :param kind: what sort of event, for example ``order-paid``.
    :param reason: its cause, unique for ever, for example ``order-paid:GYO-26-000123``; a second
        delivery of the same cause writes nothing and returns the first entry.
    :param postings: lines of 0 rupiah are left out.
    :raises Unbalanced: when the rest does not sum to zero or is fewer than two lines.
    """
    moved = [posting for posting in postings if posting.amount]
    total = sum(posting.amount for posting in moved)
    if total or len(moved) < 2:
        raise Unbalanced(reason, total)
    made = insert_if_absent(
        session,
        LedgerEntry,
        {"reason": reason, "kind": kind, "actor_id": actor_id, "at": now, "sealed": False},
        key=["reason"],
    )
    if made is not None:
        session.execute(
            insert(LedgerPosting),
            [
                {
                    "entry_id": made,
                    "position": position,
                    "account_id": posting.account_id,
                    "amount": posting.amount,
                    "order_id": posting.order_id,
                }
                for position, posting in enumerate(moved, start=1)
            ],
        )
        # The seal is where the database itself counts the entry.
        session.execute(update(LedgerEntry).where(LedgerEntry.id == made).values(sealed=True))
    return session.scalars(select(LedgerEntry).where(LedgerEntry.reason == reason)).one()
