"""A small town where money moves: two cooperatives, one shopper, an operator's office, one bank.

``Town`` holds the verbs that a search over sequences plays; each is what a page or the worker
does, with the same actions. What the shop refuses changes nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from itertools import count
from typing import TypeVar

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from shop.catalog.inventory import holds
from shop.catalog.products.models import Product, Variant
from shop.checkout.confirmation.actions import Allowance, confirm_money, give_back
from shop.core.database.engine import Database
from shop.core.values.errors import InvalidInput, NotAllowed, NotFound, RuleBroken
from shop.core.values.money import allocate, apply_basis_points
from shop.fulfilment.orders.queries import order_to_work_on
from shop.payments.bills.actions import open_payment
from shop.payments.bills.models import Method, Payee, PayeeKind, Payment
from shop.payments.cards.gateway import DisputeSeen, EventSeen, RefundProgress, RefundTold
from shop.payments.transfers.queries import unrecognised
from shop.people.accounts.models import Person
from shop.people.cooperatives.models import Cooperative
from shop.sales.orders.actions import create_purchase
from shop.sales.orders.models import Order, OrderLine
from shop.sales.orders.rules import LineDraft
from shop.sales.vouchers import actions as vouchers
from shop.sales.vouchers.models import Voucher
from tests.checkout.cards import as_card, make_gateway_payee, open_page, take
from tests.checkout.vouchers import voucher
from tests.factories import (
    NOON,
    PICKUP,
    Goods,
    Placed,
    draft_of,
    make_contact,
    make_cooperative,
    make_goods,
    make_payee,
    make_person,
    quote,
)
from tests.finance.payouts.owed import make_account
from tests.support.fake_gateway import FakeGateway

T = TypeVar("T")
REFUSED = (RuleBroken, NotFound, NotAllowed, InvalidInput)
PLATFORM, GAYO = "PASAR", "GAYO"
"""A voucher of the platform over all goods, and Gayo's own."""
OFF = 7_001


def build(url: str) -> None:
    """Everybody who lives there, before anything is bought; the template of each sequence."""
    db = Database(url)
    try:
        gayo = make_cooperative(db)
        kintamani = make_cooperative(db, "KPS", "Koperasi Kintamani", is_pkp=True)
        kopi = make_goods(db, gayo, price=45_000, on_hand=60)
        make_goods(db, gayo, price=12_501, on_hand=60)
        tenun = make_goods(db, kintamani, price=33_337, on_hand=60)
        for goods in (kopi, tenun):
            make_account(db, goods, NOON - timedelta(days=30))
        make_payee(db)
        make_gateway_payee(db)
        for name in ("Operator", "Wati"):
            make_person(db, name)
        voucher(db, PLATFORM)
        voucher(db, GAYO, cooperative_id=gayo.id, amount=OFF)
    finally:
        db.dispose()


