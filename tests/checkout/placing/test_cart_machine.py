"""Whatever shoppers do in whatever order: carts, shelves, vouchers and holds agree at every step.

A search over adding, changing, keeping for later, signing in, repricing, wholesale steps,
recounting, placing with and without vouchers, paying, calling off, lapsing and buying again; after
each step it asks what ``lumbung verify`` asks.
"""

from collections import Counter
from dataclasses import dataclass

import hypothesis
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy import delete, func, select, update

from shop.catalog.inventory.actions import adjust
from shop.catalog.inventory.errors import BelowHeld
from shop.catalog.inventory.models import MovementReason
from shop.catalog.products.models import Variant, WholesaleStep
from shop.checkout.cart import actions as cart
from shop.checkout.cart.errors import CannotHoldThat
from shop.checkout.cart.models import Cart, CartLine
from shop.checkout.cart.queries import CartKey, cart_with_lines
from shop.checkout.cart.rules import LineChanges
from shop.checkout.confirmation.actions import confirm_money
from shop.checkout.expiry.actions import cancel_unpaid, expire_due_payments
from shop.checkout.placing.actions import Placed
from shop.checkout.placing.errors import (
    AlreadyPlaced,
    CheckoutAsksMore,
    NothingToBuy,
    PriceChanged,
    TooManyOpen,
)
from shop.checkout.placing.queries import review
from shop.checkout.placing.rules import Draft
from shop.checkout.purchases.queries import packs_of_purchase
from shop.core.database.engine import Database
from shop.core.database.settings_by_date import DEFAULTS
from shop.payments.bills.models import Payment
from shop.people.accounts.models import Contact
from shop.sales.orders.models import Purchase
from shop.sales.vouchers.errors import VoucherRefused
from tests.checkout.conftest import JATIWARINGIN, make_market
from tests.checkout.placed import browser, place_in, sari_at
from tests.checkout.vouchers import voucher
from tests.conftest import STEPS
from tests.factories import DAY, NOON, make_person, shelf
from tests.support.books import broken
from tests.support.databases import Templates
from tests.support.engines import Engine

MAX_OPEN_PURCHASES = DEFAULTS["open_purchases_per_phone"]
shoppers = st.integers(0, 2)
wares = st.integers(0, 2)
codes = st.sampled_from(["", "", "PANEN10", "hemat 20", "TIDAKADA"])


@dataclass
class Shopper:
    """Whose cart, and the last checkout that was placed from it."""

    key: CartKey
    phone: str
    last: tuple[str, str] | None = None
    """Token and code."""


