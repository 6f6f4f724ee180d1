"""Making and stopping vouchers, using one and giving it back. Each count moves conditionally."""

from datetime import datetime

from sqlalchemy import ColumnElement, Update, insert, literal, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shop.sales.vouchers.errors import VoucherCodeTaken, VoucherNotFound, VoucherRefused, Why
from shop.sales.vouchers.models import Voucher, VoucherUse
from shop.sales.vouchers.queries import count_uses_by_buyer
from shop.services.audit.actions import record


def make_voucher(session: Session, voucher: Voucher, *, now: datetime) -> Voucher:
    """Let a voucher hold from its first day on.

    :raises VoucherCodeTaken: when another voucher, of whomever, answers to its code.
    """
    voucher.made_at, voucher.used = now, 0
    try:
        with session.begin_nested():
            session.add(voucher)
            session.flush()
    except IntegrityError as fault:
        raise VoucherCodeTaken from fault
    record(
        session,
        action="voucher.made",
        subject=f"voucher:{voucher.id}",
        actor_id=voucher.made_by_id,
        cooperative_id=voucher.cooperative_id,
        after={
            "code": voucher.code,
            "percent_bp": voucher.percent_bp,
            "amount": voucher.amount,
            "most_uses": voucher.most_uses,
        },
        now=now,
    )
    return voucher


def stop_voucher(
    session: Session,
    voucher_id: int,
    *,
    cooperative_id: int | None,
    now: datetime,
    person_id: int | None = None,
) -> bool:
    """Let nobody use a voucher from now on; purchases that were placed with it keep it.

    :param cooperative_id: whose voucher it must be; None: the platform's.
    :return: False when it was stopped before.
    :raises VoucherNotFound: when this sponsor has no such voucher.
    """
    own = session.scalar(
        select(Voucher.id).where(
            Voucher.id == voucher_id, Voucher.cooperative_id.is_not_distinct_from(cooperative_id)
        )
    )
    if own is None:
        raise VoucherNotFound(str(voucher_id))
    stopped = session.scalar(
        update(Voucher)
        .where(Voucher.id == voucher_id, Voucher.stopped_at.is_(None))
        .values(stopped_at=now)
        .returning(Voucher.id)
        .execution_options(synchronize_session=False)
    )
    if stopped is None:
        return False
    record(
        session,
        action="voucher.stopped",
        subject=f"voucher:{voucher_id}",
        actor_id=person_id,
        cooperative_id=cooperative_id,
        now=now,
    )
    return True


def redeem(
    session: Session,
    *,
    voucher_id: int,
    purchase_id: int,
    contact_id: int,
    person_id: int | None,
    phone: str,
    amount: int,
    now: datetime,
) -> None:
    """Use a voucher for a purchase that is being placed.

    :param amount: rupiah it takes off.
    :raises VoucherRefused: when it was stopped, ran out or was used up meanwhile; the whole
        placing has to be undone then.
    """
    # The limit stands inside the UPDATE, so nobody can slip in between.
    counted = session.scalar(
        _counting_up(voucher_id)
        .where(Voucher.stopped_at.is_(None), Voucher.starts_at <= now, Voucher.ends_at > now)
        .returning(Voucher.id)
    )
    if counted is None:
        raise VoucherRefused(_why_not(session, voucher_id, now))
    # The voucher's row is ours until the end of the transaction: who uses it at the same time
    # waits for us, and counts our use then. Counting and writing down are one statement.
    values = {
        "voucher_id": voucher_id,
        "purchase_id": purchase_id,
        "contact_id": contact_id,
        "person_id": person_id,
        "amount": amount,
        "taken_at": now,
    }
    columns = [VoucherUse.__table__.c[name] for name in values]
    row = select(*(literal(values[column.name], column.type) for column in columns)).where(
        Voucher.id == voucher_id, _may_use(person_id=person_id, phone=phone)
    )
    written = session.scalar(
        insert(VoucherUse)
        .from_select(columns, row, include_defaults=False)
        .returning(VoucherUse.id)
    )
    if written is None:
        raise VoucherRefused(Why.ALREADY)


def release(session: Session, purchase_id: int, *, now: datetime) -> bool:
    """The whole purchase is off: its voucher can be used once more (rule R10).

    :return: False when it had none, or gave it back before.
    """
    voucher_id = session.scalar(
        update(VoucherUse)
        .where(VoucherUse.purchase_id == purchase_id, VoucherUse.given_back_at.is_(None))
        .values(given_back_at=now)
        .returning(VoucherUse.voucher_id)
        .execution_options(synchronize_session=False)
    )
    if voucher_id is None:
        return False
    session.execute(
        update(Voucher)
        .where(Voucher.id == voucher_id)
        .values(used=Voucher.used - 1)
        .execution_options(synchronize_session=False)
    )
    return True


def redeem_again(session: Session, purchase_id: int, *, phone: str | None) -> bool:
    """A purchase that had lapsed was paid after all: it needs its voucher once more.

    Its dates do not matter any more, its limits do.

    :return: False when others have used it up meanwhile; True also when it never gave it back.
    """
    use = session.execute(
        select(VoucherUse.voucher_id, VoucherUse.person_id, VoucherUse.given_back_at).where(
            VoucherUse.purchase_id == purchase_id
        )
    ).one_or_none()
    if use is None or use.given_back_at is None:
        return True
    # This purchase's own use is given back, so it does not count against its buyer.
    counting = (
        _counting_up(use.voucher_id)
        .where(_may_use(person_id=use.person_id, phone=phone))
        .returning(Voucher.id)
    )
    # Who used it meanwhile is counted once their row is ours.
    session.execute(select(Voucher.id).where(Voucher.id == use.voucher_id).with_for_update())
    if session.scalar(counting) is None:
        return False
    session.execute(
        update(VoucherUse)
        .where(VoucherUse.purchase_id == purchase_id)
        .values(given_back_at=None)
        .execution_options(synchronize_session=False)
    )
    return True


def _may_use(*, person_id: int | None, phone: str | None) -> ColumnElement[bool]:
    by_buyer = count_uses_by_buyer(person_id=person_id, phone=phone)
    return or_(Voucher.most_per_buyer.is_(None), by_buyer < Voucher.most_per_buyer)


def _counting_up(voucher_id: int) -> Update:
    return (
        update(Voucher)
        .where(Voucher.id == voucher_id)
        .where(or_(Voucher.most_uses.is_(None), Voucher.used < Voucher.most_uses))
        .values(used=Voucher.used + 1)
        .execution_options(synchronize_session=False)
    )


def _why_not(session: Session, voucher_id: int, now: datetime) -> Why:
    voucher = session.get_one(Voucher, voucher_id, populate_existing=True)
    if voucher.stopped_at is not None:
        return Why.STOPPED
    if now < voucher.starts_at:
        return Why.NOT_YET
    return Why.EXPIRED if now >= voucher.ends_at else Why.USED_UP