class Town:
    """The market in the course of one sequence."""

    def __init__(self, db: Database) -> None:
        self.db, self.now, self.gateway = db, NOON, FakeGateway()
        self.numbers = count(1)
        self.bills: list[Placed] = []
        self.orders: list[str] = []
        with db.reading() as session:
            self.goods = [
                Goods(variant.id, product.id, product.member_id, owner, variant.price)
                for variant, product, owner in session.execute(
                    select(Variant, Product, Cooperative)
                    .join(Product, Product.id == Variant.product_id)
                    .join(Cooperative, Cooperative.id == Product.cooperative_id)
                    .order_by(Variant.id)
                )
            ]
        self.vouchers = {one.code: one for one in self.found(select(Voucher))}
        operators = Payee.cooperative_id.is_(None)
        [self.bank_id] = self.found(select(Payee.id).where(Payee.kind == PayeeKind.BANK, operators))
        self.operator_id, self.wati_id = self.found(select(Person.id).order_by(Person.id))

    # ------------------------------------------------------------------ looking and trying
    def found(self, query: Select[T]) -> list[T]:
        """What a query finds now."""
        with self.db.reading() as session:
            return list(session.scalars(query))

    def attempt(self, work: Callable[[Session], T]) -> T | None:
        """One transaction; None when the shop says no, and then nothing has moved."""
        try:
            return self.db.write(work)
        except REFUSED:
            return None

    def on_order(self, number: str, work: Callable[[Session, Order], T]) -> T | None:
        """One verb on one order."""
        [owner] = self.found(select(Order.cooperative_id).where(Order.number == number))
        return self.attempt(lambda session: work(session, order_to_work_on(session, owner, number)))

    def lines(self, number: str) -> list[OrderLine]:
        """The lines of an order, in order."""
        return self.found(
            select(OrderLine)
            .join(Order, Order.id == OrderLine.order_id)
            .where(Order.number == number)
            .order_by(OrderLine.position)
        )

    # ------------------------------------------------------------------ buying and paying
    def buy(self, packs: Sequence[int], code: str | None, *, by_card: bool, pickup: bool) -> bool:
        """Place a purchase of so many packs of each of the goods."""
        wanted = {goods: n for goods, n in zip(self.goods, packs, strict=True) if n}
        if not wanted:
            return False
        contact_id = make_contact(self.db)
        placed = self.attempt(
            lambda session: self._place(session, wanted, code, contact_id, pickup)
        )
        if placed is None:
            return False
        bill = as_card(self.db, placed) if by_card else placed
        self.bills.append(bill)
        self.orders += bill.numbers
        return True

    def _place(
        self,
        session: Session,
        wanted: dict[Goods, int],
        code: str | None,
        contact_id: int,
        pickup: bool,
    ) -> Placed:
        ways = {goods.cooperative.id: PICKUP if pickup else quote(12_000) for goods in wanted}
        draft = draft_of(wanted, contact_id=contact_id, quotes=ways, now=self.now)
        off = self._discounts([line for part in draft.orders for line in part.lines], code)
        draft = replace(
            draft,
            orders=tuple(
                replace(
                    part,
                    lines=tuple(
                        replace(
                            line,
                            discount=off[line.variant_id],
                            platform_pays=code == PLATFORM,
                        )
                        for line in part.lines
                    ),
                )
                for part in draft.orders
            ),
        )
        holds.reserve(
            session,
            packs_by_variant={goods.variant_id: n for goods, n in wanted.items()},
            holder=draft.code,
            until=draft.hold_until,
        )
        purchase = create_purchase(session, draft=draft, now=self.now)
        if code is not None and any(off.values()):
            vouchers.redeem(
                session,
                voucher_id=self.vouchers[code].id,
                purchase_id=purchase.id,
                contact_id=contact_id,
                person_id=None,
                phone="",
                amount=sum(off.values()),
                now=self.now,
            )
        payment = open_payment(
            session,
            purchase_id=purchase.id,
            method=Method.TRANSFER,
            payee_id=self.bank_id,
            orders={order.id: order.total for order in purchase.orders},
            due_at=draft.hold_until,
            now=self.now,
        )
        return Placed(
            purchase.id,
            draft.code,
            payment.id,
            payment.code,
            payment.amount,
            purchase.orders_total,
            tuple(order.id for order in purchase.orders),
            tuple(order.number for order in purchase.orders),
        )

    def _discounts(self, lines: Sequence[LineDraft], code: str | None) -> dict[int, int]:
        """What a voucher takes off each line, by variant."""
        off = dict.fromkeys([line.variant_id for line in lines], 0)
        if code == PLATFORM:
            return {line.variant_id: apply_basis_points(line.goods_total, 1_000) for line in lines}
        if code == GAYO:
            gayo = {goods.variant_id for goods in self.goods[:2]}
            mine = [line for line in lines if line.variant_id in gayo]
            goods_total = sum(line.goods_total for line in mine)
            if goods_total:
                shares = allocate(min(OFF, goods_total), [line.goods_total for line in mine])
                off |= {line.variant_id: n for line, n in zip(mine, shares, strict=True)}
        return off

    def transfer(self, bill: Placed, off: int, allowance: Allowance | None) -> None:
        """Money comes to the bank and the operator matches it; a click too many changes nothing."""
        source = f"form:{next(self.numbers)}"
        for _ in range(2):
            self.attempt(
                partial(
                    confirm_money,
                    payment_code=bill.payment_code,
                    amount=bill.amount + off,
                    received_on=NOON.date(),
                    source_key=source,
                    allowance=allowance,
                    person_id=self.operator_id,
                    now=self.now,
                )
            )

    def give_extra_back(self, bill: Placed) -> None:
        """Money that nobody knew was for this bill, and too much."""
        with self.db.reading() as session:
            unknown = unrecognised(session)
        if unknown:
            self.attempt(
                partial(
                    give_back,
                    payment_code=bill.payment_code,
                    source_key=unknown[0].source_key,
                    person_id=self.operator_id,
                    now=self.now,
                )
            )

    def pay_card(self, bill: Placed, *, off: int) -> None:
        """The shopper pays on a page, as long as one can be opened; its event comes twice."""
        open_page(self.db, self.gateway, bill, self.now)
        [payment] = self.found(select(Payment).where(Payment.id == bill.payment_id))
        pages = [page for page in self.gateway.pages.values() if page.reference == payment.code]
        for page in pages:
            if page.url is not None:
                asked = page.amount or 0
                event = self.gateway.pay(page.ref, amount=asked + off)
                for _ in range(2):
                    take(self.db, event, self.now)

    def tell_dispute(self, dispute: DisputeSeen) -> None:
        """The gateway tells how a dispute stands."""
        name = f"dispute-event-{next(self.numbers)}"
        take(
            self.db,
            EventSeen(name, "charge.dispute.updated", dispute.ref, None, NOON, False, dispute),
            self.now,
        )

    def tell_refund(self, refund: RefundTold) -> None:
        """The gateway tells of a refund that somebody made in its own pages."""
        name = f"refund-event-{next(self.numbers)}"
        kind = "refund.failed" if refund.progress is RefundProgress.FAILED else "refund.updated"
        take(
            self.db,
            EventSeen(name, kind, refund.ref, None, NOON, False, refund=refund),
            self.now,
        )