class Shop(RuleBasedStateMachine):
    """Three cooperatives with few goods, two guests and Sari, two vouchers."""

    templates: Templates
    engine: Engine
    sold: Counter[str]
    """Purchases by the voucher they used, over the whole search."""

    def __init__(self) -> None:
        super().__init__()
        self._copy = self.templates.copy(self.engine)
        self.db = Database(self._copy.__enter__())
        self.now = NOON
        found = make_market(self.db)
        self.goods = [found.gayo, found.kintamani, found.sari_bumi]
        self.person_id = make_person(self.db).id
        self.shoppers = [
            Shopper(browser("a"), "+6281200000001"),
            Shopper(browser("b"), "+6281200000001"),  # one household, one phone
            Shopper(CartKey(person_id=self.person_id), "+6281200000002"),
        ]
        voucher(self.db, most_uses=2, most_per_buyer=1)
        voucher(self.db, "HEMAT20", amount=20_000, least_goods=100_000)

    def teardown(self) -> None:
        self.db.dispose()
        self._copy.__exit__(None, None, None)

    # ------------------------------------------------------------------ the cart
    @rule(who=shoppers, what=wares, packs=st.integers(1, 8))
    def put_in(self, who: int, what: int, packs: int) -> None:
        goods = self.goods[what]
        try:
            with self.db.writing() as session:
                cart.add_to_cart(
                    session,
                    key=self.shoppers[who].key,
                    variant_id=goods.variant_id,
                    packs=packs,
                    now=self.now,
                )
        except CannotHoldThat as refusal:
            wanted = packs + refusal.inside
        else:
            return
        assert wanted > shelf(self.db, goods).available

    @rule(who=shoppers, what=wares, packs=st.integers(1, 8), accepts=st.booleans())
    def change(self, who: int, what: int, packs: int, accepts: bool) -> None:
        variant_id = self.goods[what].variant_id
        with self.db.writing() as session:
            found = cart_with_lines(session, self.shoppers[who].key, lock=True)
            if found is not None:
                inside = {line.variant_id for line in found[1]} & {variant_id}
                changes = LineChanges(packs=dict.fromkeys(inside, packs), accepts=accepts)
                cart.apply_changes(
                    session, cart=found[0], lines=found[1], changes=changes, now=self.now
                )

    @rule(who=shoppers, what=wares, later=st.booleans())
    def keep_or_bring_back(self, who: int, what: int, later: bool) -> None:
        with self.db.writing() as session:
            found = cart_with_lines(session, self.shoppers[who].key, lock=True)
            if found is not None:
                cart.save_for_later(
                    session,
                    cart_id=found[0].id,
                    variant_id=self.goods[what].variant_id,
                    later=later,
                    now=self.now,
                )

    @rule(who=st.integers(0, 1), forgets=st.booleans())
    def sign_in_or_forget(self, who: int, forgets: bool) -> None:
        token_hash = self.shoppers[who].key.token_hash or ""
        with self.db.writing() as session:
            if forgets:
                cart.delete_guest_data(session, token_hash=token_hash)
            else:
                cart.merge(
                    session,
                    guest_token_hash=token_hash,
                    person_id=self.person_id,
                    now=self.now,
                )

    # ------------------------------------------------------------------ the shelf
    @rule(what=wares, price=st.sampled_from([30_000, 45_000, 65_000]))
    def reprice(self, what: int, price: int) -> None:
        told = self._told()
        with self.db.writing() as session:
            session.execute(
                update(Variant)
                .where(Variant.id == self.goods[what].variant_id)
                .values(price=price, is_hidden=False)
            )
        assert self._told() == told, "a cart's sum changes only when its shopper accepts"

    @rule(what=wares, minimum=st.integers(2, 6), unit=st.sampled_from([None, 20_000, 28_000]))
    def sell_more_for_less(self, what: int, minimum: int, unit: int | None) -> None:
        product_id = self.goods[what].product_id
        told = self._told()
        with self.db.writing() as session:
            session.execute(delete(WholesaleStep).where(WholesaleStep.product_id == product_id))
            if unit is not None:
                session.add(
                    WholesaleStep(product_id=product_id, least_packs=minimum, unit_price=unit)
                )
        assert self._told() == told

    @rule(what=wares, counted=st.integers(0, 12))
    def recount(self, what: int, counted: int) -> None:
        goods = self.goods[what]
        try:
            with self.db.writing() as session:
                adjust(
                    session,
                    variant_id=goods.variant_id,
                    cooperative_id=goods.cooperative.id,
                    counted=counted,
                    reason=MovementReason.COUNTED,
                    person_id=None,
                    now=self.now,
                )
        except BelowHeld:
            assert counted < shelf(self.db, goods).reserved

    # ------------------------------------------------------------------ the till
    @rule(who=shoppers, what=wares, packs=st.integers(1, 3), code=codes)
    def take_what_there_is_and_pay(self, who: int, what: int, packs: int, code: str) -> None:
        """All of it at once: left to itself, a search rarely comes as far as a till."""
        self.put_in(who, what, packs)
        self.change(who, what, packs, accepts=True)
        self.pay(who, code, 0)

    @rule(who=shoppers, code=codes, off_by=st.sampled_from([0, 0, 0, 0, -1, 1_000]))
    def pay(self, who: int, code: str, off_by: int) -> None:
        shopper = self.shoppers[who]
        draft = Draft(village_code=JATIWARINGIN, voucher=code, phone=shopper.phone)
        with self.db.reading() as session:
            found = cart_with_lines(session, shopper.key)
            if found is None:
                return
            shown = review(
                session,
                cart=found[0],
                lines=found[1],
                draft=draft,
                person_id=shopper.key.person_id,
                now=self.now,
            )
        total = shown.totals.total
        try:
            placed = self._place(
                shopper, shown.token, draft, None if total is None else total + off_by
            )
        except (NothingToBuy, CheckoutAsksMore, VoucherRefused):
            assert not shown.bought or shown.has_marks or shown.refusal is not None
        except PriceChanged:
            assert off_by
        except TooManyOpen:
            assert self._unpaid(shopper.phone) >= MAX_OPEN_PURCHASES
        else:
            assert total is not None
            assert off_by == 0
            assert not shown.has_marks
            self.sold[shown.discount.code] += 1
            shopper.last = (shown.token, placed.code)

    @precondition(lambda self: any(one.last for one in self.shoppers))
    @rule(who=shoppers)
    def pay_once_more_with_the_old_form(self, who: int) -> None:
        shopper = self.shoppers[who]
        if shopper.last is not None:
            token, code = shopper.last
            with pytest.raises(AlreadyPlaced) as before:
                self._place(shopper, token, Draft(village_code=JATIWARINGIN), 1)
            assert before.value.code == code

    @precondition(lambda self: any(one.last for one in self.shoppers))
    @rule(who=shoppers, act=st.sampled_from(["paid", "called off", "wanted again"]))
    def a_purchase_is(self, who: int, act: str) -> None:
        shopper = self.shoppers[who]
        if shopper.last is None:
            return
        with self.db.writing() as session:
            purchase = session.scalars(
                select(Purchase).where(Purchase.code == shopper.last[1])
            ).one()
            if act == "called off":
                cancel_unpaid(session, purchase, now=self.now)
            elif act == "wanted again":
                packs = packs_of_purchase(session, purchase.id)
                cart.reorder(session, key=shopper.key, packs_by_variant=packs, now=self.now)
            else:
                bill = session.scalars(
                    select(Payment).where(Payment.purchase_id == purchase.id)
                ).one()
                confirm_money(
                    session,
                    payment_code=bill.code,
                    amount=bill.amount,
                    received_on=self.now.date(),
                    source_key=f"form:{bill.code}",
                    person_id=None,
                    now=self.now,
                )

    @rule(hours=st.integers(1, 30))
    def time_passes(self, hours: int) -> None:
        self.now += hours * DAY / 24
        with self.db.writing() as session:
            expire_due_payments(session, self.now)

    # ------------------------------------------------------------------ after each step
    @invariant()
    def what_verify_asks_holds(self) -> None:
        assert broken(self.db) == {}

    @invariant()
    def the_header_counts_what_is_to_be_bought(self) -> None:
        with self.db.reading() as session:
            rows = session.execute(
                select(Cart.packs, func.coalesce(func.sum(CartLine.packs), 0))
                .outerjoin(CartLine, (CartLine.cart_id == Cart.id) & ~CartLine.saved_for_later)
                .group_by(Cart.id, Cart.packs)
            ).all()
        assert all(told == there for told, there in rows), rows

    @invariant()
    def no_phone_holds_more_than_it_may(self) -> None:
        for phone in {one.phone for one in self.shoppers}:
            assert self._unpaid(phone) <= MAX_OPEN_PURCHASES

    def _told(self) -> list[tuple[int, int, int]]:
        """What every line costs, as its shopper was told."""
        told: list[tuple[int, int, int]] = []
        with self.db.reading() as session:
            for number, shopper in enumerate(self.shoppers):
                found = cart_with_lines(session, shopper.key)
                lines = found[1] if found else ()
                told += [(number, line.variant_id, line.amount) for line in lines]
        return told

    def _place(self, shopper: Shopper, token: str, draft: Draft, seen: int | None) -> Placed:
        with self.db.writing() as session:
            buyer = sari_at(shopper.key, shopper.phone)
            return place_in(session, buyer, token, draft, seen=seen, now=self.now)

    def _unpaid(self, phone: str) -> int:
        with self.db.reading() as session:
            return (
                session.scalar(
                    select(func.count(Purchase.id))
                    .join(Contact, Contact.id == Purchase.contact_id)
                    .where(Contact.phone == phone, Purchase.hold_until > self.now)
                    .where(Purchase.settled_at.is_(None), Purchase.ended_at.is_(None))
                )
                or 0
            )


@pytest.mark.soak
def test_carts_shelves_vouchers_and_holds_agree_whatever_happens(
    templates: Templates, engine: Engine
) -> None:
    Shop.templates, Shop.engine, Shop.sold = templates, engine, Counter()
    share = 100 if engine == "sqlite" else 400  # examples of twenty steps
    hypothesis.stateful.run_state_machine_as_test(
        Shop, settings=hypothesis.settings(max_examples=max(STEPS // share, 5))
    )
    assert Shop.sold[""], "a search in which nobody ever buys shows nothing"
