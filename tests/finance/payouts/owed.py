"""Orders that are over, cooperatives with an account, and batches of what is due."""

from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import select

from shop.core.database.engine import Database
from shop.core.database.invariants import Check
from shop.finance.payouts import actions, invariants
from shop.finance.payouts.amounts_due import CooperativeDue, due_by_cooperative
from shop.finance.payouts.models import Payout, PayoutBatch
from shop.fulfilment.deadlines import completion
from shop.fulfilment.order_steps import actions as order_steps
from shop.payments.bills.models import Payee, PayeeKind
from shop.payments.ledger import actions as ledger
from shop.payments.ledger.actions import Posting
from shop.payments.ledger.models import AccountKind
from shop.sales.orders.models import Actor, Order
from tests.factories import NOON, Goods, make_goods, make_person
from tests.fulfilment.paid import Desk, make_paid
from tests.fulfilment.paid import broken as books_broken

LATER = NOON + timedelta(days=7)
"""Every time for complaints is over."""


def make_account(db: Database, goods: Goods, verified_at: datetime = NOON) -> int:
    """A verified bank account of the cooperative that makes some goods."""
    with db.writing() as session:
        payee = Payee(
            cooperative_id=goods.cooperative.id,
            kind=PayeeKind.BANK,
            provider="Bank Contoh",
            number=f"77{goods.cooperative.id:06d}",
            holder=goods.cooperative.name,
            verified_at=verified_at,
        )
        session.add(payee)
        session.flush()
        return payee.id


def make_owed(db: Database, *goods: Goods, packs: int = 2) -> tuple[str, ...]:
    """An order of each of these goods that is done; their numbers."""
    placed = make_paid(db, dict.fromkeys(goods, packs))
    for one, number in zip(goods, placed.numbers, strict=True):
        desk = Desk(db, one.cooperative.id)
        desk.ship(number)
        desk.do(
            number,
            lambda s, order: order_steps.confirm_arrival(s, order, actor=Actor.SHOPPER, now=NOON),
        )
    db.write(partial(completion.complete_due_orders, now=LATER))
    return placed.numbers


def make_seller(db: Database, price: int = 45_000) -> Goods:
    """Goods of a cooperative with an account."""
    goods = make_goods(db, price=price, on_hand=500)
    make_account(db, goods)
    return goods


def due_of(db: Database, goods: Goods, now: datetime = LATER) -> CooperativeDue:
    """What stands for the cooperative of some goods."""
    with db.reading() as session:
        return due_by_cooperative(session, now, goods.cooperative.id)[0]


def owe_back(db: Database, number: str, amount: int) -> None:
    """Something goes back for an order after it was done."""
    with db.writing() as session:
        order = session.scalars(select(Order).where(Order.number == number).with_for_update()).one()
        mine = order.cooperative_id
        due = ledger.account(session, AccountKind.COOPERATIVE_DUE, cooperative_id=mine)
        back = ledger.account(session, AccountKind.REFUND_DUE)
        ledger.post(
            session,
            kind="refund-late",
            reason=f"refund-late:{number}:{amount}",
            postings=[Posting(due, amount, order.id), Posting(back, -amount, order.id)],
            now=LATER,
        )


def prepared(db: Database, person_id: int | None = None) -> PayoutBatch:
    """A batch of all that is due."""
    return db.write(partial(actions.prepare, now=LATER, person_id=person_id))


def approved(db: Database) -> tuple[PayoutBatch, Payout, int]:
    """A batch that may be paid, its first payout, and who agreed."""
    wati = make_person(db, "Wati").id
    batch = prepared(db, wati)
    db.write(partial(actions.approve, code=batch.code, now=LATER, person_id=wati))
    return batch, payouts_of(db, batch)[0], wati


def pay(db: Database, batch: PayoutBatch, payout: Payout, who: int, ref: str = "TRX1") -> bool:
    """The bank sent it."""
    return db.write(
        partial(
            actions.mark_paid,
            batch_code=batch.code,
            payout_code=payout.code,
            reference=ref,
            paid_on=LATER.date(),
            now=LATER,
            person_id=who,
        )
    )


def payouts_of(db: Database, batch: PayoutBatch) -> list[Payout]:
    """The payouts of a batch as they stand."""
    with db.reading() as session:
        return list(
            session.scalars(select(Payout).where(Payout.batch_id == batch.id).order_by(Payout.id))
        )


def broken(db: Database) -> dict[str, Check]:
    """Every invariant that does not hold."""
    with db.reading() as session:
        found = invariants.verify(session)
    return {
        **books_broken(db),
        **{name: check for name, check in found.items() if not check.ok},
    }
