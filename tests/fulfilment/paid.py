"""Orders that were paid, and their way through a cooperative's hands."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime
from threading import Barrier
from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.aftersales.refunds import invariants as refunds_by_hand
from shop.catalog.inventory import queries as inventory
from shop.checkout.settlement.actions import settle_purchase
from shop.core.database.engine import Database
from shop.core.database.invariants import Check
from shop.fulfilment.order_steps import actions
from shop.fulfilment.orders import invariants as fulfilment
from shop.fulfilment.orders.queries import order_to_work_on
from shop.payments.bills.models import Payment, Refund
from shop.payments.cards import invariants as cards
from shop.payments.cash import invariants as cash
from shop.payments.ledger import queries as ledger
from shop.payments.ledger.models import AccountKind, LedgerAccount, LedgerPosting
from shop.payments.transfers.actions import match, record_receipt
from shop.sales.orders import invariants as orders
from shop.sales.orders.errors import AlreadyMoved, MoveRefused
from shop.sales.orders.models import Order, OrderLine, OrderState, Purchase
from shop.sales.orders.rules import DeliveryKind, QuoteSnapshot
from shop.services.outbox.models import Notice
from shop.shipping.places.models import Address
from tests.factories import NOON, PICKUP, Goods, Placed, make_purchase, quote

T = TypeVar("T")
HOME = "/kelola/koperasi-gyo/pesanan"
"""Where the orders of Koperasi Gayo stand at its desk."""


def pay(db: Database, placed: Placed, now: datetime = NOON) -> None:
    """The money of a purchase comes in and its orders become the cooperatives'."""
    with db.writing() as session:
        payment = session.get_one(Payment, placed.payment_id)
        receipt = record_receipt(
            session,
            payee_id=payment.payee_id,
            received_on=date(2026, 11, 23),
            amount=placed.amount,
            source_key=f"mutasi:{placed.payment_id}",
            now=now,
        )
        match(session, receipt, payment, receipt.amount, person_id=None, now=now)
        settle_purchase(session, payment_id=placed.payment_id, now=now)


def make_paid(
    db: Database,
    packs: Mapping[Goods, int],
    *,
    quotes: Mapping[int, QuoteSnapshot] | None = None,
    now: datetime = NOON,
) -> Placed:
    """A purchase whose money is there."""
    placed = make_purchase(db, packs, quotes=quotes, now=now)
    pay(db, placed, now)
    return placed


def give_address(session: Session, purchase: Purchase, street: str) -> None:
    """The purchase goes to this street in Jatiwaringin."""
    address = Address(
        contact_id=purchase.contact_id,
        street=street,
        village_code="32.75.08.1001",
        village="Jatiwaringin",
        district="Pondok Gede",
        regency="Kota Bekasi",
        province="Jawa Barat",
        postcode="17411",
        created_at=NOON,
    )
    session.add(address)
    session.flush()
    purchase.address_id = address.id


def paid_by(db: Database, goods: Goods, kind: DeliveryKind = DeliveryKind.COURIER) -> str:
    """The number of a paid order of two packs that goes this way."""
    way = PICKUP if kind is DeliveryKind.PICKUP else quote(9_000, kind)
    return make_paid(db, {goods: 2}, quotes={goods.cooperative.id: way}).numbers[0]


@dataclass(frozen=True)
class Desk:
    """One cooperative at work."""

    db: Database
    cooperative_id: int

    def do(self, number: str, work: Callable[[Session, Order], T]) -> T:
        """One verb on one order, in one transaction."""
        return self.db.write(
            lambda session: work(session, order_to_work_on(session, self.cooperative_id, number))
        )

    def accept_all(self, number: str, now: datetime = NOON) -> None:
        """Accept every pack."""
        counts = {line.id: line.packs for line in lines_of(self.db, number)}
        self.do(number, lambda s, order: actions.accept(s, order, counts=counts, now=now))

    def make_ready(self, number: str, now: datetime = NOON) -> None:
        """Accept and pack."""
        self.accept_all(number, now)
        self.do(number, lambda s, order: actions.mark_ready(s, order, now=now))

    def ship(self, number: str, tracking: str = "JP12345678", now: datetime = NOON) -> None:
        """Accept, pack and give to the courier."""
        self.make_ready(number, now)
        self.do(number, lambda s, order: actions.hand_over(s, order, tracking=tracking, now=now))


def order_of(db: Database, number: str) -> Order:
    """An order as it stands."""
    with db.reading() as session:
        return session.scalars(select(Order).where(Order.number == number)).one()


def state_of(db: Database, number: str) -> OrderState:
    """Where an order stands."""
    return order_of(db, number).state


def lines_of(db: Database, number: str) -> list[OrderLine]:
    """The lines of an order, in order."""
    with db.reading() as session:
        return list(
            session.scalars(
                select(OrderLine)
                .join(Order, Order.id == OrderLine.order_id)
                .where(Order.number == number)
                .order_by(OrderLine.position)
            )
        )


def told(db: Database) -> list[str]:
    """Kinds of notices about steps of orders, as often as somebody is told."""
    with db.reading() as session:
        return list(
            session.scalars(
                select(Notice.kind)
                .where(Notice.kind.startswith("order_"), Notice.kind != "order_new")
                .order_by(Notice.id)
            )
        )


def refunds(db: Database) -> list[tuple[str, int]]:
    """Reason and rupiah of what was promised back, in the order it was promised."""
    with db.reading() as session:
        return [
            (reason, amount)
            for reason, amount in session.execute(
                select(Refund.reason, Refund.amount).order_by(Refund.id)
            )
        ]


def books(db: Database) -> dict[str, int]:
    """What each account stands at, debit positive; accounts at nothing are left out."""
    with db.reading() as session:
        rows = session.execute(
            select(LedgerAccount.kind, LedgerAccount.member_id, func.sum(LedgerPosting.amount))
            .join(LedgerPosting, LedgerPosting.account_id == LedgerAccount.id)
            .group_by(LedgerAccount.kind, LedgerAccount.member_id)
        )
        return {
            f"{AccountKind(kind).value}{f':{member}' if member else ''}": int(total)
            for kind, member, total in rows
            if total
        }


def broken(db: Database) -> dict[str, Check]:
    """Every invariant that does not hold."""
    with db.reading() as session:
        found = {
            **inventory.verify(session),
            **ledger.verify(session),
            **orders.verify(session),
            **cards.verify(session),
            **cash.verify(session),
            **fulfilment.verify(session),
            **refunds_by_hand.verify(session),
        }
    return {name: check for name, check in found.items() if not check.ok}


def both(db: Database, *work: Callable[[Session], None]) -> int:
    """Let transactions begin together; how many of them went through."""
    together = Barrier(len(work))

    def try_it(one: Callable[[Session], None]) -> bool:
        together.wait()
        try:
            db.write(one)
        except (MoveRefused, AlreadyMoved):
            return False
        return True

    with ThreadPoolExecutor(len(work)) as hands:
        return sum(hands.map(try_it, work))
