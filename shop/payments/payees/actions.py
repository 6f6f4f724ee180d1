"""A cooperative's own accounts: added by itself, verified by the operator, used once both did.

Money goes wherever these rows say, so nothing of an account is ever changed: another number is
another account, looked at anew, and payouts wait 48 hours for it (rules R1, R20).
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from shop.core.database.engine import advisory_lock
from shop.payments.bills.actions import add_payee
from shop.payments.bills.errors import AccountInUse, NoSuchAccount, OwnAccount
from shop.payments.bills.models import Payee, PayeeKind, Payment, PaymentState
from shop.people.cooperatives.models import Cooperative
from shop.services.audit import actions as audit

READ_BY_PEOPLE = (PayeeKind.BANK, PayeeKind.QRIS)
"""Accounts that somebody looks after: not a gateway, not a drawer."""


def accounts_of_cooperative(session: Session, cooperative_id: int) -> Sequence[Payee]:
    """Its open accounts, the bank's before QRIS, oldest first."""
    return session.scalars(
        select(Payee)
        .where(Payee.cooperative_id == cooperative_id, Payee.kind.in_(READ_BY_PEOPLE))
        .where(Payee.closed_at.is_(None))
        .order_by(Payee.kind, Payee.id)
    ).all()


def to_verify(session: Session) -> Sequence[tuple[Payee, str]]:
    """Open accounts that nobody verified yet, with the cooperative's name; oldest first."""
    rows = session.execute(
        select(Payee, Cooperative.name)
        .join(Cooperative, Cooperative.id == Payee.cooperative_id)
        .where(Payee.verified_at.is_(None), Payee.closed_at.is_(None))
        .where(Payee.kind.in_(READ_BY_PEOPLE))
        .order_by(Payee.id)
    )
    return [(payee, name) for payee, name in rows]


def add_account(
    session: Session,
    *,
    cooperative_id: int,
    kind: PayeeKind,
    provider: str,
    number: str | None,
    holder: str | None,
    person_id: int,
    now: datetime,
    qris: str | None = None,
) -> Payee:
    """Write down an account that the operator has to look at before anything goes there.

    The same one twice is one account: a second click starts no new 48 hours.

    :raises BadQris: when a code is broken or asks for something else.
    """
    advisory_lock(session, f"accounts:{cooperative_id}")
    twin = session.scalars(
        select(Payee)
        .where(Payee.cooperative_id == cooperative_id, Payee.closed_at.is_(None))
        .where(Payee.kind == kind, Payee.provider == provider)
        .where(Payee.number.is_not_distinct_from(number))
        .where(Payee.qris.is_not_distinct_from(qris))
    ).first()
    if twin is not None:
        return twin
    payee = add_payee(
        session,
        kind=kind,
        provider=provider,
        number=number,
        holder=holder,
        verified_at=None,
        cooperative_id=cooperative_id,
        qris=qris,
    )
    payee.added_by_id = person_id
    session.flush()
    _log(session, "account.added", payee, person_id, now)
    return payee


def verify_account(session: Session, payee_id: int, *, person_id: int, now: datetime) -> Payee:
    """The operator has seen that the account is the cooperative's.

    :raises NoSuchAccount: when it was verified or closed before.
    :raises OwnAccount: for who added it.
    """
    payee = _waiting(session, payee_id)
    if payee.added_by_id == person_id:
        raise OwnAccount(str(payee_id))
    _move(session, payee, {"verified_at": now}, Payee.verified_at.is_(None))
    _log(session, "account.verified", payee, person_id, now)
    return payee


def refuse_account(session: Session, payee_id: int, *, person_id: int, now: datetime) -> Payee:
    """It is not the cooperative's, or not right: it is closed unused.

    :raises NoSuchAccount: when it was verified or closed before.
    """
    payee = _waiting(session, payee_id)
    _move(session, payee, {"closed_at": now}, Payee.verified_at.is_(None))
    _log(session, "account.refused", payee, person_id, now)
    return payee


def take_payments(
    session: Session,
    payee_id: int,
    *,
    cooperative_id: int,
    is_on: bool,
    person_id: int,
    now: datetime,
) -> Payee:
    """Let shoppers who buy of this cooperative alone pay here, or no more.

    :raises NoSuchAccount: for another's, and for one that was not verified.
    """
    payee = _own(session, payee_id, cooperative_id)
    if payee.verified_at is None:
        raise NoSuchAccount(str(payee_id))
    _move(session, payee, {"takes_payments": is_on})
    _log(session, "account.takes" if is_on else "account.takes_no_more", payee, person_id, now)
    return payee


