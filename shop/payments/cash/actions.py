"""Cash of one parcel moves on: asked, confirmed, collected, handed over, or never taken.

Each step is one conditional update: of two people who take it at once, one does.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from shop.core.database.engine import advisory_lock
from shop.core.values import codes
from shop.core.values.money import Rupiah
from shop.core.values.units import Grams
from shop.payments.bills import actions as bills
from shop.payments.bills.holding_accounts import ROAD, TILL, cash_account
from shop.payments.bills.models import Method, PayeeKind, Payment, PaymentOrder, PaymentState
from shop.payments.bills.voucher_money import book_vouchers, give_voucher_back
from shop.payments.cash.errors import CashMoved, NoSuchCash, WrongCash
from shop.payments.cash.models import CashDue, CashState, CashTerms
from shop.payments.ledger import actions as ledger
from shop.payments.ledger.actions import Posting
from shop.payments.ledger.models import AccountKind
from shop.sales.orders.models import Order, OrderLine
from shop.sales.orders.rules import DeliveryKind, discount_of
from shop.services.audit import actions as audit


def set_terms(
    session: Session,
    *,
    cooperative_id: int,
    at_door: bool,
    pickup_most: Rupiah | None,
    grams_most: Grams,
    person_id: int | None,
    now: datetime,
) -> CashTerms:
    """Say up to where a cooperative takes cash; orders that were placed keep what they were."""
    advisory_lock(session, f"cash-terms:{cooperative_id}")  # the first ones have no row to lock
    terms = session.get(CashTerms, cooperative_id)
    before = {}
    if terms is None:
        drawer = bills.add_payee(
            session,
            kind=PayeeKind.CASH,
            provider="Kas koperasi",
            number=None,
            holder=None,
            verified_at=now,
            cooperative_id=cooperative_id,
        )
        terms = CashTerms(cooperative_id=cooperative_id, payee_id=drawer.id)
        session.add(terms)
    else:
        before = _as_facts(terms)
    terms.at_door, terms.pickup_most, terms.grams_most = at_door, pickup_most, grams_most
    terms.changed_at = now
    session.flush()
    audit.record(
        session,
        action="cash.terms",
        subject=f"cooperative:{cooperative_id}",
        actor_id=person_id,
        cooperative_id=cooperative_id,
        before=before,
        after=_as_facts(terms),
        now=now,
    )
    return terms


def promise(session: Session, order: Order, *, payee_id: int, now: datetime) -> None:
    """Ask for the money of an order at the door: a bill of its own, that nothing waits for (R2)."""
    by_hand = order.delivery_kind is DeliveryKind.PICKUP
    payment = Payment(
        code=codes.new_code(),
        purchase_id=order.purchase_id,
        payee_id=payee_id,
        method=Method.AT_PICKUP if by_hand else Method.COD,
        state=PaymentState.PROMISED,
        orders_total=order.total,
        unique_code=0,
        amount=order.total,
        code_held=False,
        due_at=now,
        created_at=now,
    )
    session.add(payment)
    session.flush()
    session.add(PaymentOrder(payment_id=payment.id, order_id=order.id, amount=order.total))
    session.add(
        CashDue(
            order_id=order.id,
            payment_id=payment.id,
            cooperative_id=order.cooperative_id,
            state=CashState.ASKED,
            asked=order.total,
        )
    )
    session.flush()


def confirm(session: Session, order: Order, *, person_id: int | None, now: datetime) -> None:
    """The shopper answered that the order stands: now it may be packed.

    :raises CashMoved: when it was confirmed before, or is over.
    """
    _step(
        session,
        order.id,
        {"confirmed_at": now, "confirmed_by_id": person_id},
        CashDue.state == CashState.ASKED,
        CashDue.confirmed_at.is_(None),
    )
    _log(session, "cash.confirmed", order, person_id, now)


def lessen(session: Session, order: Order, amount: int) -> None:
    """Ask for less: the price of packs that are not sent."""
    if amount:
        _step(
            session,
            order.id,
            {"asked": CashDue.asked - amount},
            CashDue.state == CashState.ASKED,
        )


def collect(
    session: Session, order: Order, *, taken: int | None, person_id: int | None, now: datetime
) -> None:
    """Cash was taken against the parcel: all that was asked, or the parcel stays where it is.

    From now on it stands as *titipan* of the order, in the hands of whoever took it.

    :param taken: rupiah as they were counted; None: nobody counted.
    :raises WrongCash: with what was asked.
    :raises CashMoved: when somebody took it before.
    """
    due = session.get(CashDue, order.id, populate_existing=True)
    if due is None:
        return
    if taken != due.asked and due.asked:
        raise WrongCash(due.asked, taken)
    _step(
        session,
        order.id,
        {"state": CashState.COLLECTED, "collected_at": now, "collected_by_id": person_id},
        CashDue.state == CashState.ASKED,
        CashDue.asked == due.asked,
    )
    payment = session.get_one(Payment, due.payment_id)
    left = bills.move(
        session, payment, PaymentState.PAID, expected=(PaymentState.PROMISED,), now=now
    )
    if left is None:
        raise CashMoved(order.number)
    order.paid_at = now
    _book_collected(session, order, payment, due.asked, now, person_id)
    _log(session, "cash.collected", order, person_id, now, amount=due.asked)
    session.flush()


def drop(session: Session, order: Order, *, is_refused: bool, now: datetime) -> bool:
    """Nothing will be taken for this order any more.

    :param is_refused: it was brought, or kept ready, and nobody took it.
    :return: False when the order was not to be paid in cash, or its cash was taken.
    """
    due = session.get(CashDue, order.id, populate_existing=True)
    if due is None:
        return False
    payment = session.get_one(Payment, due.payment_id)
    to = PaymentState.CANCELLED
    if bills.move(session, payment, to, expected=(PaymentState.PROMISED,), now=now) is None:
        return False
    over = CashState.REFUSED if is_refused else CashState.DROPPED
    _step(session, order.id, {"state": over}, CashDue.state == CashState.ASKED)
    return True


def hand_over(
    session: Session, *, cooperative_id: int, number: str, person_id: int, now: datetime
) -> Rupiah:
    """The treasurer counted the cash of one parcel into the drawer; rupiah.

    :raises NoSuchCash: for another cooperative's too.
    :raises CashMoved: when the drawer has it already.
    """
    found = session.execute(
        select(Order, CashDue.asked)
        .join(CashDue, CashDue.order_id == Order.id)
        .where(Order.number == number, Order.cooperative_id == cooperative_id)
        .where(CashDue.state.in_((CashState.COLLECTED, CashState.HANDED_OVER)))
    ).one_or_none()
    if found is None:
        raise NoSuchCash(number)
    order, amount = found
    _step(
        session,
        order.id,
        {"state": CashState.HANDED_OVER, "handed_at": now, "handed_to_id": person_id},
        CashDue.state == CashState.COLLECTED,
    )
    if amount:
        ledger.post(
            session,
            kind="cash-handed",
            reason=f"cash-handed:{order.number}",
            postings=[
                Posting(cash_account(session, cooperative_id, TILL), amount, order.id),
                Posting(cash_account(session, cooperative_id, ROAD), -amount, order.id),
            ],
            now=now,
            actor_id=person_id,
        )
    _log(session, "cash.handed", order, person_id, now, amount=amount)
    return Rupiah(amount)


def _book_collected(
    session: Session,
    order: Order,
    payment: Payment,
    asked: int,
    now: datetime,
    person_id: int | None,
) -> None:
    """The bill against *titipan*; what was not asked of it in an entry of its own."""
    mine = order.cooperative_id
    road = cash_account(session, mine, ROAD)
    escrow = ledger.account(session, AccountKind.ESCROW, cooperative_id=mine)
    for kind, reason, amount in (
        ("payment", f"payment:{payment.code}", payment.amount),
        ("not-asked", f"not-asked:{order.number}", asked - payment.amount),
    ):
        if amount:
            ledger.post(
                session,
                kind=kind,
                reason=reason,
                postings=[Posting(road, amount, order.id), Posting(escrow, -amount, order.id)],
                now=now,
                actor_id=person_id,
            )
    book_vouchers(session, order.purchase_id, [order], now=now)
    give_voucher_back(
        session,
        order,
        cause=f"short:{order.number}",
        amount=_discount_of_unsent(session, order),
        now=now,
    )


def _discount_of_unsent(session: Session, order: Order) -> int:
    """What of a voucher belongs to packs that were not sent, and so were never asked for."""
    lines = session.scalars(select(OrderLine).where(OrderLine.order_id == order.id))
    return sum(
        discount_of(line, range(line.packs - line.refunded + 1, line.packs + 1)) for line in lines
    )


def _step(session: Session, order_id: int, values: dict[str, Any], *expected: Any) -> None:
    """One move of an order's cash, if it stands where it is expected to.

    :raises CashMoved: when it does not.
    """
    moved = session.scalar(
        update(CashDue)
        .where(CashDue.order_id == order_id, *expected)
        .values(**values)
        .returning(CashDue.order_id)
        .execution_options(synchronize_session=False)
    )
    if moved is None:
        raise CashMoved(str(order_id))
    session.get(CashDue, order_id, populate_existing=True)


def _log(
    session: Session,
    action: str,
    order: Order,
    person_id: int | None,
    now: datetime,
    **facts: int,
) -> None:
    audit.record(
        session,
        action=action,
        subject=f"order:{order.id}",
        actor_id=person_id,
        cooperative_id=order.cooperative_id,
        after=facts,
        now=now,
    )


def _as_facts(terms: CashTerms) -> dict[str, int | bool | None]:
    return {
        "at_door": terms.at_door,
        "pickup_most": terms.pickup_most,
        "grams_most": terms.grams_most,
    }
