"""Finding vouchers and counting who used them."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Row, Select, false, func, or_, select
from sqlalchemy.orm import Session

from shop.core.database.invariants import Check, no_rows
from shop.core.database.pagination import Page, page_of, read_cursor
from shop.core.values.money import Rupiah
from shop.people.accounts.models import Contact
from shop.people.cooperatives.models import Cooperative
from shop.sales.vouchers.models import Voucher, VoucherUse
from shop.sales.vouchers.rules import Terms, fold_code

PAGE_SIZE = 20


def find_voucher(
    session: Session, typed: str, *, person_id: int | None = None, phone: str | None = None
) -> tuple[Terms, int] | None:
    """The voucher behind a code as somebody typed it, and how often this buyer used it.

    One statement; None: there is no such voucher.
    """
    code = fold_code(typed)
    if code is None:
        return None
    query = _terms().add_columns(count_uses_by_buyer(person_id=person_id, phone=phone))
    row = session.execute(query.where(Voucher.code == code)).one_or_none()
    return None if row is None else (_read(row[:-1]), int(row[-1]))


def count_uses_by_buyer(*, person_id: int | None, phone: str | None) -> ColumnElement[int]:
    """Count a buyer's uses of the voucher, by account or phone.

    :param phone: E.164; with neither phone nor account nobody is known yet, and that is 0.
    """
    known = [VoucherUse.person_id == person_id] if person_id is not None else []
    if phone:
        known.append(Contact.phone == phone)
    return (
        select(func.count(VoucherUse.id))
        .join(Contact, Contact.id == VoucherUse.contact_id)
        .where(VoucherUse.voucher_id == Voucher.id, VoucherUse.given_back_at.is_(None))
        .where(or_(false(), *known))
        .correlate(Voucher)
        .scalar_subquery()
    )


def sponsor_of(session: Session, purchase_id: int) -> int | None:
    """The cooperative that pays for a purchase's voucher; None: the platform does."""
    return session.scalar(
        select(Voucher.cooperative_id)
        .join(VoucherUse, VoucherUse.voucher_id == Voucher.id)
        .where(VoucherUse.purchase_id == purchase_id)
    )


@dataclass(frozen=True, slots=True)
class VoucherRow:
    """A voucher in its sponsor's list."""

    terms: Terms
    spent: Rupiah
    """What its standing uses took off."""


def vouchers_of(
    session: Session, cooperative_id: int | None, after: str | None, size: int = PAGE_SIZE
) -> Page[VoucherRow]:
    """A sponsor's vouchers, newest first. None: the platform's. One statement."""
    spent = (
        select(func.coalesce(func.sum(VoucherUse.amount), 0))
        .where(VoucherUse.voucher_id == Voucher.id, VoucherUse.given_back_at.is_(None))
        .correlate(Voucher)
        .scalar_subquery()
    )
    query = (
        _terms()
        .add_columns(spent)
        .where(Voucher.cooperative_id.is_not_distinct_from(cooperative_id))
        .order_by(Voucher.id.desc())
        .limit(size + 1)
    )
    key = read_cursor(after, (int,))
    if key is not None:
        query = query.where(Voucher.id < key[0])
    rows = [VoucherRow(_read(row[:-1]), Rupiah(int(row[-1]))) for row in session.execute(query)]
    return page_of(rows, size, lambda row: (row.terms.voucher_id,))


def verify(session: Session) -> dict[str, Check]:
    """Uses are counted right, stay within every limit, and give what the purchase took off."""
    stands = VoucherUse.given_back_at.is_(None)
    counted = func.count(VoucherUse.id)
    return {
        "vouchers_count_their_uses": no_rows(
            session.execute(
                select(Voucher.code, Voucher.used, counted)
                .outerjoin(VoucherUse, (VoucherUse.voucher_id == Voucher.id) & stands)
                .group_by(Voucher.id, Voucher.code, Voucher.used, Voucher.most_uses)
                .having((counted != Voucher.used) | (counted > Voucher.most_uses))
            ),
            "voucher {}: {} noted, {} uses stand",
        ),
        "vouchers_stay_within_the_limit_of_a_buyer": no_rows(
            session.execute(
                select(Voucher.code, func.min(VoucherUse.contact_id), counted)
                .join(VoucherUse, (VoucherUse.voucher_id == Voucher.id) & stands)
                .join(Contact, Contact.id == VoucherUse.contact_id)
                .where(Contact.phone.is_not(None))
                .group_by(Voucher.id, Voucher.code, Voucher.most_per_buyer, Contact.phone)
                .having(counted > Voucher.most_per_buyer)
            ),
            "voucher {}: the phone of contact {} stands for {} uses",
        ),
    }


def _terms() -> Select[*tuple[object, ...]]:
    return select(
        Voucher.id,
        Voucher.code,
        Voucher.cooperative_id,
        func.coalesce(Cooperative.short_name, ""),
        Voucher.percent_bp,
        Voucher.amount,
        Voucher.least_goods,
        Voucher.most_discount,
        Voucher.starts_at,
        Voucher.ends_at,
        Voucher.most_uses,
        Voucher.most_per_buyer,
        Voucher.used,
        Voucher.stopped_at,
    ).outerjoin(Cooperative, Cooperative.id == Voucher.cooperative_id)


def _read(row: Row[*tuple[object, ...]] | tuple[object, ...]) -> Terms:
    return Terms(*row)  # in the order of _terms()