def write_amount(
    session: Session,
    payee_id: int,
    *,
    cooperative_id: int | None,
    is_on: bool,
    person_id: int,
    now: datetime,
) -> Payee:
    """Have the amount of each bill written into the account's own QRIS code, or no more (0201).

    :param cooperative_id: whose it is; None: the operator's.
    :raises NoSuchAccount: for another's, for a bank account, and for one that was not verified.
    """
    payee = session.get(Payee, payee_id)
    if payee is None or payee.kind is not PayeeKind.QRIS or payee.verified_at is None:
        raise NoSuchAccount(str(payee_id))
    if payee.cooperative_id != cooperative_id:
        raise NoSuchAccount(str(payee_id))
    _move(session, payee, {"qris_with_amount": is_on})
    audit.record(
        session,
        action="account.amount_in_code",
        subject=f"payee:{payee.id}",
        actor_id=person_id,
        cooperative_id=cooperative_id,
        after={"is_on": is_on},
        now=now,
    )
    return payee


def operator_codes(session: Session) -> Sequence[Payee]:
    """The operator's own open QRIS codes."""
    return session.scalars(
        select(Payee)
        .where(Payee.cooperative_id.is_(None), Payee.kind == PayeeKind.QRIS)
        .where(Payee.verified_at.is_not(None), Payee.closed_at.is_(None))
        .order_by(Payee.id)
    ).all()


def lock_open_payee(session: Session, payee_id: int) -> bool:
    """Lock an open account until its payment is written; False when it was just closed."""
    closed_at = session.execute(
        select(Payee.closed_at)
        .where(Payee.id == payee_id)
        .with_for_update(read=True, key_share=True)
    ).scalar_one()
    return closed_at is None


def close_account(
    session: Session, payee_id: int, *, cooperative_id: int, person_id: int, now: datetime
) -> Payee:
    """Use it no more; what was paid to it stays in the books.

    :raises NoSuchAccount: for another's.
    :raises AccountInUse: while a shopper was told to pay there.
    """
    payee = _own(session, payee_id, cooperative_id)
    is_asked = exists().where(Payment.payee_id == payee.id, Payment.state == PaymentState.OPEN)
    if session.scalar(select(is_asked)):
        raise AccountInUse(str(payee_id))
    _move(session, payee, {"closed_at": now, "takes_payments": False})
    _log(session, "account.closed", payee, person_id, now)
    return payee


def _waiting(session: Session, payee_id: int) -> Payee:
    # A bill that is just being written keeps the row until it stands: it is seen after the wait.
    payee = session.get(Payee, payee_id, with_for_update=True, populate_existing=True)
    if payee is None or payee.cooperative_id is None or payee.kind not in READ_BY_PEOPLE:
        raise NoSuchAccount(str(payee_id))
    return payee


def _own(session: Session, payee_id: int, cooperative_id: int) -> Payee:
    payee = _waiting(session, payee_id)
    if payee.cooperative_id != cooperative_id or payee.closed_at is not None:
        raise NoSuchAccount(str(payee_id))
    return payee


def _move(session: Session, payee: Payee, values: dict[str, object], *expected: object) -> None:
    """Change an open account, if it stands where it is expected to.

    :raises NoSuchAccount: when somebody moved it first.
    """
    moved = session.scalar(
        update(Payee)
        .where(Payee.id == payee.id, Payee.closed_at.is_(None), *expected)  # type: ignore[arg-type]  # conditions
        .values(**values)
        .returning(Payee.id)
        .execution_options(synchronize_session=False)
    )
    if moved is None:
        raise NoSuchAccount(str(payee.id))
    session.refresh(payee)


def _log(session: Session, action: str, payee: Payee, person_id: int, now: datetime) -> None:
    audit.record(
        session,
        action=action,
        subject=f"payee:{payee.id}",
        actor_id=person_id,
        cooperative_id=payee.cooperative_id,
        after={"kind": payee.kind.value, "takes_payments": payee.takes_payments},
        now=now,
    )
